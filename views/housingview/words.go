// Package housingview is the HTML of housing: the board of places, a place, where the person of a dossier lives, and the
// one page on which an address stands.
package housingview

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/housing"
	"passerelle/internal/i18n"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// kindName is what a kind of housing is called.
func kindName(ctx context.Context, kind housing.Kind) string {
	return i18n.T(ctx, "housing.kind."+string(kind))
}

// called is a stay by the name of its place, or as an own flat.
func called(ctx context.Context, kind housing.Kind, place string) string {
	if place == "" {
		return kindName(ctx, kind)
	}
	return i18n.T(ctx, "housing.called", "Place", place, "Kind", kindName(ctx, kind))
}

// welcomes says in a row who may live in a place.
func welcomes(ctx context.Context, w housing.Welcome) string {
	var said []string
	if len(w.Genders) == 0 {
		said = append(said, i18n.T(ctx, "housing.welcome.everybody"))
	}
	for _, gender := range w.Genders {
		said = append(said, i18n.T(ctx, "housing.gender."+string(gender)))
	}
	for _, wish := range wishes(w) {
		if wish.has {
			said = append(said, i18n.T(ctx, "housing.welcome."+wish.code))
		}
	}
	for _, language := range w.Languages {
		said = append(said, i18n.Language(ctx, language))
	}
	return strings.Join(said, ", ")
}

// wish is something that a place allows or has, by the name of its field.
type wish struct {
	code string
	has  bool
}

func wishes(w housing.Welcome) []wish {
	return []wish{{"minors", w.Minors}, {"children", w.Children}, {"couples", w.Couples}, {"accessible", w.Accessible}}
}

// standing says of a place that it is not there yet, or no more; where it is open there is nothing to say.
func standing(ctx context.Context, v housing.Vacancy, today time.Time) ui.Tagged {
	switch {
	case v.Announced(today):
		return ui.Tag(i18n.T(ctx, "housing.opens", "Date", i18n.Date(ctx, v.OpensOn)), ui.Waiting)
	case v.Retired(today):
		return ui.Tag("housing.retired", ui.Neutral)
	default:
		return ui.Tagged{}
	}
}

// next is the first day on which a bed is free.
func next(ctx context.Context, v housing.Vacancy, today time.Time) string {
	switch {
	case v.NextFree == nil && v.Retired(today):
		return ""
	case v.NextFree == nil:
		return i18n.T(ctx, "housing.next.unknown")
	case !v.NextFree.After(today):
		return i18n.T(ctx, "housing.next.today")
	default:
		return i18n.Date(ctx, *v.NextFree)
	}
}

// period is from when until when; an end that is not known is left open.
func period(ctx context.Context, from time.Time, until *time.Time) string {
	if until == nil {
		return i18n.T(ctx, "housing.since", "Date", i18n.Date(ctx, from))
	}
	return i18n.Date(ctx, from) + " – " + i18n.Date(ctx, *until)
}

func date(ctx context.Context, day *time.Time) string {
	if day == nil {
		return ""
	}
	return i18n.Date(ctx, *day)
}

