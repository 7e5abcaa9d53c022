// Package connectionsview is the HTML of setting up how people sign in.
package connectionsview

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/connections"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// List is the page of all connections.
type List struct {
	connections.Overview
	Problems fault.Problems
}

// Show is the page of one connection.
type Show struct {
	connections.File
	Redirect string
	Now      time.Time
	Problems fault.Problems
}

// mine says that the reader has written or proposed the change, and cannot approve it.
func (p Show) mine() bool {
	return p.Reader == p.Change.ProposedBy || p.Reader == p.Change.WrittenBy
}

// who says who did what about a change.
func (p Show) who(ctx context.Context, c connections.Change) (said []string) {
	for _, act := range []struct {
		key string
		by  tenantdb.PersonID
		at  *time.Time
	}{
		{"connections.who.wrote", c.WrittenBy, &c.WrittenAt}, {"connections.who.proposed", c.ProposedBy, c.ProposedAt},
		{"connections.who.approved", c.ApprovedBy, c.ApprovedAt}, {"connections.who.withdrew", c.WithdrawnBy, c.WithdrawnAt},
	} {
		if act.at != nil {
			said = append(said, i18n.T(ctx, act.key, "Name", p.Names[act.by], "When", moment(ctx, *act.at)))
		}
	}
	return said
}

// Form is a connection being written.
type Form struct {
	ID, Redirect string
	// New says that there is no such connection yet, WasLive that people come in through it, HasSecret that one is kept.
	New, WasLive, HasSecret bool
	Seen                    int
	Typed                   url.Values
	Problems                fault.Problems
	Findings                []signin.Finding
}

// TypedOf is what a form shows of terms.
func TypedOf(kind signin.Kind, t connections.Terms) url.Values {
	typed := url.Values{
		"kind": {string(kind)}, "name": {t.Name}, "issuer": {t.Issuer}, "client_id": {t.ClientID}, "scopes": {strings.Join(t.Scopes, " ")},
		"name_claim": {t.NameClaim}, "email_claim": {t.EmailClaim}, "email_domains": {strings.Join(t.EmailDomains, ", ")},
	}
	if t.KeepsSubjects {
		typed.Set("keeps_subjects", "yes")
	}
	return typed
}

// Blank is what a new form begins with.
func Blank() url.Values {
	return TypedOf(signin.KindStaff, connections.Terms{Scopes: []string{"openid", "profile", "email"}, NameClaim: "name", EmailClaim: "email"})
}

func (f Form) title() string {
	if f.New {
		return "connections.new.title"
	}
	return "connections.edit.title"
}

func (f Form) action() string {
	if f.New {
		return paths.Connections
	}
	return paths.Connections + "/" + f.ID
}

func (f Form) back() string { return f.action() }

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "connections." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "connections." + name + ".hint"
	return field
}

func (f Form) verbatim(name string) ui.Field {
	field := f.hinted(name)
	field.Verbatim = true
	return field
}

// secret never shows what was typed, nor what is kept.
func (f Form) secret() ui.Field {
	field := ui.Field{Name: "secret", Label: "connections.secret.label", Hint: "connections.secret.hint", Type: "password", Autocomplete: "new-password", Problems: f.Problems}
	if f.HasSecret {
		field.Hint = "connections.secret.kept"
	}
	return field
}

// providers are those that the form says something of.
var providers = []string{"entra", "google", "keycloak", "infomaniak"}

var tones = map[connections.State]ui.Tone{
	connections.Draft: ui.Neutral, connections.Tried: ui.Active, connections.Proposed: ui.Waiting, connections.Approved: ui.Waiting,
	connections.Effective: ui.Good, connections.Withdrawn: ui.Neutral,
}

var verdicts = map[signin.Verdict]ui.Tone{signin.Fine: ui.Good, signin.Advice: ui.Waiting, signin.Problem: ui.Bad}

func crumbs() []ui.Crumb { return []ui.Crumb{{Label: "connections.title", URL: paths.Connections}} }

func contains(words []string, word string) bool { return slices.Contains(words, word) }

func joined(words []string) string { return strings.Join(words, ", ") }

func named(ctx context.Context, file connections.File) string {
	if name := file.Name(); name != "" {
		return name
	}
	return i18n.T(ctx, "connections.unnamed")
}

// changeKey says what a change is, and how far it has come.
func changeKey(c connections.Change) string {
	if c.Kind == connections.End {
		return "connections.ends." + string(c.State())
	}
	return "connections.state." + string(c.State())
}

func withdrawal(state connections.State) string {
	if state == connections.Draft || state == connections.Tried {
		return "connections.withdrawal.discard"
	}
	return "connections.withdrawal.submit"
}

func secret(ctx context.Context, t connections.Terms) string {
	if t.SecretID.Zero() {
		return i18n.T(ctx, "connections.secret.none")
	}
	return i18n.T(ctx, "connections.secret.sealed")
}

// differences are the fields in which what is proposed differs from what is live.
func differences(file connections.File) []string {
	if !file.Connection.Live() {
		return nil
	}
	return file.Change.Terms.Differences(file.Connection.Terms)
}

func steps(ctx context.Context, file connections.File) (steps []ui.Step) {
	states := []connections.State{connections.Draft, connections.Tried, connections.Proposed, connections.Approved, connections.Effective}
	if file.Change.Kind == connections.End {
		states = states[2:]
	}
	reached := slices.Index(states, file.Change.State())
	for i, state := range states {
		steps = append(steps, ui.Step{Label: "connections.step." + string(state), Reached: i <= reached, Current: i == reached})
	}
	return steps
}

// announced says to every administrator what is under way.
func announced(ctx context.Context, file connections.File) string {
	key := "connections.pending." + string(file.Change.State())
	if file.Change.TakesEffectAt != nil {
		return i18n.T(ctx, key, "Name", named(ctx, file), "When", moment(ctx, *file.Change.TakesEffectAt))
	}
	return i18n.T(ctx, key, "Name", named(ctx, file))
}

func over(ctx context.Context, c connections.Change) string {
	if c.TookEffectAt != nil {
		return moment(ctx, *c.TookEffectAt)
	}
	return moment(ctx, *c.WithdrawnAt)
}

func fate(ctx context.Context, r connections.Report) string {
	if r.Person == "" {
		return i18n.T(ctx, "connections.fate."+r.Fate)
	}
	role := i18n.T(ctx, "access.role."+string(r.Role))
	if r.Office != "" {
		role += ", " + r.Office
	}
	return i18n.T(ctx, "connections.fate."+r.Fate, "Name", r.Person, "Role", role)
}

func moment(ctx context.Context, at time.Time) string { return i18n.DateTime(ctx, at) }

// hours says a delay in words.
func hours(ctx context.Context, n int) string {
	switch {
	case n == 0:
		return i18n.T(ctx, "connections.delay.none")
	case n%24 == 0:
		return i18n.T(ctx, "connections.delay.days", "Count", n/24)
	default:
		return i18n.T(ctx, "connections.delay.hours", "Count", n)
	}
}

func delays(ctx context.Context) (options []ui.Option) {
	for _, n := range connections.Delays {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Label: hours(ctx, n)})
	}
	return options
}
