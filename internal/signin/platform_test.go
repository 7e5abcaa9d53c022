package signin_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/demo/idp"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/live"
	"passerelle/internal/platform"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func (h *house) registry(t *testing.T) *platform.Registry {
	t.Helper()
	db, err := tenantdb.Open(t.Context(), h.db.PlatformConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	registry, err := platform.New(t.Context(), db, h.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	return registry
}

// memberships are where somebody may work who signs in now.
func (h *house) memberships(t *testing.T, slug, email string) (names []string) {
	t.Helper()
	arrival := h.signIn(t, slug, email)
	all, err := h.door.Memberships(t.Context(), arrival.Session)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		names = append(names, strings.TrimSpace(m.TenantName+" "+m.OfficeName))
	}
	return names
}

// A tenant that is suspended is closed to its people and to those of its offices, at once and in every process; another tenant
// notices nothing, and neither does who works for both there.
func TestASuspendedTenantIsClosed(t *testing.T) {
	h := newHouse(t)
	registry := h.registry(t)
	other := h.newDoor(t)
	hub := live.NewHub()
	heard := make(chan string, 8)
	hub.OnSessionEnd(func(hash string) { other.Forget(hash); h.door.Forget(hash); heard <- hash })
	go hub.Listen(t.Context(), h.db.AppConnString)
	<-heard // it begins

	lea, claire, noe := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "geneve", "claire@geneve.example"), h.signIn(t, "offices", "noe@csr.example")
	find := func(arrival signin.Arrival) error {
		_, here := h.door.Find(t.Context(), arrival.Token, true)
		_, there := other.Find(t.Context(), arrival.Token, true)
		return errors.Join(here, there)
	}
	if err := errors.Join(find(lea), find(claire), find(noe)); err != nil {
		t.Fatal(err)
	}
	dossiers := h.count(t, "select count(*) from members") + h.count(t, "select count(*) from offices")

	if err := registry.Suspend(t.Context(), "vaud", "incident"); err != nil {
		t.Fatal(err)
	}
	if hash := <-heard; hash != "" {
		t.Errorf("heard %q", hash)
	}
	for name, arrival := range map[string]signin.Arrival{"Léa": lea, "Noé": noe} {
		if err := find(arrival); !errors.Is(err, signin.ErrNoSession) {
			t.Errorf("%s is still in: %v", name, err)
		}
	}
	if err := find(claire); err != nil {
		t.Errorf("Claire of Genève is out: %v", err)
	}
	for who, want := range map[[2]string]string{
		{"vaud", "lea@vaud.example"}:        "",
		{"offices", "noe@csr.example"}:      "",
		{"offices", "jo@legal.example"}:     "geneve Droit GE",
		{"geneve", "claire@geneve.example"}: "geneve",
	} {
		if got := strings.Join(h.memberships(t, who[0], who[1]), ", "); got != want {
			t.Errorf("%s works at %q, want %q", who[1], got, want)
		}
	}
	again := h.signIn(t, "vaud", "lea@vaud.example")
	if _, err := h.door.Choose(t.Context(), again.Session, h.lea); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Léa chooses: %v", err)
	}
	if names, err := h.door.Paused(t.Context(), again.Session); err != nil || strings.Join(names, ",") != "vaud" {
		t.Errorf("Léa is told of %v, %v", names, err)
	}
	if names, err := h.door.Paused(t.Context(), claire.Session); err != nil || len(names) > 0 {
		t.Errorf("Claire is told of %v, %v", names, err)
	}
	jo := h.signIn(t, "offices", "jo@legal.example")
	if session, err := h.door.Find(t.Context(), jo.Token, true); err != nil || session.Workplaces != 1 {
		t.Errorf("Jo has %d workplaces, %v", session.Workplaces, err)
	}
	if err := registry.Suspend(t.Context(), "vaud", "asked"); !errors.Is(err, platform.ErrState) || !strings.Contains(err.Error(), "suspended already (incident)") {
		t.Errorf("twice: %v", err)
	}
	if n := h.count(t, "select count(*) from members") + h.count(t, "select count(*) from offices"); n != dossiers {
		t.Errorf("%d rows, before %d", n, dossiers)
	}

	if err := registry.Resume(t.Context(), "vaud"); err != nil {
		t.Fatal(err)
	}
	if err := find(lea); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("a session of before came back: %v", err)
	}
	h.clock.pass(time.Second)
	if err := find(h.signIn(t, "vaud", "lea@vaud.example")); err != nil {
		t.Errorf("Léa is not let in again: %v", err)
	}
	if err := registry.Resume(t.Context(), "vaud"); !errors.Is(err, platform.ErrState) {
		t.Errorf("resumed twice: %v", err)
	}
	// The tenant's journal tells it, and the other's does not.
	if n := h.count(t, "select count(*) from journal_entries where tenant_id = $1 and role = 'platform' and (action, reason) in (('tenant_suspended', 'incident'), ('tenant_resumed', ''))", h.vaud); n != 2 {
		t.Errorf("%d entries", n)
	}
	if n := h.count(t, "select count(*) from journal_entries where tenant_id = $1", h.geneve); n != 0 {
		t.Errorf("%d entries at Genève", n)
	}
}

