// Package officesview is the HTML of the directory of offices: organisations, regions and authorities, offices, agreements, and the
// files by which a directory comes and goes.
package officesview

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/offices"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

const day = "02.01.2006"

// List is the directory, as far as a filter leaves it.
type List struct {
	Directory offices.Directory
	Filter    offices.Filter
}

func (l List) kinds() []ui.Option {
	return append([]ui.Option{{Label: "offices.filter.all_kinds"}}, kindOptions()...)
}

func kindOptions() []ui.Option {
	options := make([]ui.Option, len(access.OfficeKinds))
	for i, kind := range access.OfficeKinds {
		options[i] = ui.Option{Value: string(kind), Label: "access.office_kind." + string(kind)}
	}
	return options
}

// languages are those in which some office works, to choose from.
func (l List) languages(ctx context.Context) []ui.Option {
	spoken := map[string]bool{}
	for _, entry := range l.Directory.Entries {
		for _, code := range entry.Languages {
			spoken[code] = true
		}
	}
	options := []ui.Option{{Label: "offices.filter.all_languages"}}
	for _, language := range i18n.Languages(ctx) {
		if spoken[language.Code] {
			options = append(options, ui.Option{Value: language.Code, Label: language.Name})
		}
	}
	return options
}

// regions are those that there are today.
func (l List) regions() []ui.Option {
	options := []ui.Option{{Label: "offices.filter.all_regions"}}
	for _, region := range l.Directory.Bodies.Of(offices.Region) {
		if region.On(l.Directory.Today) {
			options = append(options, ui.Option{Value: region.BodyID.String(), Label: region.Name})
		}
	}
	return options
}

// Form is an entry being added or changed.
type Form struct {
	ID string
	// Version is empty for a new entry.
	Version  string
	Kind     access.OfficeKind
	Typed    url.Values
	Problems fault.Problems
	Bodies   offices.Bodies
	// Theirs is what somebody else made of the entry meanwhile.
	Theirs *offices.Entry
}

func (f Form) title() string {
	if f.Version == "" {
		return "offices.new.title"
	}
	return "offices.edit.title"
}

func (f Form) props() ui.FormProps {
	if f.Version == "" {
		return ui.FormProps{Action: paths.Offices, New: f.ID}
	}
	return ui.FormProps{Action: paths.Offices + "/" + f.ID, Version: f.Version}
}

func (f Form) cancel() string {
	if f.Version == "" {
		return paths.Offices
	}
	return paths.Offices + "/" + f.ID
}

// sheltered says that the office is one of which nobody may read where it stands.
func (f Form) sheltered() bool { return f.Kind == access.Shelter }

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "offices." + name + ".label", Value: f.Typed.Get(name), Values: f.Typed[name], Problems: f.Problems}
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "offices." + name + ".hint"
	return field
}

func (f Form) line(name string) ui.Field {
	field := f.field(name)
	field.Verbatim, field.Width, field.Max = true, ui.Half, 100
	return field
}

func (f Form) long(name string) ui.Field {
	field := f.hinted(name)
	field.Max = 200
	return field
}

func (f Form) area(name string, rows int) ui.Field {
	field := f.hinted(name)
	field.Rows = rows
	return field
}

func (f Form) withType(name, kind string) ui.Field {
	field := f.line(name)
	field.Type = kind
	return field
}

func (f Form) hours(ctx context.Context, weekday offices.Weekday) ui.Field {
	name := offices.HoursField(weekday)
	return ui.Field{Name: name, Label: "offices.weekday." + string(weekday), Value: f.Typed.Get(name), Problems: f.Problems, Width: ui.Half, Verbatim: true}
}

// choose are the bodies of a kind, those that are over last and named as such.
func choose(ctx context.Context, bodies offices.Bodies, kind offices.BodyKind, but offices.BodyID) []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, body := range bodies.Of(kind) {
		if body.BodyID != but {
			options = append(options, ui.Option{Value: body.BodyID.String(), Label: named(ctx, body)})
		}
	}
	return options
}

