package connections

import (
	"slices"
	"time"

	"passerelle/internal/fault"
)

// DefaultDelay is how long an approved change waits where the tenant has not decided otherwise, in hours.
const DefaultDelay = 24

// Delays are those that a tenant can choose among, in hours.
var Delays = []int{0, 1, 12, 24, 48, 72, 168, 336}

// Settings are what a tenant has decided about changes of its connections.
type Settings struct {
	DelayHours int
	// NextHours is a shorter delay, which holds from NextFrom on.
	NextHours *int
	NextFrom  *time.Time
	Version   int
}

// Hours is the delay that holds at a time.
func (s Settings) Hours(now time.Time) int {
	if s.NextHours != nil && !now.Before(*s.NextFrom) {
		return *s.NextHours
	}
	return s.DelayHours
}

// Delay is the same as a span of time.
func (s Settings) Delay(now time.Time) time.Duration {
	return time.Duration(s.Hours(now)) * time.Hour
}

// Pending says whether a shorter delay has been chosen that does not hold yet.
func (s Settings) Pending(now time.Time) bool { return s.NextHours != nil && now.Before(*s.NextFrom) }

// Choose sets the delay. A longer one holds at once. A shorter one waits for as long as the present one is: otherwise whoever
// has got hold of two administrators' sessions would first do away with the delay.
func (s *Settings) Choose(hours int, now time.Time) error {
	if !slices.Contains(Delays, hours) {
		return fault.Invalid("delay", "connections.delay.wrong")
	}
	present := s.Hours(now)
	s.DelayHours, s.NextHours, s.NextFrom = present, nil, nil
	switch {
	case hours >= present:
		s.DelayHours = hours
	default:
		from := now.Add(time.Duration(present) * time.Hour)
		s.NextHours, s.NextFrom = &hours, &from
	}
	s.Version++
	return nil
}
