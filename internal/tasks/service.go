package tasks

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with tasks.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Shown bounds how many open tasks a list shows, and Recalled how many of those that ended.
const (
	Shown    = 200
	Recalled = 10
)

// List is tasks as a page shows them: what is open, the next first, and what has ended lately.
type List struct {
	// Dossier is whose tasks they are; zero on the list of a person.
	Dossier     dossiers.Mention
	Open, Ended []Written
	Staff       []members.Member
	// More says that more are open than are shown.
	More  bool
	Today time.Time
}

// Name is what a member of the staff is called.
func (l List) Name(id tenantdb.PersonID) string { return members.Name(l.Staff, id) }

// On gives the open tasks of one shelf.
func (l List) On(shelf Shelf) (tasks []Written) {
	for _, task := range l.Open {
		if task.ShelfOn(l.Today) == shelf {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

// bound cuts the list to what is shown, once one more was asked for.
func (l *List) bound(today time.Time) {
	l.Today = today
	if len(l.Open) > Shown {
		l.Open, l.More = l.Open[:Shown], true
	}
}

// OfDossier gives the tasks of a dossier, with their words.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (List, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return List{}, err
	}
	var list List
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &list.Dossier), askOpen(dossier, &list.Open), askEnded(dossier, &list.Ended),
		members.Recent(&list.Staff), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return List{}, fmt.Errorf("list tasks of dossier %s: %w", dossier, err)
	}
	list.bound(forms.Today(s.now()))
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return List{}, fmt.Errorf("list tasks of dossier %s: %w", dossier, err)
	}
	for _, tasks := range [][]Written{list.Open, list.Ended} {
		if err := openAll(box, tasks); err != nil {
			return List{}, fmt.Errorf("open tasks of dossier %s: %w", dossier, err)
		}
	}
	return list, nil
}

// Mine gives the tasks of whoever asks, of all dossiers: of those, only what sort of thing is to be done. The words of tasks
// without a dossier, which are theirs alone, are there.
func (s *Service) Mine(ctx context.Context) (List, error) {
	by, err := access.Require(ctx, access.WorkShow)
	if err != nil {
		return List{}, err
	}
	var list List
	if err := s.db.Read(ctx, askMine(by.Person, &list.Open), askEndedBy(by.Person, &list.Ended), members.Recent(&list.Staff)); err != nil {
		return List{}, fmt.Errorf("list tasks of a member: %w", err)
	}
	list.bound(forms.Today(s.now()))
	if err := s.openOwn(ctx, by, list.Open, list.Ended); err != nil {
		return List{}, fmt.Errorf("open tasks of a member: %w", err)
	}
	return list, nil
}

