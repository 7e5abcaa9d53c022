package platformweb

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"sync"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/blueprints"
	"passerelle/internal/connections"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/platform"
	"passerelle/internal/retention"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/connectionsview"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

func (h *handlers) newTenant(c *fiber.Ctx) error {
	form := consoleview.TenantForm{ID: ids.New[tenantdb.Tenant]()}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return web.Show(c, fiber.StatusOK, consoleview.NewTenant(form))
}

func (h *handlers) createTenant(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[tenantdb.Tenant](typed.Get("id"))
	if err != nil {
		return err
	}
	err = h.onboardings.Begin(c.UserContext(), id, platform.Naming{Slug: typed.Get("slug"), Name: trimmed(typed, "name"), Canton: typed.Get("canton")})
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, consoleview.NewTenant(consoleview.TenantForm{ID: id, Typed: typed, Problems: problems}))
	}
	if err != nil {
		return err
	}
	return web.See(c, paths.Tenant(id))
}

func trimmed(typed url.Values, name string) string {
	var problems fault.Problems
	// What is wrong with it is said of the whole form.
	return forms.Text(typed, name, forms.Narrative, &problems)
}

// step is what one step of setting a tenant up shows and does.
type step struct {
	of platform.Step
	// page shows the step; do takes what was typed.
	page func(h *handlers, c *fiber.Ctx, p consoleview.StepPage) (templ.Component, error)
	do   func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error
}

var steps = []step{
	{platform.Organisation, plain(consoleview.Organisation), func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error {
		return h.onboardings.Rename(ctx, id, typed.Get("version"), trimmed(typed, "name"), typed.Get("canton"))
	}},
	{platform.Languages, plain(consoleview.Languages), func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error {
		var languages []i18n.Lang
		for _, language := range typed["languages"] {
			if !slices.Contains(languages, i18n.Lang(language)) {
				languages = append(languages, i18n.Lang(language))
			}
		}
		return h.onboardings.Speak(ctx, id, typed.Get("version"), languages)
	}},
	{platform.Protection, plain(consoleview.Protection), func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error {
		return h.onboardings.Protect(ctx, id, typed.Get("version"), blueprints.Regime(typed.Get("regime")))
	}},
	{platform.Retention, plain(consoleview.Retention), func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error {
		schedule, problems := retention.Read(typed)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.onboardings.Keep(ctx, id, typed.Get("version"), schedule)
	}},
	{platform.Blueprint, (*handlers).blueprint, func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error {
		return h.onboardings.Accept(ctx, id, typed.Get("digest"))
	}},
	{platform.Connection, (*handlers).provider, func(h *handlers, ctx context.Context, id tenantdb.TenantID, typed url.Values) error {
		connection, err := ids.Parse[signin.Connection](typed.Get("id"))
		if err != nil {
			return err
		}
		return h.onboardings.Connect(ctx, id, typed.Get("version"), connection, platform.Provider{
			Issuer: trimmed(typed, "issuer"), ClientID: trimmed(typed, "client_id"), Secret: trimmed(typed, "secret"),
			Scopes: connections.List(typed.Get("scopes")), EmailDomains: connections.Domains(typed.Get("email_domains")),
		})
	}},
}

func plain(page func(consoleview.StepPage) templ.Component) func(*handlers, *fiber.Ctx, consoleview.StepPage) (templ.Component, error) {
	return func(_ *handlers, _ *fiber.Ctx, p consoleview.StepPage) (templ.Component, error) { return page(p), nil }
}

// showStep is the page of a step, with what stands unless something was typed.
func (h *handlers) showStep(of step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id, err := web.ID[tenantdb.Tenant](c, "id")
		if err != nil {
			return err
		}
		file, err := h.onboardings.Find(c.UserContext(), id)
		if err != nil {
			return err
		}
		if file.State() != platform.Preparing {
			return web.See(c, paths.Tenant(id))
		}
		page := consoleview.StepPage{File: file, Version: file.Seen(), Typed: consoleview.TypedOf(file)}
		if web.Parked(c) {
			page.Typed = web.Values(c)
			page.Version = page.Typed.Get("version")
		}
		return h.render(c, fiber.StatusOK, of, page)
	}
}

