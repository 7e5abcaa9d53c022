package reflections

import (
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
)

// source is what the agenda knows the facts of reflections by.
const source agenda.Source = "reflections"

// Rules are those of which a dossier's page of reflections shows the dates.
var Rules = []deadlines.RuleID{
	deadlines.ReflectionMinimum, "reflection_end", "reflection_early_end", "reflection_lapse", "presence_notice", "presence_reminder",
}

// facts are what all reflections of a dossier report: of each period that was granted. A pause is no period of the law, and
// no time runs for what was refused.
func facts(all []Reflection) (reported []deadlines.Fact) {
	for _, r := range all {
		reported = append(reported, r.facts()...)
	}
	return reported
}

func (r Reflection) facts() (reported []deadlines.Fact) {
	if r.Kind != Period || r.Decision != Granted {
		return nil
	}
	add := func(trigger deadlines.Trigger, on *time.Time) {
		if on != nil {
			reported = append(reported, deadlines.Fact{Trigger: trigger, On: *on, Of: r.ReflectionID.String()})
		}
	}
	add(deadlines.ReflectionGranted, r.DecidedOn)
	add(deadlines.ReflectionUntil, r.Until())
	add(deadlines.CooperationDeclared, r.CooperationDeclaredOn)
	add(deadlines.TiesCut, r.TiesCutOn)
	add(deadlines.CooperationRefused, r.CooperationRefusedOn)
	add(deadlines.ContactResumed, r.ContactResumedOn)
	add(deadlines.NoVictim, r.NoVictimOn)
	add(deadlines.SecurityThreat, r.SecurityThreatOn)
	add(deadlines.PresenceNotified, r.PresenceNotifiedOn)
	if r.Ending != nil {
		add(deadlines.ReflectionEnded, &r.Ending.On)
	}
	return reported
}
