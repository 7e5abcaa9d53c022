package dossiers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

type dossierRow struct {
	bun.BaseModel `bun:"table:dossiers"`
	TenantID      tenantdb.TenantID
	Dossier
}

type beneficiaryRow struct {
	bun.BaseModel `bun:"table:beneficiaries"`
	TenantID      tenantdb.TenantID
	DossierID     ID
	Beneficiary
}

type situationRow struct {
	bun.BaseModel `bun:"table:situations"`
	TenantID      tenantdb.TenantID
	DossierID     ID
	DataClass     access.DataClass
	Body          string
	UpdatedAt     time.Time
}

type text struct {
	DataClass access.DataClass
	Body      string
}

var (
	dossierColumns = []string{
		"dossier_id", "code_name", "phase", "responsible_id", "reached_through", "opened_at", "updated_at", "version", "situation_version",
	}
	beneficiaryColumns = []string{
		"family_name", "given_names", "birth_date", "estimated_age", "age_estimated_on", "gender", "nationalities", "languages",
		"needs_interpreter", "phone", "email", "contact_channels", "contact_days", "contact_from", "contact_until",
		"contact_identify", "contact_code_word", "contact_note", "exploitation_forms", "exploitation_cantons", "exploitation_places",
	}
)

// A file is asked for by the same three questions, in a batch or in a transaction.

func selectDossier(query *bun.SelectQuery, id ID) *bun.SelectQuery {
	return query.TableExpr("dossiers").Column(dossierColumns...).Where("dossier_id = ?", id)
}

func selectBeneficiary(query *bun.SelectQuery, id ID) *bun.SelectQuery {
	return query.TableExpr("beneficiaries").Column(beneficiaryColumns...).Where("dossier_id = ?", id)
}

func selectTexts(query *bun.SelectQuery, id ID) *bun.SelectQuery {
	return query.TableExpr("situations").Column("data_class", "body").Where("dossier_id = ?", id)
}

// askFile asks for a whole file; texts is where the situation goes until arrange puts it in place.
func askFile(id ID, file *File, texts *[]text, responsible *[]named) []tenantdb.Question {
	return []tenantdb.Question{
		tenantdb.One(&file.Dossier, selectDossier(tenantdb.Select(), id)),
		tenantdb.One(&file.Beneficiary, selectBeneficiary(tenantdb.Select(), id)),
		tenantdb.Many(texts, selectTexts(tenantdb.Select(), id)),
		tenantdb.Many(responsible, tenantdb.Select().TableExpr("members").Column("name").
			Where("member_id = (?)", tenantdb.Select().TableExpr("dossiers").Column("responsible_id").Where("dossier_id = ?", id))),
	}
}

type named struct{ Name string }

func situationOf(texts []text) Situation {
	situation := Situation{}
	for _, t := range texts {
		situation[t.DataClass] = t.Body
	}
	return situation
}

// loadFile is the file within a transaction, without the name of the member who is responsible.
func loadFile(ctx context.Context, tx tenantdb.Tx, id ID) (File, error) {
	var file File
	if err := tenantdb.Found(selectDossier(tx.Select(), id).Scan(ctx, &file.Dossier)); err != nil {
		return File{}, fmt.Errorf("find dossier %s: %w", id, err)
	}
	beneficiary, err := findBeneficiary(ctx, tx, id)
	if err != nil {
		return File{}, err
	}
	file.Beneficiary = beneficiary
	var texts []text
	if err := selectTexts(tx.Select(), id).Scan(ctx, &texts); err != nil {
		return File{}, fmt.Errorf("list situation of dossier %s: %w", id, err)
	}
	file.Situation = situationOf(texts)
	return file, nil
}

func findBeneficiary(ctx context.Context, tx tenantdb.Tx, id ID) (Beneficiary, error) {
	var b Beneficiary
	if err := tenantdb.Found(selectBeneficiary(tx.Select(), id).Scan(ctx, &b)); err != nil {
		return Beneficiary{}, fmt.Errorf("find beneficiary of dossier %s: %w", id, err)
	}
	return b, nil
}

// lockDossier keeps everybody else from changing the dossier until the transaction ends.
func lockDossier(ctx context.Context, tx tenantdb.Tx, id ID) (Dossier, error) {
	var d Dossier
	if err := tenantdb.Found(selectDossier(tx.Select(), id).For("no key update").Scan(ctx, &d)); err != nil {
		return Dossier{}, fmt.Errorf("lock dossier %s: %w", id, err)
	}
	return d, nil
}

// insertDossier says whether it was new: a form that is sent twice makes one dossier.
func insertDossier(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, d Dossier, b Beneficiary) (bool, error) {
	result, err := tx.Insert().Model(&dossierRow{TenantID: tenant, Dossier: d}).On("conflict (tenant_id, dossier_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert dossier: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if _, err := tx.Insert().Model(&beneficiaryRow{TenantID: tenant, DossierID: d.DossierID, Beneficiary: b}).Exec(ctx); err != nil {
		return false, fmt.Errorf("insert beneficiary: %w", err)
	}
	return true, nil
}

