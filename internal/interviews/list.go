package interviews

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

const (
	// PageSize is how many interviews of all dossiers a list shows at once.
	PageSize = 50
	// PartSize is how many of one dossier, with what was said.
	PartSize = 20
)

// Filter narrows a list. It holds nothing of a person who is accompanied, since it stands in the address of the page.
type Filter struct {
	// Month is its first day; zero is all of them.
	Month  time.Time
	Kind   Kind
	Member tenantdb.PersonID
	// Before is where the page begins: what is older than this.
	Before Cursor
}

// Narrows says whether the filter leaves interviews out.
func (f Filter) Narrows() bool { return !f.Month.IsZero() || f.Kind != "" || !f.Member.Zero() }

// monthLayout is how a month stands in an address.
const monthLayout = "2006-01"

// ParseMonth reads what MonthText wrote; anything else is no month.
func ParseMonth(text string) time.Time {
	month, err := time.Parse(monthLayout, text)
	if err != nil || month.Year() < 1990 || month.Year() > 2199 {
		return time.Time{}
	}
	return month
}

// MonthText is a month as an address holds it.
func MonthText(month time.Time) string {
	if month.IsZero() {
		return ""
	}
	return month.Format(monthLayout)
}

// between gives the moments at which the month begins and ends in Zurich.
func (f Filter) between() (from, until time.Time) {
	from = time.Date(f.Month.Year(), f.Month.Month(), 1, 0, 0, 0, 0, i18n.Zone)
	return from, from.AddDate(0, 1, 0)
}

// Cursor is a place in a list, just after one of its interviews.
type Cursor struct {
	at time.Time
	id ID
}

// None says that the list is read from its newest interview.
func (c Cursor) None() bool { return c == Cursor{} }

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
	parsed, idErr := ids.Parse[Interview](id)
	if err != nil || idErr != nil || at < 0 || at > 7_258_118_400_000_000 {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(at).UTC(), parsed}
}

// Count is how many interviews there were, and how long they took together.
type Count struct{ Interviews, Minutes int }

func (c Count) plus(other Count) Count {
	return Count{c.Interviews + other.Interviews, c.Minutes + other.Minutes}
}

// Counted is how many of one kind there were in one month.
type Counted struct {
	Month time.Time
	Kind  Kind
	Count
}

// Tally is counts by month and kind, the newest month first.
type Tally []Counted

// Months are those in which there was anything, the newest first.
func (t Tally) Months() (months []time.Time) {
	for _, counted := range t {
		if !slices.ContainsFunc(months, counted.Month.Equal) {
			months = append(months, counted.Month)
		}
	}
	return months
}

// Of is how many there were in a month of a kind; zero stands for all months, and for all kinds.
func (t Tally) Of(month time.Time, kind Kind) (sum Count) {
	for _, counted := range t {
		if (month.IsZero() || counted.Month.Equal(month)) && (kind == "" || counted.Kind == kind) {
			sum = sum.plus(counted.Count)
		}
	}
	return sum
}

// Page is a part of the list of all dossiers' interviews.
type Page struct {
	Filter Filter
	Rows   []Line
	// Tally counts those of the member who is asked for, or of everybody.
	Tally Tally
	Staff []members.Member
	// Next is where the older ones begin.
	Next Cursor
}

// Name is what a member of the staff is called.
func (p Page) Name(id tenantdb.PersonID) string { return members.Name(p.Staff, id) }

// Part is a part of the interviews of one dossier, with what was said.
type Part struct {
	Dossier    dossiers.Mention
	Filter     Filter
	Interviews []Interview
	// Tally counts all of the dossier by kind, of no month in particular.
	Tally Tally
	Staff []members.Member
	Next  Cursor
}

// Name is what a member of the staff is called.
func (p Part) Name(id tenantdb.PersonID) string { return members.Name(p.Staff, id) }

func (l Line) cursor() Cursor { return Cursor{l.HeldAt, l.InterviewID} }
