package housing

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done about where people live.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

func (s *Service) today() time.Time { return forms.Today(s.now()) }

// Board is all places with their beds, as somebody narrowed it.
type Board struct {
	Filter    Filter
	Vacancies []Vacancy
	// All is how many places there are.
	All   int
	Today time.Time
}

// Board shows where a bed is free, and when the next one will be. Nothing sealed is opened for it.
func (s *Service) Board(ctx context.Context, filter Filter) (Board, error) {
	if _, err := access.Require(ctx, access.HousingList); err != nil {
		return Board{}, err
	}
	var asked board
	today := s.today()
	if err := s.db.Read(ctx, asked.ask(today)...); err != nil {
		return Board{}, fmt.Errorf("show the board of places: %w", err)
	}
	all := asked.vacancies(today)
	return Board{Filter: filter, All: len(all), Today: today, Vacancies: slices.DeleteFunc(all, func(v Vacancy) bool {
		return v.Retired(today) && len(v.Guests) == 0 && v.AddressForgottenAt != nil || !filter.Suits(v)
	})}, nil
}

// NightsOf is how many nights fell into each month of a year, by kind of housing.
type NightsOf struct {
	Year  int
	Kinds map[Kind]*Year
	Total Year
}

// Nights counts those of a year until today.
func (s *Service) Nights(ctx context.Context, year int) (NightsOf, error) {
	if _, err := access.Require(ctx, access.HousingList); err != nil {
		return NightsOf{}, err
	}
	from := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
	var slept []Slept
	if err := s.db.Read(ctx, Within(from, from.AddDate(1, 0, 0), &slept)); err != nil {
		return NightsOf{}, fmt.Errorf("count nights: %w", err)
	}
	counted := NightsOf{Year: year, Kinds: map[Kind]*Year{}}
	for _, kind := range Kinds {
		counted.Kinds[kind] = &Year{}
	}
	for _, stay := range slept {
		until := s.today()
		if stay.EndedOn != nil {
			until = *stay.EndedOn
		}
		counted.Kinds[stay.Kind].Add(year, stay.BeginsOn, until)
	}
	for _, nights := range counted.Kinds {
		for month, n := range nights {
			counted.Total[month] += n
		}
	}
	return counted, nil
}

// PlaceSheet is what the page of a place shows.
type PlaceSheet struct {
	Vacancy
	// Showings are who had the address shown, for whoever may manage places.
	Showings []Showing
	Today    time.Time
}

// Place shows one place, with who lives there by code name.
func (s *Service) Place(ctx context.Context, id PlaceID) (PlaceSheet, error) {
	if _, err := access.Require(ctx, access.HousingList); err != nil {
		return PlaceSheet{}, err
	}
	sheet := PlaceSheet{Today: s.today()}
	var place Place
	var there, kept []Guest
	asked := []tenantdb.Question{
		tenantdb.One(&place, onePlace.With(id)), tenantdb.Many(&there, stayingThere.With(id)), tenantdb.Many(&kept, holdingThere.With(sheet.Today, id)),
	}
	if access.Can(ctx, access.PlaceManage) {
		asked = append(asked, showingsOf(id, &sheet.Showings))
	}
	if err := s.db.Read(ctx, asked...); err != nil {
		return PlaceSheet{}, fmt.Errorf("show place %s: %w", id, err)
	}
	sheet.Vacancy = VacancyOf(place, append(there, kept...), sheet.Today)
	return sheet, nil
}

// OpenPlace adds a place, which may open later. The same form sent twice adds one.
func (s *Service) OpenPlace(ctx context.Context, id PlaceID, kind Kind, d Description, address Address) error {
	by, err := access.Require(ctx, access.PlaceManage)
	if err != nil {
		return err
	}
	if !slices.Contains(PlaceKinds, kind) {
		return fault.Invalid("kind", "housing.kind.missing")
	}
	if err := d.Check(); err != nil {
		return err
	}
	// The keys first: a keyset without a place does no harm.
	if err := s.keys.Create(ctx, holderOf(id)); err != nil {
		return fmt.Errorf("open place %s: %w", id, err)
	}
	box, err := s.keys.Box(ctx, holderOf(id))
	if err != nil {
		return fmt.Errorf("open place %s: %w", id, err)
	}
	return s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		isNew, err := insertPlace(ctx, tx, by, Place{PlaceID: id, Kind: kind, Description: d, Version: 1})
		if err != nil || !isNew {
			return err
		}
		if address != (Address{}) {
			if err := updatePlaceAddress(ctx, tx, box, id, address); err != nil {
				return err
			}
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.PlaceOpened, Reason: string(kind)})
	})
}