// named is a body with until when it was one.
func named(ctx context.Context, body offices.Body) string {
	if body.ValidUntil == nil {
		return body.Name
	}
	return i18n.T(ctx, "offices.body.until", "Name", body.Name, "Day", i18n.Date(ctx, *body.ValidUntil))
}

// TypedOf is the form of an entry.
func TypedOf(p offices.Particulars) url.Values {
	typed := url.Values{
		"name": {p.Name}, "place": {p.Place}, "kind": {string(p.Kind)}, "organisation": {p.OrganisationID.String()}, "authority": {p.AuthorityID.String()},
		"valid_from": {dayOf(p.ValidFrom)}, "services": {strings.Join(p.Services, "\n")}, "languages": p.Languages,
		"phone": {p.Phone}, "secure_mail": {p.SecureMail}, "post_address": {p.PostAddress}, "website": {p.Website}, "contact": {p.Contact}, "reach_note": {p.ReachNote},
	}
	for _, weekday := range offices.Weekdays {
		typed.Set(offices.HoursField(weekday), offices.DayText(p.Hours, weekday))
	}
	for name, values := range TypedCapacity(p.Capacity) {
		typed[name] = values
	}
	return typed
}

// TypedCapacity is the form of what was said of a capacity.
func TypedCapacity(c offices.Capacity) url.Values {
	return url.Values{"capacity": {numberOf(c.Free)}, "capacity_unit": {string(c.CapacityUnit)}, "capacity_said_on": {dayOf(c.CapacitySaidOn)}, "capacity_said_by": {c.CapacitySaidBy}}
}

func dayOf(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format(day)
}

func numberOf(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func unitOptions() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, unit := range offices.CapacityUnits {
		options = append(options, ui.Option{Value: string(unit), Label: "offices.unit." + string(unit)})
	}
	return options
}

// Page is an office as it stood on a day, and what was typed into the forms on it.
type Page struct {
	Sheet    offices.Sheet
	On       time.Time
	Typed    url.Values
	Problems fault.Problems
}

func (p Page) standing() offices.Standing {
	return p.Sheet.Entry.StandingOn(p.On, p.Sheet.Stays, p.Sheet.Bodies)
}

func (p Page) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "offices." + name + ".label", Value: p.Typed.Get(name), Problems: p.Problems, Width: ui.Chars10}
}

func (p Page) successor() offices.Office {
	return offices.SuccessorOf(p.Sheet.Entry.Office, p.Sheet.Offices)
}

// others are the open offices that may come after this one.
func (p Page) others() []ui.Option {
	options := []ui.Option{{Label: "offices.successor.none"}}
	for _, group := range offices.ByKind(p.Sheet.Offices) {
		for _, office := range group.Offices {
			if !office.Closed() && office.OfficeID != p.Sheet.Entry.OfficeID {
				options = append(options, ui.Option{Value: office.OfficeID.String(), Label: office.Name, Group: "access.office_kind." + string(office.Kind)})
			}
		}
	}
	return options
}

// spoken are languages by name.
func spoken(ctx context.Context, languages []string) string {
	names := make([]string, len(languages))
	for i, code := range languages {
		names[i] = i18n.Language(ctx, code)
	}
	return strings.Join(names, ", ")
}

// free says how much an office can take, in words.
func free(ctx context.Context, c offices.Capacity) string {
	if c.Free == nil {
		return ""
	}
	return i18n.T(ctx, "offices.free."+string(c.CapacityUnit), "Count", *c.Free)
}

func said(ctx context.Context, c offices.Capacity) string {
	return i18n.T(ctx, "offices.capacity.said", "Day", i18n.Date(ctx, *c.CapacitySaidOn), "By", c.CapacitySaidBy)
}

