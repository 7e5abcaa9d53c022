// Package interviewsview is the pages about interviews and accompaniments: writing one, those of a dossier, those of all.
package interviewsview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/interviews"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// LongestNote is how many characters a note may have: several pages.
const LongestNote = 20_000

// Form is an interview being written.
type Form struct {
	Occasion interviews.Occasion
	ID       string
	Typed    url.Values
	Problems fault.Problems
	// Kept is when the draft was saved that the form begins with; zero where it begins empty.
	Kept time.Time
}

// Empty is what a fresh form proposes: now, and an hour.
func Empty(now time.Time) url.Values {
	return url.Values{"held_on": {day(now)}, "held_from": {i18n.Time(context.Background(), now)}, "minutes": {"60"}}
}

// fields are what a form of an interview holds; nothing else is kept of it as a draft.
var fields = func() []string {
	names := []string{"dossier", "code_name", "kind", "held_on", "held_from", "minutes", "note", "hard", "place", "participants", "interpreter"}
	for n := range interviews.Steps {
		names = append(names, StepField(n), StepDueField(n))
	}
	return names
}()

// OfForm keeps of what was sent what the form of an interview holds.
func OfForm(sent url.Values) url.Values {
	kept := url.Values{}
	for _, name := range fields {
		if value := sent.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	return kept
}

// StepField is the field of the nth next step, and StepDueField that of its day.
func StepField(n int) string { return "step_" + strconv.Itoa(n+1) }

// StepDueField is the field of the day of the nth next step.
func StepDueField(n int) string { return "step_due_" + strconv.Itoa(n+1) }

// TypedOf is the form of what an interview says.
func TypedOf(c interviews.Contents) url.Values {
	typed := url.Values{
		"kind": {string(c.Kind)}, "held_on": {day(*c.HeldAt)}, "held_from": {i18n.Time(context.Background(), *c.HeldAt)}, "minutes": {strconv.Itoa(*c.Minutes)},
		"note": {c.Account.Note}, "place": {c.Account.Where}, "participants": {c.Account.Participants}, "interpreter": {c.Account.Interpreter},
	}
	if c.Hard {
		typed.Set("hard", "yes")
	}
	return typed
}

func day(at time.Time) string { return i18n.Date(context.Background(), at) }

// saved says when the draft was kept.
func (f Form) saved(ctx context.Context) string {
	if f.Kept.IsZero() {
		return ""
	}
	return i18n.T(ctx, "interviews.draft.kept", "At", i18n.DateTime(ctx, f.Kept))
}

// kept tells a draft from what it becomes when it is saved again.
func (f Form) kept() string {
	if f.Kept.IsZero() {
		return ""
	}
	return f.Kept.UTC().Format(time.RFC3339Nano)
}

func (f Form) cancel() string {
	if f.Occasion.Dossier.DossierID.Zero() {
		return paths.Interviews
	}
	return paths.InterviewsOf(f.Occasion.Dossier.DossierID)
}

// EditForm is an interview being corrected.
type EditForm struct {
	File     interviews.File
	Typed    url.Values
	Problems fault.Problems
	// Theirs says that somebody else has corrected it meanwhile: the file is what it says now.
	Theirs bool
}

func kindOptions() []ui.Option {
	options := make([]ui.Option, len(interviews.Kinds))
	for i, kind := range interviews.Kinds {
		options[i] = ui.Option{Value: string(kind), Label: kindKey(kind)}
	}
	return options
}

func kindKey(kind interviews.Kind) string { return "interviews.kind." + string(kind) }

// recentOptions are the dossiers to choose from, none first: nothing is written into a dossier that nobody chose.
func recentOptions(recent []dossiers.Mention) []ui.Option {
	options := []ui.Option{{Label: "interviews.dossier.choose"}}
	for _, mention := range recent {
		options = append(options, ui.Option{Value: mention.DossierID.String(), Label: string(mention.CodeName)})
	}
	return options
}

func frame(dossier dossiers.Mention, title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: dossier, Part: dossiersview.Interviews, Title: title}
}

// draftURL is where somebody goes on writing.
func draftURL(draft interviews.Draft) string {
	if draft.DossierID.Zero() {
		return paths.NewInterview
	}
	return paths.NewInterviewOf(draft.DossierID)
}

func draftLabel(ctx context.Context, draft interviews.Draft) string {
	if draft.DossierID.Zero() {
		return i18n.T(ctx, "interviews.draft.nobody", "At", i18n.DateTime(ctx, draft.SavedAt))
	}
	return i18n.T(ctx, "interviews.draft.of", "CodeName", string(draft.CodeName), "At", i18n.DateTime(ctx, draft.SavedAt))
}
