package connections_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/connections"
	"passerelle/internal/demo/idp"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/mail"
	"passerelle/internal/pgtest"
	"passerelle/internal/signin"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	origin = "http://127.0.0.1:8080"
	secret = "a secret that nobody may ever read again"
)

// The connection of Vaud, and one that is set up for a partner.
var (
	vauds   = ids.MustParse[signin.Connection](cast.VaudStaff.ID)
	partner = ids.MustParse[signin.Connection]("c0110000-0000-4000-8000-0000000000aa")
)

// house is the cast with its providers, the door, and what administrators do with it.
type house struct {
	db         *pgtest.Database
	service    *connections.Service
	effect     *connections.Door
	door       *signin.Service
	provider   *idp.Provider
	identities *idp.Identities
	post       *post

	mu    sync.Mutex
	ahead time.Duration
}

type post struct{ sent []mail.Message }

func (p *post) Send(_ context.Context, message mail.Message) error {
	p.sent = append(p.sent, message)
	return nil
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Add(h.ahead)
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ahead += d
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{db: pgtest.New(t), post: &post{}}
	var err error
	if h.identities, err = idp.Remember(filepath.Join(t.TempDir(), "identities.json")); err != nil {
		t.Fatal(err)
	}
	everybody := func(path, slug string) idp.Issuer {
		issuer := idp.Issuer{Path: path, Name: path, ClientID: "passerelle-" + path, RedirectURIs: []string{origin + "/oidc/" + slug + "/callback"}}
		for _, person := range []cast.Person{cast.Anna, cast.Boris, cast.Lea, cast.Diane} {
			issuer.People = append(issuer.People, idp.Person{Email: person.Email, Name: person.Name})
		}
		return issuer
	}
	h.provider, err = idp.Start(t.Context(), idp.Options{Listen: "127.0.0.1:0", Identities: h.identities, Issuers: []idp.Issuer{
		everybody("vaud", "vaud"), everybody("vaud2", "vaud"), everybody("geneve", "geneve"), everybody("partner", connections.SlugOf(partner)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.provider.Stop() })
	if err := cast.Insert(t.Context(), h.db.Owner, cast.Provider{
		Issuer: h.provider.Issuer, ClientID: func(c string) string { return "passerelle-" + c }, ClientSecret: h.identities.ClientSecret, Subject: h.identities.Subject,
	}); err != nil {
		t.Fatal(err)
	}
	ring := h.db.Ring(t)
	if h.door, err = signin.New(h.db.App, ring, signin.Options{Origin: origin, AllowLoopbackHTTP: true, Clock: h.now}); err != nil {
		t.Fatal(err)
	}
	if err := h.door.SealSecrets(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.effect = connections.NewDoor(h.db.App, ring, h.now, h.post, origin)
	h.door.OnTrial(h.effect)
	h.service = connections.New(h.db.App, ring, h.door, h.effect, h.now, true, true)
	return h
}

func as(t *testing.T, who cast.Person) context.Context { return who.Context(t.Context()) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// wanted is what reaches an issuer of the demo's provider.
func (h *house) wanted(path string, kind signin.Kind, domains ...string) connections.Wanted {
	return connections.Wanted{Kind: kind, Secret: h.identities.ClientSecret(path), Terms: connections.Terms{
		Name: path, Issuer: h.provider.Issuer(path), ClientID: "passerelle-" + path, Scopes: []string{"openid", "profile", "email"},
		NameClaim: "name", EmailClaim: "email", EmailDomains: domains,
	}}
}

var requestField = regexp.MustCompile(`name="request" value="([^"]+)"`)

// answer picks a person on the provider's page and gives what comes back.
func (h *house) answer(t *testing.T, slug, target, browser, email string) signin.Answer {
	t.Helper()
	response, err := http.Get(target)
	must(t, err)
	page, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	found := requestField.FindSubmatch(page)
	if err != nil || found == nil {
		t.Fatalf("no request on the provider's page: %v\n%s", err, page)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	login, _, _ := strings.Cut(response.Request.URL.String(), "/login")
	response, err = client.PostForm(login+"/login", url.Values{"request": {html.UnescapeString(string(found[1]))}, "person": {email}})
	must(t, err)
	_ = response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("the provider did not send the browser back: %d from %s", response.StatusCode, login)
	}
	query := back.Query()
	return signin.Answer{Connection: slug, State: query.Get("state"), Code: query.Get("code"), Issuer: query.Get("iss"), Browser: browser}
}

// try has somebody try what a connection is to become.
func (h *house) try(t *testing.T, who cast.Person, id connections.ID, slug, email string) *connections.Trial {
	t.Helper()
	target, browser, err := h.service.BeginTrial(as(t, who), id, signin.Departure{})
	must(t, err)
	sessions := h.count(t, "select count(*) from sessions")
	arrival, err := h.door.Finish(t.Context(), h.answer(t, slug, target, browser, email))
	must(t, err)
	if arrival.Token != "" || h.count(t, "select count(*) from sessions") != sessions {
		t.Error("a trial opened a session")
	}
	if arrival.ReturnTo != "/connections/"+id.String()+"/trial" {
		t.Errorf("a trial leads to %s", arrival.ReturnTo)
	}
	file, err := h.service.Find(as(t, who), id)
	must(t, err)
	if file.Trial == nil {
		t.Fatal("the trial left nothing")
	}
	return file.Trial
}

// signIn gives the session of somebody who comes in.
func (h *house) signIn(t *testing.T, slug, email string) signin.Arrival {
	t.Helper()
	target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: slug})
	must(t, err)
	arrival, err := h.door.Finish(t.Context(), h.answer(t, slug, target, browser, email))
	must(t, err)
	return arrival
}

func (h *house) count(t *testing.T, query string, arguments ...any) (n int) {
	t.Helper()
	must(t, h.db.Owner.QueryRow(t.Context(), query, arguments...).Scan(&n))
	return n
}

// planned are the jobs of a kind that wait in the queue.
func (h *house) planned(t *testing.T, kind string) int {
	t.Helper()
	return h.count(t, "select count(*) from jobs.river_job where kind = $1", kind)
}

// due is the change of a connection that was approved.
func (h *house) due(t *testing.T, id connections.ID) connections.Effect {
	t.Helper()
	file, err := h.service.Find(as(t, cast.Anna), id)
	must(t, err)
	if file.Change == nil {
		t.Fatal("there is no change")
	}
	return connections.Effect{Tenant: cast.Vaud.ID, Change: file.Change.ChangeID}
}

func TestALiveConnectionIsChangedByTwoAndLater(t *testing.T) {
	h := open(t)
	lea := h.signIn(t, "vaud", cast.Lea.Email)
	claire := h.signIn(t, "geneve", cast.Diane.Email)
	must(t, h.service.Write(as(t, cast.Anna), vauds, h.wanted("vaud2", signin.KindStaff, "vaud.example")))
	wants(t, "proposed untried", h.service.Propose(as(t, cast.Anna), vauds), fault.Refused(""))

	trial := h.try(t, cast.Anna, vauds, "vaud", cast.Anna.Email)
	if !trial.Passed() || trial.Report.Fate != connections.FateRebound || trial.Report.Name != cast.Anna.Name || len(trial.Report.Claims) < 5 {
		t.Errorf("%+v", trial)
	}
	// What the provider said of Anna is Anna's.
	if file, err := h.service.Find(as(t, cast.Boris), vauds); err != nil || file.Trial != nil {
		t.Errorf("Boris sees what the provider said of Anna: %+v, %v", file.Trial, err)
	}
	must(t, h.service.Propose(as(t, cast.Anna), vauds))
	wants(t, "approved by who proposed it", h.service.Approve(as(t, cast.Anna), vauds), fault.Refused(""))
	wants(t, "written once proposed", h.service.Write(as(t, cast.Anna), vauds, connections.Wanted{Kind: signin.KindStaff, Seen: 1, Terms: h.wanted("vaud", signin.KindStaff, "vaud.example").Terms}), fault.Refused(""))
	for who, want := range map[*cast.Person]error{&cast.Diane: fault.NotFound(), &cast.Lea: fault.Refused(""), &cast.Karim: fault.Refused(""), &cast.Noe: fault.Refused(""), &cast.Claire: fault.Refused("")} {
		wants(t, who.Name+" approves", h.service.Approve(as(t, *who), vauds), want)
		wants(t, who.Name+" withdraws", h.service.Withdraw(as(t, *who), vauds), want)
		_, err := h.service.Find(as(t, *who), vauds)
		wants(t, who.Name+" looks", err, want)
	}
	must(t, h.service.Approve(as(t, cast.Boris), vauds))
	// All administrators of Vaud were told, of the proposal and of the approval.
	if n := h.planned(t, "connection_notice"); n != 4 {
		t.Errorf("%d notices are planned, want 4", n)
	}
	due := h.due(t, vauds)
	if err := h.effect.Take(t.Context(), due); err == nil {
		t.Error("it took effect before its time")
	}
	h.pass(24*time.Hour - time.Minute)
	if err := h.effect.Take(t.Context(), due); err == nil {
		t.Error("it took effect before its time")
	}
	if h.count(t, "select count(*) from connections where issuer = $1", h.provider.Issuer("vaud2")) != 0 || h.count(t, "select count(*) from sessions where revoked_at is not null") != 0 {
		t.Error("something happened before its time")
	}
	h.pass(2 * time.Minute)
	h.ahead -= 24 * time.Hour // sessions would have run out by themselves; the change is made due instead
	h.db.Exec(t, "alter table connection_changes disable trigger connection_changes_stay; update connection_changes set approved_at = now() - interval '2 days', takes_effect_at = now() - interval '1 day'; alter table connection_changes enable trigger connection_changes_stay")
	must(t, h.effect.Take(t.Context(), due))
	must(t, h.effect.Take(t.Context(), due)) // twice is once
	if _, err := h.door.Find(t.Context(), lea.Token, false); h.count(t, "select count(*) from sessions where revoked_at is not null") != 1 {
		t.Errorf("the session of Léa goes on: %v", err)
	}
	if _, err := h.door.Find(t.Context(), claire.Token, false); err != nil {
		t.Errorf("the session in Genève ended: %v", err)
	}
	// Anna has tried it, and is recognised; Léa is nobody to the new provider until she is admitted.
	if got := h.signIn(t, "vaud", cast.Anna.Email).Session.Membership; got.Person != cast.Anna.ID {
		t.Errorf("Anna comes in as %v", got)
	}
	if got := h.signIn(t, "vaud", cast.Lea.Email).Session.Membership; !got.None() {
		t.Errorf("Léa comes in as %v", got)
	}
	if n := h.count(t, "select count(*) from connection_trials") + h.count(t, "select count(*) from connection_secrets where connection_id = $1", vauds) - 1; n != 0 {
		t.Errorf("%d trials or secrets are left", n)
	}
	if n := h.count(t, "select count(*) from journal_entries where tenant_id = $1 and action like 'connection\\_%'", cast.Vaud.ID); n != 4 {
		t.Errorf("%d entries, want 4: written, tried, proposed, approved", n)
	}
}

func TestWhatIsWithdrawnDoesNothing(t *testing.T) {
	h := open(t)
	wanted := h.wanted("vaud", signin.KindStaff, "vaud.example")
	wanted.Terms.Name = "Another name"
	must(t, h.service.Write(as(t, cast.Anna), vauds, wanted))
	// With the same issuer, who signs in stays who she is.
	if trial := h.try(t, cast.Anna, vauds, "vaud", cast.Anna.Email); !trial.Passed() || trial.Report.Person != cast.Anna.Name || trial.Report.Fate != connections.FateAwaited {
		t.Errorf("%+v", trial)
	}
	must(t, h.service.Propose(as(t, cast.Anna), vauds))
	must(t, h.service.Approve(as(t, cast.Boris), vauds))
	due := h.due(t, vauds)
	must(t, h.service.Withdraw(as(t, cast.Boris), vauds))
	h.pass(25 * time.Hour)
	must(t, h.effect.Take(t.Context(), due))
	if h.count(t, "select count(*) from connections where name = 'Another name'") != 0 {
		t.Error("it took effect")
	}
	if h.count(t, "select count(*) from connection_secrets where connection_id = $1", vauds) != 1 {
		t.Error("the secret of the draft is left, or that of the connection is gone")
	}
	h.pass(-25 * time.Hour) // what the provider says is of now
	h.signIn(t, "vaud", cast.Lea.Email)
}

// What somebody else vouches for, a stranger, and a subject that was to stay and did not.
func TestATrialSaysWhatWouldBecome(t *testing.T) {
	h := open(t)
	must(t, h.service.Write(as(t, cast.Anna), vauds, h.wanted("vaud", signin.KindStaff, "elsewhere.example")))
	if trial := h.try(t, cast.Anna, vauds, "vaud", cast.Diane.Email); trial.Report.Fate != connections.FateStranger || !trial.Report.OutsideDomain {
		t.Errorf("%+v", trial)
	}
	wrong := h.wanted("vaud", signin.KindStaff, "vaud.example")
	wrong.Secret, wrong.Seen = "another", 1
	must(t, h.service.Write(as(t, cast.Anna), vauds, wrong))
	if trial := h.try(t, cast.Anna, vauds, "vaud", cast.Anna.Email); trial.Passed() || trial.Outcome != string(signin.ReasonCode) {
		t.Errorf("with a wrong secret: %+v", trial)
	}
	wants(t, "proposed after a failed trial", h.service.Propose(as(t, cast.Anna), vauds), fault.Refused(""))

	h.signIn(t, "vaud", cast.Anna.Email)
	moved := h.wanted("vaud2", signin.KindStaff, "vaud.example")
	moved.Terms.KeepsSubjects, moved.Seen = true, 2
	must(t, h.service.Write(as(t, cast.Anna), vauds, moved))
	if trial := h.try(t, cast.Anna, vauds, "vaud", cast.Anna.Email); trial.Passed() || trial.Report.Fate != connections.FateDifferent {
		t.Errorf("%+v", trial)
	}
	wants(t, "written over what somebody else wrote", h.service.Write(as(t, cast.Boris), vauds, wrong), fault.Conflict(""))
}

func TestANewConnectionLetsNobodyInBeforeItIsLive(t *testing.T) {
	h := open(t)
	wants(t, "an e-mail domain of another organisation", h.service.Write(as(t, cast.Anna), partner, h.wanted("partner", signin.KindOffice, "geneve.example")), fault.Invalid("", ""))
	must(t, h.service.Write(as(t, cast.Anna), partner, h.wanted("partner", signin.KindOffice, "partner.example")))
	slug := connections.SlugOf(partner)
	if _, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: slug}); !errors.Is(err, fault.NotFound()) {
		t.Errorf("somebody begins to sign in: %v", err)
	}
	wants(t, "Genève writes it", h.service.Write(as(t, cast.Diane), partner, h.wanted("partner", signin.KindOffice, "partner.example")), fault.NotFound())
	target, browser, err := h.service.BeginTrial(as(t, cast.Anna), partner, signin.Departure{})
	must(t, err)
	// An answer that is brought by another browser tries nothing.
	stolen := h.answer(t, slug, target, browser, cast.Anna.Email)
	stolen.Browser = strings.Repeat("A", 43)
	if _, err := h.door.Finish(t.Context(), stolen); err == nil {
		t.Error("another browser finished the trial")
	}
	if trial := h.try(t, cast.Anna, partner, slug, cast.Anna.Email); !trial.Passed() || trial.Report.Fate != connections.FateStranger {
		t.Errorf("%+v", trial)
	}
	must(t, h.service.Propose(as(t, cast.Anna), partner))
	must(t, h.service.Approve(as(t, cast.Boris), partner)) // nobody came in through it: nothing to wait for
	if got := h.signIn(t, slug, cast.Diane.Email).Session.Membership; !got.None() {
		t.Errorf("somebody whom nobody has invited comes in as %v", got)
	}

	// It ends the same way, and its keys with it.
	must(t, h.service.ProposeEnd(as(t, cast.Boris), partner))
	wants(t, "ended by one", h.service.Approve(as(t, cast.Boris), partner), fault.Refused(""))
	must(t, h.service.Approve(as(t, cast.Anna), partner))
	due := h.due(t, partner)
	h.pass(25 * time.Hour)
	must(t, h.effect.Take(t.Context(), due))
	if _, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: slug}); !errors.Is(err, fault.NotFound()) {
		t.Errorf("somebody begins to sign in where it has ended: %v", err)
	}
	if h.count(t, "select count(*) from keys.keysets where holder_id = $1", partner)+h.count(t, "select count(*) from connection_secrets where connection_id = $1", partner) != 0 {
		t.Error("its keys or its secret are left")
	}
	wants(t, "ending the only way in", h.service.ProposeEnd(as(t, cast.Anna), vauds), fault.Refused(""))
}

