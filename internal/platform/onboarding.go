package platform

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/access"
	"passerelle/internal/blueprints"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Onboardings is what an operator does to set a tenant up. Every step changes the tenant where it stands, and none of them once it
// is live, which the database refuses as well.
type Onboardings struct {
	registry  *Registry
	inspector *signin.Inspector
	loopback  bool
}

// NewOnboardings makes the service. inspector looks at providers; loopback lets one be on this machine, as the demo's is.
func NewOnboardings(registry *Registry, inspector *signin.Inspector, loopback bool) *Onboardings {
	return &Onboardings{registry, inspector, loopback}
}

// File is a tenant while it is set up, with its way to sign in and those who are to administer it.
type File struct {
	Tenant
	// Way is nil as long as there is none.
	Way *Way
	// First are the first administrators who come by a code.
	First []First
}

// Way is how people of a tenant sign in, as those see it who set it up. What is shown to the provider is not among it.
type Way struct {
	ConnectionID         signin.ConnectionID
	Slug, Name           string
	Issuer, ClientID     string
	Scopes, EmailDomains []string `bun:",array"`
	HasSecret            bool
}

// First is one of the first administrators. The name is the one that was written down for handing the code over.
type First struct {
	MemberID  tenantdb.PersonID
	Name      string
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// Naming is the step that makes a tenant.
type Naming struct{ Slug, Name, Canton string }

// Check says what has to be corrected.
func (n Naming) Check() (problems fault.Problems) {
	if !slugs.MatchString(n.Slug) {
		problems.Add("slug", "onboarding.slug.wrong")
	}
	if strings.TrimSpace(n.Name) == "" || utf8.RuneCountInString(n.Name) > 100 {
		problems.Add("name", "onboarding.name.missing")
	}
	if _, err := blueprints.For(n.Canton); err != nil {
		problems.Add("canton", "onboarding.canton.missing")
	}
	return problems
}

// Provider is how people are to sign in. An empty secret leaves the one that is kept.
type Provider struct {
	Issuer, ClientID, Secret string
	Scopes, EmailDomains     []string
}

// Check says what has to be corrected; kept says that there is a secret already.
func (p Provider) Check(loopback, kept bool) (problems fault.Problems) {
	if found, wrong := fault.Correctable(signin.CheckIssuer(p.Issuer, loopback)); wrong {
		problems = append(problems, found...)
	}
	if p.ClientID == "" || len(p.ClientID) > 255 {
		problems.Add("client_id", "connections.client_id.missing")
	}
	if p.Secret == "" && !kept {
		problems.Add("secret", "onboarding.secret.missing")
	}
	if len(p.Secret) > 4096 {
		problems.Add("secret", "connections.secret.long")
	}
	if !slices.Contains(p.Scopes, "openid") {
		problems.Add("scopes", "connections.scopes.openid")
	}
	if len(p.EmailDomains) == 0 {
		problems.Add("email_domains", "connections.email_domains.missing")
	}
	for _, domain := range p.EmailDomains {
		if !domains.MatchString(domain) {
			problems.Add("email_domains", "connections.email_domains.wrong")
			break
		}
	}
	return problems
}

// Check says what has to be corrected in who is to administer.
func (a Administrator) Check() (problems fault.Problems) {
	if strings.TrimSpace(a.Name) == "" || utf8.RuneCountInString(a.Name) > 100 {
		problems.Add("name", "onboarding.person.name.missing")
	}
	if address, err := mail.ParseAddress(a.Email); err != nil || address.Address != a.Email || len(a.Email) > 254 {
		problems.Add("email", "onboarding.person.email.wrong")
	}
	return problems
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
		return recordAct(ctx, tx, id, journal.TenantCreated, "")
	})
	if tenantdb.Violates(err, "tenants_have_a_slug_of_their_own") {
		return fault.Invalid("slug", "onboarding.slug.taken")
	}
	return err
}

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
// are looked at anew.
func (o *Onboardings) Rename(ctx context.Context, id tenantdb.TenantID, name, canton string) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
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
func (o *Onboardings) Speak(ctx context.Context, id tenantdb.TenantID, languages []i18n.Lang) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if len(languages) == 0 || slices.ContainsFunc(languages, func(l i18n.Lang) bool { return !l.Known() }) {
		return fault.Invalid("languages", "onboarding.languages.missing")
	}
	return o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		changed := file.Tenant.confirm(Languages)
		changed.Languages = languages
		return updateTenant(ctx, tx, changed)
	})
}

// Protect says under which law on data protection the tenant is.
func (o *Onboardings) Protect(ctx context.Context, id tenantdb.TenantID, regime blueprints.Regime) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if !regime.Known() {
		return fault.Invalid("regime", "onboarding.regime.missing")
	}
	return o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		changed := file.Tenant.confirm(Protection)
		changed.Regime = regime
		return updateTenant(ctx, tx, changed)
	})
}

// Accept says that somebody has read the blueprint, which is the one of that digest. One that became another meanwhile is a conflict.
func (o *Onboardings) Accept(ctx context.Context, id tenantdb.TenantID, digest string) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
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
func (o *Onboardings) Connect(ctx context.Context, id tenantdb.TenantID, connection signin.ConnectionID, provider Provider) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	err := o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		if err := provider.Check(o.loopback, file.Way != nil && file.Way.HasSecret).Err(); err != nil {
			return err
		}
		if file.Arrived > 0 {
			return fault.Refused("onboarding.connection.used")
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
	var others []string
	err := o.registry.db.View(tenantdb.WithScope(ctx, tenantdb.Platform(id)), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		others, err = listIssuers(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return o.inspector.Inspect(ctx, issuer, scopes, others), nil
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
	err = o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
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
	err = o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
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

// Open lets everybody of a tenant in, once nothing is missing.
func (o *Onboardings) Open(ctx context.Context, id tenantdb.TenantID) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return o.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, file File) error {
		if len(file.Missing()) > 0 {
			return fault.Refused("onboarding.opening.missing")
		}
		if err := openTenant(ctx, tx, id, o.registry.now()); err != nil {
			return err
		}
		return recordAct(ctx, tx, id, journal.TenantWentLive, "")
	})
}

// change does one step, while nobody else does another. A tenant that is live or suspended is not set up.
func (o *Onboardings) change(ctx context.Context, id tenantdb.TenantID, do func(ctx context.Context, tx tenantdb.Tx, file File) error) error {
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
		err = do(ctx, tx, file)
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
