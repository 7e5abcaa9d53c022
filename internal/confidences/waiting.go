package confidences

import (
	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Waiting is a circle that somebody is told of on her or his own page.
type Waiting struct {
	CircleID   CircleID
	DossierID  dossiers.ID
	CodeName   dossiers.CodeName
	Profession members.Profession
	// Handed says that it was handed on to the person in the last two weeks; otherwise nobody holds it, and whoever coordinates hands it on.
	Handed bool
}

// AskWaiting asks, along with the questions of somebody's own page, what was handed on to her or him, and what waits to be handed on.
func AskWaiting(by access.Principal, into *[]Waiting) tenantdb.Question {
	return tenantdb.Many(into, waiting.With(by.Person, access.May(by.Role, access.ConfidenceHandOn)))
}

// mostWaiting is how many are told of at once.
const mostWaiting = 20

const (
	held   = "exists (select from circle_holders(c.circle_id))"
	handed = "exists (select from successions as s where s.tenant_id = c.tenant_id and s.circle_id = c.circle_id and s.successor_id = ? and s.named_at > now() - interval '14 days')" +
		" and ? in (select h.member_id from circle_holders(c.circle_id) as h)"
)

var waiting = tenantdb.Prepare(tenantdb.Select().TableExpr("circles as c").
	Join("join dossiers as d on d.tenant_id = c.tenant_id and d.dossier_id = c.dossier_id").
	ColumnExpr("c.circle_id, c.dossier_id, d.code_name, c.profession").ColumnExpr(held+" as handed").
	Where("c.closed_at is null").Where("("+handed+" or ? and not "+held+")", tenantdb.Argument(1), tenantdb.Argument(1), tenantdb.Argument(2)).
	OrderExpr("d.code_name, c.circle_id").Limit(mostWaiting))
