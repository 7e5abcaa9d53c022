package moves

import (
	"context"
	"errors"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// List shows what other organisations ask. What is left of packages that are over is destroyed on the way, with its keys.
func (s *Service) List(ctx context.Context) (list []Arrival, err error) {
	if _, err := access.Require(ctx, access.MoveAnswer); err != nil {
		return nil, err
	}
	var left []Arrival
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if left, err = listLeft(ctx, tx); err != nil {
			return err
		}
		list, err = listArrivals(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, a := range left {
		if err := s.clear(ctx, a); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// clear destroys the keys of a package that is over, and then what is left of it.
func (s *Service) clear(ctx context.Context, a Arrival) error {
	if err := s.keys.Destroy(ctx, a.holder()); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return clearArrival(ctx, tx, a.MoveID) })
}

// Desk is an arrival as whoever answers it sees it.
type Desk struct {
	Arrival
	// Candidates can become responsible.
	Candidates []members.Member
	// DossierID is what it has become; zero where it has not, or whoever asks is kept from it.
	DossierID dossiers.ID
}

// Find shows one of them.
func (s *Service) Find(ctx context.Context, id ID) (desk Desk, err error) {
	if _, err := access.Require(ctx, access.MoveAnswer); err != nil {
		return Desk{}, err
	}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if desk.Arrival, err = findArrival(ctx, tx, id, false); err != nil {
			return err
		}
		if desk.DossierID, err = dossierOf(ctx, tx, id); err != nil {
			return err
		}
		staff, err := members.List(ctx, tx)
		desk.Candidates = slices.DeleteFunc(staff, func(m members.Member) bool { return !m.Accompanies() })
		return err
	})
	return desk, err
}

// hold locks an arrival that is in one of the standings.
func (s *Service) hold(ctx context.Context, tx tenantdb.Tx, id ID, wanted Standing) (Arrival, error) {
	if err := lockMove(ctx, tx, id); err != nil {
		return Arrival{}, err
	}
	arrival, err := findArrival(ctx, tx, id, true)
	if err != nil {
		return Arrival{}, err
	}
	return arrival, arrival.takes(wanted, s.now())
}

// Accept says that the organisation takes somebody over, and who will be responsible. A key pair is made for it: the private half stays here.
func (s *Service) Accept(ctx context.Context, id ID, responsible tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.MoveAnswer)
	if err != nil {
		return err
	}
	desk, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	if err := desk.takes(Proposed, s.now()); err != nil && desk.PublicKey == nil {
		return err
	}
	private, public, err := keys.NewPair()
	if err != nil {
		return err
	}
	// The keys first: a keyset without a package does no harm.
	if desk.PublicKey == nil {
		if err := s.keys.Create(ctx, desk.holder()); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		arrival, err := s.hold(ctx, tx, id, Proposed)
		if arrival.AnsweredAt != nil && arrival.ResponsibleID == responsible {
			return nil // sent twice
		}
		if err != nil {
			return err
		}
		staff, err := members.List(ctx, tx)
		if err != nil {
			return err
		}
		if arrival.Colleague, err = mayTakeOver(staff, responsible); err != nil {
			return err
		}
		box, err := s.keys.Box(ctx, arrival.holder())
		if err != nil {
			return err
		}
		now := s.now()
		arrival.ResponsibleID, arrival.AnsweredAt, arrival.PublicKey = responsible, &now, public
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.ArrivalAccepted, Move: id.UUID()}); err != nil {
			return err
		}
		if err := insertKey(ctx, tx, box, by.Tenant, parcel{MoveID: id, PrivateKey: keys.Of(private)}); err != nil {
			return err
		}
		return updateAnswer(ctx, tx, by.Person, arrival)
	})
}

