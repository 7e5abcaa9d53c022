package dossiers

import (
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/keys"
)

// Waiver is that somebody has decided to do without a date, or that its question has fallen away, and why.
type Waiver struct {
	DossierID ID
	Rule      deadlines.RuleID
	About     string
	// Words are the reason, sealed under the keyset of the dossier.
	Words    keys.Sealed[string] `bun:"words"`
	WaivedAt time.Time
	// By is the name of the member who waived it.
	By string `bun:",scanonly"`
}

// Place says where the sealed reason stands.
func (w *Waiver) Place() keys.Place {
	return keys.Place{Table: "waivers", Row: w.DossierID.String() + " " + string(w.Rule) + " " + w.About}
}

// mayBeWaived refuses to do without a date that does not press or is not open: a date to know cannot be done without, and
// a settled one needs nothing. What the person has asked for is not ours to do without.
func mayBeWaived(list deadlines.List, rule deadlines.RuleID, about string) error {
	d, ok := list.Find(rule, about)
	switch {
	case !ok:
		return fault.Refused("dossiers.waiver.no_such_date")
	case !d.Presses(), !d.Open():
		return fault.Refused("dossiers.waiver.not_open")
	case d.Outlives():
		return fault.Refused("dossiers.waiver.owed")
	default:
		return nil
	}
}

// waivers is the source of what waivers tell the agenda.
const waivers agenda.Source = "waivers"

// settled are the facts of waivers.
func settled(all []Waiver) (told []deadlines.Fact) {
	for _, w := range all {
		told = append(told, deadlines.Fact{Trigger: deadlines.Waived, On: forms.Today(w.WaivedAt), Of: w.About, Rule: w.Rule})
	}
	return told
}
