package app_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/internal/webtest"
	"passerelle/policies"
)

// outcome is what an answer amounts to.
type outcome string

const (
	answered  outcome = "answered" // it is there, and whoever asks may
	notFound  outcome = "not found"
	refused   outcome = "refused"
	toSignIn  outcome = "sent to sign in"
	toChoose  outcome = "sent to choose a workplace"
	toConfirm outcome = "sent to confirm with a passkey"
	failed    outcome = "failed"
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

// object is in which state of being somebody's, or nobody's, a thing is asked for. Whose it is stays the same: Vaud's, and of its
// offices the CSR's. Other tenants and other offices are columns.
type object string

const (
	whole    object = "there"
	revoked  object = "revoked"
	expired  object = "expired"
	crossed  object = "of another dossier"
	absent_  object = "absent"
	nonsense object = "nonsense"
)

const nonsensical = "zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz"

// sees says, of each kind of thing that is not seen by all of the staff of its tenant who may, who sees it while it is there.
var sees = map[string]func(column) bool{
	"/inbox/":              ofTheCSR,
	"/office/people/":      ofTheCSR,
	"/office/invitations/": ofTheCSR,
	"/imports/":            func(who column) bool { return who.ID == cast.Karim.ID }, // a file is of whoever has sent it
	":session":             func(column) bool { return false },                       // one's own are tested by signinweb
}

// silent are addresses that answer whatever thing they name: a stream says nothing but of what is the office's, and nothing else
// to anybody. Looking the thing up would count as reading it.
var silent = []string{"/inbox/:id/live"}

func ofTheCSR(who column) bool { return who.Office == cast.CSR }

// ending is how a thing ends, as the owner of the database has it ($1), and whether those who had it still find it then. Kinds that
// are not here have no such end: they are there, or deleted and absent.
type ending struct {
	revoked, expired string
	gone             bool
}

var endings = map[string]ending{
	"/inbox/": {"update referrals set state = 'revoked', revoked_at = now(), visible_until = now() where referral_id = $1",
		"update referrals set visible_until = now() where referral_id = $1", true},
	"/referrals/": {},
	"/consents/": {"update consents set withdrawn_at = now(), withdrawn_by = recorded_by where consent_id = $1",
		"update consents set valid_from = current_date - 9, valid_until = current_date - 1 where consent_id = $1", false},
	"/members/":       {"update members set ended_at = now(), ended_as = 'disabled' where member_id = $1", "", false},
	"/office/people/": {"update office_members set ended_at = now(), ended_as = 'disabled' where office_member_id = $1", "", false},
	"/invitations/": {"update invitations set withdrawn_at = now(), withdrawn_by = invited_by where invitation_id = $1",
		"update invitations set expires_at = now() where invitation_id = $1", false},
	"/office/invitations/": {"update invitations set withdrawn_at = now(), withdrawn_by = invited_by where invitation_id = $1",
		"update invitations set expires_at = now() where invitation_id = $1", false},
	"/applications/": {"update applications set refused_at = now(), answered_by = gen_random_uuid() where application_id = $1", "", false},
	"/connections/":  {"update connections set ended_at = now() where connection_id = $1", "", false},
	"/passkey-recoveries/": {"update passkey_recoveries set withdrawn_at = now() where recovery_id = $1",
		"update passkey_recoveries set asked_at = now() - interval '30 days' where recovery_id = $1", false},
	"/offices/":    {"update offices set closed_at = now() where office_id = $1", "", false},
	"/agreements/": {"", "update agreements set valid_from = current_date - 9, valid_until = current_date - 1 where agreement_id = $1", false},
}

// matrix asks every route as everybody about everything.
type matrix struct {
	site    *webtest.Site
	policy  policy
	columns []column
	things  map[object]things
	client  http.Client

	mu    sync.Mutex
	cells int
	wrong map[string]int
	// nonces that were sent, and actions for which a second factor was asked.
	nonces, asked map[string]bool
}

// expect is what the policy, and whose a thing is, make of a cell.
func (m *matrix) expect(route web.Route, who column, about object, confirmed bool) outcome {
	action, kind := route.Action.String(), m.kind(route)
	switch {
	case route.Action == access.Anyone:
		return answered
	case who.outside == toSignIn:
		return toSignIn
	case route.Action == access.SignedIn:
	case who.outside == toChoose:
		return toChoose
	case !m.policy.may[who.Role][action]:
		return refused
	case m.policy.factor[action] && !confirmed:
		return toConfirm
	}
	visible, ok := sees[kind]
	if !ok {
		visible = func(who column) bool { return who.Tenant == cast.Vaud && !who.Role.AtOffice() }
	}
	switch {
	case kind == "", slices.Contains(silent, route.Path) && about != nonsense:
		return answered
	case !visible(who), about == absent_, about == nonsense, about == crossed:
		return notFound
	case (about == revoked || about == expired) && endings[kind].gone:
		return notFound
	}
	return answered
}

// kind names what a route is about, by how the routes about it begin, or by how they name it; "" is nothing in particular.
func (m *matrix) kind(route web.Route) string {
	if !strings.Contains(route.Path, ":") {
		return ""
	}
	kind, ok := m.things[whole].kind(route.Path)
	if !ok {
		return "unknown"
	}
	return kind
}

// about are the states in which a route's thing is asked for by somebody who gets as far as that.
func (m *matrix) about(route web.Route) []object {
	kind := m.kind(route)
	if kind == "" || route.Action == access.Anyone {
		return []object{whole}
	}
	all := []object{whole, absent_, nonsense}
	if strings.Count(route.Path, ":") > 1 {
		all = append(all, crossed)
	}
	if end, ok := endings[kind]; ok {
		if end.revoked != "" || kind == "/referrals/" {
			all = append(all, revoked)
		}
		if end.expired != "" || kind == "/referrals/" {
			all = append(all, expired)
		}
	}
	return all
}

// path is where a route's thing is, in one of its states.
func (m *matrix) path(route web.Route, about object) string {
	there := m.things[whole]
	switch about {
	case absent_:
		return absent().path(route.Path)
	case nonsense:
		return parameter.ReplaceAllLiteralString(route.Path, nonsensical)
	case crossed: // the dossier is one's own, what is looked for in it hangs on another
		other := m.things[revoked]
		return things{dossier: there.dossier, others: other.others}.path(route.Path)
	}
	return m.things[about].path(route.Path)
}

type answer struct {
	status int
	header http.Header
	body   string
	// asked are the identifiers in the address, which a page may repeat; csrf is the session's token, which it carries.
	asked []string
	csrf  string
}

var identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|` + nonsensical)

// ask sends one request; form is nil for what has no body.
func (m *matrix) ask(t *testing.T, method, path string, as session, form url.Values, headers ...string) answer {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(t.Context(), method, m.site.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Language", "fr-CH")
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if as.cookie != "" {
		request.Header.Set("Cookie", "pas="+as.cookie)
	}
	response, err := m.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode, header: response.Header, csrf: as.csrf, asked: identifier.FindAllString(path, -1)}
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") { // which has no end
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		a.body = string(text)
	}
	m.mu.Lock()
	m.cells++
	m.mu.Unlock()
	return a
}

func (a answer) outcome() outcome {
	to, _, _ := strings.Cut(a.header.Get("Location"), "?")
	switch {
	case a.status >= 500 && a.status != http.StatusNotImplemented:
		return failed
	case a.status == http.StatusNotFound:
		return notFound
	case a.status == http.StatusForbidden:
		return refused
	case to == "/signin":
		return toSignIn
	case to == "/memberships":
		return toChoose
	case to == "/confirmation", to == "/passkeys/new":
		return toConfirm
	}
	return answered
}

var (
	nonceOf   = regexp.MustCompile(`'nonce-([^']+)'`)
	parked    = regexp.MustCompile(`parked%3D[0-9a-f-]{36}`)
	requested = regexp.MustCompile(`<p class="govuk-body-s">[^<]*</p>`)
)

