// Package housing knows where people live: the places and their beds, who holds one, who lives in one and until when, what
// was considered before a stay goes on, and what comes after. Everywhere a place goes by its code name. Its address is a
// class of data of its own: it is sealed by itself, and shown once, to whoever asks with a reason.
package housing

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// PlaceID identifies a place.
type PlaceID = ids.ID[Place]

// Kind is what sort of housing it is.
type Kind string

// The kinds. An own flat is no place of the NGO's: it is one person's, and belongs to the stay.
const (
	Shelter    Kind = "shelter"
	Network    Kind = "network"
	Emergency  Kind = "emergency"
	Transition Kind = "transition"
	OwnFlat    Kind = "own_flat"
)

// Kinds lists them in the order of forms, PlaceKinds those of which the NGO has places.
var (
	Kinds      = []Kind{Shelter, Network, Emergency, Transition, OwnFlat}
	PlaceKinds = []Kind{Shelter, Network, Emergency, Transition}
)

// Protected says that somebody is housed there because of the danger, or because there is nothing else yet: the months of
// the house rule and the days of immediate help count there, and a stay that goes on is evaluated.
func (k Kind) Protected() bool { return k == Shelter || k == Network || k == Emergency }

// Welcome is who may live in a place. Without genders it is everybody.
type Welcome struct {
	Genders []dossiers.Gender `bun:",array"`
	// Minors: children without their parents; Children: along with them.
	Minors, Children, Couples, Accessible bool
	Languages                             []string `bun:",array"`
}

// Genders lists those among whom a place may choose.
var Genders = []dossiers.Gender{"female", "male", "trans", "non_binary"}

// Description is what is said of a place, by whoever may manage it.
type Description struct {
	CodeName string
	Beds     int
	Welcome
	// OpensOn and ClosesOn are its first and last day; a place is announced before it opens, and retired after it closed.
	OpensOn  time.Time
	ClosesOn *time.Time
}

// Place is somewhere to live, as everybody of the staff may know it.
type Place struct {
	PlaceID PlaceID
	Kind    Kind
	Description
	AddressKnown       bool
	AddressForgottenAt *time.Time
	Version            int
}

// mostBeds is what one place holds at most: a bigger house is several places.
const mostBeds = 60

// nameOfPlace is one word and at most a number below a hundred. A street with its number is no such name, and neither is a
// postcode with its town: the name is on every list.
var nameOfPlace = regexp.MustCompile(`^\p{L}{3,24}( [0-9]{1,2})?$`)

// streets are how a street begins or ends in the languages of the country.
var streets = []string{"rue", "route", "chemin", "avenue", "place", "quai", "strasse", "gasse", "weg", "platz", "via", "viale", "piazza"}

// tells says that a code name looks like an address.
func tells(name string) bool {
	word, _, numbered := strings.Cut(strings.ToLower(name), " ")
	return slices.ContainsFunc(streets, func(street string) bool {
		return word == street || numbered && (strings.HasPrefix(word, street) || strings.HasSuffix(word, street))
	})
}

// Check says what of a description cannot be so.
func (d Description) Check() error {
	var problems fault.Problems
	switch {
	case d.CodeName == "":
		problems.Add("code_name", "housing.code_name.missing")
	case !nameOfPlace.MatchString(d.CodeName):
		problems.Add("code_name", "housing.code_name.form")
	case tells(d.CodeName):
		problems.Add("code_name", "housing.code_name.address")
	}
	if d.Beds < 1 || d.Beds > mostBeds {
		problems.Add("beds", "housing.beds.number", "Max", mostBeds)
	}
	switch {
	case d.OpensOn.IsZero():
		problems.Add("opens_on", "housing.opens_on.missing")
	case d.ClosesOn != nil && d.ClosesOn.Before(d.OpensOn):
		problems.Add("closes_on", "housing.closes_on.before_opening")
	}
	return problems.Err()
}

// Announced says that the place is not there yet on a day, Retired that it is there no more.
func (d Description) Announced(on time.Time) bool { return on.Before(d.OpensOn) }

// Retired says that its last day is over.
func (d Description) Retired(on time.Time) bool { return d.ClosesOn != nil && on.After(*d.ClosesOn) }

// Forget says whether the address may be destroyed: once the place is given up and nobody lives there any more.
func (p Place) Forget(today time.Time, guests []Guest) error {
	if !p.Retired(today) {
		return fault.Refused("housing.forgetting.still_open")
	}
	if slices.ContainsFunc(guests, func(g Guest) bool { return !g.Held }) {
		return fault.Refused("housing.forgetting.somebody_there")
	}
	return nil
}
