package deadlines

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Layer is what one file says: the federation's, a canton's, or a tenant's own settings, which are text of the same
// form. A row names what it decides; what it leaves out, the wider layer says.
type Layer struct {
	Name     string
	rows     map[RuleID][]layerRow
	holidays []Holiday
	wealth   []Wealth
	payers   []Payer
}

// layerFile is a whole file.
type layerFile struct {
	Deadlines map[RuleID][]layerRow `yaml:"deadlines"`
	Holidays  []holidayRow          `yaml:"holidays"`
	Wealth    []wealthRow           `yaml:"wealth"`
	Payers    []payerRow            `yaml:"payers"`
	// Blueprint is what a canton's file says besides: internal/blueprints reads it.
	Blueprint yaml.Node `yaml:"blueprint"`
}

// layerRow is a row as it was written; nil is what it leaves out.
type layerRow struct {
	Row       *string    `yaml:"row"`
	Name      *string    `yaml:"name"`
	Kind      *Kind      `yaml:"kind"`
	Trigger   words      `yaml:"trigger"`
	Take      *string    `yaml:"take"`
	Amount    *amount    `yaml:"amount"`
	Unit      *Unit      `yaml:"unit"`
	Direction *string    `yaml:"direction"`
	StartDay  *string    `yaml:"start_day"`
	Roll      *string    `yaml:"roll"`
	UnderAge  *int       `yaml:"under_age"`
	SettledBy *[]Trigger `yaml:"settled_by"`
	Warn      *[]int     `yaml:"warn"`
	Basis     *Basis     `yaml:"basis"`
	ValidFrom date       `yaml:"valid_from"`
	ValidTo   date       `yaml:"valid_to"`
	Confirmed *bool      `yaml:"confirmed"`

	place string // file and line
}

// bounds are the days on which the row is valid.
func (row layerRow) bounds() Rule {
	return Rule{ValidFrom: row.ValidFrom.Time, ValidTo: row.ValidTo.Time}
}

// recounts says whether the row changes what the date is, and not only who is reminded of it and when.
func (row layerRow) recounts() bool {
	return row.Kind != nil || row.Trigger != nil || row.Take != nil || row.Amount != nil || row.Unit != nil ||
		row.Direction != nil || row.StartDay != nil || row.Roll != nil || row.UnderAge != nil || row.SettledBy != nil
}

// words is one or several.
type words []Trigger

// UnmarshalYAML takes a word or a list of them.
func (w *words) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*w = words{Trigger(node.Value)}
		return nil
	}
	return node.Decode((*[]Trigger)(w))
}

// amount is a whole number, or one and a half.
type amount struct {
	whole int
	half  bool
}

var numeral = regexp.MustCompile(`^(\d{1,5})(\.5)?$`)

// UnmarshalYAML takes 30 or 4.5.
func (a *amount) UnmarshalYAML(node *yaml.Node) error {
	found := numeral.FindStringSubmatch(node.Value)
	if found == nil || node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: %q is neither a whole number nor one and a half, such as 4.5", node.Line, node.Value)
	}
	_, err := fmt.Sscan(found[1], &a.whole)
	a.half = found[2] != ""
	return err
}

// date is a day of the calendar.
type date struct{ time.Time }

// UnmarshalYAML takes 2026-11-30.
func (d *date) UnmarshalYAML(node *yaml.Node) error {
	day, err := time.Parse(time.DateOnly, node.Value)
	if err != nil || day.Year() < 1900 || day.Year() > 2200 {
		return fmt.Errorf("line %d: %q is no day such as 2026-11-30", node.Line, node.Value)
	}
	d.Time = day
	return nil
}

// UnmarshalYAML takes a citation such as OASA 35(1).
func (b *Basis) UnmarshalYAML(node *yaml.Node) (err error) {
	if *b, err = parseBasis(node.Value); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	return nil
}

var ruleName = regexp.MustCompile(`^[a-z][a-z0-9_]{2,60}$`)

