package housing

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where housing has sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Lodging, Table: "places", Holder: "place_id", Key: []string{"place_id"}, Columns: []string{"address"}},
	{Kind: keys.Dossier, Table: "housing_stays", Holder: "dossier_id", Key: []string{"stay_id"}, Columns: []string{"particulars", "address"}},
	{Kind: keys.Dossier, Table: "housing_evaluations", Holder: "dossier_id", Key: []string{"evaluation_id"}, Columns: []string{"document"}},
}

// What lists show at most. A tenant has some dozens of places, a dossier some stays.
const (
	mostPlaces   = 500
	mostGuests   = 5000
	mostOfOne    = 100
	mostShowings = 50
)

// stayed is where a stay is or was.
type stayed struct {
	PlaceID   PlaceID
	PlaceName string
	Kind      Kind
}

func findStayed(ctx context.Context, tx tenantdb.Tx, id StayID) (found stayed, err error) {
	err = tx.Select().TableExpr("housing_stays as stay").ColumnExpr("stay.place_id, coalesce(place.code_name, '') as place_name, stay.kind").
		Join("left join places as place on place.tenant_id = stay.tenant_id and place.place_id = stay.place_id").
		Where("stay.stay_id = ?", id).Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return stayed{}, fmt.Errorf("find stay: %w", err)
	}
	return found, nil
}

type holdRow struct {
	bun.BaseModel `bun:"table:bed_holds"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	HoldID        HoldID            `bun:"hold_id"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	PlaceID       PlaceID           `bun:"place_id"`
	Beds          int               `bun:"beds"`
	FromOn        time.Time         `bun:"from_on,type:date"`
	UntilOn       time.Time         `bun:"until_on,type:date"`
	HeldBy        tenantdb.PersonID `bun:"held_by"`
}

func insertHold(ctx context.Context, tx tenantdb.Tx, row holdRow) (bool, error) {
	return inserted(tx.Insert().Model(&row).On("conflict (tenant_id, hold_id) do nothing").Exec(ctx))
}

// deleteHolds lets go of all beds that are kept for a dossier.
func deleteHolds(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) error {
	if _, err := tx.Delete().TableExpr("bed_holds").Where("dossier_id = ?", dossier).Exec(ctx); err != nil {
		return fmt.Errorf("delete holds: %w", err)
	}
	return nil
}

// deletePastHolds clears away what counts no more.
func deletePastHolds(ctx context.Context, tx tenantdb.Tx, place PlaceID, today time.Time) error {
	if _, err := tx.Delete().TableExpr("bed_holds").Where("place_id = ?", place).Where("until_on < ?", today).Exec(ctx); err != nil {
		return fmt.Errorf("delete past holds: %w", err)
	}
	return nil
}

func deleteHold(ctx context.Context, tx tenantdb.Tx, id HoldID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("bed_holds").Where("hold_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete hold: %w", err)
	}
	return nil
}

// owner is the dossier that something hangs on.
type owner struct{ DossierID dossiers.ID }

func findOwner(ctx context.Context, query *bun.SelectQuery) (dossiers.ID, error) {
	var found owner
	if err := tenantdb.Found(query.Column("dossier_id").Scan(ctx, &found)); err != nil {
		return dossiers.ID{}, fmt.Errorf("find whose it is: %w", err)
	}
	return found.DossierID, nil
}

func ownerOfHold(ctx context.Context, tx tenantdb.Tx, id HoldID) (dossiers.ID, error) {
	return findOwner(ctx, tx.Select().TableExpr("bed_holds").Where("hold_id = ?", id))
}

func ownerOfStay(ctx context.Context, tx tenantdb.Tx, id StayID) (dossiers.ID, error) {
	return findOwner(ctx, tx.Select().TableExpr("housing_stays").Where("stay_id = ?", id))
}

func ownerOfEvaluation(ctx context.Context, tx tenantdb.Tx, id EvaluationID) (dossiers.ID, error) {
	return findOwner(ctx, tx.Select().TableExpr("housing_evaluations").Where("evaluation_id = ?", id))
}

func selectStays(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("housing_stays as stay").
		ColumnExpr("stay.stay_id, stay.dossier_id, stay.place_id, coalesce(place.code_name, '') as place_name, stay.kind, stay.beds, stay.begins_on").
		ColumnExpr("stay.planned_end_on, stay.leaves_on, stay.help_ended_on, stay.ended_on, stay.went_to, stay.version, stay.particulars").
		ColumnExpr("coalesce(stay.address, place.address) is not null as address_known").
		Join("left join places as place on place.tenant_id = stay.tenant_id and place.place_id = stay.place_id").
		Where("stay.dossier_id = ?", dossier).OrderExpr("stay.begins_on desc, stay.ended_on desc nulls first, stay.stay_id").Limit(mostOfOne)
}

