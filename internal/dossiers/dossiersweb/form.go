package dossiersweb

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
)

// particularsOf reads the form of a dossier, with everything in it that has to be corrected.
func particularsOf(ctx context.Context, values url.Values, now time.Time) (dossiers.Particulars, fault.Problems) {
	var problems fault.Problems
	codeName, err := dossiers.ParseCodeName(values.Get("code_name"))
	if wrong, ok := fault.Correctable(err); ok {
		problems = append(problems, wrong...)
	}
	// Nonsense is nobody, which Check asks to be corrected.
	responsible, _ := dossiers.ParseMember(values.Get("responsible"))
	p := dossiers.Particulars{
		CodeName:       codeName,
		ResponsibleID:  responsible,
		ReachedThrough: forms.Choice(values, "reached_through", dossiers.ReachedThroughs, &problems),
		Beneficiary: dossiers.Beneficiary{
			FamilyName:       forms.Text(values, "family_name", forms.Name, &problems),
			GivenNames:       forms.Text(values, "given_names", forms.Name, &problems),
			BirthDate:        forms.Date(values, "birth_date", &problems),
			EstimatedAge:     forms.Int(values, "estimated_age", 0, 120, &problems),
			Gender:           forms.Choice(values, "gender", dossiers.Genders, &problems),
			Nationalities:    forms.Choices(values, "nationalities", forms.Codes(i18n.Countries(ctx)), &problems),
			Languages:        forms.Choices(values, "languages", forms.Codes(i18n.Languages(ctx)), &problems),
			NeedsInterpreter: forms.Choice(values, "needs_interpreter", dossiers.Answers, &problems),
			SafeContact: dossiers.SafeContact{
				ContactChannels: forms.Choices(values, "contact_channels", dossiers.Channels, &problems),
				ContactDays:     forms.Choices(values, "contact_days", dossiers.Days, &problems),
				ContactFrom:     forms.Hour(values, "contact_from", &problems),
				ContactUntil:    forms.Hour(values, "contact_until", &problems),
				ContactIdentify: forms.Choice(values, "contact_identify", dossiers.Answers, &problems),
				ContactCodeWord: forms.Text(values, "contact_code_word", forms.Name, &problems),
				ContactNote:     forms.Words(values, "contact_note", forms.Narrative, &problems),
			},
			Phone:               forms.Text(values, "phone", 40, &problems),
			Email:               forms.Text(values, "email", forms.Name, &problems),
			ExploitationForms:   forms.Choices(values, "exploitation_forms", dossiers.ExploitationForms, &problems),
			ExploitationCantons: forms.Choices(values, "exploitation_cantons", dossiers.Cantons, &problems),
			ExploitationPlaces:  forms.Choices(values, "exploitation_places", dossiers.ExploitationPlaces, &problems),
		},
	}
	for _, problem := range p.Check(forms.Today(now)) {
		if _, known := problems.Of(problem.Field); !known {
			problems = append(problems, problem)
		}
	}
	return p, problems
}

// situationOf reads the form of the situation's texts.
func situationOf(values url.Values) (dossiers.Situation, fault.Problems) {
	var problems fault.Problems
	situation := dossiers.Situation{}
	for _, class := range dossiers.SituationClasses {
		if text := forms.Words(values, string(class), forms.Narrative, &problems); text != "" {
			situation[class] = text
		}
	}
	return situation, problems
}

// toCorrect splits what the person can correct in the form from every other error.
func toCorrect(err error) (fault.Problems, error) {
	if errors.Is(err, fault.Invalid("", "")) {
		problems, _ := fault.Correctable(err)
		return problems, nil
	}
	return nil, err
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(values url.Values) int {
	version, err := strconv.Atoi(values.Get("version"))
	if err != nil {
		return 0
	}
	return version
}
