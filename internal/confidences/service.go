package confidences

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with circles and their notes.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// OfDossier gives which circles a dossier has, and who is in them.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (overview Overview, err error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Overview{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if overview.Mention, err = dossiers.MentionOf(ctx, tx, dossier); err != nil {
			return err
		}
		if overview.Circles, err = listCircles(ctx, tx, dossier); err != nil {
			return err
		}
		if overview.Staff, err = listStaff(ctx, tx); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)})
	})
	return overview, err
}

// Open begins to keep notes of a profession on a dossier: whoever does is of it, and the first in the circle.
func (s *Service) Open(ctx context.Context, dossier dossiers.ID, id CircleID, profession members.Profession) error {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, _, err := dossiers.HoldForContact(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		overview := Overview{}
		if overview.Staff, err = listStaff(ctx, tx); err != nil {
			return err
		}
		if overview.Circles, err = listCircles(ctx, tx, dossier); err != nil {
			return err
		}
		for _, c := range overview.Circles {
			if c.CircleID == id {
				return dossiers.Unchanged(ctx, tx, dossier)
			}
			if c.Profession == profession && !c.Closed() {
				return fault.Refused("confidences.circle.open_already")
			}
		}
		if !overview.Staff.practises(by.Person, profession) {
			return fault.Refused("confidences.circle.not_yours")
		}
		c := Circle{CircleID: id, DossierID: dossier, Profession: profession, OpenedBy: by.Person, OpenedAt: s.now()}
		fresh, err := insertCircle(ctx, tx, by.Tenant, c)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.NotFound() // the identifier is that of a circle of another dossier
		}
		if err := insertInsider(ctx, tx, by.Tenant, c, by.Person, by.Person, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, timeline.CircleOpened, c)
	})
}

// tell leaves the event of something that happened with a circle: that it did, and never what is in it.
func (s *Service) tell(ctx context.Context, tx tenantdb.Tx, by access.Principal, kind timeline.Kind, c Circle) error {
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(c.DossierID), Detail: string(c.Profession)})
}

// within gives a circle to whoever holds it; for everybody else there is none.
func within(ctx context.Context, tx tenantdb.Tx, by access.Principal, id CircleID) (Circle, error) {
	if err := enter(ctx, tx); err != nil {
		return Circle{}, err
	}
	c, err := findCircle(ctx, tx, id)
	if err != nil {
		return Circle{}, err
	}
	if !c.Holds(by.Person) {
		return Circle{}, fault.NotFound()
	}
	return c, nil
}

// change does something with a circle that whoever asks holds, while nobody else does; a closed dossier is no reason not to.
func (s *Service) change(ctx context.Context, by access.Principal, id CircleID, do func(context.Context, tenantdb.Tx, *keys.Box, Circle) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		c, err := within(ctx, tx, by, id)
		if err != nil {
			return err
		}
		_, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, c.DossierID)
		if err != nil {
			return err
		}
		if c, err = within(ctx, tx, by, id); err != nil {
			return err
		}
		return do(ctx, tx, box, c)
	})
}

// Find opens the notes of a circle, the newest first, or those that follow after one.
func (s *Service) Find(ctx context.Context, id CircleID, before NoteID) (sheet Sheet, err error) {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return Sheet{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if sheet.Circle, err = within(ctx, tx, by, id); err != nil {
			return err
		}
		if sheet.Mention, err = dossiers.MentionOf(ctx, tx, sheet.Circle.DossierID); err != nil {
			return err
		}
		if sheet.Staff, err = listStaff(ctx, tx); err != nil {
			return err
		}
		if sheet.Notes, err = listNotes(ctx, tx, id, before); err != nil {
			return err
		}
		if len(sheet.Notes) > PageSize {
			sheet.Notes = sheet.Notes[:PageSize]
			sheet.Next = sheet.Notes[PageSize-1].NoteID
		}
		if sheet.Successions, err = listSuccessions(ctx, tx, id); err != nil {
			return err
		}
		if err := s.read(ctx, tx, sheet.Circle); err != nil {
			return err
		}
		return s.open(ctx, &sheet)
	})
	return sheet, err
}

// read leaves the entry that whoever asks reads notes of a circle.
func (s *Service) read(ctx context.Context, tx tenantdb.Tx, c Circle) error {
	return journal.Record(ctx, tx, journal.Entry{Action: journal.NotesRead, Dossier: dossiers.TimelineID(c.DossierID), Reason: string(c.Profession)})
}