const fribourg = `
tenant: {slug: fribourg, name: Passerelle Fribourg, canton: FR, regime: cantonal}
connection: {issuer: ISSUER, client_id: passerelle, client_secret_env: X, email_domains: [fribourg.example]}
administrators:
  - {name: Aline Sciboz, email: aline@fribourg.example}
  - {name: Beat Roggo, email: beat@fribourg.example, subject: SUBJECT}
`

// A tenant is made from a file, its administrators come by a code and by their subject, and then it goes live.
func TestATenantIsMadeAndGoesLive(t *testing.T) {
	h := newHouse(t)
	registry := h.registry(t)
	identities, err := idp.Remember(filepath.Join(t.TempDir(), "identities.json"))
	if err != nil {
		t.Fatal(err)
	}
	provider, err := idp.Start(t.Context(), idp.Options{Listen: "127.0.0.1:0", Identities: identities, Issuers: []idp.Issuer{
		{Path: "fribourg", Name: "Fribourg", ClientID: "passerelle", RedirectURIs: []string{origin + "/oidc/fribourg/callback"}, People: []idp.Person{
			{Email: "aline@fribourg.example", Name: "Aline"}, {Email: "beat@fribourg.example", Name: "Beat"}, {Email: "thief@fribourg.example", Name: "Thief"}, {Email: "cora@fribourg.example", Name: "Cora"},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Stop() })
	plan, err := platform.ReadPlan([]byte(strings.NewReplacer("ISSUER", provider.Issuer("fribourg"), "SUBJECT", identities.Subject("fribourg", "beat@fribourg.example")).Replace(fribourg)))
	if err == nil {
		err = plan.Check(true)
	}
	if err != nil {
		t.Fatal(err)
	}
	codes, err := registry.Create(t.Context(), plan, identities.ClientSecret("fribourg"))
	if err != nil || len(codes) != 1 || codes[0].Email != "aline@fribourg.example" || !strings.HasPrefix(codes[0].Code, "fribourg.") || len(codes[0].Code) != len("fribourg.")+52 {
		t.Fatalf("%+v, %v", codes, err)
	}
	code := codes[0].Code
	if n := h.count(t, "select count(*) from admin_codes where encode(code_hash, 'escape') like '%' || $1 || '%'", code[9:]); n != 0 {
		t.Error("the code itself is kept")
	}
	if _, err := registry.Create(t.Context(), plan, "x"); !errors.Is(err, platform.ErrTaken) {
		t.Errorf("made twice: %v", err)
	}
	state := func() (t platform.Tenant) {
		all, _ := registry.List(context.Background())
		for _, tenant := range all {
			if tenant.Slug == "fribourg" {
				t = tenant
			}
		}
		return t
	}
	if s := state(); s.State() != platform.Preparing || len(s.Languages) != 2 || s.Regime != "cantonal" || len(s.Missing()) != 1 || s.Missing()[0] != platform.Trial {
		t.Errorf("%+v: %v", s, s.Missing())
	}
	var id tenantdb.TenantID
	if err := h.db.Owner.QueryRow(t.Context(), "select tenant_id from tenants where slug = 'fribourg'").Scan(&id); err != nil {
		t.Fatal(err)
	}
	var connection signin.ConnectionID
	if err := h.db.Owner.QueryRow(t.Context(), "select connection_id from connections where slug = 'fribourg'").Scan(&connection); err != nil {
		t.Fatal(err)
	}
	h.member(t, id, "Cora", "caseworker", connection, identities.Subject("fribourg", "cora@fribourg.example"))

	// A code of one tenant is worth nothing to whoever comes through another's connection, and a wrong one to nobody.
	lea := h.signIn(t, "vaud", "lea@vaud.example")
	if _, err := h.door.Redeem(t.Context(), lea.Session, code); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("Léa redeems Fribourg's code: %v", err)
	}
	h.provider, h.identities = provider, identities
	aline := h.signIn(t, "fribourg", "aline@fribourg.example")
	if !aline.Session.Membership.None() {
		t.Fatal("an e-mail let somebody in")
	}
	for name, wrong := range map[string]string{
		"nothing": "", "a word": "please", "another tenant's": strings.Replace(code, "fribourg.", "vaud.", 1), "no tenant's": code[len("fribourg."):],
		"one letter off": code[:len(code)-2] + map[bool]string{true: "b", false: "a"}[code[len(code)-2] == 'a'] + code[len(code)-1:],
	} {
		if _, err := h.door.Redeem(t.Context(), aline.Session, wrong); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Two at once: one of them is in.
	thief := h.signIn(t, "fribourg", "thief@fribourg.example")
	var in sync.Map
	var both sync.WaitGroup
	for who, session := range map[string]signin.Session{"aline": aline.Session, "thief": thief.Session} {
		both.Add(1)
		go func() {
			defer both.Done()
			typed := strings.ToUpper(code[:20]) + " \n" + code[20:]
			if arrival, err := h.door.Redeem(context.Background(), session, typed); err == nil {
				in.Store(who, arrival)
			} else if !errors.Is(err, fault.Invalid("", "")) {
				t.Errorf("%s: %v", who, err)
			}
		}()
	}
	both.Wait()
	n := 0
	in.Range(func(_, arrival any) bool {
		n++
		if p := arrival.(signin.Arrival).Session.Membership; p.Role != "admin" || p.Tenant != id || p.Canton != "FR" {
			t.Errorf("in as %+v", p)
		}
		return true
	})
	if n != 1 {
		t.Fatalf("%d are in by one code", n)
	}
	if err := registry.GoLive(t.Context(), "fribourg"); !errors.Is(err, platform.ErrState) || !strings.Contains(err.Error(), "fewer than two of its administrators") {
		t.Errorf("live with one administrator: %v", err)
	}
	if got := h.memberships(t, "fribourg", "cora@fribourg.example"); len(got) > 0 {
		t.Errorf("a caseworker comes in before the tenant is live: %v", got)
	}
	if got := h.memberships(t, "fribourg", "beat@fribourg.example"); strings.Join(got, "") != "Passerelle Fribourg" {
		t.Fatalf("Beat is at %v", got)
	}
	if err := registry.GoLive(t.Context(), "fribourg"); err != nil {
		t.Fatal(err)
	}
	if s := state(); s.State() != platform.Live || len(s.Missing()) > 0 {
		t.Errorf("%+v", s)
	}
	if got := h.memberships(t, "fribourg", "cora@fribourg.example"); strings.Join(got, "") != "Passerelle Fribourg" {
		t.Errorf("Cora is at %v", got)
	}
	if err := registry.GoLive(t.Context(), "fribourg"); !errors.Is(err, platform.ErrState) {
		t.Errorf("live twice: %v", err)
	}
	if err := registry.Suspend(t.Context(), "nowhere", "asked"); !errors.Is(err, fault.NotFound()) {
		t.Errorf("a tenant that there is not: %v", err)
	}
	if err := registry.Suspend(t.Context(), "fribourg", "spite"); err == nil {
		t.Error("suspended for no known reason")
	}
}

// A code is good for seven days, and the two first administrators are two people.
func TestACodeEndsAndIsForSomebodyElse(t *testing.T) {
	h := newHouse(t)
	registry := h.registry(t)
	plan, err := platform.ReadPlan([]byte(strings.NewReplacer("ISSUER", h.provider.Issuer("vaud"), ", subject: SUBJECT", "", "fribourg,", "two,", "FR,", "VD,").Replace(fribourg)))
	if err != nil {
		t.Fatal(err)
	}
	codes, err := registry.Create(t.Context(), plan, "x")
	if err != nil || len(codes) != 2 || codes[0].Code == codes[1].Code {
		t.Fatalf("%v, %v", codes, err)
	}
	// As if the tenant's own connection were that of Vaud, through which people come in this test.
	h.db.Exec(t, "update members set connection_id = (select connection_id from connections where slug = 'vaud') where expected_subject is null")
	unknown := h.signIn(t, "vaud", "unknown@vaud.example")
	arrival, err := h.door.Redeem(t.Context(), unknown.Session, codes[0].Code)
	if err != nil || arrival.Session.Membership.TenantName != "Passerelle Fribourg" {
		t.Fatalf("%+v, %v", arrival.Session.Membership, err)
	}
	// By the subject it is told that two memberships are of one human being, who gives herself no role.
	if n := h.count(t, "select count(*) from members join identities using (identity_id) where member_id = '"+arrival.Session.Membership.Person.String()+"' and expected_subject = subject"); n != 1 {
		t.Error("the first administrator is not known by the subject")
	}
	if _, err := h.door.Find(t.Context(), unknown.Token, true); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("the session before goes on: %v", err)
	}
	if _, err := h.door.Redeem(t.Context(), arrival.Session, codes[0].Code); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("used twice: %v", err)
	}
	if _, err := h.door.Redeem(t.Context(), arrival.Session, codes[1].Code); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("one person is both administrators: %v", err)
	}
	lea := h.signIn(t, "vaud", "lea@vaud.example")
	h.clock.pass(7 * 24 * time.Hour)
	if _, err := h.door.Redeem(t.Context(), lea.Session, codes[1].Code); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("after seven days: %v", err)
	}
}

