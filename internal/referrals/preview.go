package referrals

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/disclosure"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/keys"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

// Preview is what the office would see if a draft were sent now.
type Preview struct {
	Referral Referral
	// AsSent is the referral as it would be after sending; of one that was sent, the referral itself.
	AsSent Referral
	// Problems are what would keep it from being sent.
	Problems fault.Problems
}

// show tries to send, without anything coming of it.
func (p *Preview) show(by string, desk Desk, slice Slice) {
	p.AsSent = desk.Referral
	if problems, refused := fault.Correctable(p.AsSent.Send(by, desk.At, desk.Office, desk.Consents, slice)); refused {
		p.Problems = problems
		p.AsSent.Slice, p.AsSent.SentByName, p.AsSent.SentAt = &slice, by, &desk.At
	}
}

// Seal names exactly what the preview shows. Sending with the seal of an earlier preview is refused: the person has
// agreed to what was on the page, and not to what the dossier has become meanwhile.
func (p Preview) Seal() string {
	if p.AsSent.Slice == nil {
		return ""
	}
	return sealOf(p.Referral, *p.AsSent.Slice)
}

func sealOf(r Referral, slice Slice) string {
	enclosed := make([]string, len(r.Enclosures))
	for i, enclosure := range r.Enclosures {
		enclosed[i] = enclosure.Title() + "|" + string(enclosure.DataClass) + "|" + enclosure.FileID.String()
	}
	shown, err := json.Marshal(struct {
		Contents Contents
		Office   offices.ID
		Slice    Slice
		Enclosed []string
	}{r.Contents(), r.OfficeID, slice, enclosed})
	if err != nil {
		panic(err) // strings and days alone: there is nothing that could not be written
	}
	sum := sha256.Sum256(shown)
	return hex.EncodeToString(sum[:])
}

// Preview cuts the slice of a draft as it would be sent now, and says what would keep it from being sent.
func (s *Service) Preview(ctx context.Context, id ID) (Preview, error) {
	by, err := access.Require(ctx, access.ReferralShow)
	if err != nil {
		return Preview{}, err
	}
	var preview Preview
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var desk Desk
		if desk.Referral, err = s.findReferral(ctx, tx, id); err != nil {
			return err
		}
		preview.Referral = desk.Referral
		if !desk.Referral.Draft() {
			box, err := s.keys.Box(ctx, HolderOf(id))
			if err != nil {
				return err
			}
			if desk.Referral.Enclosures, err = documents.ListEnclosures(ctx, tx, box, id); err != nil {
				return err
			}
			preview.Referral, preview.AsSent = desk.Referral, desk.Referral
			return nil
		}
		if err := s.furnish(ctx, tx, &desk, consents.ForOffice); err != nil {
			return err
		}
		slice, err := s.cut(ctx, tx, desk.Referral, dossiers.Peek)
		if err != nil {
			return err
		}
		preview.Referral = desk.Referral
		preview.show(by.Name, desk, slice)
		return nil
	})
	return preview, err
}

type fileOf func(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, dossier dossiers.ID) (dossiers.File, error)

// cut takes from the dossier what the referral discloses, as it stands in this transaction.
func (s *Service) cut(ctx context.Context, tx tenantdb.Tx, r Referral, read fileOf) (Slice, error) {
	file, err := read(ctx, tx, s.keys, r.DossierID)
	if err != nil {
		return Slice{}, fmt.Errorf("cut the slice: %w", err)
	}
	return disclosure.Slice{Sections: dossiers.Disclose(file, r.DataClasses, forms.Today(s.now()))}, nil
}