func (h *handlers) render(c *fiber.Ctx, status int, of step, page consoleview.StepPage) error {
	shown, err := of.page(h, c, page)
	if err != nil {
		return err
	}
	return web.Show(c, status, shown)
}

// updateStep does it, and leads back to what is missing still.
func (h *handlers) updateStep(of step) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id, err := web.ID[tenantdb.Tenant](c, "id")
		if err != nil {
			return err
		}
		typed := web.Values(c)
		if of.of == platform.Connection && typed.Get("act") == "check" {
			return h.checkProvider(c, of, id, typed)
		}
		err = of.do(h, c.UserContext(), id, typed)
		problems, ok := fault.Correctable(err)
		if err != nil && !ok {
			return err
		}
		if !ok {
			web.Notice(c, "onboarding.saved")
			return web.See(c, paths.Tenant(id))
		}
		file, found := h.onboardings.Find(c.UserContext(), id)
		if found != nil {
			return found
		}
		if file.State() != platform.Preparing {
			return h.show(c, fiber.StatusConflict, id, problems)
		}
		page := consoleview.StepPage{File: file, Version: typed.Get("version"), Typed: typed, Problems: problems}
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			// What the other one has saved stands beside what was typed; sent once more, the latter is what somebody wants who knows.
			page.Version, page.Theirs, status = file.Seen(), consoleview.TypedOf(file), fiber.StatusConflict
		}
		return h.render(c, status, of, page)
	}
}

// shipped is what the cantons' tenants count their deadlines by.
var shipped = sync.OnceValues(deadlines.Shipped)

func (h *handlers) blueprint(c *fiber.Ctx, p consoleview.StepPage) (templ.Component, error) {
	blueprint, err := blueprints.For(p.Canton)
	if err != nil {
		return nil, err
	}
	digest, err := blueprints.Digest(p.Canton)
	if err != nil {
		return nil, err
	}
	book, err := shipped()
	if err != nil {
		return nil, err
	}
	rules, err := book.For(p.Canton)
	if err != nil {
		return nil, err
	}
	now := h.onboardings.Now()
	page := consoleview.BlueprintPage{StepPage: p, Blueprint: blueprint, Digest: digest, Year: now.Year(), Local: rules.Calendar.Local()}
	page.Holidays = rules.Calendar.Holidays(page.Year)
	for _, id := range rules.IDs() {
		page.Rules++
		if rule, ok := rules.On(id, now); ok && !rule.Confirmed {
			page.Unconfirmed++
		}
	}
	return consoleview.Blueprint(page), nil
}

func (h *handlers) provider(c *fiber.Ctx, p consoleview.StepPage) (templ.Component, error) {
	page := consoleview.ProviderPage{StepPage: p, ID: ids.New[signin.Connection]().String(), Redirect: h.onboardings.RedirectURI(p.Slug)}
	if p.Way != nil {
		page.Redirect = h.onboardings.RedirectURI(p.Way.Slug)
	}
	if sent := p.Typed.Get("id"); sent != "" {
		page.ID = sent
	}
	return consoleview.Provider(page), nil
}

// checkProvider looks at a provider for those who have no scripts; nothing is saved.
func (h *handlers) checkProvider(c *fiber.Ctx, of step, id tenantdb.TenantID, typed url.Values) error {
	file, err := h.onboardings.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	page := consoleview.StepPage{File: file, Version: typed.Get("version"), Typed: typed}
	findings, err := h.onboardings.Inspect(c.UserContext(), id, trimmed(typed, "issuer"), connections.List(typed.Get("scopes")))
	if problems, ok := fault.Correctable(err); ok {
		page.Problems = problems
		return h.render(c, fiber.StatusUnprocessableEntity, of, page)
	}
	if err != nil {
		return err
	}
	page.Findings = findings
	return h.render(c, fiber.StatusOK, of, page)
}

// showChecks answers as somebody types.
func (h *handlers) showChecks(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	findings, err := h.onboardings.Inspect(c.UserContext(), id, trimmed(typed, "issuer"), connections.List(typed.Get("scopes")))
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusOK, connectionsview.Refusal(problems[0].Key))
	}
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, connectionsview.Checks(findings))
}
