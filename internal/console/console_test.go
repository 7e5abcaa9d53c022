package console_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/operators"
	"passerelle/internal/pgtest"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// pages are those that nobody sees who is not in.
var pages = []string{"/", "/tenants", "/tenants/" + cast.Vaud.ID.String(), "/tenants/" + cast.Vaud.ID.String() + "/suspension", "/tenants/new", "/operators", "/operators/new", "/acts", "/sessions", "/usage", "/announcements", "/announcements/new", "/tenants/" + cast.Vaud.ID.String() + "/usage", "/tenants/" + cast.Vaud.ID.String() + "/mandates"}

func tenantPath(tenant *cast.Tenant) string { return "/tenants/" + tenant.ID.String() }

// TestNobodyIsInWithoutAPasskey: that the provider vouches for somebody opens no page, and changes nothing.
func TestNobodyIsInWithoutAPasskey(t *testing.T) {
	site, _ := webtest.Start(t).Console(t)
	stranger := site.Open(t)
	for _, page := range pages {
		if got := stranger.Get(page); got.URL.Path != "/signin" {
			t.Errorf("a stranger gets %s: %d %s", page, got.Status, got.URL)
		}
	}
	ada, page := site.Arrive(t, cast.Ada)
	if page.URL.Path != "/passkey" || !page.Has("form[data-passkey=register]") {
		t.Fatalf("%d %s\n%s", page.Status, page.URL, page.Text())
	}
	for _, path := range pages {
		if got := ada.Get(path); got.URL.Path != "/passkey" {
			t.Errorf("Ada, without a key, gets %s: %d %s", path, got.Status, got.URL)
		}
	}
	token := page.Values("form[data-passkey]").Get("_csrf")
	if got := ada.Post(tenantPath(cast.Vaud)+"/suspension", url.Values{"_csrf": {token}, "reason": {"incident"}}); got.URL.Path != "/passkey" {
		t.Errorf("%d %s", got.Status, got.URL)
	}
	// A wrong answer is none, and the next page asks anew.
	if got := page.Submit("form[data-passkey]", url.Values{"answer": {"{}"}}); got.Status != http.StatusUnprocessableEntity || !got.Has(".govuk-error-summary") {
		t.Errorf("%d", got.Status)
	}
	key := webtest.NewPasskey()
	in := site.Answer(t, ada.Get("/passkey"), key)
	if in.URL.Path != "/tenants" || in.Status != http.StatusOK {
		t.Fatalf("%d %s\n%s", in.Status, in.URL, in.Text())
	}
	for _, path := range pages {
		if got := ada.Get(path); got.Status != http.StatusOK {
			t.Errorf("Ada gets %s: %d %s", path, got.Status, got.URL)
		}
	}
	// The next time the key is asked for, and another is not taken.
	_, page = site.Arrive(t, cast.Ada)
	if !page.Has("form[data-passkey=confirm]") {
		t.Fatal(page.Text())
	}
	if site.Answer(t, page, key).URL.Path != "/tenants" {
		t.Error("Ada's own key does not let her in")
	}
	// Whoever has got hold of her session is not answered without end.
	asked := 0
	for asked < 1000 && ada.Get("/acts").Status != http.StatusTooManyRequests {
		asked++
	}
	if asked == 0 || asked == 1000 {
		t.Errorf("%d requests were answered in a moment", asked)
	}
}

// TestSuspending: Vaud's people are out at once and Genève's notice nothing; who did it stands in the console, and that it was done in
// the tenant's journal.
func TestSuspending(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	lea, claire := house.SignIn(t, cast.Lea), house.SignIn(t, cast.Claire)
	ada := site.Operate(t, cast.Ada, webtest.NewPasskey())
	page := ada.Get("/tenants")
	for _, tenant := range cast.Tenants {
		if !strings.Contains(page.Text(), tenant.Name) {
			t.Errorf("%s is not listed", tenant.Name)
		}
	}
	form := ada.Get(tenantPath(cast.Vaud) + "/suspension")
	if got := form.Submit("main form", nil); got.Status != http.StatusUnprocessableEntity || !got.Has("#reason-error, .govuk-error-message") {
		t.Errorf("without a reason: %d", got.Status)
	}
	page = form.Submit("main form", url.Values{"reason": {"asked"}})
	if page.URL.Path != tenantPath(cast.Vaud) || page.Status != http.StatusOK || !strings.Contains(page.Document.Find("#acts").Text(), cast.Ada.Name) {
		t.Fatalf("%d %s\n%s", page.Status, page.URL, page.Text())
	}
	// The application hears of it by a notification, which on a busy machine takes its moment; what it remembers of a session would be
	// forgotten by itself after five seconds.
	got := lea.Get("/work")
	for deadline := time.Now().Add(2 * time.Second); got.URL.Path != "/signin" && time.Now().Before(deadline); got = lea.Get("/work") {
		time.Sleep(20 * time.Millisecond)
	}
	if got.URL.Path != "/signin" {
		t.Errorf("Léa gets %s", got.URL)
	}
	if got := claire.Get("/work"); got.Status != http.StatusOK || got.URL.Path != "/work" {
		t.Errorf("Claire gets %d %s", got.Status, got.URL)
	}
	var told int
	if err := house.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where tenant_id = $1 and action = 'tenant_suspended' and role = 'platform'", cast.Vaud.ID).Scan(&told); err != nil || told != 1 {
		t.Errorf("%d entries, %v", told, err)
	}
	// Two tabs: the second is told how things stand.
	if got := form.Submit("main form", url.Values{"reason": {"incident"}}); got.Status != http.StatusConflict || !got.Has(".govuk-error-summary") {
		t.Errorf("twice: %d", got.Status)
	}
	page = page.Submit("main form[action$='/suspension/destroy']", nil)
	if page.Status != http.StatusOK || page.Has("main form[action$='/suspension/destroy']") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if got := house.SignIn(t, cast.Lea).Get("/work"); got.URL.Path != "/work" {
		t.Errorf("after that Léa gets %s", got.URL)
	}
	for _, nothing := range []string{tenantPath(&cast.Tenant{}), "/tenants/" + ids.New[tenantdb.Tenant]().String(), "/tenants/nonsense"} {
		if got := ada.Get(nothing); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", nothing, got.Status)
		}
	}
}

