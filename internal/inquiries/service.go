package inquiries

import (
	"context"
	"reflect"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with inquiries.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
	// tellers say what they keep about a person.
	tellers []Teller
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db: db, keys: ring, now: now}
}

// Sheet is what a dossier's page of inquiries shows, newest first.
type Sheet struct {
	Dossier   dossiers.Mention
	Inquiries []Inquiry
	Dates     deadlines.List
	// MayAnswer says whether whoever asks decides on answers and extensions.
	MayAnswer bool
}

// Of is one inquiry of the sheet.
func (s Sheet) Of(id ID) (Inquiry, error) {
	for _, i := range s.Inquiries {
		if i.InquiryID == id {
			return i, nil
		}
	}
	return Inquiry{}, fault.NotFound()
}

// Open gives the inquiries of a dossier with the dates until which they have to be answered.
func (s *Service) Open(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	by, err := access.Require(ctx, access.DossierShow)
	if err != nil {
		return Sheet{}, err
	}
	var sheet Sheet
	var rows []sealed
	var reported []agenda.Reported
	var charge dossiers.Charge
	err = s.db.Read(ctx, dossiers.Mentioned(dossier, &sheet.Dossier), dossiers.ChargeOf(dossier, &charge), ofDossier(dossier, &rows),
		agenda.OfDossier(dossiers.TimelineID(dossier), &reported), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Sheet{}, err
	}
	sheet.MayAnswer = MayAnswer(by, charge.ResponsibleID)
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Sheet{}, err
	}
	if sheet.Inquiries, err = openAll(box, rows); err != nil {
		return Sheet{}, err
	}
	list, err := agenda.Of(ctx, s.db, box.Open, reported)
	sheet.Dates = agenda.Only(list, deadlines.AccessAnswer, deadlines.AccessAnswerExtended)
	return sheet, err
}

// Record notes that a request has come: the time for its answer runs. The same form sent twice records it once.
func (s *Service) Record(ctx context.Context, dossier dossiers.ID, id ID, terms Terms) error {
	by, err := access.Require(ctx, access.InquiryWrite)
	if err != nil {
		return err
	}
	if err := terms.Check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		before, err := listInquiries(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		if _, err := (Sheet{Inquiries: before}).Of(id); err != nil && len(before) >= shown {
			return fault.Refused("inquiries.record.too_many")
		}
		inquiry := Inquiry{InquiryID: id, DossierID: dossier, Particulars: Particulars{Terms: terms}, Version: 1}
		fresh, err := insertInquiry(ctx, tx, box, by, inquiry, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			if _, err := (Sheet{Inquiries: before}).Of(id); err != nil {
				return err // what another dossier has is not found
			}
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		return s.report(ctx, tx, box, by, inquiry, timeline.InquiryRecorded, "")
	})
}

// Change gives a request other terms than somebody saw in a version.
func (s *Service) Change(ctx context.Context, dossier dossiers.ID, id ID, version int, terms Terms) error {
	by, err := access.Require(ctx, access.InquiryWrite)
	if err != nil {
		return err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, timeline.InquiryChanged, func(i *Inquiry, answers bool) (string, error) {
		if i.Answer != nil && !answers {
			return "", fault.Refused("inquiries.not_responsible")
		}
		return "", i.Change(terms, due(rules, terms.ReceivedOn), forms.Today(s.now()))
	})
}

// Extend records that the person was told that it takes longer, once; a second time it corrects that.
func (s *Service) Extend(ctx context.Context, dossier dossiers.ID, id ID, version int, extension Extension) error {
	by, err := access.Require(ctx, access.InquiryAnswer)
	if err != nil {
		return err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return err
	}
	return s.decide(ctx, by, dossier, id, version, timeline.InquiryExtended, func(i *Inquiry) (string, error) {
		return "", i.Extend(extension, due(rules, i.ReceivedOn), forms.Today(s.now()))
	})
}

// Retract takes back the extension, which was recorded by mistake.
func (s *Service) Retract(ctx context.Context, dossier dossiers.ID, id ID, version int) error {
	by, err := access.Require(ctx, access.InquiryAnswer)
	if err != nil {
		return err
	}
	return s.decide(ctx, by, dossier, id, version, timeline.InquiryChanged, func(i *Inquiry) (string, error) {
		return "", i.Retract()
	})
}

// Reply records what was answered; a second time it corrects that.
func (s *Service) Reply(ctx context.Context, dossier dossiers.ID, id ID, version int, answer Answer) error {
	by, err := access.Require(ctx, access.InquiryAnswer)
	if err != nil {
		return err
	}
	return s.decide(ctx, by, dossier, id, version, timeline.InquiryAnswered, func(i *Inquiry) (string, error) {
		return string(answer.Outcome), i.Reply(answer, forms.Today(s.now()))
	})
}

// Reopen takes the answer back, which was recorded by mistake: it is owed again.
func (s *Service) Reopen(ctx context.Context, dossier dossiers.ID, id ID, version int) error {
	by, err := access.Require(ctx, access.InquiryAnswer)
	if err != nil {
		return err
	}
	return s.decide(ctx, by, dossier, id, version, timeline.InquiryChanged, func(i *Inquiry) (string, error) {
		i.Answer = nil
		return "", nil
	})
}

// decide is write for what only those decide who answer for the dossier.
func (s *Service) decide(ctx context.Context, by access.Principal, dossier dossiers.ID, id ID, version int, kind timeline.Kind, rule func(*Inquiry) (string, error)) error {
	return s.write(ctx, by, dossier, id, version, kind, func(i *Inquiry, answers bool) (string, error) {
		if !answers {
			return "", fault.Refused("inquiries.not_responsible")
		}
		return rule(i)
	})
}

// write changes one inquiry by a rule, which is told whether whoever asks may answer, and whose answer is the code that the
// timeline tells along. What comes to the same as before is no change; what was changed by somebody else since that version
// is a conflict.
func (s *Service) write(ctx context.Context, by access.Principal, dossier dossiers.ID, id ID, version int, kind timeline.Kind, rule func(*Inquiry, bool) (string, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		responsible, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		all, err := listInquiries(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		before, err := Sheet{Inquiries: all}.Of(id)
		if err != nil {
			return err
		}
		after := before
		detail, err := rule(&after, MayAnswer(by, responsible))
		switch {
		case err == nil && reflect.DeepEqual(before, after):
			return dossiers.Unchanged(ctx, tx, dossier)
		case before.Version != version:
			return fault.Conflict("inquiries.conflict", "Name", before.ChangedByName)
		case err != nil:
			return err
		}
		after.Version++
		if err := updateInquiry(ctx, tx, box, by, after, s.now()); err != nil {
			return err
		}
		return s.report(ctx, tx, box, by, after, kind, detail)
	})
}

// report tells the agenda and the timeline of what was written.
func (s *Service) report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, i Inquiry, kind timeline.Kind, detail string) error {
	all, err := listInquiries(ctx, tx, box, i.DossierID)
	if err != nil {
		return err
	}
	if err := dossiers.Report(ctx, tx, box, i.DossierID, source, facts(all), s.now()); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(i.DossierID), Detail: detail})
}
