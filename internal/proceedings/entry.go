package proceedings

import (
	"cmp"
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// EntryID identifies what is written into proceedings: a step, a hearing, a decision, a penalty.
type EntryID = ids.ID[Entry]

// Entry is one of these. Writing one that is there already corrects it.
type Entry interface {
	// check refuses what cannot be.
	check(today time.Time) error
	// write puts it in its place, and says whether it is one that was there.
	write(p *Particulars) (known bool, err error)
}

// most is how many entries of one sort proceedings hold.
const most = 200

// put replaces the entry that is the same, or adds it.
func put[E any](list []E, entry E, same func(E) bool) ([]E, bool, error) {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list = slices.Clone(list)
		list[i] = entry
		return list, true, nil
	}
	if len(list) >= most {
		return nil, false, fault.Refused("proceedings.entry.too_many", "Max", most)
	}
	return append(slices.Clone(list), entry), false, nil
}

// without is a list but for one of its entries.
func without[E any](list []E, same func(E) bool) []E {
	return slices.DeleteFunc(slices.Clone(list), same)
}

// Step is that proceedings reached a stage on a day.
type Step struct {
	EntryID EntryID
	Stage   Stage
	On      time.Time
}

func (s Step) check(today time.Time) error {
	var problems fault.Problems
	if s.Stage == "" {
		problems.Add("stage", "proceedings.stage.missing")
	}
	switch {
	case s.On.IsZero():
		problems.Add("on", "proceedings.on.missing")
	case s.On.After(today):
		problems.Add("on", "proceedings.date.future")
	}
	return problems.Err()
}

func (s Step) write(p *Particulars) (known bool, err error) {
	p.Steps, known, err = put(p.Steps, s, func(other Step) bool { return other.EntryID == s.EntryID })
	slices.SortStableFunc(p.Steps, func(a, b Step) int { return a.On.Compare(b.On) })
	return known, err
}

// HearingKind is who is heard, or what the hearing is.
type HearingKind string

// HearingKinds lists them in the order of forms.
var HearingKinds = []HearingKind{"victim", "witness", "accused", "confrontation", "trial", "other"}

// Measure protects a person at a hearing (CPP 149 to 154).
type Measure string

// Measures lists them in the order of the law.
var Measures = []Measure{"identity_withheld", "no_confrontation", "same_sex", "same_sex_interpreter", "closed_doors", "minor_specialist", "minor_recorded"}

// Hearing is one that was held, or is to come.
type Hearing struct {
	EntryID EntryID
	Kind    HearingKind
	On      time.Time
	// At is the hour, as a form writes it: 14:30.
	At, Place     string
	PersonOfTrust dossiers.Answer
	Measures      []Measure
	Note          string
}

func (h Hearing) check(time.Time) error {
	var problems fault.Problems
	if h.Kind == "" {
		problems.Add("kind", "proceedings.hearing.kind.missing")
	}
	if h.On.IsZero() {
		problems.Add("on", "proceedings.on.missing")
	}
	return problems.Err()
}

func (h Hearing) write(p *Particulars) (known bool, err error) {
	p.Hearings, known, err = put(p.Hearings, h, func(other Hearing) bool { return other.EntryID == h.EntryID })
	slices.SortStableFunc(p.Hearings, func(a, b Hearing) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.At, b.At)) })
	return known, err
}

// PenaltyKind is what the person was punished with.
type PenaltyKind string

// PenalOrder is the penalty against which an opposition has its time.
const PenalOrder PenaltyKind = "penal_order"

// PenaltyKinds lists them in the order of forms.
var PenaltyKinds = []PenaltyKind{"fine", PenalOrder, "detention", "removal", "other"}

// Outcome is what came of contesting a penalty.
type Outcome string

// Outcomes lists them in the order of forms; none is one that is awaited.
var Outcomes = []Outcome{"lifted", "reduced", "upheld"}

// Penalty is one against the person accompanied, for what she was made to do: the Convention lets states leave victims
// unpunished for that (art. 26), and each is a reason to act.
type Penalty struct {
	EntryID EntryID
	Kind    PenaltyKind
	// On is when it was notified, ContestedOn when a step against it was taken.
	On          time.Time
	ContestedOn *time.Time
	Outcome     Outcome
	Note        string
}

func (p Penalty) check(today time.Time) error {
	var problems fault.Problems
	if p.Kind == "" {
		problems.Add("kind", "proceedings.penalty.kind.missing")
	}
	switch {
	case p.On.IsZero():
		problems.Add("on", "proceedings.on.missing")
	case p.On.After(today):
		problems.Add("on", "proceedings.date.future")
	case p.ContestedOn != nil && p.ContestedOn.Before(p.On):
		problems.Add("contested_on", "proceedings.remedy.before_decision")
	case p.ContestedOn != nil && p.ContestedOn.After(today):
		problems.Add("contested_on", "proceedings.date.future")
	}
	return problems.Err()
}

func (p Penalty) write(of *Particulars) (known bool, err error) {
	of.Penalties, known, err = put(of.Penalties, p, func(other Penalty) bool { return other.EntryID == p.EntryID })
	slices.SortStableFunc(of.Penalties, func(a, b Penalty) int { return a.On.Compare(b.On) })
	return known, err
}

// remove takes an entry away, whatever it is.
func (p *Particulars) remove(id EntryID) {
	p.Steps = without(p.Steps, func(e Step) bool { return e.EntryID == id })
	p.Hearings = without(p.Hearings, func(e Hearing) bool { return e.EntryID == id })
	p.Rulings = without(p.Rulings, func(e Ruling) bool { return e.EntryID == id })
	p.Penalties = without(p.Penalties, func(e Penalty) bool { return e.EntryID == id })
}
