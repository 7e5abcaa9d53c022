// Package returnsview is the pages of a voluntary return.
package returnsview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/keys"
	"passerelle/internal/returns"
	"passerelle/views/ui"
)

// Form is a preparation, a milestone or a contact being written.
type Form struct {
	Sheet returns.Sheet
	// ID is that of a new return or contact, and Version that of the return which the form changes; 0 is a new one.
	ID      string
	Version int
	// Milestone is the one that is being written.
	Milestone returns.Milestone
	Typed     url.Values
	// Problems are what has to be corrected; Theirs says that the sheet is what somebody else wrote meanwhile.
	Problems fault.Problems
	Theirs   bool
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

// The most characters that a text takes.
const longText = 4000

// Typed is the form of a return's preparation.
func Typed(r returns.Return) url.Values {
	details := r.Details.Get()
	typed := url.Values{
		"with": {details.With}, "wishes": {details.Wishes}, "destination": {details.Destination}, "programme": {string(r.Programme)},
		"planned_on": {written(r.PlannedOn)}, "start_money": {details.StartMoney}, "reintegration_aid": {details.ReintegrationAid}, "medical_aid": {details.MedicalAid},
	}
	if !r.ConsideredOn.IsZero() {
		typed.Set("considered_on", written(&r.ConsideredOn))
	}
	return typed
}

// Parse reads the preparation that was typed.
func Parse(typed url.Values) (returns.Return, fault.Problems) {
	var problems fault.Problems
	r := returns.Return{
		Programme: forms.Choice(typed, "programme", returns.Programmes, &problems), PlannedOn: forms.Date(typed, "planned_on", &problems),
		Details: keys.Of(returns.Details{
			With: forms.Text(typed, "with", forms.Short, &problems), Wishes: forms.Words(typed, "wishes", longText, &problems),
			Destination: forms.Text(typed, "destination", forms.Short, &problems), StartMoney: forms.Text(typed, "start_money", forms.Short, &problems),
			ReintegrationAid: forms.Text(typed, "reintegration_aid", forms.Short, &problems), MedicalAid: forms.Text(typed, "medical_aid", forms.Short, &problems),
		}),
	}
	if day := forms.Date(typed, "considered_on", &problems); day != nil {
		r.ConsideredOn = *day
	}
	return r, problems
}

// ParseMark reads the day of a milestone and what was said.
func ParseMark(typed url.Values) (returns.Mark, fault.Problems) {
	var problems fault.Problems
	return returns.Mark{On: forms.Date(typed, "on", &problems), Said: forms.Words(typed, "said", longText, &problems)}, problems
}

// ParseContact reads the contact that was typed.
func ParseContact(typed url.Values) (returns.Contact, fault.Problems) {
	var problems fault.Problems
	contact := returns.Contact{
		Channel: forms.Choice(typed, "channel", returns.Channels, &problems), Note: keys.Of(forms.Words(typed, "note", longText, &problems)),
	}
	if day := forms.Date(typed, "contacted_on", &problems); day != nil {
		contact.ContactedOn = *day
	}
	return contact, problems
}

func written(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

func options[T ~string](prefix string, codes []T) []ui.Option {
	all := []ui.Option{{Label: "ui.none_chosen"}}
	for _, code := range codes {
		all = append(all, ui.Option{Value: string(code), Label: prefix + string(code)})
	}
	return all
}

// programme is the words for a programme; none is nothing.
func programme(ctx context.Context, code returns.Programme) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, "returns.programme."+string(code))
}

var tones = map[returns.Stage]ui.Tone{
	returns.Considered: ui.Waiting, returns.Decided: ui.Active, returns.Departed: ui.Active, returns.Concluded: ui.Good, returns.Abandoned: ui.Neutral,
}

// told is what a brief says: the farthest that the return has come to.
func told(ctx context.Context, b returns.Brief) string {
	switch {
	case b.DepartedOn != nil:
		return i18n.T(ctx, "returns.brief.departed", "Date", written(b.DepartedOn))
	case b.PlannedOn != nil:
		return i18n.T(ctx, "returns.brief.planned", "Date", written(b.PlannedOn))
	case b.DecidedOn != nil:
		return i18n.T(ctx, "returns.brief.decided", "Date", written(b.DecidedOn))
	default:
		return i18n.T(ctx, "returns.brief.considered", "Date", written(b.ConsideredOn))
	}
}
