package alerts

import (
	"strconv"
	"strings"
	"time"
)

// Cursor is a place in the list of alerts, just after one of them.
type Cursor struct {
	settled bool
	at      time.Time
	id      ID
}

func cursorOf(a Alert) Cursor { return Cursor{!a.Open(), a.At, a.AlertID} }

// None says that the list is read from its beginning.
func (c Cursor) None() bool { return c == Cursor{} }

// String is the cursor as the address of a page holds it.
func (c Cursor) String() string {
	if c.None() {
		return ""
	}
	return strconv.FormatBool(c.settled) + "." + strconv.FormatInt(c.at.UnixMicro(), 10) + "." + c.id.String()
}

// latest bounds what Postgres reads as a time.
const latest = 7_258_118_400_000_000

// ParseCursor reads what String wrote; anything else is no cursor.
func ParseCursor(text string) Cursor {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Cursor{}
	}
	settled, err := strconv.ParseBool(parts[0])
	micros, atErr := strconv.ParseInt(parts[1], 10, 64)
	id, idErr := parseID(parts[2])
	if err != nil || atErr != nil || idErr != nil || micros < 0 || micros > latest {
		return Cursor{}
	}
	return Cursor{settled, time.UnixMicro(micros).UTC(), id}
}
