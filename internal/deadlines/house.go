package deadlines

import (
	"slices"
	"time"
)

// Length is how long a span is: so many days, months or years, or half a month more.
type Length struct {
	Amount int
	Half   bool
	Unit   Unit
}

// HouseRule is what a house has decided of a rule, from a day on: how long its own span is, and how many days ahead it is
// warned. Days are those of the fact that is counted from, so that what began before keeps what applied.
type HouseRule struct {
	Rule RuleID
	// Length is nil where a law or somebody else's practice sets it.
	Length *Length
	// Warn are days ahead, farthest first.
	Warn      []int
	ValidFrom time.Time
}

// House is the layer of what a house has decided, in the order of its decisions. A later one replaces an earlier one from its
// own first day on.
func House(decisions []HouseRule) Layer {
	layer := Layer{Name: house, rows: map[RuleID][]layerRow{}}
	yes := true
	for _, decided := range decisions {
		row := layerRow{Warn: &decided.Warn, ValidFrom: date{decided.ValidFrom}, place: house + ": " + string(decided.Rule)}
		if length := decided.Length; length != nil {
			// Who has decided it has confirmed it: nobody else could.
			row.Amount, row.Unit, row.Confirmed = &amount{length.Amount, length.Half}, &length.Unit, &yes
			row.Basis = &Basis{Law: houseLaw}
		}
		var standing []layerRow
		for _, earlier := range layer.rows[decided.Rule] {
			if !earlier.ValidFrom.Before(decided.ValidFrom) {
				continue
			}
			if earlier.ValidTo.IsZero() || !earlier.ValidTo.Before(decided.ValidFrom) {
				earlier.ValidTo = date{decided.ValidFrom.AddDate(0, 0, -1)}
			}
			standing = append(standing, earlier)
		}
		layer.rows[decided.Rule] = append(standing, row)
	}
	return layer
}

// house is how errors name the layer.
const house = "house rules"

// houseLaw is the basis of what an organisation has set itself.
const houseLaw = "HOUSE"

// OfHouse is what applies to a house with what it has decided. What no longer fits the wider rules, since a new version of the
// program has changed them, is left out and named: the house has to decide anew, and everything else applies meanwhile.
func (b *Book) OfHouse(canton string, decisions []HouseRule) (rules *Rules, unfit []RuleID, err error) {
	for {
		rules, err = b.For(canton, House(decisions))
		if err == nil {
			return rules, unfit, nil
		}
		misfit, ok := b.misfit(canton, decisions)
		if !ok {
			return nil, nil, err
		}
		unfit = append(unfit, misfit)
		decisions = slices.DeleteFunc(slices.Clone(decisions), func(d HouseRule) bool { return d.Rule == misfit })
	}
}

// misfit is the first rule of which the decisions cannot be laid over what the program ships.
func (b *Book) misfit(canton string, decisions []HouseRule) (RuleID, bool) {
	for _, decided := range decisions {
		own := slices.DeleteFunc(slices.Clone(decisions), func(d HouseRule) bool { return d.Rule != decided.Rule })
		if _, err := b.For(canton, House(own)); err != nil {
			return decided.Rule, true
		}
	}
	return "", false
}

// Rows are what applies of a rule, one after the other.
func (r *Rules) Rows(id RuleID) []Rule { return slices.Clone(r.rows[id]) }

// On is the row of a rule that applies to what happens on a day.
func (r *Rules) On(id RuleID, day time.Time) (Rule, bool) {
	for _, row := range r.rows[id] {
		if row.covers(day) {
			return row, true
		}
	}
	return Rule{}, false
}

// OfHouse says that an organisation sets the span itself, and no law or other body does. A span of no length is the day of a fact.
func (r Rule) OfHouse() bool { return r.Basis.Law == houseLaw && r.Amount > 0 }

// Length is how long the span is.
func (r Rule) Length() Length { return Length{r.Amount, r.Half, r.Unit} }

// Backwards says that it is counted back from its fact.
func (r Rule) Backwards() bool { return r.Direction == before }

// Shortest is the fewest days that the span can have, which no warning reaches; zero where there is no such limit.
func (r Rule) Shortest() int { return r.shortest() }
