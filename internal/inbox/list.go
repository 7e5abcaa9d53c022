package inbox

import (
	"slices"
	"time"

	"passerelle/internal/referrals"
)

// Tab is one of the three piles of an inbox.
type Tab string

// The tabs: what nobody has taken yet, what somebody is at, and what is settled.
const (
	TabNew        Tab = "new"
	TabInProgress Tab = "in_progress"
	TabAnswered   Tab = "answered"
)

// Tabs lists them in the order of the page.
var Tabs = []Tab{TabNew, TabInProgress, TabAnswered}

const (
	pageSize = 50
	// MaxCount is how far a tab is counted: as far as its first page goes, which is then counted by itself. Behind the
	// fence of an office counting costs as much as reading.
	MaxCount = pageSize
)

// Ask is what a page of an inbox asks for: a tab, and from where on. At most one of After and Before is set.
type Ask struct {
	Tab           Tab
	After, Before Cursor
}

// first says that a tab is asked for from its beginning.
func (a Ask) first() bool { return a.After.Zero() && a.Before.Zero() }

// List is a page of an inbox. Previous and Next are zero at the ends.
type List struct {
	Tab   Tab
	Lines []Line
	// Count is how many lie in the tab, Waiting how many nobody has taken; both counted to MaxCount + 1 at most.
	Count, Waiting int
	Previous, Next Cursor
	// Today is the day in Zurich, against which lines are due.
	Today time.Time
}

// turn makes a page of what was found: one line more than a page was asked for, to know whether it goes on; and from
// a place backwards, the lines came nearest first.
func turn(ask Ask, found []Line) (lines []Line, previous, next Cursor) {
	more := len(found) > pageSize
	lines = found[:min(len(found), pageSize)]
	backwards := !ask.Before.Zero()
	if backwards {
		slices.Reverse(lines)
	}
	if len(lines) == 0 {
		return lines, Cursor{}, Cursor{}
	}
	if backwards && more || !backwards && !ask.After.Zero() {
		previous = place(ask.Tab, lines[0])
	}
	if !backwards && more || backwards {
		next = place(ask.Tab, lines[len(lines)-1])
	}
	return lines, previous, next
}

// rank is the order of urgencies, as the database keeps it.
func rank(line Line) int {
	switch line.Urgency {
	case referrals.Urgent:
		return 0
	case referrals.Soon:
		return 1
	default:
		return 2
	}
}