func updateDossier(ctx context.Context, tx tenantdb.Tx, d Dossier) error {
	err := tenantdb.Affected(tx.Update().Model(&dossierRow{Dossier: d}).
		Column("code_name", "phase", "responsible_id", "reached_through", "updated_at", "version", "situation_version").
		Where("dossier_id = ?", d.DossierID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update dossier %s: %w", d.DossierID, err)
	}
	return nil
}

func updateBeneficiary(ctx context.Context, tx tenantdb.Tx, id ID, b Beneficiary) error {
	err := tenantdb.Affected(tx.Update().Model(&beneficiaryRow{Beneficiary: b}).
		Column(beneficiaryColumns...).Where("dossier_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update beneficiary of dossier %s: %w", id, err)
	}
	return nil
}

// replaceTexts makes the situation what it says: a text that is empty is no row.
func replaceTexts(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id ID, before, after Situation, at time.Time) error {
	for _, class := range SituationClasses {
		body := after[class]
		switch {
		case body == before[class]:
		case body == "":
			if _, err := tx.Delete().TableExpr("situations").Where("dossier_id = ?", id).Where("data_class = ?", class).Exec(ctx); err != nil {
				return fmt.Errorf("delete %s of dossier %s: %w", class, id, err)
			}
		default:
			row := situationRow{TenantID: tenant, DossierID: id, DataClass: class, Body: body, UpdatedAt: at}
			if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, dossier_id, data_class) do update").
				Set("body = excluded.body").Set("updated_at = excluded.updated_at").Exec(ctx); err != nil {
				return fmt.Errorf("write %s of dossier %s: %w", class, id, err)
			}
		}
	}
	return nil
}

// takenCodeNames is which of these names a dossier has already.
func takenCodeNames(ctx context.Context, tx tenantdb.Tx, names []CodeName) ([]string, error) {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = name.Key()
	}
	var taken []string
	if err := tx.Select().TableExpr("dossiers").Column("code_name_key").Where("code_name_key in (?)", bun.List(keys)).Scan(ctx, &taken); err != nil {
		return nil, fmt.Errorf("list code names: %w", err)
	}
	return taken, nil
}

// askRows asks for one row more than a page holds: whether there is another page is then known without counting.
func askRows(filter Filter, into *[]Row) tenantdb.Question {
	query := filter.narrow(tenantdb.Select().TableExpr("dossiers").
		Column("dossier_id", "code_name", "phase", "responsible_id", "updated_at")).Limit(PageSize + 1)
	if filter.Sort == ByCodeName {
		switch {
		case !filter.Before.None():
			query = query.Where("code_name_key < ?", filter.Before.key).OrderExpr("code_name_key desc")
		case !filter.After.None():
			query = query.Where("code_name_key > ?", filter.After.key).OrderExpr("code_name_key")
		default:
			query = query.OrderExpr("code_name_key")
		}
		return tenantdb.Many(into, query)
	}
	switch {
	case !filter.Before.None():
		query = query.Where("(updated_at, dossier_id) > (?, ?)", filter.Before.at, filter.Before.id).OrderExpr("updated_at, dossier_id")
	case !filter.After.None():
		query = query.Where("(updated_at, dossier_id) < (?, ?)", filter.After.at, filter.After.id).OrderExpr("updated_at desc, dossier_id desc")
	default:
		query = query.OrderExpr("updated_at desc, dossier_id desc")
	}
	return tenantdb.Many(into, query)
}

type counted struct{ Count int }

func askCount(filter Filter, into *counted) tenantdb.Question {
	first := filter.narrow(tenantdb.Select().TableExpr("dossiers").ColumnExpr("1")).Limit(CountedUpTo + 1)
	return tenantdb.One(into, tenantdb.Select().ColumnExpr("count(*) as count").TableExpr("(?) as first_ones", first))
}

func (f Filter) narrow(query *bun.SelectQuery) *bun.SelectQuery {
	if f.Phase != "" {
		query = query.Where("phase = ?", f.Phase)
	}
	if !f.Responsible.Zero() {
		query = query.Where("responsible_id = ?", f.Responsible)
	}
	if f.CodeName != "" {
		// Keys are letters, and the brace comes right after z: LIKE could not use the index behind row-level security.
		query = query.Where("code_name_key >= ?", f.CodeName).Where("code_name_key < ?", f.CodeName+"{")
	}
	return query
}

// pageOf puts rows in the order of the page and finds the ways on and back.
func pageOf(filter Filter, rows []Row) Page {
	page := Page{Filter: filter}
	more := len(rows) > PageSize
	rows = rows[:min(len(rows), PageSize)]
	backwards := !filter.Before.None()
	if backwards {
		slices.Reverse(rows)
	}
	page.Rows = rows
	if len(rows) == 0 {
		return page
	}
	if more || backwards {
		page.Next = rows[len(rows)-1].cursor(filter.Sort)
	}
	if backwards && more || !filter.After.None() {
		page.Previous = rows[0].cursor(filter.Sort)
	}
	if backwards && !more {
		page.Previous = Cursor{}
	}
	return page
}
