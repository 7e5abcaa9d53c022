package inbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/documents"
	"passerelle/internal/files"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what the people of an office can do.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	gate *alerts.Gate
	now  func() time.Time
	// files is where documents lie.
	files files.Store
}

// New makes the service; now is the clock. files is where the documents lie that come with referrals, or nil where none can.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, files files.Store) *Service {
	return &Service{db, ring, alerts.NewGate(db, now), now, files}
}

// Opened is a referral with what was written and done about it.
type Opened struct {
	Referral
	// Enclosures are the documents that came with it.
	Enclosures []documents.Enclosure
	Messages   []messages.Message
	Events     []timeline.Entry
	// Today is the day in Zurich, against which the referral is due.
	Today time.Time
}

// List gives a page of the office's inbox, urgent and due first.
func (s *Service) List(ctx context.Context, ask Ask) (List, error) {
	by, err := access.Require(ctx, access.InboxList)
	if err != nil {
		return List{}, err
	}
	if !slices.Contains(Tabs, ask.Tab) {
		ask.Tab = TabNew
	}
	list := List{Tab: ask.Tab, Today: forms.Today(s.now())}
	var found []Line
	var waiting, here counted
	var paused []alerts.Paused
	questions := []tenantdb.Question{alerts.AskPause(ctx, &paused), askLines(by.Office, ask, &found)}
	if ask.Tab != TabNew {
		questions = append(questions, askCount(by.Office, TabNew, &waiting))
	}
	if !ask.first() {
		questions = append(questions, askCount(by.Office, ask.Tab, &here))
	}
	if err := s.db.Read(ctx, questions...); err != nil {
		return List{}, err
	}
	if err := alerts.NotPaused(paused); err != nil {
		return List{}, err
	}
	list.Waiting, list.Count = waiting.N, here.N
	if ask.first() {
		list.Count = len(found)
	}
	if ask.Tab == TabNew {
		list.Waiting = list.Count
	}
	list.Lines, list.Previous, list.Next = turn(ask, found)
	return list, nil
}

// Waiting is how many referrals nobody of the office has taken, counted as far as a tab is. Where reading is paused, none is said.
func (s *Service) Waiting(ctx context.Context) (int, error) {
	by, err := access.Require(ctx, access.InboxList)
	if err != nil {
		return 0, err
	}
	var waiting counted
	var paused []alerts.Paused
	if err := s.db.Read(ctx, alerts.AskPause(ctx, &paused), askCount(by.Office, TabNew, &waiting)); err != nil {
		return 0, err
	}
	if alerts.NotPaused(paused) != nil {
		return 0, nil
	}
	return waiting.N, nil
}

// Follow lets whoever asks hear of changes.
func (s *Service) Follow(ctx context.Context) (access.Principal, error) {
	by, err := access.Require(ctx, access.InboxList)
	if err != nil {
		return access.Principal{}, err
	}
	var paused []alerts.Paused
	if err := s.db.Read(ctx, alerts.AskPause(ctx, &paused)); err != nil {
		return access.Principal{}, err
	}
	return by, alerts.NotPaused(paused)
}

// Open gives one referral, its messages and its events, to whom the gate lets through.
func (s *Service) Open(ctx context.Context, id ID) (Opened, error) {
	if _, err := access.Require(ctx, access.InboxShow); err != nil {
		return Opened{}, err
	}
	if err := s.gate.Admit(ctx, id); err != nil {
		return Opened{}, err
	}
	opened := Opened{Today: forms.Today(s.now())}
	var sealed sealedReferral
	var letters []messages.Letter
	if err := s.db.Read(ctx, findReferral(id, &sealed), messages.OfReferral(id, &letters), timeline.OfReferral(id, &opened.Events), documents.EnclosuresOf(id, &opened.Enclosures), journal.SeenReferral(ctx, id)); err != nil {
		return Opened{}, err
	}
	box, err := s.keys.Box(ctx, referrals.HolderOf(id))
	if err != nil {
		return Opened{}, fmt.Errorf("open referral %s: %w", id, err)
	}
	if opened.Referral, err = sealed.open(box); err != nil {
		return Opened{}, err
	}
	if err := documents.OpenEnclosures(box, opened.Enclosures); err != nil {
		return Opened{}, err
	}
	opened.Messages, err = messages.Open(box, letters)
	return opened, err
}

