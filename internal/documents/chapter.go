package documents

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is the documents of a person by what they are called. The files are given to her by hand.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	folder, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "documents", Tables: []string{"documents"}, Apart: []string{"inquiries.apart.files"}, More: len(folder.Documents) >= Most}
	for _, document := range folder.Documents {
		particulars := document.Particulars.Get()
		var facts disclosure.Facts
		facts.Words("inquiries.title.label", particulars.Title)
		facts.Words("inquiries.file.label", particulars.Name)
		disclosure.Code(&facts, "documents.data_class.label", "access.data_class.", document.DataClass)
		disclosure.Code(&facts, "inquiries.about.label", "documents.kind.", document.Kind)
		facts.At("inquiries.recorded_at.label", document.AddedAt)
		told.Add(document.DocumentID.String(), "inquiries.thing.document", facts)
	}
	return told, nil
}
