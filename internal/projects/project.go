// Package projects keeps a person's way to an independent life: the life project in her or his own words, and the steps of
// it, from the first language course to work. What the person wants stands above what services offer.
package projects

import (
	"slices"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
)

// Project is one version of what the person wants; the highest is the current one.
type Project struct {
	DossierID dossiers.ID
	Version   int
	Project   keys.Sealed[Text] `bun:"project"`
	WrittenAt time.Time
}

// Text is the project in the person's own words, and the goals in it, which steps lead to.
type Text struct {
	Words string
	Goals []string
}

// MostGoals is how many goals a project has at most: a list that nobody can keep in mind is no project.
const MostGoals = 8

// Check refuses a project without words, and more goals than one can keep in mind.
func (t Text) Check() error {
	var problems fault.Problems
	if t.Words == "" {
		problems.Add("words", "projects.words.missing")
	}
	if len(t.Goals) > MostGoals {
		problems.Add("goals", "projects.goals.too_many", "Count", MostGoals)
	}
	return problems.Err()
}

func (t Text) same(other Text) bool {
	return t.Words == other.Words && slices.Equal(t.Goals, other.Goals)
}

// Sheet is what the page of integration shows.
type Sheet struct {
	Dossier dossiers.Mention
	// Project is the current version; its Version is 0 where nobody has written one. Earlier are those before, newest first.
	Project Project
	Earlier []Project
	Steps   []Step
	// Wealth is what a household may own and still be given income support; not every canton's is known.
	Wealth *deadlines.Wealth
	Now    time.Time
}

// Step is one of the sheet's.
func (s Sheet) Step(id ID) (Step, bool) {
	i := slices.IndexFunc(s.Steps, func(step Step) bool { return step.StepID == id })
	if i < 0 {
		return Step{}, false
	}
	return s.Steps[i], true
}

// Toward are the steps that lead to a goal, or with "" those that lead to none of the project's.
func (s Sheet) Toward(goal string) (steps []Step) {
	goals := s.Project.Project.Get().Goals
	for _, step := range s.Steps {
		toward := step.Details.Get().Goal
		if toward == goal || goal == "" && !slices.Contains(goals, toward) {
			steps = append(steps, step)
		}
	}
	return steps
}

// Tally is how many steps there are of each state.
type Tally struct{ Open, Done, Dropped int }

// Total counts the steps that were not dropped.
func (t Tally) Total() int { return t.Open + t.Done }

// TallyOf counts steps.
func TallyOf(steps []Step) (t Tally) {
	for _, step := range steps {
		switch step.State {
		case Done:
			t.Done++
		case Dropped:
			t.Dropped++
		default:
			t.Open++
		}
	}
	return t
}
