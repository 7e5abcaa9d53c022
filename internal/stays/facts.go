package stays

import (
	"slices"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
)

// Source is what the agenda knows the facts of stays by.
const Source agenda.Source = "stays"

// asylum is what facts about the decision on an asylum request are about.
const asylum = "asylum"

// Rules are those of which a dossier's page of stays shows the dates.
var Rules = []deadlines.RuleID{
	"stay_end", "renewal_request", deadlines.RenewalOpens, "short_stay_year", deadlines.ShortStayTotal,
	"asylum_appeal_accelerated", "asylum_appeal_inadmissible", "asylum_appeal_extended", "asylum_hardship", "provisional_hardship",
}

// asylumTriggers are the facts that decisions on an asylum request are.
var asylumTriggers = map[AsylumDecision]deadlines.Trigger{
	"accelerated": deadlines.AsylumAccelerated, "inadmissible": deadlines.AsylumInadmissible, "extended": deadlines.AsylumExtended,
}

// Facts are what all titles of a dossier and the person's presence report.
func Facts(all []Stay, presence Circumstances) (reported []deadlines.Fact) {
	add := func(of string, trigger deadlines.Trigger, on *time.Time) {
		if on != nil {
			reported = append(reported, deadlines.Fact{Trigger: trigger, On: *on, Of: of})
		}
	}
	for _, s := range all {
		of := s.StayID.String()
		// The end of the letter is that of the reflection period, which has its own dates.
		if !slices.Contains([]Kind{None, Swiss, ReflectionLetter}, s.Kind) {
			add(of, deadlines.StayValidUntil, s.ValidUntil)
			add(of, deadlines.RenewalRequested, s.RenewalRequestedOn)
			add(of, deadlines.StayReplaced, s.EndedOn)
		}
		if s.Kind == ShortStay {
			add("", deadlines.ShortStayIssued, s.ValidFrom)
		}
	}
	add("", deadlines.ShortStayEnded, shortStaysEnded(all))
	// Five years of presence open something to who is provisionally admitted (LEI 84(5)), and to nobody else.
	if slices.ContainsFunc(all, func(s Stay) bool { return s.Kind == ProvisionalF && s.Current() }) {
		add("", deadlines.Entered, presence.EnteredOn)
	}
	add("", deadlines.AsylumApplied, presence.AsylumAppliedOn)
	add("", deadlines.HardshipRequested, presence.HardshipRequested)
	if trigger, ok := asylumTriggers[presence.AsylumDecision]; ok {
		add(asylum, trigger, presence.AsylumNotifiedOn)
		add(asylum, deadlines.RemedyFiled, presence.AsylumAppealedOn)
	}
	return reported
}

// shortStaysEnded is the day on which the last short-stay permit ended; nil while one stands, and where there was none. One
// that was replaced by the next year of the same permit has not ended for the law.
func shortStaysEnded(all []Stay) (last *time.Time) {
	for _, s := range all {
		switch {
		case s.Kind != ShortStay:
		case s.Current():
			return nil
		case last == nil || s.EndedOn.After(*last):
			last = s.EndedOn
		}
	}
	return last
}
