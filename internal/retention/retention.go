// Package retention is how long a dossier is kept after its accompaniment was closed. It depends on why it was closed, and each
// organisation decides it; where it has not, what we ship holds (policies/retention.csv).
package retention

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/policies"
)

// Reason is why an accompaniment was closed, as dossiers.ClosureReason has it.
type Reason string

// Longest is how many months a dossier can be kept at most; Shortest at least: a closing can be a mistake.
const (
	Shortest = 1
	Longest  = 600
)

// shipped are the reasons in the order of the file, and its months.
var shipped = sync.OnceValues(func() (reasons []Reason, months map[Reason]int) {
	lines := csv.NewReader(strings.NewReader(policies.Retention))
	lines.Comment, lines.TrimLeadingSpace, lines.FieldsPerRecord = '#', true, 2
	rows, err := lines.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("policies/retention.csv: %v", err))
	}
	months = map[Reason]int{}
	for _, row := range rows {
		n, err := strconv.Atoi(row[1])
		if err != nil || n < Shortest || n > Longest {
			panic(fmt.Sprintf("policies/retention.csv: %s is kept for %q months", row[0], row[1]))
		}
		reasons, months[Reason(row[0])] = append(reasons, Reason(row[0])), n
	}
	return reasons, months
})

// Reasons are those that there are, in the order of forms.
func Reasons() []Reason {
	reasons, _ := shipped()
	return reasons
}

// Schedule is how many months a dossier is kept after it was closed, by the reason.
type Schedule map[Reason]int

// Usual is the schedule of an organisation that has decided nothing.
func Usual() Schedule {
	_, months := shipped()
	return maps.Clone(months)
}

// Check says what has to be corrected: every reason has a number of months. The field of a reason is "months_" and its code.
func (s Schedule) Check() (problems fault.Problems) {
	for _, reason := range Reasons() {
		if months, ok := s[reason]; !ok || months < Shortest || months > Longest {
			problems.Add(reason.Field(), "retention.months.wrong", "Longest", strconv.Itoa(Longest))
		}
	}
	return problems
}

// Field is what the number of months of a reason is called in forms.
func (r Reason) Field() string { return "months_" + string(r) }

// Seen tells one schedule from another, for the lost-update check.
func (s Schedule) Seen() string {
	sum := sha256.New()
	for _, reason := range Reasons() {
		fmt.Fprintln(sum, reason, s[reason])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Until is the day on which the retention of a dossier is over that was closed on a day: so many months later, on the day with the
// same number, or the month's last (CO 77).
func (s Schedule) Until(reason Reason, closed time.Time) time.Time {
	months, ok := s[reason]
	if !ok {
		months = Usual()["other"]
	}
	return deadlines.AddMonths(closed, months)
}

// Read reads the numbers of months that were typed.
func Read(typed url.Values) (schedule Schedule, problems fault.Problems) {
	schedule = Schedule{}
	for _, reason := range Reasons() {
		var unreadable fault.Problems
		if months := forms.Int(typed, reason.Field(), Shortest, Longest, &unreadable); months != nil {
			schedule[reason] = *months
		} else {
			problems.Add(reason.Field(), "retention.months.wrong", "Longest", strconv.Itoa(Longest))
		}
	}
	return schedule, problems
}
