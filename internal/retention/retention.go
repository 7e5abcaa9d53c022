// Package retention is how long a dossier is kept after its accompaniment was closed, and what becomes of it then. Both depend on why
// it was closed, and each organisation decides them; where it has not, what we ship holds (policies/retention.csv).
package retention

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
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

// Outcome is what becomes of a dossier that has been kept for long enough; "retention.outcome." + Outcome is its message key.
type Outcome string

// The outcomes. Keep: nothing happens. Review: somebody decides. Anonymise destroys the keys and deletes the rows, and the numbers of
// the year stay as they were; Delete takes the dossier out of those as well.
const (
	Keep      Outcome = "keep"
	Review    Outcome = "review"
	Anonymise Outcome = "anonymise"
	Delete    Outcome = "delete"
)

// Outcomes lists them in the order of forms; Removals are those that remove a dossier.
var (
	Outcomes = []Outcome{Keep, Review, Anonymise, Delete}
	Removals = Outcomes[2:]
)

// Rule is for how many months a dossier is kept, and what becomes of it then.
type Rule struct {
	Months  int
	Outcome Outcome
}

func (r Rule) fits() bool { return r.Months >= Shortest && r.Months <= Longest }

// Lets says whether somebody may order a removal under the rule: the one that the rule names, or either where somebody decides.
func (r Rule) Lets(removal Outcome) bool {
	return slices.Contains(Removals, removal) && (r.Outcome == Review || r.Outcome == removal)
}

// shipped are the reasons in the order of the file, and its rules.
var shipped = sync.OnceValues(func() (reasons []Reason, schedule Schedule) {
	lines := csv.NewReader(strings.NewReader(policies.Retention))
	lines.Comment, lines.TrimLeadingSpace, lines.FieldsPerRecord = '#', true, 3
	rows, err := lines.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("policies/retention.csv: %v", err))
	}
	schedule = Schedule{}
	for _, row := range rows {
		months, err := strconv.Atoi(row[1])
		rule := Rule{months, Outcome(row[2])}
		if err != nil || !rule.fits() || !slices.Contains(Outcomes, rule.Outcome) {
			panic(fmt.Sprintf("policies/retention.csv: %s is kept for %q months, then %q", row[0], row[1], row[2]))
		}
		reasons, schedule[Reason(row[0])] = append(reasons, Reason(row[0])), rule
	}
	return reasons, schedule
})

// Reasons are those that there are, in the order of forms.
func Reasons() []Reason {
	reasons, _ := shipped()
	return reasons
}

// Schedule is what is decided for each reason of a closing.
type Schedule map[Reason]Rule

// Usual is the schedule of an organisation that has decided nothing.
func Usual() Schedule {
	_, schedule := shipped()
	return maps.Clone(schedule)
}

// Check says what has to be corrected: every reason has a number of months and an outcome. Their fields are "months_" and "outcome_" with
// the reason's code.
func (s Schedule) Check() (problems fault.Problems) {
	for _, reason := range Reasons() {
		if !s[reason].fits() {
			problems.Add(reason.Field(), "retention.months.wrong", "Longest", strconv.Itoa(Longest))
		}
		if !slices.Contains(Outcomes, s[reason].Outcome) {
			problems.Add(reason.OutcomeField(), "retention.outcome.missing")
		}
	}
	return problems
}

// Field is what the number of months of a reason is called in forms.
func (r Reason) Field() string { return "months_" + string(r) }

// OutcomeField is what its outcome is called in forms.
func (r Reason) OutcomeField() string { return "outcome_" + string(r) }

// Seen tells one schedule from another, for the lost-update check.
func (s Schedule) Seen() string {
	sum := sha256.New()
	for _, reason := range Reasons() {
		fmt.Fprintln(sum, reason, s[reason].Months, s[reason].Outcome)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Of is the rule for a reason; of one that it does not know, that of the others.
func (s Schedule) Of(reason Reason) Rule {
	if rule, ok := s[reason]; ok {
		return rule
	}
	return Usual()["other"]
}

// Until is the day on which the retention of a dossier is over that was closed on a day: so many months later, on the day with the
// same number, or the month's last (CO 77).
func (s Schedule) Until(reason Reason, closed time.Time) time.Time {
	return deadlines.AddMonths(closed, s.Of(reason).Months)
}

// Read reads the rules that were typed.
func Read(typed url.Values) (schedule Schedule, problems fault.Problems) {
	schedule = Schedule{}
	for _, reason := range Reasons() {
		var unreadable fault.Problems
		rule := Rule{Outcome: Outcome(typed.Get(reason.OutcomeField()))}
		if months := forms.Int(typed, reason.Field(), Shortest, Longest, &unreadable); months != nil {
			rule.Months = *months
		}
		schedule[reason] = rule
	}
	return schedule, schedule.Check()
}

// The days of grace between the order to remove a dossier and its removal, in which it can be taken back.
const (
	ShortestGrace = 7
	UsualGrace    = 30
	LongestGrace  = 180
	graceField    = "grace"
)

// Policy is all that an organisation decides of it.
type Policy struct {
	Schedule
	Grace int
}

// Seen tells one policy from another, for the lost-update check.
func (p Policy) Seen() string { return p.Schedule.Seen() + "-" + strconv.Itoa(p.Grace) }

// Check says what has to be corrected.
func (p Policy) Check() fault.Problems {
	problems := p.Schedule.Check()
	if p.Grace < ShortestGrace || p.Grace > LongestGrace {
		problems.Add(graceField, "retention.grace.wrong", "Shortest", strconv.Itoa(ShortestGrace), "Longest", strconv.Itoa(LongestGrace))
	}
	return problems
}

// ReadPolicy reads the policy that was typed.
func ReadPolicy(typed url.Values) (policy Policy, problems fault.Problems) {
	policy.Schedule, _ = Read(typed)
	var unreadable fault.Problems
	if days := forms.Int(typed, graceField, ShortestGrace, LongestGrace, &unreadable); days != nil {
		policy.Grace = *days
	}
	return policy, policy.Check()
}
