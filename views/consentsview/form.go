// Package consentsview is the pages about what a beneficiary agreed to have shared.
package consentsview

import (
	"context"
	"net/url"
	"strings"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/offices"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Form is a consent being recorded.
type Form struct {
	Occasion consents.Occasion
	Office   offices.Office
	ID       string
	// Return is the page from which one came because the consent was missing.
	Return   string
	Typed    url.Values
	Problems fault.Problems
}

// TypedOf is the form of some terms.
func TypedOf(terms consents.Terms) url.Values {
	typed := url.Values{"purpose": {string(terms.Purpose)}, "given_how": {string(terms.GivenHow)}, "interpreter": {terms.Interpreter}}
	if terms.ValidFrom != nil {
		typed.Set("valid_from", terms.ValidFrom.Format("02.01.2006"))
	}
	if terms.ValidUntil != nil {
		typed.Set("valid_until", terms.ValidUntil.Format("02.01.2006"))
	}
	for _, class := range terms.DataClasses {
		typed.Add("data_classes", string(class))
	}
	return typed
}

func (f Form) cancel() string {
	if f.Return != "" {
		return f.Return
	}
	return paths.Dossier(f.Occasion.Dossier.DossierID)
}

func crumbs(dossier dossiers.Mention) []ui.Crumb {
	return []ui.Crumb{{Label: "dossiers.title", URL: "/dossiers"}, {Label: string(dossier.CodeName), URL: paths.Dossier(dossier.DossierID)}}
}

func purposeOptions() []ui.Option {
	options := make([]ui.Option, len(access.OfficeKinds))
	for i, kind := range access.OfficeKinds {
		options[i] = ui.Option{Value: string(kind), Label: "access.office_kind." + string(kind)}
	}
	return options
}

func howOptions() []ui.Option {
	options := make([]ui.Option, len(consents.Hows))
	for i, how := range consents.Hows {
		options[i] = ui.Option{Value: string(how), Label: "consents.given_how." + string(how)}
	}
	return options
}

func classOptions(office offices.Office) []ui.Option {
	ceiling := office.Ceiling()
	options := make([]ui.Option, len(ceiling))
	for i, class := range ceiling {
		options[i] = ui.Option{Value: string(class), Label: "access.data_class." + string(class)}
	}
	return options
}

func classList(ctx context.Context, classes []access.DataClass) string {
	names := make([]string, len(classes))
	for i, class := range classes {
		names[i] = i18n.T(ctx, "access.data_class."+string(class))
	}
	return strings.Join(names, ", ")
}

// givenHow is how a consent was given, and who interpreted.
func givenHow(ctx context.Context, consent consents.Consent) string {
	how := i18n.T(ctx, "consents.given_how."+string(consent.GivenHow))
	if interpreter := consent.Interpreter.Get(); interpreter != "" {
		return i18n.T(ctx, "consents.given_how.interpreted", "How", how, "Interpreter", interpreter)
	}
	return how
}

var standingTones = map[consents.Standing]ui.Tone{
	consents.Valid: ui.Good, consents.NotYet: ui.Waiting, consents.Ended: ui.Neutral, consents.Withdrawn: ui.Bad,
}

// noOffice leaves the office to be chosen.
var noOffice offices.ID
