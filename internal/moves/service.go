package moves

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with moves.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
	// tellers say what is known of a person.
	tellers []Teller
}

// New makes the service; now is the clock, and tellers are those whose chapters can go along.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, tellers ...Teller) *Service {
	return &Service{db, ring, now, tellers}
}

// Sheet is the page of a dossier about moves.
type Sheet struct {
	dossiers.Mention
	// Received is what came with the dossier; nil is that it began here.
	Received   *Received
	Moves      []Move
	Neighbours []Neighbour
	// MayPropose says that whoever asks can have it moved, and nothing is under way.
	MayPropose bool
	// MayWithdraw says that whoever asks can take one back.
	MayWithdraw bool
	At          time.Time
}

// OfDossier shows where a dossier came from, and where it is to go.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (sheet Sheet, err error) {
	by, err := access.Require(ctx, access.DossierShow)
	if err != nil {
		return Sheet{}, err
	}
	sheet.At = s.now()
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		responsible, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if sheet.Mention, err = dossiers.MentionOf(ctx, tx, dossier); err != nil {
			return err
		}
		if sheet.Moves, err = listMoves(ctx, tx, box, dossier); err != nil {
			return err
		}
		if sheet.Received, err = receivedOf(ctx, tx, box, dossier); err != nil {
			return err
		}
		if sheet.Neighbours, err = listNeighbours(ctx, tx); err != nil {
			return err
		}
		sheet.MayWithdraw = access.May(by.Role, access.MovePropose) && mayPropose(by, responsible)
		sheet.MayPropose = sheet.MayWithdraw && !under(sheet.Moves, sheet.At)
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)})
	})
	return sheet, err
}

// under says that one of the moves goes on.
func under(moves []Move, now time.Time) bool {
	return slices.ContainsFunc(moves, func(m Move) bool { return m.Standing(now).Under() || m.OpenedAt != nil })
}

// Propose asks another organisation whether it takes the accompaniment over. The same form sent twice asks once.
func (s *Service) Propose(ctx context.Context, dossier dossiers.ID, id ID, p Proposal) error {
	by, err := access.Require(ctx, access.MovePropose)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		responsible, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		now := s.now()
		before, err := listMoves(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(m Move) bool { return m.MoveID == id }) {
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		neighbours, err := listNeighbours(ctx, tx)
		if err != nil {
			return err
		}
		refused := p.Check(neighbours, forms.Today(now))
		switch {
		case !mayPropose(by, responsible):
			refused = fault.Refused("moves.not_responsible")
		case under(before, now):
			refused = fault.Refused("moves.under_way")
		}
		if refused != nil {
			return s.seenAndRefused(ctx, tx, dossier, refused)
		}
		to := neighbours[slices.IndexFunc(neighbours, func(n Neighbour) bool { return n.TenantID == p.ToTenantID })]
		if err := s.tell(ctx, tx, by, timeline.MoveProposed, dossier); err != nil {
			return err
		}
		fresh, err := insertMove(ctx, tx, box, by.Tenant, Move{
			MoveID: id, DossierID: dossier, ToTenantID: to.TenantID, ToName: to.Name, FromName: by.TenantName, Asker: Asker{by.Name, p.Phone, p.Email},
			Stages: Stages{Reason: p.Reason, AnswerBy: *p.AnswerBy, ProposedAt: now}, ProposedBy: by.Person,
			Particulars: keys.Of(Particulars{Consent{*p.GivenOn, p.How, p.Interpreter}, p.Chapters}),
		})
		if err == nil && !fresh {
			return fault.NotFound() // the identifier is that of a move of another dossier
		}
		return err
	})
}

// seenAndRefused refuses what somebody asked who has seen the dossier by it.
func (s *Service) seenAndRefused(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, refusal error) error {
	if err := dossiers.Unchanged(ctx, tx, dossier); err != nil {
		return err
	}
	return tenantdb.AndCommit(refusal)
}

// tell leaves the event of something that happened with a move.
func (s *Service) tell(ctx context.Context, tx tenantdb.Tx, by access.Principal, kind timeline.Kind, dossier dossiers.ID) error {
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(dossier)})
}

// Withdraw takes a move back, with the package where one was sent: the person has taken her consent back, or nothing comes of it. The other side
// finds nothing from its next request on. It goes on with a closed dossier as well; what was opened is not taken back.
func (s *Service) Withdraw(ctx context.Context, dossier dossiers.ID, id ID) error {
	by, err := access.Require(ctx, access.MovePropose)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := lockMove(ctx, tx, id); err != nil {
			return err
		}
		responsible, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		move, err := lockOf(ctx, tx, box.Open, dossier, id)
		if err != nil {
			return err
		}
		switch {
		case !mayPropose(by, responsible):
			return s.seenAndRefused(ctx, tx, dossier, fault.Refused("moves.not_responsible"))
		case move.WithdrawnAt != nil:
			return dossiers.Unchanged(ctx, tx, dossier)
		case !move.Standing(s.now()).Revocable():
			return s.seenAndRefused(ctx, tx, dossier, fault.Refused("moves.refused.opened"))
		}
		if err := s.tell(ctx, tx, by, timeline.MoveWithdrawn, dossier); err != nil {
			return err
		}
		return updateWithdrawn(ctx, tx, id, by.Person, s.now())
	})
}

