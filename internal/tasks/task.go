// Package tasks is what the staff has to do by a day: for a dossier, where the words are sealed under its keyset and everybody
// who may see the dossier sees them, or without one, where they are its assignee's alone.
package tasks

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// ID identifies a task.
type ID = ids.ID[Task]

// Task is what lists may show of a task: what sort of thing, by when, whose. What exactly is Written.
type Task struct {
	TaskID ID
	// DossierID is zero, and CodeName empty, for a task that is about no dossier.
	DossierID  dossiers.ID
	CodeName   dossiers.CodeName
	AssigneeID tenantdb.PersonID
	Kind       Kind
	DueOn      time.Time
	// Every and Unit say how it repeats; zero is never. AnchorOn is the day from which the repetition counts.
	Every    int
	Unit     Unit
	AnchorOn time.Time
	Version  int
	// ChangedBy is who wrote it last.
	ChangedBy tenantdb.PersonID
	EndedAt   *time.Time
	EndedBy   tenantdb.PersonID
	Outcome   Outcome
}

// Kind is what sort of thing is to be done.
type Kind string

// FollowUp is what an interview leads to, where nobody says otherwise.
const FollowUp Kind = "follow_up"

// Kinds lists them in the order of forms.
var Kinds = []Kind{FollowUp, "call", "letter", "appointment", "document", "other"}

// Outcome is how a task ended.
type Outcome string

// The outcomes: what was dropped repeats no more.
const (
	Done    Outcome = "done"
	Dropped Outcome = "dropped"
)

// Outcomes lists them.
var Outcomes = []Outcome{Done, Dropped}

// Written is a task with its words, sealed under the keyset of its dossier, or else of its assignee.
type Written struct {
	Task
	Body keys.Sealed[string] `bun:"body"`
}

// Place says where the words stand.
func (w *Written) Place() keys.Place { return placeOf(w.DossierID, w.TaskID) }

// Shelf is where a list puts a task by its day.
type Shelf string

// The shelves, in the order of pages. A week ends on Sunday.
const (
	Overdue  Shelf = "overdue"
	Today    Shelf = "today"
	ThisWeek Shelf = "this_week"
	Later    Shelf = "later"
)

// Shelves lists them.
var Shelves = []Shelf{Overdue, Today, ThisWeek, Later}

// ShelfOn says where the task belongs on a day.
func (t Task) ShelfOn(today time.Time) Shelf {
	sunday := today.AddDate(0, 0, (7-int(today.Weekday()))%7)
	switch {
	case t.DueOn.Before(today):
		return Overdue
	case t.DueOn.Equal(today):
		return Today
	case !t.DueOn.After(sunday):
		return ThisWeek
	default:
		return Later
	}
}

// visibleTo is fault.NotFound for whom the task is not: one without a dossier is its assignee's alone.
func (t Task) visibleTo(person tenantdb.PersonID) error {
	if t.DossierID.Zero() && t.AssigneeID != person {
		return fault.NotFound()
	}
	return nil
}

// Contents are what somebody writes into a task.
type Contents struct {
	Kind       Kind
	Text       string
	DueOn      *time.Time
	AssigneeID tenantdb.PersonID
	Every      *int
	Unit       Unit
}

// furthest is how many years ahead a task may lie: what is later than that is a slip of the pen.
const furthest = 10

// Check says what has to be corrected.
func (c Contents) Check(today time.Time) fault.Problems {
	var problems fault.Problems
	if c.Kind == "" {
		problems.Add("kind", "tasks.kind.missing")
	}
	if c.Text == "" {
		problems.Add("text", "tasks.text.missing")
	}
	switch {
	case c.DueOn == nil:
		problems.Add("due_on", "tasks.due_on.missing")
	case c.DueOn.After(today.AddDate(furthest, 0, 0)), c.DueOn.Before(today.AddDate(-furthest, 0, 0)):
		problems.Add("due_on", "tasks.due_on.far_away")
	}
	if (c.Every == nil) != (c.Unit == "") {
		problems.Add("every", "tasks.every.half")
	}
	return problems
}

// mayBeGivenTo says whether somebody can be given a task: a member who accompanies, or who has it already.
func mayBeGivenTo(staff []members.Member, chosen, before tenantdb.PersonID) error {
	if chosen == before {
		return nil
	}
	for _, member := range staff {
		if member.MemberID == chosen && member.Accompanies() {
			return nil
		}
	}
	return fault.Invalid("assignee", "tasks.assignee.unknown")
}

// with is the task as its contents have it. Where the day or the rhythm changed, the repetition counts from the new day.
func (t Task) with(c Contents) Task {
	every := 0
	if c.Every != nil {
		every = *c.Every
	}
	if !t.DueOn.Equal(*c.DueOn) || t.Every != every || t.Unit != c.Unit {
		t.AnchorOn = *c.DueOn
	}
	t.Kind, t.DueOn, t.AssigneeID, t.Every, t.Unit = c.Kind, *c.DueOn, c.AssigneeID, every, c.Unit
	return t
}

// end ends the task; ended once, it stays as it ended.
func (t *Task) end(by tenantdb.PersonID, how Outcome, at time.Time) error {
	if t.EndedAt != nil {
		return fault.Refused("tasks.ended.already")
	}
	t.EndedAt, t.EndedBy, t.Outcome = &at, by, how
	return nil
}
