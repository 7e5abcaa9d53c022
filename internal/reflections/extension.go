package reflections

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// Extension is a later end that the migration office decided. The law names no longest time (OASA 35(1)).
type Extension struct {
	ExtensionID      ids.ID[Extension]
	DecidedOn, Until time.Time
}

// most is how often one period is extended at most: more is a form gone wild.
const most = 50

// Extend adds a later end; the same extension again changes nothing.
func (r *Reflection) Extend(e Extension, today time.Time) error {
	for _, known := range r.Extensions {
		if known.ExtensionID == e.ExtensionID {
			return nil
		}
	}
	if !r.Runs() || r.Until() == nil {
		return fault.Refused("reflections.extension.not_running")
	}
	var problems fault.Problems
	switch {
	case e.DecidedOn.IsZero():
		problems.Add("decided_on", "reflections.decided_on.missing")
	case e.DecidedOn.After(today):
		problems.Add("decided_on", "reflections.date.future")
	}
	switch {
	case e.Until.IsZero():
		problems.Add("until", "reflections.until.missing")
	case !e.Until.After(*r.Until()):
		problems.Add("until", "reflections.until.not_later")
	}
	if len(r.Extensions) >= most {
		problems.Add("until", "reflections.until.too_many")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	r.Extensions = append(r.Extensions, e)
	return nil
}

// Retract takes the last extension away, which was recorded by mistake. Taking away twice is taking away once.
func (r *Reflection) Retract(id ids.ID[Extension]) {
	if n := len(r.Extensions); r.Runs() && n > 0 && r.Extensions[n-1].ExtensionID == id {
		r.Extensions = r.Extensions[:n-1]
	}
}
