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

type placeRow struct {
	bun.BaseModel `bun:"table:places"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	PlaceID       PlaceID           `bun:"place_id"`
	Kind          Kind              `bun:"kind"`
	CodeName      string            `bun:"code_name"`
	Beds          int               `bun:"beds"`
	Genders       []dossiers.Gender `bun:"genders,array"`
	Minors        bool              `bun:"minors"`
	Children      bool              `bun:"children"`
	Couples       bool              `bun:"couples"`
	Accessible    bool              `bun:"accessible"`
	Languages     []string          `bun:"languages,array"`
	OpensOn       time.Time         `bun:"opens_on,type:date"`
	ClosesOn      *time.Time        `bun:"closes_on,type:date"`
	Version       int               `bun:"version"`
}

func rowOfPlace(by access.Principal, p Place) *placeRow {
	return &placeRow{
		TenantID: by.Tenant, PlaceID: p.PlaceID, Kind: p.Kind, CodeName: p.CodeName, Beds: p.Beds, Genders: append([]dossiers.Gender{}, p.Genders...),
		Minors: p.Minors, Children: p.Children, Couples: p.Couples, Accessible: p.Accessible, Languages: append([]string{}, p.Languages...),
		OpensOn: p.OpensOn, ClosesOn: p.ClosesOn, Version: p.Version,
	}
}

// The parts of the board are asked for by the same questions, in a batch or in a transaction.

func selectPlaces(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("places as place").
		ColumnExpr("place.place_id, place.kind, place.code_name, place.beds, place.genders, place.minors, place.children, place.couples, place.accessible, place.languages").
		ColumnExpr("place.opens_on, place.closes_on, place.address is not null as address_known, place.address_forgotten_at, place.version")
}

func selectStaying(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("housing_stays as stay").
		ColumnExpr("stay.place_id, stay.dossier_id, dossier.code_name, stay.beds, false as held, stay.begins_on as from_on, stay.planned_end_on as until_on, stay.leaves_on").
		Join("join dossiers as dossier on dossier.tenant_id = stay.tenant_id and dossier.dossier_id = stay.dossier_id").
		Where("stay.ended_on is null").Where("stay.place_id is not null").OrderExpr("stay.begins_on, stay.stay_id").Limit(mostGuests)
}

func selectHolding(query *bun.SelectQuery, today any) *bun.SelectQuery {
	return query.TableExpr("bed_holds as hold").
		ColumnExpr("hold.place_id, hold.dossier_id, dossier.code_name, hold.beds, true as held, hold.from_on, hold.until_on, null::date as leaves_on").
		Join("join dossiers as dossier on dossier.tenant_id = hold.tenant_id and dossier.dossier_id = hold.dossier_id").
		Where("hold.until_on >= ?", today).OrderExpr("hold.from_on, hold.hold_id").Limit(mostGuests)
}

var (
	places       = tenantdb.Prepare(selectPlaces(tenantdb.Select()).OrderExpr("place.kind, lower(place.code_name)").Limit(mostPlaces))
	onePlace     = tenantdb.Prepare(selectPlaces(tenantdb.Select()).Where("place.place_id = ?", tenantdb.Argument(1)))
	staying      = tenantdb.Prepare(selectStaying(tenantdb.Select()))
	stayingThere = tenantdb.Prepare(selectStaying(tenantdb.Select()).Where("stay.place_id = ?", tenantdb.Argument(1)))
	holding      = tenantdb.Prepare(selectHolding(tenantdb.Select(), tenantdb.Argument(1)))
	holdingThere = tenantdb.Prepare(selectHolding(tenantdb.Select(), tenantdb.Argument(1)).Where("hold.place_id = ?", tenantdb.Argument(2)))
)

// board is every place with whoever takes its beds.
type board struct {
	places           []Place
	staying, holding []Guest
}

func (b *board) ask(today time.Time) []tenantdb.Question {
	return []tenantdb.Question{
		tenantdb.Many(&b.places, places.With()), tenantdb.Many(&b.staying, staying.With()), tenantdb.Many(&b.holding, holding.With(today)),
	}
}

func (b *board) vacancies(today time.Time) []Vacancy {
	guests := map[PlaceID][]Guest{}
	for _, guest := range append(b.staying, b.holding...) {
		guests[guest.PlaceID] = append(guests[guest.PlaceID], guest)
	}
	found := make([]Vacancy, len(b.places))
	for i, place := range b.places {
		found[i] = VacancyOf(place, guests[place.PlaceID], today)
	}
	return found
}

// lockVacancy keeps the beds of a place as they are until the transaction ends: of two who want the last one, one comes
// second.
func lockVacancy(ctx context.Context, tx tenantdb.Tx, id PlaceID, today time.Time) (Vacancy, error) {
	var place Place
	if err := tenantdb.Found(selectPlaces(tx.Select()).Where("place.place_id = ?", id).For("update of place").Scan(ctx, &place)); err != nil {
		return Vacancy{}, fmt.Errorf("lock place: %w", err)
	}
	var there, kept []Guest
	if err := selectStaying(tx.Select()).Where("stay.place_id = ?", id).Scan(ctx, &there); err != nil {
		return Vacancy{}, fmt.Errorf("list who lives in a place: %w", err)
	}
	if err := selectHolding(tx.Select(), today).Where("hold.place_id = ?", id).Scan(ctx, &kept); err != nil {
		return Vacancy{}, fmt.Errorf("list for whom beds are kept: %w", err)
	}
	return VacancyOf(place, append(there, kept...), today), nil
}

// insertPlace says whether the place is new. Its address comes sealed, or there is none yet.
func insertPlace(ctx context.Context, tx tenantdb.Tx, by access.Principal, place Place) (bool, error) {
	return inserted(tx.Insert().Model(rowOfPlace(by, place)).On("conflict (tenant_id, place_id) do nothing").Exec(ctx))
}

func updatePlace(ctx context.Context, tx tenantdb.Tx, by access.Principal, place Place) error {
	err := tenantdb.Affected(tx.Update().Model(rowOfPlace(by, place)).
		Column("code_name", "beds", "genders", "minors", "children", "couples", "accessible", "languages", "opens_on", "closes_on", "version").
		Where("place_id = ?", place.PlaceID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update place: %w", err)
	}
	return nil
}

func updatePlaceAddress(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id PlaceID, address Address) error {
	sealed := sealedPlace{id, keys.Of(address)}
	if err := box.Seal(&sealed); err != nil {
		return fmt.Errorf("seal the address of a place: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().TableExpr("places").Set("address = ?", sealed.Address).Where("place_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("update the address of a place: %w", err)
	}
	return nil
}

func forgetPlaceAddress(ctx context.Context, tx tenantdb.Tx, id PlaceID, at time.Time) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("places").Set("address = null").Set("address_forgotten_at = ?", at).Where("place_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("forget the address of a place: %w", err)
	}
	return nil
}

func findPlaceAddress(ctx context.Context, tx tenantdb.Tx, id PlaceID) (found sealedPlace, err error) {
	if err := tenantdb.Found(tx.Select().TableExpr("places").Column("place_id", "address").Where("place_id = ?", id).Scan(ctx, &found)); err != nil {
		return sealedPlace{}, fmt.Errorf("find the address of a place: %w", err)
	}
	return found, nil
}

func findFlatAddress(ctx context.Context, tx tenantdb.Tx, id StayID) (found sealedFlat, err error) {
	if err := tenantdb.Found(tx.Select().TableExpr("housing_stays").Column("stay_id", "address").Where("stay_id = ?", id).Scan(ctx, &found)); err != nil {
		return sealedFlat{}, fmt.Errorf("find the address of a flat: %w", err)
	}
	return found, nil
}

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

type showingRow struct {
	bun.BaseModel `bun:"table:place_showings"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	ShowingID     showingID         `bun:"showing_id"`
	PlaceID       PlaceID           `bun:"place_id"`
	PersonID      tenantdb.PersonID `bun:"person_id"`
	Reason        Reason            `bun:"reason"`
}

func insertShowing(ctx context.Context, tx tenantdb.Tx, row showingRow) error {
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert showing: %w", err)
	}
	return nil
}

// Showing is that somebody had the address of a place shown.
type Showing struct {
	PersonName string
	Reason     Reason
	ShownAt    time.Time
}

// showingsOf asks who had the address of a place shown, newest first.
func showingsOf(id PlaceID, into *[]Showing) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("place_showings as showing").
		ColumnExpr("coalesce(member.name, '') as person_name, showing.reason, showing.shown_at").
		Join("left join members as member on member.tenant_id = showing.tenant_id and member.member_id = showing.person_id").
		Where("showing.place_id = ?", id).OrderExpr("showing.shown_at desc, showing.showing_id").Limit(mostShowings))
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

// Open counts the stays of a dossier that run: while one does, the accompaniment is not over.
func Open(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (int, error) {
	n, err := tx.Select().TableExpr("housing_stays").Where("dossier_id = ?", dossier).Where("ended_on is null").Count(ctx)
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
