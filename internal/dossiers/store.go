package dossiers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

type dossierRow struct {
	bun.BaseModel `bun:"table:dossiers"`
	TenantID      tenantdb.TenantID
	Dossier
}

// SealedBeneficiary is one as the database holds it: sealed under the keyset of the dossier.
type SealedBeneficiary struct {
	DossierID   ID
	Particulars keys.Sealed[Beneficiary] `bun:"particulars"`
}

// Place says where the sealed particulars stand.
func (p *SealedBeneficiary) Place() keys.Place {
	return keys.Place{Table: "beneficiaries", Row: p.DossierID.String()}
}

// SealedRows says where dossiers have sealed what.
var SealedRows = append(sealedPath,
	keys.Rows{Kind: keys.Dossier, Table: "beneficiaries", Holder: "dossier_id", Key: []string{"dossier_id"}, Columns: []string{"particulars"}},
	keys.Rows{Kind: keys.Dossier, Table: "situations", Holder: "dossier_id", Key: []string{"dossier_id", "data_class"}, Columns: []string{"body"}},
)

type beneficiaryRow struct {
	bun.BaseModel `bun:"table:beneficiaries"`
	TenantID      tenantdb.TenantID
	SealedBeneficiary
}

// SealedText is what is known of a situation in one class of data, sealed as well.
type SealedText struct {
	DossierID ID
	DataClass access.DataClass
	Body      keys.Sealed[string] `bun:"body"`
}

// Place says where the sealed text stands.
func (t *SealedText) Place() keys.Place {
	return keys.Place{Table: "situations", Row: t.DossierID.String() + " " + string(t.DataClass)}
}

type situationRow struct {
	bun.BaseModel `bun:"table:situations"`
	TenantID      tenantdb.TenantID
	SealedText
	UpdatedAt time.Time
}

var dossierColumns = []string{
	"dossier_id", "code_name", "phase", "responsible_id", "reached_through", "opened_at", "updated_at", "version", "situation_version",
	"phase_set", "closed_at", "aftercare_at",
}

// A file is asked for by the same three questions, in a batch or in a transaction.

func selectDossier(query *bun.SelectQuery, id any) *bun.SelectQuery {
	return query.TableExpr("dossiers").Column(dossierColumns...).Where("dossier_id = ?", id)
}

func selectBeneficiary(query *bun.SelectQuery, id any) *bun.SelectQuery {
	return query.TableExpr("beneficiaries").Column("dossier_id", "particulars").Where("dossier_id = ?", id)
}

