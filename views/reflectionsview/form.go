// Package reflectionsview is the pages about a dossier's recovery and reflection period.
package reflectionsview

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/reflections"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// URL is a dossier's page of reflections.
func URL(dossier dossiers.ID) string { return dossiersview.Reflection.Of(dossier) }

func reflectionURL(r reflections.Reflection) string {
	return URL(r.DossierID) + "/" + r.ReflectionID.String()
}

// Form is a reflection being recorded or changed.
type Form struct {
	Dossier    dossiers.Mention
	Reflection reflections.Reflection
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
	return dossiersview.FrameProps{Dossier: f.Dossier, Part: dossiersview.Reflection, Title: title}
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "reflections." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}.Beside(f.Theirs)
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "reflections." + name + ".hint"
	return field
}

// TypedOf is the form of some terms.
func TypedOf(t reflections.Terms) url.Values {
	typed := url.Values{
		"kind": {string(t.Kind)}, "as": {string(t.As)}, "requested_by": {string(t.RequestedBy)}, "decision": {string(t.Decision)}, "authority": {t.Authority},
		"presence_needed": {string(t.PresenceNeeded)}, "reference": {t.Reference}, "note": {t.Note},
	}
	for name, on := range map[string]*time.Time{
		"requested_on": t.RequestedOn, "decided_on": t.DecidedOn, "starts_on": t.StartsOn, "ends_on": t.EndsOn,
		"cooperation_declared_on": t.CooperationDeclaredOn, "ties_cut_on": t.TiesCutOn,
		"cooperation_refused_on": t.CooperationRefusedOn, "contact_resumed_on": t.ContactResumedOn, "no_victim_on": t.NoVictimOn, "security_threat_on": t.SecurityThreatOn,
		"presence_notified_on": t.PresenceNotifiedOn, "presence_until": t.PresenceUntil,
	} {
		if on != nil {
			typed.Set(name, on.Format("02.01.2006"))
		}
	}
	return typed
}

// TypedOfEnding is the form of how a reflection ended; without, an empty one.
func TypedOfEnding(r reflections.Reflection) url.Values {
	if r.Ending == nil {
		return url.Values{}
	}
	return url.Values{"ended_on": {r.Ending.On.Format("02.01.2006")}, "reason": {string(r.Ending.Reason)}, "note": {r.Ending.Note}}
}

func inline(f ui.Field) ui.Field {
	f.Inline = true
	return f
}

func limited(f ui.Field, characters int) ui.Field {
	f.Max = characters
	return f
}

// canton is the code of a canton as the catalogues write it.
func canton(code string) string { return strings.ToLower(code) }

func options[T ~string](prefix string, codes []T) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return options
}

// chosen is like options, with an answer not given before them.
func chosen[T ~string](prefix string, codes []T) []ui.Option {
	return append([]ui.Option{{Label: "ui.none_chosen"}}, options(prefix, codes)...)
}

func cantonOptions() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, code := range dossiers.Cantons {
		options = append(options, ui.Option{Value: code, Label: "dossiers.canton." + strings.ToLower(code)})
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

// standing is where a reflection stands, in a word or two.
func standing(r reflections.Reflection) ui.Tagged {
	switch {
	case r.Ending != nil:
		return ui.Tag("reflections.reason."+string(r.Ending.Reason), ui.Neutral)
	case r.Decision == reflections.Refused:
		return ui.Tag("reflections.standing.refused", ui.Bad)
	case r.Runs():
		return ui.Tag("reflections.standing.runs", ui.Active)
	default:
		return ui.Tag("reflections.standing.awaited", ui.Waiting)
	}
}

// said are the declarations and grounds that were recorded, each with its day.
func said(ctx context.Context, t reflections.Terms) (known []string) {
	for _, fact := range []struct {
		key string
		on  *time.Time
	}{
		{"reflections.cooperation_declared_on.label", t.CooperationDeclaredOn}, {"reflections.ties_cut_on.label", t.TiesCutOn},
		{"reflections.cooperation_refused_on.label", t.CooperationRefusedOn}, {"reflections.contact_resumed_on.label", t.ContactResumedOn},
		{"reflections.no_victim_on.label", t.NoVictimOn}, {"reflections.security_threat_on.label", t.SecurityThreatOn},
	} {
		if fact.on != nil {
			known = append(known, i18n.T(ctx, "reflections.said.on", "What", i18n.T(ctx, fact.key), "Day", i18n.Date(ctx, *fact.on)))
		}
	}
	return known
}

// presence is what police or prosecution told the migration office.
func presence(ctx context.Context, t reflections.Terms) string {
	if t.PresenceNotifiedOn == nil {
		return i18n.T(ctx, "reflections.presence.missing")
	}
	until := ""
	if t.PresenceUntil != nil {
		until = i18n.T(ctx, "reflections.presence.until", "Day", i18n.Date(ctx, *t.PresenceUntil))
	}
	return joined(i18n.T(ctx, "reflections.presence.received", "Day", i18n.Date(ctx, *t.PresenceNotifiedOn)), word(ctx, "reflections.presence.needed.", string(t.PresenceNeeded)), until)
}

// brief says what matters now of the newest one.
func brief(ctx context.Context, line reflections.Line) string {
	switch {
	case line.EndedOn != nil:
		return i18n.T(ctx, "reflections.brief.ended", "Day", i18n.Date(ctx, *line.EndedOn), "Reason", i18n.T(ctx, "reflections.reason."+string(line.EndReason)))
	case line.Decision == reflections.Refused:
		return i18n.T(ctx, "reflections.brief.refused")
	case line.UntilOn != nil:
		return i18n.T(ctx, "reflections.brief.until", "Day", i18n.Date(ctx, *line.UntilOn))
	case line.Kind == reflections.Pause:
		return i18n.T(ctx, "reflections.kind.pause")
	default:
		return i18n.T(ctx, "reflections.brief.awaited")
	}
}