// What an operator hands in is sealed as soon as the application hears of it, and nothing of it stays in clear.
func TestASecretThatIsHandedInIsSealedAtOnce(t *testing.T) {
	h := newHouse(t)
	service := platform.NewOnboardings(h.registry(t), signin.NewInspector(true), "https://passerelle.example", true)
	h.db.Exec(t, "insert into console.operators (operator_id, name, email, issuer, subject) values ($1, $2, $3, 'x', 'x')", cast.Ada.ID, cast.Ada.Name, cast.Ada.Email)
	ada := cast.Ada.Context(t.Context())
	hub, sealed := live.NewHub(), make(chan error, 8)
	hub.OnHandedIn(func() { go func() { sealed <- h.door.SealSecrets(t.Context()) }() })
	go hub.Listen(t.Context(), h.db.AppConnString)
	if err := <-sealed; err != nil { // it begins
		t.Fatal(err)
	}
	id := ids.New[tenantdb.Tenant]()
	if err := service.Begin(ada, id, platform.Naming{Slug: "fribourg", Name: "Passerelle Fribourg", Canton: "FR"}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", "hunter3"} {
		err := service.Connect(ada, id, "", ids.New[signin.Connection](), platform.Provider{
			Issuer: "https://login.fribourg.example", ClientID: "x", Secret: secret, Scopes: []string{"openid"}, EmailDomains: []string{"fribourg.example"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-sealed; err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, "select count(*) from connections where slug = 'fribourg' and client_secret = '' and secret_id is not null and has_secret"); n != 1 {
			t.Errorf("%d connections whose secret is sealed", n)
		}
		if n := h.count(t, "select count(*) from connection_secrets join connections using (connection_id) where slug = 'fribourg'"); n != 1 {
			t.Errorf("%d secrets", n)
		}
	}
}
