package confidences

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Chapter is that notes of a profession are kept about a person, and since when. What they say is for whoever keeps them to
// give: who puts an extract together does not read it, and the extract says whom to ask.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "confidences", Tables: []string{"circles", "circle_members", "successions", "notes", "note_versions"}}
	var circles []Circle
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		circles, err = listCircles(ctx, tx, dossier)
		return err
	})
	if err != nil {
		return disclosure.Chapter{}, err
	}
	for _, c := range circles {
		var facts disclosure.Facts
		disclosure.Code(&facts, "inquiries.profession.label", "members.profession.", c.Profession)
		facts.At("inquiries.opened_at.label", c.OpenedAt)
		if c.Closed() {
			facts.At("inquiries.ended_at.label", *c.ClosedAt)
		}
		told.Add(c.CircleID.String(), "inquiries.thing.circle", facts)
	}
	if len(circles) > 0 {
		told.Apart = append(told.Apart, "inquiries.apart.confidences")
	}
	return told, nil
}
