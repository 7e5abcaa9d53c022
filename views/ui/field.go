package ui

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// Field is one question of a form: what it is called, what was answered, and what is wrong with that. Label and Hint
// are message keys.
type Field struct {
	// Name is the form's field and, as it is what a problem points at, the element's id: unique on the page.
	Name  string
	Label string
	Hint  string
	// Value is what was answered; Values where several answers are possible.
	Value  string
	Values []string
	// Problems are those of the whole form; the field shows its own.
	Problems fault.Problems
	// Width is how much is expected to be typed.
	Width Width
	// Rows is the height of a Textarea, Max the number of characters that it takes (shown while typing).
	Rows, Max int
	// Type is the input's, where it is not text.
	Type string
	// Autocomplete is off unless it says otherwise: on shared computers browsers must not remember what was typed.
	Autocomplete string
	// Verbatim is for names and the like: browsers neither mend them nor send them to a dictionary.
	Verbatim bool
	// Heading makes the label the page's heading, for a page that asks one question.
	Heading bool
	// Inline puts radios side by side; Quiet keeps the label for screen readers only.
	Inline, Quiet bool

	// theirs is what somebody else has saved meanwhile, where that is something else; changed says so.
	theirs  []string
	changed bool
}

// Beside is the field with what somebody else has saved meanwhile in the same form shown beside it, where that is something else
// than what was typed; nil is nobody.
func (f Field) Beside(theirs url.Values) Field {
	if theirs == nil {
		return f
	}
	mine := f.Values
	if len(mine) == 0 {
		mine = []string{f.Value}
	}
	f.theirs = answers(theirs[f.Name])
	f.changed = !slices.Equal(answers(mine), f.theirs)
	return f
}

// answers are those that were given, as a browser sends them, in whatever order.
func answers(values []string) []string {
	given := []string{}
	for _, value := range values {
		if value = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n")); value != "" {
			given = append(given, value)
		}
	}
	slices.Sort(given)
	return given
}

// in says what somebody else chose in the words of the options.
func (f Field) in(options []Option, ctx context.Context) Field {
	if f.changed {
		f.theirs = slices.Clone(f.theirs)
		for i, value := range f.theirs {
			for _, option := range options {
				if option.Value == value {
					f.theirs[i] = say(ctx, option.Label)
				}
			}
		}
	}
	return f
}

// Width of an input, in characters expected.
type Width string

// The widths. Full is for what has no usual length.
const (
	Full    Width = ""
	Chars2  Width = "govuk-input--width-2"
	Chars4  Width = "govuk-input--width-4"
	Chars10 Width = "govuk-input--width-10"
	Chars20 Width = "govuk-input--width-20"
	Half    Width = "govuk-!-width-one-half"
)

// Option is one answer to choose. Label, Hint and Group are message keys.
type Option struct {
	Value string
	Label string
	Hint  string
	// Group is the heading under which a Select shows neighbours that have the same one.
	Group string
	// Disabled shows an answer that cannot be chosen; the hint should say why.
	Disabled bool
}

// Options makes a list of countries or languages into answers.
func Options(codes []i18n.Option) []Option {
	options := make([]Option, len(codes))
	for i, code := range codes {
		options[i] = Option{Value: code.Code, Label: code.Name}
	}
	return options
}

// choice is the options of a select: a list of countries, or of everybody on the staff, is long.
func choice(options []Option, chosen string) templ.Component {
	return Written(func(ctx context.Context, m *Markup) {
		group := ""
		for _, option := range options {
			if option.Group != group {
				if group != "" {
					m.HTML(`</optgroup>`)
				}
				if group = option.Group; group != "" {
					m.HTML(`<optgroup label="`).Text(say(ctx, group)).HTML(`">`)
				}
			}
			m.HTML(`<option value="`).Text(option.Value).HTML(`"`)
			if option.Value == chosen {
				m.HTML(` selected`)
			}
			if option.Disabled {
				m.HTML(` disabled`)
			}
			m.HTML(`>`).Say(option.Label, "").HTML(`</option>`)
		}
		if group != "" {
			m.HTML(`</optgroup>`)
		}
	})
}

func (f Field) problem() (fault.Problem, bool) { return f.Problems.Of(f.Name) }

func (f Field) hintID() string   { return f.Name + "-hint" }
func (f Field) theirsID() string { return f.Name + "-theirs" }
func (f Field) errorID() string  { return f.Name + "-error" }

// aria names the elements that a screen reader reads after the label.
func (f Field) aria() templ.OrderedAttributes {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.hintID())
	}
	if f.changed {
		ids = append(ids, f.theirsID())
	}
	if f.wrong() {
		ids = append(ids, f.errorID())
	}
	if f.Rows > 0 && f.Max > 0 {
		ids = append(ids, f.Name+"-info")
	}
	var attributes templ.OrderedAttributes
	if len(ids) > 0 {
		attributes = append(attributes, templ.KeyValue[string, any]{Key: "aria-describedby", Value: strings.Join(ids, " ")})
	}
	return attributes
}

// ariaInput says in addition when the answer is wrong, which a group of inputs may not.
func (f Field) ariaInput() templ.OrderedAttributes {
	attributes := f.aria()
	if f.wrong() {
		attributes = append(attributes, templ.KeyValue[string, any]{Key: "aria-invalid", Value: "true"})
	}
	return attributes
}

func (f Field) wrong() bool {
	_, wrong := f.problem()
	return wrong
}

// tall gives a text the height of three lines at least.
func (f Field) tall() Field {
	f.Rows = max(f.Rows, 3)
	return f
}

func (f Field) withHint(key string) Field {
	if f.Hint == "" {
		f.Hint = key
	}
	return f
}

func (f Field) chosen(value string) bool { return f.Value == value || slices.Contains(f.Values, value) }

func (f Field) autocomplete() string {
	if f.Autocomplete == "" {
		return "off"
	}
	return f.Autocomplete
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// optionID is the field's own id for the first option, which is where a problem's link leads.
func (f Field) optionID(i int) string {
	if i == 0 {
		return f.Name
	}
	return f.Name + "-" + strconv.Itoa(i+1)
}

// slots are the values that are there and one more to fill in, two at least.
func (f Field) slots() []string {
	return append(slices.Clone(f.Values), make([]string, max(1, 2-len(f.Values)))...)
}