// ChangePlace changes what somebody saw in a version; when it changed meanwhile it is a fault.Conflict, and the place is
// what it is now. An address replaces the one that there was; nil leaves it.
func (s *Service) ChangePlace(ctx context.Context, id PlaceID, version int, d Description, address *Address) (Place, error) {
	by, err := access.Require(ctx, access.PlaceManage)
	if err != nil {
		return Place{}, err
	}
	if err := d.Check(); err != nil {
		return Place{}, err
	}
	var current Place
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		vacancy, err := lockVacancy(ctx, tx, id, s.today())
		if err != nil {
			return err
		}
		current = vacancy.Place
		same := reflect.DeepEqual(current.Description, d)
		switch {
		case same && address == nil:
			return nil
		case !same && current.Version != version:
			return fault.Conflict("housing.conflict")
		case address != nil && current.AddressForgottenAt != nil:
			return fault.Invalid("address", "housing.address.forgotten")
		case d.Beds < vacancy.Taken:
			return fault.Invalid("beds", "housing.beds.taken", "Count", vacancy.Taken)
		}
		current.Description = d
		current.Version++
		if err := updatePlace(ctx, tx, by, current); err != nil {
			return err
		}
		if address != nil {
			box, err := s.keys.Box(ctx, holderOf(id))
			if err != nil {
				return err
			}
			if err := updatePlaceAddress(ctx, tx, box, id, *address); err != nil {
				return err
			}
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.PlaceChanged})
	})
	return current, err
}

// write is a transaction in which a code name may turn out to be another place's.
func (s *Service) write(ctx context.Context, change func(context.Context, tenantdb.Tx) error) error {
	err := s.db.Write(ctx, change)
	if tenantdb.Violates(err, "places_have_a_code_name_of_their_own") {
		return fault.Invalid("code_name", "housing.code_name.taken")
	}
	return err
}

// ForgetAddress destroys the address of a place that is given up, with its keys: no backup of the data tells it any more.
// Doing it again finishes what was interrupted.
func (s *Service) ForgetAddress(ctx context.Context, id PlaceID) error {
	if _, err := access.Require(ctx, access.PlaceManage); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		vacancy, err := lockVacancy(ctx, tx, id, s.today())
		if err != nil || vacancy.AddressForgottenAt != nil {
			return err
		}
		if err := vacancy.Forget(s.today(), vacancy.Guests); err != nil {
			return err
		}
		if err := forgetPlaceAddress(ctx, tx, id, s.now()); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.AddressForgotten}); err != nil {
			return err
		}
		return s.keys.Destroy(ctx, holderOf(id))
	})
}

// Sheet is what the page of a dossier shows of where the person lives.
type Sheet struct {
	Dossier dossiers.Mention
	// Stays and Evaluations are the newest first; Holds are those that count.
	Stays       []Stay
	Evaluations []Evaluation
	Holds       []Hold
	// Dates are the deadlines that housing is about.
	Dates   deadlines.List
	Outlook Outlook
	// Vacancies are the places there are, for a form that chooses one.
	Vacancies []Vacancy
	Today     time.Time
}

// Stay is one of the sheet's.
func (s Sheet) Stay(id StayID) (Stay, bool) {
	i := slices.IndexFunc(s.Stays, func(stay Stay) bool { return stay.StayID == id })
	if i < 0 {
		return Stay{}, false
	}
	return s.Stays[i], true
}

// Running is the stay in which the person lives at present.
func (s Sheet) Running() (Stay, bool) {
	i := slices.IndexFunc(s.Stays, Stay.Running)
	if i < 0 {
		return Stay{}, false
	}
	return s.Stays[i], true
}

// OfDossier shows where somebody lives and lived, what is due, and what is there for a flat of one's own.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Sheet{}, err
	}
	return s.sheet(ctx, dossier, nil)
}

