package appointments

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/ids"
)

// weekly are the days of a meeting that is repeated, the first one included. The hour stays the same on the clock, in summer
// and in winter.
func weekly(first time.Time, weeks int) []time.Time {
	days := make([]time.Time, max(weeks, 1))
	for i := range days {
		days[i] = first.AddDate(0, 0, 7*i)
	}
	return days
}

// repeated is the identifier of one meeting of a series: the first has that of the form, and the others follow from it, so
// that the form sent twice makes each of them once.
func repeated(first ID, i int) ID {
	if i == 0 {
		return first
	}
	return ids.From[Appointment](uuid.NewSHA1(first.UUID(), []byte(strconv.Itoa(i))))
}
