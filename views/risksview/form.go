// Package risksview is the pages about how great the danger is, and about the safety plan.
package risksview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/risks"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// Form is an assessment or a plan as it stands on the page: what was typed, as it was typed.
type Form struct {
	Dossier dossiers.Mention
	// ID is that of the assessment that is made; Version is that of the plan, as it was read when the form was opened.
	ID      string
	Version int
	// Child says that the step of the children's scale is asked for.
	Child    bool
	Typed    url.Values
	Problems fault.Problems
	// Theirs is the plan that somebody else has written meanwhile.
	Theirs *risks.PlanDetails
}

func (f Form) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) words(name, label, hint string) ui.Field {
	field := f.field(name, label)
	field.Hint, field.Max = hint, forms.Narrative
	return field
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

// measures are the numbers of the rows of measures: those that are there, and some to fill in.
func (f Form) measures() (rows []string) {
	last := 0
	for i := range risks.MaxMeasures {
		if row := strconv.Itoa(i + 1); f.Typed.Get("measure_"+row+"_what") != "" || f.Typed.Get("measure_"+row+"_who") != "" {
			last = i + 1
		}
	}
	for i := range min(last+spare, risks.MaxMeasures) {
		rows = append(rows, strconv.Itoa(i+1))
	}
	return rows
}

// spare is how many empty rows a plan offers.
const spare = 3

func (f Form) measure(row, part string) ui.Field {
	name := "measure_" + row + "_" + part
	return ui.Field{
		Name: name, Label: "risks.measure." + part, Value: f.Typed.Get(name), Problems: f.Problems,
	}
}

// URL is the page of a dossier's risks.
func URL(id dossiers.ID) string { return dossiersview.Risk.Of(id) }

// AssessmentsURL is where assessments are posted.
func AssessmentsURL(id dossiers.ID) string { return URL(id) + "/assessments" }

// PlanURL is where the plan is posted; its form lies at …/edit.
func PlanURL(id dossiers.ID) string { return URL(id) + "/plan" }

// SheetURL is the plan for the person.
func SheetURL(id dossiers.ID) string { return URL(id) + "/sheet" }

// TypedAssessment is a form that begins with what was found last: only what has changed is typed anew. Days, level and
// reason are not taken along.
func TypedAssessment(last risks.Assessment) url.Values {
	details := last.Particulars.Get()
	typed := url.Values{"described": {details.Described}, "protective": {details.Protective}, "fears": {details.Fears}}
	for _, danger := range details.Dangers {
		typed.Set("severity_"+string(danger.Source), string(danger.Severity))
		typed.Set("likelihood_"+string(danger.Source), string(danger.Likelihood))
	}
	return typed
}

// TypedPlan is the form of a plan.
func TypedPlan(plan risks.PlanDetails) url.Values {
	typed := url.Values{"signs": {plan.Signs}, "steps": {plan.Steps}, "people": {plan.People}, "signal": {plan.Signal}, "devices": {plan.Devices}}
	for i, measure := range plan.Measures {
		name := "measure_" + strconv.Itoa(i+1)
		typed.Set(name+"_what", measure.What)
		typed.Set(name+"_who", measure.Who)
		typed.Set(name+"_by", typedDay(measure.By))
		typed.Set(name+"_done", typedDay(measure.Done))
	}
	return typed
}

func typedDay(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

func options[T ~string](prefix string, codes []T) []ui.Option {
	list := make([]ui.Option, len(codes))
	for i, code := range codes {
		list[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return list
}

func orNone(list []ui.Option) []ui.Option {
	return append([]ui.Option{{Value: "", Label: "risks.danger.none"}}, list...)
}

func steps() []ui.Option {
	list := make([]ui.Option, risks.Steps)
	for i := range list {
		list[i] = ui.Option{Value: strconv.Itoa(i + 1), Label: "risks.child_scale." + strconv.Itoa(i+1)}
	}
	return list
}

var tones = map[risks.Level]ui.Tone{risks.Low: ui.Good, risks.Moderate: ui.Waiting, risks.High: ui.Bad, risks.Acute: ui.Bad}

func levelTag(level risks.Level) ui.Tagged { return ui.Tag("risks.level."+string(level), tones[level]) }

// danger says a source with how bad and how probable it is.
func danger(ctx context.Context, d risks.Danger) string {
	return i18n.T(ctx, "risks.danger.said", "Source", i18n.T(ctx, "risks.source."+string(d.Source)),
		"Severity", i18n.T(ctx, "risks.severity."+string(d.Severity)), "Likelihood", i18n.T(ctx, "risks.likelihood."+string(d.Likelihood)))
}

// overdue says that the day of the next assessment is over.
func overdue(review *time.Time, now time.Time) bool {
	return review != nil && forms.Today(now).After(*review)
}

func hinted(f ui.Field, hint string) ui.Field {
	f.Hint = hint
	return f
}

func short(f ui.Field) ui.Field {
	f.Max = forms.Short
	return f
}