// bare is every byte of an answer but those that differ from one request to the next whatever they are about: the nonce, the
// number of the request, the token of the session, the day and hour, the identifiers that were asked for, and the name of a form that
// was kept while somebody confirms.
func (a answer) bare() string {
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		if name != "Date" {
			fmt.Fprintln(&b, name, a.header[name])
		}
	}
	b.WriteString(a.body)
	all := b.String()
	if nonce := nonceOf.FindStringSubmatch(a.header.Get("Content-Security-Policy")); nonce != nil {
		all = strings.ReplaceAll(all, nonce[1], "(nonce)")
	}
	if a.csrf != "" {
		all = strings.ReplaceAll(all, a.csrf, "(token)")
	}
	for _, id := range a.asked {
		all = strings.ReplaceAll(all, id, "(asked)")
	}
	all = parked.ReplaceAllLiteralString(all, "(parked)")
	return requested.ReplaceAllStringFunc(all, func(p string) string { return identifier.ReplaceAllLiteralString(p, "(request)") })
}

// form is what is sent to any route: enough for most to get as far as looking for the thing.
func form(route web.Route, csrf string) url.Values {
	if route.Method != http.MethodPost {
		return nil
	}
	values := url.Values{
		"_csrf": {csrf}, "version": {"0"}, "id": {ids.New[things]().String()}, "office": {cast.CSR.ID.String()}, "kind": {"message"}, "body": {"x"},
		"reason": {"visit"}, "address_reason": {"visit"}, "answer": {"grant"},
	}
	if strings.HasPrefix(route.Path, "/offices/") {
		values.Set("from", since.Format("02.01.2006")) // the day by which a region is named
	}
	return values
}

