package housing

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// StayID identifies a stay.
type StayID = ids.ID[Stay]

// Stay is somebody living somewhere, from a day on and until another. A dossier has one that runs at most.
type Stay struct {
	StayID    StayID
	DossierID dossiers.ID
	// PlaceID and PlaceName are empty for an own flat.
	PlaceID   PlaceID
	PlaceName string
	Kind      Kind
	Beds      int
	BeginsOn  time.Time
	// PlannedEndOn is the day of the house rule, or what was decided since; LeavesOn is when the person has said to leave.
	PlannedEndOn, LeavesOn *time.Time
	// HelpEndedOn is when immediate help has stopped paying.
	HelpEndedOn *time.Time
	// EndedOn is the day of leaving: the night to it is the last one.
	EndedOn *time.Time
	WentTo  WentTo
	// AddressKnown says that somebody has written the address down, of the place or of the own flat.
	AddressKnown bool
	Version      int
	Particulars  keys.Sealed[Particulars] `bun:"particulars"`
}

// Particulars are what is written of a stay in somebody's own words.
type Particulars struct {
	Note string
	// FlatReason is why somebody moved into an own flat although not everything was there that it rests on.
	FlatReason string
	// Departure is a word about where the person went.
	Departure string
}

// Place says where what is sealed of a stay stands.
func (s *Stay) Place() keys.Place { return placeOfStay(s.StayID) }

func placeOfStay(id StayID) keys.Place { return keys.Place{Table: "housing_stays", Row: id.String()} }

// Running says that the person lives there.
func (s Stay) Running() bool { return s.EndedOn == nil }

// Nights are those slept there until a day, or until the end.
func (s Stay) Nights(today time.Time) int {
	if s.EndedOn != nil {
		today = *s.EndedOn
	}
	return Nights(s.BeginsOn, today)
}

// follows says whether another stay can begin on a day after this one: it has ended by then, or ends because of it.
func (s Stay) follows(next time.Time) bool {
	if s.EndedOn != nil {
		return !next.Before(*s.EndedOn)
	}
	return !next.Before(s.BeginsOn)
}

// leave ends the stay because the person moves on to another one.
func (s *Stay) leave(on time.Time) {
	s.EndedOn, s.WentTo, s.LeavesOn = &on, AnotherPlace, nil
}
