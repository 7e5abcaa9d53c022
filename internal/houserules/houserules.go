// Package houserules is what an organisation decides of the rules of its deadlines: how long its own spans are, such as that
// of a stay in its shelter, and how many days ahead it is warned of any date. What a law sets, no house changes.
package houserules

import (
	"slices"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ID identifies a decision.
type ID = ids.ID[Decision]

// Decision is what somebody has decided of a rule, from a day on. A later one replaces it; it stays in the history.
type Decision struct {
	HouseRuleID ID
	Rule        deadlines.RuleID
	// Version counts the decisions on the rule.
	Version int
	// Amount, Half and Unit are the length of the house's own span; none where a law or somebody else's practice sets it.
	Amount int
	Half   bool
	Unit   deadlines.Unit
	// Warn are days ahead, farthest first.
	Warn      []int `bun:",array"`
	ValidFrom time.Time
	Words     keys.Sealed[string] `bun:"words"`
	DecidedAt time.Time
	// By is the name of the member who decided.
	By string `bun:",scanonly"`
}

// Place says where the sealed reason stands.
func (d *Decision) Place() keys.Place {
	return keys.Place{Table: "house_rules", Row: d.HouseRuleID.String()}
}

// Length is the length that was decided; nil where none was.
func (d Decision) Length() *deadlines.Length {
	if d.Amount == 0 {
		return nil
	}
	return &deadlines.Length{Amount: d.Amount, Half: d.Half, Unit: d.Unit}
}

// Choice is what the form says.
type Choice struct {
	ID   ID
	Rule deadlines.RuleID
	// Seen is the number of decisions on the rule when the form was opened.
	Seen int
	// Length is nil where the form asks for none.
	Length    *deadlines.Length
	Warn      []int
	ValidFrom *time.Time
	Reason    string
}

const (
	// farthest is how many days ahead a warning may be; ahead how many years a decision may be taken before its day.
	farthest = 366
	ahead    = 2
)

// Units are those in which a house counts.
var Units = []deadlines.Unit{deadlines.Days, deadlines.Months}

// Check says what has to be corrected. The row is the one that applies today; decided says that the house has decided on the rule
// before. Then a span begins to apply today at the earliest, since what began before keeps what applied. With its first
// decision a house says what it has been doing all along, and a warning takes nothing from anybody.
func (c Choice) Check(row deadlines.Rule, decided bool, today time.Time) error {
	var problems fault.Problems
	if row.OfHouse() {
		switch {
		case c.Length == nil || c.Length.Amount < 1 || c.Length.Amount > 366 || !slices.Contains(Units, c.Length.Unit):
			problems.Add("amount", "houserules.amount.missing")
		case c.Length.Half && (c.Length.Unit != deadlines.Months || row.Backwards()):
			problems.Add("amount", "houserules.amount.half")
		default:
			row.Amount, row.Half, row.Unit = c.Length.Amount, c.Length.Half, c.Length.Unit
		}
	} else if c.Length != nil {
		problems.Add("amount", "houserules.amount.of_law")
	}
	shortest := row.Shortest()
	switch {
	case !descending(c.Warn):
		problems.Add("warn", "houserules.warn.order")
	case shortest > 0 && len(c.Warn) > 0 && c.Warn[0] >= shortest:
		problems.Add("warn", "houserules.warn.too_far", "Days", shortest)
	}
	switch {
	case c.ValidFrom == nil:
		problems.Add("valid_from", "houserules.valid_from.missing")
	case c.ValidFrom.After(today.AddDate(ahead, 0, 0)):
		problems.Add("valid_from", "houserules.valid_from.too_late", "Years", ahead)
	case row.OfHouse() && decided && c.ValidFrom.Before(today):
		problems.Add("valid_from", "houserules.valid_from.past")
	}
	if c.Reason == "" {
		problems.Add("reason", "houserules.reason.missing")
	}
	return problems.Err()
}

// descending says that days ahead stand farthest first, each once, and that somebody could be warned on each.
func descending(days []int) bool {
	for i, day := range days {
		if day < 1 || day > farthest || i > 0 && day >= days[i-1] {
			return false
		}
	}
	return true
}

// Table is all rules that apply to a house, and what it has decided of them.
type Table struct {
	agenda.Applied
	Today time.Time
	// Decisions are the latest first.
	Decisions []Decision
	// Age says how many dossiers rest on older rules.
	Age agenda.Age
}

// Line is a rule as it applies to what happens today.
type Line struct {
	ID  deadlines.RuleID
	Row deadlines.Rule
}

// Own are the rules whose span the house sets itself.
func (t Table) Own() []Line { return t.lines(true) }

// Wider are those whose span a law or somebody else's practice sets.
func (t Table) Wider() []Line { return t.lines(false) }

func (t Table) lines(own bool) (lines []Line) {
	for _, id := range t.IDs() {
		if row, ok := t.On(id, t.Today); ok && row.OfHouse() == own {
			lines = append(lines, Line{id, row})
		}
	}
	return lines
}

// Seen is the number of decisions on a rule.
func (t Table) Seen(id deadlines.RuleID) (n int) {
	for _, d := range t.Decisions {
		if d.Rule == id {
			n = max(n, d.Version)
		}
	}
	return n
}
