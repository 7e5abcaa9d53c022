package appointments

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/interpreters"
)

// mostPages is how many pages of past appointments are told.
const mostPages = 20

// Chapter is when a person met somebody, and who must not interpret for her. Who interpreted is somebody else.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	agenda, err := s.OfDossier(ctx, dossier, Cursor{})
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{
		Name: "appointments", Tables: []string{"appointments", "meeting_places", "bookings", "exclusions"},
		More: len(agenda.Coming) >= mostComing || len(agenda.Bookings) >= mostBookings,
	}
	all := append(agenda.Coming, agenda.Past...)
	older := agenda.Older
	for range mostPages {
		if older.None() {
			break
		}
		page, err := s.OfDossier(ctx, dossier, older)
		if err != nil {
			return disclosure.Chapter{}, err
		}
		all, older = append(all, page.Past...), page.Older
	}
	told.More = told.More || !older.None()
	for _, appointment := range all {
		var facts disclosure.Facts
		disclosure.Code(&facts, "appointments.kind.label", "appointments.kind.", appointment.Kind)
		facts.At("inquiries.at.label", appointment.StartsAt)
		facts.Number("appointments.minutes.label", &appointment.Minutes)
		facts.Words("appointments.where.label", appointment.Where.Get())
		disclosure.Code(&facts, "inquiries.became.label", "appointments.outcome.", appointment.Outcome)
		for _, booking := range agenda.Bookings {
			if booking.AppointmentID == appointment.AppointmentID {
				terms := booking.Terms.Get()
				facts.Third("appointments.interpreter.label", "booked")
				disclosure.Code(&facts, "inquiries.became.label", "appointments.state.", booking.State)
				facts.Add("appointments.language.label", disclosure.Language, terms.Language)
				disclosure.Code(&facts, "appointments.mode.label", "appointments.mode.", terms.Mode)
				facts.Words("appointments.meeting_point.label", terms.MeetingPoint)
			}
		}
		told.Add(appointment.AppointmentID.String(), "inquiries.thing.appointment", facts)
	}
	for _, exclusion := range agenda.Exclusions {
		told.Add(exclusion.ExclusionID.String(), "inquiries.thing.exclusion", excluded(exclusion))
	}
	return told, nil
}

func excluded(exclusion interpreters.Exclusion) (facts disclosure.Facts) {
	terms := exclusion.Terms.Get()
	disclosure.Code(&facts, "interpreters.against.label", "interpreters.against.", terms.Against)
	if terms.Region != "" {
		facts.Add("interpreters.region.label", disclosure.Country, terms.Region)
	}
	facts.Words("interpreters.community.label", terms.Community)
	disclosure.Code(&facts, "interpreters.gender.label", "interpreters.gender.", terms.Gender)
	if terms.Against == interpreters.Named {
		facts.Third("interpreters.interpreter.label", "named")
	}
	disclosure.Code(&facts, "interpreters.strength.label", "interpreters.strength.", terms.Strength)
	facts.Words("interpreters.reason.label", terms.Reason)
	facts.At("inquiries.recorded_at.label", exclusion.RecordedAt)
	facts.AtOf("inquiries.ended_at.label", exclusion.LiftedAt)
	return facts
}
