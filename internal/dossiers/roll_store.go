package dossiers

import (
	"time"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// rolled is what an export reads of a dossier.
type rolled struct {
	DossierID     ID
	CodeName      CodeName
	Phase         Phase
	ResponsibleID tenantdb.PersonID
	OpenedAt      time.Time
	Particulars   keys.Sealed[Beneficiary] `bun:"particulars"`
}

// Place says where the sealed particulars stand: it is the same document that a dossier's page opens.
func (r *rolled) Place() keys.Place { return (&SealedBeneficiary{DossierID: r.DossierID}).Place() }

// rollPortion is how many dossiers are opened at once.
const rollPortion = 200

var rollStatement = tenantdb.Prepare(tenantdb.Select().
	ColumnExpr("d.dossier_id, d.code_name, d.phase, d.responsible_id, d.opened_at, b.particulars").TableExpr("dossiers as d").
	Join("join beneficiaries as b on b.tenant_id = d.tenant_id and b.dossier_id = d.dossier_id").
	Where("d.dossier_id > ?", tenantdb.Argument(1)).OrderExpr("d.dossier_id").Limit(rollPortion))

// askRoll asks for the dossiers that come after one, in the order of their identifiers, which says nothing of them.
func askRoll(last ID, into *[]rolled) tenantdb.Question {
	return tenantdb.Many(into, rollStatement.With(last.UUID()))
}

// countRoll asks how many dossiers there are.
func countRoll(into *inRoll) tenantdb.Question { return tenantdb.One(into, countRollStatement.With()) }

type inRoll struct{ N int }

var countRollStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("dossiers").ColumnExpr("count(*) as n"))
