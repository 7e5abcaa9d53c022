package claims

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// PayerID identifies a payer of one person.
type PayerID = ids.ID[Payer]

// Payer is who pays a person's shelter and support from a day on, and until which.
type Payer struct {
	PayerID   PayerID
	DossierID dossiers.ID
	Payer     Code
	FromOn    time.Time `bun:",type:date"`
	// UntilOn is the last day that is paid; nil where no end is known.
	UntilOn *time.Time `bun:",type:date"`
	Version int
	Note    keys.Sealed[string] `bun:"note"`
}

// Code is what kind of body pays.
type Code string

// Codes lists them in the order of forms, which is that of the usual chain.
var Codes = []Code{"immediate_help", "longer_term_help", "social_assistance", "asylum", "organisation", "donation", "own_means", "other"}

// Check refuses what contradicts itself.
func (p Payer) Check() error {
	var problems fault.Problems
	if p.Payer == "" {
		problems.Add("payer", "claims.payer.missing")
	}
	switch {
	case p.FromOn.IsZero():
		problems.Add("from_on", "claims.from_on.missing")
	case p.UntilOn != nil && p.UntilOn.Before(p.FromOn):
		problems.Add("until_on", "claims.until_on.before_from")
	}
	return problems.Err()
}

func (p Payer) same(other Payer) bool {
	return p.Payer == other.Payer && p.FromOn.Equal(other.FromOn) && sameDay(p.UntilOn, other.UntilOn) && p.Note.Get() == other.Note.Get()
}

// PaysOn says whether the payer pays on a day.
func (p Payer) PaysOn(day time.Time) bool {
	return !day.Before(p.FromOn) && (p.UntilOn == nil || !day.After(*p.UntilOn))
}

// Gap is the first day, from a day on, that nobody pays; ok is false where somebody does without end, or where nobody has
// been written down yet, of whom one could say that they stop.
func Gap(payers []Payer, from time.Time) (day time.Time, ok bool) {
	if len(payers) == 0 {
		return time.Time{}, false
	}
	for day = from; ; {
		last := day.AddDate(0, 0, -1)
		for _, payer := range payers {
			if !payer.PaysOn(day) {
				continue
			}
			if payer.UntilOn == nil {
				return time.Time{}, false
			}
			if payer.UntilOn.After(last) {
				last = *payer.UntilOn
			}
		}
		if last.Before(day) {
			return day, true
		}
		day = last.AddDate(0, 0, 1)
	}
}

// Bar is where a payer lies between the first and the last day of a chain, in thousandths.
type Bar struct{ Begins, Lasts int }

// Bars draw a chain of payers: from the first day that anybody pays until the last that is known, today included. Who pays
// without end pays until then.
func Bars(payers []Payer, today time.Time) []Bar {
	if len(payers) == 0 {
		return nil
	}
	first, last := payers[0].FromOn, today
	for _, payer := range payers {
		if payer.FromOn.Before(first) {
			first = payer.FromOn
		}
		for _, day := range []*time.Time{&payer.FromOn, payer.UntilOn} {
			if day != nil && day.After(last) {
				last = *day
			}
		}
	}
	whole := days(first, last) + 1
	bars := make([]Bar, len(payers))
	for i, payer := range payers {
		until := last
		if payer.UntilOn != nil {
			until = *payer.UntilOn
		}
		begins := 1000 * days(first, payer.FromOn) / whole
		bars[i] = Bar{begins, max(1, 1000*(days(first, until)+1)/whole-begins)}
	}
	return bars
}

// days is how many lie between two days, which are both midnight UTC.
func days(from, until time.Time) int { return int(until.Sub(from) / (24 * time.Hour)) }
