package referrals

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// mostTold is how many referrals of a dossier its person is told of.
const mostTold = 100

// hers are facts of a slice that can only be about the person herself; whatever else stands in it as text was written freely.
var hers = map[string]bool{
	"dossiers.family_name.label": true, "dossiers.given_names.label": true, "dossiers.estimated_age.label": true,
	"dossiers.phone.label": true, "dossiers.email.label": true, "dossiers.contact_hours.label": true,
}

// Chapter is what was sent about a person and to whom, what was answered, and what both sides wrote. The people of offices are told
// of by their office alone.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	var mention dossiers.Mention
	var lines []Line
	if err := s.db.Read(ctx, dossiers.Mentioned(dossier, &mention), OfDossier(dossier, &lines)); err != nil {
		return disclosure.Chapter{}, fmt.Errorf("tell the referrals of dossier %s: %w", dossier, err)
	}
	told := disclosure.Chapter{Name: "referrals", Tables: []string{"referrals", "enclosures", "messages"}}
	if len(lines) > mostTold {
		lines, told.More = lines[:mostTold], true
	}
	for _, line := range lines {
		file, err := s.Find(ctx, line.ReferralID)
		if err != nil {
			return disclosure.Chapter{}, err
		}
		told.Add(line.ReferralID.String(), "inquiries.thing.referral", file.Referral.told())
		for _, message := range file.Messages {
			var facts disclosure.Facts
			from := "inquiries.from.staff"
			if message.FromOffice {
				from = "inquiries.from.office"
			}
			facts.Add("inquiries.from.label", disclosure.Message, from)
			facts.At("inquiries.recorded_at.label", message.SentAt)
			facts.Words("inquiries.message.label", message.Body)
			told.Add(message.MessageID.String(), "inquiries.thing.message", facts)
		}
	}
	return told, nil
}

func (r Referral) told() (facts disclosure.Facts) {
	facts.Text("referrals.office.label", r.OfficeName)
	disclosure.Code(&facts, "referrals.service.label", "access.office_kind.", r.Service)
	disclosure.Code(&facts, "referrals.urgency.label", "referrals.urgency.", r.Urgency)
	facts.DayOf("referrals.answer_by.label", r.AnswerBy)
	disclosure.Code(&facts, "referrals.state.label", "referrals.state.", r.State)
	facts.At("inquiries.recorded_at.label", r.CreatedAt)
	facts.AtOf("referrals.sent_at.label", r.SentAt)
	facts.AtOf("referrals.visible_until.label", r.VisibleUntil)
	facts.AtOf("referrals.revoked_at.label", r.RevokedAt)
	facts.AtOf("referrals.answered_at.label", r.AnsweredAt)
	disclosure.Code(&facts, "referrals.decline_reason.label", "referrals.decline_reason.", r.DeclineReason)
	disclosure.Code(&facts, "referrals.outcome.label", "referrals.outcome.", r.Outcome)
	disclosure.Code(&facts, "referrals.data_classes.label", "access.data_class.", r.DataClasses...)
	facts.Words("referrals.request.label", r.Request)
	if r.Slice != nil {
		for _, section := range r.Slice.Sections {
			for _, fact := range section.Facts {
				if fact.Kind == disclosure.Text && !hers[fact.Label] {
					fact.Kind = disclosure.Words
				}
				facts = append(facts, fact)
			}
		}
	}
	for _, enclosure := range r.Enclosures {
		facts.Words("referrals.documents.label", enclosure.Particulars.Get().Title)
	}
	return facts
}
