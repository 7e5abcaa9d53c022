package housing

import (
	"slices"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
)

// Source is under which name housing reports.
const Source agenda.Source = "housing"

// Rules are those of the house and of immediate help, for the page that is about where somebody lives.
var Rules = []deadlines.RuleID{
	deadlines.ShelterStay, "shelter_first_review", "shelter_second_review", "shelter_prolongation_end", "immediate_help",
}

// sheltering is a time in protected places without a gap. Who is moved from one to another begins no new months: the rule
// counts from the first night, and its facts are about the first stay.
type sheltering struct {
	of    StayID
	from  time.Time
	until *time.Time
	help  *time.Time
	stays []StayID
}

// shelterings puts stays together, the earliest first.
func shelterings(stays []Stay) (found []sheltering) {
	stays = slices.Clone(stays)
	slices.SortFunc(stays, func(a, b Stay) int { return a.BeginsOn.Compare(b.BeginsOn) })
	for _, stay := range stays {
		if !stay.Kind.Protected() {
			continue
		}
		n := len(found) - 1
		if n < 0 || found[n].until == nil || stay.BeginsOn.After(*found[n].until) {
			found = append(found, sheltering{of: stay.StayID, from: stay.BeginsOn})
			n++
		}
		found[n].until = stay.EndedOn
		found[n].stays = append(found[n].stays, stay.StayID)
		if found[n].help == nil {
			found[n].help = stay.HelpEndedOn
		}
	}
	return found
}

// Facts are all dated ones that housing knows of a dossier.
func Facts(stays []Stay, evaluations []Evaluation) (facts []deadlines.Fact) {
	for _, s := range shelterings(stays) {
		of := s.of.String()
		facts = append(facts, deadlines.Fact{Trigger: deadlines.ShelterEntered, On: s.from, Of: of})
		for _, evaluation := range evaluations {
			if evaluation.ProlongedUntil != nil && slices.Contains(s.stays, evaluation.StayID) {
				facts = append(facts, deadlines.Fact{Trigger: deadlines.ShelterProlongedUntil, On: *evaluation.ProlongedUntil, Of: of})
			}
		}
		if s.help != nil {
			facts = append(facts, deadlines.Fact{Trigger: deadlines.ImmediateHelpEnded, On: *s.help, Of: of})
		}
		if s.until != nil {
			facts = append(facts, deadlines.Fact{Trigger: deadlines.ShelterLeft, On: *s.until, Of: of})
		}
	}
	for _, stay := range stays {
		if stay.Kind == OwnFlat {
			of := stay.StayID.String()
			facts = append(facts, deadlines.Fact{Trigger: deadlines.OwnFlatEntered, On: stay.BeginsOn, Of: of})
			if stay.EndedOn != nil {
				facts = append(facts, deadlines.Fact{Trigger: deadlines.OwnFlatLeft, On: *stay.EndedOn, Of: of})
			}
		}
	}
	return facts
}

// plannedEnd is until when the last sheltering lasts by the rules: what it was prolonged to, or the months of the house.
func plannedEnd(rules *deadlines.Rules, facts []deadlines.Fact, stays []Stay) *time.Time {
	all := shelterings(stays)
	if len(all) == 0 {
		return nil
	}
	list, of := rules.Deadlines(facts), all[len(all)-1].of.String()
	for _, rule := range []deadlines.RuleID{"shelter_prolongation_end", deadlines.ShelterStay} {
		if d, ok := list.Find(rule, of); ok {
			return &d.On
		}
	}
	return nil
}
