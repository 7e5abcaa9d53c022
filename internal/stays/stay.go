// Package stays keeps by which title a person is in Switzerland: what kind, of which canton, on which ground, from and until;
// what the canton holds of it and what the SEM decided, which are two things; and what the law of foreigners asks of the
// person besides.
package stays

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// ID identifies a stay.
type ID = ids.ID[Stay]

// Stay is a title of stay of a person, or that there is none.
type Stay struct {
	StayID    ID
	DossierID dossiers.ID
	Terms
	// Version counts changes; ChangedByName is who made the last one.
	Version       int
	ChangedByName string
}

// Kind is what the title is.
type Kind string

// The kinds that rules ask for by name.
const (
	None             Kind = "none"
	ReflectionLetter Kind = "reflection_letter"
	ProvisionalF     Kind = "f"
	ShortStay        Kind = "l"
	Swiss            Kind = "swiss"
)

// Kinds lists them in the order of forms.
var Kinds = []Kind{None, ReflectionLetter, "n", ProvisionalF, "s", ShortStay, "b", "c", "ci", "g", "visa", "tolerated", "eu_notification", Swiss}

// LegalGround is by which rule the title is given; "stays.legal_ground." + LegalGround cites it.
type LegalGround string

// LegalGrounds lists them in the order of forms.
var LegalGrounds = []LegalGround{
	"proceedings", "hardship", "personal_situation", "asylum", "asylum_hardship", "provisional_hardship", "family_violence", "exploited_workers",
	"witness_protection", "family", "eu_efta", "other",
}

// Opinion is what the canton holds of a title that the SEM has to approve.
type Opinion string

// Opinions lists them in the order of forms; none is one that is awaited.
var Opinions = []Opinion{"favourable", "unfavourable"}

// Approval is what the SEM decided.
type Approval string

// Approvals lists them in the order of forms; none is one that is awaited.
var Approvals = []Approval{"approved", "refused"}

// Work is whether the person may work on the title; during proceedings it takes an authorisation (OASA 36(4)).
type Work string

// Works lists the answers in the order of forms.
var Works = []Work{"free", "requested", "authorised", "refused", "forbidden"}

// End is how a title ended.
type End string

// Replaced says that another title took the place of one.
const Replaced End = "replaced"

// Ends lists them in the order of forms.
var Ends = []End{Replaced, "not_renewed", "revoked", "left"}

// Terms are all that is known of a title. Days are those of Zurich, and nil where they are not known.
type Terms struct {
	Kind        Kind
	Canton      string
	LegalGround LegalGround
	// ValidFrom and ValidUntil stand on the title; the last day counts.
	ValidFrom, ValidUntil *time.Time
	RenewalRequestedOn    *time.Time
	// RenewalUntil is until when its renewal was asked for.
	RenewalUntil *time.Time
	Opinion      Opinion
	OpinionOn    *time.Time
	Approval     Approval
	ApprovalOn   *time.Time
	Work         Work
	EndedOn      *time.Time
	End          End
	// Number is the one on the title or of the authority's file.
	Number, Note string
}

// Current says that nothing has taken its place.
func (t Terms) Current() bool { return t.EndedOn == nil }

// Check refuses what cannot be.
func (t Terms) Check(today time.Time) error {
	var problems fault.Problems
	if t.Kind == "" {
		problems.Add("kind", "stays.kind.missing")
	}
	if slices.Contains([]Kind{None, Swiss}, t.Kind) && (t.ValidUntil != nil || t.RenewalRequestedOn != nil) {
		problems.Add("valid_until", "stays.valid_until.no_title")
	}
	if t.ValidFrom != nil && t.ValidUntil != nil && t.ValidUntil.Before(*t.ValidFrom) {
		problems.Add("valid_until", "stays.valid_until.before_from")
	}
	switch {
	case t.RenewalUntil == nil:
	case t.RenewalRequestedOn == nil:
		problems.Add("renewal_requested_on", "stays.renewal_requested_on.missing")
	case t.ValidUntil != nil && !t.RenewalUntil.After(*t.ValidUntil):
		problems.Add("renewal_until", "stays.renewal_until.not_later")
	}
	checkPair("opinion", string(t.Opinion), t.OpinionOn, "stays.opinion.missing", "stays.opinion_on.missing", &problems)
	checkPair("approval", string(t.Approval), t.ApprovalOn, "stays.approval.missing", "stays.approval_on.missing", &problems)
	switch {
	case t.EndedOn != nil && t.End == "":
		problems.Add("end", "stays.end.missing")
	case t.EndedOn == nil && t.End != "":
		problems.Add("ended_on", "stays.ended_on.missing")
	case t.EndedOn != nil && t.ValidFrom != nil && t.EndedOn.Before(*t.ValidFrom):
		problems.Add("ended_on", "stays.ended_on.before_from")
	}
	checkPast([]dated{{"renewal_requested_on", t.RenewalRequestedOn}, {"opinion_on", t.OpinionOn}, {"approval_on", t.ApprovalOn}, {"ended_on", t.EndedOn}}, today, &problems)
	return problems.Err()
}

type dated struct {
	field string
	on    *time.Time
}

// checkPast refuses, of what has happened, what would still be to come.
func checkPast(happened []dated, today time.Time, problems *fault.Problems) {
	for _, h := range happened {
		if h.on != nil && h.on.After(today) {
			problems.Add(h.field, "stays.date.future")
		}
	}
}

// checkPair asks for the code of a decision that has a day, and for the day of one that has a code.
func checkPair(field, code string, on *time.Time, noCode, noDay string, problems *fault.Problems) {
	switch {
	case code == "" && on != nil:
		problems.Add(field, noCode)
	case code != "" && on == nil:
		problems.Add(field+"_on", noDay)
	}
}

// replace ends a title because another took its place: with the day before the other is valid. Where that is not known, or still to
// come, it is today; and no title ends before it began.
func (s *Stay) replace(by Terms, today time.Time) {
	last := today
	if by.ValidFrom != nil && !by.ValidFrom.After(today) {
		last = by.ValidFrom.AddDate(0, 0, -1)
	}
	if s.ValidFrom != nil && last.Before(*s.ValidFrom) {
		last = *s.ValidFrom
	}
	s.EndedOn, s.End, s.Version = &last, Replaced, s.Version+1
}

// Next is the title that follows on this one, where it is renewed: the same kind, canton and ground, from the day after.
func (t Terms) Next() Terms {
	next := Terms{Kind: t.Kind, Canton: t.Canton, LegalGround: t.LegalGround, Work: t.Work}
	if t.ValidUntil != nil {
		from := t.ValidUntil.AddDate(0, 0, 1)
		next.ValidFrom, next.ValidUntil = &from, t.RenewalUntil
	}
	return next
}