// TestTwoHouses: a session of the one is none in the other, and no page of the application is served by the console (T05).
func TestTwoHouses(t *testing.T) {
	house := webtest.Start(t)
	site, c := house.Console(t)
	ada, lea := site.Operate(t, cast.Ada, webtest.NewPasskey()), house.SignIn(t, cast.Karim)
	both := map[string]bool{"/": true, "/parked-forms": true, "/signin": true, "/language": true, "/sessions": true, "/session/destroy": true, "/sessions/:session/destroy": true}
	own := map[string]bool{}
	for _, route := range c.Web.Routes() {
		own[route.Path] = true
	}
	for _, route := range house.App.Web.Routes() {
		if own[route.Path] && !both[route.Path] {
			t.Errorf("%s is served by both", route.Path)
		}
		if both[route.Path] || route.Method != http.MethodGet || strings.Contains(route.Path, ":") {
			continue
		}
		if got := ada.Get(route.Path); got.Status != http.StatusNotFound {
			t.Errorf("the console answers %s with %d", route.Path, got.Status)
		}
		if got := ada.At(house).Get(route.Path); got.Status == http.StatusOK && got.URL.Path == route.Path && route.Action != access.Anyone {
			t.Errorf("Ada gets %s of the application", route.Path)
		}
	}
	if got := lea.At(site).Get("/tenants"); got.URL.Path != "/signin" {
		t.Errorf("somebody of a tenant gets %d %s in the console", got.Status, got.URL)
	}
	if got := lea.Get("/work"); got.URL.Path != "/work" {
		t.Error("the console has ended a session of the application")
	}
	for _, cookie := range ada.Cookies() {
		if cookie.Name == "pas" {
			t.Error("the console sets the application's cookie")
		}
	}
}

