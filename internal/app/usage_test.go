package app_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
)

// TestUsageIsCounted: once an hour each tenant's people, sealed bytes and jobs are counted, and how many are accompanied is not.
func TestUsageIsCounted(t *testing.T) {
	site := webtest.Start(t)
	site.SignIn(t, cast.Lea)
	stored := func(tenant *cast.Tenant) (mib int) {
		t.Helper()
		if err := site.App.Meter.Count(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := site.Database.Owner.QueryRow(t.Context(), "select max(storage_mib) from usage_reports where tenant_id = $1", tenant.ID).Scan(&mib); err != nil {
			t.Fatal(err)
		}
		return mib
	}
	// One dossier of Vaud's is Vaud's alone; what hangs on Amina reaches Genève as well, to which she moves.
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: "Tamoret", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	if vaud, geneve := stored(cast.Vaud), stored(cast.Geneve); vaud != 16 || geneve != 0 {
		t.Errorf("before: %d MiB in Vaud, %d in Genève", vaud, geneve)
	}
	amina(t, site)
	site.Database.Exec(t, "update connections set issuer = 'https://provider.invalid' where name = 'Another'")
	for range 2 { // a second process counts in the same hour
		if err := site.App.Meter.Count(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for tenant, want := range map[*cast.Tenant]struct{ members, offices, silent int }{
		// What hangs on Amina brings somebody here, somebody at an office, and a connection, whose provider does not answer.
		cast.Vaud: {7, 7, 1}, cast.Geneve: {3, 2, 0},
	} {
		var reports, members, offices, storage, silent int
		var signedIn bool
		if err := site.Database.Owner.QueryRow(t.Context(), `select count(*), max(members), max(office_people), max(storage_mib), max(providers_silent), bool_or(signed_in_on is not null)
			from usage_reports where tenant_id = $1`, tenant.ID).Scan(&reports, &members, &offices, &storage, &silent, &signedIn); err != nil {
			t.Fatal(err)
		}
		if reports != 1 || members != want.members || offices != want.offices || silent != want.silent || signedIn != (tenant == cast.Vaud) {
			t.Errorf("%s: %d reports, %d members, %d at offices, %d silent, %t", tenant.Name, reports, members, offices, silent, signedIn)
		}
		if storage != 16 {
			t.Errorf("%s: %d MiB", tenant.Name, storage)
		}
	}
}
