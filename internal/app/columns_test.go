package app_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

// policy is who may do what, as it stands in policies/roles.csv and policies/step_up.csv: read here anew, so that what decides in
// the application is compared with the file and not with itself.
type policy struct {
	may    map[access.Role]map[string]bool
	factor map[string]bool
}

func readPolicy(roles, stepUp string) policy {
	p := policy{map[access.Role]map[string]bool{}, map[string]bool{}}
	inherits := map[access.Role]access.Role{}
	role := func(text string) access.Role { return access.Role(strings.TrimPrefix(text, "role:")) }
	for line := range strings.Lines(roles) {
		switch f := strings.Split(strings.TrimSpace(line), ", "); {
		case f[0] == "p" && f[4] == "allow":
			if p.may[role(f[1])] == nil {
				p.may[role(f[1])] = map[string]bool{}
			}
			p.may[role(f[1])][f[2]+":"+f[3]] = true
		case f[0] == "g":
			inherits[role(f[1])] = role(f[2])
		}
	}
	for one, other := range inherits {
		maps.Copy(p.may[one], p.may[other])
	}
	for line := range strings.Lines(stepUp) {
		if object, verb, ok := strings.Cut(strings.TrimSpace(line), ", "); ok && !strings.HasPrefix(line, "#") {
			p.factor[object+":"+verb] = true
		}
	}
	return p
}

// column is somebody who asks: a role in one of the houses, or somebody who has none.
type column struct {
	cast.Person
	name string
	// outside is what somebody without a role is told everywhere.
	outside outcome
	// two sessions of the same person: one in which nothing was confirmed, and one in which it was just now.
	plain, confirmed session
}

type session struct{ cookie, csrf string }

// enter has somebody signed in, twice: a row in the table of sessions is what signing in leaves. Who is not of the cast becomes
// one of the people of a house.
func enter(t *testing.T, site *webtest.Site, who column) column {
	t.Helper()
	db, p := site.Database, who.Person
	if p.Connection == nil {
		return who
	}
	var identity ids.ID[signin.Identity]
	if err := db.Owner.QueryRow(t.Context(), `insert into identities (identity_id, connection_id, issuer, subject, display_name, display_email)
		select gen_random_uuid(), connection_id, issuer, $2, $3, $2 from connections where connection_id = $1
		on conflict (connection_id, issuer, subject) do update set display_name = excluded.display_name returning identity_id`, p.Connection.ID, p.Email, p.Name).Scan(&identity); err != nil {
		t.Fatal(err)
	}
	column, tenant := "member_id", any(nil)
	switch {
	case p.Role == "":
	case p.Office != nil:
		column, tenant = "office_member_id", p.Tenant.ID
		db.Exec(t, `insert into office_members (tenant_id, office_member_id, office_id, name, email, role, connection_id, expected_subject) values ($1, $2, $3, $4, $5, $6, $7, $5) on conflict do nothing`,
			p.Tenant.ID, p.ID, p.Office.ID, p.Name, p.Email, string(p.Role), p.Connection.ID)
		db.Exec(t, `update office_members set identity_id = $1 where office_member_id = $2`, identity, p.ID)
	default:
		tenant = p.Tenant.ID
		db.Exec(t, `insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, $3, $4, $5, $6, $4) on conflict do nothing`,
			p.Tenant.ID, p.ID, p.Name, p.Email, string(p.Role), p.Connection.ID)
		db.Exec(t, `update members set identity_id = $1 where member_id = $2`, identity, p.ID)
	}
	open := func(confirmed any) session {
		s := session{secret(), secret()}
		hash := sha256.Sum256([]byte(s.cookie))
		var person any
		if tenant != nil {
			person = p.ID
		}
		db.Exec(t, `insert into sessions (session_hash, identity_id, tenant_id, `+column+`, csrf_token, expires_at, fresh_at, confirmed_at) values ($1, $2, $3, $4, $5, now() + interval '1 hour', $6, $6)`,
			hash[:], identity, tenant, person, s.csrf, confirmed)
		return s
	}
	who.plain, who.confirmed = open(nil), open(time.Now().Add(-time.Second))
	return who
}

func secret() string {
	random := sha256.Sum256([]byte(ids.New[things]().String()))
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// everybody are the columns: each role of the policy in Vaud and in Genève, those of offices in another office of Vaud as well,
// and those whom no role speaks for.
func everybody(t *testing.T, site *webtest.Site, p policy) (columns []column) {
	t.Helper()
	for _, role := range slices.Sorted(maps.Keys(p.may)) {
		if role == access.Operator {
			continue // who runs the installation has no membership, and no session here (internal/console: TestTwoHouses)
		}
		for _, house := range []struct {
			tenant     *cast.Tenant
			office     *cast.Office
			connection *cast.Connection
		}{
			{cast.Vaud, nil, cast.VaudStaff}, {cast.Geneve, nil, cast.GeneveStaff},
			{cast.Vaud, cast.CSR, cast.Offices}, {cast.Vaud, cast.ORP, cast.Offices}, {cast.Geneve, cast.Hospice, cast.Offices},
		} {
			if role.AtOffice() != (house.office != nil) {
				continue
			}
			who := column{name: string(role) + " of " + house.tenant.Name}
			if house.office != nil {
				who.name = string(role) + " of " + house.office.Name
			}
			for _, person := range slices.Concat(cast.Staff, cast.OfficeMembers) {
				if who.ID.Zero() && person.Role == role && person.Tenant == house.tenant && person.Office == house.office {
					who.Person = person
				}
			}
			if who.ID.Zero() {
				email := fmt.Sprintf("%s@%s.example", role, house.tenant.Slug)
				if house.office != nil {
					email = "second-" + email
				}
				who.Person = cast.Person{ID: ids.New[tenantdb.Person](), Name: who.name, Email: email, Tenant: house.tenant, Role: role, Office: house.office, Connection: house.connection}
			}
			columns = append(columns, enter(t, site, who))
		}
	}
	// One account in two houses is in one of them at a time.
	for _, jo := range []cast.Person{cast.JoVaud, cast.JoGeneve} {
		columns = append(columns, enter(t, site, column{Person: jo, name: "Jo at " + jo.Office.Name}))
	}
	outside := func(name string, what outcome, role access.Role, tenant *cast.Tenant) column {
		return enter(t, site, column{name: name, outside: what, Person: cast.Person{
			ID: ids.New[tenantdb.Person](), Name: name, Email: strings.ReplaceAll(name, " ", "-") + "@vaud.example", Tenant: tenant, Role: role, Connection: cast.VaudStaff,
		}})
	}
	paused := &cast.Tenant{ID: ids.New[tenantdb.Tenant](), Slug: "paused", Name: "Paused", Canton: "FR"}
	site.Database.Exec(t, `insert into tenants (tenant_id, slug, name, canton, live_at) values ($1, $2, $3, $4, now())`, paused.ID, paused.Slug, paused.Name, paused.Canton)
	left := outside("who has left", toSignIn, access.Coordinator, cast.Vaud)
	columns = append(columns, column{name: "a stranger", outside: toSignIn}, outside("who waits", toChoose, "", nil), left, outside("of a suspended tenant", toSignIn, access.Coordinator, paused))
	site.Database.Exec(t, `update members set ended_at = now(), ended_as = 'left' where member_id = $1`, left.ID)
	site.Database.Exec(t, `update tenants set suspended_at = now(), suspended_for = 'asked' where tenant_id = $1`, paused.ID)
	return columns
}
