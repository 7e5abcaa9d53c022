package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"passerelle/internal/access"
	"passerelle/internal/blueprints"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/retention"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Onboardings is what an operator does to set a tenant up. Every step changes the tenant where it stands, and none of them once it
// is live, which the database refuses as well.
type Onboardings struct {
	registry    *Registry
	inspector   *signin.Inspector
	application string
	loopback    bool
	checks      *rate.Limiter
}

// How often a provider is looked at while somebody types its address: that sends requests to wherever it leads.
const (
	checksEvery = 2 * time.Second
	checksOnce  = 20
)

// NewOnboardings makes the service. inspector looks at providers; application is the origin at which the people of tenants sign in;
// loopback lets a provider be on this machine, as the demo's is.
func NewOnboardings(registry *Registry, inspector *signin.Inspector, application string, loopback bool) *Onboardings {
	return &Onboardings{registry, inspector, application, loopback, rate.NewLimiter(rate.Every(checksEvery), checksOnce)}
}

// Begin makes a tenant that is being prepared, with the languages of its canton. The same form sent twice makes one.
func (o *Onboardings) Begin(ctx context.Context, id tenantdb.TenantID, naming Naming) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if err := naming.Check().Err(); err != nil {
		return err
	}
	blueprint, err := blueprints.For(naming.Canton)
	if err != nil {
		return err
	}
	var plan Plan
	plan.Tenant.Slug, plan.Tenant.Name, plan.Tenant.Canton = naming.Slug, naming.Name, naming.Canton
	plan.Tenant.Languages, plan.Tenant.Regime = blueprint.Spoken(), blueprints.Cantonal
	err = o.registry.within(ctx, id, func(ctx context.Context, tx tenantdb.Tx) error {
		fresh, err := insertTenant(ctx, tx, id, plan)
		if err != nil || !fresh {
			return err
		}
		return journal.RecordOperated(ctx, tx, id, journal.TenantCreated, "")
	})
	if tenantdb.Violates(err, "tenants_have_a_slug_of_their_own") {
		return fault.Invalid("slug", "onboarding.slug.taken")
	}
	return err
}

// RedirectURI is what has to be entered at the provider of a tenant.
func (o *Onboardings) RedirectURI(slug string) string { return signin.RedirectURI(o.application, slug) }

// Application is where the people of tenants sign in.
func (o *Onboardings) Application() string { return o.application }

// Now is the time by which codes run out.
func (o *Onboardings) Now() time.Time { return o.registry.now() }

// Find gives a tenant with all that was done for it; one that is live as well, where there is nothing left to do.
func (o *Onboardings) Find(ctx context.Context, id tenantdb.TenantID) (file File, err error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return File{}, err
	}
	err = o.registry.db.View(tenantdb.WithScope(ctx, tenantdb.Platform(id)), func(ctx context.Context, tx tenantdb.Tx) error {
		file, err = findFile(ctx, tx, id)
		return err
	})
	return file, err
}

// Rename says how the tenant is called and in which canton it works. Another canton has other languages and another blueprint, which
// are looked at anew. seen is File.Seen of what the form was filled in from, here and in what follows; what became another meanwhile is
// a conflict.
func (o *Onboardings) Rename(ctx context.Context, id tenantdb.TenantID, seen, name, canton string) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return o.change(ctx, id, Organisation, seen, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		if err := (Naming{file.Slug, name, canton}).Check().Err(); err != nil {
			return err
		}
		blueprint, err := blueprints.For(canton)
		if err != nil {
			return err
		}
		changed := file.Tenant
		changed.Name = name
		if canton != file.Canton {
			changed.Canton, changed.Languages, changed.ConfirmedSteps, changed.BlueprintHash, changed.BlueprintAt = canton, blueprint.Spoken(), nil, "", nil
		}
		return updateTenant(ctx, tx, changed)
	})
}

