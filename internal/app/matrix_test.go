package app_test

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/internal/webtest"
	"passerelle/policies"
)

// object is in which state of being somebody's, or nobody's, a thing is asked for. Whose it is stays the same: Vaud's, and of its
// offices the CSR's. Other tenants and other offices are columns.
type object string

const (
	whole    object = "there"
	revoked  object = "revoked"
	expired  object = "expired"
	crossed  object = "of another dossier"
	missing  object = "absent"
	nonsense object = "nonsense"
)

const nonsensical = "zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz"

// sees says, of each kind of thing that is not seen by all of the staff of its tenant who may, who sees it while it is there.
var sees = map[string]func(column) bool{
	"/inbox/":              ofTheCSR,
	"/enclosures/":         ofTheCSR,
	"/office/people/":      ofTheCSR,
	"/office/invitations/": ofTheCSR,
	"/imports/":            func(who column) bool { return who.ID == cast.Karim.ID }, // a file is of whoever has sent it
	"/uploads/":            func(who column) bool { return who.ID == cast.Lea.ID },   // likewise
	":session":             func(column) bool { return false },                       // one's own are tested by signinweb
}

// answering are the routes to what is given to a person, which is there for who is responsible for her dossier and for who coordinates.
const answering = "/dossiers/:id/inquiries/:inquiry/extract"

func answers(who column) bool { return who.ID == cast.Lea.ID || who.ID == cast.Karim.ID }

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
	"/enclosures/": {"update referrals set state = 'revoked', revoked_at = now(), visible_until = now() where referral_id = (select referral_id from enclosures where enclosure_id = $1)",
		"update referrals set visible_until = now() where referral_id = (select referral_id from enclosures where enclosure_id = $1)", true},
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

// naming are forms that name, beside what they are about, something else that has to be there: what every form here says is nonsense.
var naming = []string{"/connections/:id/provisioning/match"}

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
	if strings.HasPrefix(route.Path, answering) {
		visible, ok = answers, true
	}
	if !ok {
		visible = func(who column) bool { return who.Tenant == cast.Vaud && !who.Role.AtOffice() }
	}
	switch {
	case kind == "", slices.Contains(silent, route.Path) && about != nonsense:
		return answered
	case !visible(who), about == missing, about == nonsense, about == crossed:
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
	all := []object{whole, missing, nonsense}
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
	case missing:
		return absent().path(route.Path)
	case nonsense:
		return parameter.ReplaceAllLiteralString(route.Path, nonsensical)
	case crossed: // the dossier is one's own, what is looked for in it hangs on another
		other := m.things[revoked]
		return things{dossier: there.dossier, others: other.others}.path(route.Path)
	}
	return m.things[about].path(route.Path)
}

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

// form is what is sent to any route: enough for most to get as far as looking for the thing.
func form(route web.Route, csrf string) url.Values {
	if route.Method != http.MethodPost {
		return nil
	}
	values := url.Values{
		"_csrf": {csrf}, "version": {"0"}, "id": {ids.New[things]().String()}, "office": {cast.CSR.ID.String()}, "kind": {"message"}, "body": {"x"},
		"reason": {"visit"}, "address_reason": {"visit"}, "answer": {"grant"}, "named": {nonsensical},
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

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	// So often that whatever the matrix puts out of reach is told of every time, and not when it takes long.
	site := webtest.Start(t, func(o *app.Options) { o.ReachEvery = 250 * time.Millisecond })
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
	// What machines call knows no people: TestEveryMachineShowsAToken.
	routes := slices.DeleteFunc(slices.Clone(m.site.App.Web.Routes()), func(route web.Route) bool { return route.Action == access.ByToken })
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
	if err := m.site.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action in ('address_shown', 'dossier_exported', 'inquiry_extracted', 'passkey_recovery_granted')").Scan(&done); err != nil || done != 0 {
		t.Errorf("%d things were done that need a passkey (%v)", done, err)
	}
	for action := range m.policy.factor {
		// What operators alone do has no route here; the console's own test asks for it.
		if !m.asked[action] && !m.policy.may[access.Operator][action] {
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
				about = slices.DeleteFunc(about, func(o object) bool { return o != whole && o != missing })
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
					again, other := m.cell(t, route, who, as, about, want).bare(), m.cell(t, route, who, as, missing, want).bare()
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
	if other := m.ask(t, http.MethodHead, m.path(route, missing), as, nil); !kindless(route) && a.bare() != other.bare() {
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
				case got == notFound && (kindless(route) || taken[path] || slices.Contains(naming, route.Path)): // what the form names, or what another has taken away before
				default:
					m.wrongly(t, route, "%s, who may, about what is %s: %d, %s: %s", who.name, about, a.status, got, cmp.Or(a.header.Get("Location"), plain(a.body)))
				}
			}
		}
	}
}
