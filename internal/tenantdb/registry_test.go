package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// What those who run the installation write.
var (
	newCode       = "insert into admin_codes (tenant_id, member_id, code_hash, expires_at) values (" + vaud + ", '" + cast.Boris.ID.String() + "', 'x', now())"
	newConnection = "insert into connections (connection_id, tenant_id, slug, name, kind, issuer, client_id, client_secret, email_domains) values (gen_random_uuid(), " +
		vaud + ", 'new', 'x', 'staff', 'https://x.invalid', 'x', '', '{}')"
	newAdministrator = "insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values (" + vaud +
		", gen_random_uuid(), 'x', 'x', 'admin', '" + cast.VaudStaff.ID + "', 'new')"
	newAct = "insert into journal_entries (tenant_id, entry_id, person_id, role, action, reason) values (" + vaud +
		", gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'platform', 'tenant_suspended', 'asked')"
)

// preparing says that no tenant is live: of one that is, what is its own needs a mandate.
const preparing = "update tenants set live_at = null; "

// The role of those who run the installation makes and pauses tenants, and does nothing else.
func TestWhoRunsTheInstallationDoesNothingElse(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for name, c := range map[string]struct{ who, statement, want string }{
		"the tenants":                       {platform, "select slug, name, canton, suspended_at from tenants", "2"},
		"suspending one":                    {platform, "update tenants set suspended_at = now(), suspended_for = 'asked' where slug = 'vaud'", "1"},
		"for a reason":                      {platform, "update tenants set suspended_at = now()", "tenants_are_suspended_for_a_reason"},
		"for a known one":                   {platform, "update tenants set suspended_at = now(), suspended_for = 'spite'", "tenants_are_suspended_for_a_known_reason"},
		"a new one":                         {platform, "insert into tenants (tenant_id, slug, name, canton) values (gen_random_uuid(), 'new', 'x', 'FR')", "1"},
		"ways to sign in":                   {platform, "select slug, issuer from connections", "2"},
		"those who administer":              {platform, "select role from members", "3"},
		"an entry":                          {platformOfVaud, newAct, "1"},
		"no entry for another tenant":       {platformOfVaud, strings.Replace(newAct, vaud, "'"+cast.Geneve.ID.String()+"'", 1), "fenced"},
		"no entry as somebody else":         {platformOfVaud, strings.Replace(newAct, "'platform'", "'admin'", 1), "fenced"},
		"no entry without a tenant":         {platform, newAct, "fenced"},
		"no entry read":                     {platformOfVaud, "select action from journal_entries", "not granted"},
		"no other role":                     {platform, strings.Replace(newAdministrator, "'admin'", "'caseworker'", 1), "fenced"},
		"no connection of offices":          {platform, strings.Replace(newConnection, "'staff'", "'office'", 1), "fenced"},
		"nobody's name":                     {platform, "select name from members", "not granted"},
		"nobody's e-mail":                   {platform, "select email from members", "not granted"},
		"no secret":                         {platform, "select client_secret from connections", "not granted"},
		"no code":                           {platform, "select code_hash from admin_codes", "not granted"},
		"nobody is bound":                   {platform, "update members set identity_id = null", "not granted"},
		"no live connection changes":        {platformOfVaud, "update connections set issuer = 'https://evil.invalid'", "tenants_are_set_up_before_they_are_live"},
		"no claim changes":                  {platformOfVaud, "update connections set email_claim = 'x'", "not granted"},
		"no sealed secret changes":          {platformOfVaud, "update connections set secret_id = null", "not granted"},
		"no connection without its tenant":  {platform, "update connections set issuer = 'https://evil.invalid'", "0"},
		"whether there is a secret":         {platform, "select has_secret from connections", "2"},
		"to whom codes go":                  {platform, "select name from admin_codes", "2"},
		"no live tenant's code is renewed":  {platformOfVaud, "update admin_codes set expires_at = now() where used_at is null", "tenants_are_set_up_before_they_are_live"},
		"no code is used":                   {platformOfVaud, "update admin_codes set used_at = now()", "not granted"},
		"no live tenant moves":              {platformOfVaud, "update tenants set canton = 'FR' where slug = 'vaud'", "tenants_are_set_up_before_they_are_live"},
		"no live tenant is renamed":         {platform, "update tenants set name = 'x' where slug = 'geneve'", "live_tenants_give_a_mandate_first"},
		"no slug changes":                   {platform, "update tenants set slug = 'x'", "not granted"},
		"nothing goes":                      {platform, "delete from tenants", "not granted"},
		"no office":                         {platform, "select 1 from offices", "not granted"},
		"no people of offices":              {platform, "select 1 from office_members", "not granted"},
		"no session":                        {platform, "select 1 from sessions", "not granted"},
		"no identity":                       {platform, "select 1 from identities", "not granted"},
		"no dossier":                        {platform, "select 1 from dossiers", "not granted"},
		"no referral":                       {platform, "select 1 from referrals", "not granted"},
		"no tenant as the staff":            {platformAsStaff, "select slug from tenants", "0"},
		"no tenant at the door":             {platformAtDoor, "select slug from tenants", "0"},
		"nobody at the door":                {platformAtDoor, "select role from members", "0"},
		"the application is let in nowhere": {"Léa", "update tenants set suspended_at = null", "not granted"},
		"staff see no code":                 {"Léa", "select 1 from admin_codes", "0"},
		"nor who administers":               {"Anna", "select 1 from admin_codes", "0"},
		"nor does an office":                {"Noé", "select 1 from admin_codes", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			arrange := preparing
			if strings.HasPrefix(name, "no live ") {
				arrange = "update mandates set ended_at = now() where ended_at is null; "
			}
			if got := attempt(t, db, c.who, arrange, c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
	// The application in the scope of the platform sees nothing: that scope is another role's.
	for _, table := range []string{"tenants", "connections", "members", "admin_codes", "journal_entries", "dossiers"} {
		found, err := rows(tenantdb.WithScope(t.Context(), tenantdb.Platform(cast.Vaud.ID)), db.App, table)
		if err != nil || len(found) > 0 {
			t.Errorf("the application as the platform sees %d rows of %s, %v", len(found), table, err)
		}
	}
}

func TestCheckPlatformNamesEachHole(t *testing.T) {
	db := breakable{pgtest.New(t)}
	check := func(t *testing.T, role, statement string) error {
		return db.checked(t, tenantdb.CheckPlatformIn, role, statement)
	}
	if err := check(t, migrate.Platform, ""); err != nil {
		t.Fatal(err)
	}
	for sentence, statement := range map[string]string{
		"may not select tenants.slug: connect as passerelle_platform":              "revoke select (slug) on tenants from passerelle_platform",
		"may not insert connections.client_secret: connect as passerelle_platform": "revoke insert (client_secret) on connections from passerelle_platform",
		"the role may select dossiers.code_name":                                   "grant select (code_name) on dossiers to passerelle_platform",
		"the role may select members.email":                                        "grant select on members to passerelle_platform",
		"the role may insert referrals.request":                                    "grant insert on referrals to passerelle_platform",
		"the role may update members.identity_id":                                  "grant update (identity_id) on members to passerelle_platform",
		"the role may delete tenants":                                              "grant delete on tenants to passerelle_platform",
		"the role may use the schema keys":                                         "grant usage on schema keys to passerelle_platform",
		"admin_codes has no fence of the door":                                     "drop policy door_fence on admin_codes",
		"members has no fence of the door":                                         "alter policy door_fence on members using (true) with check (true)",
	} {
		t.Run(sentence, func(t *testing.T) {
			if err := check(t, migrate.Platform, statement); err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("the application's role", func(t *testing.T) {
		if err := check(t, migrate.App, ""); err == nil || !strings.Contains(err.Error(), "connect as passerelle_platform") {
			t.Errorf("got %v", err)
		}
	})
}
