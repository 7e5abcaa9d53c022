package inquiries

import (
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
)

// source is what the agenda knows the facts of inquiries by.
const source agenda.Source = "inquiries"

// facts are what all inquiries of a dossier report: from when the time runs, how it was extended, and that it was answered.
func facts(all []Inquiry) (reported []deadlines.Fact) {
	for _, i := range all {
		add := func(trigger deadlines.Trigger, on time.Time) {
			reported = append(reported, deadlines.Fact{Trigger: trigger, On: on, Of: i.InquiryID.String()})
		}
		add(deadlines.AccessRequested, i.ReceivedOn)
		if i.Extension != nil {
			add(deadlines.AccessExtended, i.Extension.ToldOn)
			add(deadlines.AccessExtendedUntil, i.Extension.Until)
		}
		if i.Answer != nil {
			add(deadlines.AccessAnswered, i.Answer.On)
		}
	}
	return reported
}

// due is the day until which a request that came on a day has to be answered, without any extension.
func due(rules *deadlines.Rules, received time.Time) time.Time {
	date, ok := rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.AccessRequested, On: received}}).Find(deadlines.AccessAnswer, "")
	if !ok {
		return received
	}
	return date.On
}