// openOwn opens the words of tasks that are about no dossier.
func (s *Service) openOwn(ctx context.Context, by access.Principal, lists ...[]Written) error {
	var box *keys.Box
	for _, tasks := range lists {
		for i := range tasks {
			if !tasks[i].DossierID.Zero() || tasks[i].AssigneeID != by.Person {
				continue
			}
			if box == nil {
				var err error
				if box, err = s.keys.BoxOfPerson(ctx, by.Person); err != nil {
					return err
				}
			}
			if err := box.Open(&tasks[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func openAll(box *keys.Box, tasks []Written) error {
	for i := range tasks {
		if err := box.Open(&tasks[i]); err != nil {
			return err
		}
	}
	return nil
}

// Occasion is what a form for a new task begins with.
type Occasion struct {
	// Dossier is zero for a task without one.
	Dossier dossiers.Mention
	Staff   []members.Member
}

// Prepare gives what a form for a new task begins with, of a dossier or of none.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (Occasion, error) {
	if _, err := access.Require(ctx, access.TaskWrite); err != nil {
		return Occasion{}, err
	}
	var occasion Occasion
	asked := []tenantdb.Question{members.All(&occasion.Staff)}
	if !dossier.Zero() {
		asked = append(asked, dossiers.Mentioned(dossier, &occasion.Dossier))
	}
	if err := s.db.Read(ctx, asked...); err != nil {
		return Occasion{}, fmt.Errorf("prepare a task: %w", err)
	}
	return occasion, nil
}

// Add writes a task down, for a dossier or for none. The same form sent twice makes one.
func (s *Service) Add(ctx context.Context, dossier dossiers.ID, id ID, contents Contents) error {
	by, err := access.Require(ctx, access.TaskWrite)
	if err != nil {
		return err
	}
	if contents.AssigneeID.Zero() {
		contents.AssigneeID = by.Person
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var box *keys.Box
		var err error
		if dossier.Zero() {
			if err := contents.Check(forms.Today(s.now())).Err(); err != nil {
				return err
			}
			box, err = s.keys.BoxOfPerson(ctx, contents.AssigneeID)
		} else {
			_, box, err = dossiers.HoldForContact(ctx, tx, s.keys, dossier)
		}
		if err != nil {
			return err
		}
		return Add(ctx, tx, by, box, dossier, id, contents, s.now())
	})
}

// Add writes a task down in the transaction of another capability's act, which holds the dossier and has its box.
func Add(ctx context.Context, tx tenantdb.Tx, by access.Principal, box *keys.Box, dossier dossiers.ID, id ID, contents Contents, at time.Time) error {
	if err := contents.Check(forms.Today(at)).Err(); err != nil {
		return err
	}
	staff, err := members.List(ctx, tx)
	if err != nil {
		return err
	}
	if err := mayBeGivenTo(staff, contents.AssigneeID, by.Person); err != nil {
		return err
	}
	if err := dossiers.MayBeGiven(ctx, tx, dossier, contents.AssigneeID, "assignee"); err != nil {
		return err
	}
	task := Task{TaskID: id, DossierID: dossier, Version: 1, ChangedBy: by.Person}.with(contents)
	fresh, err := insertTask(ctx, tx, box, by, task, contents.Text, ID{}, at)
	if err != nil {
		return err
	}
	if !fresh {
		return sameTask(ctx, tx, by, dossier, id)
	}
	return record(ctx, tx, by, timeline.TaskAdded, task)
}

// sameTask keeps an identifier that another task has from being taken for this one's.
func sameTask(ctx context.Context, tx tenantdb.Tx, by access.Principal, dossier dossiers.ID, id ID) error {
	task, err := lockTask(ctx, tx, id)
	if err != nil {
		return err
	}
	if task.DossierID != dossier {
		return fault.NotFound()
	}
	return task.visibleTo(by.Person)
}

// record tells the timeline of a dossier; a task without one is nobody's story.
func record(ctx context.Context, tx tenantdb.Tx, by access.Principal, kind timeline.Kind, task Task) error {
	if task.DossierID.Zero() {
		return nil
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(task.DossierID), Detail: string(task.Kind)})
}

// End ends a task: it is done, or dropped. Of one that repeats, the next is made when it is done. Ending twice is ending once.
func (s *Service) End(ctx context.Context, id ID, how Outcome) error {
	by, err := access.Require(ctx, access.TaskWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		opened, box, err := s.open(ctx, tx, by, id)
		if err != nil || opened.EndedAt != nil {
			return err
		}
		now := s.now()
		if err := opened.end(by.Person, how, now); err != nil {
			return err
		}
		if err := updateTask(ctx, tx, opened.Task); err != nil {
			return err
		}
		if how == Dropped {
			return record(ctx, tx, by, timeline.TaskDropped, opened.Task)
		}
		if opened.Repeats() {
			if _, err := insertTask(ctx, tx, box, by, opened.follower(ids.New[Task](), forms.Today(now)), opened.Text, id, now); err != nil {
				return err
			}
		}
		return record(ctx, tx, by, timeline.TaskDone, opened.Task)
	})
}

// Reopen takes back that a task ended, which was a slip of the hand. What came after it stays.
func (s *Service) Reopen(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.TaskWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		opened, _, err := s.open(ctx, tx, by, id)
		if err != nil || opened.EndedAt == nil {
			return err
		}
		opened.EndedAt, opened.EndedBy, opened.Outcome = nil, tenantdb.PersonID{}, ""
		if err := updateTask(ctx, tx, opened.Task); err != nil {
			return err
		}
		return record(ctx, tx, by, timeline.TaskReopened, opened.Task)
	})
}
