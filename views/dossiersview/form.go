package dossiersview

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

// Form is a form of a dossier as it stands on the page: what was typed, as it was typed.
type Form struct {
	ID dossiers.ID
	// CodeName is what the dossier is called at present, and empty for one that is being opened.
	CodeName dossiers.CodeName
	// Version is the one that was read when the form was opened.
	Version  int
	Values   url.Values
	Problems fault.Problems
	Staff    []members.Member
}

// With is the form with what has to be corrected.
func (f Form) With(problems fault.Problems) Form {
	f.Problems = problems
	return f
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

// Values are particulars as their form shows them.
func Values(p dossiers.Particulars) url.Values {
	b := p.Beneficiary
	return url.Values{
		"code_name":            {string(p.CodeName)},
		"responsible":          {p.ResponsibleID.String()},
		"reached_through":      {string(p.ReachedThrough)},
		"family_name":          {b.FamilyName},
		"given_names":          {b.GivenNames},
		"birth_date":           {dateTyped(b.BirthDate)},
		"estimated_age":        {number(b.EstimatedAge)},
		"gender":               {string(b.Gender)},
		"nationalities":        b.Nationalities,
		"languages":            b.Languages,
		"needs_interpreter":    {string(b.NeedsInterpreter)},
		"phone":                {b.Phone},
		"email":                {b.Email},
		"contact_channels":     texts(b.ContactChannels),
		"contact_days":         texts(b.ContactDays),
		"contact_from":         {b.ContactFrom},
		"contact_until":        {b.ContactUntil},
		"contact_identify":     {string(b.ContactIdentify)},
		"contact_code_word":    {b.ContactCodeWord},
		"contact_note":         {b.ContactNote},
		"exploitation_forms":   texts(b.ExploitationForms),
		"exploitation_cantons": b.ExploitationCantons,
		"exploitation_places":  texts(b.ExploitationPlaces),
	}
}

// SituationValues are the texts of a situation as their form shows them.
func SituationValues(s dossiers.Situation) url.Values {
	values := url.Values{}
	for class, text := range s {
		values.Set(string(class), text)
	}
	return values
}

func texts[T ~string](codes []T) []string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = string(code)
	}
	return list
}

type look int

const (
	line look = iota
	prose
	day
	choose
	radios
	checkboxes
	several
)

// question is one field of a form: the forms, and the page that sets two texts side by side, are made of these.
type question struct {
	name, label, hint string
	look              look
	max, rows         int
	width             ui.Width
	inline            bool
	options           func(context.Context, Form) []ui.Option
}

// part is questions that belong together.
type part struct {
	title     string
	questions []question
}

var particulars = []part{
	{"dossiers.part.dossier", []question{
		{name: "code_name", label: "dossiers.code_name.label", hint: "dossiers.code_name.hint", max: 24, width: ui.Chars20},
		{name: "responsible", label: "dossiers.responsible.label", look: choose, options: staff},
		{name: "reached_through", label: "dossiers.reached_through.label", look: choose, options: orNone("ui.none_chosen", answers("dossiers.reached_through.", dossiers.ReachedThroughs))},
	}},
	{"dossiers.part.person", []question{
		{name: "family_name", label: "dossiers.family_name.label", max: forms.Name},
		{name: "given_names", label: "dossiers.given_names.label", max: forms.Name},
		{name: "birth_date", label: "dossiers.birth_date.label", look: day},
		{name: "estimated_age", label: "dossiers.estimated_age.label", hint: "dossiers.estimated_age.hint", max: 3, width: ui.Chars4},
		{name: "gender", label: "dossiers.gender.label", look: choose, options: orNone("ui.none_chosen", answers("dossiers.gender.", dossiers.Genders))},
		{name: "nationalities", label: "dossiers.nationalities.label", hint: "dossiers.more.hint", look: several, options: codes(i18n.Countries)},
		{name: "languages", label: "dossiers.languages.label", hint: "dossiers.more.hint", look: several, options: codes(i18n.Languages)},
		{name: "needs_interpreter", label: "dossiers.needs_interpreter.label", look: radios, inline: true, options: orNone("dossiers.answer.unknown", answers("dossiers.answer.", dossiers.Answers))},
	}},
	{"dossiers.part.contact", []question{
		{name: "contact_channels", label: "dossiers.contact_channels.label", hint: "dossiers.contact_channels.hint", look: checkboxes, inline: true, options: answers("dossiers.channel.", dossiers.Channels)},
		{name: "phone", label: "dossiers.phone.label", max: 40, width: ui.Chars20},
		{name: "email", label: "dossiers.email.label", max: forms.Name},
		{name: "contact_days", label: "dossiers.contact_days.label", look: checkboxes, inline: true, options: answers("dossiers.day.", dossiers.Days)},
		{name: "contact_from", label: "dossiers.contact_from.label", hint: "dossiers.hour.hint", max: 5, width: ui.Chars10},
		{name: "contact_until", label: "dossiers.contact_until.label", max: 5, width: ui.Chars10},
		{name: "contact_identify", label: "dossiers.contact_identify.label", look: radios, inline: true, options: orNone("dossiers.answer.unknown", answers("dossiers.answer.", dossiers.Answers))},
		{name: "contact_code_word", label: "dossiers.contact_code_word.label", hint: "dossiers.contact_code_word.hint", max: forms.Name},
		{name: "contact_note", label: "dossiers.contact_note.label", hint: "dossiers.contact_note.hint", look: prose, max: forms.Narrative, rows: 4},
	}},
	{"dossiers.part.exploitation", []question{
		{name: "exploitation_forms", label: "dossiers.exploitation_forms.label", look: checkboxes, inline: true, options: answers("dossiers.exploitation_form.", dossiers.ExploitationForms)},
		{name: "exploitation_cantons", label: "dossiers.exploitation_cantons.label", look: checkboxes, inline: true, options: answers("dossiers.canton.", dossiers.Cantons)},
		{name: "exploitation_places", label: "dossiers.exploitation_places.label", look: checkboxes, inline: true, options: answers("dossiers.exploitation_place.", dossiers.ExploitationPlaces)},
	}},
}

