package dossiers

import (
	"strings"
	"time"
)

// Beneficiary is the person whom a dossier is about. Everything may be unknown: nothing forces a fact that one does
// not have.
type Beneficiary struct {
	FamilyName, GivenNames string
	// BirthDate or EstimatedAge, or neither. An estimate is only worth something with the day on which it was made.
	BirthDate      *time.Time
	EstimatedAge   *int
	AgeEstimatedOn *time.Time
	Gender         Gender
	Nationalities  []string `bun:",array"`
	Languages      []string `bun:",array"`
	// NeedsInterpreter is unknown where nobody asked.
	NeedsInterpreter Answer
	Phone, Email     string
	SafeContact
	ExploitationForms   []ExploitationForm  `bun:",array"`
	ExploitationCantons []string            `bun:",array"`
	ExploitationPlaces  []ExploitationPlace `bun:",array"`
}

// SafeContact says how the person may be reached without putting her or him in danger. Nobody contacts a person in
// a way that the person has not named as safe.
type SafeContact struct {
	ContactChannels []Channel `bun:",array"`
	ContactDays     []Day     `bun:",array"`
	// ContactFrom and ContactUntil are hours of the day, 09:30, or empty.
	ContactFrom, ContactUntil string
	// ContactIdentify says whether one may say who is calling.
	ContactIdentify Answer
	ContactCodeWord string
	ContactNote     string
}

// Known says whether anybody has asked the person yet.
func (c SafeContact) Known() bool { return len(c.ContactChannels) > 0 || c.ContactNote != "" }

// Hours is between which hours the person may be reached, as far as they are known.
func (c SafeContact) Hours() string {
	switch {
	case c.ContactFrom == "" && c.ContactUntil == "":
		return ""
	case c.ContactUntil == "":
		return c.ContactFrom + " –"
	default:
		return strings.TrimSpace(c.ContactFrom + " – " + c.ContactUntil)
	}
}

// AgeOn is how old the person is on a day, and whether that is counted from the birth date (exact) or from an
// estimate; ok is false where nothing is known.
func (b Beneficiary) AgeOn(day time.Time) (age int, exact, ok bool) {
	switch {
	case b.BirthDate != nil:
		return yearsBetween(*b.BirthDate, day), true, true
	case b.EstimatedAge != nil && b.AgeEstimatedOn != nil:
		return *b.EstimatedAge + yearsBetween(*b.AgeEstimatedOn, day), false, true
	default:
		return 0, false, false
	}
}

// complete has no list that is nil: a list may be empty, and is never null.
func (b Beneficiary) complete() Beneficiary {
	b.Nationalities, b.Languages, b.ExploitationCantons = listOf(b.Nationalities), listOf(b.Languages), listOf(b.ExploitationCantons)
	b.ContactChannels, b.ContactDays = listOf(b.ContactChannels), listOf(b.ContactDays)
	b.ExploitationForms, b.ExploitationPlaces = listOf(b.ExploitationForms), listOf(b.ExploitationPlaces)
	return b
}

func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func yearsBetween(from, to time.Time) int {
	years := to.Year() - from.Year()
	if to.Month() < from.Month() || to.Month() == from.Month() && to.Day() < from.Day() {
		years--
	}
	return years
}

// Gender is how the person says that she, he or they live; empty where nobody has written anything down.
type Gender string

// Genders lists them in the order of forms.
var Genders = []Gender{"female", "male", "trans", "non_binary", "other", "unknown"}

// Answer is yes, no, or empty: not known.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// Answers lists those that one can give.
var Answers = []Answer{Yes, No}

// Channel is a way of reaching the person.
type Channel string

// Channels lists them in the order of forms.
var Channels = []Channel{"phone", "sms", "messenger", "email", "letter_via_ngo", "in_person", "third_person"}

// Day is a day of the week.
type Day string

// Days lists them from Monday on.
var Days = []Day{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// ExploitationForm is a form of exploitation; one person may have suffered several.
type ExploitationForm string

// ExploitationForms lists them in the order of forms.
var ExploitationForms = []ExploitationForm{"sexual", "labour", "forced_crime", "begging", "forced_marriage", "organ_removal", "other"}

// ExploitationPlace is a place outside the cantons, or that nobody knows. It decides on victim assistance: what was
// done abroad is paid for only in part (LAVI art. 3, 17).
type ExploitationPlace string

// ExploitationPlaces lists them in the order of forms.
var ExploitationPlaces = []ExploitationPlace{"abroad", "unknown"}

// Cantons lists the 26, in the order of the Federal Constitution (art. 1).
var Cantons = []string{
	"ZH", "BE", "LU", "UR", "SZ", "OW", "NW", "GL", "ZG", "FR", "SO", "BS", "BL", "SH", "AR", "AI", "SG", "GR", "AG",
	"TG", "TI", "VD", "VS", "NE", "GE", "JU",
}
