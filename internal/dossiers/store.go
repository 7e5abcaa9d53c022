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

func selectDossier(query *bun.SelectQuery, id any) *bun.SelectQuery {
	return query.TableExpr("dossiers").Column(dossierColumns...).Where("dossier_id = ?", id)
}

func selectBeneficiary(query *bun.SelectQuery, id any) *bun.SelectQuery {
	return query.TableExpr("beneficiaries").Column(beneficiaryColumns...).Where("dossier_id = ?", id)
}

func selectTexts(query *bun.SelectQuery, id any) *bun.SelectQuery {
	return query.TableExpr("situations").Column("data_class", "body").Where("dossier_id = ?", id)
}

var (
	dossierStatement = tenantdb.Prepare(selectDossier(tenantdb.Select(), tenantdb.Argument(1)).ColumnExpr("(?) as responsible",
		tenantdb.OfTenant(tenantdb.Select().TableExpr("members").Column("name").Where("member_id = responsible_id"))))
	beneficiaryStatement = tenantdb.Prepare(selectBeneficiary(tenantdb.Select(), tenantdb.Argument(1)))
	textsStatement       = tenantdb.Prepare(selectTexts(tenantdb.Select(), tenantdb.Argument(1)))
)

// answered is a dossier with the name of the member who is responsible.
type answered struct {
	Dossier
	Responsible string
}

// askFile asks for a whole file; dossier and texts are what the caller puts in its place.
func askFile(id ID, file *File, dossier *answered, texts *[]text) []tenantdb.Question {
	return []tenantdb.Question{
		tenantdb.One(dossier, dossierStatement.With(id)),
		tenantdb.One(&file.Beneficiary, beneficiaryStatement.With(id)),
		tenantdb.Many(texts, textsStatement.With(id)),
	}
}

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

// shape is what decides on the text of a list's question; the values come in later, so that each shape is prepared.
type shape struct {
	phase, responsible, prefix bool
	sort                       Sort
	way                        way
}

// way is where a page lies from its cursor.
type way int

const (
	first way = iota
	after
	before
)

var listStatements = func() map[shape]tenantdb.Statement {
	statements := map[shape]tenantdb.Statement{}
	sides := []bool{false, true}
	for _, phase := range sides {
		for _, responsible := range sides {
			for _, prefix := range sides {
				for _, sort := range Sorts {
					for _, way := range []way{first, after, before} {
						s := shape{phase, responsible, prefix, sort, way}
						statements[s] = tenantdb.Prepare(s.rows())
					}
				}
			}
		}
	}
	return statements
}()

// narrow adds the conditions, and tells which argument comes next. Filter.narrowing gives the values in this order.
func (s shape) narrow(query *bun.SelectQuery) (narrowed *bun.SelectQuery, next int) {
	next = 1
	if s.phase {
		query, next = query.Where("phase = ?", tenantdb.Argument(next)), next+1
	}
	if s.responsible {
		query, next = query.Where("responsible_id = ?", tenantdb.Argument(next)), next+1
	}
	if s.prefix {
		// LIKE could not use the index behind row-level security.
		query = query.Where("code_name_key >= ?", tenantdb.Argument(next)).Where("code_name_key < ?", tenantdb.Argument(next+1))
		next += 2
	}
	return query, next
}

func (f Filter) narrowing() (s shape, values []any) {
	if f.Phase != "" {
		s.phase, values = true, append(values, string(f.Phase))
	}
	if !f.Responsible.Zero() {
		s.responsible, values = true, append(values, f.Responsible)
	}
	if f.CodeName != "" {
		// Keys are letters, and the brace comes right after z.
		s.prefix, values = true, append(values, f.CodeName, f.CodeName+"{")
	}
	return s, values
}

// rows asks for one row more than a page holds: whether there is another page is then known without counting.
func (s shape) rows() *bun.SelectQuery {
	query, next := s.narrow(tenantdb.Select().TableExpr("dossiers").
		Column("dossier_id", "code_name", "phase", "responsible_id", "updated_at").ColumnExpr("(?) as count", s.count()).Limit(PageSize + 1))
	cursor := tenantdb.Argument(next)
	switch {
	case s.sort == ByCodeName && s.way == before:
		return query.Where("code_name_key < ?", cursor).OrderExpr("code_name_key desc")
	case s.sort == ByCodeName && s.way == after:
		return query.Where("code_name_key > ?", cursor).OrderExpr("code_name_key")
	case s.sort == ByCodeName:
		return query.OrderExpr("code_name_key")
	case s.way == before:
		return query.Where("(updated_at, dossier_id) > (?, ?)", cursor, tenantdb.Argument(next+1)).OrderExpr("updated_at, dossier_id")
	case s.way == after:
		return query.Where("(updated_at, dossier_id) < (?, ?)", cursor, tenantdb.Argument(next+1)).OrderExpr("updated_at desc, dossier_id desc")
	default:
		return query.OrderExpr("updated_at desc, dossier_id desc")
	}
}

func askRows(filter Filter, into *[]counted) tenantdb.Question {
	s, values := filter.narrowing()
	s.sort = filter.Sort
	cursor := filter.After
	switch {
	case !filter.Before.None():
		s.way, cursor = before, filter.Before
	case !filter.After.None():
		s.way = after
	}
	if s.way != first {
		values = append(values, cursor.values(filter.Sort)...)
	}
	return tenantdb.Many(into, listStatements[s].With(values...))
}

func (c Cursor) values(sort Sort) []any {
	if sort == ByCodeName {
		return []any{c.key}
	}
	return []any{c.at, c.id}
}

// counted is a row that says how many there are. Postgres counts once, and another question would cost as much as a
// third of the rows.
type counted struct {
	Row
	Count int
}

// count is how many dossiers there are, up to one more than is counted. How many a tenant has is written down whenever
// one is opened: to count even five hundred takes longer than their page.
func (s shape) count() *bun.SelectQuery {
	if !s.phase && !s.responsible && !s.prefix {
		return tenantdb.Select().ColumnExpr("least(dossiers, ?)", CountedUpTo+1).TableExpr("dossier_counts")
	}
	some, _ := s.narrow(tenantdb.Select().TableExpr("dossiers").ColumnExpr("1"))
	return tenantdb.Select().ColumnExpr("count(*)").TableExpr("(?) as first_ones", some.Limit(CountedUpTo+1))
}

// pageOf puts rows in the order of the page and finds the ways on and back.
func pageOf(filter Filter, listed []counted) Page {
	page := Page{Filter: filter}
	more := len(listed) > PageSize
	rows := make([]Row, 0, PageSize)
	for _, row := range listed[:min(len(listed), PageSize)] {
		rows, page.Count = append(rows, row.Row), row.Count
	}
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
