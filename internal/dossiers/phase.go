package dossiers

import (
	"cmp"
	"slices"
	"time"

	"passerelle/internal/deadlines"
)

// Phase is where the accompaniment stands. It follows from facts, or a person has set it with a reason; but for a closing,
// it ends nothing and forbids nothing.
type Phase string

// The phases.
const (
	FirstContact   Phase = "first_contact"
	Identification Phase = "identification"
	Reflection     Phase = "reflection"
	Proceedings    Phase = "proceedings"
	Integration    Phase = "integration"
	Independent    Phase = "independent"
	Return         Phase = "return"
	Closed         Phase = "closed"
	Aftercare      Phase = "aftercare"
)

// Phases lists them in the order in which an accompaniment mostly goes through them.
var Phases = []Phase{FirstContact, Identification, Reflection, Proceedings, Integration, Independent, Return, Closed, Aftercare}

// SettablePhases are those that a person can set: a dossier is closed by closing it.
var SettablePhases = []Phase{FirstContact, Identification, Reflection, Proceedings, Integration, Independent, Return}

// stage is facts with which a phase begins, and what ends or undoes it.
type stage struct {
	phase  Phase
	begun  []deadlines.Trigger
	undone deadlines.Trigger
}

// stages are asked from the first on, and the first that holds is the phase. Whoever has closed knows best. Then come the
// ways out of the accompaniment. A reflection period that runs comes before proceedings and before work or a course, since
// nothing but a decision ends it (OASA 35); once it has ended, proceedings and a permit are what remains open, until
// another fact says otherwise.
var stages = []stage{
	{phase: Aftercare, begun: []deadlines.Trigger{deadlines.AftercareBegun}},
	{phase: Closed, begun: []deadlines.Trigger{deadlines.DossierClosed}},
	{phase: Return, begun: []deadlines.Trigger{deadlines.ReturnDeparted}},
	{phase: Return, begun: []deadlines.Trigger{deadlines.ReturnDecided}, undone: deadlines.ReturnAbandoned},
	{phase: Independent, begun: []deadlines.Trigger{deadlines.OwnFlatEntered}, undone: deadlines.OwnFlatLeft},
	{phase: Reflection, begun: []deadlines.Trigger{deadlines.ReflectionGranted}, undone: deadlines.ReflectionEnded},
	{phase: Integration, begun: []deadlines.Trigger{deadlines.IntegrationBegun}},
	{phase: Proceedings, begun: []deadlines.Trigger{
		deadlines.ComplaintFiled, deadlines.ProceedingsOpened, deadlines.PlaintiffDeclared, deadlines.CooperationDeclared, deadlines.ReflectionEnded,
		deadlines.ShortStayIssued, deadlines.HardshipRequested,
	}},
	{phase: Identification, begun: []deadlines.Trigger{deadlines.IdentificationBegun, deadlines.FindingMade}},
}

// Course is what the facts say of an accompaniment.
type Course struct {
	Phase Phase
	// Because is the fact that the phase follows from; nil at the beginning, when nothing is known.
	Because *deadlines.Fact
	// Begun is the fact with which each phase began first, those that are past included.
	Begun map[Phase]deadlines.Fact
}

// BegunBefore says whether a phase is known to have begun before a day: before that of its opening, a dossier was opened late,
// and nobody knows when the first contact was.
func (c Course) BegunBefore(day time.Time) bool {
	for _, fact := range c.Begun {
		if !fact.On.IsZero() && fact.On.Before(day) {
			return true
		}
	}
	return false
}

// PhaseOf is the phase that follows from facts on a day. What is known ahead does not count before its day.
func PhaseOf(facts []deadlines.Fact, today time.Time) Course {
	course := Course{Phase: FirstContact, Begun: map[Phase]deadlines.Fact{}}
	known := slices.DeleteFunc(slices.Clone(facts), func(f deadlines.Fact) bool { return f.On.After(today) })
	slices.SortStableFunc(known, func(a, b deadlines.Fact) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Trigger, b.Trigger), cmp.Compare(a.Of, b.Of))
	})
	for _, stage := range stages {
		for _, fact := range known {
			if !slices.Contains(stage.begun, fact.Trigger) {
				continue
			}
			if earlier, ok := course.Begun[stage.phase]; !ok || fact.On.Before(earlier.On) {
				course.Begun[stage.phase] = fact
			}
			if course.Because == nil && !stage.over(fact, known) {
				course.Phase, course.Because = stage.phase, &fact
			}
		}
	}
	return course
}

// over says that what began with a fact has ended: by one about the same thing, or about the person, on that day or later.
func (s stage) over(begun deadlines.Fact, known []deadlines.Fact) bool {
	return s.undone != "" && slices.ContainsFunc(known, func(f deadlines.Fact) bool {
		return f.Trigger == s.undone && (f.Of == begun.Of || f.Of == "") && !f.On.Before(begun.On)
	})
}
