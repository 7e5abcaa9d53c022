package inbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/timeline"
)

// Cursor is a place between two lines of a list: after, or before, the line whose place it names. In a URL it is
// made of an order, days and an identifier, and says nothing of a person.
type Cursor struct {
	rank int
	due  string
	at   time.Time
	id   ID
}

const noDay = "infinity"

// place is where a line stands in its tab.
func place(tab Tab, line Line) Cursor {
	c := Cursor{rank: rank(line), due: noDay, at: line.SentAt, id: line.ReferralID}
	if line.AnswerBy != nil {
		c.due = line.AnswerBy.Format(time.DateOnly)
	}
	if settled := line.SettledAt(); tab == TabAnswered && settled != nil {
		c.at = *settled
	}
	return c
}

// Zero says that a list begins at its beginning.
func (c Cursor) Zero() bool { return c.id.Zero() }

// String is the form for URLs.
func (c Cursor) String() string {
	if c.Zero() {
		return ""
	}
	return fmt.Sprintf("%d.%s.%d.%s", c.rank, c.due, c.at.UnixMicro(), c.id)
}

// ParseCursor reads what String wrote; nonsense, as an old or broken link has it, is the beginning of the list.
func ParseCursor(text string) Cursor {
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return Cursor{}
	}
	place, err := strconv.Atoi(parts[0])
	if err != nil || place < 0 || place > 2 {
		return Cursor{}
	}
	if _, err := time.Parse(time.DateOnly, parts[1]); err != nil && parts[1] != noDay {
		return Cursor{}
	}
	micros, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || micros < 0 || micros > time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() {
		return Cursor{}
	}
	id, err := ids.Parse[timeline.Referral](parts[3])
	if err != nil {
		return Cursor{}
	}
	return Cursor{rank: place, due: parts[1], at: time.UnixMicro(micros).UTC(), id: id}
}