// The secret stands nowhere: in no table, in no page's data.
func TestASecretIsNeverReadAgain(t *testing.T) {
	h := open(t)
	wanted := h.wanted("vaud", signin.KindStaff, "vaud.example")
	wanted.Secret = secret
	must(t, h.service.Write(as(t, cast.Anna), vauds, wanted))
	file, err := h.service.Find(as(t, cast.Anna), vauds)
	must(t, err)
	if strings.Contains(fmt.Sprintf("%+v %#v", file, file.Change), secret) {
		t.Error("the page has the secret")
	}
	var tables []string
	must(t, h.db.Owner.QueryRow(t.Context(), "select array_agg(format('%I.%I', n.nspname, c.relname)) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('public', 'keys', 'jobs')").Scan(&tables))
	for _, words := range []string{secret, h.identities.ClientSecret("vaud"), h.identities.ClientSecret("offices")} {
		for _, table := range tables {
			if n := h.count(t, "select count(*) from "+table+" as r where strpos(r::text, $1) > 0 or strpos(r::text, encode($1::bytea, 'hex')) > 0", words); n != 0 {
				t.Errorf("a secret stands in %s", table)
			}
		}
	}
	if n := h.count(t, "select count(*) from connections where client_secret <> '' or secret_id is null"); n != 0 {
		t.Errorf("%d secrets that were handed in were not sealed", n)
	}
}

