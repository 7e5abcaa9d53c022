package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/mandates"
	"passerelle/internal/webtest"
)

// TestAnnouncing: what is wrong is said and kept; two who change the same thing do not overwrite each other; who did it stands in the
// console.
func TestAnnouncing(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	ada, tom := site.Operate(t, cast.Ada, webtest.NewPasskey()), site.Operate(t, cast.Tom, webtest.NewPasskey())
	now := time.Now()
	typed := url.Values{
		"kind": {"maintenance"}, "tenant": {"all"}, "from": {now.Format("02.01.2006")}, "from_at": {"00:00"}, "until": {now.AddDate(0, 0, 2).Format("02.01.2006")}, "until_at": {"18.30"},
		"words_fr": {"Maintenance jeudi soir"}, "words_de": {"Wartung am Donnerstagabend"}, "words_it": {"Manutenzione giovedì sera"}, "words_en": {"Maintenance on Thursday evening"},
	}
	with := func(field, value string) url.Values {
		other := url.Values{}
		for name, values := range typed {
			other[name] = values
		}
		other.Set(field, value)
		return other
	}
	form := ada.Get("/announcements/new")
	for field, wrong := range map[string]string{"words_de": " ", "until": "31.02.2027", "until_at": "25:00", "from": "", "tenant": "nobody", "kind": "gossip"} {
		got := form.Submit("main form", with(field, wrong))
		if got.Status != http.StatusUnprocessableEntity || !got.Has("#"+field+"-error") || got.Document.Find("#words_fr").Text() != typed.Get("words_fr") {
			t.Errorf("%s %q: %d\n%s", field, wrong, got.Status, got.Document.Find(".govuk-error-summary").Text())
		}
	}
	for range 2 { // sent twice
		if got := form.Submit("main form", typed); got.URL.Path != "/announcements" || got.Document.Find("#announcements tbody tr").Length() != 1 {
			t.Fatalf("%d %s\n%s", got.Status, got.URL, got.Text())
		}
	}
	edit := ada.Get("/announcements").Document.Find("a[href$='/edit']").AttrOr("href", "")
	hers, his := ada.Get(edit), tom.Get(edit)
	if got := hers.Submit("main form", with("words_fr", "Maintenance vendredi soir")); got.URL.Path != "/announcements" || !strings.Contains(got.Text(), "vendredi") {
		t.Fatalf("%d %s", got.Status, got.Text())
	}
	got := his.Submit("main form", with("words_fr", "Maintenance samedi soir"))
	if got.Status != http.StatusConflict || got.Document.Find("#words_fr").Text() != "Maintenance samedi soir" || !strings.Contains(got.Text(), "vendredi") {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	if again := got.Submit("main form", with("words_fr", "Maintenance samedi soir")); again.URL.Path != "/announcements" || !strings.Contains(again.Text(), "samedi") {
		t.Errorf("%d %s", again.Status, again.Text())
	}
	withdrawn := tom.Get("/announcements").Submit("form[action$='/withdrawal']", nil)
	if withdrawn.Has("form[action$='/withdrawal']") || withdrawn.Status != http.StatusOK {
		t.Errorf("%d %s", withdrawn.Status, withdrawn.Text())
	}
	if got := his.Submit("main form", typed); got.Status == http.StatusOK && got.URL.Path == "/announcements" {
		t.Error("what is withdrawn is changed")
	}
	acts := ada.Get("/acts").Text()
	for _, done := range []string{"Annonce publiée", "Annonce modifiée", "Annonce retirée"} {
		if !strings.Contains(acts, done) {
			t.Errorf("%s does not stand in\n%s", done, acts)
		}
	}
	for _, nothing := range []string{"/announcements/nonsense/edit", "/announcements/" + ids.New[mandates.Mandate]().String() + "/edit"} {
		if got := ada.Get(nothing); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d", nothing, got.Status)
		}
	}
}

// TestLimits: how much a tenant may use is set on the page that says how much it does, and nobody's limits are overwritten unseen.
func TestLimits(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	ada, tom := site.Operate(t, cast.Ada, webtest.NewPasskey()), site.Operate(t, cast.Tom, webtest.NewPasskey())
	for _, tenant := range cast.Tenants {
		if text := ada.Get("/usage").Text(); !strings.Contains(text, tenant.Name) {
			t.Errorf("%s is not there\n%s", tenant.Name, text)
		}
	}
	at := tenantPath(cast.Vaud) + "/usage"
	hers, his := ada.Get(at), tom.Get(at)
	for field, wrong := range map[string]string{"members": "one", "office_people": "-3", "reason": ""} {
		values := url.Values{"members": {"20"}, "office_people": {""}, "storage": {""}, "reason": {"Convention 2027"}}
		values.Set(field, wrong)
		if got := hers.Submit("#limits form", values); got.Status != http.StatusUnprocessableEntity || !got.Has("#"+field+"-error") || got.Document.Find("#"+field).AttrOr("value", "") != wrong {
			t.Errorf("%s %q: %d", field, wrong, got.Status)
		}
	}
	if got := hers.Submit("#limits form", url.Values{"members": {"20"}, "reason": {"Convention 2027"}}); got.Status != http.StatusOK || !strings.Contains(got.Text(), cast.Ada.Name) {
		t.Fatalf("%d %s", got.Status, got.Text())
	}
	if got := his.Submit("#limits form", url.Values{"members": {"5"}, "reason": {"Essai"}}); got.Status != http.StatusConflict || got.Document.Find("#members").AttrOr("value", "") != "5" || !strings.Contains(got.Text(), "20") {
		t.Errorf("%d %s", got.Status, got.Text())
	}
	var limit, told int
	if err := house.Database.Owner.QueryRow(t.Context(), "select members, (select count(*) from console.acts where action = 'tenant_limited' and operator_id = $2) from tenant_limits where tenant_id = $1", cast.Vaud.ID, cast.Ada.ID).Scan(&limit, &told); err != nil || limit != 20 || told != 1 {
		t.Errorf("%d, %d, %v", limit, told, err)
	}
	if got := ada.Get("/tenants/" + ids.New[mandates.Mandate]().String() + "/usage"); got.Status != http.StatusNotFound {
		t.Errorf("%d", got.Status)
	}
}