// open opens what is sealed of a circle.
func (s *Service) open(ctx context.Context, sheet *Sheet) error {
	box, err := s.keys.Box(ctx, dossiers.HolderOf(sheet.Circle.DossierID))
	if err != nil {
		return fmt.Errorf("open notes: %w", err)
	}
	for i := range sheet.Notes {
		if err := box.Open(&sheet.Notes[i]); err != nil {
			return fmt.Errorf("open note %s: %w", sheet.Notes[i].NoteID, err)
		}
		for n := range sheet.Notes[i].Earlier {
			if err := box.Open(&sheet.Notes[i].Earlier[n]); err != nil {
				return fmt.Errorf("open a version of note %s: %w", sheet.Notes[i].NoteID, err)
			}
		}
	}
	for i := range sheet.Successions {
		if err := box.Open(&sheet.Successions[i]); err != nil {
			return fmt.Errorf("open a succession: %w", err)
		}
	}
	return nil
}

// Name has somebody of the profession hold a circle as well.
func (s *Service) Name(ctx context.Context, id CircleID, member tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, _ *keys.Box, c Circle) error {
		staff, err := listStaff(ctx, tx)
		if err != nil {
			return err
		}
		switch {
		case c.Holds(member):
			return dossiers.Unchanged(ctx, tx, c.DossierID) // the form was sent twice, or somebody else has named her or him
		case !staff.practises(member, c.Profession):
			return fault.Invalid("member", "confidences.member.missing")
		case !c.named(member):
			if err := insertInsider(ctx, tx, by.Tenant, c, member, by.Person, s.now()); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, by, timeline.CircleJoined, c)
	})
}

// Remove has somebody hold a circle no longer: a colleague, or whoever asks.
func (s *Service) Remove(ctx context.Context, id CircleID, member tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, _ *keys.Box, c Circle) error {
		if !c.named(member) {
			return dossiers.Unchanged(ctx, tx, c.DossierID)
		}
		if err := c.mayLose(member); err != nil {
			return err
		}
		// Told first: whoever leaves is within no more.
		if err := s.tell(ctx, tx, by, timeline.CircleLeft, c); err != nil {
			return err
		}
		return deleteInsider(ctx, tx, id, member)
	})
}

// Close has nothing more noted. What was stays, for those who hold it.
func (s *Service) Close(ctx context.Context, id CircleID) error {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, _ *keys.Box, c Circle) error {
		if c.Closed() {
			return dossiers.Unchanged(ctx, tx, c.DossierID)
		}
		if err := updateClosed(ctx, tx, id, by.Person, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, timeline.CircleClosed, c)
	})
}

// Orphan gives a circle of a dossier that nobody holds, for whoever hands it on; any other is not found. Nothing of it is opened.
func (s *Service) Orphan(ctx context.Context, dossier dossiers.ID, id CircleID) (file File, err error) {
	if _, err := access.Require(ctx, access.ConfidenceHandOn); err != nil {
		return File{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if file.Mention, err = dossiers.MentionOf(ctx, tx, dossier); err != nil {
			return err
		}
		if file.Circle, err = orphan(ctx, tx, dossier, id); err != nil {
			return err
		}
		if file.Staff, err = listStaff(ctx, tx); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)})
	})
	return file, err
}

func orphan(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, id CircleID) (Circle, error) {
	c, err := findCircle(ctx, tx, id)
	if err == nil && (c.DossierID != dossier || !c.Orphaned()) {
		return Circle{}, fault.NotFound()
	}
	return c, err
}

// HandOn names who goes on with a circle in which nobody is left. Whoever does reads nothing of it. The same form sent twice hands it on once.
func (s *Service) HandOn(ctx context.Context, dossier dossiers.ID, id CircleID, order Order) error {
	by, err := access.Require(ctx, access.ConfidenceHandOn)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		before, err := listSuccessions(ctx, tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(s Succession) bool { return s.SuccessionID == order.ID && s.DossierID == dossier }) {
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		c, err := orphan(ctx, tx, dossier, id)
		if err != nil {
			return err
		}
		staff, err := listStaff(ctx, tx)
		if err != nil {
			return err
		}
		if err := order.check(c, staff, by); err != nil {
			return err
		}
		fresh, err := insertSuccession(ctx, tx, box, by.Tenant, Succession{
			SuccessionID: order.ID, CircleID: id, DossierID: dossier, SuccessorID: order.Successor, NamedBy: by.Person, NamedAt: s.now(), Words: keys.Of(strings.TrimSpace(order.Words)),
		})
		if err != nil {
			return err
		}
		if !fresh {
			return fault.NotFound()
		}
		if err := insertInsider(ctx, tx, by.Tenant, c, order.Successor, by.Person, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, timeline.CircleHandedOn, c)
	})
}
