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
	// MaxCount is how far a tab counts: beyond, "more than 500" is said, since nobody reads an exact number there.
	MaxCount = 500
)

// Ask is what a page of an inbox asks for: a tab, and from where on. At most one of After and Before is set.
type Ask struct {
	Tab           Tab
	After, Before Cursor
}

// Counts is how many referrals lie in each tab, counted to MaxCount + 1 at most.
type Counts struct{ New, InProgress, Answered int }

// Of is the count of one tab.
func (c Counts) Of(tab Tab) int {
	return map[Tab]int{TabNew: c.New, TabInProgress: c.InProgress, TabAnswered: c.Answered}[tab]
}

// List is a page of an inbox. Previous and Next are zero at the ends.
type List struct {
	Tab            Tab
	Lines          []Line
	Counts         Counts
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
