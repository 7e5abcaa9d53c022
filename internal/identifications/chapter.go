package identifications

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
)

// Chapter is what was found to speak for a person's being a victim. Indicators are told in the language of whoever reads.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	history, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "identification", Tables: []string{"identifications", "second_readings"}, More: len(history.Entries) >= shown}
	for _, entry := range history.Entries {
		details := entry.Particulars.Get()
		var facts disclosure.Facts
		facts.Day("identifications.assessed_on.label", entry.AssessedOn)
		facts.Text("identifications.set.label", entry.Set.Name+" "+entry.Set.Edition)
		for _, answer := range []Answer{Yes, No, Unknown} {
			var found []string
			for _, group := range entry.Set.Groups {
				for _, indicator := range group.Indicators {
					if details.Answers[indicator.Code] == answer {
						found = append(found, indicator.Texts.In(i18n.From(ctx)))
					}
				}
			}
			facts.Add("identifications.answer."+string(answer), disclosure.Text, found...)
		}
		facts.Words("identifications.judgement.label", details.Judgement)
		facts.Words("identifications.own_view.label", details.OwnView)
		if entry.Second != nil {
			disclosure.Code(&facts, "identifications.opinion.label", "identifications.opinion.", entry.Second.Particulars.Get().Opinion)
			facts.At("inquiries.second_at.label", entry.Second.ReadAt)
			facts.Words("identifications.words.label", entry.Second.Particulars.Get().Words)
		}
		told.Add(entry.IdentificationID.String(), "inquiries.thing.identification", facts)
	}
	return told, nil
}
