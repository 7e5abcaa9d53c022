package proceedings

import (
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
)

// source is what the agenda knows the facts of proceedings by.
const source agenda.Source = "proceedings"

// remedies are the rules by which each kind of decision can be contested.
var remedies = map[RulingKind][]deadlines.RuleID{
	Order: {"objection"}, PenalRuling: {"penal_order_opposition"}, Judgement: {"appeal_announcement", "appeal_declaration"}, LastInstance: {"federal_appeal"},
}

// Rules are those of which a dossier's page of proceedings shows the dates.
var Rules = []deadlines.RuleID{
	"criminal_complaint", "plaintiff_declaration", "objection", "penal_order_opposition", "appeal_announcement", "appeal_declaration", "federal_appeal",
	"compensation_after_judgement",
}

// notified are the facts that decisions are.
var notified = map[RulingKind]deadlines.Trigger{
	Order: deadlines.RulingNotified, PenalRuling: deadlines.PenalOrderNotified, Judgement: deadlines.JudgementOpened, LastInstance: deadlines.LastInstanceNotified,
}

// facts are what all proceedings of a dossier report.
func facts(all []Proceeding) (reported []deadlines.Fact) {
	add := func(of string, trigger deadlines.Trigger, on *time.Time) {
		if on != nil {
			reported = append(reported, deadlines.Fact{Trigger: trigger, On: *on, Of: of})
		}
	}
	for _, p := range all {
		of := p.ProceedingID.String()
		add(of, deadlines.ProceedingsOpened, p.OpenedOn())
		add(of, deadlines.ProceedingsClosed, p.ClosedOn())
		add(of, deadlines.OffenderKnown, p.OffenderKnownOn)
		add(of, deadlines.ComplaintFiled, p.ComplaintFiledOn)
		add(of, deadlines.ClosingAnnounced, p.first(func(s Step) bool { return s.Stage == ClosingNotice }))
		add(of, deadlines.PlaintiffDeclared, p.PlaintiffDeclaredOn)
		// About the person, as the claim is which follows.
		add("", deadlines.CivilClaimsFinal, p.CivilClaimsFinalOn)
		for _, r := range p.Rulings {
			reported = append(reported, r.facts()...)
		}
		for _, penalty := range p.Penalties {
			if penalty.Kind == PenalOrder {
				add(penalty.EntryID.String(), deadlines.PenalOrderNotified, &penalty.On)
				add(penalty.EntryID.String(), deadlines.RemedyFiled, penalty.ContestedOn)
			}
		}
	}
	return reported
}

func (r Ruling) facts() (reported []deadlines.Fact) {
	of := r.EntryID.String()
	add := func(trigger deadlines.Trigger, on *time.Time) {
		if on != nil {
			reported = append(reported, deadlines.Fact{Trigger: trigger, On: *on, Of: of})
		}
	}
	add(notified[r.Kind], &r.NotifiedOn)
	if r.Kind == Judgement {
		add(deadlines.JudgementReasoned, r.ReasonedOn)
		add(deadlines.AppealAnnounced, r.AnnouncedOn)
		add(deadlines.AppealDeclared, r.FiledOn)
	} else {
		add(deadlines.RemedyFiled, r.FiledOn)
	}
	if r.WaivedOn != nil {
		for _, rule := range remedies[r.Kind] {
			reported = append(reported, deadlines.Fact{Trigger: deadlines.Waived, On: *r.WaivedOn, Of: of, Rule: rule})
		}
	}
	return reported
}
