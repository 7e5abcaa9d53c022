package stays

import (
	"time"

	"passerelle/internal/deadlines"
)

// Collision is where the year that is renewed as long as proceedings run (OASA 36(2)) meets the longest that a short-stay
// permit lasts in all (LEI 32(3)): a title, or a renewal that was asked for, goes beyond.
type Collision struct {
	// On is how far the title or the asked renewal goes; Ceiling is the last day that the law allows.
	On, Ceiling time.Time
	// Asked says that it is a renewal which was asked for.
	Asked bool
}

// Collisions are those of the titles that stand, by the date that the engine gives.
func Collisions(all []Stay, dates deadlines.List) (found []Collision) {
	ceiling, ok := dates.Find(deadlines.ShortStayTotal, "")
	if !ok || !ceiling.Open() {
		return nil
	}
	for _, s := range all {
		if s.Kind != ShortStay || !s.Current() {
			continue
		}
		if s.ValidUntil != nil && !ceiling.Allows(*s.ValidUntil) {
			found = append(found, Collision{*s.ValidUntil, ceiling.On, false})
		}
		if s.RenewalUntil != nil && !ceiling.Allows(*s.RenewalUntil) {
			found = append(found, Collision{*s.RenewalUntil, ceiling.On, true})
		}
	}
	return found
}

// renewable says that a permit for the time of proceedings stands, and that proceedings run: facts tells of those of the
// whole dossier.
func renewable(all []Stay, facts []deadlines.Fact) bool {
	stands := false
	for _, s := range all {
		stands = stands || s.Kind == ShortStay && s.Current()
	}
	running := map[string]bool{}
	for _, fact := range facts {
		switch fact.Trigger {
		case deadlines.ProceedingsOpened:
			if _, closed := running[fact.Of]; !closed {
				running[fact.Of] = true
			}
		case deadlines.ProceedingsClosed:
			running[fact.Of] = false
		}
	}
	for _, runs := range running {
		if stands && runs {
			return true
		}
	}
	return false
}
