package referrals

import (
	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Unanswered holds for a referral that no office has answered.
const Unanswered = "referral.state in ('sent', 'taken')"

// CountUnanswered asks how many referrals that no office has answered each member waits for, being responsible for their dossiers. They
// need no handing over: whoever takes a dossier over waits for its referrals from then on.
func CountUnanswered(into *[]dossiers.Carried) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("referrals as referral").
		Join("join dossiers as dossier on dossier.tenant_id = referral.tenant_id and dossier.dossier_id = referral.dossier_id").
		ColumnExpr("dossier.responsible_id as member_id, count(*) as n").Where(Unanswered).GroupExpr("dossier.responsible_id"))
}
