package deadlines

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"passerelle/tenants"
)

// Book holds the federation's rules and those of each canton that has a file.
type Book struct {
	federal Layer
	cantons map[string]Layer
}

// Rules are what applies to one tenant: federation, canton and its own settings, laid over each other and checked.
type Rules struct {
	Calendar Calendar
	rows     map[RuleID][]Rule
	wealth   []Wealth
	payers   []Payer
}

// Shipped are the rules that come with the program. An error is a defect of a file, and says where; who starts the
// program asks for it first.
func Shipped() (*Book, error) { return Read(tenants.Files) }

// Read reads federal.yaml and ch-vd.yaml and so on, and checks every canton's rules.
func Read(files fs.FS) (*Book, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the rules of deadlines: %w", err)
	}
	book := &Book{cantons: map[string]Layer{}}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read the rules of deadlines: %w", err)
		}
		layer, err := parse(name, text, true)
		if err != nil {
			return nil, err
		}
		canton, found := strings.CutPrefix(strings.TrimSuffix(name, ".yaml"), "ch-")
		switch {
		case name == "federal.yaml":
			book.federal = layer
		case found && len(canton) == 2:
			book.cantons[strings.ToUpper(canton)] = layer
		default:
			return nil, fmt.Errorf("%s: it is neither federal.yaml nor a canton's, such as ch-vd.yaml", name)
		}
	}
	if book.federal.Name == "" {
		return nil, fmt.Errorf("federal.yaml is missing")
	}
	for _, canton := range book.Cantons() {
		if _, err := book.For(canton); err != nil {
			return nil, err
		}
	}
	return book, nil
}

// Cantons are those that have a file, by their two letters.
func (b *Book) Cantons() []string { return slices.Sorted(maps.Keys(b.cantons)) }

// For is what applies to a tenant of a canton with settings of its own. The narrowest layer that names a field decides
// it. In a canton without a file the federation's rules apply, with its holidays alone: a date that might have rolled
// over a holiday is then the earlier one. Its error names the file, the line and the rule.
func (b *Book) For(canton string, own ...Layer) (*Rules, error) {
	layers := []Layer{b.federal}
	if cantonal, ok := b.cantons[canton]; ok {
		layers = append(layers, cantonal)
	}
	layers = append(layers, own...)
	rules := &Rules{rows: map[RuleID][]Rule{}}
	ids := map[RuleID]bool{}
	for _, layer := range layers {
		rules.Calendar.with(layer.holidays)
		if len(layer.wealth) > 0 {
			rules.wealth = layer.wealth
		}
		if len(layer.payers) > 0 {
			rules.payers = layer.payers
		}
		for id := range layer.rows {
			ids[id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		rows, err := resolve(id, layers)
		if err != nil {
			return nil, err
		}
		rules.rows[id] = rows
	}
	return rules, nil
}

// IDs are the rules that there are.
func (r *Rules) IDs() []RuleID { return slices.Sorted(maps.Keys(r.rows)) }

// Name is what a rule is called: in the catalogues, or as a tenant calls one of its own.
func (r *Rules) Name(ctx context.Context, id RuleID) string {
	name := id.name(ctx)
	for _, row := range r.rows[id] {
		name = cmp.Or(row.Name, name)
	}
	return cmp.Or(name, string(id))
}

// resolve cuts time wherever a row of any layer begins or ends, and lays in each piece the rows over each other.
func resolve(id RuleID, layers []Layer) (resolved []Rule, err error) {
	cuts := []time.Time{{}}
	for _, layer := range layers {
		for _, row := range layer.rows[id] {
			cuts = append(cuts, row.ValidFrom.Time)
			if !row.ValidTo.IsZero() {
				cuts = append(cuts, row.ValidTo.AddDate(0, 0, 1))
			}
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	var open time.Time // where a piece without a row began, after one with
	for i, from := range cuts {
		rule, place, err := lay(id, layers, from)
		if err != nil {
			return nil, err
		}
		if place == "" {
			if len(resolved) > 0 {
				open = from
			}
			continue
		}
		if !open.IsZero() {
			return nil, fmt.Errorf("%s: nothing applies from %s until the day before %s: a row is missing between", place, open.Format(time.DateOnly), from.Format(time.DateOnly))
		}
		rule.ValidFrom = from
		if i+1 < len(cuts) {
			rule.ValidTo = cuts[i+1].AddDate(0, 0, -1)
		}
		if err := rule.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
		if rule.Name == "" && id.name(context.Background()) == "" {
			return nil, fmt.Errorf("%s: the catalogues have no words for it: give it a name", place)
		}
		resolved = append(resolved, rule)
	}
	return resolved, nil
}

// lay gives the rule of one day and the place of the narrowest row that has a part in it; no place where there is none.
func lay(id RuleID, layers []Layer, day time.Time) (rule Rule, place string, err error) {
	for _, layer := range layers {
		for _, row := range layer.rows[id] {
			if !row.bounds().covers(day) {
				continue
			}
			switch {
			case place == "":
				// A rule begins with these; a row that is laid over another keeps what that says.
				rule = Rule{Direction: after, StartDay: excluded, Roll: stays}
				if row.Confirmed == nil {
					return Rule{}, "", fmt.Errorf("%s: say whether it is confirmed", row.place)
				}
				if row.Amount == nil {
					return Rule{}, "", fmt.Errorf("%s: there is no amount", row.place)
				}
			case row.recounts() && row.Basis == nil:
				return Rule{}, "", fmt.Errorf("%s: it counts otherwise than the wider rule: name the basis for that", row.place)
			}
			place = row.place
			row.over(&rule)
		}
	}
	return rule, place, nil
}

// over writes what a row names over a rule. What was confirmed is one computation by one article: who changes either has
// it confirmed anew.
func (row layerRow) over(rule *Rule) {
	if row.recounts() || row.Basis != nil {
		rule.Confirmed = false
	}
	write(&rule.Row, row.Row)
	write(&rule.Name, row.Name)
	write(&rule.Kind, row.Kind)
	if row.Trigger != nil {
		rule.Triggers, rule.Take = row.Trigger, ""
	}
	write(&rule.Take, row.Take)
	if row.Amount != nil {
		rule.Amount, rule.Half = row.Amount.whole, row.Amount.half
	}
	write(&rule.Unit, row.Unit)
	write(&rule.Direction, row.Direction)
	write(&rule.StartDay, row.StartDay)
	write(&rule.Roll, row.Roll)
	write(&rule.UnderAge, row.UnderAge)
	write(&rule.SettledBy, row.SettledBy)
	write(&rule.Warn, row.Warn)
	write(&rule.Basis, row.Basis)
	write(&rule.Confirmed, row.Confirmed)
}

func write[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