// TestOperators: a code lets exactly one person in, once; who lost her key needs another; nobody is left alone.
func TestOperators(t *testing.T) {
	house := webtest.Start(t)
	site, c := house.Console(t)
	house.Database.Exec(t, "update console.operators set removed_at = now() where operator_id = $1", cast.Tom.ID)
	ada := site.Operate(t, cast.Ada, webtest.NewPasskey())
	tom, page := site.Arrive(t, cast.Tom)
	if page.URL.Path != "/code" {
		t.Fatalf("somebody whom nobody knows gets %d %s", page.Status, page.URL)
	}
	form := ada.Get("/operators/new")
	if got := form.Submit("main form", url.Values{"name": {"Tom"}, "email": {"nonsense"}}); got.Status != http.StatusUnprocessableEntity || got.Document.Find("[name=name]").AttrOr("value", "") != "Tom" {
		t.Errorf("%d", got.Status)
	}
	handed := form.Submit("main form", url.Values{"name": {"Tom"}, "email": {cast.Tom.Email}})
	code := handed.Document.Find("#code").Text()
	if handed.Status != http.StatusOK || !strings.HasPrefix(code, "_console.") {
		t.Fatalf("%d %s", handed.Status, handed.Text())
	}
	if again := form.Submit("main form", url.Values{"name": {"Tom"}, "email": {cast.Tom.Email}}); again.Has("#code") || again.URL.Path != "/operators" {
		t.Error("sent twice makes two")
	}
	for _, wrong := range []string{"", "nonsense", "vaud" + strings.TrimPrefix(code, "_console"), code[:len(code)-1] + "b"} {
		if got := page.Submit("main form", url.Values{"code": {wrong}}); got.Status != http.StatusUnprocessableEntity || got.URL.Path != "/code" {
			t.Errorf("%q: %d %s", wrong, got.Status, got.URL)
		}
	}
	page = page.Submit("main form", url.Values{"code": {"  " + strings.ToUpper(code) + " "}})
	if page.URL.Path != "/passkey" || !page.Has("form[data-passkey=register]") {
		t.Fatalf("%d %s\n%s", page.Status, page.URL, page.Text())
	}
	key := webtest.NewPasskey()
	if got := site.Answer(t, page, key); got.URL.Path != "/tenants" {
		t.Fatalf("%d %s", got.Status, got.URL)
	}
	// Neither of two is removed, and nobody removes or helps herself.
	of := handedTo(t, house, cast.Tom.Email)
	by := cast.Ada.Context(t.Context())
	if err := c.Operators.Remove(by, of); !errors.Is(err, fault.Refused("")) {
		t.Errorf("%v", err)
	}
	if _, err := c.Operators.Reset(by, ids.MustParse[operators.Operator](cast.Ada.ID)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("%v", err)
	}
	// Whose keys were taken away is out, and comes in by the new code alone.
	reset := ada.Get("/operators/"+of.String()+"/reset").Submit("main form", nil)
	if fresh := reset.Document.Find("#code").Text(); fresh == "" || fresh == code {
		t.Fatal(reset.Text())
	}
	if got := tom.Get("/tenants"); got.URL.Path != "/signin" {
		t.Errorf("Tom gets %s", got.URL)
	}
	_, page = site.Arrive(t, cast.Tom)
	if page.URL.Path != "/code" {
		t.Errorf("without the code: %s", page.URL)
	}
	if got := page.Submit("main form", url.Values{"code": {code}}); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("the old code: %d", got.Status)
	}
	if got := page.Submit("main form", url.Values{"code": {reset.Document.Find("#code").Text()}}); got.URL.Path != "/passkey" {
		t.Errorf("the new code: %d %s", got.Status, got.URL)
	}
	if text := ada.Get("/acts").Text(); strings.Count(text, cast.Ada.Name) < 3 {
		t.Error(text)
	}
	// Nobody of a tenant may, whatever her role there.
	for _, person := range []cast.Person{cast.Anna, cast.Karim, cast.Noe, cast.Claire} {
		if _, err := c.Operators.List(person.Context(t.Context())); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", person.Name, err)
		}
		if err := c.Tenants.Suspend(person.Context(t.Context()), cast.Geneve.ID, platform.Reasons[0]); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", person.Name, err)
		}
	}
	// What was done stays, for whoever rules the database as well.
	for _, statement := range []string{"update console.acts set reason = 'x'", "delete from console.acts", "truncate console.acts"} {
		if _, err := house.Database.Owner.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s is possible", statement)
		}
	}
}

// TestConfirmingAnew: who runs the installation changes for nobody who has not touched the key just now; nothing else asks again.
func TestConfirmingAnew(t *testing.T) {
	now := time.Now()
	var passed atomic.Int64
	house := webtest.Start(t, func(options *app.Options) {
		options.Clock = func() time.Time { return now.Add(time.Duration(passed.Load())) }
	})
	site, _ := house.Console(t)
	key := webtest.NewPasskey()
	ada := site.Operate(t, cast.Ada, key)
	reset := "/operators/" + cast.Tom.ID + "/reset"
	kept := ada.Get(reset)
	if kept.Status != http.StatusOK || !strings.Contains(kept.Text(), cast.Tom.Name) {
		t.Fatalf("%d %s", kept.Status, kept.Text())
	}
	for _, nobody := range []string{"/operators/" + cast.Ada.ID + "/reset", "/operators/" + ids.New[operators.Operator]().String() + "/destroy"} {
		if got := ada.Get(nobody); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", nobody, got.Status)
		}
	}
	passed.Store(int64(11 * time.Minute))
	if got := ada.Get("/tenants"); got.URL.Path != "/tenants" {
		t.Errorf("the tenants: %s", got.URL)
	}
	page := kept.Submit("main form", nil)
	if page.URL.Path != "/passkey" || page.Has("#code") {
		t.Fatalf("%d %s", page.Status, page.URL)
	}
	if back := site.Answer(t, page, key); back.URL.Path != reset || back.Submit("main form", nil).Document.Find("#code").Length() != 1 {
		t.Errorf("%d %s", back.Status, back.URL)
	}
}

// handedTo is who is there by an e-mail.
func handedTo(t *testing.T, house *webtest.Site, email string) (id ids.ID[operators.Operator]) {
	t.Helper()
	if err := house.Database.Owner.QueryRow(t.Context(), "select operator_id from console.operators where email = $1 and removed_at is null", email).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}