// typed is a day as a form holds it.
func typed(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

// condition is one line of the outlook: met or not, and the fact that says so.
func condition(c housing.Condition) ui.Tagged {
	if c.Met {
		return ui.Tag("housing.outlook.met", ui.Good)
	}
	return ui.Tag("housing.outlook.missing", ui.Waiting)
}

// told is the fact behind a line of the outlook, by the name of the line.
func told(ctx context.Context, name string, c housing.Condition) string {
	switch {
	case c.On.IsZero():
		return i18n.T(ctx, "housing.outlook."+name+".none")
	case c.Met:
		return i18n.T(ctx, "housing.outlook."+name+".met", "Date", i18n.Date(ctx, c.On))
	default:
		return i18n.T(ctx, "housing.outlook."+name+".not", "Date", i18n.Date(ctx, c.On))
	}
}

// considered are the solutions of a look, in a row.
func considered(ctx context.Context, solutions []housing.Solution) string {
	said := make([]string, len(solutions))
	for i, solution := range solutions {
		said[i] = i18n.T(ctx, "housing.solution."+string(solution))
	}
	return strings.Join(said, ", ")
}

func decisionTone(d housing.Decision) ui.Tone {
	switch d {
	case housing.Undecided:
		return ui.Waiting
	case housing.SolutionFound:
		return ui.Good
	default:
		return ui.Neutral
	}
}

// nights are those of a stay until today, in words.
func nights(ctx context.Context, stay housing.Stay, today time.Time) string {
	return i18n.T(ctx, "housing.nights.count", "Count", stay.Nights(today))
}

// coded makes codes into answers.
func coded[T ~string](prefix string, codes []T) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return options
}

// unchosen puts before answers that none is given.
func unchosen(label string, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: label}}, options...)
}

// choices are the places that somebody can choose, with what has to be known for it; flat adds an own flat.
func choices(ctx context.Context, sheet housing.Sheet, flat bool) (options []ui.Option) {
	for _, v := range sheet.Vacancies {
		if v.Retired(sheet.Today) {
			continue
		}
		hint := i18n.T(ctx, "housing.choice.full", "Next", next(ctx, v, sheet.Today))
		if v.Free > 0 {
			hint = i18n.T(ctx, "housing.choice.free", "Count", v.Free)
		}
		options = append(options, ui.Option{Value: v.PlaceID.String(), Label: called(ctx, v.Kind, v.CodeName), Hint: hint + " · " + welcomes(ctx, v.Welcome)})
	}
	if flat {
		options = append(options, ui.Option{Value: string(housing.OwnFlat), Label: "housing.kind.own_flat", Hint: "housing.choice.own_flat"})
	}
	return options
}

// NightsURL is the nights of a year.
func NightsURL(year int) string { return paths.Nights + "?year=" + strconv.Itoa(year) }

// PlaceForm is a place that somebody adds or changes.
type PlaceForm struct {
	// ID is that of a new place as text, or of the one that changes.
	ID string
	// Changes is the place as it was, and nil where one is added.
	Changes  *housing.PlaceSheet
	Version  int
	Conflict bool
	Typed    url.Values
	Problems fault.Problems
}

func (f PlaceForm) action() string {
	if f.Changes == nil {
		return paths.Places
	}
	return paths.Place(f.Changes.PlaceID)
}

func (f PlaceForm) title() string {
	if f.Changes == nil {
		return "housing.place.new"
	}
	return "housing.place.edit"
}

func (f PlaceForm) back() string {
	if f.Changes == nil {
		return paths.Housing
	}
	return paths.Place(f.Changes.PlaceID)
}

func (f PlaceForm) crumbs() []ui.Crumb {
	if f.Changes == nil {
		return above()
	}
	return append(above(), ui.Crumb{Label: f.Changes.CodeName, URL: paths.Place(f.Changes.PlaceID)})
}

// TypedOfPlace is the form of a place as it is. The address is not among it.
func TypedOfPlace(d housing.Description) url.Values {
	values := url.Values{
		"code_name": {d.CodeName}, "beds": {strconv.Itoa(d.Beds)}, "opens_on": {typed(&d.OpensOn)}, "closes_on": {typed(d.ClosesOn)}, "languages": d.Languages,
	}
	for _, gender := range d.Genders {
		values.Add("genders", string(gender))
	}
	for _, wish := range wishes(d.Welcome) {
		if wish.has {
			values.Add("welcome", wish.code)
		}
	}
	return values
}

// NewPlaceTyped is what an empty form of a place proposes.
func NewPlaceTyped(today time.Time) url.Values {
	return url.Values{"kind": {string(housing.Shelter)}, "beds": {"1"}, "opens_on": {typed(&today)}}
}

