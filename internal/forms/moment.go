package forms

import (
	"strconv"
	"time"
)

// Moment writes a point in time into a hidden field, as exactly as the database keeps it; none is nothing.
func Moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return strconv.FormatInt(at.UnixMicro(), 10)
}

// ParseMoment reads what Moment wrote; nonsense is the zero time.
func ParseMoment(text string) time.Time {
	micro, err := strconv.ParseInt(text, 10, 64)
	if err != nil || micro <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro)
}
