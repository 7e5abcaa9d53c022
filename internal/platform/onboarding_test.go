package platform_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/platform"
	"passerelle/internal/retention"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

var provider = platform.Provider{
	Issuer: "https://login.fribourg.example", ClientID: "passerelle", Secret: "hunter2", Scopes: []string{"openid", "email"}, EmailDomains: []string{"fribourg.example"},
}

// Ada sets Fribourg up step by step, leaves after each, and finds what is missing when she comes back.
func TestOnboarding(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	connected, err := tenantdb.Open(t.Context(), db.PlatformConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(connected.Close)
	registry, err := platform.New(t.Context(), connected, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	service := platform.NewOnboardings(registry, signin.NewInspector(false), "https://passerelle.example", false)
	tenants := platform.NewService(registry)
	ada := cast.Ada.Context(t.Context())
	id := ids.New[tenantdb.Tenant]()
	missing := func(want ...platform.Step) platform.File {
		t.Helper()
		file, err := service.Find(ada, id)
		if err != nil || !slices.Equal(file.Missing(), want) {
			t.Fatalf("missing %v, want %v, %v", file.Missing(), want, err)
		}
		return file
	}
	count := func(query string) (n int) {
		t.Helper()
		if err := db.Owner.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	field := func(err error, name string) {
		t.Helper()
		problems, ok := fault.Correctable(err)
		if _, of := problems.Of(name); !ok || !of {
			t.Errorf("%v, want something about %s", err, name)
		}
	}

	field(service.Begin(ada, id, platform.Naming{Slug: "vaud", Name: "Passerelle Fribourg", Canton: "FR"}), "slug")
	field(service.Begin(ada, id, platform.Naming{Slug: "no_underscore", Name: "x", Canton: "FR"}), "slug")
	field(service.Begin(ada, id, platform.Naming{Slug: "fribourg", Name: " ", Canton: "FR"}), "name")
	field(service.Begin(ada, id, platform.Naming{Slug: "fribourg", Name: "x", Canton: "FX"}), "canton")
	for range 2 { // the form is sent twice
		if err := service.Begin(ada, id, platform.Naming{Slug: "fribourg", Name: "Passerelle Fribourg", Canton: "FR"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := count("select count(*) from journal_entries join tenants using (tenant_id) where slug = 'fribourg' and action = 'tenant_created'"); n != 1 {
		t.Errorf("%d entries", n)
	}
	file := missing(platform.Steps[1:]...)
	if !slices.Equal(file.Languages, []i18n.Lang{i18n.FR, i18n.DE}) {
		t.Errorf("it speaks %v", file.Languages)
	}

	field(service.Speak(ada, id, "", nil), "languages")
	field(service.Speak(ada, id, "", []i18n.Lang{"rm"}), "languages")
	field(service.Protect(ada, id, "", "european"), "regime")
	if err := errors.Join(service.Speak(ada, id, "", []i18n.Lang{i18n.FR}), service.Protect(ada, id, "", blueprints.Federal)); err != nil {
		t.Fatal(err)
	}
	kept := retention.Usual()
	kept["return"] = retention.Rule{Outcome: retention.Review}
	field(service.Keep(ada, id, "", kept), "months_return")
	kept["return"] = retention.Rule{Months: retention.Longest + 1, Outcome: retention.Review}
	field(service.Keep(ada, id, "", kept), "months_return")
	delete(kept, "return")
	field(service.Keep(ada, id, "", kept), "months_return")
	kept["return"] = retention.Rule{Months: 60, Outcome: "burn"}
	field(service.Keep(ada, id, "", kept), "outcome_return")
	kept["return"] = retention.Rule{Months: 60, Outcome: retention.Delete}
	digest, _ := blueprints.Digest("FR")
	if err := service.Accept(ada, id, "an older one"); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("another blueprint: %v", err)
	}
	if err := service.Accept(ada, id, digest); err != nil {
		t.Fatal(err)
	}
	// Another canton is looked at anew; its name alone is not.
	if err := service.Rename(ada, id, "", "Passerelle Neuchâtel", "NE"); err != nil {
		t.Fatal(err)
	}
	missing(platform.Steps[1:]...)
	if err := errors.Join(service.Rename(ada, id, "", "Passerelle Fribourg", "FR"), service.Speak(ada, id, "", []i18n.Lang{i18n.FR, i18n.DE}),
		service.Protect(ada, id, "", blueprints.Cantonal), service.Keep(ada, id, "", kept), service.Accept(ada, id, digest), service.Rename(ada, id, "", "Passerelle Freiburg", "FR")); err != nil {
		t.Fatal(err)
	}
	if now := missing(platform.Connection, platform.Administrators, platform.Trial); now.Kept["return"] != (retention.Rule{Months: 60, Outcome: retention.Delete}) || now.Kept["not_trafficking"].Months != 12 {
		t.Errorf("dossiers are kept for %v", now.Kept)
	}

	// Tom has had the same step before him since before Ada did hers.
	if err := service.Speak(ada, id, file.Seen(), []i18n.Lang{i18n.IT}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("what Ada has done is overwritten: %v", err)
	}
	if file = missing(platform.Connection, platform.Administrators, platform.Trial); slices.Contains(file.Languages, i18n.IT) {
		t.Errorf("it speaks %v", file.Languages)
	}
	if err := service.Speak(ada, id, file.Seen(), file.Languages); err != nil {
		t.Errorf("what stands is confirmed: %v", err)
	}
	// Who did what stands in the console, and in the tenant's own journal.
	if n := count("select count(*) from console.acts join tenants using (tenant_id) where slug = 'fribourg' and action = 'tenant_set_up' and reason = 'languages'"); n != 3 {
		t.Errorf("%d acts", n)
	}
	if n := count("select count(*) from journal_entries join tenants using (tenant_id) where slug = 'fribourg' and action = 'tenant_set_up' and reason = 'languages'"); n != 3 {
		t.Errorf("%d entries", n)
	}

	aline, beat := ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	if _, err := service.Expect(ada, id, aline, platform.Administrator{Name: "Aline", Email: "aline@fribourg.example"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("without a connection: %v", err)
	}
	for name, wrong := range map[string]func(*platform.Provider){
		"issuer": func(p *platform.Provider) { p.Issuer = "http://127.0.0.1:8082/x" }, "client_id": func(p *platform.Provider) { p.ClientID = "" },
		"secret": func(p *platform.Provider) { p.Secret = "" }, "scopes": func(p *platform.Provider) { p.Scopes = nil }, "email_domains": func(p *platform.Provider) { p.EmailDomains = []string{"a@b"} },
	} {
		changed := provider
		wrong(&changed)
		field(service.Connect(ada, id, "", ids.New[signin.Connection](), changed), name)
	}
	if err := service.Connect(ada, id, "", ids.New[signin.Connection](), provider); err != nil {
		t.Fatal(err)
	}
	stolen := provider
	stolen.EmailDomains = []string{"fribourg.example", "vaud.example"}
	field(service.Connect(ada, id, "", ids.New[signin.Connection](), stolen), "email_domains")
	again := provider
	again.Secret, again.ClientID = "", "passerelle-2"
	elsewhere := again
	elsewhere.Issuer = "https://login.evil.example"
	field(service.Connect(ada, id, "", ids.New[signin.Connection](), elsewhere), "secret")
	if err := service.Connect(ada, id, "", ids.New[signin.Connection](), again); err != nil {
		t.Fatal(err)
	}
	file = missing(platform.Administrators, platform.Trial)
	if !file.Way.HasSecret || file.Way.ClientID != "passerelle-2" || file.Way.Slug != "fribourg" ||
		count("select count(*) from connections where slug = 'fribourg' and client_secret = 'hunter2'") != 1 {
		t.Errorf("%+v", file.Way)
	}

	_, err = service.Expect(ada, id, aline, platform.Administrator{Name: "", Email: "aline@fribourg.example"})
	field(err, "name")
	_, err = service.Expect(ada, id, aline, platform.Administrator{Name: "Aline", Email: "aline"})
	field(err, "email")
	handed, err := service.Expect(ada, id, aline, platform.Administrator{Name: "Aline", Email: "aline@fribourg.example"})
	if err != nil || !strings.HasPrefix(handed.Code, "fribourg.") {
		t.Fatalf("%+v, %v", handed, err)
	}
	if _, err := service.Expect(ada, id, aline, platform.Administrator{Name: "Aline", Email: "aline@fribourg.example"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("twice: %v", err)
	}
	if _, err := service.Expect(ada, id, beat, platform.Administrator{Name: "Beat", Email: "beat@fribourg.example"}); err != nil {
		t.Fatal(err)
	}
	renewed, err := service.Renew(ada, id, aline)
	if err != nil || renewed.Code == handed.Code || renewed.Name != "Aline" {
		t.Errorf("%+v, %v", renewed, err)
	}
	if _, err := service.Renew(ada, id, ids.New[tenantdb.Person]()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("nobody: %v", err)
	}
	missing(platform.Trial)
	if err := tenants.GoLive(ada, id); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("too early: %v", err)
	}

	// They come, and the connection is theirs from then on.
	if _, err := db.Owner.Exec(t.Context(), `with come as (insert into identities (identity_id, connection_id, issuer, subject, display_name, display_email)
		select m.member_id, m.connection_id, 'https://login.fribourg.example', m.email, '', '' from members m join tenants using (tenant_id) where slug = 'fribourg' returning identity_id)
		update members set identity_id = come.identity_id, expected_subject = email from come where come.identity_id = members.member_id`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Owner.Exec(t.Context(), "update admin_codes set used_at = now() where member_id = $1", aline); err != nil {
		t.Fatal(err)
	}
	if err := service.Connect(ada, id, "", ids.New[signin.Connection](), again); !errors.Is(err, fault.Refused("")) {
		t.Errorf("another provider: %v", err)
	}
	if _, err := service.Renew(ada, id, aline); !errors.Is(err, fault.Refused("")) {
		t.Errorf("a code for somebody who has come: %v", err)
	}
	missing()
	if err := tenants.GoLive(ada, id); err != nil {
		t.Fatal(err)
	}

	// What is live is not set up, neither this nor another canton's.
	for _, live := range []tenantdb.TenantID{id, cast.Vaud.ID} {
		_, expected := service.Expect(ada, live, ids.New[tenantdb.Person](), platform.Administrator{Name: "Eve", Email: "eve@evil.example"})
		_, renewed := service.Renew(ada, live, aline)
		for _, err := range []error{service.Rename(ada, live, "", "x", "FR"), service.Speak(ada, live, "", []i18n.Lang{i18n.IT}), service.Protect(ada, live, "", blueprints.Federal),
			service.Accept(ada, live, digest), service.Connect(ada, live, "", ids.New[signin.Connection](), provider), expected, renewed} {
			if !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s: %v", live, err)
			}
		}
		if err := tenants.GoLive(ada, live); !errors.Is(err, fault.Conflict("")) {
			t.Errorf("%s goes live twice: %v", live, err)
		}
	}
	if _, err := service.Find(ada, ids.New[tenantdb.Tenant]()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("no tenant: %v", err)
	}

	// Nobody of a tenant does any of it, at hers or at another, and neither does anybody of an office.
	for _, somebody := range []cast.Person{cast.Anna, cast.Lea, cast.Claire, cast.Noe} {
		ctx := somebody.Context(context.Background())
		_, found := service.Find(ctx, somebody.Tenant.ID)
		_, expected := service.Expect(ctx, id, ids.New[tenantdb.Person](), platform.Administrator{Name: "Eve", Email: "eve@evil.example"})
		_, renewed := service.Renew(ctx, id, beat)
		_, inspected := service.Inspect(ctx, id, provider.Issuer, nil)
		for _, err := range []error{found, expected, renewed, inspected, service.Begin(ctx, ids.New[tenantdb.Tenant](), platform.Naming{Slug: "jura", Name: "x", Canton: "JU"}), service.Rename(ctx, id, "", "x", "FR"),
			service.Speak(ctx, id, "", []i18n.Lang{i18n.IT}), service.Protect(ctx, id, "", blueprints.Federal), service.Accept(ctx, id, digest), service.Connect(ctx, id, "", ids.New[signin.Connection](), provider), tenants.GoLive(ctx, id)} {
			if !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s: %v", somebody.Name, err)
			}
		}
	}
}
