// Package projectsview is the pages of a person's way to an independent life: the life project and its steps.
package projectsview

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/projects"
	"passerelle/views/ui"
)

// Form is the life project, or one of its steps, being written.
type Form struct {
	Sheet projects.Sheet
	// ID and Version are a step's; the version of a new one, and of the first project, is 0.
	ID      string
	Version int
	Typed   url.Values
	// Problems are what has to be corrected; Theirs says that the sheet is what somebody else wrote meanwhile.
	Problems fault.Problems
	Theirs   bool
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

// kind is the one that was chosen; empty where there is none, or none of ours.
func (f Form) kind() projects.Kind {
	if kind := projects.Kind(f.Typed.Get("kind")); slices.Contains(projects.Kinds, kind) {
		return kind
	}
	return ""
}

// theirs is the step as somebody else wrote it.
func (f Form) theirs() projects.Step {
	for _, step := range f.Sheet.Steps {
		if step.StepID.String() == f.ID {
			return step
		}
	}
	return projects.Step{}
}

// TypedProject is the form of a project.
func TypedProject(text projects.Text) url.Values {
	return url.Values{"words": {text.Words}, "goals": {strings.Join(text.Goals, "\n")}}
}

// ParseProject reads the project that was typed: goals are lines.
func ParseProject(typed url.Values) (projects.Text, fault.Problems) {
	var problems fault.Problems
	text := projects.Text{Words: forms.Words(typed, "words", longText, &problems)}
	for line := range strings.Lines(forms.Words(typed, "goals", longText, &problems)) {
		if goal := strings.TrimSpace(line); goal != "" {
			if len([]rune(goal)) > forms.Short {
				problems.Add("goals", "projects.goals.too_long", "Count", forms.Short)
				break
			}
			text.Goals = append(text.Goals, goal)
		}
	}
	return text, problems
}

// The most characters that a text takes.
const longText = 4000

// TypedStep is the form of a step.
func TypedStep(step projects.Step) url.Values {
	details := step.Details.Get()
	typed := url.Values{
		"kind": {string(step.Kind)}, "state": {string(step.State)}, "level": {string(step.Level)}, "sector": {string(step.Sector)},
		"decision": {string(step.Decision)}, "what": {details.What}, "goal": {details.Goal}, "with": {details.With}, "result": {details.Result},
		"due_on": {written(step.DueOn)}, "begun_on": {written(step.BegunOn)}, "ended_on": {written(step.EndedOn)}, "exam_on": {written(step.ExamOn)},
		"asked_on": {written(step.AskedOn)}, "decided_on": {written(step.DecidedOn)},
	}
	if step.Percent != nil {
		typed.Set("percent", strconv.Itoa(*step.Percent))
	}
	return typed
}

// ParseStep reads the step that was typed.
func ParseStep(typed url.Values) (projects.Step, projects.Details, fault.Problems) {
	var problems fault.Problems
	step := projects.Step{
		Kind: forms.Choice(typed, "kind", projects.Kinds, &problems), State: forms.Choice(typed, "state", projects.States, &problems),
		DueOn: forms.Date(typed, "due_on", &problems), BegunOn: forms.Date(typed, "begun_on", &problems), EndedOn: forms.Date(typed, "ended_on", &problems),
		Level: forms.Choice(typed, "level", projects.Levels, &problems), ExamOn: forms.Date(typed, "exam_on", &problems),
		Percent: forms.Int(typed, "percent", 1, 100, &problems), Sector: forms.Choice(typed, "sector", projects.Sectors, &problems),
		AskedOn: forms.Date(typed, "asked_on", &problems), DecidedOn: forms.Date(typed, "decided_on", &problems),
		Decision: forms.Choice(typed, "decision", projects.Decisions, &problems),
	}
	details := projects.Details{
		What: forms.Text(typed, "what", forms.Short, &problems), Goal: forms.Text(typed, "goal", forms.Short, &problems),
		With: forms.Text(typed, "with", forms.Short, &problems), Result: forms.Words(typed, "result", longText, &problems),
	}
	return step, details, problems
}

func written(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

// options are the answers of a list of codes; with none, the first is the answer not given.
func options[T ~string](prefix string, codes []T, none string) (all []ui.Option) {
	if none != "" {
		all = append(all, ui.Option{Label: none})
	}
	for _, code := range codes {
		all = append(all, ui.Option{Value: string(code), Label: prefix + string(code)})
	}
	return all
}

// goalOptions are the goals of the project, and the one that a step was written for before the project changed.
func (f Form) goalOptions() []ui.Option {
	all := []ui.Option{{Label: "projects.goal.none"}}
	known := f.Typed.Get("goal") == ""
	for _, goal := range f.Sheet.Project.Project.Get().Goals {
		all = append(all, ui.Option{Value: goal, Label: goal})
		known = known || goal == f.Typed.Get("goal")
	}
	if !known {
		all = append(all, ui.Option{Value: f.Typed.Get("goal"), Label: f.Typed.Get("goal")})
	}
	return all
}

// course is what is known of a step in days and numbers, a line each.
func course(ctx context.Context, step projects.Step) (lines []string) {
	say := func(key, text string) {
		if text != "" {
			lines = append(lines, i18n.T(ctx, "projects.line", "Label", i18n.T(ctx, key), "Text", text))
		}
	}
	if step.State == projects.Open {
		say("projects.due_on.label", written(step.DueOn))
	}
	say("projects.asked_on.label", written(step.AskedOn))
	if step.Decision != "" {
		say("projects.decision."+string(step.Decision), written(step.DecidedOn))
	}
	say("projects.begun_on.label", written(step.BegunOn))
	if step.Level != "" {
		say("projects.level.label", strings.ToUpper(string(step.Level)))
	}
	say("projects.exam_on.label", written(step.ExamOn))
	if step.Percent != nil {
		say("projects.percent.label", strconv.Itoa(*step.Percent))
	}
	if step.Sector != "" {
		say("projects.sector.label", i18n.T(ctx, "projects.sector."+string(step.Sector)))
	}
	say("projects.ended_on.label", written(step.EndedOn))
	return lines
}

var tones = map[projects.State]ui.Tone{projects.Open: ui.Active, projects.Done: ui.Good, projects.Dropped: ui.Neutral}

func levelOptions() []ui.Option {
	all := []ui.Option{{Label: "ui.none_chosen"}}
	for _, level := range projects.Levels {
		all = append(all, ui.Option{Value: string(level), Label: strings.ToUpper(string(level))})
	}
	return all
}

// limits are what a household may own, as their rows say it.
func limits(ctx context.Context, w deadlines.Wealth) [][2]string {
	return [][2]string{
		{i18n.T(ctx, "projects.wealth.single"), francs(w.Single)}, {i18n.T(ctx, "projects.wealth.couple"), francs(w.Couple)},
		{i18n.T(ctx, "projects.wealth.child"), francs(w.Child)}, {i18n.T(ctx, "projects.wealth.most"), francs(w.Most)},
		{i18n.T(ctx, "projects.wealth.from_age", "Age", w.FromAge), francs(w.FromAgeLimit)},
	}
}

// francs writes a sum as people here do: CHF 4’000.
func francs(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "’" + text[i:]
	}
	return "CHF " + text
}

// refer is what leads from a step to a referral of its kind.
func refer(ctx context.Context, step projects.Step) string {
	if kind := step.Kind.Office(); kind != "" {
		return i18n.T(ctx, "projects.steps.refer_to", "Kind", i18n.T(ctx, "access.office_kind."+string(kind)))
	}
	return "projects.steps.refer"
}