// channels are the ways to reach an office, in words.
func channels(entry offices.Entry) []string {
	return slices.DeleteFunc([]string{entry.Phone, entry.SecureMail, strings.ReplaceAll(entry.PostAddress, "\n", ", "), entry.Website}, func(text string) bool { return text == "" })
}

// BodyForm is an organisation, a region or an authority being added or changed.
type BodyForm struct {
	ID       offices.BodyID
	Version  string
	Kind     offices.BodyKind
	Typed    url.Values
	Problems fault.Problems
	Bodies   offices.Bodies
	// Theirs is what somebody else made of it meanwhile.
	Theirs *offices.Body
}

func (f BodyForm) title() string {
	if f.Version == "" {
		return "offices.body.new." + string(f.Kind)
	}
	return "offices.body.edit." + string(f.Kind)
}

func (f BodyForm) props() ui.FormProps {
	if f.Version == "" {
		return ui.FormProps{Action: paths.Bodies, New: f.ID.String()}
	}
	return ui.FormProps{Action: paths.Body(f.ID), Version: f.Version}
}

func (f BodyForm) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.Typed.Get(name), Problems: f.Problems}
}

// TypedBody is the form of a body.
func TypedBody(p offices.BodyParticulars) url.Values {
	return url.Values{
		"kind": {string(p.Kind)}, "name": {p.Name}, "website": {p.Website}, "authority": {p.AuthorityID.String()},
		"valid_from": {dayOf(p.ValidFrom)}, "valid_until": {dayOf(p.ValidUntil)}, "successor": {p.SuccessorID.String()},
	}
}

// AgreementForm is an agreement being written down or changed.
type AgreementForm struct {
	Office   offices.Office
	ID       offices.AgreementID
	Version  string
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else made of it meanwhile.
	Theirs *offices.Agreement
}

func (f AgreementForm) title() string {
	if f.Version == "" {
		return "offices.agreement.new.title"
	}
	return "offices.agreement.edit.title"
}

func (f AgreementForm) props() ui.FormProps {
	if f.Version == "" {
		return ui.FormProps{Action: paths.OfficeAgreements(f.Office.OfficeID), New: f.ID.String()}
	}
	return ui.FormProps{Action: paths.Agreement(f.ID), Version: f.Version}
}

func (f AgreementForm) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "offices.agreement." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f AgreementForm) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "offices.agreement." + name + ".hint"
	return field
}

// TypedTerms is the form of an agreement.
func TypedTerms(t offices.Terms) url.Values {
	return url.Values{
		"subject": {t.Subject}, "valid_from": {dayOf(t.ValidFrom)}, "valid_until": {dayOf(t.ValidUntil)}, "document": {t.Document}, "filed_at": {t.FiledAt},
		"contact": {t.Contact}, "remind_days": {numberOf(t.RemindDays)},
	}
}

// Import is a file being looked at, or the form for one.
type Import struct {
	// Report is nil as long as no file was looked at; Text is the file's.
	Report   *offices.Report
	Text     string
	Kind     access.OfficeKind
	Problems fault.Problems
}

func (i Import) kinds() []ui.Option {
	return append([]ui.Option{{Label: "offices.import.kind.none"}}, kindOptions()...)
}

// summary counts what an import would do.
func (i Import) summary(ctx context.Context) string {
	r := i.Report
	return i18n.T(ctx, "offices.import.summary", "Adds", r.Count(offices.Adds), "Changes", r.Count(offices.Changes), "Keeps", r.Count(offices.Keeps)+r.Count(offices.Skips), "Refuses", r.Count(offices.Refuses))
}

// column is what a problem is about, as the file calls it.
func column(problem fault.Problem) string {
	if strings.HasPrefix(problem.Field, "hours_") {
		return "hours"
	}
	return problem.Field
}

var actTones = map[offices.Act]ui.Tone{offices.Adds: ui.Good, offices.Changes: ui.Waiting, offices.Keeps: ui.Neutral, offices.Skips: ui.Neutral, offices.Refuses: ui.Bad}
