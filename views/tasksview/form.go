// Package tasksview is the pages about what is to be done: of a dossier, and of whoever asks.
package tasksview

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Form is a new task being written.
type Form struct {
	Occasion tasks.Occasion
	ID       string
	Typed    url.Values
	Problems fault.Problems
}

// Empty is what a fresh form proposes: a task of whoever writes.
func Empty(assignee tenantdb.PersonID) url.Values {
	return url.Values{"kind": {string(tasks.FollowUp)}, "assignee": {assignee.String()}}
}

// EditForm is a task being changed.
type EditForm struct {
	Task     tasks.Opened
	Typed    url.Values
	Problems fault.Problems
	// Theirs says that somebody else has changed it meanwhile: the task is what it is now.
	Theirs bool
}

// TypedOf is the form of a task as it stands.
func TypedOf(task tasks.Opened) url.Values {
	typed := url.Values{
		"kind": {string(task.Kind)}, "text": {task.Text}, "due_on": {i18n.Date(context.Background(), task.DueOn)}, "assignee": {task.AssigneeID.String()}, "unit": {string(task.Unit)},
	}
	if task.Repeats() {
		typed.Set("every", strconv.Itoa(task.Every))
	}
	return typed
}

func (f Form) action() string {
	if f.Occasion.Dossier.DossierID.Zero() {
		return paths.Tasks
	}
	return paths.TasksOf(f.Occasion.Dossier.DossierID)
}

// above is the list that a task stands in.
func above(dossier dossiers.ID) string {
	if dossier.Zero() {
		return paths.Tasks
	}
	return paths.TasksOf(dossier)
}

func frame(dossier dossiers.Mention, title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: dossier, Part: dossiersview.Tasks, Title: title}
}

func kindOptions() []ui.Option {
	options := make([]ui.Option, len(tasks.Kinds))
	for i, kind := range tasks.Kinds {
		options[i] = ui.Option{Value: string(kind), Label: kindKey(kind)}
	}
	return options
}

func kindKey(kind tasks.Kind) string { return "tasks.kind." + string(kind) }

func unitOptions() []ui.Option {
	options := []ui.Option{{Label: "tasks.unit.never"}}
	for _, unit := range tasks.Units {
		options = append(options, ui.Option{Value: string(unit), Label: "tasks.unit." + string(unit)})
	}
	return options
}

// assignees are those who can be given a task, and whoever has it.
func assignees(staff []members.Member, now tenantdb.PersonID) []ui.Option {
	var options []ui.Option
	for _, member := range staff {
		if member.Accompanies() || member.MemberID == now {
			options = append(options, ui.Option{Value: member.MemberID.String(), Label: member.Name})
		}
	}
	return options
}

func shelfKey(shelf tasks.Shelf) string { return "tasks.shelf." + string(shelf) }

// columns of a list: of one dossier with whose a task is, of one person with the dossier that it is for.
func columns(ofDossier bool) []ui.Column {
	other := ui.Column{Label: "dossiers.code_name.label"}
	if ofDossier {
		other = ui.Column{Label: "tasks.assignee.label"}
	}
	return []ui.Column{{Label: "tasks.due_on.label"}, {Label: "tasks.text.label"}, other, {Label: "tasks.act"}}
}

// which tells one task of a list from the others, to those who do not see its line.
func which(ctx context.Context, task tasks.Task) string {
	return strings.TrimSpace(i18n.T(ctx, kindKey(task.Kind)) + " " + i18n.Date(ctx, task.DueOn) + " " + string(task.CodeName))
}

func rhythm(ctx context.Context, task tasks.Task) string {
	return i18n.T(ctx, "tasks.rhythm."+string(task.Unit), "Count", task.Every)
}
