// Package reflections keeps a person's recovery and reflection period (OASA 35): who asked for it, what the migration
// office decided, how it was extended, what the person and the authorities declared, and why it ended. Nothing here ends by
// itself: that is for a person to record.
package reflections

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
)

// ID identifies a reflection.
type ID = ids.ID[Reflection]

// Reflection is one period, or one pause, of a dossier.
type Reflection struct {
	ReflectionID ID
	DossierID    dossiers.ID
	Particulars
	// Version counts changes; ChangedByName is who made the last one.
	Version       int
	ChangedByName string
}

// Particulars are all that is known of a reflection.
type Particulars struct {
	Terms
	Extensions []Extension
	Ending     *Ending
}

// Kind tells a period that an authority grants from a pause that needs nobody's decision.
type Kind string

// The kinds. Whoever may be in the country anyway needs no decision to take the time.
const (
	Period Kind = "period"
	Pause  Kind = "pause"
)

// Kinds lists them in the order of forms.
var Kinds = []Kind{Period, Pause}

// Capacity is as what the person is given the time: OASA 35(1) protects witnesses as well.
type Capacity string

// Capacities lists them in the order of forms.
var Capacities = []Capacity{"victim", "witness"}

// Body is who asked for the period.
type Body string

// Bodies lists them in the order of forms.
var Bodies = []Body{"ngo", "police", "prosecution", "victim_assistance", "migration_office", "other"}

// Decision is what the migration office answered.
type Decision string

// The decisions; none is one that is awaited.
const (
	Granted Decision = "granted"
	Refused Decision = "refused"
)

// Decisions lists them in the order of forms.
var Decisions = []Decision{Granted, Refused}

// Open says that it runs, or that a decision is awaited.
func (r Reflection) Open() bool { return r.Ending == nil && r.Decision != Refused }

// Runs says that the time was given and has not ended.
func (r Reflection) Runs() bool { return r.Ending == nil && (r.Decision == Granted || r.Kind == Pause) }

// Until is the last day, as decided or as extended last; nil where no day was set.
func (p Particulars) Until() *time.Time {
	if n := len(p.Extensions); n > 0 {
		return &p.Extensions[n-1].Until
	}
	return p.EndsOn
}

// Current is the one among those of a dossier that is open: there is at most one.
func Current(of []Reflection) (Reflection, bool) {
	for _, r := range of {
		if r.Open() {
			return r, true
		}
	}
	return Reflection{}, false
}
