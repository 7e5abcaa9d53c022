package imports

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Row is what a row of a file says of a person, as far as it could be read.
type Row struct {
	// Number is the row's in the file, as a spreadsheet counts: the header is the first.
	Number      int
	Particulars dossiers.Particulars
	Situation   dossiers.Situation
	OpenedOn    *time.Time
	// Problems name the field, and in the words of the form what is wrong with it.
	Problems fault.Problems
}

// reader reads rows for somebody who brings a caseload in.
type reader struct {
	staff []members.Member
	by    tenantdb.PersonID
	now   time.Time
}

// read reads a row as if somebody had typed it into the form. What the file leaves open is as in a form that has just been
// opened: whoever brings it in is responsible, and an accompaniment begins with the first contact.
func (r reader) read(ctx context.Context, sheet Sheet, index int) Row {
	row := Row{Number: index + 2}
	values := url.Values{}
	for _, column := range sheet.Mapping.columns() {
		field, known := fieldOf(sheet.Mapping[column])
		cell := ""
		if column < len(sheet.Rows[index]) {
			cell = sheet.Rows[index][column]
		}
		if known && cell != "" {
			r.take(field, cell, values, &row.Problems)
		}
	}
	proposed := values.Get(codeName) == ""
	if proposed {
		values.Set(codeName, standIn)
	}
	if values.Get("phase") == "" {
		values.Set("phase", string(dossiers.FirstContact))
	}
	if values.Get(Responsible) == "" {
		values.Set(Responsible, r.by.String())
	}
	row.OpenedOn = forms.Date(values, OpenedOn, &row.Problems)
	if row.OpenedOn != nil && row.OpenedOn.After(forms.Today(r.now)) {
		row.Problems.Add(OpenedOn, "imports.opened_on.in_the_future")
	}
	particulars, problems := dossiers.ReadParticulars(ctx, values, r.now)
	situation, more := dossiers.ReadSituation(values)
	for _, problem := range slices.Concat(problems, more) {
		if _, already := row.Problems.Of(problem.Field); !already {
			row.Problems = append(row.Problems, problem)
		}
	}
	if proposed {
		particulars.CodeName = ""
	}
	row.Particulars, row.Situation = particulars, situation
	return row
}

// standIn is read instead of a code name that will be made up.
const standIn = "Xxxxxx"

// take puts what a cell says into the form.
func (r reader) take(field Field, cell string, values url.Values, problems *fault.Problems) {
	switch {
	case field.Name == Responsible:
		id, ok := r.member(cell)
		if !ok {
			problems.Add(field.Name, "imports.responsible.unknown")
			return
		}
		values.Set(field.Name, id.String())
	case field.codes != nil:
		for _, word := range field.split(cell) {
			code, ok := field.code(word)
			if !ok {
				problems.Add(field.Name, "imports.word.unknown")
				return
			}
			values.Add(field.Name, code)
		}
	case field.Date:
		values.Set(field.Name, dateOf(cell))
	case field.Name == "phone" && values.Get(field.Name) != "":
		// The first number is the one.
	case field.joins() && values.Get(field.Name) != "":
		values.Set(field.Name, values.Get(field.Name)+" "+cell)
	default:
		values.Set(field.Name, cell)
	}
}

// split parts a cell that may hold several answers. A comma may be part of a country's name, and then does not part.
func (f Field) split(cell string) (words []string) {
	if !f.Many {
		return []string{cell}
	}
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '\n' || r == '/' || r == '|' }) {
		if _, whole := f.code(part); whole {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Split(part, ",")...)
	}
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	return slices.DeleteFunc(words, func(word string) bool { return word == "" })
}

// member finds somebody of the staff by name.
func (r reader) member(name string) (tenantdb.PersonID, bool) {
	for _, member := range r.staff {
		if fold(member.Name) == fold(name) && member.Accompanies() {
			return member.MemberID, true
		}
	}
	return tenantdb.PersonID{}, false
}

// A workbook counts days from 1900; these bounds are 1927 and 2064.
const firstSerial, lastSerial = 10000, 60000

// dateOf writes the number by which a workbook keeps a day as a date; what is no such number stays as it was typed.
func dateOf(cell string) string {
	serial, err := strconv.ParseFloat(cell, 64)
	if err != nil || serial < firstSerial || serial > lastSerial {
		return cell
	}
	day, err := excelize.ExcelDateToTime(serial, false)
	if err != nil {
		return cell
	}
	return day.Format(time.DateOnly)
}

// columns are the mapped ones, from left to right.
func (m Mapping) columns() []int {
	columns := make([]int, 0, len(m))
	for column := range m {
		columns = append(columns, column)
	}
	slices.Sort(columns)
	return columns
}