func selectEvaluations(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("housing_evaluations").Column("evaluation_id", "dossier_id", "stay_id", "evaluated_on", "decision", "prolonged_until", "document").
		Where("dossier_id = ?", dossier).OrderExpr("evaluated_on desc, evaluation_id").Limit(mostOfOne)
}

var (
	staysOfDossier       = tenantdb.Prepare(selectStays(tenantdb.Select(), tenantdb.Argument(1)))
	evaluationsOfDossier = tenantdb.Prepare(selectEvaluations(tenantdb.Select(), tenantdb.Argument(1)))
	holdsOfDossier       = tenantdb.Prepare(tenantdb.Select().TableExpr("bed_holds as hold").
				ColumnExpr("hold.hold_id, hold.dossier_id, hold.place_id, place.code_name as place_name, place.kind, hold.beds, hold.from_on, hold.until_on").
				Join("join places as place on place.tenant_id = hold.tenant_id and place.place_id = hold.place_id").
				Where("hold.dossier_id = ?", tenantdb.Argument(1)).Where("hold.until_on >= ?", tenantdb.Argument(2)).OrderExpr("hold.from_on, hold.hold_id").Limit(mostOfOne))
)

// history is everything that housing knows of a dossier, opened.
type history struct {
	stays       []Stay
	evaluations []Evaluation
}

func (h *history) ask(dossier dossiers.ID) []tenantdb.Question {
	return []tenantdb.Question{
		tenantdb.Many(&h.stays, staysOfDossier.With(dossier)), tenantdb.Many(&h.evaluations, evaluationsOfDossier.With(dossier)),
	}
}

func (h *history) open(box *keys.Box) error {
	for i := range h.stays {
		if err := box.Open(&h.stays[i]); err != nil {
			return fmt.Errorf("open stay: %w", err)
		}
	}
	for i := range h.evaluations {
		if err := box.Open(&h.evaluations[i]); err != nil {
			return fmt.Errorf("open evaluation: %w", err)
		}
	}
	return nil
}

// loadHistory is the history within a transaction that holds the dossier.
func loadHistory(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) (history, error) {
	var h history
	if err := selectStays(tx.Select(), dossier).Scan(ctx, &h.stays); err != nil {
		return history{}, fmt.Errorf("list stays: %w", err)
	}
	if err := selectEvaluations(tx.Select(), dossier).Scan(ctx, &h.evaluations); err != nil {
		return history{}, fmt.Errorf("list evaluations: %w", err)
	}
	return h, h.open(box)
}

type stayRow struct {
	bun.BaseModel `bun:"table:housing_stays"`
	TenantID      tenantdb.TenantID        `bun:"tenant_id"`
	StayID        StayID                   `bun:"stay_id"`
	DossierID     dossiers.ID              `bun:"dossier_id"`
	PlaceID       PlaceID                  `bun:"place_id"`
	Kind          Kind                     `bun:"kind"`
	Beds          int                      `bun:"beds"`
	BeginsOn      time.Time                `bun:"begins_on,type:date"`
	PlannedEndOn  *time.Time               `bun:"planned_end_on,type:date"`
	LeavesOn      *time.Time               `bun:"leaves_on,type:date"`
	HelpEndedOn   *time.Time               `bun:"help_ended_on,type:date"`
	EndedOn       *time.Time               `bun:"ended_on,type:date"`
	WentTo        WentTo                   `bun:"went_to"`
	Particulars   keys.Sealed[Particulars] `bun:"particulars"`
	Version       int                      `bun:"version"`
}

// Place says where what is sealed of a stay stands.
func (r *stayRow) Place() keys.Place { return placeOfStay(r.StayID) }

func sealedStay(box *keys.Box, by access.Principal, s Stay) (*stayRow, error) {
	row := &stayRow{
		TenantID: by.Tenant, StayID: s.StayID, DossierID: s.DossierID, PlaceID: s.PlaceID, Kind: s.Kind, Beds: s.Beds, BeginsOn: s.BeginsOn,
		PlannedEndOn: s.PlannedEndOn, LeavesOn: s.LeavesOn, HelpEndedOn: s.HelpEndedOn, EndedOn: s.EndedOn, WentTo: s.WentTo,
		Particulars: s.Particulars, Version: s.Version,
	}
	if err := box.Seal(row); err != nil {
		return nil, fmt.Errorf("seal stay: %w", err)
	}
	return row, nil
}

