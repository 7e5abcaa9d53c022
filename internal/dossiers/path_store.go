package dossiers

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/deadlines"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// sealedPath says where what is written of the path is sealed.
var sealedPath = []keys.Rows{
	{Kind: keys.Dossier, Table: "findings", Holder: "dossier_id", Key: []string{"finding_id"}, Columns: []string{"words"}},
	{Kind: keys.Dossier, Table: "phase_settings", Holder: "dossier_id", Key: []string{"setting_id"}, Columns: []string{"words"}},
	{Kind: keys.Dossier, Table: "closures", Holder: "dossier_id", Key: []string{"closure_id"}, Columns: []string{"words"}},
	{Kind: keys.Dossier, Table: "waivers", Holder: "dossier_id", Key: []string{"dossier_id", "rule", "about"}, Columns: []string{"words"}},
}

// ofID asks for a dossier without whose it is.
func ofID(id ID, into *Dossier) tenantdb.Question {
	return tenantdb.One(into, plainStatement.With(id))
}

var plainStatement = tenantdb.Prepare(selectDossier(tenantdb.Select(), tenantdb.Argument(1)))

// memberName is the name of a member, whom the query has yet to say.
func memberName() *bun.SelectQuery {
	return tenantdb.OfTenant(tenantdb.Select().TableExpr("members").Column("name"))
}

// What a page shows of the path is bounded: nobody reads on, and nobody writes more.
const (
	mostFindings = 100
	mostSettings = 20
	mostClosures = 20
	mostWaivers  = 200
)

func selectFindings(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("findings").Column("finding_id", "dossier_id", "body", "verdict", "found_on", "words", "recorded_at", "corrects", "withdrawn_at")
}

var findingsStatement = tenantdb.Prepare(selectFindings(tenantdb.Select()).
	ColumnExpr("(?) as by", memberName().Where("member_id = recorded_by")).ColumnExpr("coalesce((?), '') as withdrawn_by", memberName().Where("member_id = withdrawn_by")).
	Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("found_on desc, finding_id").Limit(mostFindings))

func ofFindings(id ID, into *[]Finding) tenantdb.Question {
	return tenantdb.Many(into, findingsStatement.With(id))
}

func findFinding(ctx context.Context, tx tenantdb.Tx, id FindingID) (Finding, error) {
	var found Finding
	if err := tenantdb.Found(selectFindings(tx.Select()).Where("finding_id = ?", id).Scan(ctx, &found)); err != nil {
		return Finding{}, fmt.Errorf("find finding: %w", err)
	}
	return found, nil
}

func listFindings(ctx context.Context, tx tenantdb.Tx, id ID) (found []Finding, err error) {
	err = selectFindings(tx.Select()).Where("dossier_id = ?", id).OrderExpr("finding_id").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list findings: %w", err)
	}
	return found, nil
}

type findingRow struct {
	bun.BaseModel `bun:"table:findings"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	Finding
	RecordedBy tenantdb.PersonID `bun:"recorded_by"`
}

// insertFinding says whether it is new: the same form sent twice records it once.
func insertFinding(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, by tenantdb.PersonID, f Finding) (bool, error) {
	row := findingRow{TenantID: tenant, Finding: f, RecordedBy: by}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, finding_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert finding: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateWithdrawal(ctx context.Context, tx tenantdb.Tx, by tenantdb.PersonID, f Finding) error {
	err := tenantdb.Affected(tx.Update().TableExpr("findings").Set("words = ?", f.Words).Set("withdrawn_at = ?", *f.WithdrawnAt).
		Set("withdrawn_by = ?", by).Where("finding_id = ?", f.FindingID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("withdraw finding: %w", err)
	}
	return nil
}

var settingsStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("phase_settings").
	Column("setting_id", "dossier_id", "phase", "words", "set_at", "ended_at").ColumnExpr("(?) as by", memberName().Where("member_id = set_by")).
	Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("ended_at is null desc, set_at desc, setting_id").Limit(mostSettings))

// ofSettings asks for the phases that people have set, the one that holds first.
func ofSettings(id ID, into *[]Setting) tenantdb.Question {
	return tenantdb.Many(into, settingsStatement.With(id))
}

var settingStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("phase_settings").
	Column("setting_id", "dossier_id", "phase", "words", "set_at", "ended_at").ColumnExpr("(?) as by", memberName().Where("member_id = set_by")).
	Where("dossier_id = ?", tenantdb.Argument(1)).Where("ended_at is null"))

// ofSetting asks for the setting that holds, if one does.
func ofSetting(id ID, into *[]Setting) tenantdb.Question {
	return tenantdb.Many(into, settingStatement.With(id))
}

// currentSetting is the setting that holds; the zero one where the phase follows from the facts.
func currentSetting(ctx context.Context, tx tenantdb.Tx, id ID) (Setting, error) {
	var held []Setting
	err := tx.Select().TableExpr("phase_settings").Column("setting_id", "phase").Where("dossier_id = ?", id).Where("ended_at is null").Scan(ctx, &held)
	if err != nil || len(held) == 0 {
		return Setting{}, err
	}
	return held[0], nil
}

type settingRow struct {
	bun.BaseModel `bun:"table:phase_settings"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	Setting
	SetBy tenantdb.PersonID `bun:"set_by"`
}

