package signin_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"passerelle/internal/demo/idp"
	"passerelle/internal/ids"
	"passerelle/internal/live"
	"passerelle/internal/pgtest"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const origin = "http://127.0.0.1:8080"

// clock is the time of a test, which only moves forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// house is two cantons with their people, the providers through which they come, and the door.
type house struct {
	db           *pgtest.Database
	door         *signin.Service
	clock        *clock
	provider     *idp.Provider
	identities   *idp.Identities
	vaud, geneve tenantdb.TenantID
	lea, claire  tenantdb.PersonID
	csr          tenantdb.OfficeID
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{db: pgtest.New(t), clock: &clock{}}
	var err error
	if h.identities, err = idp.Remember(filepath.Join(t.TempDir(), "identities.json")); err != nil {
		t.Fatal(err)
	}
	h.provider, err = idp.Start(t.Context(), idp.Options{Listen: "127.0.0.1:0", Identities: h.identities, Issuers: []idp.Issuer{
		{Path: "vaud", Name: "Vaud", ClientID: "passerelle", RedirectURIs: []string{origin + "/oidc/vaud/callback"}, People: []idp.Person{
			{Email: "lea@vaud.example", Name: "Léa"}, {Email: "unknown@vaud.example", Name: "Unknown"},
		}},
		{Path: "geneve", Name: "Genève", ClientID: "passerelle", RedirectURIs: []string{origin + "/oidc/geneve/callback"}, People: []idp.Person{
			{Email: "claire@geneve.example", Name: "Claire"},
		}},
		{Path: "offices", Name: "Offices", ClientID: "passerelle", RedirectURIs: []string{origin + "/oidc/offices/callback"}, People: []idp.Person{
			{Email: "noe@csr.example", Name: "Noé"}, {Email: "jo@legal.example", Name: "Jo"},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.provider.Stop() })

	h.vaud, h.geneve = h.tenant(t, "vaud", "VD"), h.tenant(t, "geneve", "GE")
	vaud := h.connection(t, "vaud", "staff", h.vaud, h.provider.Issuer("vaud"), h.identities.ClientSecret("vaud"), "vaud.example")
	geneve := h.connection(t, "geneve", "staff", h.geneve, h.provider.Issuer("geneve"), h.identities.ClientSecret("geneve"), "geneve.example")
	offices := h.connection(t, "offices", "office", tenantdb.TenantID{}, h.provider.Issuer("offices"), h.identities.ClientSecret("offices"), "csr.example", "legal.example")

	h.lea = h.member(t, h.vaud, "Léa", "caseworker", vaud, h.identities.Subject("vaud", "lea@vaud.example"))
	h.claire = h.member(t, h.geneve, "Claire", "caseworker", geneve, h.identities.Subject("geneve", "claire@geneve.example"))
	h.csr = h.office(t, h.vaud, "CSR Lausanne", "income_support")
	h.officeMember(t, h.vaud, h.csr, "Noé", offices, h.identities.Subject("offices", "noe@csr.example"))
	for tenant, name := range map[tenantdb.TenantID]string{h.vaud: "Droit VD", h.geneve: "Droit GE"} {
		h.officeMember(t, tenant, h.office(t, tenant, name, "legal_aid"), "Jo", offices, h.identities.Subject("offices", "jo@legal.example"))
	}
	h.door = h.newDoor(t)
	return h
}

// newDoor is another process on the same database.
func (h *house) newDoor(t *testing.T) *signin.Service {
	t.Helper()
	door, err := signin.New(h.db.App, h.db.Ring(t), signin.Options{Origin: origin, AllowLoopbackHTTP: true, Clock: h.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	return door
}

func (h *house) tenant(t *testing.T, slug, canton string) tenantdb.TenantID {
	id := ids.New[tenantdb.Tenant]()
	h.db.Exec(t, "insert into tenants (tenant_id, slug, name, canton, live_at) values ($1, $2, $2, $3, now())", id, slug, canton)
	return id
}

func (h *house) connection(t *testing.T, slug, kind string, tenant tenantdb.TenantID, issuer, secret string, domains ...string) signin.ConnectionID {
	id := ids.New[signin.Connection]()
	h.db.Exec(t, `insert into connections (connection_id, tenant_id, slug, name, kind, issuer, client_id, client_secret, email_domains)
		values ($1, $2, $3, $3, $4, $5, 'passerelle', $6, $7)`, id, tenant, slug, kind, issuer, secret, domains)
	return id
}

func (h *house) member(t *testing.T, tenant tenantdb.TenantID, name, role string, connection signin.ConnectionID, subject string) tenantdb.PersonID {
	id := ids.New[tenantdb.Person]()
	h.db.Exec(t, `insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject)
		values ($1, $2, $3, $3 || '@x.example', $4, $5, $6)`, tenant, id, name, role, connection, subject)
	return id
}

func (h *house) office(t *testing.T, tenant tenantdb.TenantID, name, kind string) tenantdb.OfficeID {
	id := ids.New[tenantdb.Office]()
	h.db.Exec(t, "insert into offices (tenant_id, office_id, name, kind) values ($1, $2, $3, $4)", tenant, id, name, kind)
	return id
}

func (h *house) officeMember(t *testing.T, tenant tenantdb.TenantID, office tenantdb.OfficeID, name string, connection signin.ConnectionID, subject string) tenantdb.PersonID {
	id := ids.New[tenantdb.Person]()
	h.db.Exec(t, `insert into office_members (tenant_id, office_member_id, office_id, name, email, connection_id, expected_subject)
		values ($1, $2, $3, $4, $4 || '@x.example', $5, $6)`, tenant, id, office, name, connection, subject)
	return id
}

// liveHub hears what all processes announce, until the test ends; it listens when it is given.
func liveHub(t *testing.T, h *house) *live.Hub {
	t.Helper()
	hub, connected := live.NewHub(), make(chan struct{}, 1)
	hub.OnSessionEnd(func(string) {
		select {
		case connected <- struct{}{}:
		default:
		}
	})
	go hub.Listen(t.Context(), h.db.AppConnString)
	<-connected
	return hub
}

// count asks behind the fences.
func (h *house) count(t *testing.T, query string, arguments ...any) int {
	t.Helper()
	var n int
	if err := h.db.Owner.QueryRow(t.Context(), query, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

var requestField = regexp.MustCompile(`name="request" value="([^"]+)"`)

// answer is what a browser brings back from the demo's provider after picking a person.
func (h *house) answer(t *testing.T, slug, email, returnTo string) signin.Answer {
	t.Helper()
	target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: slug, Email: email, ReturnTo: returnTo})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(target)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	found := requestField.FindSubmatch(page)
	if err != nil || found == nil {
		t.Fatalf("no request on the provider's page: %v\n%s", err, page)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err = client.PostForm(h.provider.Issuer(slug)+"/login", url.Values{"request": {html.UnescapeString(string(found[1]))}, "person": {email}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("the provider did not send the browser back: %d", response.StatusCode)
	}
	query := back.Query()
	return signin.Answer{Connection: slug, State: query.Get("state"), Code: query.Get("code"), Issuer: query.Get("iss"), Browser: browser}
}

func (h *house) signIn(t *testing.T, slug, email string) signin.Arrival {
	t.Helper()
	arrival, err := h.door.Finish(t.Context(), h.answer(t, slug, email, "/"))
	if err != nil {
		t.Fatal(err)
	}
	return arrival
}
