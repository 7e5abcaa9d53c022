package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/webtest"
)

// That an organisation is deleted is planned by whoever types its name, once, and taken back; nothing of it changes meanwhile.
func TestPlanningADeletion(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	ada, tom := site.Operate(t, cast.Ada, webtest.NewPasskey()), site.Operate(t, cast.Tom, webtest.NewPasskey())
	at := tenantPath(cast.Vaud)
	count := func(question string) (n int) {
		t.Helper()
		if err := house.Database.Owner.QueryRow(t.Context(), question).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	form, his := ada.Get(at).Follow("a[href$='/removal']"), tom.Get(at+"/removal")
	for field, typed := range map[string]url.Values{"reason": {"slug": {"vaud"}}, "slug": {"slug": {"geneve"}, "reason": {"asked"}}} {
		if got := form.Submit("main form", typed); got.Status != http.StatusUnprocessableEntity || !got.Has("#"+field+"-error") || got.Document.Find("#slug").AttrOr("value", "") != typed.Get("slug") {
			t.Errorf("%s: %d\n%s", field, got.Status, got.Text())
		}
	}
	typed := url.Values{"slug": {"vaud"}, "reason": {"asked"}}
	if got := form.Submit("main form", typed); got.URL.Path != at || !got.Has("#keeping") || !strings.Contains(got.Text(), "passerelle tenant delete vaud") {
		t.Fatalf("%d\n%s", got.Status, got.Text())
	}
	if got := his.Submit("main form", typed); got.Status != http.StatusConflict || count("select count(*) from tenant_removals") != 1 {
		t.Errorf("a second time: %d", got.Status)
	}
	if got := ada.Get(at + "/removal"); got.URL.Path != at {
		t.Errorf("%s", got.URL)
	}
	if got := house.SignIn(t, cast.Lea).Get("/dossiers"); got.Status != http.StatusOK {
		t.Errorf("the staff cannot work any more: %d", got.Status)
	}
	if got := tom.Get(at).Submit("#keeping", nil); got.URL.Path != at || got.Has("#keeping") {
		t.Errorf("%d\n%s", got.Status, got.Text())
	}
	if count("select count(*) from tenant_removals where withdrawn_at is null") != 0 || count("select count(*) from journal_entries where role = 'platform' and action in ('removal_planned', 'removal_withdrawn')") != 2 ||
		count("select count(*) from console.acts where action = 'removal_planned' and operator_id = '"+cast.Ada.ID+"'") != 1 {
		t.Error("it is not taken back, or not written down")
	}
}