// wrongly notes that a cell is not what was expected; of each route the first few are shown.
func (m *matrix) wrongly(t *testing.T, route web.Route, format string, arguments ...any) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wrong[route.Method+route.Path]++; m.wrong[route.Method+route.Path] <= 3 {
		t.Errorf("%s %s: %s", route.Method, route.Path, fmt.Sprintf(format, arguments...))
	}
}

// headed holds what every answer carries, whoever asks and whatever it says (T25).
func (m *matrix) headed(t *testing.T, route web.Route, a answer) {
	t.Helper()
	csp := a.header.Get("Content-Security-Policy")
	m.mu.Lock()
	repeated := m.nonces[csp]
	m.nonces[csp] = true
	m.mu.Unlock()
	if framed := strings.HasSuffix(route.Path, "/frontchannel-logout") && !strings.Contains(csp, "nonce"); framed {
		return
	}
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || repeated || a.header.Get("Cache-Control") != "no-store" {
		m.wrongly(t, route, "the headers are %v", a.header)
	}
}

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

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	site := webtest.Start(t)
	m := &matrix{
		site: site, policy: readPolicy(policies.Roles, policies.StepUp), wrong: map[string]int{}, nonces: map[string]bool{}, asked: map[string]bool{},
		things: map[object]things{whole: amina(t, site), revoked: amina(t, site), expired: amina(t, site)},
		client: http.Client{
			Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	t.Cleanup(m.client.CloseIdleConnections)
	m.columns = everybody(t, site, m.policy)
	for kind, end := range endings {
		for about, statement := range map[object]string{revoked: end.revoked, expired: end.expired} {
			if statement != "" {
				id, _ := m.things[about].object(kind + ":id")
				site.Database.Exec(t, statement, id)
			}
		}
	}
	return m
}

// TestT07 is the matrix: every route, as every role and as those who have none, about things that are theirs, another office's,
// another tenant's, revoked, expired, of another dossier, absent and nonsense, by every method. What is expected follows from the
// policy files and from whose a thing is; what is not to be seen is answered byte for byte as what never was.
func TestT07(t *testing.T) {
	m := newMatrix(t)
	routes := m.site.App.Web.Routes()
	for _, route := range routes {
		if m.kind(route) == "unknown" {
			t.Errorf("%s %s is about something that the matrix has none of: add to hanging what makes one of Vaud (CONTRIBUTING), and to sees who sees it if not all of the staff who may", route.Method, route.Path)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	begun := time.Now()
	work := make(chan web.Route)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for route := range work {
				m.look(t, route)
			}
		})
	}
	for _, route := range routes {
		work <- route
	}
	close(work)
	workers.Wait()
	t.Logf("%d requests in %s", m.cells, time.Since(begun))

	// Whoever had not confirmed was not let through, and whoever may not do it has not done it: nobody has yet done anything.
	var done int
	if err := m.site.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action in ('address_shown', 'dossier_exported', 'passkey_recovery_granted')").Scan(&done); err != nil || done != 0 {
		t.Errorf("%d things were done that need a passkey (%v)", done, err)
	}
	for action := range m.policy.factor {
		if !m.asked[action] {
			t.Errorf("no route asks for the second factor of %s", action)
		}
	}
	m.act(t, routes)
	t.Logf("%d requests in %s", m.cells, time.Since(begun))
	for key, n := range m.wrong {
		if n > 3 {
			t.Errorf("%s: and %d more", key, n-3)
		}
	}
	for line := range strings.Lines(m.site.Log.String()) {
		if strings.Contains(line, "level=ERROR") {
			t.Errorf("the log says %s", line)
		}
	}
}

