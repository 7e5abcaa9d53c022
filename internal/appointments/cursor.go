package appointments

import (
	"strconv"
	"strings"
	"time"

	"passerelle/internal/ids"
)

// Cursor is a place in the list of past appointments, just after one of them.
type Cursor struct {
	at time.Time
	id ID
}

// None says that the list is read from its beginning.
func (c Cursor) None() bool { return c.at.IsZero() }

// String is the cursor as the address of a page holds it.
func (c Cursor) String() string {
	if c.None() {
		return ""
	}
	return strconv.FormatInt(c.at.UnixMicro(), 10) + "." + c.id.String()
}

// ParseCursor reads what String wrote; anything else is no cursor.
func ParseCursor(text string) Cursor {
	micros, id, _ := strings.Cut(text, ".")
	at, err := strconv.ParseInt(micros, 10, 64)
	parsed, idErr := ids.Parse[Appointment](id)
	if err != nil || idErr != nil || at <= 0 || at > 7_258_118_400_000_000 {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(at).UTC(), parsed}
}
