package reflections

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is a person's recovery and reflection periods.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Open(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "reflection", Tables: []string{"reflections"}, More: len(sheet.Reflections) >= shown}
	for _, r := range sheet.Reflections {
		var facts disclosure.Facts
		disclosure.Code(&facts, "reflections.kind.label", "reflections.kind.", r.Kind)
		disclosure.Code(&facts, "reflections.as.label", "reflections.as.", r.As)
		facts.DayOf("reflections.requested_on.label", r.RequestedOn)
		disclosure.Code(&facts, "reflections.requested_by.label", "reflections.body.", r.RequestedBy)
		disclosure.Code(&facts, "reflections.decision.label", "reflections.decision.", r.Decision)
		facts.DayOf("reflections.decided_on.label", r.DecidedOn)
		facts.Cantons("reflections.authority.label", r.Authority)
		facts.DayOf("reflections.starts_on.label", r.StartsOn)
		facts.DayOf("reflections.ends_on.label", r.EndsOn)
		facts.DayOf("reflections.cooperation_declared_on.label", r.CooperationDeclaredOn)
		facts.DayOf("reflections.ties_cut_on.label", r.TiesCutOn)
		facts.DayOf("reflections.cooperation_refused_on.label", r.CooperationRefusedOn)
		facts.DayOf("reflections.contact_resumed_on.label", r.ContactResumedOn)
		facts.DayOf("reflections.no_victim_on.label", r.NoVictimOn)
		facts.DayOf("reflections.security_threat_on.label", r.SecurityThreatOn)
		facts.DayOf("reflections.presence_notified_on.label", r.PresenceNotifiedOn)
		disclosure.Code(&facts, "reflections.presence_needed.label", "dossiers.answer.", r.PresenceNeeded)
		facts.DayOf("reflections.presence_until.label", r.PresenceUntil)
		for _, extension := range r.Extensions {
			facts.Day("reflections.decided_on.label", extension.DecidedOn)
			facts.Day("reflections.until.label", extension.Until)
		}
		if r.Ending != nil {
			facts.Day("reflections.ended_on.label", r.Ending.On)
			disclosure.Code(&facts, "reflections.reason.label", "reflections.reason.", r.Ending.Reason)
			facts.Words("reflections.ending.note", r.Ending.Note)
		}
		facts.Text("reflections.reference.label", r.Reference)
		facts.Words("reflections.note.label", r.Note)
		told.Add(r.ReflectionID.String(), "inquiries.thing.reflection", facts)
	}
	return told, nil
}
