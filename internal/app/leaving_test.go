package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"

	"passerelle/internal/dossiers"
)

// One who administers a tenant gives the key of its archives, and another confirms it; what was given meanwhile is not confirmed unseen.
func TestTheKeyOfAnArchiveTakesTwo(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	anna, boris := site.SignIn(t, cast.Anna), site.SignIn(t, cast.Boris)
	key := func() string {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		return identity.Recipient().String()
	}
	first, second := key(), key()
	stands := func(want string) bool {
		var found string
		if err := site.Database.Owner.QueryRow(t.Context(), "select coalesce((select recipient || ' ' || (confirmed_by is not null) from handover_keys where tenant_id = $1), '')", cast.Vaud.ID).Scan(&found); err != nil {
			t.Fatal(err)
		}
		return found == want
	}
	if got := anna.Get("/departure").Submit("#giving", url.Values{"recipient": {"age1nonsense"}}); got.Status != http.StatusUnprocessableEntity || got.Document.Find("#recipient").AttrOr("value", "") != "age1nonsense" || !got.Has("#recipient-error") {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	for range 2 { // the form is sent twice
		if got := anna.Get("/departure").Submit("#giving", url.Values{"recipient": {first}, "version": {"0"}}); got.Status != http.StatusOK || !strings.Contains(got.Text(), first) || got.Has("#confirmation") {
			t.Fatalf("%d\n%s", got.Status, got.Text())
		}
	}
	seen := boris.Get("/departure")
	if !strings.Contains(seen.Text(), first) || !seen.Has("#confirmation") {
		t.Fatal(seen.Text())
	}
	if got := anna.Get("/departure").Submit("#giving", url.Values{"recipient": {second}}); got.Status != http.StatusOK {
		t.Fatalf("%d", got.Status)
	}
	if got := boris.Get("/departure").Submit("#confirmation", url.Values{"version": {seen.Values("#confirmation").Get("version")}}); got.Status != http.StatusConflict || !stands(second+" false") {
		t.Errorf("what was given meanwhile: %d\n%s", got.Status, got.Text())
	}
	if got := anna.Get("/departure").Submit("#giving", url.Values{"recipient": {key()}, "version": {"0"}}); got.Status != http.StatusConflict || !stands(second+" false") {
		t.Errorf("from an older page: %d\n%s", got.Status, got.Text())
	}
	values := anna.Get("/departure").Values("#giving")
	if got := anna.Post("/departure/key/confirmation", values); got.Status != http.StatusUnprocessableEntity || !stands(second+" false") {
		t.Errorf("by whoever gave it: %d", got.Status)
	}
	if got := boris.Get("/departure").Submit("#confirmation", nil); got.Status != http.StatusOK || !stands(second+" true") {
		t.Fatalf("%d\n%s", got.Status, got.Text())
	}
	// Another key has to be confirmed again.
	if got := boris.Get("/departure").Submit("#giving", url.Values{"recipient": {first}}); got.Status != http.StatusOK || !stands(first+" false") {
		t.Errorf("%d", got.Status)
	}
	if n := counted(t, site, "select count(*) from journal_entries where tenant_id = $1 and action like 'handover_key_%'", cast.Vaud.ID); n != 4 {
		t.Errorf("%d entries", n)
	}
	// Nothing of it is anybody else's, and that everything is to be deleted stands there.
	site.Database.Exec(t, "insert into tenant_removals (tenant_id, due_at, reason) values ($1, now() + interval '30 days', 'asked')", cast.Vaud.ID)
	if !strings.Contains(anna.Get("/departure").Text(), "supprimées ici") || strings.Contains(site.SignIn(t, cast.Diane).Get("/departure").Text(), "supprimées ici") {
		t.Error("who leaves is not told, or others are")
	}
}

func counted(t *testing.T, site *webtest.Site, question string, args ...any) (n int) {
	t.Helper()
	if err := site.Database.Owner.QueryRow(t.Context(), question, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Closed dossiers are kept as long as the organisation has decided; what has been kept for long enough is shown to those who may erase.
func TestRetention(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := cast.Lea.Context(t.Context())
	names := map[string]dossiers.CodeName{}
	ended := func(reason, ago string) string {
		name, err := site.App.Dossiers.Propose(lea)
		if err != nil {
			t.Fatal(err)
		}
		id := ids.New[dossiers.Dossier]()
		if err := site.App.Dossiers.Open(lea, id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
			t.Fatal(err)
		}
		if reason == "" {
			return id.String()
		}
		if err := site.App.Dossiers.Close(lea, id, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: dossiers.ClosureReason(reason)}); err != nil {
			t.Fatal(err)
		}
		site.Database.Exec(t, "update closures set closed_at = now() - $2::interval where dossier_id = $1", id, ago)
		names[reason+" "+ago] = name
		return id.String()
	}
	ended("", "")
	ended("not_trafficking", "13 months")
	ended("not_trafficking", "11 months")
	ended("return", "119 months")
	over := ended("return", "121 months")
	again := ended("return", "130 months")
	site.Database.Exec(t, "update dossiers set aftercare_at = now() where dossier_id = $1", again)
	shown := func(page *webtest.Page) (found []string) {
		for name, code := range names {
			if page.Document.Find("#over-table tbody th:contains('"+string(code)+"')").Length() > 0 {
				found = append(found, name)
			}
		}
		return found
	}
	karim, ruth := site.SignIn(t, cast.Karim), site.SignIn(t, cast.Ruth)
	page := karim.Get("/retention")
	if got := shown(page); len(got) != 2 || !page.Has("#over-table input[name='dossiers'][value='"+over+"']") {
		t.Errorf("%v\n%s", got, page.Text())
	}
	if got := ruth.Get("/retention"); len(shown(got)) != 2 || got.Has("#over-table input") || got.Has("a[href='/retention/edit']") {
		t.Errorf("an auditor is offered to erase, or to decide\n%s", got.Text())
	}
	if got := site.SignIn(t, cast.Marc).Get("/retention"); got.Status != http.StatusOK || len(shown(got)) != 0 {
		t.Errorf("Genève sees %v", shown(got))
	}
	if got := site.SignIn(t, cast.Lea).Get("/dossiers/" + over + "/closure"); !strings.Contains(got.Text(), "À garder jusqu’au") {
		t.Error(got.Text())
	}

	// Decided anew, it holds for what is closed already; two who decide at once see each other's.
	hers, his := karim.Get("/retention/edit"), karim.Get("/retention/edit")
	if got := hers.Submit("main form", url.Values{"months_return": {"many"}}); got.Status != http.StatusUnprocessableEntity || !got.Has("#months_return-error") || got.Document.Find("#months_return").AttrOr("value", "") != "many" {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	if got := hers.Submit("main form", url.Values{"months_return": {"60"}}); got.URL.Path != "/retention" || len(shown(got)) != 3 {
		t.Errorf("%d %v", got.Status, shown(got))
	}
	if got := his.Submit("main form", url.Values{"months_return": {"600"}}); got.Status != http.StatusConflict || got.Document.Find("#months_return").AttrOr("value", "") != "600" || !strings.Contains(got.Text(), "60") {
		t.Errorf("%d\n%s", got.Status, got.Text())
	} else if got = got.Submit("main form", nil); got.URL.Path != "/retention" || len(shown(got)) != 1 {
		t.Errorf("%d %v", got.Status, shown(got))
	}
	if n := counted(t, site, "select count(*) from journal_entries where tenant_id = $1 and action = 'retention_decided'", cast.Vaud.ID); n != 2 {
		t.Errorf("%d entries", n)
	}

	// Ordered, seen by whoever is responsible, and postponed by her, which takes the order back.
	aside := names["not_trafficking 13 months"]
	page = karim.Get("/retention")
	id := page.Document.Find("#over-table tr:contains('"+string(aside)+"') input").AttrOr("value", "")
	if got := page.Submit("#removal", url.Values{"dossiers": {id}, "as": {"delete"}}); got.Status != http.StatusUnprocessableEntity || !got.Has("#as-error") || !got.Has("#over-table input[checked]") {
		t.Errorf("what the rule does not say: %d\n%s", got.Status, got.Text())
	}
	if got := page.Submit("#removal", url.Values{"as": {"anonymise"}}); got.Status != http.StatusUnprocessableEntity || !got.Has(".govuk-error-summary a[href='#dossiers']") {
		t.Errorf("nothing is chosen: %d", got.Status)
	}
	if got := page.Submit("#removal", url.Values{"dossiers": {id}, "as": {"anonymise"}}); got.URL.Path != "/retention" || !strings.Contains(got.Document.Find("#ordered-table").Text(), string(aside)) {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	hand := site.SignIn(t, cast.Lea)
	if got := hand.Get("/work"); !strings.Contains(got.Document.Find("#work-removals").Text(), string(aside)) {
		t.Error(got.Text())
	}
	form := hand.Get("/dossiers/" + id + "/postponement")
	if got := form.Submit("main form", url.Values{"until": {"31.12.2100"}, "ground": {"audit"}}); got.Status != http.StatusUnprocessableEntity || !got.Has("#until-error") {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	until := time.Now().AddDate(0, 6, 0).Format("02.01.2006")
	if got := form.Submit("main form", url.Values{"until": {until}, "ground": {"audit"}}); got.URL.Path != "/dossiers/"+id+"/retention" || !strings.Contains(got.Text(), until) {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	if got := karim.Get("/retention"); got.Has("#ordered-table") || !strings.Contains(got.Document.Find("#postponed-table").Text(), "Léa") {
		t.Error(got.Text())
	}
	if got := form.Submit("main form", url.Values{"until": {time.Now().AddDate(0, 7, 0).Format("02.01.2006")}, "ground": {"audit"}}); got.Status != http.StatusConflict {
		t.Errorf("what somebody else has postponed meanwhile: %d", got.Status)
	}
	for path, browser := range map[string]*webtest.Browser{"/dossiers/" + id + "/retention": site.SignIn(t, cast.Marc), "/dossiers/" + id + "/postponement": site.SignIn(t, cast.Marc)} {
		if got := browser.Get(path); got.Status != http.StatusNotFound {
			t.Errorf("Genève, %s: %d", path, got.Status)
		}
	}
}