// look asks one route in all cells in which nothing is changed.
func (m *matrix) look(t *testing.T, route web.Route) {
	stream := strings.HasSuffix(route.Path, "/live")
	for _, who := range m.columns {
		sessions := []session{who.confirmed}
		if m.policy.factor[route.Action.String()] {
			sessions = append(sessions, who.plain)
		}
		for i, as := range sessions {
			confirmed := i == 0
			about := m.about(route)
			if first := m.expect(route, who, whole, confirmed); first != answered && first != notFound {
				about = slices.DeleteFunc(about, func(o object) bool { return o != whole && o != absent_ })
			}
			var never string
			for _, about := range slices.Backward(about) { // what is absent comes before what is there
				want := m.expect(route, who, about, confirmed)
				if route.Method == http.MethodPost && want == answered {
					continue
				}
				a := m.cell(t, route, who, as, about, want)
				if want == answered || kindless(route) {
					continue
				}
				if bare := a.bare(); never == "" {
					never = bare
				} else if bare != never {
					// The page's frame may have changed meanwhile, by an alert that came; then it has for both.
					again, other := m.cell(t, route, who, as, about, want).bare(), m.cell(t, route, who, as, absent_, want).bare()
					if again != other {
						m.wrongly(t, route, "%s tells what is %s from what never was: %s", who.name, about, difference(again, other))
					}
				}
			}
			if route.Method == http.MethodGet && confirmed && !stream {
				m.head(t, route, who, as)
			}
		}
		if route.Method == http.MethodPost && route.Action != access.Anyone && who.plain.cookie != "" && who.outside != toSignIn {
			m.elsewhere(t, route, who)
		}
	}
	m.methods(t, route)
}

func kindless(route web.Route) bool { return !strings.Contains(route.Path, ":") }

// cell asks one route as somebody about something, and holds the answer against what is expected.
func (m *matrix) cell(t *testing.T, route web.Route, who column, as session, about object, want outcome) answer {
	t.Helper()
	a := m.ask(t, route.Method, m.path(route, about), as, form(route, as.csrf))
	m.headed(t, route, a)
	got := a.outcome()
	if want == toConfirm && got == toConfirm {
		m.mu.Lock()
		m.asked[route.Action.String()] = true
		m.mu.Unlock()
	}
	switch {
	case got == want && (want != answered || route.Method != http.MethodGet || a.status < 400):
	case route.Action == access.Anyone && got != failed:
	case want == answered && got == toConfirm && route.Action == access.PasskeyKeep: // which ask by themselves, where they have to
	case want == answered && got == toChoose && route.Path == "/": // where whoever has no workplace begins
	default:
		m.wrongly(t, route, "%s, about what is %s: %d, %s; want %s", who.name, about, a.status, got, want)
	}
	if want != answered && strings.Contains(a.body, "Canary") {
		m.wrongly(t, route, "%s reads of Amina", who.name)
	}
	return a
}

