package consents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

var columns = []string{
	"consent.consent_id", "consent.dossier_id", "consent.office_id", "consent.purpose",
	"consent.data_classes", "consent.valid_from", "consent.valid_until", "consent.given_how", "consent.interpreter",
	"consent.recorded_at", "consent.withdrawn_at",
}

// selected is a consent with the names that a page shows beside it.
func selected(query *bun.SelectQuery) *bun.SelectQuery {
	return nameless(query).ColumnExpr("dossier.code_name").ColumnExpr("office.name as office_name").
		Join("join dossiers as dossier on dossier.tenant_id = consent.tenant_id and dossier.dossier_id = consent.dossier_id").
		Join("join offices as office on office.tenant_id = consent.tenant_id and office.office_id = consent.office_id")
}

// nameless is a consent without the names of its dossier and of its office.
func nameless(query *bun.SelectQuery) *bun.SelectQuery {
	query = query.TableExpr("consents as consent")
	for _, column := range columns {
		query = query.ColumnExpr(column)
	}
	return query
}

// OfDossier asks for the consents of a dossier, newest first. The code name and the offices' names are left empty: whose
// they are is known, and a page shows the same few offices all over (offices.Recent).
func OfDossier(dossier dossiers.ID, into *[]Consent) tenantdb.Question {
	return tenantdb.Many(into, ofDossier.With(dossier))
}

var ofDossier = tenantdb.Prepare(nameless(tenantdb.Select()).ColumnExpr("'' as code_name, '' as office_name").Where("consent.dossier_id = ?", tenantdb.Argument(1)).
	OrderExpr("consent.recorded_at desc, consent.consent_id"))

// ofID asks for one consent.
func ofID(id ID, into *Consent) tenantdb.Question {
	return tenantdb.One(into, selected(tenantdb.Select()).Where("consent.consent_id = ?", id))
}

// ForOffice gives the consents of a dossier for one office, those that last longest first.
func ForOffice(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, office offices.ID) ([]Consent, error) {
	return forOffice(ctx, tx.Select(), dossier, office)
}

// LockForOffice gives them and keeps them from being withdrawn until the transaction ends: what is sent while it holds
// rests on a consent that was not taken back.
func LockForOffice(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, office offices.ID) ([]Consent, error) {
	return forOffice(ctx, tx.Select().For("share of consent"), dossier, office)
}

func forOffice(ctx context.Context, query *bun.SelectQuery, dossier dossiers.ID, office offices.ID) ([]Consent, error) {
	var found []Consent
	err := selected(query).Where("consent.dossier_id = ?", dossier).Where("consent.office_id = ?", office).
		OrderExpr("consent.valid_until desc, consent.consent_id").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list consents for an office: %w", err)
	}
	return found, nil
}

func findConsent(ctx context.Context, tx tenantdb.Tx, id ID) (Consent, error) {
	var consent Consent
	if err := tenantdb.Found(selected(tx.Select()).Where("consent.consent_id = ?", id).Scan(ctx, &consent)); err != nil {
		return Consent{}, fmt.Errorf("find consent: %w", err)
	}
	return consent, nil
}

func lockConsent(ctx context.Context, tx tenantdb.Tx, id ID) (Consent, error) {
	var consent Consent
	err := selected(tx.Select()).Where("consent.consent_id = ?", id).For("update of consent").Scan(ctx, &consent)
	if err := tenantdb.Found(err); err != nil {
		return Consent{}, fmt.Errorf("lock consent: %w", err)
	}
	return consent, nil
}

type consentRow struct {
	bun.BaseModel `bun:"table:consents"`
	TenantID      tenantdb.TenantID   `bun:"tenant_id"`
	ConsentID     ID                  `bun:"consent_id"`
	DossierID     dossiers.ID         `bun:"dossier_id"`
	OfficeID      offices.ID          `bun:"office_id"`
	Purpose       access.OfficeKind   `bun:"purpose"`
	DataClasses   []access.DataClass  `bun:"data_classes,array"`
	ValidFrom     time.Time           `bun:"valid_from,type:date"`
	ValidUntil    time.Time           `bun:"valid_until,type:date"`
	GivenHow      How                 `bun:"given_how"`
	Interpreter   keys.Sealed[string] `bun:"interpreter"`
	RecordedBy    tenantdb.PersonID   `bun:"recorded_by"`
	RecordedAt    time.Time           `bun:"recorded_at"`
}

// SealedRows says where consents have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "consents", Holder: "dossier_id", Key: []string{"consent_id"}, Columns: []string{"interpreter"}},
}

// Place says where what is sealed of a consent stands.
func (r *consentRow) Place() keys.Place { return placeOf(r.ConsentID) }

func placeOf(id ID) keys.Place { return keys.Place{Table: "consents", Row: id.String()} }

// insertConsent says whether the consent is new: the same form sent twice records it once.
func insertConsent(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, dossier dossiers.ID, id ID, terms Terms, at time.Time) (bool, error) {
	row := consentRow{
		TenantID: by.Tenant, ConsentID: id, DossierID: dossier, OfficeID: terms.OfficeID, Purpose: terms.Purpose,
		DataClasses: InOrder(terms.DataClasses), ValidFrom: *terms.ValidFrom, ValidUntil: *terms.ValidUntil,
		GivenHow: terms.GivenHow, Interpreter: keys.Of(terms.Interpreter), RecordedBy: by.Person, RecordedAt: at,
	}
	if err := box.Seal(&row); err != nil {
		return false, fmt.Errorf("seal consent: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, consent_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert consent: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateWithdrawal(ctx context.Context, tx tenantdb.Tx, by access.Principal, consent Consent) error {
	err := tenantdb.Affected(tx.Update().TableExpr("consents").Set("withdrawn_at = ?", *consent.WithdrawnAt).
		Set("withdrawn_by = ?", by.Person).Where("consent_id = ?", consent.ConsentID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("withdraw consent: %w", err)
	}
	return nil
}
