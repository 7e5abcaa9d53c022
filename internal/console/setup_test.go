package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
	"passerelle/views/retentionview"
)

// stepPages are those of setting a tenant up.
var stepPages = []string{"/organisation", "/languages", "/protection", "/blueprint", "/connection", "/administrators", "/retention"}

// named makes Fribourg, and gives its page.
func named(t *testing.T, ada *webtest.Browser) *webtest.Page {
	t.Helper()
	form := ada.Get("/tenants/new")
	page := form.Submit("main form", url.Values{"name": {"Passerelle Fribourg"}, "slug": {"fribourg"}, "canton": {"FR"}})
	if page.Status != http.StatusOK || !strings.HasPrefix(page.URL.Path, "/tenants/") {
		t.Fatalf("%d %s\n%s", page.Status, page.URL, page.Text())
	}
	if again := form.Submit("main form", url.Values{"name": {"Passerelle Fribourg"}, "slug": {"fribourg"}, "canton": {"FR"}}); again.URL.Path != page.URL.Path {
		t.Errorf("sent twice it makes %s and %s", page.URL, again.URL)
	}
	return page
}

// TestSettingUp: what is wrong is said and kept, nobody overwrites what somebody else has done, and what is live is not set up.
func TestSettingUp(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	ada, tom := site.Operate(t, cast.Ada, webtest.NewPasskey()), site.Operate(t, cast.Tom, webtest.NewPasskey())

	for _, wrong := range []url.Values{
		{"name": {"Passerelle Fribourg"}, "slug": {"vaud"}, "canton": {"FR"}}, {"name": {"Passerelle Fribourg"}, "slug": {"No Slug"}, "canton": {"FR"}},
		{"name": {"Passerelle Fribourg"}, "slug": {"fribourg"}, "canton": {""}}, {"name": {" "}, "slug": {"fribourg"}, "canton": {"FR"}},
	} {
		got := ada.Get("/tenants/new").Submit("main form", wrong)
		if got.Status != http.StatusUnprocessableEntity || !got.Has(".govuk-error-summary") || got.Document.Find("[name=slug]").AttrOr("value", "") != wrong.Get("slug") {
			t.Errorf("%v: %d", wrong, got.Status)
		}
	}
	page := named(t, ada)
	at := page.URL.Path
	if page.Has("form[action$='/opening']") {
		t.Error("it can be opened before anything is done")
	}

	// Two have the same step before them: the second is shown what the first has saved, beside what he chose himself.
	hers, his := ada.Get(at+"/languages"), tom.Get(at+"/languages")
	if got := hers.Submit("main form", url.Values{"languages": {"fr"}}); got.Status != http.StatusOK || got.URL.Path != at {
		t.Fatalf("%d %s", got.Status, got.URL)
	}
	conflict := his.Submit("main form", url.Values{"languages": {"de", "it"}})
	if conflict.Status != http.StatusConflict || conflict.Document.Find("[name=languages][checked]").Length() != 2 {
		t.Errorf("%d %d", conflict.Status, conflict.Document.Find("[name=languages][checked]").Length())
	}
	if got := conflict.Submit("main form", url.Values{"languages": {"de", "it"}}); got.URL.Path != at || !strings.Contains(got.Text(), "Deutsch, Italiano") {
		t.Errorf("%d %s", got.Status, got.Text())
	}
	if got := ada.Get(at+"/languages").Submit("main form", url.Values{"languages": {"rm"}}); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("a language that nobody speaks here: %d", got.Status)
	}

	// A blueprint that became another meanwhile is read again.
	if got := ada.Get(at+"/blueprint").Submit("main form", url.Values{"digest": {"00"}}); got.Status != http.StatusConflict {
		t.Errorf("%d", got.Status)
	}
	if text := ada.Get(at + "/blueprint").Text(); !strings.Contains(text, "SPoMi") || !strings.Contains(text, "ATPrDM") {
		t.Error(text)
	}

	// Nobody is expected before there is a way in. A wrong provider is said to be, and the secret is not given back.
	if ada.Get(at + "/administrators").Has("[name=email]") {
		t.Error("somebody can be expected without a way in")
	}
	typed := url.Values{
		"issuer": {"ftp://login.fribourg.example"}, "client_id": {"passerelle"}, "secret": {"hunter2-hunter2"}, "email_domains": {"vaud.example"}, "scopes": {"openid"},
	}
	got := ada.Get(at+"/connection").Submit("#provider-form", typed)
	if got.Status != http.StatusUnprocessableEntity || got.Document.Find("#issuer").AttrOr("value", "") != typed.Get("issuer") || strings.Contains(got.Text()+got.Document.Find("#secret").AttrOr("value", ""), "hunter2") {
		t.Errorf("%d", got.Status)
	}
	typed.Set("issuer", house.Unclaimed.Issuer)
	if got = ada.Get(at+"/connection").Submit("#provider-form", typed); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Document.Find("#email_domains-error").Text(), "vaud.example") {
		t.Errorf("the e-mail domain of Vaud: %d", got.Status)
	}
	checked := url.Values{"act": {"check"}}
	for name, values := range typed {
		checked[name] = values
	}
	if got = ada.Get(at+"/connection").Submit("#provider-form", checked); got.Status != http.StatusOK || !got.Has("#checks table") {
		t.Errorf("looking at the provider: %d\n%s", got.Status, got.Text())
	}
	token := ada.Get(at + "/connection").Values("#provider-form").Get("_csrf")
	if got = ada.Post(at+"/connection/checks", url.Values{"_csrf": {token}, "issuer": {house.Unclaimed.Issuer}, "scopes": {"openid"}}); got.Status != http.StatusOK || got.Document.Find("tbody tr").Length() < 8 {
		t.Errorf("looking at it while one types: %d\n%s", got.Status, got.Text())
	}
	typed.Set("email_domains", "@fribourg.example")
	if got = ada.Get(at+"/connection").Submit("#provider-form", typed); got.URL.Path != at || got.Status != http.StatusOK {
		t.Fatalf("%d %s\n%s", got.Status, got.URL, got.Text())
	}

	// A code is shown once; another is worth what the first was, which is worth nothing then.
	form := ada.Get(at + "/administrators")
	if got = form.Submit("main form", url.Values{"name": {"Aline"}, "email": {"nonsense"}}); got.Status != http.StatusUnprocessableEntity || got.Document.Find("#name").AttrOr("value", "") != "Aline" {
		t.Errorf("%d", got.Status)
	}
	handed := form.Submit("main form", url.Values{"name": {"Aline"}, "email": {"aline@fribourg.example"}})
	code := handed.Document.Find("#code").Text()
	if !strings.HasPrefix(code, "fribourg.") || !strings.Contains(handed.Text(), house.URL) {
		t.Fatal(handed.Text())
	}
	if again := form.Submit("main form", url.Values{"name": {"Aline"}, "email": {"aline@fribourg.example"}}); again.Status != http.StatusUnprocessableEntity || again.Has("#code") {
		t.Errorf("sent twice: %d", again.Status)
	}
	list := ada.Get(at + "/administrators")
	renewal := list.Document.Find("a[href$='/renewal']").AttrOr("href", "")
	other := ada.Get(renewal).Submit("main form", nil)
	if fresh := other.Document.Find("#code").Text(); fresh == "" || fresh == code {
		t.Error(other.Text())
	}
	if strings.Contains(ada.Get(at+"/administrators").Text(), "fribourg.") && strings.Contains(ada.Get(at+"/administrators").Text(), code) {
		t.Error("a code is shown again")
	}

	// What is live is not set up: neither its pages nor its forms, kept from before, do anything.
	for _, step := range stepPages {
		if got := ada.Get(tenantPath(cast.Vaud) + step); got.URL.Path != tenantPath(cast.Vaud) {
			t.Errorf("%s of Vaud: %d %s", step, got.Status, got.URL)
		}
		for _, nothing := range []string{"/tenants/" + ids.New[tenantdb.Tenant]().String(), "/tenants/nonsense"} {
			if got := ada.Get(nothing + step); got.Status != http.StatusNotFound {
				t.Errorf("%s%s: %d", nothing, step, got.Status)
			}
		}
	}
	var before, after string
	state := "select json_agg(t order by slug)::text || (select json_agg(c order by slug)::text from connections c where tenant_id is distinct from $1) from tenants t where tenant_id <> $1"
	fribourg := strings.TrimPrefix(at, "/tenants/")
	scan := func(into *string) {
		t.Helper()
		if err := house.Database.Owner.QueryRow(t.Context(), state, fribourg).Scan(into); err != nil {
			t.Fatal(err)
		}
	}
	scan(&before)
	for path, values := range map[string]url.Values{
		"/organisation": {"name": {"Eve"}, "canton": {"VD"}}, "/languages": {"languages": {"it"}}, "/protection": {"regime": {"federal"}},
		"/connection":     {"id": {ids.New[tenantdb.Tenant]().String()}, "issuer": {house.Unclaimed.Issuer}, "client_id": {"x"}, "secret": {"x"}, "scopes": {"openid"}, "email_domains": {"evil.example"}},
		"/administrators": {"id": {ids.New[tenantdb.Person]().String()}, "name": {"Eve"}, "email": {"eve@evil.example"}},
		"/retention":      retentionview.TypedOf(retention.Schedule{"other": {Months: 1, Outcome: retention.Delete}}),
		"/administrators/" + cast.Anna.ID.String() + "/renewal": {},
	} {
		values.Set("_csrf", token)
		if got := ada.Post(tenantPath(cast.Vaud)+path, values); got.Has("#code") || got.Status == http.StatusOK && got.URL.Path != tenantPath(cast.Vaud) {
			t.Errorf("%s of Vaud: %d %s", path, got.Status, got.URL)
		}
	}
	if scan(&after); before != after {
		t.Error("a live tenant has been changed")
	}
}
