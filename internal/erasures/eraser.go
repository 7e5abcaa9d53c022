package erasures

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/live"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// eraser destroys keys and deletes rows, for whoever is there and for what happens by itself.
type eraser struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
	// kept is for how many days the operator keeps backups of the keys.
	kept int
}

// erase ends a dossier that the transaction has locked, and may delete (tenantdb.Erasing). The keys are destroyed before the rows: whatever
// stops it in between, it is done again and finished.
func (e *eraser) erase(ctx context.Context, tx tenantdb.Tx, by access.Principal, mention dossiers.Mention, reason Reason) error {
	id := mention.DossierID
	sent, err := lockReferrals(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierErased, Dossier: dossiers.TimelineID(id), Reason: string(reason)}); err != nil {
		return err
	}
	holders := []keys.Holder{dossiers.HolderOf(id)}
	for _, referral := range sent {
		holders = append(holders, referrals.HolderOf(referral.ReferralID))
	}
	certificate := keys.Certificate{
		DossierID: id.UUID(), CodeName: string(mention.CodeName), Reason: string(reason), ErasedBy: by.Person, CompleteOn: completeOn(e.now(), e.kept),
	}
	if reason == Anonymised {
		// The code name could be known to somebody: nothing may say that there was such a dossier.
		certificate.CodeName = ""
		if err := endStays(ctx, tx, id, e.now()); err != nil {
			return err
		}
	}
	if err := e.keys.Erase(ctx, holders, certificate); err != nil {
		return err
	}
	if err := documents.DiscardAll(ctx, tx, by.Tenant, id, certificate.CompleteOn); err != nil {
		return err
	}
	if err := deleteDossier(ctx, tx, id); err != nil {
		return err
	}
	for _, referral := range sent {
		if err := live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Dossier: id.UUID(), Office: referral.OfficeID, Referral: referral.ReferralID.UUID()}); err != nil {
			return err
		}
	}
	return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Dossier: id.UUID()})
}
