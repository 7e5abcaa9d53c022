// Package identificationsview is the pages about what speaks for somebody being a victim, and about the sets of indicators.
package identificationsview

import (
	"context"
	"net/url"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/identifications"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// Form is an assessment as it stands on the page: what was typed, as it was typed.
type Form struct {
	History  identifications.History
	Set      identifications.Set
	ID       string
	Typed    url.Values
	Problems fault.Problems
}

// SecondForm is a second reading as it stands on the page of the assessment.
type SecondForm struct {
	Of       identifications.ID
	Typed    url.Values
	Problems fault.Problems
}

// SetForm is a set being loaded.
type SetForm struct {
	Sets     []identifications.Set
	Typed    url.Values
	Problems fault.Problems
}

// URL is the page of a dossier's identification, and where an assessment is posted.
func URL(id dossiers.ID) string { return dossiersview.Identification.Of(id) }

// NewURL is the form of an assessment; with a digest, by that set.
func NewURL(id dossiers.ID, digest string) string {
	if digest == "" {
		return URL(id) + "/new"
	}
	return URL(id) + "/new?" + url.Values{"set": {digest}}.Encode()
}

// ReadingURL is where a second reading is posted, and asks for it.
func ReadingURL(id dossiers.ID, assessment identifications.ID) string {
	return URL(id) + "/" + assessment.String() + "/reading"
}

// SetsURL lists the sets, and is where one is posted; TemplateURL is ours as a file.
const (
	SetsURL     = "/indicator-sets"
	TemplateURL = SetsURL + "/template"
)

func (f Form) field(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) words(name, label, hint string) ui.Field {
	field := f.field(name, label, hint)
	field.Max = forms.Narrative
	return field
}

// AnswerField is the form's field of an indicator.
func AnswerField(code string) string { return "answer_" + code }

func (f Form) answer(ctx context.Context, indicator identifications.Indicator) ui.Field {
	field := f.field(AnswerField(indicator.Code), indicator.Texts.In(i18n.From(ctx)), "identifications.strength."+string(indicator.Strength))
	field.Inline = true
	return field
}

// legend is the name of a group, and for a child that its answers do not matter.
func (f Form) legend(ctx context.Context, group identifications.Group) string {
	name := group.Texts.In(i18n.From(ctx))
	if f.History.Child && group.Element == identifications.Means {
		return i18n.T(ctx, "identifications.beside", "Group", name)
	}
	return name
}

// TypedOf is a form that begins with the answers of the last assessment by the same set; judgement and the person's own view
// are asked anew.
func TypedOf(history identifications.History, set identifications.Set) url.Values {
	typed := url.Values{}
	for _, entry := range history.Entries {
		if entry.SetDigest != set.Digest {
			continue
		}
		for code, answer := range entry.Particulars.Get().Answers {
			typed.Set(AnswerField(code), string(answer))
		}
		break
	}
	return typed
}

func options[T ~string](prefix string, codes []T) []ui.Option {
	list := make([]ui.Option, len(codes))
	for i, code := range codes {
		list[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return list
}

// reasonTag says what a group gives; of a child the means are beside the point.
func reasonTag(reason identifications.Reason) ui.Tagged {
	switch {
	case reason.Beside:
		return ui.Tag("identifications.reason.beside", ui.Neutral)
	case reason.Enough:
		return ui.Tag("identifications.reason.enough", ui.Waiting)
	case len(reason.Found) > 0:
		return ui.Tag("identifications.reason.some", ui.Active)
	default:
		return ui.Tag("identifications.reason.none", ui.Neutral)
	}
}

func setName(ctx context.Context, set identifications.Set) string {
	return i18n.T(ctx, "identifications.set.named", "Name", set.Name, "Edition", set.Edition)
}

// asks says whether the reader can be the second one: another member than the writer, where nobody was yet.
func asks(ctx context.Context, entry identifications.Entry) bool {
	by, _ := access.From(ctx)
	return entry.Second == nil && entry.Readable(by.Person) && access.Can(ctx, access.IdentificationWrite)
}

func size(set identifications.Set) (indicators int) {
	for _, group := range set.Groups {
		indicators += len(group.Indicators)
	}
	return indicators
}

func (f SecondForm) of(entry identifications.Entry) SecondForm {
	if f.Of != entry.IdentificationID {
		return SecondForm{Typed: url.Values{}}
	}
	return f
}
