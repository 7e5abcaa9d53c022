package identifications

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// What a file holds at most.
const (
	MaxBytes      = 200 << 10
	maxIndicators = 200
	maxGroups     = 30
	maxText       = 500
	// maxTold is how many problems are told at once: whoever reads them mends the file in a few goes.
	maxTold = 20
)

var header = []string{"group", "element", "code", "strength", "fr", "de", "it", "en"}

var code = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Parse reads the file of a set. It trusts nothing: each problem is told with its line, and a file with one is refused whole.
func Parse(file []byte) ([]Group, error) {
	switch {
	case len(file) > MaxBytes:
		return nil, fault.Invalid("file", "identifications.file.too_large", "Max", MaxBytes>>10)
	case !utf8.Valid(file), bytes.IndexByte(file, 0) >= 0:
		return nil, fault.Invalid("file", "identifications.file.not_utf8")
	}
	p := parser{byCode: map[string]int{}, codes: map[string]bool{}}
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	rows := csv.NewReader(bytes.NewReader(file))
	rows.Comma, rows.Comment, rows.FieldsPerRecord = delimiter(file), '#', -1
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			p.add(broken.Line, "broken")
			break // what follows a quote that is not closed is nonsense
		}
		if err != nil {
			return nil, err
		}
		line, _ := rows.FieldPos(0)
		if first {
			if !slices.Equal(row, header) {
				return nil, fault.Invalid("file", "identifications.file.header", "Columns", strings.Join(header, ", "))
			}
			continue
		}
		p.row(line, row)
		if len(p.problems) >= maxTold {
			break
		}
	}
	if len(p.problems) == 0 {
		p.whole()
	}
	return p.groups, p.problems.Err()
}

// delimiter is the one of the first line that is no comment: spreadsheets here write semicolons.
func delimiter(file []byte) rune {
	for line := range bytes.Lines(file) {
		if bytes.HasPrefix(line, []byte("#")) {
			continue
		}
		if bytes.Contains(line, []byte(";")) {
			return ';'
		}
		break
	}
	return ','
}

type parser struct {
	groups   []Group
	byCode   map[string]int
	codes    map[string]bool
	problems fault.Problems
}

func (p *parser) add(line int, problem string) {
	p.problems.Add("file", "identifications.file."+problem, "Line", line)
}

// row reads a group, which has no code, or an indicator of one that is already there.
func (p *parser) row(line int, row []string) {
	if len(row) != len(header) {
		p.add(line, "columns")
		return
	}
	before := len(p.problems)
	for _, cell := range row {
		switch {
		case formula(cell):
			p.add(line, "formula")
			return
		case strings.ContainsFunc(cell, unprintable):
			p.add(line, "control")
			return
		case utf8.RuneCountInString(cell) > maxText:
			p.add(line, "long")
			return
		}
	}
	texts := Texts{}
	for i, lang := range []i18n.Lang{i18n.FR, i18n.DE, i18n.IT, i18n.EN} {
		if text := strings.TrimSpace(row[4+i]); text != "" {
			texts[lang] = text
		}
	}
	if len(texts) == 0 {
		p.add(line, "wordless")
	}
	if !code.MatchString(row[0]) {
		p.add(line, "code")
	}
	if row[2] == "" {
		p.group(line, row, texts, before)
		return
	}
	p.indicator(line, row, texts, before)
}

func (p *parser) group(line int, row []string, texts Texts, before int) {
	if !slices.Contains(Elements, Element(row[1])) {
		p.add(line, "element")
	}
	if _, twice := p.byCode[row[0]]; twice {
		p.add(line, "twice")
	}
	if len(p.groups) == maxGroups {
		p.add(line, "too_many")
	}
	if len(p.problems) == before {
		p.byCode[row[0]] = len(p.groups)
		p.groups = append(p.groups, Group{Code: row[0], Element: Element(row[1]), Texts: texts})
	}
}

func (p *parser) indicator(line int, row []string, texts Texts, before int) {
	group, known := p.byCode[row[0]]
	if !known {
		p.add(line, "group")
	}
	if !code.MatchString(row[2]) {
		p.add(line, "code")
	}
	if !slices.Contains(Strengths, Strength(row[3])) {
		p.add(line, "strength")
	}
	if p.codes[row[2]] {
		p.add(line, "twice")
	}
	if len(p.codes) == maxIndicators {
		p.add(line, "too_many")
	}
	if len(p.problems) == before {
		p.codes[row[2]] = true
		p.groups[group].Indicators = append(p.groups[group].Indicators, Indicator{Code: row[2], Strength: Strength(row[3]), Texts: texts})
	}
}

// whole refuses a set that leaves out an element, or asks nothing of one of its groups.
func (p *parser) whole() {
	for _, element := range Elements {
		if !slices.ContainsFunc(p.groups, func(g Group) bool { return g.Element == element && len(g.Indicators) > 0 }) {
			p.problems.Add("file", "identifications.file.incomplete")
			return
		}
	}
	if slices.ContainsFunc(p.groups, func(g Group) bool { return len(g.Indicators) == 0 }) {
		p.problems.Add("file", "identifications.file.empty_group")
	}
}

// formula says whether a spreadsheet would compute the cell.
func formula(cell string) bool { return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) }

// unprintable are control characters, and those that turn the direction of what follows.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}
