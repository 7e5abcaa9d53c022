// Package confidencesview is the pages of notes that are written under the secret of a profession.
package confidencesview

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// Overview is which circles a dossier has, as By sees it.
type Overview struct {
	confidences.Overview
	By tenantdb.PersonID
	// ID is that of the circle which a form opens.
	ID       string
	Problems fault.Problems
}

// Sheet is a circle with its notes, as By sees it, who holds it.
type Sheet struct {
	confidences.Sheet
	By tenantdb.PersonID
	// Older says that these are not the newest.
	Older bool
	// Chosen is who was to be named or removed when that was refused.
	Chosen   string
	Problems fault.Problems
}

// older is an address, where there is something to go to.
func older(there bool, url string) string {
	if there {
		return url
	}
	return ""
}

// Form is a note being written, corrected or struck.
type Form struct {
	File confidences.File
	// ID is that of what the form makes.
	ID       string
	Version  int
	Typed    url.Values
	Problems fault.Problems
	Striking bool
	// Theirs is what somebody else has saved meanwhile; nil is nobody.
	Theirs url.Values
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "confidences." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}.Beside(f.Theirs)
}

func (f Form) text() ui.Field {
	field := f.field("text")
	field.Rows, field.Max = 14, confidences.LongestText
	return field
}

func (f Form) reason() ui.Field {
	field := f.field("reason")
	field.Hint, field.Max = "confidences.reason.hint", forms.Short
	return field
}

func (f Form) title() string {
	if f.Striking {
		return "confidences.striking.title"
	}
	return "confidences.edit.title"
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

// TypedOf is the form of a note.
func TypedOf(n confidences.Note) url.Values {
	return url.Values{"noted_on": {n.NotedOn.Format("02.01.2006")}, "text": {n.Text()}}
}

// SuccessionForm is a circle being handed on.
type SuccessionForm struct {
	File     confidences.File
	By       tenantdb.PersonID
	ID       string
	Typed    url.Values
	Problems fault.Problems
}

func (f SuccessionForm) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "confidences.succession." + name + ".label", Hint: "confidences.succession." + name + ".hint", Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f SuccessionForm) words() ui.Field {
	field := f.field("words")
	field.Rows, field.Max = 3, confidences.LongestWords
	return field
}

func (f SuccessionForm) candidates() []members.Member {
	return f.File.Staff.Candidates(f.File.Circle, f.By)
}

func frame(mention dossiers.Mention, title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: mention, Part: dossiersview.Confidences, Title: title}
}

func professionName(ctx context.Context, profession members.Profession) string {
	return i18n.T(ctx, "members.profession."+string(profession))
}

func names(insiders []confidences.Insider) string {
	said := make([]string, len(insiders))
	for i, insider := range insiders {
		said[i] = insider.Name
	}
	return strings.Join(said, ", ")
}

// people offers somebody out of a list, or nobody yet.
func people(list []members.Member) []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, m := range list {
		options = append(options, ui.Option{Value: m.MemberID.String(), Label: m.Name})
	}
	return options
}

// standing is where a circle stands, in a word.
func standing(c confidences.Circle) ui.Tagged {
	switch {
	case c.Orphaned():
		return ui.Tag("confidences.standing.orphaned", ui.Bad)
	case c.Closed():
		return ui.Tag("confidences.standing.closed", ui.Neutral)
	default:
		return ui.Tag("confidences.standing.open", ui.Active)
	}
}
