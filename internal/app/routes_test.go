package app_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/internal/webtest"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestRoutes compares every route and its action with routes.golden, which is reviewed as a diff (T06).
func TestRoutes(t *testing.T) {
	site := webtest.Start(t)
	var b strings.Builder
	for _, route := range site.App.Web.Routes() {
		fmt.Fprintf(&b, "%-5s %-36s %s\n", route.Method, route.Path, route.Action)
	}
	const golden = "routes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the routes differ from %s; read the difference, then run with -update\n%s", golden, b.String())
	}
	// Whatever fiber answers must have come through web.Routes, which asks for an action.
	known := map[string]bool{"/healthz": true, "/readyz": true, "/static/:name": true}
	for _, route := range site.App.Web.Routes() {
		known[route.Path] = true
	}
	for _, route := range site.App.Web.App().GetRoutes(true) {
		if !known[route.Path] {
			t.Errorf("%s %s was registered past web.Routes", route.Method, route.Path)
		}
	}
}

// things are Amina's: a dossier of Vaud, and what hangs on it.
type things struct {
	dossier, consent, sent, draft string
	// erased was a dossier of Vaud.
	erased string
	// alert has paused somebody of an office in Vaud.
	alert string
	// others hang on the dossier as well, or lie beside it: by how their routes begin, or by how a route names them.
	others map[string]string
}

