package offices

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/sheets"
)

// The most that a file may hold: the largest canton has some hundreds of offices.
const (
	MostBytes = 512 << 10
	MostRows  = 1000
	// mostCell is more than four openings a day can say, each with its note.
	mostCell = 8000
)

// list is what parts several answers in one cell.
const list = "|"

// column is one of a CSV file: how an office is written into it, and read from it. One without read is told and not taken back.
type column struct {
	name  string
	write func(d Directory, e Entry) string
	read  func(draft *Draft, cell string, languages []string)
}

// columns are those of a file, in the order of an export and of the template.
var columns = []column{
	{"id", func(_ Directory, e Entry) string { return e.OfficeID.String() }, func(draft *Draft, cell string, _ []string) { draft.ID = cell }},
	{"name", func(_ Directory, e Entry) string { return e.Name }, func(draft *Draft, cell string, _ []string) { draft.Name = draft.text("name", cell, forms.Name) }},
	{"kind", func(_ Directory, e Entry) string { return string(e.Kind) }, func(draft *Draft, cell string, _ []string) {
		if draft.Kind = kindOf(cell); draft.Kind == "" && cell != "" {
			draft.Problems.Add("kind", "offices.import.kind.unknown")
		}
	}},
	{"place", func(_ Directory, e Entry) string { return e.Place }, func(draft *Draft, cell string, _ []string) { draft.Place = draft.text("place", cell, forms.Name) }},
	{"organisation", func(d Directory, e Entry) string { return d.Bodies.Among(e.OrganisationID).Name }, func(draft *Draft, cell string, _ []string) {
		draft.Organisation = draft.text("organisation", cell, forms.Short)
	}},
	{"region", func(d Directory, e Entry) string { return d.Standing(e).Region.Name }, func(draft *Draft, cell string, _ []string) {
		draft.Region = draft.text("region", cell, forms.Short)
	}},
	{"region_from", func(d Directory, e Entry) string { return isoDay(lastStay(d.stays[e.OfficeID], d.Today)) }, func(draft *Draft, cell string, _ []string) {
		draft.RegionFrom = draft.day("region_from", cell)
	}},
	{"authority", func(d Directory, e Entry) string { return d.Bodies.Among(e.AuthorityID).Name }, func(draft *Draft, cell string, _ []string) {
		draft.Authority = draft.text("authority", cell, forms.Short)
	}},
	{"valid_from", func(_ Directory, e Entry) string { return isoDay(e.ValidFrom) }, func(draft *Draft, cell string, _ []string) { draft.ValidFrom = draft.day("valid_from", cell) }},
	{"services", func(_ Directory, e Entry) string { return strings.Join(e.Services, " "+list+" ") }, func(draft *Draft, cell string, _ []string) {
		draft.Services = draft.lines("services", strings.ReplaceAll(cell, list, "\n"))
	}},
	{"languages", func(_ Directory, e Entry) string { return strings.Join(e.Languages, " ") }, func(draft *Draft, cell string, languages []string) {
		draft.Languages = draft.codes(strings.FieldsFunc(strings.ToLower(cell), func(r rune) bool { return strings.ContainsRune(" ,;|", r) }), languages)
	}},
	{"hours", func(_ Directory, e Entry) string { return hoursText(e.Hours) }, func(draft *Draft, cell string, _ []string) {
		var ok bool
		if draft.Hours, ok = parseHours(draft.text("hours", cell, mostCell)); !ok {
			draft.Problems.Add("hours", "offices.import.hours.unreadable")
		}
	}},
	{"capacity", func(_ Directory, e Entry) string { return number(e.Free) }, func(draft *Draft, cell string, _ []string) {
		draft.Free = forms.Int(url.Values{"capacity": {cell}}, "capacity", 0, mostCapacity, &draft.Problems)
	}},
	{"capacity_unit", func(_ Directory, e Entry) string { return string(e.CapacityUnit) }, func(draft *Draft, cell string, _ []string) {
		draft.CapacityUnit = CapacityUnit(strings.ToLower(draft.text("capacity_unit", cell, forms.Name)))
	}},
	{"capacity_said_on", func(_ Directory, e Entry) string { return isoDay(e.CapacitySaidOn) }, func(draft *Draft, cell string, _ []string) {
		draft.CapacitySaidOn = draft.day("capacity_said_on", cell)
	}},
	{"capacity_said_by", func(_ Directory, e Entry) string { return e.CapacitySaidBy }, func(draft *Draft, cell string, _ []string) {
		draft.CapacitySaidBy = draft.text("capacity_said_by", cell, forms.Name)
	}},
	{"phone", func(_ Directory, e Entry) string { return e.Phone }, func(draft *Draft, cell string, _ []string) { draft.Phone = draft.text("phone", cell, forms.Name) }},
	{"secure_mail", func(_ Directory, e Entry) string { return e.SecureMail }, func(draft *Draft, cell string, _ []string) {
		draft.SecureMail = draft.text("secure_mail", cell, forms.Name)
	}},
	{"post_address", func(_ Directory, e Entry) string { return e.PostAddress }, func(draft *Draft, cell string, _ []string) {
		draft.PostAddress = forms.Words(url.Values{"post_address": {cell}}, "post_address", forms.Short, &draft.Problems)
	}},
	{"website", func(_ Directory, e Entry) string { return e.Website }, func(draft *Draft, cell string, _ []string) {
		draft.Website = draft.text("website", cell, forms.Short)
	}},
	{"contact", func(_ Directory, e Entry) string { return e.Contact }, func(draft *Draft, cell string, _ []string) {
		draft.Contact = draft.text("contact", cell, forms.Short)
	}},
	{"reach_note", func(_ Directory, e Entry) string { return e.ReachNote }, func(draft *Draft, cell string, _ []string) {
		draft.ReachNote = draft.text("reach_note", cell, forms.Short)
	}},
	{"closed_on", func(_ Directory, e Entry) string { return isoDay(e.ClosedAt) }, nil},
	{"successor", func(d Directory, e Entry) string { return e.SuccessorID.String() }, nil},
}