// Form is a form about the housing of a dossier.
type Form struct {
	Sheet housing.Sheet
	// ID is that of what the form makes.
	ID string
	// Stay is the one that it is about, where it is about one.
	Stay     housing.Stay
	Version  int
	Conflict bool
	Typed    url.Values
	Problems fault.Problems
}

// NewStayTyped is what an empty form of a stay proposes.
func NewStayTyped(today time.Time) url.Values {
	return url.Values{"beds": {"1"}, "begins_on": {typed(&today)}}
}

// NewHoldTyped is what an empty form of a hold proposes.
func NewHoldTyped(today time.Time) url.Values {
	return url.Values{"beds": {"1"}, "from_on": {typed(&today)}}
}

// DepartureTyped is what an empty form of a departure proposes.
func DepartureTyped(stay housing.Stay, today time.Time) url.Values {
	if stay.LeavesOn != nil && !stay.LeavesOn.After(today) {
		today = *stay.LeavesOn
	}
	return url.Values{"ended_on": {typed(&today)}}
}

// TypedOfStay is the form of a stay as it is.
func TypedOfStay(s housing.Stay) url.Values {
	return url.Values{
		"beds": {strconv.Itoa(s.Beds)}, "begins_on": {typed(&s.BeginsOn)}, "planned_end_on": {typed(s.PlannedEndOn)}, "leaves_on": {typed(s.LeavesOn)},
		"help_ended_on": {typed(s.HelpEndedOn)}, "note": {s.Particulars.Get().Note},
	}
}

func above() []ui.Crumb { return []ui.Crumb{{Label: "housing.title", URL: paths.Housing}} }

// filterOf is a filter as the form on the board holds it.
func filterOf(f housing.Filter) (chosen []string) {
	for code, has := range map[string]bool{"vacant": f.Vacant, "minors": f.Minors, "children": f.Children, "couples": f.Couples, "accessible": f.Accessible} {
		if has {
			chosen = append(chosen, code)
		}
	}
	return chosen
}

// Wishes are what a board can be narrowed to, beside kind and gender.
var Wishes = []string{"vacant", "minors", "children", "couples", "accessible"}

// Welcomes are what a place allows or has, as its form asks.
var Welcomes = []string{"minors", "children", "couples", "accessible"}

func genders() []ui.Option {
	options := make([]ui.Option, len(housing.Genders))
	for i, gender := range housing.Genders {
		options[i] = ui.Option{Value: string(gender), Label: "housing.gender." + string(gender)}
	}
	return options
}

// Asked is what somebody asked for on a page that shows something, and what was wrong with it.
type Asked struct {
	Reason   string
	Problems fault.Problems
}

// moving is what beginning a stay is called: of somebody who lives somewhere it is a move.
func moving(sheet housing.Sheet) string {
	if _, runs := sheet.Running(); runs {
		return "housing.stay.move"
	}
	return "housing.stay.new"
}

// over is how many stays have ended.
func over(sheet housing.Sheet) (n int) {
	for _, stay := range sheet.Stays {
		if !stay.Running() {
			n++
		}
	}
	return n
}

// ends is when somebody is expected to leave.
func ends(r housing.Residence) *time.Time {
	if r.LeavesOn != nil {
		return r.LeavesOn
	}
	return r.PlannedEndOn
}

func (f PlaceForm) newID() string {
	if f.Changes == nil {
		return f.ID
	}
	return ""
}

func (f PlaceForm) version() string {
	if f.Changes == nil {
		return ""
	}
	return strconv.Itoa(f.Version)
}

func columnsOfNights() []ui.Column {
	columns := []ui.Column{{Label: "housing.nights.month"}}
	for _, kind := range housing.Kinds {
		columns = append(columns, ui.Column{Label: "housing.kind." + string(kind), Number: true})
	}
	return append(columns, ui.Column{Label: "housing.nights.total", Number: true})
}