// Take makes the asker the one who deals with the referral; from is the colleague whom they saw having it, if any.
func (s *Service) Take(ctx context.Context, id ID, from tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.InboxTake)
	if err != nil {
		return err
	}
	return s.act(ctx, by, id, act{kind: timeline.ReferralTaken, quiet: true, do: func(r *Referral, at time.Time) (bool, error) {
		return r.Take(by, from, at)
	}})
}

// Accept answers yes.
func (s *Service) Accept(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.InboxAnswer)
	if err != nil {
		return err
	}
	return s.act(ctx, by, id, act{kind: timeline.ReferralAccepted, do: func(r *Referral, at time.Time) (bool, error) {
		return r.Accept(by, at)
	}})
}

// Decline answers no, with a reason.
func (s *Service) Decline(ctx context.Context, id ID, why referrals.DeclineReason, words Words) error {
	by, err := access.Require(ctx, access.InboxAnswer)
	if err != nil {
		return err
	}
	return s.act(ctx, by, id, act{kind: timeline.ReferralDeclined, detail: string(why), words: words, as: messages.Answer, do: func(r *Referral, at time.Time) (bool, error) {
		return r.Decline(by, why, words.Body != "", at)
	}})
}

// Close ends what was accepted, with its outcome.
func (s *Service) Close(ctx context.Context, id ID, outcome referrals.Outcome, words Words) error {
	by, err := access.Require(ctx, access.InboxClose)
	if err != nil {
		return err
	}
	return s.act(ctx, by, id, act{kind: timeline.ReferralClosed, detail: string(outcome), words: words, as: messages.Answer, do: func(r *Referral, at time.Time) (bool, error) {
		return r.Close(by, outcome, words.Body != "", at)
	}})
}

// Write sends the NGO a message, or asks it a question.
func (s *Service) Write(ctx context.Context, id ID, kind messages.Kind, words Words) error {
	by, err := access.Require(ctx, access.InboxReply)
	if err != nil {
		return err
	}
	a := act{kind: timeline.ReferralMessage, detail: timeline.FromOffice, words: words, as: kind, speaks: true, do: func(r *Referral, _ time.Time) (bool, error) {
		return false, r.Write(kind)
	}}
	if kind == messages.Question {
		a.kind = timeline.ReferralAsked
	}
	return s.act(ctx, by, id, a)
}

// act is one thing that an office does with a referral.
type act struct {
	kind   timeline.Kind
	detail string
	// do applies the rule and says whether it changed anything.
	do func(*Referral, time.Time) (bool, error)
	// words go to the NGO as a message of the kind as; an act that speaks is nothing without them.
	words  Words
	as     messages.Kind
	speaks bool
	// quiet acts are no news to the NGO.
	quiet bool
}

// act does it in one transaction: lock, rule, change, words, record. The same form sent twice changes nothing the
// second time; words that come with a repetition still arrive, as a message of their own.
func (s *Service) act(ctx context.Context, by access.Principal, id ID, a act) error {
	at := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := alerts.Unpaused(ctx, tx); err != nil {
			return err
		}
		row, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := a.do(&row.Referral, at)
		if err != nil {
			return err
		}
		wrote := false
		if a.speaks || a.words.Body != "" {
			box, err := s.keys.Box(ctx, referrals.HolderOf(id))
			if err != nil {
				return err
			}
			if wrote, err = writeMessage(ctx, tx, box, by, row, a.as, a.words); err != nil {
				return err
			}
		}
		if !changed && !wrote {
			return journal.Record(ctx, tx, journal.Entry{Action: journal.ReferralSeen, Dossier: row.DossierID, Referral: id})
		}
		if !changed && !a.speaks {
			a.kind, a.detail = timeline.ReferralMessage, timeline.FromOffice
		}
		row.Acknowledge(a.words.Seen)
		news := at
		if a.quiet {
			news = time.Time{}
		}
		if err := updateReferral(ctx, tx, &row.Referral, at, news); err != nil {
			return err
		}
		if row.Settled() {
			if err := keys.Drop(ctx, tx, referrals.HolderOf(id)); err != nil {
				return err
			}
		}
		return recordEvent(ctx, tx, by, row, a.kind, a.detail)
	})
}