// Prepare gives what a form for a new stay or a hold begins with.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.HousingWrite); err != nil {
		return Sheet{}, err
	}
	return s.sheet(ctx, dossier, new(board))
}

// Edit gives what a form about a stay begins with, and which of the sheet's stays it is.
func (s *Service) Edit(ctx context.Context, id StayID) (Sheet, Stay, error) {
	if _, err := access.Require(ctx, access.HousingWrite); err != nil {
		return Sheet{}, Stay{}, err
	}
	dossier, err := s.ownerOfStay(ctx, id)
	if err != nil {
		return Sheet{}, Stay{}, err
	}
	sheet, err := s.sheet(ctx, dossier, nil)
	if err != nil {
		return Sheet{}, Stay{}, err
	}
	stay, ok := sheet.Stay(id)
	if !ok {
		return Sheet{}, Stay{}, fault.NotFound()
	}
	return sheet, stay, nil
}

func (s *Service) ownerOfStay(ctx context.Context, id StayID) (dossier dossiers.ID, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, err = ownerOfStay(ctx, tx, id)
		return err
	})
	return dossier, err
}

// sheet reads everything in one round trip, the places as well where somebody chooses one.
func (s *Service) sheet(ctx context.Context, dossier dossiers.ID, beds *board) (Sheet, error) {
	sheet := Sheet{Today: s.today()}
	var known history
	var reported []agenda.Reported
	asked := append(known.ask(dossier), dossiers.Mentioned(dossier, &sheet.Dossier), tenantdb.Many(&sheet.Holds, holdsOfDossier.With(dossier, sheet.Today)),
		agenda.OfDossier(dossiers.TimelineID(dossier), &reported), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if beds != nil {
		asked = append(asked, beds.ask(sheet.Today)...)
	}
	if err := s.db.Read(ctx, asked...); err != nil {
		return Sheet{}, fmt.Errorf("show the housing of dossier %s: %w", dossier, err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Sheet{}, err
	}
	if err := known.open(box); err != nil {
		return Sheet{}, err
	}
	facts, err := agenda.Open(box.Open, reported)
	if err != nil {
		return Sheet{}, err
	}
	rules, err := agenda.Rules(ctx)
	if err != nil {
		return Sheet{}, err
	}
	sheet.Stays, sheet.Evaluations = known.stays, known.evaluations
	sheet.Dates = agenda.Only(rules.Deadlines(facts), Rules...)
	sheet.Outlook = OutlookOf(facts, known.stays, known.evaluations, sheet.Today)
	if beds != nil {
		sheet.Vacancies = beds.vacancies(sheet.Today)
	}
	return sheet, nil
}

// HoldBed keeps beds for somebody. The same form sent twice keeps them once.
func (s *Service) HoldBed(ctx context.Context, dossier dossiers.ID, id HoldID, wish Wish) error {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return err
	}
	today := s.today()
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		if owner, err := ownerOfHold(ctx, tx, id); !errors.Is(err, fault.NotFound()) {
			return sameDossier(err, owner, dossier)
		}
		if err := wish.Check(today); err != nil {
			return err
		}
		vacancy, err := lockVacancy(ctx, tx, wish.PlaceID, today)
		if err != nil {
			return noSuchPlace(err)
		}
		if err := vacancy.Admits(wish.Beds, *wish.FromOn, today); err != nil {
			return err
		}
		if err := deletePastHolds(ctx, tx, wish.PlaceID, today); err != nil {
			return err
		}
		if isNew, err := insertHold(ctx, tx, holdRow{
			TenantID: by.Tenant, HoldID: id, DossierID: dossier, PlaceID: wish.PlaceID, Beds: wish.Beds, FromOn: *wish.FromOn, UntilOn: *wish.UntilOn, HeldBy: by.Person,
		}); err != nil || !isNew {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.BedHeld, Dossier: dossiers.TimelineID(dossier), Detail: string(vacancy.Kind)})
	})
}

// ReleaseBed lets go of beds that were kept, and says for whom they were.
func (s *Service) ReleaseBed(ctx context.Context, id HoldID) (dossier dossiers.ID, err error) {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return dossiers.ID{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if dossier, err = ownerOfHold(ctx, tx, id); err != nil {
			return err
		}
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		if err := deleteHold(ctx, tx, id); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.BedReleased, Dossier: dossiers.TimelineID(dossier)})
	})
	return dossier, err
}

