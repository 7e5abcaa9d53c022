package housing

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

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
	Year int
	// Last says that the year is not over, and none has begun after it.
	Last  bool
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
	counted := NightsOf{Year: year, Last: year == s.today().Year(), Kinds: map[Kind]*Year{}}
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