// A secret that is kept is for the provider that gave it: a trial against another would hand it over.
func TestASecretIsNotShownToAnotherProvider(t *testing.T) {
	h := open(t)
	wanted := h.wanted("vaud2", signin.KindStaff, "vaud.example")
	wanted.Secret = ""
	err := h.service.Write(as(t, cast.Anna), vauds, wanted)
	if problems, _ := fault.Correctable(err); len(problems) != 1 || problems[0].Field != "secret" {
		t.Errorf("another issuer, and the secret that is kept: %v", err)
	}
	wanted.NoSecret = true
	must(t, h.service.Write(as(t, cast.Anna), vauds, wanted))
	wanted.NoSecret, wanted.Seen, wanted.Secret = false, 1, h.identities.ClientSecret("vaud2")
	must(t, h.service.Write(as(t, cast.Anna), vauds, wanted))
	back := h.wanted("vaud", signin.KindStaff, "vaud.example")
	back.Secret, back.Seen = "", 2
	if err := h.service.Write(as(t, cast.Anna), vauds, back); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("back to the first issuer with the second's secret: %v", err)
	}
	wanted.Secret, wanted.Seen, wanted.Terms.Name = "", 2, "another name"
	must(t, h.service.Write(as(t, cast.Anna), vauds, wanted))
}