// TestMandates: an operator asks, and does nothing before one of the tenant's administrators has let her; then what was asked for, and
// nothing of another tenant.
func TestMandates(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	ada := site.Operate(t, cast.Ada, webtest.NewPasskey())
	at := tenantPath(cast.Vaud) + "/mandates"
	ask := ada.Get(at)
	if got := ask.Submit("#ask form", url.Values{"purpose": {"Anna est partie"}, "hours": {"99"}}); got.Status != http.StatusUnprocessableEntity || !got.Has("#acts-error") || !got.Has("#hours-error") || got.Document.Find("#purpose").Text() != "Anna est partie" {
		t.Errorf("%d %s", got.Status, got.Text())
	}
	request := url.Values{"purpose": {"Anna est partie"}, "hours": {"4"}, "acts": {"administrator", "registry"}}
	asked := ask.Submit("#ask form", request)
	if again := ask.Submit("#ask form", request); asked.URL.Path != at || asked.Has("#ask") || again.Document.Find("form[action$='/return']").Length() != 1 {
		t.Fatalf("%d %s\n%s", asked.Status, asked.URL, asked.Text())
	}
	if asked.Has("form[action$='/administrators']") || asked.Has("form[action$='/registry']") {
		t.Error("what nobody has let is offered")
	}
	one := strings.TrimSuffix(asked.Document.Find("form[action$='/return']").AttrOr("action", ""), "/return")
	mandate := ids.MustParse[mandates.Mandate](one[strings.LastIndexByte(one, '/')+1:])
	token := asked.Values("form[action$='/return']").Get("_csrf")
	name := func() *webtest.Page {
		return ada.Post(one+"/administrators", url.Values{"_csrf": {token}, "id": {ids.New[mandates.Mandate]().String()}, "name": {"Eve"}, "email": {"eve@vaud.example"}})
	}
	if got := name(); got.Has("#code") || got.Status != http.StatusUnprocessableEntity {
		t.Errorf("before it is approved: %d", got.Status)
	}
	anna := access.WithConfirmation(cast.Anna.Context(t.Context()))
	if err := house.App.Mandates.Approve(anna, mandate); err != nil {
		t.Fatal(err)
	}
	page := ada.Get(at)
	if got := page.Submit("form[action$='/administrators']", url.Values{"name": {"Rosa"}, "email": {"nonsense"}}); got.Status != http.StatusUnprocessableEntity || got.Document.Find("#name").AttrOr("value", "") != "Rosa" {
		t.Errorf("%d", got.Status)
	}
	named := page.Submit("form[action$='/administrators']", url.Values{"name": {"Rosa"}, "email": {"rosa@vaud.example"}})
	if !strings.HasPrefix(named.Document.Find("#code").Text(), "vaud.") {
		t.Fatalf("%d %s", named.Status, named.Text())
	}
	if again := page.Submit("form[action$='/administrators']", url.Values{"name": {"Rosa"}, "email": {"rosa@vaud.example"}}); again.Status != http.StatusConflict || again.Has("#code") {
		t.Errorf("sent twice: %d", again.Status)
	}
	if got := page.Submit("form[action$='/registry']", url.Values{"registry_name": {"Passerelle Vaud et Riviera"}, "regime": {"federal"}, "languages": {"fr", "de"}}); got.URL.Path != at || !strings.Contains(got.Text(), "Riviera") {
		t.Errorf("%d %s", got.Status, got.Text())
	}
	// The same mandate under another tenant's address is none.
	for path, values := range map[string]url.Values{"/return": {}, "/administrators": {"id": {ids.New[mandates.Mandate]().String()}, "name": {"Eve"}, "email": {"eve@geneve.example"}}, "/registry": {"registry_name": {"x"}, "regime": {"federal"}, "languages": {"fr"}}} {
		values.Set("_csrf", token)
		if got := ada.Post(tenantPath(cast.Geneve)+"/mandates/"+mandate.String()+path, values); got.Status != http.StatusNotFound {
			t.Errorf("%s of Genève: %d", path, got.Status)
		}
	}
	if got := page.Submit("form[action$='/return']", nil); got.URL.Path != at || got.Has("form[action$='/administrators']") {
		t.Errorf("%d %s", got.Status, got.Text())
	}
	if got := name(); got.Has("#code") {
		t.Error("a mandate that was given back lets her")
	}
	if acts := ada.Get("/acts").Text(); strings.Count(acts, cast.Vaud.Name) < 3 {
		t.Error(acts)
	}
}