// Speak confirms in which languages the tenant works.
func (o *Onboardings) Speak(ctx context.Context, id tenantdb.TenantID, seen string, languages []i18n.Lang) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if len(languages) == 0 || slices.ContainsFunc(languages, func(l i18n.Lang) bool { return !l.Known() }) {
		return fault.Invalid("languages", "onboarding.languages.missing")
	}
	return o.change(ctx, id, Languages, seen, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		changed := file.Tenant.confirm(Languages)
		changed.Languages = languages
		return updateTenant(ctx, tx, changed)
	})
}

// Protect says under which law on data protection the tenant is.
func (o *Onboardings) Protect(ctx context.Context, id tenantdb.TenantID, seen string, regime blueprints.Regime) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if !regime.Known() {
		return fault.Invalid("regime", "onboarding.regime.missing")
	}
	return o.change(ctx, id, Protection, seen, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		changed := file.Tenant.confirm(Protection)
		changed.Regime = regime
		return updateTenant(ctx, tx, changed)
	})
}

// Keep says how long dossiers are kept once they are closed, until the tenant's own coordination decides differently.
func (o *Onboardings) Keep(ctx context.Context, id tenantdb.TenantID, seen string, schedule retention.Schedule) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if err := schedule.Check().Err(); err != nil {
		return err
	}
	return o.change(ctx, id, Retention, seen, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		if err := retention.Write(ctx, tx, id, schedule, tenantdb.PersonID{}, o.registry.now()); err != nil {
			return err
		}
		return updateTenant(ctx, tx, file.Tenant.confirm(Retention))
	})
}

// Accept says that somebody has read the blueprint, which is the one of that digest. One that became another meanwhile is a conflict.
func (o *Onboardings) Accept(ctx context.Context, id tenantdb.TenantID, digest string) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return o.change(ctx, id, Blueprint, whatever, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		standing, err := blueprints.Digest(file.Canton)
		if err != nil {
			return err
		}
		if digest != standing {
			return fault.Conflict("onboarding.blueprint.changed")
		}
		return updateTenant(ctx, tx, file.Tenant.accept(standing, o.registry.now()))
	})
}

// Connect says how people sign in. Once one of the administrators has come through it, it is theirs to change.
func (o *Onboardings) Connect(ctx context.Context, id tenantdb.TenantID, seen string, connection signin.ConnectionID, provider Provider) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	err := o.change(ctx, id, Connection, seen, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		// What one provider gave is shown to no other.
		kept := file.Way != nil && file.Way.HasSecret && file.Way.Issuer == provider.Issuer
		if err := provider.Check(o.loopback, kept).Err(); err != nil {
			return err
		}
		if file.Arrived > 0 {
			return fault.Refused("onboarding.connection.used")
		}
		if err := free(ctx, tx, id, provider.EmailDomains); err != nil {
			return err
		}
		if file.Way != nil {
			if err := updateConnection(ctx, tx, *file.Way, provider); err != nil {
				return err
			}
		} else {
			var plan Plan
			plan.Connection.Slug, plan.Connection.Name, plan.Connection.Issuer, plan.Connection.ClientID = file.Slug, file.Name, provider.Issuer, provider.ClientID
			plan.Connection.EmailDomains, plan.Connection.scopes = provider.EmailDomains, provider.Scopes
			if err := insertConnection(ctx, tx, id, connection, plan, provider.Secret); err != nil {
				return err
			}
		}
		// The application, which alone has keys, seals the secret as soon as it hears of it.
		return live.Announce(ctx, tx, live.Change{HandedIn: true})
	})
	if tenantdb.Violates(err, "connections_have_a_slug_of_their_own") {
		return fault.Refused("onboarding.connection.slug_taken")
	}
	return err
}

