package dossiers

import (
	"context"
	"net/url"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
)

// ReadParticulars reads the form of a dossier, with everything in it that has to be corrected.
func ReadParticulars(ctx context.Context, values url.Values, now time.Time) (Particulars, fault.Problems) {
	var problems fault.Problems
	codeName, err := ParseCodeName(values.Get("code_name"))
	if wrong, ok := fault.Correctable(err); ok {
		problems = append(problems, wrong...)
	}
	// Nonsense is nobody, which Check asks to be corrected.
	responsible, _ := ParseMember(values.Get("responsible"))
	p := Particulars{
		CodeName:       codeName,
		Phase:          forms.Choice(values, "phase", SettablePhases, &problems),
		ResponsibleID:  responsible,
		ReachedThrough: forms.Choice(values, "reached_through", ReachedThroughs, &problems),
		Beneficiary: Beneficiary{
			FamilyName:       forms.Text(values, "family_name", forms.Name, &problems),
			GivenNames:       forms.Text(values, "given_names", forms.Name, &problems),
			BirthDate:        forms.Date(values, "birth_date", &problems),
			EstimatedAge:     forms.Int(values, "estimated_age", 0, 120, &problems),
			Gender:           forms.Choice(values, "gender", Genders, &problems),
			Nationalities:    forms.Choices(values, "nationalities", forms.Codes(i18n.Countries(ctx)), &problems),
			Languages:        forms.Choices(values, "languages", forms.Codes(i18n.Languages(ctx)), &problems),
			NeedsInterpreter: forms.Choice(values, "needs_interpreter", Answers, &problems),
			SafeContact: SafeContact{
				ContactChannels: forms.Choices(values, "contact_channels", Channels, &problems),
				ContactDays:     forms.Choices(values, "contact_days", Days, &problems),
				ContactFrom:     forms.Hour(values, "contact_from", &problems),
				ContactUntil:    forms.Hour(values, "contact_until", &problems),
				ContactIdentify: forms.Choice(values, "contact_identify", Answers, &problems),
				ContactCodeWord: forms.Text(values, "contact_code_word", forms.Name, &problems),
				ContactNote:     forms.Words(values, "contact_note", forms.Narrative, &problems),
			},
			Phone:               forms.Text(values, "phone", 40, &problems),
			Email:               forms.Text(values, "email", forms.Name, &problems),
			ExploitationForms:   forms.Choices(values, "exploitation_forms", ExploitationForms, &problems),
			ExploitationCantons: forms.Choices(values, "exploitation_cantons", Cantons, &problems),
			ExploitationPlaces:  forms.Choices(values, "exploitation_places", ExploitationPlaces, &problems),
		},
	}
	for _, problem := range p.Check(forms.Today(now)) {
		if _, known := problems.Of(problem.Field); !known {
			problems = append(problems, problem)
		}
	}
	return p, problems
}

// ReadSituation reads the form of the situation's texts.
func ReadSituation(values url.Values) (Situation, fault.Problems) {
	var problems fault.Problems
	situation := Situation{}
	for _, class := range SituationClasses {
		if text := forms.Words(values, string(class), forms.Narrative, &problems); text != "" {
			situation[class] = text
		}
	}
	return situation, problems
}
