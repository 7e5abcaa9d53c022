package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
)

// papers are invented documents: what they are called, and what they tell of.
var papers = map[dossiers.CodeName][]documents.Label{
	"Lomidak": {{Title: "Permis L, recto", DataClass: access.Permit}, {Title: "Attestation du cours de langue", DataClass: access.Skills}},
	"Mefaduk": {{Title: "Permis B, recto", DataClass: access.Permit}},
}

// fillDocuments hands in pictures of papers, on which nothing stands.
func fillDocuments(a *app.App, made map[dossiers.CodeName]madeBy) error {
	blank := image.NewRGBA(image.Rect(0, 0, 856, 540))
	draw.Draw(blank, blank.Bounds(), image.NewUniform(color.RGBA{R: 214, G: 226, B: 229, A: 255}), image.Point{}, draw.Src)
	draw.Draw(blank, image.Rect(40, 60, 260, 340), image.NewUniform(color.RGBA{R: 150, G: 170, B: 175, A: 255}), image.Point{}, draw.Src)
	var body bytes.Buffer
	if err := png.Encode(&body, blank); err != nil {
		return err
	}
	for name, labels := range papers {
		of, there := made[name]
		if !there {
			continue
		}
		folder, err := a.Documents.OfDossier(of.ctx, of.id)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !folder.Stored {
			return nil
		}
		for i, label := range labels {
			id, handed := ids.New[documents.Document](), documents.Handed{Label: label, File: documents.File{Name: "scan.png", Type: "image/png", Body: body.Bytes()}}
			if err := a.Documents.Add(of.ctx, of.id, id, handed); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if name != "Lomidak" || i > 0 {
				continue
			}
			if err := sendAlong(a, of, id); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// sendAlong gives the CSR, which has asked for it, the copy of a permit.
func sendAlong(a *app.App, of madeBy, permit documents.ID) error {
	draft, err := a.Referrals.Draft(of.ctx, of.id, ids.New[timeline.Referral](), cast.CSR.ID)
	if err != nil {
		return err
	}
	_, err = a.Referrals.Write(of.ctx, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: cast.CSR.Kind, Urgency: referrals.Normal, Request: "La copie du permis, pour compléter la demande. La confirmation du renouvellement suit.",
		DataClasses: []access.DataClass{access.Identity}, Documents: []documents.ID{permit},
	}})
	if err != nil {
		return err
	}
	preview, err := a.Referrals.Preview(of.ctx, draft.ReferralID)
	if err != nil {
		return err
	}
	_, err = a.Referrals.Send(of.ctx, draft.ReferralID, preview.Seal())
	return err
}
