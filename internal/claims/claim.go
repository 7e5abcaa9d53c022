// Package claims keeps what is asked of victim assistance (LAVI): help, third-party costs, compensation and moral
// reparation, with the days of the offence from which their time limits count, and who pays from when until when.
package claims

import (
	"slices"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ID identifies a claim.
type ID = ids.ID[Claim]

// Claim is something asked of victim assistance, and what came of it.
type Claim struct {
	ClaimID   ID
	DossierID dossiers.ID
	Kind      Kind
	AskedOn   *time.Time `bun:",type:date"`
	DecidedOn *time.Time `bun:",type:date"`
	Decision  Decision
	// GrantedUntil is the last day of help that was granted.
	GrantedUntil *time.Time `bun:",type:date"`
	Version      int
	Details      keys.Sealed[Details] `bun:"details"`
}

// Details are what a claim says in words: of which centre or office it is asked, the sum, and a note.
type Details struct{ Office, Sum, Note string }

// Kind is what is asked for.
type Kind string

// The kinds, as LAVI art. 2 lists them.
const (
	ImmediateHelp   Kind = "immediate_help"
	LongerTermHelp  Kind = "longer_term_help"
	ThirdPartyCosts Kind = "third_party_costs"
	Compensation    Kind = "compensation"
	MoralReparation Kind = "moral_reparation"
)

// Kinds lists them in the order of pages.
var Kinds = []Kind{ImmediateHelp, LongerTermHelp, ThirdPartyCosts, Compensation, MoralReparation}

// Sum says whether a kind is a sum for what was suffered, which has a time limit (LAVI art. 25).
func (k Kind) Sum() bool { return k == Compensation || k == MoralReparation }

// Decision is what came of a claim.
type Decision string

// The decisions; Renounced is the person's own.
const (
	Granted   Decision = "granted"
	Partial   Decision = "partial"
	Refused   Decision = "refused"
	Renounced Decision = "renounced"
)

// Decisions lists them in the order of forms.
var Decisions = []Decision{Granted, Partial, Refused, Renounced}

// Check refuses what contradicts itself, and what the law does not give: a sum for an offence abroad (LAVI art. 3 para. 2).
func (c Claim) Check(where Territory, livedHere dossiers.Answer, today time.Time) error {
	var problems fault.Problems
	granted := c.Decision == Granted || c.Decision == Partial
	switch {
	case c.Kind == "":
		problems.Add("kind", "claims.kind.missing")
	case Opens(c.Kind, where, livedHere) == Excluded && c.Decision != Renounced && c.Decision != Refused:
		problems.Add("kind", "claims.kind.excluded")
	}
	switch {
	case c.AskedOn != nil && c.AskedOn.After(today):
		problems.Add("asked_on", "claims.day.future")
	case c.AskedOn == nil && c.Decision != Renounced:
		problems.Add("asked_on", "claims.asked_on.missing")
	}
	switch {
	case c.Decision != "" && c.DecidedOn == nil:
		problems.Add("decided_on", "claims.decided_on.missing")
	case c.DecidedOn != nil && c.Decision == "":
		problems.Add("decision", "claims.decision.missing")
	case c.DecidedOn != nil && c.DecidedOn.After(today):
		problems.Add("decided_on", "claims.day.future")
	case c.DecidedOn != nil && c.AskedOn != nil && c.DecidedOn.Before(*c.AskedOn):
		problems.Add("decided_on", "claims.decided_on.before_asked")
	}
	switch {
	case c.GrantedUntil != nil && !granted:
		problems.Add("granted_until", "claims.granted_until.not_granted")
	case c.GrantedUntil != nil && c.AskedOn != nil && c.GrantedUntil.Before(*c.AskedOn):
		problems.Add("granted_until", "claims.granted_until.before_asked")
	}
	return problems.Err()
}

// fitting leaves out what a claim of its kind does not have: a sum has no last day.
func (c Claim) fitting() Claim {
	if c.Kind.Sum() {
		c.GrantedUntil = nil
	}
	return c
}

func (c Claim) same(other Claim) bool {
	return c.Kind == other.Kind && c.Decision == other.Decision && c.Details.Get() == other.Details.Get() &&
		sameDay(c.AskedOn, other.AskedOn) && sameDay(c.DecidedOn, other.DecidedOn) && sameDay(c.GrantedUntil, other.GrantedUntil)
}

func sameDay(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// claimedOn is the day since which nobody waits any more for compensation and moral reparation to be asked for: both were,
// or the person did without. One alone keeps the limit of the other open. ok is false as long as there is no such day.
func claimedOn(claims []Claim) (day time.Time, ok bool) {
	for _, kind := range []Kind{Compensation, MoralReparation} {
		var first *time.Time
		for _, claim := range claims {
			on := claim.AskedOn
			if on == nil && claim.Decision == Renounced {
				on = claim.DecidedOn
			}
			if claim.Kind == kind && on != nil && (first == nil || on.Before(*first)) {
				first = on
			}
		}
		if first == nil {
			return time.Time{}, false
		}
		if first.After(day) {
			day = *first
		}
	}
	return day, true
}

// Unclaimed are the sums that nobody has asked for or done without.
func Unclaimed(claims []Claim) (kinds []Kind) {
	for _, kind := range []Kind{Compensation, MoralReparation} {
		if !slices.ContainsFunc(claims, func(c Claim) bool { return c.Kind == kind }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// facts are what the agenda has to know: the days of the offence in Switzerland, and when the sums were claimed. Of an offence
// that lasted, both its first and its last day are reported, and the engine counts from the first: where one can doubt
// between two dates, it is the earlier one.
func facts(offence Offence, claims []Claim) (reported []deadlines.Fact) {
	add := func(trigger deadlines.Trigger, day *time.Time) {
		if day != nil {
			reported = append(reported, deadlines.Fact{Trigger: trigger, On: *day})
		}
	}
	add(deadlines.Offence, offence.From)
	if offence.From == nil || offence.Until != nil && !offence.Until.Equal(*offence.From) {
		add(deadlines.Offence, offence.Until)
	}
	add(deadlines.OffenceKnown, offence.KnownOn)
	if day, ok := claimedOn(claims); ok {
		add(deadlines.CompensationClaimed, &day)
	}
	return reported
}
