package consoleview

import (
	"context"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/platform"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/views/paths"
	"passerelle/views/retentionview"
	"passerelle/views/ui"
)

// TenantForm makes a tenant.
type TenantForm struct {
	ID       tenantdb.TenantID
	Typed    url.Values
	Problems fault.Problems
}

// StepPage is one step of setting a tenant up.
type StepPage struct {
	platform.File
	// Version is platform.File.Seen of what was shown first.
	Version string
	// Typed is what stands in the form, Theirs what somebody else has saved meanwhile, or nil.
	Typed, Theirs url.Values
	Problems      fault.Problems
	Findings      []signin.Finding
}

// BlueprintPage is what a tenant of a canton starts from.
type BlueprintPage struct {
	StepPage
	blueprints.Blueprint
	Digest   string
	Year     int
	Holidays []deadlines.Closed
	Local    []deadlines.Holiday
	// Rules are those by which deadlines are counted, Unconfirmed how many of them nobody has confirmed yet.
	Rules, Unconfirmed int
}

// ProviderPage is how people of a tenant sign in.
type ProviderPage struct {
	StepPage
	ID, Redirect string
}

// AdministratorsPage is who is to administer a tenant first.
type AdministratorsPage struct {
	StepPage
	ID, Application string
	Now             time.Time
}

// HandedPage shows a code, once.
type HandedPage struct {
	platform.File
	platform.Handed
	Application string
}

// RenewalPage asks whether somebody is to get another code.
type RenewalPage struct {
	TenantID tenantdb.TenantID
	platform.First
}

// TypedOf is what stands, as the forms have it. A secret is not among it.
func TypedOf(file platform.File) url.Values {
	typed := url.Values{"name": {file.Name}, "canton": {file.Canton}, "regime": {string(file.Regime)}, "scopes": {"openid profile email"}}
	for _, language := range file.Languages {
		typed.Add("languages", string(language))
	}
	maps.Copy(typed, retentionview.TypedOf(file.Kept))
	if file.Way != nil {
		typed.Set("issuer", file.Way.Issuer)
		typed.Set("client_id", file.Way.ClientID)
		typed.Set("email_domains", strings.Join(file.Way.EmailDomains, ", "))
		typed.Set("scopes", strings.Join(file.Way.Scopes, " "))
	}
	return typed
}

func (p StepPage) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label + "label", Hint: label + "hint", Value: p.Typed.Get(name), Problems: p.Problems}.Beside(p.Theirs)
}

// unhinted is a field whose label says enough.
func (p StepPage) unhinted(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label + "label", Value: p.Typed.Get(name), Problems: p.Problems}.Beside(p.Theirs)
}

func (p ProviderPage) verbatim(name string) ui.Field {
	field := p.field(name, "connections."+name+".")
	field.Verbatim = true
	return field
}

// secret never shows what was typed, nor what is kept.
func (p ProviderPage) secret() ui.Field {
	field := ui.Field{Name: "secret", Label: "connections.secret.label", Hint: "connections.secret.hint", Type: "password", Autocomplete: "new-password", Problems: p.Problems}
	if p.Way != nil && p.Way.HasSecret {
		field.Hint = "connections.secret.kept"
	}
	return field
}

func crumbs(file platform.File) []ui.Crumb {
	return []ui.Crumb{{Label: "console.tenants.title", URL: paths.Tenants}, {Label: file.Name, URL: paths.Tenant(file.TenantID)}}
}

// stands is what a step has come to, in a few words.
func stands(ctx context.Context, file platform.File, step platform.Step) string {
	if !file.Done(step) && step != platform.Administrators && step != platform.Trial {
		return ""
	}
	switch step {
	case platform.Organisation:
		return file.Name + ", " + canton(ctx, file.Canton)
	case platform.Languages:
		return languages(file.Languages)
	case platform.Protection:
		return i18n.T(ctx, "console.regime."+string(file.Regime))
	case platform.Retention:
		return i18n.T(ctx, "onboarding.retention.usual", "Months", strconv.Itoa(file.Kept["independent"].Months))
	case platform.Blueprint:
		return i18n.T(ctx, "onboarding.blueprint.accepted", "When", i18n.DateTime(ctx, *file.BlueprintAt))
	case platform.Connection:
		if file.Way != nil {
			return file.Way.Issuer
		}
		return ""
	case platform.Administrators:
		return i18n.T(ctx, "onboarding.administrators.count", "Count", file.Tenant.Administrators)
	default:
		return i18n.T(ctx, "onboarding.trial.count", "Count", file.Arrived)
	}
}

