package restrictions

import (
	"context"
	"strconv"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Chapter is whether a person's dossier is limited to some of the staff, and when it was opened in an emergency.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	by, err := access.Require(ctx, access.InquiryAnswer)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	found, err := s.Find(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "restrictions", Tables: []string{"restrictions", "admissions", "emergency_accesses"}}
	if found.RestrictedAt != nil {
		var facts disclosure.Facts
		facts.At("inquiries.recorded_at.label", *found.RestrictedAt)
		facts.Text("inquiries.named.label", strconv.Itoa(len(found.Named)))
		told.Add(dossier.String(), "inquiries.thing.restriction", facts)
	}
	var all []Emergency
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		all, err = listEmergenciesOf(ctx, tx, by, dossier)
		return err
	})
	if err != nil {
		return disclosure.Chapter{}, err
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return disclosure.Chapter{}, err
	}
	for i := range all {
		if err := box.Open(&all[i]); err != nil {
			return disclosure.Chapter{}, err
		}
		var facts disclosure.Facts
		disclosure.Code(&facts, "restrictions.reason.label", "restrictions.reason.", all[i].Reason)
		facts.At("inquiries.opened_at.label", all[i].OpenedAt)
		facts.At("inquiries.ended_at.label", all[i].Until)
		facts.Words("restrictions.words.label", all[i].Words.Get())
		told.Add(all[i].EmergencyID.String(), "inquiries.thing.emergency", facts)
	}
	told.More = len(all) >= mostShown
	return told, nil
}
