package housing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
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
	rules, err := agenda.Rules(ctx, s.db)
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
