// Package movesview is the pages of moving a person between cantons, on both sides.
package movesview

import (
	"context"
	"net/url"
	"strings"
	"time"

	"passerelle/internal/consents"
	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/moves"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Sheet is the page of a dossier about moves, with why something was refused.
type Sheet struct {
	moves.Sheet
	Problems fault.Problems
}

// Form is a move being proposed.
type Form struct {
	moves.Sheet
	ID       string
	Typed    url.Values
	Problems fault.Problems
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "moves." + name + ".label", Value: f.Typed.Get(name), Values: f.Typed[name], Problems: f.Problems}
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "moves." + name + ".hint"
	return field
}

func (f Form) half(name string) ui.Field {
	field := f.field(name)
	field.Width, field.Verbatim = ui.Half, true
	return field
}

func (f Form) neighbours() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, n := range f.Neighbours {
		options = append(options, ui.Option{Value: n.TenantID.String(), Label: n.Name})
	}
	return options
}

// Sending is a package as it is read before it goes.
type Sending struct {
	moves.Sending
	Problems fault.Problems
}

// ready says that there is something to be sent.
func (s Sending) ready() bool { return s.Seal != "" && s.Refused == nil }

// Desk is what another organisation asks, as whoever answers it sees it.
type Desk struct {
	moves.Desk
	// ID is that of the dossier that opening makes.
	ID       string
	Typed    url.Values
	Problems fault.Problems
	At       time.Time
}

func (d Desk) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "moves." + name + ".label", Hint: "moves." + name + ".hint", Value: d.Typed.Get(name), Problems: d.Problems}
}

func (d Desk) candidates() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, m := range d.Candidates {
		options = append(options, ui.Option{Value: m.MemberID.String(), Label: m.Name})
	}
	return options
}

func options[T ~string](prefix string, codes []T) (options []ui.Option) {
	for _, code := range codes {
		options = append(options, ui.Option{Value: string(code), Label: prefix + string(code)})
	}
	return options
}

func hows() []ui.Option { return options("consents.given_how.", consents.Hows) }

func frame(s moves.Sheet, title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: s.Mention, Part: dossiersview.Moves, Title: title}
}

func standing(s moves.Standing) ui.Tagged {
	key := "moves.standing." + string(s)
	switch s {
	case moves.Proposed, moves.Accepted, moves.Sent:
		return ui.Tag(key, ui.Waiting)
	case moves.Opened:
		return ui.Tag(key, ui.Active)
	case moves.Expired, moves.Declined:
		return ui.Tag(key, ui.Bad)
	default:
		return ui.Tag(key, ui.Neutral)
	}
}

func reach(a moves.Asker) string {
	return strings.Join(strings.FieldsFunc(a.AskerName+"\n"+a.AskerPhone+"\n"+a.AskerEmail, func(r rune) bool { return r == '\n' }), ", ")
}

func chapters(ctx context.Context, chosen []moves.Chapter) string {
	names := []string{i18n.T(ctx, "moves.chapter.identity")}
	for _, c := range chosen {
		names = append(names, i18n.T(ctx, "moves.chapter."+string(c)))
	}
	return strings.Join(names, ", ")
}

func consent(ctx context.Context, c moves.Consent) string {
	said := i18n.Date(ctx, c.GivenOn) + ", " + i18n.T(ctx, "consents.given_how."+string(c.How))
	if c.Interpreter != "" {
		said = i18n.Date(ctx, c.GivenOn) + ", " + i18n.T(ctx, "consents.given_how.interpreted", "How", i18n.T(ctx, "consents.given_how."+string(c.How)), "Interpreter", c.Interpreter)
	}
	return said
}

// person is who somebody is and how she is reached, as it goes along.
func person(c moves.Contents) (facts disclosure.Facts) {
	b := c.Person
	facts.Text("dossiers.family_name.label", b.FamilyName)
	facts.Text("dossiers.given_names.label", b.GivenNames)
	facts.DayOf("dossiers.birth_date.label", b.BirthDate)
	facts.Number("dossiers.estimated_age.label", b.EstimatedAge)
	disclosure.Code(&facts, "dossiers.gender.label", "dossiers.gender.", b.Gender)
	facts.Add("dossiers.nationalities.label", disclosure.Country, b.Nationalities...)
	facts.Add("dossiers.languages.label", disclosure.Language, b.Languages...)
	disclosure.Code(&facts, "dossiers.needs_interpreter.label", "dossiers.answer.", b.NeedsInterpreter)
	facts.Text("dossiers.phone.label", b.Phone)
	facts.Text("dossiers.email.label", b.Email)
	disclosure.Code(&facts, "dossiers.contact_channels.label", "dossiers.channel.", b.ContactChannels...)
	disclosure.Code(&facts, "dossiers.contact_days.label", "dossiers.day.", b.ContactDays...)
	facts.Text("dossiers.contact_hours.label", b.Hours())
	disclosure.Code(&facts, "dossiers.contact_identify.label", "dossiers.answer.", b.ContactIdentify)
	facts.Text("dossiers.contact_code_word.label", b.ContactCodeWord)
	facts.Text("dossiers.contact_note.label", b.ContactNote)
	disclosure.Code(&facts, "dossiers.exploitation_forms.label", "dossiers.exploitation_form.", b.ExploitationForms...)
	facts.Cantons("dossiers.exploitation_cantons.label", b.ExploitationCantons...)
	disclosure.Code(&facts, "dossiers.exploitation_places.label", "dossiers.exploitation_place.", b.ExploitationPlaces...)
	disclosure.Code(&facts, "dossiers.reached_through.label", "dossiers.reached_through.", c.ReachedThrough)
	return facts
}

func read(ctx context.Context, fact disclosure.Fact) string {
	said := make([]string, len(fact.Values))
	for i, value := range fact.Values {
		said[i] = disclosure.Read(ctx, fact.Kind, value)
	}
	return strings.Join(said, ", ")
}

// whereTo leads to what somebody does next about a move that she or he is told of.
func whereTo(w moves.Waiting) string {
	switch w.Standing {
	case moves.Proposed, moves.Sent:
		return paths.Arrival(w.MoveID)
	case moves.Accepted:
		return paths.MoveSending(w.DossierID, w.MoveID)
	default:
		return paths.Moves(w.DossierID)
	}
}
