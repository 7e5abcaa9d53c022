// Package importsview is the HTML of imports: sending a file, saying what its columns mean, what every row came to, and how
// far it has come.
package importsview

import (
	"context"
	"strconv"
	"strings"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/imports"
	"passerelle/views/ui"
)

// The addresses of imports.
const (
	ListURL     = "/imports"
	TemplateURL = ListURL + "/template"
)

// URL is an import's page, and where its mapping is posted.
func URL(id imports.ID) string { return ListURL + "/" + id.String() }

// ProgressURL is where rows are imported from.
func ProgressURL(id imports.ID) string { return URL(id) + "/progress" }

// DestroyURL is where a file is thrown away.
func DestroyURL(id imports.ID) string { return URL(id) + "/destroy" }

// New is the form for a file.
type New struct {
	ID       string
	Imports  []imports.Import
	Problems fault.Problems
}

// Page is one import.
type Page struct {
	imports.Look
	Mapping  imports.Mapping
	Problems fault.Problems
}

func crumbs() []ui.Crumb { return []ui.Crumb{{Label: "imports.title", URL: ListURL}} }

// examples are what the first rows say in a column, so that somebody sees what it is about.
func (p Page) examples(column int) string {
	var found []string
	for _, row := range p.Sheet.Rows {
		if row[column] != "" && len(found) < 3 {
			found = append(found, short(row[column]))
		}
	}
	return strings.Join(found, " · ")
}

// short keeps an example from filling the page.
func short(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= 40 {
		return string(runes)
	}
	return string(runes[:39]) + "…"
}

func fieldOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Value: "", Label: "imports.mapping.none"}}
	for _, field := range imports.Fields {
		options = append(options, ui.Option{Value: field.Name, Label: field.Label})
	}
	return options
}

// columnTitle names a column, also one that the file does not name.
func columnTitle(ctx context.Context, title string, column int) string {
	if title == "" {
		return i18n.T(ctx, "imports.column", "Number", column+1)
	}
	return title
}

// said is what the columns of a field say in a row, which is what has to be corrected.
func (p Page) said(row imports.Row, field string) string {
	var cells []string
	for column, name := range p.Sheet.Mapping {
		if name == field {
			cells = append(cells, p.Sheet.Rows[row.Number-2][column])
		}
	}
	return short(strings.Join(cells, " "))
}

// labelOf is the message key of a field.
func labelOf(name string) string {
	for _, field := range imports.Fields {
		if field.Name == name {
			return field.Label
		}
	}
	return "imports.row"
}

func percent(i imports.Import) string { return strconv.Itoa(100 * i.Done / max(i.Total, 1)) }