func insertSetting(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, by tenantdb.PersonID, s Setting) error {
	row := settingRow{TenantID: tenant, Setting: s, SetBy: by}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert setting of the phase: %w", err)
	}
	return nil
}

func endSetting(ctx context.Context, tx tenantdb.Tx, id ID, at time.Time) error {
	_, err := tx.Update().TableExpr("phase_settings").Set("ended_at = ?", at).Where("dossier_id = ?", id).Where("ended_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("end setting of the phase: %w", err)
	}
	return nil
}

// updateStanding writes which phase the dossier is in, who says so, and whether it is closed.
func updateStanding(ctx context.Context, tx tenantdb.Tx, d Dossier) error {
	err := tenantdb.Affected(tx.Update().Model(&dossierRow{Dossier: d}).
		Column("phase", "phase_set", "closed_at", "aftercare_at", "updated_at").Where("dossier_id = ?", d.DossierID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update the standing of dossier %s: %w", d.DossierID, err)
	}
	return nil
}

// updatePhase writes the phase that follows from the facts, unless a person has set it.
func updatePhase(ctx context.Context, tx tenantdb.Tx, id ID, phase Phase) error {
	_, err := tx.Update().TableExpr("dossiers").Set("phase = ?", phase).
		Where("dossier_id = ?", id).Where("not phase_set").Where("phase <> ?", phase).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update the phase of dossier %s: %w", id, err)
	}
	return nil
}

// turnsRow is what is known ahead of a dossier's phase.
type turnsRow struct {
	bun.BaseModel `bun:"table:dossiers"`
	TurnsOn       []time.Time `bun:"turns_on,array,type:date[]"`
	TurnsInto     []Phase     `bun:"turns_into,array"`
	TurnedOn      *time.Time  `bun:"turned_on,type:date"`
}

// updateTurns writes on which days ahead the phase turns, instead of what was known before.
func updateTurns(ctx context.Context, tx tenantdb.Tx, id ID, turns []Turn) error {
	row := turnsRow{TurnsOn: []time.Time{}, TurnsInto: []Phase{}}
	for _, turn := range turns {
		row.TurnsOn, row.TurnsInto = append(row.TurnsOn, turn.On), append(row.TurnsInto, turn.Into)
	}
	query := tx.Update().Model(&row).Column("turns_on", "turns_into", "turned_on").Where("dossier_id = ?", id)
	if len(turns) == 0 {
		query = query.Where("turns_on <> '{}'")
	}
	if _, err := query.Exec(ctx); err != nil {
		return fmt.Errorf("update the turns of dossier %s: %w", id, err)
	}
	return nil
}

// listTurning gives dossiers with a turn whose day has come and that nobody has done. They stay as they are until the transaction ends.
func listTurning(ctx context.Context, tx tenantdb.Tx, day time.Time, limit int64) (found []turning, err error) {
	err = tx.Select().TableExpr("dossiers").Column("dossier_id", "phase", "phase_set", "turns_on", "turns_into").
		Where("turns_on <> '{}'").Where("exists (select from unnest(turns_on) as turn (day) where day <= ?::date and (turned_on is null or day > turned_on))", day).
		OrderExpr("dossier_id").Limit(limit).For("no key update").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list turning dossiers: %w", err)
	}
	return found, nil
}