// head is answered as GET is, without a body, and tells nothing apart either.
func (m *matrix) head(t *testing.T, route web.Route, who column, as session) {
	t.Helper()
	want := m.expect(route, who, whole, true)
	if want == answered {
		return // the same handler as of GET, as who may
	}
	a := m.ask(t, http.MethodHead, m.path(route, whole), as, nil)
	if a.outcome() != want || a.body != "" {
		m.wrongly(t, route, "HEAD as %s: %d, %s; want %s", who.name, a.status, a.outcome(), want)
	}
	if other := m.ask(t, http.MethodHead, m.path(route, absent_), as, nil); !kindless(route) && a.bare() != other.bare() {
		m.wrongly(t, route, "HEAD as %s tells what is there from what never was", who.name)
	}
}

// elsewhere sends what another site could have a browser send, or who has an older token of the person's (T20): nothing gets to
// where it would be looked at who may.
func (m *matrix) elsewhere(t *testing.T, route web.Route, who column) {
	t.Helper()
	path, right := m.path(route, whole), form(route, who.confirmed.csrf)
	for what, a := range map[string]answer{
		"from another site":            m.ask(t, http.MethodPost, path, who.confirmed, right, "Sec-Fetch-Site", "cross-site"),
		"without a token":              m.ask(t, http.MethodPost, path, who.confirmed, url.Values{"id": right["id"]}),
		"with another session's token": m.ask(t, http.MethodPost, path, who.confirmed, form(route, who.plain.csrf)),
	} {
		if a.status != http.StatusForbidden {
			m.wrongly(t, route, "%s, %s: %d", who.name, what, a.status)
		}
	}
}

// methods are those by which no route is asked: nothing answers to them, whoever asks, and none takes the place of another.
func (m *matrix) methods(t *testing.T, route web.Route) {
	t.Helper()
	path := m.path(route, whole)
	for _, who := range m.columns {
		if who.Tenant != cast.Vaud && who.outside == "" {
			continue
		}
		for _, method := range []string{"PUT", "PATCH", "DELETE", "QUERY", "OPTIONS", "TRACE"} {
			if a := m.ask(t, method, path, who.confirmed, nil, "Sec-Fetch-Site", "same-origin"); a.status < 400 || strings.Contains(a.body, "Canary") {
				m.wrongly(t, route, "%s as %s: %d", method, who.name, a.status)
			}
		}
	}
}

// act sends the forms of those who may, one after the other. Where an earlier one has taken the thing away, there is a new one.
func (m *matrix) act(t *testing.T, routes []web.Route) {
	t.Helper()
	spare, taken := amina(t, m.site), map[string]bool{}
	ends := func(route web.Route) bool { return route.Action == access.Anyone || route.Action == access.SignedIn }
	posts := slices.DeleteFunc(slices.Clone(routes), func(route web.Route) bool { return route.Method != http.MethodPost })
	// What may end sessions comes last.
	for _, route := range slices.Concat(slices.DeleteFunc(slices.Clone(posts), ends), slices.DeleteFunc(posts, func(route web.Route) bool { return !ends(route) })) {
		for _, who := range m.columns {
			if m.expect(route, who, whole, true) != answered {
				continue
			}
			as := who
			if ends(route) && who.outside != toSignIn {
				as = enter(t, m.site, who)
			}
			for _, about := range m.about(route) {
				if m.expect(route, who, about, true) != answered {
					continue
				}
				path := m.path(route, about)
				if about == whole {
					path = spare.path(route.Path)
				}
				a := m.ask(t, http.MethodPost, path, as.confirmed, form(route, as.confirmed.csrf))
				if about == whole && a.outcome() == notFound {
					spare = amina(t, m.site)
					a = m.ask(t, http.MethodPost, spare.path(route.Path), as.confirmed, form(route, as.confirmed.csrf))
				}
				m.headed(t, route, a)
				if a.status < 400 {
					taken[path] = true
				}
				switch got := a.outcome(); {
				case got == answered, route.Action == access.Anyone && got != failed, route.Action == access.PasskeyKeep && got == toConfirm:
				case got == toChoose && route.Action == access.SignedIn:
				case got == notFound && (kindless(route) || taken[path]): // what the form names, or what another has taken away before
				default:
					m.wrongly(t, route, "%s, who may, about what is %s: %d, %s: %s", who.name, about, a.status, got, cmp.Or(a.header.Get("Location"), plain(a.body)))
				}
			}
		}
	}
}

