package keys

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"passerelle/internal/tenantdb"
)

// Failures is how often something could not be sealed or opened, and why: the keys could not be had, or a value was not the one that
// was sealed. That the keys are gone is no failure.
type Failures struct{ Unavailable, Forged, Other int64 }

// failures counts those of a process. Nil counts nothing.
type failures struct{ unavailable, forged, other atomic.Int64 }

// note counts an error, and gives it back: where the database of the keys is not there, the keys cannot be had.
func (f *failures) note(err error) error {
	if tenantdb.Unreachable(err) && !errors.Is(err, ErrUnavailable) {
		err = unavailable(err)
	}
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

// patience is how long what keeps the keys may take to give some: less than a request may take, so that whoever asks is told why.
const patience = 3 * time.Second

// inTime bounds how long is waited for keys. What is given back ends that, and says of an error whether it was waiting: they cannot be
// had, then.
func inTime(ctx context.Context) (asking context.Context, asked func(error) error) {
	asking, cancel := context.WithTimeout(ctx, patience)
	return asking, func(err error) error {
		defer cancel()
		if err != nil && asking.Err() != nil && ctx.Err() == nil {
			return unavailable(err)
		}
		return err
	}
}
