package signin

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

type parkedFormRow struct {
	bun.BaseModel `bun:"table:parked_forms"`
	TenantID      tenantdb.TenantID
	ParkedFormID  ParkedFormID
	PersonID      tenantdb.PersonID
	Page          string
	FormValues    keys.Sealed[url.Values] `bun:"form_values"`
	ParkedAt      time.Time
}

// Place says where the sealed values stand.
func (r *parkedFormRow) Place() keys.Place {
	return keys.Place{Table: "parked_forms", Row: r.ParkedFormID.String()}
}

// SealedRows says where signing in has sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Connection, Table: "connection_secrets", Holder: "connection_id", Key: []string{"secret_id"}, Columns: []string{"secret"}},
	{Kind: keys.Person, Table: "parked_forms", Holder: "person_id", Key: []string{"parked_form_id"}, Columns: []string{"form_values"}},
}

func insertParkedForm(ctx context.Context, tx tenantdb.Tx, box *keys.Box, of access.Principal, form ParkedForm) error {
	row := parkedFormRow{
		TenantID: of.Tenant, ParkedFormID: form.ID, PersonID: of.Person,
		Page: form.Page, FormValues: keys.Of(form.Values), ParkedAt: form.ParkedAt,
	}
	if err := box.Seal(&row); err != nil {
		return fmt.Errorf("seal parked form: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert parked form: %w", err)
	}
	return nil
}

// deleteParkedForm takes a form that was parked since a moment; row-level security shows a person only their own.
func deleteParkedForm(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ParkedFormID, since time.Time) (ParkedForm, error) {
	var row parkedFormRow
	err := tx.Delete().Model(&row).Where("parked_form_id = ?", id).Where("parked_at > ?", since).Returning("*").Scan(ctx)
	if err != nil {
		return ParkedForm{}, fmt.Errorf("delete parked form: %w", tenantdb.Found(err))
	}
	if err := box.Open(&row); err != nil {
		return ParkedForm{}, fmt.Errorf("open parked form: %w", err)
	}
	return ParkedForm{ID: row.ParkedFormID, Page: row.Page, Values: row.FormValues.Get(), ParkedAt: row.ParkedAt}, nil
}

func deleteParkedFormsBefore(ctx context.Context, tx tenantdb.Tx, moment time.Time) error {
	if _, err := tx.Delete().Model((*parkedFormRow)(nil)).Where("parked_at <= ?", moment).Exec(ctx); err != nil {
		return fmt.Errorf("delete parked forms: %w", err)
	}
	return nil
}