var tag = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)

// plain is the text of a page, for messages.
func plain(body string) string {
	_, main, _ := strings.Cut(body, "<main")
	text := strings.Join(strings.Fields(tag.ReplaceAllLiteralString("<"+main, " ")), " ")
	return text[:min(len(text), 200)]
}

// difference is where two answers part.
func difference(one, other string) string {
	at := 0
	for at < len(one) && at < len(other) && one[at] == other[at] {
		at++
	}
	from := max(0, at-40)
	return fmt.Sprintf("%q or %q", one[from:min(len(one), at+60)], other[from:min(len(other), at+60)])
}

// TestTheMatrixBites: what compares answers overlooks no byte, and what reads the policy reads it as it stands.
func TestTheMatrixBites(t *testing.T) {
	make := func(change func(*answer)) answer {
		nonce, id := secret(), ids.New[things]().String()
		a := answer{
			status: 404, csrf: "the token", asked: []string{id},
			header: http.Header{"Content-Security-Policy": {"script-src 'nonce-" + nonce + "'"}, "Date": {nonce}, "Content-Length": {"7"}},
			body:   `<script nonce="` + nonce + `"></script><input value="the token"><a href="/dossiers/` + id + `">x</a><p class="govuk-body-s">Numéro ` + ids.New[things]().String() + `</p>`,
		}
		if change != nil {
			change(&a)
		}
		return a
	}
	if one, other := make(nil).bare(), make(nil).bare(); one != other {
		t.Errorf("two answers that say the same are told apart: %s", difference(one, other))
	}
	for what, change := range map[string]func(*answer){
		"a byte more":         func(a *answer) { a.body += " " },
		"a letter":            func(a *answer) { a.body = strings.Replace(a.body, ">x<", ">y<", 1) },
		"another identifier":  func(a *answer) { a.body += ids.New[things]().String() },
		"the status":          func(a *answer) { a.status = 410 },
		"a header more":       func(a *answer) { a.header.Set("Hx-Refresh", "true") },
		"another header":      func(a *answer) { a.header.Set("Content-Length", "8") },
		"a cookie":            func(a *answer) { a.header.Set("Set-Cookie", "pas-notice=x") },
		"a policy of less":    func(a *answer) { a.header.Set("Content-Security-Policy", "script-src *") },
		"an address repeated": func(a *answer) { a.body += a.asked[0] },
		"the token once more": func(a *answer) { a.body += a.csrf },
	} {
		if make(nil).bare() == make(change).bare() {
			t.Errorf("%s is overlooked", what)
		}
	}
	p := readPolicy("p, role:a, dossier, list, allow\np, role:b, dossier, erase, allow\np, role:b, dossier, show, deny\ng, role:b, role:a\n", "# object, verb\n\naddress, show\n")
	for _, c := range []struct {
		role   access.Role
		action string
		want   bool
	}{{"a", "dossier:list", true}, {"b", "dossier:list", true}, {"b", "dossier:erase", true}, {"a", "dossier:erase", false}, {"b", "dossier:show", false}} {
		if p.may[c.role][c.action] != c.want {
			t.Errorf("%s, %s: %t", c.role, c.action, !c.want)
		}
	}
	if !p.factor["address:show"] || len(p.factor) != 1 {
		t.Errorf("needs a factor: %v", p.factor)
	}
}
