package confidences

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// SealedRows says where notes have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "notes", Holder: "dossier_id", Key: []string{"note_id"}, Columns: []string{"contents"}},
	{Kind: keys.Dossier, Table: "note_versions", Holder: "dossier_id", Key: []string{"note_id", "version"}, Columns: []string{"contents"}},
	{Kind: keys.Dossier, Table: "successions", Holder: "dossier_id", Key: []string{"succession_id"}, Columns: []string{"words"}},
}

// enter has the transaction show the notes of the circles that whoever asks is in. No other transaction shows any.
func enter(ctx context.Context, tx tenantdb.Tx) error {
	var bound string
	if err := tx.Select().ColumnExpr("enter_circles()").Scan(ctx, &bound); err != nil {
		return fmt.Errorf("enter circles: %w", err)
	}
	return nil
}

func circles(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("circles as c").ColumnExpr("c.circle_id, c.dossier_id, c.profession, c.opened_by, c.opened_at, c.closed_by, c.closed_at")
}

// findCircle gives a circle with its members; whoever sees the dossier finds it.
func findCircle(ctx context.Context, tx tenantdb.Tx, id CircleID) (c Circle, err error) {
	if err := tenantdb.Found(circles(tx.Select()).Where("c.circle_id = ?", id).Scan(ctx, &c)); err != nil {
		return Circle{}, fmt.Errorf("find circle: %w", err)
	}
	c.Members, err = listInsiders(tx.Select().Where("i.circle_id = ?", id), ctx)
	return c, err
}

// listCircles gives those of a dossier, the oldest first.
func listCircles(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (list []Circle, err error) {
	if err := circles(tx.Select()).Where("c.dossier_id = ?", dossier).OrderExpr("c.opened_at, c.circle_id").Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list circles: %w", err)
	}
	insiders, err := listInsiders(tx.Select().Where("i.dossier_id = ?", dossier), ctx)
	if err != nil {
		return nil, err
	}
	for n := range list {
		for _, insider := range insiders {
			if insider.CircleID == list[n].CircleID {
				list[n].Members = append(list[n].Members, insider)
			}
		}
	}
	return list, nil
}

func listInsiders(query *bun.SelectQuery, ctx context.Context) (list []Insider, err error) {
	err = query.TableExpr("circle_members as i").ColumnExpr("i.circle_id, i.member_id, m.name, i.named_at").
		ColumnExpr("i.member_id in (select h.member_id from circle_holders(i.circle_id) as h) as holds").
		Join("join members as m on m.tenant_id = i.tenant_id and m.member_id = i.member_id").OrderExpr("i.named_at, m.name").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("list who is in a circle: %w", err)
	}
	return list, nil
}

// listStaff gives who works here and is of which profession.
func listStaff(ctx context.Context, tx tenantdb.Tx) (staff Staff, err error) {
	if staff.All, err = members.List(ctx, tx); err != nil {
		return Staff{}, err
	}
	staff.Practising, err = members.ListPractising(ctx, tx)
	return staff, err
}

type circleRow struct {
	bun.BaseModel `bun:"table:circles"`
	TenantID      tenantdb.TenantID
	CircleID      CircleID
	DossierID     dossiers.ID
	Profession    members.Profession
	OpenedBy      tenantdb.PersonID
	OpenedAt      time.Time
}

// insertCircle says whether it is new. The profession's circle may have been opened at the same moment.
func insertCircle(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, c Circle) (bool, error) {
	row := circleRow{TenantID: tenant, CircleID: c.CircleID, DossierID: c.DossierID, Profession: c.Profession, OpenedBy: c.OpenedBy, OpenedAt: c.OpenedAt}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, circle_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert circle: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func updateClosed(ctx context.Context, tx tenantdb.Tx, id CircleID, by tenantdb.PersonID, at time.Time) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("circles").Set("closed_by = ?", by).Set("closed_at = ?", at).Where("circle_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("close a circle: %w", err)
	}
	return nil
}

type insiderRow struct {
	bun.BaseModel `bun:"table:circle_members"`
	TenantID      tenantdb.TenantID
	CircleID      CircleID
	DossierID     dossiers.ID
	MemberID      tenantdb.PersonID
	NamedBy       tenantdb.PersonID
	NamedAt       time.Time
}

// insertInsider names somebody; that whoever names may is held by the database.
func insertInsider(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, c Circle, member, by tenantdb.PersonID, at time.Time) error {
	row := insiderRow{TenantID: tenant, CircleID: c.CircleID, DossierID: c.DossierID, MemberID: member, NamedBy: by, NamedAt: at}
	_, err := tx.Insert().Model(&row).Exec(ctx)
	switch {
	case tenantdb.Violates(err, "circles_are_of_one_profession"):
		return fault.Invalid("member", "confidences.member.missing")
	case tenantdb.Violates(err, "circles_are_joined_from_within"):
		return fault.Refused("confidences.member.from_within")
	case err != nil:
		return fmt.Errorf("name somebody for a circle: %w", err)
	}
	return nil
}

