// Package handoversview is the HTML of who carries how much, and of handing it over.
package handoversview

import (
	"net/url"

	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/tenantdb"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Form is the work of one member being handed over.
type Form struct {
	From     handovers.Line
	Lines    []handovers.Line
	Typed    url.Values
	Problems fault.Problems
}

// NewForm finds the member among the lines.
func NewForm(lines []handovers.Line, from tenantdb.PersonID) (Form, bool) {
	for _, line := range lines {
		if line.MemberID == from {
			return Form{From: line, Lines: lines}, true
		}
	}
	return Form{}, false
}

func (f Form) to() ui.Field {
	return ui.Field{Name: "to", Label: "handovers.to", Hint: "handovers.to.hint", Value: f.Typed.Get("to"), Problems: f.Problems}
}

// colleagues are those who can take it.
func (f Form) colleagues() []ui.Option {
	options := []ui.Option{{Label: "handovers.choose"}}
	for _, line := range f.Lines {
		if line.MemberID != f.From.MemberID && line.Accompanies() {
			options = append(options, ui.Option{Value: line.MemberID.String(), Label: line.Name})
		}
	}
	return options
}

func crumbs() []ui.Crumb { return []ui.Crumb{{Label: "handovers.title", URL: paths.Handovers}} }
