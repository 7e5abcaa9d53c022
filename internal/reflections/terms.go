package reflections

import (
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// Terms are what the form of a reflection asks. Days are those of Zurich, and nil where they are not known.
type Terms struct {
	Kind        Kind
	As          Capacity
	RequestedOn *time.Time
	RequestedBy Body
	Decision    Decision
	DecidedOn   *time.Time
	// Authority is the canton whose migration office decides.
	Authority string
	// StartsOn and EndsOn are the first and the last day, as they were decided first.
	StartsOn, EndsOn *time.Time
	// Both of these, and not one of them, end it early (OASA 35(2)).
	CooperationDeclaredOn, TiesCutOn *time.Time
	// Each of these lets it lapse (OASA 35(3)(a) to (d)).
	CooperationRefusedOn, ContactResumedOn, NoVictimOn, SecurityThreatOn *time.Time
	// Police or prosecution tell the migration office before the end whether and until when presence is needed (OASA 36(1)).
	PresenceNotifiedOn *time.Time
	PresenceNeeded     dossiers.Answer
	PresenceUntil      *time.Time
	// Reference is the authority's number of the file.
	Reference, Note string
}

// Check refuses what cannot be: a decision about a pause, a period that is shorter than the law allows.
func (t Terms) Check(rules *deadlines.Rules, today time.Time) error {
	var problems fault.Problems
	if t.Kind == "" {
		problems.Add("kind", "reflections.kind.missing")
	}
	if t.As == "" {
		problems.Add("as", "reflections.as.missing")
	}
	switch t.Kind {
	case Period:
		t.checkPeriod(rules, &problems)
	case Pause:
		t.checkPause(&problems)
	}
	if t.StartsOn != nil && t.EndsOn != nil && t.EndsOn.Before(*t.StartsOn) {
		problems.Add("ends_on", "reflections.ends_on.before_start")
	}
	if t.PresenceNotifiedOn == nil && t.PresenceNeeded != "" {
		problems.Add("presence_notified_on", "reflections.presence_notified_on.missing")
	}
	if t.PresenceUntil != nil && t.PresenceNeeded != dossiers.Yes {
		problems.Add("presence_until", "reflections.presence_until.not_needed")
	}
	for _, happened := range t.happened() {
		if happened.on != nil && happened.on.After(today) {
			problems.Add(happened.field, "reflections.date.future")
		}
	}
	return problems.Err()
}

// happened are the days on which something was said or done, so that none of them is still to come.
func (t Terms) happened() []dated {
	return append([]dated{
		{"requested_on", t.RequestedOn}, {"decided_on", t.DecidedOn}, {"presence_notified_on", t.PresenceNotifiedOn},
		{"cooperation_declared_on", t.CooperationDeclaredOn}, {"ties_cut_on", t.TiesCutOn},
	}, t.grounds()...)
}

type dated struct {
	field string
	on    *time.Time
}

func (t Terms) checkPeriod(rules *deadlines.Rules, problems *fault.Problems) {
	if t.RequestedOn == nil {
		problems.Add("requested_on", "reflections.requested_on.missing")
	}
	if t.RequestedBy == "" {
		problems.Add("requested_by", "reflections.requested_by.missing")
	}
	switch {
	case t.Decision != "" && t.DecidedOn == nil:
		problems.Add("decided_on", "reflections.decided_on.missing")
	case t.Decision == "" && t.DecidedOn != nil:
		problems.Add("decision", "reflections.decision.missing")
	case t.DecidedOn != nil && t.RequestedOn != nil && t.DecidedOn.Before(*t.RequestedOn):
		problems.Add("decided_on", "reflections.decided_on.before_request")
	}
	if t.Decision != "" && t.Authority == "" {
		problems.Add("authority", "reflections.authority.missing")
	}
	if t.Decision != Granted {
		if t.StartsOn != nil || t.EndsOn != nil {
			problems.Add("starts_on", "reflections.starts_on.not_granted")
		}
		return
	}
	if t.StartsOn == nil {
		problems.Add("starts_on", "reflections.starts_on.missing")
	}
	if t.EndsOn == nil {
		problems.Add("ends_on", "reflections.ends_on.missing")
	}
	if t.DecidedOn == nil || t.StartsOn == nil || t.EndsOn == nil {
		return
	}
	if minimum, ok := t.minimum(rules); ok && !minimum.Allows(*t.EndsOn) {
		problems.Add("ends_on", "reflections.ends_on.too_short", "Day", minimum.On.In(i18n.Zone).Format("02.01.2006"))
	}
}

// minimum is the day before which a period may not end (OASA 35(1), Convention art. 13): counted from the decision, or from
// the first day where that is later, since the person is to have the whole time.
func (t Terms) minimum(rules *deadlines.Rules) (deadlines.Deadline, bool) {
	from := *t.DecidedOn
	if t.StartsOn.After(from) {
		from = *t.StartsOn
	}
	return rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.ReflectionGranted, On: from}}).Find(deadlines.ReflectionMinimum, "")
}

func (t Terms) checkPause(problems *fault.Problems) {
	if t.Decision != "" || t.DecidedOn != nil || t.Authority != "" {
		problems.Add("decision", "reflections.decision.pause")
	}
	if t.StartsOn == nil {
		problems.Add("starts_on", "reflections.starts_on.missing")
	}
}
