package reflections

import (
	"slices"
	"time"

	"passerelle/internal/fault"
)

// Reason is why a reflection ended.
type Reason string

// The reasons: the early end, the four grounds of lapse, and what else ends it.
const (
	Cooperates     Reason = "cooperates"      // OASA 35(2)
	Refuses        Reason = "refuses"         // OASA 35(3)(a)
	ContactResumed Reason = "contact_resumed" // OASA 35(3)(b)
	NoVictim       Reason = "no_victim"       // OASA 35(3)(c)
	SecurityThreat Reason = "security_threat" // OASA 35(3)(d)
	PermitGranted  Reason = "permit_granted"
	AsylumClaim    Reason = "asylum_claim"
	Returned       Reason = "returned"
	Expired        Reason = "expired"
)

// Reasons lists them in the order of forms.
var Reasons = []Reason{Cooperates, PermitGranted, AsylumClaim, Returned, Expired, Refuses, ContactResumed, NoVictim, SecurityThreat}

// lapses are the grounds of OASA 35(3), which are facts with a day of their own.
var lapses = []Reason{Refuses, ContactResumed, NoVictim, SecurityThreat}

// Ending is that a reflection ended: the last day that it ran, and why. Somebody has recorded it.
type Ending struct {
	On     time.Time
	Reason Reason
	Note   string
}

// grounds are the days of the facts that let a period lapse, in the order of lapses.
func (t Terms) grounds() []dated {
	return []dated{
		{"cooperation_refused_on", t.CooperationRefusedOn}, {"contact_resumed_on", t.ContactResumedOn},
		{"no_victim_on", t.NoVictimOn}, {"security_threat_on", t.SecurityThreatOn},
	}
}

// groundOf is where the day of a ground of lapse is kept.
func (t *Terms) groundOf(reason Reason) **time.Time {
	return []**time.Time{&t.CooperationRefusedOn, &t.ContactResumedOn, &t.NoVictimOn, &t.SecurityThreatOn}[slices.Index(lapses, reason)]
}

// End records that it ended. A ground of lapse that nobody had recorded yet happened on the day of the end.
func (r *Reflection) End(ending Ending, today time.Time) error {
	if slices.Contains(lapses, ending.Reason) && !ending.On.IsZero() {
		if ground := r.groundOf(ending.Reason); *ground == nil {
			*ground = &ending.On
		}
	}
	if err := ending.check(r.Particulars, today); err != nil {
		return err
	}
	r.Ending = &ending
	return nil
}

// check refuses an end that what is known does not bear out.
func (e Ending) check(p Particulars, today time.Time) error {
	if p.Kind == Period && p.Decision != Granted {
		return fault.Refused("reflections.ending.not_granted")
	}
	var problems fault.Problems
	if e.Reason == "" {
		problems.Add("reason", "reflections.reason.missing")
	}
	switch {
	case e.On.IsZero():
		problems.Add("ended_on", "reflections.ended_on.missing")
		return problems.Err()
	case e.On.After(today):
		problems.Add("ended_on", "reflections.date.future")
	case p.StartsOn != nil && e.On.Before(*p.StartsOn):
		problems.Add("ended_on", "reflections.ended_on.before_start")
	}
	switch {
	case e.Reason == Cooperates && p.Kind == Period:
		e.checkEarly(p, &problems)
	case e.Reason == Expired && p.Until() != nil && e.On.Before(*p.Until()):
		problems.Add("ended_on", "reflections.ended_on.before_until")
	case slices.Contains(lapses, e.Reason):
		if ground := *p.groundOf(e.Reason); ground == nil || e.On.Before(*ground) {
			problems.Add("ended_on", "reflections.ended_on.before_ground")
		}
	}
	return problems.Err()
}

// checkEarly holds OASA 35(2): the person has declared to be willing to cooperate and has confirmed that all links to the
// suspects are cut. One of them ends nothing. That the later of the two days counts is our reading.
func (e Ending) checkEarly(p Particulars, problems *fault.Problems) {
	switch {
	case p.CooperationDeclaredOn == nil || p.TiesCutOn == nil:
		problems.Add("reason", "reflections.reason.both_declarations")
	case e.On.Before(*p.CooperationDeclaredOn) || e.On.Before(*p.TiesCutOn):
		problems.Add("ended_on", "reflections.ended_on.before_declarations")
	}
}

// Change gives it other terms. An end that was recorded, and extensions, have to stand on them as well.
func (r *Reflection) Change(terms Terms, today time.Time) error {
	r.Terms = terms
	if len(r.Extensions) > 0 && (r.Decision != Granted && r.Kind == Period || r.EndsOn == nil || !r.EndsOn.Before(r.Extensions[0].Until)) {
		return fault.Invalid("ends_on", "reflections.ends_on.extended")
	}
	if r.Ending == nil {
		return nil
	}
	if err := r.Ending.check(r.Particulars, today); err != nil {
		return fault.Invalid("", "reflections.ending.rests_on_it")
	}
	return nil
}