func insertStay(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, stay Stay) error {
	row, err := sealedStay(box, by, stay)
	if err != nil {
		return err
	}
	if _, err := tx.Insert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("insert stay: %w", err)
	}
	return nil
}

func updateStay(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, stay Stay) error {
	stay.Version++
	row, err := sealedStay(box, by, stay)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().Model(row).
		Column("beds", "begins_on", "planned_end_on", "leaves_on", "help_ended_on", "ended_on", "went_to", "particulars", "version").
		Where("stay_id = ?", stay.StayID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update stay: %w", err)
	}
	return nil
}

func updateFlatAddress(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id StayID, address Address) error {
	sealed := sealedFlat{id, keys.Of(address)}
	if err := box.Seal(&sealed); err != nil {
		return fmt.Errorf("seal the address of a flat: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().TableExpr("housing_stays").Set("address = ?", sealed.Address).Where("stay_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("update the address of a flat: %w", err)
	}
	return nil
}

type evaluationRow struct {
	bun.BaseModel  `bun:"table:housing_evaluations"`
	TenantID       tenantdb.TenantID     `bun:"tenant_id"`
	EvaluationID   EvaluationID          `bun:"evaluation_id"`
	DossierID      dossiers.ID           `bun:"dossier_id"`
	StayID         StayID                `bun:"stay_id"`
	EvaluatedOn    time.Time             `bun:"evaluated_on,type:date"`
	Decision       Decision              `bun:"decision"`
	ProlongedUntil *time.Time            `bun:"prolonged_until,type:date"`
	Document       keys.Sealed[Findings] `bun:"document"`
	EvaluatedBy    tenantdb.PersonID     `bun:"evaluated_by"`
}

// Place says where the sealed document stands.
func (r *evaluationRow) Place() keys.Place {
	return (&Evaluation{EvaluationID: r.EvaluationID}).Place()
}

func insertEvaluation(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, e Evaluation) error {
	row := &evaluationRow{
		TenantID: by.Tenant, EvaluationID: e.EvaluationID, DossierID: e.DossierID, StayID: e.StayID, EvaluatedOn: e.EvaluatedOn, Decision: e.Decision,
		ProlongedUntil: e.ProlongedUntil, Document: e.Document, EvaluatedBy: by.Person,
	}
	if err := box.Seal(row); err != nil {
		return fmt.Errorf("seal evaluation: %w", err)
	}
	if _, err := tx.Insert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("insert evaluation: %w", err)
	}
	return nil
}

// Residence is where somebody lives at present, for pages about something else: nothing of it is sealed.
type Residence struct {
	StayID                 StayID
	PlaceName              string
	Kind                   Kind
	BeginsOn               time.Time
	PlannedEndOn, LeavesOn *time.Time
}

// Now asks where somebody lives at present: one line, or none.
func Now(dossier dossiers.ID, into *[]Residence) tenantdb.Question {
	return tenantdb.Many(into, residenceOf.With(dossier))
}

var residenceOf = tenantdb.Prepare(tenantdb.Select().TableExpr("housing_stays as stay").
	ColumnExpr("stay.stay_id, coalesce(place.code_name, '') as place_name, stay.kind, stay.begins_on, stay.planned_end_on, stay.leaves_on").
	Join("left join places as place on place.tenant_id = stay.tenant_id and place.place_id = stay.place_id").
	Where("stay.dossier_id = ?", tenantdb.Argument(1)).Where("stay.ended_on is null"))

// Open counts the stays of a dossier that run in a place of the house's: while one does, the accompaniment is not over.
func Open(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (int, error) {
	n, err := tx.Select().TableExpr("housing_stays").Where("dossier_id = ?", dossier).Where("ended_on is null").Where("kind <> ?", OwnFlat).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count running stays: %w", err)
	}
	return int(n), nil
}

// Slept is one stay as the year counts it.
type Slept struct {
	Kind     Kind
	BeginsOn time.Time
	EndedOn  *time.Time
}

// mostSlept bounds what a year counts by itself.
const mostSlept = 50_000

// Within asks for the stays that fall into some days: from the first until before the last.
func Within(from, until time.Time, into *[]Slept) tenantdb.Question {
	return tenantdb.Many(into, within.With(from, until))
}

var within = tenantdb.Prepare(tenantdb.Select().TableExpr("housing_stays").Column("kind", "begins_on", "ended_on").
	Where("begins_on < ?", tenantdb.Argument(2)).Where("(ended_on is null or ended_on > ?)", tenantdb.Argument(1)).Limit(mostSlept))

// result is what an insertion tells.
type result interface{ RowsAffected() (int64, error) }

// inserted says whether a row is new: the same form sent twice makes one thing.
func inserted(result result, err error) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("insert: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
