package interviews

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// mostPages is how many pages of interviews are told.
const mostPages = 50

// Chapter is the interviews and accompaniments of a person, with what was written about them, and what stood there before it was
// corrected. Who else was there, and who interpreted, is somebody else.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "interviews", Tables: []string{"interviews", "interview_versions"}, Apart: []string{"inquiries.apart.drafts"}}
	var filter Filter
	for range mostPages {
		part, err := s.OfDossier(ctx, dossier, filter)
		if err != nil {
			return disclosure.Chapter{}, err
		}
		for _, interview := range part.Interviews {
			told.Add(interview.InterviewID.String(), "inquiries.thing.interview", interview.told(interview.Account.Get()))
			if interview.Version == 1 {
				continue
			}
			file, err := s.Find(ctx, interview.InterviewID)
			if err != nil {
				return disclosure.Chapter{}, err
			}
			for _, earlier := range file.Earlier {
				var facts disclosure.Facts
				facts.At("inquiries.recorded_at.label", earlier.WrittenAt)
				facts = append(facts, earlier.Contents.Get().Account.told()...)
				told.Add(interview.InterviewID.String()+" "+facts[0].Values[0], "inquiries.thing.interview_before", facts)
			}
		}
		if filter.Before = part.Next; filter.Before.None() {
			return told, nil
		}
	}
	told.More = true
	return told, nil
}

func (l Line) told(account Account) (facts disclosure.Facts) {
	disclosure.Code(&facts, "interviews.kind.label", "interviews.kind.", l.Kind)
	facts.At("inquiries.at.label", l.HeldAt)
	facts.Number("interviews.minutes.label", &l.Minutes)
	return append(facts, account.told()...)
}

func (a Account) told() (facts disclosure.Facts) {
	facts.Words("interviews.place.label", a.Where)
	facts.Third("interviews.participants.label", a.Participants)
	facts.Third("interviews.interpreter.label", a.Interpreter)
	facts.Words("interviews.note.label", a.Note)
	return facts
}
