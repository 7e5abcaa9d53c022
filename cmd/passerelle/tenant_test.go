package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/config"
	"passerelle/internal/i18n"
	"passerelle/internal/pgtest"
	"passerelle/internal/platform"
)

// The command makes, suspends and resumes a tenant, as the role that sees the registry alone.
func TestTenant(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	t.Setenv("FRIBOURG_CLIENT_SECRET", "hunter2")
	settings := config.Config{PlatformDatabaseURL: db.PlatformConnString}
	if err := (tenantCreateCommand{File: "../../tenants/example.yaml", Check: true}).Run(t.Context(), config.Config{}); err != nil {
		t.Error(err)
	}
	if err := (tenantListCommand{}).Run(t.Context(), config.Config{}); err == nil || !strings.Contains(err.Error(), "PLATFORM_DATABASE_URL is not set") {
		t.Errorf("without a database: %v", err)
	}
	if err := (tenantListCommand{}).Run(t.Context(), config.Config{PlatformDatabaseURL: db.AppConnString}); err == nil || !strings.Contains(err.Error(), "connect as passerelle_platform") {
		t.Errorf("as the application: %v", err)
	}
	if err := (tenantCreateCommand{File: "../../tenants/example.yaml"}).Run(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if err := (tenantCreateCommand{File: "../../tenants/example.yaml"}).Run(t.Context(), settings); err == nil || !strings.Contains(err.Error(), "there is another of that name") {
		t.Errorf("twice: %v", err)
	}
	var n int
	if err := db.Owner.QueryRow(t.Context(), `select count(*) from tenants join connections using (tenant_id) join members using (tenant_id, connection_id)
		where tenants.slug = 'fribourg' and tenants.live_at is null and regime = 'cantonal' and languages = '{fr,de}' and members.role = 'admin' and client_secret = 'hunter2'`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d administrators, %v", n, err)
	}
	if err := (tenantListCommand{}).Run(t.Context(), settings); err != nil {
		t.Error(err)
	}
	if err := (tenantLiveCommand{"fribourg"}).Run(t.Context(), settings); err == nil || !strings.Contains(err.Error(), "cannot go live yet: fewer than two of its administrators have signed in") {
		t.Errorf("live: %v", err)
	}
	suspended := func() (slugs string) {
		t.Helper()
		if err := db.Owner.QueryRow(t.Context(), "select coalesce(string_agg(slug || ' ' || suspended_for, ',' order by slug), '') from tenants where suspended_at is not null").Scan(&slugs); err != nil {
			t.Fatal(err)
		}
		return slugs
	}
	if err := (tenantSuspendCommand{"vaud", "agreement"}).Run(t.Context(), settings); err != nil || suspended() != "vaud agreement" {
		t.Errorf("%q, %v", suspended(), err)
	}
	if err := (tenantResumeCommand{"vaud"}).Run(t.Context(), settings); err != nil || suspended() != "" {
		t.Errorf("%q, %v", suspended(), err)
	}
	if err := (tenantResumeCommand{"zug"}).Run(t.Context(), settings); err == nil || !strings.Contains(err.Error(), `there is no tenant "zug"`) {
		t.Errorf("a tenant that there is not: %v", err)
	}
}

func TestAClientSecretIsReadFromWhereItIs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	read := func(content string) (string, error) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var plan platform.Plan
		plan.Connection.SecretFile = file
		return clientSecret(plan)
	}
	if secret, err := read("hunter2\n"); err != nil || secret != "hunter2" {
		t.Errorf("%q, %v", secret, err)
	}
	for _, content := range []string{"", "\n", "two\nlines\n", strings.Repeat("x", 5000)} {
		if _, err := read(content); err == nil || strings.Contains(err.Error(), "lines") && strings.Contains(err.Error(), "two") {
			t.Errorf("%d bytes: %v", len(content), err)
		}
	}
	var plan platform.Plan
	plan.Connection.SecretEnv = "NOT_SET_ANYWHERE"
	if _, err := clientSecret(plan); err == nil || !strings.Contains(err.Error(), "NOT_SET_ANYWHERE is empty") {
		t.Errorf("%v", err)
	}
}

func TestWhatIsTold(t *testing.T) {
	var plan platform.Plan
	plan.Tenant.Name, plan.Tenant.Slug, plan.Connection.Slug, plan.Connection.Name = "Passerelle Fribourg", "fribourg", "fr", "Passerelle Fribourg"
	var out bytes.Buffer
	until := time.Date(2026, 12, 4, 12, 0, 0, 0, time.UTC)
	if err := tellCreated(&out, plan, []platform.Handed{{Administrator: platform.Administrator{Name: "Aline Sciboz", Email: "aline@fribourg.example"}, Code: "fribourg.abc", Until: until}}); err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{"ORIGIN/oidc/fr/callback", "Aline Sciboz <aline@fribourg.example>, until 04.12.2026 13:00:\n    fribourg.abc\n", "kept nowhere", "passerelle tenant live fribourg"} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("it does not say %q:\n%s", say, out.String())
		}
	}
	out.Reset()
	blueprint, err := blueprints.For("FR")
	if err != nil {
		t.Fatal(err)
	}
	if err := tellBlueprint(&out, i18n.With(t.Context(), i18n.DE), blueprint); err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{"Freiburg", "Friedensgericht", "to be asked", "(ÖDSMB)", "EDÖB", "Saane"} {
		if !strings.Contains(out.String(), say) {
			t.Errorf("it does not say %q:\n%s", say, out.String())
		}
	}
}
