package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"passerelle/internal/cast"
	"passerelle/internal/config"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

// A tenant goes to another installation, and is deleted at this one, by the commands that say so.
func TestTenantGoes(t *testing.T) {
	here, there := pgtest.New(t), pgtest.New(t)
	pgtest.Cast(t, here)
	folder := t.TempDir()
	master, err := keys.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	at := func(db *pgtest.Database) config.Config {
		return config.Config{PlatformDatabaseURL: db.PlatformConnString, TransferDatabaseURL: db.TransferConnString, KeysDatabaseURL: db.KeysConnString, MasterKey: master, KeysBackupDays: 7}
	}
	file := func(name string) string { return filepath.Join(folder, name) }
	says := func(what string, err error, words string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %s", what, err, words)
		}
	}
	says("without a database", tenantExportCommand{Tenant: "vaud", Out: file("a")}.Run(t.Context(), config.Config{}), "TRANSFER_DATABASE_URL is not set")
	says("as the application", tenantExportCommand{Tenant: "vaud", Out: file("a")}.Run(t.Context(), config.Config{TransferDatabaseURL: here.AppConnString, KeysDatabaseURL: here.KeysConnString, MasterKey: master}), "connect as passerelle_transfer")
	says("without a key", tenantExportCommand{Tenant: "vaud", Out: file("a")}.Run(t.Context(), at(here)), "has not said for which key")
	says("of nobody", tenantExportCommand{Tenant: "uri", Out: file("a")}.Run(t.Context(), at(here)), "there is no tenant of that name")
	if _, err := os.Stat(file("a")); err == nil {
		t.Error("an archive of nothing was left")
	}

	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	here.Exec(t, "insert into handover_keys (tenant_id, recipient, version, written_by, written_at, confirmed_by, confirmed_at) values ($1, $2, 1, $3, now(), $4, now())", cast.Vaud.ID, identity.Recipient().String(), cast.Anna.ID, cast.Boris.ID)
	if err := os.WriteFile(file("key.txt"), []byte("# created by age-keygen\n"+identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := printed(t, func() error { return tenantExportCommand{Tenant: "vaud", Out: file("a")}.Run(t.Context(), at(here)) })
	says("over what is there", tenantExportCommand{Tenant: "vaud", Out: file("a")}.Run(t.Context(), at(here)), "is there already")
	lines := strings.Fields(told)
	key := lines[len(lines)-1]
	if !strings.HasPrefix(key, "passerelle/journal/"+cast.Vaud.ID.String()+"+") {
		t.Fatalf("it says %s", told)
	}

	bring := tenantImportCommand{Archive: file("a"), Identity: file("key.txt"), Key: key, Offices: map[string]string{cast.Offices.Slug: "partners"}}
	says("no such connection", bring.Run(t.Context(), at(there)), "there is no connection partners here")
	there.Exec(t, "insert into connections (connection_id, slug, name, kind, issuer, client_id) values (gen_random_uuid(), 'partners', 'Partners', 'office', 'https://another.example', 'x')")
	if told := printed(t, func() error { return bring.Run(t.Context(), at(there)) }); !strings.Contains(told, "It is suspended") || !strings.Contains(told, "invited anew") {
		t.Errorf("it says %s", told)
	}
	if err := (tenantResumeCommand{Tenant: "vaud"}).Run(t.Context(), at(there)); err != nil {
		t.Error(err)
	}

	says("nothing said", tenantDeleteCommand{Tenant: "vaud"}.Run(t.Context(), at(here)), "--reason")
	says("two things said", tenantDeleteCommand{Tenant: "vaud", Keep: true, Certificate: file("c")}.Run(t.Context(), at(here)), "say one of")
	says("not planned", tenantDeleteCommand{Tenant: "vaud", Certificate: file("c")}.Run(t.Context(), at(here)), "nobody has planned")
	says("nothing to keep", tenantDeleteCommand{Tenant: "vaud", Keep: true}.Run(t.Context(), at(here)), "nobody has planned")
	for _, command := range []tenantDeleteCommand{{Tenant: "vaud", Reason: "asked"}, {Tenant: "vaud", Keep: true}, {Tenant: "vaud", Reason: "agreement"}} {
		if err := command.Run(t.Context(), at(here)); err != nil {
			t.Fatal(err)
		}
	}
	says("twice", tenantDeleteCommand{Tenant: "vaud", Reason: "asked"}.Run(t.Context(), at(here)), "it is planned already")
	says("too early", tenantDeleteCommand{Tenant: "vaud", Certificate: file("c")}.Run(t.Context(), at(here)), "and not before")
	here.Exec(t, "update tenant_removals set planned_at = planned_at - interval '31 days', due_at = due_at - interval '31 days' where withdrawn_at is null")
	says("in use", tenantDeleteCommand{Tenant: "vaud", Certificate: file("c")}.Run(t.Context(), at(here)), "still come in")
	if err := (tenantSuspendCommand{Tenant: "vaud", Reason: "agreement"}).Run(t.Context(), at(here)); err != nil {
		t.Fatal(err)
	}
	says("over another file", tenantDeleteCommand{Tenant: "vaud", Certificate: file("key.txt")}.Run(t.Context(), at(here)), "nothing was deleted")
	if told := printed(t, func() error {
		return tenantDeleteCommand{Tenant: "vaud", Certificate: file("c")}.Run(t.Context(), at(here))
	}); !strings.Contains(told, key) {
		t.Errorf("it says %s", told)
	}
	certificate, err := os.ReadFile(file("c"))
	if err != nil || !strings.Contains(string(certificate), "passerelle/removal/"+cast.Vaud.ID.String()) {
		t.Errorf("the certificate is %s: %v", certificate, err)
	}
	// What was deleted does not come back to where it was.
	bring.Offices = nil
	says("brought back", bring.Run(t.Context(), at(here)), "cannot come back to this installation")
}

// printed is what a command that succeeds tells.
func printed(t *testing.T, run func() error) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	stdout := os.Stdout
	os.Stdout = out
	err = run()
	os.Stdout = stdout
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