func updateTurned(ctx context.Context, tx tenantdb.Tx, id ID, phase Phase, day time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("dossiers").Set("phase = ?", phase).Set("turned_on = ?::date", day).Where("dossier_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("turn dossier %s: %w", id, err)
	}
	return nil
}

func selectClosures(query *bun.SelectQuery, id ID) *bun.SelectQuery {
	return query.TableExpr("closures").Column("closure_id", "dossier_id", "reason", "words", "closed_at", "aftercare_at", "reopened_at").
		ColumnExpr("(?) as by", memberName().Where("member_id = closed_by")).ColumnExpr("coalesce((?), '') as aftercare_by", memberName().Where("member_id = aftercare_by")).
		ColumnExpr("coalesce((?), '') as reopened_by", memberName().Where("member_id = reopened_by")).
		Where("dossier_id = ?", id).OrderExpr("closed_at desc, closure_id").Limit(mostClosures)
}

// listClosures gives the closings of a dossier, the latest first.
func listClosures(ctx context.Context, tx tenantdb.Tx, id ID) (found []Closure, err error) {
	if err := selectClosures(tx.Select(), id).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list closures: %w", err)
	}
	return found, nil
}

type closureRow struct {
	bun.BaseModel `bun:"table:closures"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	Closure
	ClosedBy tenantdb.PersonID `bun:"closed_by"`
}

func insertClosure(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, by tenantdb.PersonID, c Closure) error {
	row := closureRow{TenantID: tenant, Closure: c, ClosedBy: by}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert closure: %w", err)
	}
	return nil
}

func updateAftercare(ctx context.Context, tx tenantdb.Tx, by tenantdb.PersonID, c Closure) error {
	err := tenantdb.Affected(tx.Update().TableExpr("closures").Set("words = ?", c.Words).Set("aftercare_at = ?", *c.AftercareAt).
		Set("aftercare_by = ?", by).Where("closure_id = ?", c.ClosureID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("begin aftercare: %w", err)
	}
	return nil
}

func updateReopening(ctx context.Context, tx tenantdb.Tx, by tenantdb.PersonID, c Closure) error {
	err := tenantdb.Affected(tx.Update().TableExpr("closures").Set("words = ?", c.Words).Set("reopened_at = ?", *c.ReopenedAt).
		Set("reopened_by = ?", by).Where("closure_id = ?", c.ClosureID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("reopen: %w", err)
	}
	return nil
}

var waiversStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("waivers").Column("dossier_id", "rule", "about", "words", "waived_at").
	ColumnExpr("(?) as by", memberName().Where("member_id = waived_by")).Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("waived_at desc, rule, about").Limit(mostWaivers))

func ofWaivers(id ID, into *[]Waiver) tenantdb.Question {
	return tenantdb.Many(into, waiversStatement.With(id))
}

// listWaivers gives what is waived, without the reasons.
func listWaivers(ctx context.Context, tx tenantdb.Tx, id ID) (found []Waiver, err error) {
	err = tx.Select().TableExpr("waivers").Column("dossier_id", "rule", "about", "waived_at").Where("dossier_id = ?", id).OrderExpr("rule, about").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list waivers: %w", err)
	}
	return found, nil
}

type waiverRow struct {
	bun.BaseModel `bun:"table:waivers"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	Waiver
	WaivedBy tenantdb.PersonID `bun:"waived_by"`
}

func insertWaiver(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, by tenantdb.PersonID, w Waiver) error {
	row := waiverRow{TenantID: tenant, Waiver: w, WaivedBy: by}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert waiver: %w", err)
	}
	return nil
}

// deleteWaiver says whether there was one.
func deleteWaiver(ctx context.Context, tx tenantdb.Tx, id ID, rule deadlines.RuleID, about string) (bool, error) {
	result, err := tx.Delete().TableExpr("waivers").Where("dossier_id = ?", id).Where("rule = ?", rule).Where("about = ?", about).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("delete waiver: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
