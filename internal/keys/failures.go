package keys

import (
	"errors"
	"sync/atomic"
)

// Failures is how often something could not be sealed or opened, and why: the keys could not be had, or a value was not the one that
// was sealed. That the keys are gone is no failure.
type Failures struct{ Unavailable, Forged, Other int64 }

// failures counts those of a process. Nil counts nothing.
type failures struct{ unavailable, forged, other atomic.Int64 }

// note counts an error, and gives it back.
func (f *failures) note(err error) error {
	switch {
	case err == nil || f == nil || errors.Is(err, ErrDestroyed):
	case errors.Is(err, ErrUnavailable):
		f.unavailable.Add(1)
	case errors.Is(err, ErrForged):
		f.forged.Add(1)
	default:
		f.other.Add(1)
	}
	return err
}

// Failures are those of this process, since it began.
func (r *Ring) Failures() Failures {
	return Failures{Unavailable: r.failed.unavailable.Load(), Forged: r.failed.forged.Load(), Other: r.failed.other.Load()}
}