func amina(t *testing.T, site *webtest.Site) things {
	t.Helper()
	ctx := cast.Lea.Context(t.Context())
	dossier := ids.New[dossiers.Dossier]()
	name, err := site.App.Dossiers.Propose(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.App.Dossiers.Open(ctx, dossier, dossiers.Particulars{
		CodeName: name, Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{FamilyName: "Canaryname", GivenNames: "Amina"},
	}); err != nil {
		t.Fatal(err)
	}
	today := forms.Today(time.Now())
	until := today.AddDate(0, 1, 0)
	consent := ids.New[consents.Consent]()
	classes := []access.DataClass{access.Identity}
	if _, err := site.App.Consents.Give(ctx, dossier, consent, consents.Terms{
		OfficeID: cast.CSR.ID, Purpose: access.IncomeSupport, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally",
	}); err != nil {
		t.Fatal(err)
	}
	write := func() referrals.Referral {
		referral, err := site.App.Referrals.Draft(ctx, dossier, ids.New[timeline.Referral](), cast.CSR.ID)
		if err != nil {
			t.Fatal(err)
		}
		referral, err = site.App.Referrals.Write(ctx, referral.ReferralID, referrals.Revision{Version: referral.Version, Contents: referrals.Contents{
			Service: access.IncomeSupport, Urgency: referrals.Normal, Request: "Canaryrequest", DataClasses: classes,
		}})
		if err != nil {
			t.Fatal(err)
		}
		return referral
	}
	draft, sent := write(), write()
	preview, err := site.App.Referrals.Preview(ctx, sent.ReferralID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.App.Referrals.Send(ctx, sent.ReferralID, preview.Seal()); err != nil {
		t.Fatal(err)
	}
	others := map[string]string{}
	for _, hang := range hanging {
		maps.Copy(others, hang(t, site, dossier))
	}
	return things{dossier.String(), consent.String(), sent.ReferralID.String(), draft.ReferralID.String(), ofYore(t, site), raised(t, site), others}
}

// hanging make, for a dossier of Vaud, what the routes of a capability are about; each stands in the capability's own file.
var hanging = []func(*testing.T, *webtest.Site, dossiers.ID) map[string]string{
	func(*testing.T, *webtest.Site, dossiers.ID) map[string]string {
		return map[string]string{"/handovers/": cast.Lea.ID.String()}
	},
	foundOf,
	rightsOf,
	lodged,
	everyday,
	protectionOf,
	met,
	reminded,
	brought,
	listed,
}

// foundOf is a finding on a dossier.
func foundOf(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	finding, today := ids.New[dossiers.Finding](), forms.Today(time.Now())
	if err := site.App.Dossiers.RecordFinding(cast.Lea.Context(t.Context()), dossier, finding, dossiers.Statement{
		Body: dossiers.ByNGO, Verdict: dossiers.Presumed, On: &today, Basis: "Canarybasis",
	}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/findings/": finding.String()}
}

// raised is an alert, with the pause of somebody who has left the office since.
func raised(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id := ids.New[things]().String()
	site.Database.Exec(t, `insert into alerts (tenant_id, alert_id, kind, person_id, role, office_id, since, until, at) values ($1, $2, 'ceiling', gen_random_uuid(), 'office_member', $3, now(), now(), now())`, cast.Vaud.ID, id, cast.ORP.ID)
	site.Database.Exec(t, `insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) select tenant_id, gen_random_uuid(), office_id, person_id, alert_id, at from alerts where alert_id = $1`, id)
	return id
}

// ofYore is a dossier that was opened by mistake and erased.
func ofYore(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id, ctx := ids.New[dossiers.Dossier](), cast.Karim.Context(t.Context())
	name, err := site.App.Dossiers.Propose(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.App.Dossiers.Open(ctx, id, dossiers.Particulars{CodeName: name, Phase: dossiers.FirstContact, ResponsibleID: cast.Karim.ID}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Erasures.Erase(ctx, id, erasures.Order{Reason: "opened_by_mistake", CodeName: string(name)}); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// path puts the identifier of the thing that a route is about into its path.
func (a things) path(route string) string {
	id := a.sent
	switch {
	case strings.HasPrefix(route, "/dossiers/"):
		id = a.dossier
	case strings.HasPrefix(route, "/alerts/"):
		id = a.alert
	case strings.HasPrefix(route, "/erasures/"):
		id = a.erased
	case strings.HasPrefix(route, "/consents/"):
		id = a.consent
	case slices.Contains([]string{"/referrals/:id", "/referrals/:id/edit", "/referrals/:id/preview", "/referrals/:id/destroy"}, route):
		id = a.draft
	}
	for beginning, other := range a.others {
		if strings.HasPrefix(beginning, "/") && strings.HasPrefix(route, beginning) {
			id = other
		}
	}
	route = strings.Replace(route, ":id", id, 1)
	return parameter.ReplaceAllStringFunc(route, func(name string) string { return cmp.Or(a.others[name], a.others[""], name) })
}

func absent() things {
	id := ids.New[things]().String()
	return things{id, id, id, id, id, id, map[string]string{"": id}}
}

// TestT07 asks every route as everybody about the same things: who may not do it is refused; for whoever may, but
// works in another canton or another office, the thing is as absent as one that never was.
func TestT07(t *testing.T) {
	site := webtest.Start(t)
	inside := []cast.Person{cast.Lea, cast.Karim, cast.Ruth, cast.Noe}
	outside := []cast.Person{cast.Claire, cast.Marc, cast.Ines, cast.Eva, cast.JoGeneve, cast.JoVaud}
	stranger := site.Open(t)
	browsers := map[string]*webtest.Browser{}
	nonces := map[string]bool{}
	for _, person := range append(slices.Clone(inside), outside...) {
		browsers[person.Name+person.Tenant.Slug] = site.SignIn(t, person)
	}

	// Whoever only looks, or may not, leaves everything as it is for the next.
	untouched := amina(t, site)
	// Who may do it does it, and the next one needs something to do it to; what was refused is as good as new.
	spare := amina(t, site)
	for _, route := range site.App.Web.Routes() {
		// What machines call knows no people: TestEveryMachineShowsAToken.
		if route.Action == access.Anyone || route.Action == access.SignedIn || route.Action == access.ByToken || strings.HasSuffix(route.Path, "/live") {
			continue
		}
		t.Run(route.Method+route.Path, func(t *testing.T) {
			a := untouched
			if page := ask(stranger, route, a); page.URL.Path != "/signin" {
				t.Errorf("a stranger gets %d %s", page.Status, page.URL)
			}
			for _, person := range append(slices.Clone(inside), outside...) {
				browser := browsers[person.Name+person.Tenant.Slug]
				a, acts := a, route.Method == http.MethodPost && slices.Contains(inside, person) && access.May(person.Role, route.Action)
				if acts {
					a = spare
				}
				page := ask(browser, route, a)
				if acts && page.Status < 400 {
					spare = amina(t, site)
				}
				if page.Status >= 500 {
					t.Errorf("%s: %d\n%s", person.Name, page.Status, site.Log)
				}
				// T25: whoever asks, and whatever the answer.
				if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || nonces[policy] || page.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s: the headers are %v", person.Name, page.Header)
				} else {
					nonces[policy] = true
				}
				switch {
				case !access.May(person.Role, route.Action):
					if page.Status != http.StatusForbidden {
						t.Errorf("%s, who may not, gets %d", person.Name, page.Status)
					}
				case !strings.Contains(route.Path, ":id"):
					if route.Method == http.MethodGet && page.Status != http.StatusOK {
						t.Errorf("%s gets %d", person.Name, page.Status)
					}
				case slices.Contains(outside, person):
					nothing := ask(browser, route, absent())
					if page.Status != http.StatusNotFound || same(page) != same(nothing) {
						t.Errorf("%s tells Amina's (%d) from what never was (%d)", person.Name, page.Status, nothing.Status)
					}
				case page.Status == http.StatusForbidden || page.Status == http.StatusNotFound:
					t.Errorf("%s, who may, gets %d", person.Name, page.Status)
				}
				if slices.Contains(outside, person) && strings.Contains(page.Body, "Canary") {
					t.Errorf("%s reads of Amina", person.Name)
				}
			}
		})
	}
}

// TestThePageSaysWhereItIs opens every page as somebody who may: one entry of the navigation is the current one.
func TestThePageSaysWhereItIs(t *testing.T) {
	site := webtest.Start(t)
	about := amina(t, site)
	browsers := map[cast.Person]*webtest.Browser{}
	for _, person := range []cast.Person{cast.Lea, cast.Noe} {
		browsers[person] = site.SignIn(t, person)
	}
	for _, route := range site.App.Web.Routes() {
		if route.Method != http.MethodGet || route.Action == access.Anyone || route.Action == access.SignedIn || strings.HasSuffix(route.Path, "/live") {
			continue
		}
		for person, browser := range browsers {
			if !access.May(person.Role, route.Action) {
				continue
			}
			page := ask(browser, route, about)
			if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
				continue // a file has no frame
			}
			if n := page.Document.Find(".pas-nav a[aria-current=page]").Length(); page.Status != http.StatusOK || n != 1 {
				t.Errorf("%s, %s: %d, and %d entries are current", route.Path, person.Name, page.Status, n)
			}
		}
	}
}

func ask(browser *webtest.Browser, route web.Route, about things) *webtest.Page {
	path := about.path(route.Path)
	if route.Method == http.MethodGet {
		return browser.Get(path)
	}
	form := url.Values{
		"_csrf": {browser.Token()}, "version": {"0"}, "id": {ids.New[things]().String()}, "office": {cast.CSR.ID.String()},
		"kind": {"message"}, "body": {"x"},
	}
	if strings.HasPrefix(route.Path, "/offices/") {
		form.Set("from", since.Format("02.01.2006")) // the day by which a region is named
	}
	return browser.Post(path, form)
}

var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|nonce="[^"]*"`)

// same leaves out what differs between two answers to the same person: identifiers in addresses, and the nonce.
func same(page *webtest.Page) string { return varying.ReplaceAllString(page.Body, "…") }

// TestTimingsSayNothing compares how long a thing of another canton takes with one that never was.
func TestTimingsSayNothing(t *testing.T) {
	site := webtest.Start(t)
	a := amina(t, site)
	claire, eva := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Eva)
	for name, get := range map[string]func(things){
		"dossier": func(x things) { claire.Get("/dossiers/" + x.dossier) },
		"inbox":   func(x things) { eva.Get("/inbox/" + x.sent) },
	} {
		var foreign, never []time.Duration
		for range 200 {
			begun := time.Now()
			get(a)
			foreign = append(foreign, time.Since(begun))
			begun = time.Now()
			get(absent())
			never = append(never, time.Since(begun))
		}
		slices.Sort(foreign)
		slices.Sort(never)
		if difference := (foreign[100] - never[100]).Abs(); difference > 2*time.Millisecond {
			t.Errorf("%s: the medians are %s apart", name, difference)
		}
	}
}