// sameDossier keeps an identifier that is taken by another dossier's thing from being taken for this one's.
func sameDossier(err error, owner, dossier dossiers.ID) error {
	if err == nil && owner != dossier {
		return fault.NotFound()
	}
	return err
}

// noSuchPlace is a place of a form that is none: of the dossier something is there.
func noSuchPlace(err error) error {
	if errors.Is(err, fault.NotFound()) {
		return fault.Invalid("place", "housing.place.missing")
	}
	return err
}

// change is a transaction about what housing knows of a dossier.
type change struct {
	tx      tenantdb.Tx
	by      access.Principal
	box     *keys.Box
	dossier dossiers.ID
	history
}

// changing holds a dossier, opens what housing knows of it, and lets somebody change it. A refusal is told to whoever has
// seen the dossier by asking.
func (s *Service) changing(ctx context.Context, by access.Principal, tx tenantdb.Tx, dossier dossiers.ID, do func(*change) error) error {
	_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
	if err != nil {
		return err
	}
	c := &change{tx: tx, by: by, box: box, dossier: dossier}
	if c.history, err = loadHistory(ctx, tx, box, dossier); err != nil {
		return err
	}
	err = do(c)
	if told := (*fault.Fault)(nil); errors.As(err, &told) {
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)}); err != nil {
			return err
		}
		return tenantdb.AndCommit(err)
	}
	return err
}

// stay is the one of an identifier.
func (c *change) stay(id StayID) (*Stay, []Stay, error) {
	i := slices.IndexFunc(c.stays, func(stay Stay) bool { return stay.StayID == id })
	if i < 0 {
		return nil, nil, fault.NotFound()
	}
	others := slices.Clone(c.stays)
	return &c.stays[i], slices.Delete(others, i, i+1), nil
}

// replan gives protected stays that run the end that follows from all facts.
func (c *change) replan(ctx context.Context) error {
	rules, err := agenda.Rules(ctx)
	if err != nil {
		return err
	}
	for i := range c.stays {
		if c.stays[i].Running() && c.stays[i].Kind.Protected() {
			c.stays[i].PlannedEndOn = plannedEnd(rules, factsOf(c.stays, c.evaluations), c.stays)
		}
	}
	return nil
}

// tell reports the facts and leaves the event.
func (c *change) tell(ctx context.Context, kind timeline.Kind, detail string) error {
	if err := dossiers.Report(ctx, c.tx, c.box, c.dossier, source, factsOf(c.stays, c.evaluations)); err != nil {
		return err
	}
	return timeline.Record(ctx, c.tx, c.by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(c.dossier), Detail: detail})
}

// MoveIn begins a stay. The one that runs ends on that day, and beds that were kept for the person are let go. Of two
// people who want the last bed at once, the second is told that there is none. One that is over already is written down,
// and changes nothing else.
func (s *Service) MoveIn(ctx context.Context, dossier dossiers.ID, id StayID, a Arrival) error {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return err
	}
	today := s.today()
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return s.changing(ctx, by, tx, dossier, func(c *change) error {
			if owner, err := ownerOfStay(ctx, tx, id); !errors.Is(err, fault.NotFound()) {
				return sameDossier(err, owner, dossier)
			}
			facts, err := agenda.Known(ctx, tx, c.box, dossiers.TimelineID(dossier))
			if err != nil {
				return err
			}
			var vacancy Vacancy
			if !a.PlaceID.Zero() {
				if vacancy, err = lockVacancy(ctx, tx, a.PlaceID, today); err != nil {
					return noSuchPlace(err)
				}
				a.Kind = vacancy.Kind
			}
			if err := a.Check(c.stays, OutlookOf(facts, c.stays, c.evaluations, today), today); err != nil {
				return err
			}
			if a.Kind != OwnFlat && a.EndedOn == nil {
				if err := vacancy.without(dossier, today).Admits(a.Beds, *a.On, today); err != nil {
					return err
				}
			}
			return c.moveIn(ctx, id, a)
		})
	})
}

