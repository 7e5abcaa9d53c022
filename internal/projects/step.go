package projects

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ID identifies a step.
type ID = ids.ID[Step]

// Step is one step of a project. Which of its fields it has, its kind says.
type Step struct {
	StepID    ID
	DossierID dossiers.ID
	Kind      Kind
	State     State
	// DueOn is until when it is planned, BegunOn the first day of a course or of work, EndedOn when it was done or dropped.
	DueOn   *time.Time `bun:",type:date"`
	BegunOn *time.Time `bun:",type:date"`
	EndedOn *time.Time `bun:",type:date"`
	// Level is a language's, and ExamOn when it is or was examined.
	Level  Level
	ExamOn *time.Time `bun:",type:date"`
	// Percent and Sector are of work: how much of full time, and in which branch.
	Percent *int
	Sector  Sector
	// AskedOn, DecidedOn and Decision are of a request for income support.
	AskedOn   *time.Time `bun:",type:date"`
	DecidedOn *time.Time `bun:",type:date"`
	Decision  Decision
	Version   int
	UpdatedAt time.Time
	Details   keys.Sealed[Details] `bun:"details"`
}

// Details are what a step says in words.
type Details struct {
	// What is to be done, Goal the one of the project's that it leads to, With whom, Result what came of it.
	What, Goal, With, Result string
}

// Kind is what a step is about.
type Kind string

// The kinds.
const (
	Training       Kind = "training"
	Language       Kind = "language"
	JobSearch      Kind = "job_search"
	Work           Kind = "work"
	Internship     Kind = "internship"
	IncomeSupport  Kind = "income_support"
	Registration   Kind = "job_registration"
	Schooling      Kind = "schooling"
	DrivingLicence Kind = "driving_licence"
	Other          Kind = "other"
)

// Kinds lists them in the order of forms.
var Kinds = []Kind{Language, Training, Registration, JobSearch, Internship, Work, IncomeSupport, Schooling, DrivingLicence, Other}

// Office is the kind of office that helps with such a step; empty where it could be any.
func (k Kind) Office() access.OfficeKind {
	switch k {
	case Training, Language:
		return access.Training
	case JobSearch, Work, Internship, Registration:
		return access.JobPlacement
	case IncomeSupport:
		return access.IncomeSupport
	case Schooling:
		return access.Social
	default:
		return ""
	}
}

// Lasts says whether such a step has a first day: a course, work. The others happen at once.
func (k Kind) Lasts() bool {
	return slices.Contains([]Kind{Training, Language, JobSearch, Work, Internship, Schooling, Other}, k)
}

// path are the kinds with whose first day integration has begun: work, training, or a course.
var path = []Kind{Training, Language, Work, Internship}

// State is where a step stands.
type State string

// The states.
const (
	Open    State = "open"
	Done    State = "done"
	Dropped State = "dropped"
)

// States lists them in the order of forms.
var States = []State{Open, Done, Dropped}

// Level is one of the Common European Framework.
type Level string

// Levels lists them, lowest first.
var Levels = []Level{"a1", "a2", "b1", "b2", "c1", "c2"}

// Sector is a branch of work, as broad as the sections of the federal nomenclature that matter here.
type Sector string

// Sectors lists them in the order of forms.
var Sectors = []Sector{
	"agriculture", "industry", "construction", "trade", "transport", "hospitality", "cleaning", "household", "care", "childcare",
	"beauty", "education", "office", "other",
}

// Decision is what an office decided on a request.
type Decision string

// The decisions.
const (
	Granted Decision = "granted"
	Partial Decision = "partial"
	Refused Decision = "refused"
)

// Decisions lists them in the order of forms.
var Decisions = []Decision{Granted, Partial, Refused}

// fitting leaves out what a step of its kind does not have.
func (s Step) fitting() Step {
	if s.State == Open {
		s.EndedOn = nil
	}
	if !s.Kind.Lasts() {
		s.BegunOn = nil
	}
	if s.Kind != Language {
		s.Level, s.ExamOn = "", nil
	}
	if s.Kind != Work && s.Kind != Internship {
		s.Percent, s.Sector = nil, ""
	}
	if s.Kind != IncomeSupport {
		s.AskedOn, s.DecidedOn, s.Decision = nil, nil, ""
	}
	return s
}

// Check refuses what contradicts itself. Nothing else is asked for: a step may be planned before anything is known of it.
func (s Step) Check(today time.Time) error {
	var problems fault.Problems
	if s.Kind == "" {
		problems.Add("kind", "projects.kind.missing")
	}
	if s.Kind == Other && s.Details.Get().What == "" {
		problems.Add("what", "projects.what.missing")
	}
	switch {
	case s.State == "":
		problems.Add("state", "projects.state.missing")
	case s.State != Open && s.EndedOn == nil:
		problems.Add("ended_on", "projects.ended_on.missing")
	case s.EndedOn != nil && s.EndedOn.After(today):
		problems.Add("ended_on", "projects.day.future")
	case s.EndedOn != nil && s.BegunOn != nil && s.EndedOn.Before(*s.BegunOn):
		problems.Add("ended_on", "projects.ended_on.before_begun")
	}
	if s.Kind == IncomeSupport {
		s.checkRequest(today, &problems)
	}
	return problems.Err()
}

// checkRequest: an answer has a day and comes after the question, and a request is done once it is answered.
func (s Step) checkRequest(today time.Time, problems *fault.Problems) {
	if s.AskedOn != nil && s.AskedOn.After(today) {
		problems.Add("asked_on", "projects.day.future")
	}
	switch {
	case s.Decision != "" && s.DecidedOn == nil:
		problems.Add("decided_on", "projects.decided_on.missing")
	case s.DecidedOn != nil && s.DecidedOn.After(today):
		problems.Add("decided_on", "projects.day.future")
	case s.DecidedOn != nil && s.AskedOn == nil:
		problems.Add("asked_on", "projects.asked_on.missing")
	case s.DecidedOn != nil && s.DecidedOn.Before(*s.AskedOn):
		problems.Add("decided_on", "projects.decided_on.before_asked")
	}
	if s.Decision == "" && (s.DecidedOn != nil || s.State == Done) {
		problems.Add("decision", "projects.decision.missing")
	}
}

// Late says that an open step is past the day for which it was planned.
func (s Step) Late(today time.Time) bool {
	return s.State == Open && s.DueOn != nil && s.DueOn.Before(today)
}

// facts say when the path of integration began or begins: with the first day of work, of training or of a course. A step
// that was dropped before it began has no such day.
func facts(steps []Step) []deadlines.Fact {
	var first *time.Time
	for _, step := range steps {
		if slices.Contains(path, step.Kind) && step.BegunOn != nil && (first == nil || step.BegunOn.Before(*first)) {
			first = step.BegunOn
		}
	}
	if first == nil {
		return nil
	}
	return []deadlines.Fact{{Trigger: deadlines.IntegrationBegun, On: *first}}
}

// same says whether two steps say the same, whatever their versions.
func (s Step) same(other Step) bool {
	return s.Kind == other.Kind && s.State == other.State && s.Level == other.Level && s.Sector == other.Sector &&
		s.Decision == other.Decision && s.Details.Get() == other.Details.Get() && equal(s.Percent, other.Percent) &&
		sameDay(s.DueOn, other.DueOn) && sameDay(s.BegunOn, other.BegunOn) && sameDay(s.EndedOn, other.EndedOn) &&
		sameDay(s.ExamOn, other.ExamOn) && sameDay(s.AskedOn, other.AskedOn) && sameDay(s.DecidedOn, other.DecidedOn)
}

func equal(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

func sameDay(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