func TestTheDelayIsTheTenants(t *testing.T) {
	h := open(t)
	must(t, h.service.SetDelay(as(t, cast.Anna), 72, 0))
	wants(t, "set by somebody who saw an older one", h.service.SetDelay(as(t, cast.Boris), 0, 0), fault.Conflict(""))
	wants(t, "set by a caseworker", h.service.SetDelay(as(t, cast.Lea), 0, 1), fault.Refused(""))
	must(t, h.service.SetDelay(as(t, cast.Boris), 0, 1))
	for who, hours := range map[*cast.Person]int{&cast.Anna: 72, &cast.Diane: 24} {
		overview, err := h.service.List(as(t, *who))
		must(t, err)
		if got := overview.Settings.Hours(h.now()); got != hours || overview.Files[0].Connection.Slug != who.Tenant.Slug || len(overview.Files) != 1 {
			t.Errorf("%s sees %d hours, %d connections", who.Name, got, len(overview.Files))
		}
	}
}

// An e-mail names nobody, and no organisation; it goes to whoever administers still.
func TestTheNoticeIsNeutral(t *testing.T) {
	h := open(t)
	job := connections.Notice{Tenant: cast.Vaud.ID, Member: cast.Boris.ID, About: "x connection_proposed"}
	must(t, h.effect.Tell(t.Context(), job))
	must(t, h.effect.Tell(t.Context(), job))
	must(t, h.effect.Tell(t.Context(), connections.Notice{Tenant: cast.Geneve.ID, Member: cast.Boris.ID, About: "x"}))
	if len(h.post.sent) != 2 || h.post.sent[0].ID != h.post.sent[1].ID || h.post.sent[0].To != cast.Boris.Email {
		t.Fatalf("%+v", h.post.sent)
	}
	for _, word := range []string{"Boris", "Vaud", "Passerelle", "connexion ", "victim"} {
		if strings.Contains(h.post.sent[0].Subject+h.post.sent[0].Text, word) {
			t.Errorf("it says %q", word)
		}
	}
	var _ jobs.Job = job
}

// A provider is looked at no more often than somebody types.
func TestChecksAreBounded(t *testing.T) {
	h := open(t)
	refused := 0
	for range 40 {
		if _, err := h.service.Check(as(t, cast.Anna), partner, "http://10.0.0.1", nil); errors.Is(err, fault.Refused("")) {
			refused++
		}
	}
	if refused != 10 {
		t.Errorf("%d of 40 were refused", refused)
	}
	findings, err := h.service.Check(as(t, cast.Diane), partner, h.provider.Issuer("geneve"), []string{"openid"})
	if err != nil || !signin.Passed(findings) {
		t.Errorf("%+v, %v", findings, err)
	}
	_, err = h.service.Check(as(t, cast.Lea), partner, h.provider.Issuer("geneve"), nil)
	wants(t, "a caseworker checks", err, fault.Refused(""))
}
