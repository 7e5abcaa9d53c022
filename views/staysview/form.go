// Package staysview is the pages about a dossier's titles of stay.
package staysview

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/stays"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// URL is a dossier's page of stays.
func URL(dossier dossiers.ID) string { return dossiersview.Stays.Of(dossier) }

func stayURL(s stays.Stay) string { return URL(s.DossierID) + "/" + s.StayID.String() }

// renewURL is the form of the title that follows on another.
func renewURL(s stays.Stay) string {
	return URL(s.DossierID) + "/new?" + url.Values{"replaces": {s.StayID.String()}}.Encode()
}

func presenceURL(dossier dossiers.ID) string { return URL(dossier) + "/presence" }

// Form is a stay, or a person's presence, being recorded or changed.
type Form struct {
	Sheet stays.Sheet
	Stay  stays.Stay
	// ID is that of what the form makes.
	ID       string
	Version  int
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else has saved meanwhile; nil is nobody.
	Theirs url.Values
}

// With is the form as somebody has typed it, with what has to be corrected. What it makes keeps its identifier.
func (f Form) With(typed url.Values, problems fault.Problems) Form {
	f.Typed, f.Problems = typed, problems
	if id := typed.Get("id"); id != "" {
		f.ID = id
	}
	return f
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

func (f Form) frame(title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: f.Sheet.Dossier, Part: dossiersview.Stays, Title: title}
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "stays." + name + ".label", Value: f.Typed.Get(name), Values: f.Typed[name], Problems: f.Problems}.Beside(f.Theirs)
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "stays." + name + ".hint"
	return field
}

func inline(f ui.Field) ui.Field {
	f.Inline = true
	return f
}

func limited(f ui.Field, characters int) ui.Field {
	f.Max = characters
	return f
}

func set(typed url.Values, days map[string]*time.Time) url.Values {
	for name, on := range days {
		if on != nil {
			typed.Set(name, on.Format("02.01.2006"))
		}
	}
	return typed
}

// TypedOf is the form of some terms.
func TypedOf(t stays.Terms) url.Values {
	return set(url.Values{
		"kind": {string(t.Kind)}, "canton": {t.Canton}, "legal_ground": {string(t.LegalGround)}, "opinion": {string(t.Opinion)}, "approval": {string(t.Approval)},
		"work": {string(t.Work)}, "end": {string(t.End)}, "number": {t.Number}, "note": {t.Note},
	}, map[string]*time.Time{
		"valid_from": t.ValidFrom, "valid_until": t.ValidUntil, "renewal_requested_on": t.RenewalRequestedOn, "renewal_until": t.RenewalUntil,
		"opinion_on": t.OpinionOn, "approval_on": t.ApprovalOn, "ended_on": t.EndedOn,
	})
}

// TypedOfPresence is the form of a person's circumstances.
func TypedOfPresence(c stays.Circumstances) url.Values {
	return set(url.Values{
		"offence_canton": {c.OffenceCanton}, "inquiry_cantons": c.InquiryCantons, "last_canton": {c.LastCanton}, "asylum_decision": {string(c.AsylumDecision)}, "note": {c.Note},
	}, map[string]*time.Time{
		"entered_on": c.EnteredOn, "asylum_applied_on": c.AsylumAppliedOn, "asylum_notified_on": c.AsylumNotifiedOn, "asylum_appealed_on": c.AsylumAppealedOn,
		"hardship_requested": c.HardshipRequested,
	})
}

// options are the answers of a list, after the one that is not given.
func options[T ~string](prefix string, codes []T) []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, code := range codes {
		options = append(options, ui.Option{Value: string(code), Label: prefix + string(code)})
	}
	return options
}

// answers are those of radios: the decisions, and that it is awaited.
func answers[T ~string](prefix string, codes []T) []ui.Option {
	return append(options(prefix, codes)[1:], ui.Option{Label: "stays.awaited"})
}

// cantons are the 26; none is the answer not given.
func cantons() []ui.Option {
	options := make([]ui.Option, len(dossiers.Cantons))
	for i, code := range dossiers.Cantons {
		options[i] = ui.Option{Value: code, Label: cantonKey(code)}
	}
	return options
}

func oneCanton() []ui.Option { return append([]ui.Option{{Label: "ui.none_chosen"}}, cantons()...) }

func cantonKey(code string) string { return "dossiers.canton." + strings.ToLower(code) }

// replaceable are the titles of whose place another can take.
func replaceable(ctx context.Context, sheet stays.Sheet) []ui.Option {
	options := []ui.Option{{Label: "stays.replaces.none"}}
	for _, s := range sheet.Stays {
		if s.Current() {
			options = append(options, ui.Option{Value: s.StayID.String(), Label: option(ctx, s)})
		}
	}
	return options
}