// Decline says that the organisation does not, and why.
func (s *Service) Decline(ctx context.Context, id ID, reason Refusal) error {
	by, err := access.Require(ctx, access.MoveAnswer)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		arrival, err := s.hold(ctx, tx, id, Proposed)
		if arrival.AnsweredAt != nil && reason != "" && arrival.DeclineReason == reason {
			return nil // sent twice
		}
		if err != nil {
			return err
		}
		if !slices.Contains(Refusals, reason) {
			return fault.Invalid("decline_reason", "moves.decline_reason.missing")
		}
		now := s.now()
		arrival.AnsweredAt, arrival.DeclineReason = &now, reason
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.ArrivalDeclined, Move: id.UUID(), Reason: string(reason)}); err != nil {
			return err
		}
		return updateAnswer(ctx, tx, by.Person, arrival)
	})
}

// Open opens what was sent, once: it becomes a dossier of this organisation under its own keys, by a code name of its own. The package and its
// private key are gone with the same transaction.
func (s *Service) Open(ctx context.Context, id ID, dossier dossiers.ID, name dossiers.CodeName) error {
	by, err := access.Require(ctx, access.MoveAnswer)
	if err != nil {
		return err
	}
	if _, err := s.Find(ctx, id); err != nil {
		return err
	}
	if err := s.keys.Create(ctx, dossiers.HolderOf(dossier)); err != nil {
		return err
	}
	var opened Arrival
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		arrival, err := s.hold(ctx, tx, id, Sent)
		if arrival.OpenedAt != nil {
			return again(ctx, tx, id, dossier)
		}
		if err != nil {
			return err
		}
		sent, err := findParcel(ctx, tx, id)
		if errors.Is(err, fault.NotFound()) {
			return fault.Refused("moves.refused.expired")
		}
		if err != nil {
			return err
		}
		contents, err := s.unpack(ctx, tx, by, arrival, &sent)
		if err != nil {
			return err
		}
		box, err := dossiers.Receive(ctx, tx, s.keys, dossier, dossiers.Particulars{
			CodeName: name, ResponsibleID: arrival.ResponsibleID, ReachedThrough: contents.ReachedThrough, Beneficiary: contents.Person,
		}, s.now())
		if err != nil {
			return err
		}
		// Who it is stands in the dossier from here on, and only there.
		contents.Person = dossiers.Beneficiary{}
		received := Received{MoveID: id, DossierID: dossier, FromName: arrival.FromName, ReceivedAt: s.now(), Contents: keys.Of(contents)}
		if err := insertReceived(ctx, tx, box, by, received); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.ArrivalOpened, Dossier: dossiers.TimelineID(dossier), Move: id.UUID()}); err != nil {
			return err
		}
		if err := updateOpened(ctx, tx, id, by.Person, s.now()); err != nil {
			return err
		}
		opened = arrival
		return s.tell(ctx, tx, by, timeline.MoveReceived, dossier)
	})
	if err != nil {
		return dossiers.Unique(err)
	}
	if opened.MoveID.Zero() {
		return nil
	}
	return s.clear(ctx, opened)
}

// unpack opens a package with its private key. One that does not open leaves its entry.
func (s *Service) unpack(ctx context.Context, tx tenantdb.Tx, by access.Principal, a Arrival, sent *parcel) (contents Contents, err error) {
	box, err := s.keys.Box(ctx, a.holder())
	if err != nil {
		return Contents{}, err
	}
	if err := box.Open(sent); err != nil {
		return Contents{}, err
	}
	err = sent.PrivateKey.Get().Open(keys.Passage{Move: a.MoveID.UUID(), From: a.FromTenantID, To: by.Tenant}, sent.Contents, &contents)
	if errors.Is(err, keys.ErrParcel) {
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.Unreadable, Move: a.MoveID.UUID()}); err != nil {
			return Contents{}, err
		}
		return Contents{}, tenantdb.AndCommit(fault.Refused("moves.refused.unreadable"))
	}
	return contents, err
}

// again tells a form that was sent twice from one that came too late.
func again(ctx context.Context, tx tenantdb.Tx, id ID, dossier dossiers.ID) error {
	became, err := dossierOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if became == dossier {
		return dossiers.Unchanged(ctx, tx, dossier)
	}
	return fault.Conflict("moves.opened_already")
}