// mostHolidays of one layer leave working days in every month, so that looking for the next one ends.
const mostHolidays = 25

// Parse reads a layer. A word that it does not know is an error with file and line, since a rule that is misspelt and
// passed over is a deadline that nobody hears of.
func Parse(name string, text []byte) (Layer, error) { return parse(name, text, false) }

// parse passes a blueprint over where the file is one that came with the program.
func parse(name string, text []byte, shipped bool) (Layer, error) {
	var file layerFile
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return Layer{}, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Layer{}, fmt.Errorf("%s: it holds more than one document", name)
	}
	if !shipped && !file.Blueprint.IsZero() {
		return Layer{}, fmt.Errorf("%s: line %d: settings of one's own name no blueprint", name, file.Blueprint.Line)
	}
	lines := linesOf(text)
	layer := Layer{Name: name, rows: file.Deadlines}
	for _, id := range slices.Sorted(maps.Keys(file.Deadlines)) {
		rows := file.Deadlines[id]
		for i := range rows {
			rows[i].place = fmt.Sprintf("%s:%d: %s", name, lines[fmt.Sprint(id, i)], id)
		}
		if err := apart(id, rows); err != nil {
			return Layer{}, err
		}
		if !ruleName.MatchString(string(id)) || len(rows) == 0 {
			return Layer{}, fmt.Errorf("%s: %q is no rule with rows under a name such as shelter_review", name, id)
		}
	}
	if len(file.Holidays) > mostHolidays {
		return Layer{}, fmt.Errorf("%s: %d holidays: nobody would ever work", name, len(file.Holidays))
	}
	for i, row := range file.Holidays {
		holiday, err := row.holiday()
		if err != nil {
			return Layer{}, fmt.Errorf("%s: holiday %d (%s%s): %w", name, i+1, row.ID, row.Name, err)
		}
		layer.holidays = append(layer.holidays, holiday)
	}
	for i, row := range file.Wealth {
		wealth, err := row.wealth()
		if err != nil {
			return Layer{}, fmt.Errorf("%s: wealth %d: %w", name, i+1, err)
		}
		for _, other := range layer.wealth {
			if wealth.bounds().covers(other.ValidFrom) || other.bounds().covers(wealth.ValidFrom) {
				return Layer{}, fmt.Errorf("%s: wealth %d: it is valid at the same time as another", name, i+1)
			}
		}
		layer.wealth = append(layer.wealth, wealth)
	}
	for i, row := range file.Payers {
		payer, err := row.payer()
		if err != nil {
			return Layer{}, fmt.Errorf("%s: payer %d: %w", name, i+1, err)
		}
		layer.payers = append(layer.payers, payer)
	}
	return layer, nil
}

// apart refuses two rows of one layer for the same day: which of them should apply?
func apart(id RuleID, rows []layerRow) error {
	for i, row := range rows {
		bounds := row.bounds()
		if !bounds.ValidTo.IsZero() && bounds.ValidTo.Before(bounds.ValidFrom) {
			return fmt.Errorf("%s: valid_to is before valid_from", row.place)
		}
		for _, other := range rows[:i] {
			if bounds.covers(other.ValidFrom.Time) || other.bounds().covers(bounds.ValidFrom) {
				return fmt.Errorf("%s: it is valid at the same time as the row at %s", row.place, strings.TrimSuffix(other.place, ": "+string(id)))
			}
		}
	}
	return nil
}

// linesOf says where each row of a file stands: by rule and number, from 1.
func linesOf(text []byte) map[string]int {
	lines := map[string]int{}
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return lines
	}
	root := document.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "deadlines" {
			continue
		}
		rules := root.Content[i+1]
		for j := 0; j+1 < len(rules.Content); j += 2 {
			for n, row := range rules.Content[j+1].Content {
				lines[fmt.Sprint(rules.Content[j].Value, n)] = row.Line
			}
		}
	}
	return lines
}