func (c *change) moveIn(ctx context.Context, id StayID, a Arrival) error {
	for i := range c.stays {
		if c.stays[i].Running() && a.EndedOn == nil {
			c.stays[i].leave(*a.On)
			if err := updateStay(ctx, c.tx, c.box, c.by, c.stays[i]); err != nil {
				return err
			}
		}
	}
	stay := Stay{
		StayID: id, DossierID: c.dossier, PlaceID: a.PlaceID, Kind: a.Kind, Beds: a.Beds, BeginsOn: *a.On, EndedOn: a.EndedOn, WentTo: a.WentTo, Version: 1,
		Particulars: keys.Of(Particulars{Note: a.Note, FlatReason: a.FlatReason}),
	}
	if a.Kind == Transition {
		stay.PlannedEndOn = a.PlannedEndOn
	}
	c.stays = append([]Stay{stay}, c.stays...)
	if err := c.replan(ctx); err != nil {
		return err
	}
	if err := insertStay(ctx, c.tx, c.box, c.by, c.stays[0]); err != nil {
		return err
	}
	if a.Kind == OwnFlat && a.Address != (Address{}) {
		if err := updateFlatAddress(ctx, c.tx, c.box, id, a.Address); err != nil {
			return err
		}
	}
	if a.EndedOn == nil {
		if err := deleteHolds(ctx, c.tx, c.dossier); err != nil {
			return err
		}
	}
	return c.tell(ctx, timeline.HousingBegun, string(a.Kind))
}

// changingStay is changing for something about one stay.
func (s *Service) changingStay(ctx context.Context, by access.Principal, id StayID, do func(ctx context.Context, c *change, stay *Stay, others []Stay) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, err := ownerOfStay(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.changing(ctx, by, tx, dossier, func(c *change) error {
			stay, others, err := c.stay(id)
			if err != nil {
				return err
			}
			return do(ctx, c, stay, others)
		})
	})
}

// Correct changes what somebody saw of a running stay in a version; when it changed meanwhile it is a fault.Conflict, and the
// stay is what it is now.
func (s *Service) Correct(ctx context.Context, id StayID, version int, correction Correction) (current Stay, err error) {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return Stay{}, err
	}
	today := s.today()
	err = s.changingStay(ctx, by, id, func(ctx context.Context, c *change, stay *Stay, others []Stay) error {
		current = *stay
		switch {
		case stay.says(correction):
			return nil
		case stay.Version != version:
			return fault.Conflict("housing.conflict")
		}
		if err := stay.Correct(correction, others, today); err != nil {
			return err
		}
		if stay.Beds > current.Beds && stay.Kind != OwnFlat {
			vacancy, err := lockVacancy(ctx, c.tx, stay.PlaceID, today)
			if err != nil {
				return err
			}
			if vacancy.without(c.dossier, today).Admits(stay.Beds, today, today) != nil {
				return fault.Invalid("beds", "housing.place.full")
			}
		}
		if err := c.replan(ctx); err != nil {
			return err
		}
		if err := updateStay(ctx, c.tx, c.box, by, *stay); err != nil {
			return err
		}
		if correction.Address != nil {
			if err := updateFlatAddress(ctx, c.tx, c.box, id, *correction.Address); err != nil {
				return err
			}
		}
		return c.tell(ctx, timeline.HousingChanged, string(stay.Kind))
	})
	return current, err
}

// Evaluate writes down a look at what comes after a stay, with what was decided. The same form sent twice is one look.
func (s *Service) Evaluate(ctx context.Context, id StayID, evaluation EvaluationID, look Look) error {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return err
	}
	today := s.today()
	return s.changingStay(ctx, by, id, func(ctx context.Context, c *change, stay *Stay, _ []Stay) error {
		if owner, err := ownerOfEvaluation(ctx, c.tx, evaluation); !errors.Is(err, fault.NotFound()) {
			return sameDossier(err, owner, c.dossier)
		}
		if err := stay.Evaluate(look, today); err != nil {
			return err
		}
		made := Evaluation{
			EvaluationID: evaluation, DossierID: c.dossier, StayID: id, EvaluatedOn: today, Decision: look.Decision, ProlongedUntil: look.Until,
			Document: keys.Of(look.Findings),
		}
		if err := insertEvaluation(ctx, c.tx, c.box, by, made); err != nil {
			return err
		}
		c.evaluations = append([]Evaluation{made}, c.evaluations...)
		if look.Decision != Prolonged {
			return c.tell(ctx, timeline.HousingEvaluated, string(look.Decision))
		}
		if err := updateStay(ctx, c.tx, c.box, by, *stay); err != nil {
			return err
		}
		return c.tell(ctx, timeline.HousingProlonged, "")
	})
}