func selectTexts(query *bun.SelectQuery, id any) *bun.SelectQuery {
	return query.TableExpr("situations").Column("dossier_id", "data_class", "body").Where("dossier_id = ?", id)
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

// sealedFile is a whole file as the database answers.
type sealedFile struct {
	dossier answered
	person  SealedBeneficiary
	texts   []SealedText
}

// ask asks for a whole file.
func (f *sealedFile) ask(id ID) []tenantdb.Question {
	return []tenantdb.Question{
		tenantdb.One(&f.dossier, dossierStatement.With(id)),
		tenantdb.One(&f.person, beneficiaryStatement.With(id)),
		tenantdb.Many(&f.texts, textsStatement.With(id)),
	}
}

// open gives the file that somebody can read.
func (f *sealedFile) open(ctx context.Context, ring *keys.Ring) (File, error) {
	box, err := ring.Box(ctx, HolderOf(f.dossier.DossierID))
	if err != nil {
		return File{}, err
	}
	if err := box.Open(&f.person); err != nil {
		return File{}, err
	}
	file := File{box: box, Dossier: f.dossier.Dossier, Responsible: f.dossier.Responsible, Beneficiary: f.person.Particulars.Get(), Situation: Situation{}}
	for i := range f.texts {
		if err := box.Open(&f.texts[i]); err != nil {
			return File{}, err
		}
		file.Situation[f.texts[i].DataClass] = f.texts[i].Body.Get()
	}
	return file, nil
}

// HolderOf is what a dossier's fields, and those of its consents, are sealed under.
func HolderOf(id ID) keys.Holder { return keys.Holder{Kind: keys.Dossier, ID: id.UUID()} }

// loadFile is the file within a transaction, without the name of the member who is responsible. Whoever asks for it has
// seen it, also when nothing comes of that.
func loadFile(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (File, error) {
	var file sealedFile
	if err := tenantdb.Found(selectDossier(tx.Select(), id).Scan(ctx, &file.dossier.Dossier)); err != nil {
		return File{}, fmt.Errorf("find dossier %s: %w", id, err)
	}
	if err := tenantdb.Found(selectBeneficiary(tx.Select(), id).Scan(ctx, &file.person)); err != nil {
		return File{}, fmt.Errorf("find beneficiary of dossier %s: %w", id, err)
	}
	if err := selectTexts(tx.Select(), id).Scan(ctx, &file.texts); err != nil {
		return File{}, fmt.Errorf("list situation of dossier %s: %w", id, err)
	}
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
		return File{}, err
	}
	opened, err := file.open(ctx, ring)
	if err != nil {
		return File{}, fmt.Errorf("open dossier %s: %w", id, err)
	}
	return opened, nil
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
func insertDossier(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, d Dossier, b Beneficiary) (bool, error) {
	result, err := tx.Insert().Model(&dossierRow{TenantID: tenant, Dossier: d}).On("conflict (tenant_id, dossier_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert dossier: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	row := beneficiaryRow{TenantID: tenant, SealedBeneficiary: SealedBeneficiary{d.DossierID, keys.Of(b)}}
	if err := box.Seal(&row.SealedBeneficiary); err != nil {
		return false, fmt.Errorf("seal beneficiary: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return false, fmt.Errorf("insert beneficiary: %w", err)
	}
	return true, nil
}

func updateDossier(ctx context.Context, tx tenantdb.Tx, d Dossier) error {
	err := tenantdb.Affected(tx.Update().Model(&dossierRow{Dossier: d}).
		Column("code_name", "responsible_id", "reached_through", "updated_at", "version", "situation_version").
		Where("dossier_id = ?", d.DossierID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update dossier %s: %w", d.DossierID, err)
	}
	return nil
}

func updateBeneficiary(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID, b Beneficiary) error {
	row := beneficiaryRow{SealedBeneficiary: SealedBeneficiary{id, keys.Of(b)}}
	if err := box.Seal(&row.SealedBeneficiary); err != nil {
		return fmt.Errorf("seal beneficiary of dossier %s: %w", id, err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("particulars").Where("dossier_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("update beneficiary of dossier %s: %w", id, err)
	}
	return nil
}

// replaceTexts makes the situation what it says: a text that is empty is no row.
func replaceTexts(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, id ID, before, after Situation, at time.Time) error {
	for _, class := range SituationClasses {
		body := after[class]
		switch {
		case body == before[class]:
		case body == "":
			if _, err := tx.Delete().TableExpr("situations").Where("dossier_id = ?", id).Where("data_class = ?", class).Exec(ctx); err != nil {
				return fmt.Errorf("delete %s of dossier %s: %w", class, id, err)
			}
		default:
			row := situationRow{TenantID: tenant, SealedText: SealedText{id, class, keys.Of(body)}, UpdatedAt: at}
			if err := box.Seal(&row.SealedText); err != nil {
				return fmt.Errorf("seal %s of dossier %s: %w", class, id, err)
			}
			if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, dossier_id, data_class) do update").
				Set("body = excluded.body").Set("updated_at = excluded.updated_at").Exec(ctx); err != nil {
				return fmt.Errorf("write %s of dossier %s: %w", class, id, err)
			}
		}
	}
	return nil
}

// Taken is which of these names a dossier has already.
func Taken(ctx context.Context, tx tenantdb.Tx, names []CodeName) ([]string, error) {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = name.Key()
	}
	var taken []string
	if len(names) == 0 {
		return nil, nil
	}
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
		return tenantdb.Select().ColumnExpr("least(dossiers - barred_dossiers(), ?)", CountedUpTo+1).TableExpr("dossier_counts")
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