func date(ctx context.Context, on *time.Time) string {
	if on == nil {
		return ""
	}
	return i18n.Date(ctx, *on)
}

func word(ctx context.Context, prefix, code string) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, prefix+code)
}

func canton(ctx context.Context, code string) string {
	return word(ctx, "dossiers.canton.", strings.ToLower(code))
}

func inquiring(ctx context.Context, codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = canton(ctx, code)
	}
	return joined(names...)
}

// option is a title among others of the same dossier.
func option(ctx context.Context, s stays.Stay) string {
	return joined(i18n.T(ctx, "stays.kind."+string(s.Kind)), date(ctx, s.ValidUntil))
}

// joined are the parts that are known. Each begins as it would alone, so that no comma stands between them.
func joined(parts ...string) string {
	var known []string
	for _, part := range parts {
		if part != "" {
			known = append(known, part)
		}
	}
	return strings.Join(known, " · ")
}

// validity is from when until when a title is valid.
func validity(ctx context.Context, t stays.Terms) string {
	switch {
	case t.ValidFrom == nil && t.ValidUntil == nil:
		return ""
	case t.ValidFrom == nil:
		return i18n.T(ctx, "stays.validity.until", "Day", i18n.Date(ctx, *t.ValidUntil))
	case t.ValidUntil == nil:
		return i18n.T(ctx, "stays.validity.from", "Day", i18n.Date(ctx, *t.ValidFrom))
	default:
		return i18n.Date(ctx, *t.ValidFrom) + " – " + i18n.Date(ctx, *t.ValidUntil)
	}
}

func renewal(ctx context.Context, t stays.Terms) string {
	if t.RenewalUntil == nil {
		return date(ctx, t.RenewalRequestedOn)
	}
	return joined(date(ctx, t.RenewalRequestedOn), i18n.T(ctx, "stays.validity.until", "Day", i18n.Date(ctx, *t.RenewalUntil)))
}

// standing is where a title stands: it is open until a person records its end, also past its last day.
func standing(s stays.Stay, now time.Time) ui.Tagged {
	switch {
	case !s.Current():
		return ui.Tag("stays.end."+string(s.End), ui.Neutral)
	case s.ValidUntil != nil && s.ValidUntil.Before(forms.Today(now)):
		return ui.Tag("stays.standing.expired", ui.Bad)
	default:
		return ui.Tag("stays.standing.current", ui.Active)
	}
}

type fact struct{ label, text string }

// facts are what a page tells of a title. Of one that stands it tells as well what is not known yet; of none, and of what is
// past, that would be a list of nothing.
func facts(ctx context.Context, t stays.Terms) (told []fact) {
	for _, f := range []fact{
		{"stays.canton.label", canton(ctx, t.Canton)},
		{"stays.legal_ground.label", word(ctx, "stays.legal_ground.", string(t.LegalGround))},
		{"stays.validity", validity(ctx, t)},
		{"stays.renewal", renewal(ctx, t)},
		{"stays.opinion.label", joined(word(ctx, "stays.opinion.", string(t.Opinion)), date(ctx, t.OpinionOn))},
		{"stays.approval.label", joined(word(ctx, "stays.approval.", string(t.Approval)), date(ctx, t.ApprovalOn))},
		{"stays.work.label", word(ctx, "stays.work.", string(t.Work))},
	} {
		if f.text != "" || t.Current() && t.Kind != stays.None && t.Kind != stays.Swiss {
			told = append(told, f)
		}
	}
	return told
}

// competence says which canton gives the permit during proceedings, and why.
func competence(ctx context.Context, c stays.Competence) string {
	return i18n.T(ctx, "stays.competence."+string(c.Why), "Canton", canton(ctx, c.Canton))
}

// collides says that a title, or a renewal, goes beyond what a short-stay permit may last in all.
func collides(ctx context.Context, c stays.Collision) string {
	key := "stays.collision.valid"
	if c.Asked {
		key = "stays.collision.asked"
	}
	return i18n.T(ctx, key, "Day", i18n.Date(ctx, c.On), "Ceiling", i18n.Date(ctx, c.Ceiling))
}

// brief says a title in a line.
func brief(ctx context.Context, line stays.Line) string {
	until := ""
	if line.ValidUntil != nil {
		until = i18n.T(ctx, "stays.validity.until", "Day", i18n.Date(ctx, *line.ValidUntil))
	}
	asked := ""
	if line.RenewalRequestedOn != nil {
		asked = i18n.T(ctx, "stays.brief.renewal", "Day", i18n.Date(ctx, *line.RenewalRequestedOn))
	}
	return joined(i18n.T(ctx, "stays.kind."+string(line.Kind)), canton(ctx, line.Canton), until, asked)
}
