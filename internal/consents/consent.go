// Package consents keeps what a beneficiary agreed to have shared: with one office, for one purpose, these classes of
// data, from and until. Without it nothing leaves the NGO (FADP art. 6 para. 6 and 7: informed, free, and explicit
// where the data is sensitive), and taking it back is as easy as giving it.
package consents

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/offices"
)

// ID identifies a consent.
type ID = ids.ID[Consent]

// Consent is what the beneficiary agreed to, as it was recorded.
type Consent struct {
	ConsentID  ID
	DossierID  dossiers.ID
	CodeName   dossiers.CodeName
	OfficeID   offices.ID
	OfficeName string
	// Purpose is the service for which the office may use what it is sent.
	Purpose     access.OfficeKind
	DataClasses []access.DataClass `bun:",array"`
	// ValidFrom and ValidUntil are days in Zurich; the last one counts.
	ValidFrom, ValidUntil time.Time
	GivenHow              How
	// Interpreter is sealed under the keyset of the dossier.
	Interpreter keys.Sealed[string] `bun:"interpreter"`
	RecordedAt  time.Time
	WithdrawnAt *time.Time
}

// Place says where what is sealed of a consent stands.
func (c *Consent) Place() keys.Place { return placeOf(c.ConsentID) }

// InOrder gives classes in the order in which pages show them, each once.
func InOrder(classes []access.DataClass) []access.DataClass {
	ordered := []access.DataClass{}
	for _, class := range access.DataClasses {
		if slices.Contains(classes, class) {
			ordered = append(ordered, class)
		}
	}
	return ordered
}

// How is the way in which consent was given.
type How string

// Hows lists the ways in the order of forms.
var Hows = []How{"orally", "in_writing"}

// Standing is where a consent stands at a moment.
type Standing string

// The standings.
const (
	Valid     Standing = "valid"
	NotYet    Standing = "not_yet"
	Ended     Standing = "ended"
	Withdrawn Standing = "withdrawn"
)

// Standing says whether one may rely on the consent at a moment.
func (c Consent) Standing(at time.Time) Standing {
	today := forms.Today(at)
	switch {
	case c.WithdrawnAt != nil:
		return Withdrawn
	case today.Before(c.ValidFrom):
		return NotYet
	case today.After(c.ValidUntil):
		return Ended
	default:
		return Valid
	}
}

// EndsAt is the moment at which the consent's last day is over in Zurich.
func (c Consent) EndsAt() time.Time {
	year, month, day := c.ValidUntil.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, i18n.Zone)
}

// Covers says whether the consent is for this office, this service and all of these classes of data.
func (c Consent) Covers(office offices.ID, service access.OfficeKind, classes []access.DataClass) bool {
	return c.OfficeID == office && c.Purpose == service &&
		!slices.ContainsFunc(classes, func(class access.DataClass) bool { return !slices.Contains(c.DataClasses, class) })
}

// Longest and Usual are how many months a consent lasts at most, and where nobody says otherwise: what was agreed to
// is asked again before it is forgotten.
const (
	Longest = 24
	Usual   = 6
)

// Terms are what the beneficiary agrees to.
type Terms struct {
	OfficeID              offices.ID
	Purpose               access.OfficeKind
	DataClasses           []access.DataClass
	ValidFrom, ValidUntil *time.Time
	GivenHow              How
	Interpreter           string
}

// UsualTerms are those that an empty form proposes. No class of data is among them: each one is chosen.
func UsualTerms(office offices.Office, now time.Time) Terms {
	from := forms.Today(now)
	until := from.AddDate(0, Usual, 0)
	return Terms{OfficeID: office.OfficeID, Purpose: office.Kind, ValidFrom: &from, ValidUntil: &until}
}

// Check refuses what a consent cannot be given to. A class that the kind of office may never receive is one such thing:
// nobody is asked to agree to what will not be sent anyway.
func (t Terms) Check(office offices.Office, now time.Time) error {
	var problems fault.Problems
	today := forms.Today(now)
	if office.Closed() {
		problems.Add("office", "consents.office.closed")
	}
	if t.Purpose == "" {
		problems.Add("purpose", "consents.purpose.missing")
	}
	if len(t.DataClasses) == 0 {
		problems.Add("data_classes", "consents.data_classes.missing")
	}
	for _, class := range t.DataClasses {
		if !access.Disclosable(office.Kind, class) {
			problems.Add("data_classes", "consents.data_classes.above_ceiling")
			break
		}
	}
	switch {
	case t.ValidFrom == nil:
		problems.Add("valid_from", "consents.valid_from.missing")
	case t.ValidFrom.After(today.AddDate(1, 0, 0)), t.ValidFrom.Before(today.AddDate(-1, 0, 0)):
		problems.Add("valid_from", "consents.valid_from.far_away")
	}
	switch {
	case t.ValidUntil == nil:
		problems.Add("valid_until", "consents.valid_until.missing")
	case t.ValidUntil.Before(today):
		problems.Add("valid_until", "consents.valid_until.past")
	case t.ValidFrom != nil && t.ValidUntil.Before(*t.ValidFrom):
		problems.Add("valid_until", "consents.valid_until.before_from")
	case t.ValidFrom != nil && t.ValidUntil.After(t.ValidFrom.AddDate(0, Longest, 0)):
		problems.Add("valid_until", "consents.valid_until.too_long")
	}
	if t.GivenHow == "" {
		problems.Add("given_how", "consents.given_how.missing")
	}
	return problems.Err()
}
