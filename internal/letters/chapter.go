package letters

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is the letters that were written for a person. Whoever signed is one of the staff.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	folder, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "letters", Tables: []string{"letters"}, More: len(folder.Letters) >= most}
	for _, line := range folder.Letters {
		letter, _, err := s.Find(ctx, line.LetterID)
		if err != nil {
			return disclosure.Chapter{}, err
		}
		contents := letter.Contents.Get()
		var facts disclosure.Facts
		facts.At("inquiries.recorded_at.label", letter.WrittenAt)
		facts.Words("letters.recipient.label", contents.Recipient)
		facts.Words("letters.subject.label", contents.Subject)
		facts.Words("letters.body.label", contents.Body)
		told.Add(letter.LetterID.String(), "inquiries.thing.letter", facts)
	}
	return told, nil
}
