package dossiers

import (
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// sealedPerson is what a search reads of a dossier.
type sealedPerson struct {
	DossierID     ID
	CodeName      CodeName
	Phase         Phase
	ResponsibleID tenantdb.PersonID
	Particulars   keys.Sealed[known] `bun:"particulars"`
}

// Place says where the sealed particulars stand: it is the same document that a dossier's page opens whole.
func (p *sealedPerson) Place() keys.Place {
	return (&SealedBeneficiary{DossierID: p.DossierID}).Place()
}

func (p *sealedPerson) open(bunch *keys.Bunch) error {
	box, err := bunch.Box(p.DossierID.UUID())
	if err != nil {
		return err
	}
	return box.Open(p)
}

var personsStatement = tenantdb.Prepare(tenantdb.Select().
	ColumnExpr("d.dossier_id, d.code_name, d.phase, d.responsible_id, b.particulars").
	TableExpr("dossiers as d").
	Join("join beneficiaries as b on b.tenant_id = d.tenant_id and b.dossier_id = d.dossier_id").
	Where("d.dossier_id > ?", tenantdb.Argument(1)).OrderExpr("d.dossier_id").Limit(portionSize))

// askPersons asks for the dossiers that come after one, in the order of their identifiers, which says nothing of them.
func askPersons(last ID, into *[]sealedPerson) tenantdb.Question {
	return tenantdb.Many(into, personsStatement.With(last.UUID()))
}