var situation = func() []question {
	questions := make([]question, len(dossiers.SituationClasses))
	for i, class := range dossiers.SituationClasses {
		questions[i] = question{name: string(class), label: "dossiers.situation." + string(class), look: prose, max: forms.Narrative, rows: 6}
	}
	return questions
}()

// answers offers codes by their messages.
func answers[T ~string](prefix string, codes []T) func(context.Context, Form) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: string(code), Label: prefix + strings.ToLower(string(code))}
	}
	return func(context.Context, Form) []ui.Option { return options }
}

// orNone offers to leave a question unanswered as well.
func orNone(label string, options func(context.Context, Form) []ui.Option) func(context.Context, Form) []ui.Option {
	return func(ctx context.Context, f Form) []ui.Option {
		return append([]ui.Option{{Value: "", Label: label}}, options(ctx, f)...)
	}
}

func codes(list func(context.Context) []i18n.Option) func(context.Context, Form) []ui.Option {
	return func(ctx context.Context, _ Form) []ui.Option { return ui.Options(list(ctx)) }
}

// staff offers those who can be responsible, and whoever is.
func staff(_ context.Context, f Form) []ui.Option {
	var options []ui.Option
	for _, member := range f.Staff {
		if id := member.MemberID.String(); member.Accompanies() || id == f.Values.Get("responsible") {
			options = append(options, ui.Option{Value: id, Label: member.Name})
		}
	}
	return options
}

func (q question) field(f Form) ui.Field {
	return ui.Field{
		Name: q.name, Label: q.label, Hint: q.hint, Value: f.Values.Get(q.name), Values: given(f.Values[q.name]), Problems: f.Problems,
		Width: q.width, Max: q.max, Rows: q.rows, Inline: q.inline,
	}
}

// given leaves out the boxes that were left empty.
func given(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}

// said is an answer in the reader's words.
func (q question) said(ctx context.Context, f Form, values []string) string {
	if q.options == nil {
		return strings.Join(values, " ")
	}
	var labels []string
	for _, option := range q.options(ctx, f) {
		if slices.Contains(values, option.Value) && (option.Value != "" || len(given(values)) == 0) {
			labels = append(labels, i18n.T(ctx, option.Label))
		}
	}
	return strings.Join(labels, ", ")
}

// differs says whether two forms answer a question otherwise; the order of several answers is part of the answer
// only where one chooses it.
func (q question) differs(mine, theirs url.Values) bool {
	a, b := given(mine[q.name]), given(theirs[q.name])
	if q.look == checkboxes {
		slices.Sort(a)
		slices.Sort(b)
	}
	if q.look == prose {
		a, b = unwrapped(a), unwrapped(b)
	}
	return !slices.Equal(a, b)
}

// unwrapped takes off what a textarea adds.
func unwrapped(values []string) []string {
	for i, value := range values {
		values[i] = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
	}
	return given(values)
}

// Conflict is two answers to the same form: what somebody wants to save, and what somebody else saved meanwhile.
type Conflict struct {
	Form
	Theirs url.Values
	// Situation says that it is the form of the situation's texts.
	Situation bool
}

func (c Conflict) questions() []question {
	if c.Situation {
		return situation
	}
	var all []question
	for _, part := range particulars {
		all = append(all, part.questions...)
	}
	return all
}

// differing are the questions that the two answer otherwise; agreed are the others.
func (c Conflict) differing() (differing, agreed []question) {
	for _, q := range c.questions() {
		if q.differs(c.Values, c.Theirs) {
			differing = append(differing, q)
		} else {
			agreed = append(agreed, q)
		}
	}
	return differing, agreed
}

const takePrefix = "take_"

// Take gives the answers that somebody settled on: their own, but where they took the other ones.
func Take(mine, theirs url.Values) url.Values {
	settled := url.Values{}
	for name, values := range mine {
		settled[name] = values
	}
	for name := range mine {
		if taken, ok := strings.CutPrefix(name, takePrefix); ok {
			settled[taken] = theirs[taken]
			delete(settled, name)
		}
	}
	return settled
}

// described are the classes of the situation that have a text, in order.
func described(s dossiers.Situation) []access.DataClass {
	return slices.DeleteFunc(slices.Clone(dossiers.SituationClasses), func(c access.DataClass) bool { return s[c] == "" })
}