// Sending is a move as whoever sends it reads it before.
type Sending struct {
	dossiers.Mention
	Move     Move
	Contents Contents
	Seal     string
	// Refused is why it cannot be sent; nil is that it can.
	Refused error
}

// Prepare shows what the other side would read if a move were sent now.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID, id ID) (Sending, error) {
	by, err := access.Require(ctx, access.MoveSend)
	if err != nil {
		return Sending{}, err
	}
	sending, told, err := s.gather(ctx, dossier, id)
	if err != nil {
		return Sending{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return s.ready(ctx, tx, by, dossier, id, told, &sending)
	})
	return sending, err
}

// gather asks the capabilities for what goes along with a move.
func (s *Service) gather(ctx context.Context, dossier dossiers.ID, id ID) (sending Sending, told []disclosure.Chapter, err error) {
	sheet, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return Sending{}, nil, err
	}
	at := slices.IndexFunc(sheet.Moves, func(m Move) bool { return m.MoveID == id })
	if at < 0 {
		return Sending{}, nil, fault.NotFound()
	}
	sending.Mention, sending.Move = sheet.Mention, sheet.Moves[at]
	if sending.Move.Standing(s.now()) == Accepted {
		told, err = tell(ctx, s.tellers, dossier, sending.Move.Particulars.Get().Chapters)
	}
	return sending, told, err
}

// ready puts together what is to be sent, and says whether it can be.
func (s *Service) ready(ctx context.Context, tx tenantdb.Tx, by access.Principal, dossier dossiers.ID, id ID, told []disclosure.Chapter, sending *Sending) error {
	if err := lockMove(ctx, tx, id); err != nil {
		return err
	}
	file, err := dossiers.Load(ctx, tx, s.keys, dossier)
	if err != nil {
		return err
	}
	if sending.Move, err = lockOf(ctx, tx, file.Open, dossier, id); err != nil {
		return err
	}
	if err := dossiers.Unchanged(ctx, tx, dossier); err != nil {
		return err
	}
	if sending.Refused = sending.Move.takes(Accepted, s.now()); sending.Refused != nil {
		return nil
	}
	staff, err := members.List(ctx, tx)
	if err != nil {
		return err
	}
	sending.Refused = sending.Move.maySend(by.Person, staff)
	sending.Contents = Contents{file.Beneficiary, file.ReachedThrough, told}
	sending.Seal, err = sending.Contents.Seal()
	return err
}

// Send hands the package over, as it was shown under a seal: sealed to the key of the other side, and kept nowhere here.
func (s *Service) Send(ctx context.Context, dossier dossiers.ID, id ID, seal string) error {
	by, err := access.Require(ctx, access.MoveSend)
	if err != nil {
		return err
	}
	sending, told, err := s.gather(ctx, dossier, id)
	if err != nil {
		return err
	}
	if sending.Move.SentAt != nil {
		return nil // sent twice by the same form
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := s.ready(ctx, tx, by, dossier, id, told, &sending); err != nil {
			return err
		}
		if sending.Move.SentAt != nil {
			return nil
		}
		if sending.Refused != nil {
			return tenantdb.AndCommit(sending.Refused)
		}
		if sending.Seal != seal {
			return tenantdb.AndCommit(fault.Conflict("moves.conflict"))
		}
		sealed, err := sending.Move.PublicKey.Seal(sending.Move.passage(by.Tenant), sending.Contents)
		if err != nil {
			return err
		}
		now := s.now()
		until := now.Add(waits)
		sending.Move.SentAt, sending.Move.ExpiresAt = &now, &until
		if err := s.tell(ctx, tx, by, timeline.MoveSent, dossier); err != nil {
			return err
		}
		laid, err := sendParcel(ctx, tx, sending.Move, by.Person, sealed)
		if err == nil && !laid {
			return fault.Refused("moves.refused.gone")
		}
		return err
	})
}

// Chapter is where the person came from, and where she was to go, for an extract that she is given.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "moves", Tables: []string{"moves", "received_files"}, More: len(sheet.Moves) >= shown}
	for _, m := range sheet.Moves {
		var facts disclosure.Facts
		facts.Text("moves.to.label", m.ToName)
		disclosure.Code(&facts, "moves.reason.label", "moves.reason.", m.Reason)
		facts.At("inquiries.recorded_at.label", m.ProposedAt)
		consent := m.Particulars.Get()
		facts.Day("moves.given_on.label", consent.Consent.GivenOn)
		disclosure.Code(&facts, "moves.how.label", "consents.given_how.", consent.Consent.How)
		facts.Third("moves.interpreter.label", consent.Consent.Interpreter)
		disclosure.Code(&facts, "moves.chapters.label", "moves.chapter.", consent.Chapters...)
		disclosure.Code(&facts, "moves.standing.label", "moves.standing.", m.Standing(sheet.At))
		told.Add(m.MoveID.String(), "moves.thing.move", facts)
	}
	if r := sheet.Received; r != nil {
		var facts disclosure.Facts
		facts.Text("moves.from.label", r.FromName)
		facts.At("moves.received_at.label", r.ReceivedAt)
		told.Add(r.MoveID.String(), "moves.thing.received", facts)
		for i, chapter := range r.Contents.Get().Chapters {
			for j, thing := range chapter.Things {
				told.Add(fmt.Sprintf("%s %d %d", r.MoveID, i, j), thing.What, thing.Facts)
			}
		}
	}
	return told, nil
}