func deleteInsider(ctx context.Context, tx tenantdb.Tx, id CircleID, member tenantdb.PersonID) error {
	err := tenantdb.Affected(tx.Delete().TableExpr("circle_members").Where("circle_id = ?", id).Where("member_id = ?", member).Exec(ctx))
	if err != nil {
		return fmt.Errorf("name somebody for a circle no longer: %w", err)
	}
	return nil
}

type successionRow struct {
	bun.BaseModel `bun:"table:successions"`
	TenantID      tenantdb.TenantID
	Succession
}

// insertSuccession says whether it is new.
func insertSuccession(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, s Succession) (bool, error) {
	row := successionRow{TenantID: tenant, Succession: s}
	if err := box.Seal(&row.Succession); err != nil {
		return false, fmt.Errorf("seal a succession: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, succession_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert a succession: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func listSuccessions(ctx context.Context, tx tenantdb.Tx, id CircleID) (list []Succession, err error) {
	err = tx.Select().TableExpr("successions").Column("succession_id", "circle_id", "dossier_id", "successor_id", "named_by", "named_at", "words").
		Where("circle_id = ?", id).OrderExpr("named_at, succession_id").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("list successions: %w", err)
	}
	return list, nil
}

func notes(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("notes as n").ColumnExpr("n.note_id, n.circle_id, n.dossier_id, n.noted_on, n.contents, n.author_id, n.recorded_at").
		ColumnExpr("n.version, n.written_by, n.written_at, n.struck_by, n.struck_at")
}

// listNotes gives one more than a page holds, with what they said before.
func listNotes(ctx context.Context, tx tenantdb.Tx, id CircleID, before NoteID) (list []Note, err error) {
	query := notes(tx.Select()).Where("n.circle_id = ?", id)
	if !before.Zero() {
		query = query.Where("(n.noted_on, n.recorded_at, n.note_id) < (select b.noted_on, b.recorded_at, b.note_id from notes as b where b.circle_id = ? and b.note_id = ?)", id, before)
	}
	if err := query.OrderExpr("n.noted_on desc, n.recorded_at desc, n.note_id desc").Limit(PageSize+1).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list notes: %w", err)
	}
	var wanted []string
	for _, note := range list {
		wanted = append(wanted, note.NoteID.String())
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	var earlier []Earlier
	err = tx.Select().TableExpr("note_versions").Column("note_id", "circle_id", "dossier_id", "version", "noted_on", "contents", "written_by", "written_at").
		Where("note_id = any (?::uuid[])", pgdialect.Array(wanted)).OrderExpr("note_id, version desc").Scan(ctx, &earlier)
	if err != nil {
		return nil, fmt.Errorf("list what notes said before: %w", err)
	}
	for n := range list {
		for _, e := range earlier {
			if e.NoteID == list[n].NoteID {
				list[n].Earlier = append(list[n].Earlier, e)
			}
		}
	}
	return list, nil
}

// findNote gives a note of a circle that was entered.
func findNote(ctx context.Context, tx tenantdb.Tx, id NoteID) (n Note, err error) {
	if err := tenantdb.Found(notes(tx.Select()).Where("n.note_id = ?", id).Scan(ctx, &n)); err != nil {
		return Note{}, fmt.Errorf("find note: %w", err)
	}
	return n, nil
}

type noteRow struct {
	bun.BaseModel `bun:"table:notes"`
	TenantID      tenantdb.TenantID
	Note
}

// insertNote says whether it is new.
func insertNote(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, note Note) (bool, error) {
	row := noteRow{TenantID: tenant, Note: note}
	if err := box.Seal(&row.Note); err != nil {
		return false, fmt.Errorf("seal note: %w", err)
	}
	result, err := tx.Insert().Model(&row).ExcludeColumn("struck_by", "struck_at").On("conflict (tenant_id, note_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert note: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func updateNote(ctx context.Context, tx tenantdb.Tx, box *keys.Box, note Note) error {
	row := noteRow{Note: note}
	if err := box.Seal(&row.Note); err != nil {
		return fmt.Errorf("seal note %s: %w", note.NoteID, err)
	}
	query := tx.Update().Model(&row).Column("noted_on", "contents", "version", "written_by", "written_at").Where("note_id = ?", note.NoteID)
	if note.Struck() {
		query = query.Column("struck_by", "struck_at")
	}
	if err := tenantdb.Affected(query.Exec(ctx)); err != nil {
		return fmt.Errorf("update note %s: %w", note.NoteID, err)
	}
	return nil
}

type earlierRow struct {
	bun.BaseModel `bun:"table:note_versions"`
	TenantID      tenantdb.TenantID
	Earlier
}

func insertEarlier(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, earlier Earlier) error {
	row := earlierRow{TenantID: tenant, Earlier: earlier}
	if err := box.Seal(&row.Earlier); err != nil {
		return fmt.Errorf("seal a version of note %s: %w", earlier.NoteID, err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert a version of note %s: %w", earlier.NoteID, err)
	}
	return nil
}