// capacityColumns are one statement: who gives one of them gives all.
var capacityColumns = []string{"capacity", "capacity_unit", "capacity_said_on", "capacity_said_by"}

func (d *Draft) text(field, cell string, limit int) string {
	return forms.Text(url.Values{field: {cell}}, field, limit, &d.Problems)
}

func (d *Draft) day(field, cell string) *time.Time {
	return forms.Date(url.Values{field: {cell}}, field, &d.Problems)
}

func (d *Draft) lines(field, text string) (lines []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = d.text(field, line, forms.Name); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

func (d *Draft) codes(written, known []string) (codes []string) {
	for _, code := range written {
		if !slices.Contains(known, code) {
			d.Problems.Add("languages", "offices.import.languages.unknown")
			return codes
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

func isoDay(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

// lastStay is the day since which an office belongs to its region.
func lastStay(stays []Stay, today time.Time) (from *time.Time) {
	for _, stay := range stays {
		if !stay.ValidFrom.After(today) {
			from = &stay.ValidFrom
		}
	}
	return from
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// writeCSV writes a directory as a file that spreadsheets open.
func writeCSV(d Directory) ([]byte, error) {
	table := sheets.Sheet{}
	for _, c := range columns {
		table.Header = append(table.Header, c.name)
	}
	for _, e := range d.Entries {
		line := make([]string, len(columns))
		for i, c := range columns {
			line[i] = c.write(d, e)
		}
		table.Lines = append(table.Lines, line)
	}
	return table.CSV()
}

// decoded is a file as a text: in UTF-8, or as older spreadsheets write it.
func decoded(body []byte) (string, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	switch {
	case len(body) > MostBytes:
		return "", fault.Invalid("file", "forms.file.too_large", "Max", MostBytes>>10)
	case bytes.IndexByte(body, 0) >= 0:
		return "", fault.Invalid("file", "offices.import.file.unknown_kind")
	case utf8.Valid(body):
		return string(body), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(body)
	if err != nil {
		return "", fault.Invalid("file", "offices.import.file.unreadable")
	}
	return string(text), nil
}

// readCSV reads offices line by line. What is wrong with a line is kept with it; what is wrong with the file is a fault.
func readCSV(text string, languages []string) (drafts []Draft, err error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = separator(text), -1, true
	header, err := reader.Read()
	if err != nil {
		return nil, fault.Invalid("file", "offices.import.file.unreadable")
	}
	order, err := orderOf(header)
	if err != nil {
		return nil, err
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.Invalid("file", "offices.import.file.line_unreadable", "Line", lineOf(err))
		}
		number, _ := reader.FieldPos(0)
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if len(drafts) == MostRows {
			return nil, fault.Invalid("file", "offices.import.file.too_many_rows", "Max", MostRows)
		}
		draft := Draft{Number: number}
		if len(cells) != len(header) {
			draft.Problems.Add("file", "offices.import.row.width")
		}
		for i, cell := range cells[:min(len(cells), len(order))] {
			if order[i].read == nil {
				continue
			}
			if len(cell) > mostCell {
				draft.Problems.Add(order[i].name, "forms.text.too_long", "Max", mostCell)
				continue
			}
			order[i].read(&draft, sheets.Unguarded(strings.TrimSpace(cell)), languages)
			draft.give(order[i].name)
			if slices.Contains(capacityColumns, order[i].name) {
				draft.give("capacity")
			}
		}
		drafts = append(drafts, draft)
	}
	if len(drafts) == 0 {
		return nil, fault.Invalid("file", "offices.import.file.no_rows")
	}
	return drafts, nil
}

func lineOf(err error) int {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return parse.Line
	}
	return 0
}

// orderOf are the columns of a file as its first line names them.
func orderOf(header []string) (order []column, err error) {
	for i, name := range header {
		at := slices.IndexFunc(columns, func(c column) bool { return c.name == strings.ToLower(strings.TrimSpace(name)) })
		if at < 0 {
			return nil, fault.Invalid("file", "offices.import.file.unknown_column", "Column", i+1)
		}
		if slices.ContainsFunc(order, func(c column) bool { return c.name == columns[at].name }) {
			return nil, fault.Invalid("file", "offices.import.file.column_twice", "Column", i+1)
		}
		order = append(order, columns[at])
	}
	if !slices.ContainsFunc(order, func(c column) bool { return c.name == "name" }) {
		return nil, fault.Invalid("file", "offices.import.file.no_name")
	}
	return order, nil
}

// separator is what the first line has most of.
func separator(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, candidate := range []rune{',', ';', '\t'} {
		if n := strings.Count(line, string(candidate)); n > most {
			best, most = candidate, n
		}
	}
	return best
}

// template is an empty file of each format, to begin with.
func template() []byte {
	var line bytes.Buffer
	for i, c := range columns {
		if c.read == nil {
			break
		}
		if i > 0 {
			line.WriteByte(',')
		}
		line.WriteString(c.name)
	}
	return append([]byte("\xef\xbb\xbf"), append(line.Bytes(), '\n')...)
}
