package dossiers

import (
	"context"
	"slices"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Turn is that the phase turns on a day ahead, by what is known already: a departure that is booked, a permit that begins.
type Turn struct {
	On   time.Time
	Into Phase
}

// TurnsOf are the days after today on which the phase turns, soonest first.
func TurnsOf(facts []deadlines.Fact, today time.Time) (turns []Turn) {
	var days []time.Time
	for _, fact := range facts {
		if fact.On.After(today) {
			days = append(days, fact.On)
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	phase := PhaseOf(facts, today).Phase
	for _, day := range slices.CompactFunc(days, time.Time.Equal) {
		if into := PhaseOf(facts, day).Phase; into != phase {
			turns, phase = append(turns, Turn{day, into}), into
		}
	}
	return turns
}

// turning is a dossier of which the phase turns, as the clock sees it.
type turning struct {
	DossierID ID
	Phase     Phase
	PhaseSet  bool
	TurnsOn   []time.Time `bun:",array"`
	TurnsInto []Phase     `bun:",array"`
}

// by is the phase that it has turned into by a day.
func (t turning) by(day time.Time) Phase {
	phase := t.Phase
	for i, on := range t.TurnsOn {
		if !on.After(day) {
			phase = t.TurnsInto[i]
		}
	}
	return phase
}

// turnedAtOnce is how many dossiers one transaction turns.
const turnedAtOnce = 200

// TurnDue turns the phases of the tenant's dossiers whose day has come, in the scope of the clock, and leaves an event in each.
// A phase that a person has set stays. It turns some, and says whether there are more; doing it twice turns them once.
func TurnDue(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, day time.Time) (more bool, err error) {
	due, err := listTurning(ctx, tx, day, turnedAtOnce)
	if err != nil {
		return false, err
	}
	for _, dossier := range due {
		into := dossier.by(day)
		if dossier.PhaseSet {
			into = dossier.Phase
		}
		if err := updateTurned(ctx, tx, dossier.DossierID, into, day); err != nil {
			return false, err
		}
		if into == dossier.Phase {
			continue
		}
		if err := timeline.Happened(ctx, tx, tenant, timeline.Event{Kind: timeline.PhaseTurned, Dossier: TimelineID(dossier.DossierID), Detail: string(into)}); err != nil {
			return false, err
		}
	}
	return len(due) == turnedAtOnce, nil
}
