// Package interpretersview is the HTML of the directory of interpreters, and of whom a dossier excludes.
package interpretersview

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/interpreters"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Directory is the list of interpreters, of one language or of all.
type Directory struct {
	Interpreters []interpreters.Interpreter
	Language     string
}

// shown are the interpreters of the language that was asked for.
func (d Directory) shown() []interpreters.Interpreter {
	return slices.DeleteFunc(slices.Clone(d.Interpreters), func(i interpreters.Interpreter) bool {
		return d.Language != "" && !slices.Contains(i.Particulars.Get().Languages, d.Language)
	})
}

// languages are those that somebody in the directory speaks, to choose from.
func (d Directory) languages(ctx context.Context) []ui.Option {
	spoken := map[string]bool{}
	for _, interpreter := range d.Interpreters {
		for _, code := range interpreter.Particulars.Get().Languages {
			spoken[code] = true
		}
	}
	options := []ui.Option{{Label: "interpreters.languages.all"}}
	for _, language := range i18n.Languages(ctx) {
		if spoken[language.Code] {
			options = append(options, ui.Option{Value: language.Code, Label: language.Name})
		}
	}
	return options
}

// Form is an entry being added or changed.
type Form struct {
	ID string
	// Version is empty for a new entry.
	Version  string
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else made of the entry meanwhile.
	Theirs *interpreters.Particulars
}

func (f Form) title() string {
	if f.Version == "" {
		return "interpreters.new.title"
	}
	return "interpreters.edit.title"
}

func (f Form) props() ui.FormProps {
	if f.Version == "" {
		return ui.FormProps{Action: paths.Interpreters, New: f.ID}
	}
	return ui.FormProps{Action: paths.Interpreters + "/" + f.ID, Version: f.Version}
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "interpreters." + name + ".label", Value: f.Typed.Get(name), Values: f.Typed[name], Problems: f.Problems}
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "interpreters." + name + ".hint"
	return field
}

func (f Form) line(name string) ui.Field {
	field := f.field(name)
	field.Verbatim, field.Width, field.Max = true, ui.Half, 100
	return field
}

func (f Form) withType(name, kind string) ui.Field {
	field := f.line(name)
	field.Type = kind
	return field
}

// TypedOf is the form of an entry.
func TypedOf(p interpreters.Particulars) url.Values {
	typed := url.Values{
		"name": {p.Name}, "phone": {p.Phone}, "email": {p.Email}, "agency": {p.Agency}, "languages": p.Languages, "gender": {string(p.Gender)},
		"region": {p.Region}, "community": {p.Community}, "availability": {p.Availability},
	}
	if p.ActiveUntil != nil {
		typed.Set("active_until", p.ActiveUntil.Format("02.01.2006"))
	}
	return typed
}

// Exclusion is one being recorded.
type Exclusion struct {
	Dossier   dossiers.Mention
	ID        string
	Directory []interpreters.Interpreter
	Typed     url.Values
	Problems  fault.Problems
}

func (e Exclusion) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "interpreters." + name + ".label", Value: e.Typed.Get(name), Problems: e.Problems}
}

func (e Exclusion) people() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, interpreter := range e.Directory {
		options = append(options, ui.Option{Value: interpreter.InterpreterID.String(), Label: interpreter.Particulars.Get().Name})
	}
	return options
}

func unchosen(options []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: "ui.none_chosen"}}, options...)
}

func codes[T ~string](prefix string, known []T) []ui.Option {
	options := make([]ui.Option, len(known))
	for i, code := range known {
		options[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return options
}

// Named is the name of an interpreter in a directory.
func Named(directory []interpreters.Interpreter, id interpreters.ID) string {
	for _, interpreter := range directory {
		if interpreter.InterpreterID == id {
			return interpreter.Particulars.Get().Name
		}
	}
	return ""
}

// Spoken are languages by name.
func Spoken(ctx context.Context, languages []string) string {
	names := make([]string, len(languages))
	for i, code := range languages {
		names[i] = i18n.Language(ctx, code)
	}
	return strings.Join(names, ", ")
}

// word is the message of a code, or nothing where there is none.
func word[T ~string](ctx context.Context, prefix string, code T) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, prefix+string(code))
}

// origin is where somebody comes from, as far as one knows.
func origin(ctx context.Context, p interpreters.Particulars) string {
	var known []string
	if p.Region != "" {
		known = append(known, i18n.Country(ctx, p.Region))
	}
	if p.Community != "" {
		known = append(known, p.Community)
	}
	return strings.Join(known, ", ")
}

// About is what of an interpreter one compares, in a row.
func About(ctx context.Context, p interpreters.Particulars) string {
	var known []string
	for _, fact := range []string{Spoken(ctx, p.Languages), word(ctx, "interpreters.gender.", p.Gender), origin(ctx, p), p.Availability} {
		if fact != "" {
			known = append(known, fact)
		}
	}
	return strings.Join(known, " · ")
}

// whom is whom an exclusion is against.
func whom(ctx context.Context, terms interpreters.Terms, directory []interpreters.Interpreter) string {
	switch terms.Against {
	case interpreters.Region:
		return i18n.Country(ctx, terms.Region)
	case interpreters.Community:
		return terms.Community
	case interpreters.ByGender:
		return word(ctx, "interpreters.gender.", terms.Gender)
	default:
		return Named(directory, terms.InterpreterID)
	}
}

// standing are the exclusions that were not lifted.
func standing(exclusions []interpreters.Exclusion) []interpreters.Exclusion {
	return slices.DeleteFunc(slices.Clone(exclusions), func(e interpreters.Exclusion) bool { return e.LiftedAt != nil })
}