func canton(ctx context.Context, letters string) string {
	blueprint, err := blueprints.For(letters)
	if err != nil {
		return letters
	}
	return blueprint.Name.In(ctx)
}

func cantons(ctx context.Context) []ui.Option {
	options := []ui.Option{{Label: "onboarding.canton.none"}}
	for _, letters := range blueprints.Cantons {
		options = append(options, ui.Option{Value: letters, Label: canton(ctx, letters) + " (" + letters + ")"})
	}
	return options
}

func speaking() (options []ui.Option) {
	for _, language := range i18n.Langs {
		options = append(options, ui.Option{Value: string(language), Label: language.Name()})
	}
	return options
}

// regimes are the two, each with the law and the supervisor that come with it.
func regimes(ctx context.Context, letters string) (options []ui.Option) {
	blueprint, err := blueprints.For(letters)
	for _, regime := range []blueprints.Regime{blueprints.Cantonal, blueprints.Federal} {
		option := ui.Option{Value: string(regime), Label: "console.regime." + string(regime)}
		if err == nil {
			law, supervisor := blueprint.Of(regime)
			option.Hint = i18n.T(ctx, "onboarding.regime.means", "Law", law.Full(ctx), "Supervisor", supervisor.Full(ctx))
			if !law.Confirmed || !supervisor.Confirmed {
				option.Hint += " " + i18n.T(ctx, "onboarding.doubt")
			}
		}
		options = append(options, option)
	}
	return options
}

// state says how far a first administrator is, with its tone.
func (p AdministratorsPage) state(ctx context.Context, first platform.First) (string, ui.Tone) {
	switch {
	case first.UsedAt != nil:
		return i18n.T(ctx, "onboarding.person.arrived", "When", i18n.DateTime(ctx, *first.UsedAt)), ui.Good
	case p.Now.Before(first.ExpiresAt):
		return i18n.T(ctx, "onboarding.person.waiting", "Until", i18n.DateTime(ctx, first.ExpiresAt)), ui.Waiting
	default:
		return i18n.T(ctx, "onboarding.person.late"), ui.Bad
	}
}

// purposes are the ways in which the canton is divided.
func (p BlueprintPage) purposes() (kinds []string) {
	for _, kind := range blueprints.RegionKinds {
		if len(p.Regions(kind)) > 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// parts are the names of the regions of a kind.
func (p BlueprintPage) parts(ctx context.Context, kind string) string {
	var names []string
	for _, region := range p.Regions(kind) {
		if region.Successor == "" {
			names = append(names, region.Name.In(ctx))
		}
	}
	return strings.Join(names, ", ")
}

func (p BlueprintPage) office(kind string) blueprints.Named {
	named, _ := p.Office(kind)
	return named
}

func (p BlueprintPage) authority(which blueprints.Authority) blueprints.Named {
	named, _ := p.Authority(which)
	return named
}

// holidays are those of the year, day by day.
func (p BlueprintPage) holidays(ctx context.Context) string {
	var days []string
	for _, day := range p.Holidays {
		days = append(days, i18n.T(ctx, "deadlines.closed."+day.Why)+" ("+i18n.Date(ctx, day.On)+")")
	}
	return strings.Join(days, ", ")
}

// local are the holidays that a part of the canton alone keeps.
func (p BlueprintPage) local(ctx context.Context) string {
	var days []string
	for _, day := range p.Local {
		days = append(days, i18n.T(ctx, "deadlines.closed."+day.ID)+" ("+day.OnlyIn+")")
	}
	return strings.Join(days, ", ")
}

func number(n int) string { return strconv.Itoa(n) }