// Inspect says what is found of a provider, before anything is written down.
func (o *Onboardings) Inspect(ctx context.Context, id tenantdb.TenantID, issuer string, scopes []string) ([]signin.Finding, error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return nil, err
	}
	if !o.checks.AllowN(o.registry.now(), 1) {
		return nil, fault.Refused("connections.check.too_often")
	}
	var issuers []string
	err := o.registry.db.View(tenantdb.WithScope(ctx, tenantdb.Platform(id)), func(ctx context.Context, tx tenantdb.Tx) error {
		others, err := listOthers(ctx, tx, id)
		for _, other := range others {
			issuers = append(issuers, other.Issuer)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return o.inspector.Inspect(ctx, issuer, scopes, issuers), nil
}

// free refuses e-mail domains by which people of another tenant find their own provider.
func free(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, domains []string) error {
	others, err := listOthers(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, other := range others {
		for _, domain := range domains {
			if slices.Contains(other.EmailDomains, domain) {
				return fault.Invalid("email_domains", "connections.email_domains.taken", "Domain", domain)
			}
		}
	}
	return nil
}

// Expect names a first administrator, who comes by the code that it gives. The same form sent twice names one person, and shows no
// second code.
func (o *Onboardings) Expect(ctx context.Context, id tenantdb.TenantID, member tenantdb.PersonID, administrator Administrator) (handed Handed, err error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return Handed{}, err
	}
	if err := administrator.Check().Err(); err != nil {
		return Handed{}, err
	}
	administrator.Subject = ""
	err = o.change(ctx, id, Administrators, whatever, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		if file.Way == nil {
			return fault.Refused("onboarding.administrators.connection_first")
		}
		if slices.ContainsFunc(file.First, func(f First) bool { return f.MemberID == member }) {
			return fault.Refused("onboarding.administrators.twice")
		}
		if err := insertAdministrator(ctx, tx, id, file.Way.ConnectionID, member, administrator); err != nil {
			return err
		}
		handed, err = o.registry.hand(ctx, tx, id, file.Slug, member, administrator)
		return err
	})
	return handed, err
}

// Renew gives another code to a first administrator who has lost the one before, which is worth nothing from then on.
func (o *Onboardings) Renew(ctx context.Context, id tenantdb.TenantID, member tenantdb.PersonID) (handed Handed, err error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return Handed{}, err
	}
	err = o.change(ctx, id, Administrators, whatever, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		at := slices.IndexFunc(file.First, func(f First) bool { return f.MemberID == member })
		if at < 0 {
			return fault.NotFound()
		}
		if file.First[at].UsedAt != nil {
			return fault.Refused("onboarding.administrators.arrived")
		}
		code, hash := signin.NewCode(file.Slug)
		handed = Handed{Administrator{Name: file.First[at].Name}, code, o.registry.now().Add(codeLifetime)}
		return updateCode(ctx, tx, id, member, hash, handed.Until)
	})
	return handed, err
}

// whatever stands is what a step begins from that adds to it or compares what it was told by itself.
const whatever = ""

// change does one step, while nobody else does another, and writes down that it was done. A tenant that is live or suspended is not
// set up.
func (o *Onboardings) change(ctx context.Context, id tenantdb.TenantID, step Step, seen string, do func(ctx context.Context, tx tenantdb.Tx, file File) error) error {
	return o.registry.within(ctx, id, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := lockTenant(ctx, tx, id); err != nil {
			return err
		}
		file, err := findFile(ctx, tx, id)
		if err != nil {
			return err
		}
		if file.State() != Preparing {
			return fault.Refused("onboarding.over")
		}
		if seen != whatever && seen != file.Seen() {
			return fault.Conflict("onboarding.conflict")
		}
		if err = do(ctx, tx, file); err == nil {
			return journal.RecordOperated(ctx, tx, id, journal.TenantSetUp, string(step))
		}
		if problems := (*tenantdb.Error)(nil); errors.As(err, &problems) {
			return fmt.Errorf("set up tenant %s: %w", file.Slug, err)
		}
		return err
	})
}

// confirm is the tenant with one more step confirmed.
func (t Tenant) confirm(step Step) Tenant {
	if !slices.Contains(t.ConfirmedSteps, step) {
		t.ConfirmedSteps = append(slices.Clone(t.ConfirmedSteps), step)
	}
	return t
}

// accept is the tenant with its blueprint accepted.
func (t Tenant) accept(digest string, at time.Time) Tenant {
	t.BlueprintHash, t.BlueprintAt = digest, &at
	return t
}