// MoveOut ends a stay after which no other is known.
func (s *Service) MoveOut(ctx context.Context, id StayID, departure Departure) error {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return err
	}
	return s.changingStay(ctx, by, id, func(ctx context.Context, c *change, stay *Stay, _ []Stay) error {
		if stay.left(departure) {
			return nil
		}
		if err := stay.End(departure, s.now()); err != nil {
			return err
		}
		if err := updateStay(ctx, c.tx, c.box, by, *stay); err != nil {
			return err
		}
		return c.tell(ctx, timeline.HousingEnded, string(departure.WentTo))
	})
}

// Shown is an address, once, for whoever asked with a reason.
type Shown struct {
	// Dossier is whose it is, and zero where the address was asked for of a place.
	Dossier   dossiers.Mention
	PlaceID   PlaceID
	PlaceName string
	Kind      Kind
	// Address is empty where nobody has written one down, or it was forgotten.
	Address Address
}

// AddressOf shows where somebody lives, or lived.
func (s *Service) AddressOf(ctx context.Context, id StayID, reason Reason) (Shown, error) {
	by, err := access.Require(ctx, access.AddressShow)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, err := ownerOfStay(ctx, tx, id)
		if err != nil {
			return err
		}
		mention, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if err := checkReason(reason); err != nil {
			return err
		}
		stay, err := findStayed(ctx, tx, id)
		if err != nil {
			return err
		}
		shown = Shown{Dossier: mention, PlaceID: stay.PlaceID, PlaceName: stay.PlaceName, Kind: stay.Kind}
		if !stay.PlaceID.Zero() {
			shown.Address, err = s.showPlace(ctx, tx, by, stay.PlaceID, dossier, reason)
			return err
		}
		flat, err := findFlatAddress(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := box.Open(&flat); err != nil {
			return err
		}
		shown.Address = flat.Address.Get()
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AddressShown, Dossier: dossiers.TimelineID(dossier), Reason: string(reason)})
	})
	return shown, err
}

// AddressOfPlace shows where a place is.
func (s *Service) AddressOfPlace(ctx context.Context, id PlaceID, reason Reason) (Shown, error) {
	by, err := access.Require(ctx, access.AddressShow)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		vacancy, err := lockVacancy(ctx, tx, id, s.today())
		if err != nil {
			return err
		}
		if err := checkReason(reason); err != nil {
			return err
		}
		shown = Shown{PlaceID: id, PlaceName: vacancy.CodeName, Kind: vacancy.Kind}
		shown.Address, err = s.showPlace(ctx, tx, by, id, dossiers.ID{}, reason)
		return err
	})
	return shown, err
}

// showPlace opens the address of a place, and leaves beside it and in the journal that somebody saw it.
func (s *Service) showPlace(ctx context.Context, tx tenantdb.Tx, by access.Principal, id PlaceID, dossier dossiers.ID, reason Reason) (Address, error) {
	sealed, err := findPlaceAddress(ctx, tx, id)
	if err != nil {
		return Address{}, err
	}
	if err := insertShowing(ctx, tx, showingRow{TenantID: by.Tenant, ShowingID: ids.New[showing](), PlaceID: id, PersonID: by.Person, Reason: reason}); err != nil {
		return Address{}, err
	}
	entry := journal.Entry{Action: journal.AddressShown, Dossier: dossiers.TimelineID(dossier), Reason: string(reason), Lodging: id.UUID()}
	if err := journal.Record(ctx, tx, entry); err != nil {
		return Address{}, err
	}
	box, err := s.keys.Box(ctx, holderOf(id))
	if errors.Is(err, keys.ErrDestroyed) {
		return Address{}, nil
	}
	if err != nil {
		return Address{}, err
	}
	if err := box.Open(&sealed); err != nil {
		return Address{}, err
	}
	return sealed.Address.Get(), nil
}
