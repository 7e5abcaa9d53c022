package referrals

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/messages"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Writable says whether the NGO can still write to the office about it: as long as the office sees it, answered or
// not, since what is to be cleared up often comes after the answer.
func (l Line) Writable(at time.Time) error {
	switch {
	case l.Draft():
		return fault.Refused("referrals.message.draft")
	case !l.VisibleAt(at):
		return fault.Refused("referrals.message.unseen")
	}
	return nil
}

// Reply is what the NGO writes to the office.
type Reply struct {
	ID   ids.ID[messages.Message]
	Kind messages.Kind
	Body string
	// Seen is until when the writer had read what the office did: whoever answers has taken note.
	Seen time.Time
}

// Reply writes to the office.
func (s *Service) Reply(ctx context.Context, id ID, reply Reply) error {
	by, err := access.Require(ctx, access.ReferralReply)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		sealed, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		referral := sealed.closed()
		if err := referral.Writable(s.now()); err != nil {
			return err
		}
		box, err := s.keys.Box(ctx, HolderOf(id))
		if err != nil {
			return err
		}
		isNew, err := messages.Write(ctx, tx, box, by, messages.Message{
			MessageID: reply.ID, ReferralID: id, OfficeID: referral.OfficeID, Kind: reply.Kind, Body: reply.Body,
		})
		if err != nil {
			return err
		}
		if !isNew {
			return enter(ctx, tx, referral, journal.ReferralSeen)
		}
		referral.Acknowledge(reply.Seen)
		if err := updateReply(ctx, tx, referral, s.now()); err != nil {
			return err
		}
		kind := timeline.ReferralMessage
		if reply.Kind == messages.Question {
			kind = timeline.ReferralAsked
		}
		return record(ctx, tx, by, referral, kind, timeline.ToOffice)
	})
}
