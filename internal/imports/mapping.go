package imports

import (
	"context"
	"strconv"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// Mapping says by the place of a column which field it fills.
type Mapping map[int]string

// Guess maps the columns that are called as a field is, in any of the four languages, as the form names it, as lists in
// practice do, or as in HTCDS. A field that takes one answer is filled by the first such column.
func Guess(header []string) Mapping {
	mapping, taken := Mapping{}, map[string]bool{}
	names := calledSo()
	for column, title := range header {
		field, ok := names[fold(title)]
		if ok && (field.Many || !taken[field.Name] || len(field.HTCDS) > 1) {
			mapping[column], taken[field.Name] = field.Name, true
		}
	}
	return mapping
}

// calledSo are the fields by whatever a column may be called.
func calledSo() map[string]Field {
	names := map[string]Field{}
	for _, field := range Fields {
		for _, name := range field.called {
			names[fold(name)] = field
		}
	}
	// What the form says wins over what is usual elsewhere.
	for _, field := range Fields {
		for _, lang := range i18n.Langs {
			names[fold(i18n.T(i18n.With(context.Background(), lang), field.Label))] = field
		}
		names[fold(field.Name)] = field
		for _, name := range field.HTCDS {
			names[fold(name)] = field
		}
	}
	return names
}

// Check refuses a mapping that would fill a field twice, or none.
func (m Mapping) Check() error {
	var problems fault.Problems
	if len(m) == 0 {
		problems.Add("", "imports.mapping.nothing")
	}
	filled := map[string]int{}
	for column, name := range m {
		field, ok := fieldOf(name)
		if !ok {
			problems.Add(ColumnName(column), "forms.choice.unknown")
			continue
		}
		if filled[name]++; filled[name] > 1 && !field.joins() {
			problems.Add(ColumnName(column), "imports.mapping.twice")
		}
	}
	return problems.Err()
}

// joins says that several columns may fill the field together.
func (f Field) joins() bool { return f.Many || len(f.HTCDS) > 1 }

// ColumnName is the form's field for what a column fills.
func ColumnName(column int) string { return "column_" + strconv.Itoa(column) }
