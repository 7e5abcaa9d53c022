package tasks

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Opened is a task with its words, for the page on which it is changed.
type Opened struct {
	Task
	Text  string
	Staff []members.Member
}

// Mention is how pages speak of the task's dossier.
func (o Opened) Mention() dossiers.Mention {
	return dossiers.Mention{DossierID: o.DossierID, CodeName: o.CodeName}
}

// Name is what a member of the staff is called.
func (o Opened) Name(id tenantdb.PersonID) string { return members.Name(o.Staff, id) }

// Find opens a task to be changed.
func (s *Service) Find(ctx context.Context, id ID) (opened Opened, err error) {
	by, err := access.Require(ctx, access.TaskWrite)
	if err != nil {
		return Opened{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		opened, _, err = s.open(ctx, tx, by, id)
		return err
	})
	return opened, err
}

// open locks a task and opens its words. Whoever asks for one of a dossier has seen it, also when nothing comes of that.
func (s *Service) open(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID) (Opened, *keys.Box, error) {
	task, err := lockTask(ctx, tx, id)
	if err != nil {
		return Opened{}, nil, err
	}
	if err := task.visibleTo(by.Person); err != nil {
		return Opened{}, nil, err
	}
	var box *keys.Box
	if task.DossierID.Zero() {
		box, err = s.keys.BoxOfPerson(ctx, task.AssigneeID)
	} else if err = journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(task.DossierID)}); err == nil {
		box, err = s.keys.Box(ctx, dossiers.HolderOf(task.DossierID))
	}
	if err != nil {
		return Opened{}, nil, err
	}
	if err := box.Open(&task); err != nil {
		return Opened{}, nil, fmt.Errorf("open task %s: %w", id, err)
	}
	staff, err := members.List(ctx, tx)
	return Opened{task.Task, task.Body.Get(), staff}, box, err
}

// Change writes a task anew that somebody saw in a version: puts it off, hands it over, words it otherwise. When it changed
// meanwhile it is a fault.Conflict, and the task is what it is now.
func (s *Service) Change(ctx context.Context, id ID, version int, contents Contents) (current Opened, err error) {
	by, err := access.Require(ctx, access.TaskWrite)
	if err != nil {
		return Opened{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var box *keys.Box
		if current, box, err = s.open(ctx, tx, by, id); err != nil {
			return err
		}
		if contents.AssigneeID.Zero() {
			contents.AssigneeID = current.AssigneeID
		}
		if err := contents.Check(forms.Today(s.now())).Err(); err != nil {
			return tenantdb.AndCommit(err)
		}
		changed := current.with(contents)
		if current.EndedAt != nil {
			return tenantdb.AndCommit(fault.Refused("tasks.ended.already"))
		}
		if changed == current.Task && contents.Text == current.Text {
			return nil
		}
		if current.Version != version {
			return tenantdb.AndCommit(fault.Conflict("tasks.conflict.changed_meanwhile"))
		}
		if err := mayBeGivenTo(current.Staff, contents.AssigneeID, current.AssigneeID); err != nil {
			return tenantdb.AndCommit(err)
		}
		if err := dossiers.MayBeGiven(ctx, tx, current.DossierID, contents.AssigneeID, "assignee"); err != nil {
			return tenantdb.AndCommit(err)
		}
		changed.Version++
		changed.ChangedBy = by.Person
		if err := s.rewrite(ctx, tx, box, current.Task, changed, contents.Text, by); err != nil {
			return err
		}
		return record(ctx, tx, by, timeline.TaskChanged, changed)
	})
	return current, err
}

// rewrite writes what changed. Words that are about no dossier go over to the keys of whom the task is given to.
func (s *Service) rewrite(ctx context.Context, tx tenantdb.Tx, box *keys.Box, before, changed Task, text string, by access.Principal) error {
	if !changed.DossierID.Zero() {
		if err := updateTask(ctx, tx, changed); err != nil {
			return err
		}
		return updateText(ctx, tx, box, changed, text)
	}
	if changed.AssigneeID != before.AssigneeID {
		var err error
		if box, err = s.keys.BoxOfPerson(ctx, changed.AssigneeID); err != nil {
			return err
		}
	}
	if err := deleteOwnText(ctx, tx, changed.TaskID); err != nil {
		return err
	}
	if err := updateTask(ctx, tx, changed); err != nil {
		return err
	}
	return insertText(ctx, tx, box, by.Tenant, changed, text)
}
