package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, asked) }

// asked is a mandate that somebody who runs the installation asks of Vaud.
func asked(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	id := uuid.NewString()
	site.Database.Exec(t, `insert into mandates (tenant_id, mandate_id, asked_by, asked_name, purpose, acts, hours, asked_at)
		values ($1, $2, gen_random_uuid(), 'Ada', 'Another administrator', '{administrator}', 2, now())`, cast.Vaud.ID, id)
	return map[string]string{"/mandates/": id}
}

// What is announced stands on every page, before sign-in as well, in the reader's language, until the reader hides it; changed, it
// stands there again. What is for one tenant no other sees.
func TestAnAnnouncementStandsOnEveryPage(t *testing.T) {
	site := webtest.Start(t)
	announce := func(tenant any, words string) string {
		id := uuid.NewString()
		site.Database.Exec(t, `insert into announcements (announcement_id, tenant_id, kind, words_fr, words_de, words_it, words_en, from_at, until_at, version, written_by, written_at)
			values ($1, $2, 'maintenance', $3, $3, $3, $3, now() - interval '1 hour', now() + interval '1 hour', 1, 'Ada', now())`, id, tenant, words)
		return id
	}
	all := announce(nil, "Closed on Sunday <b>")
	announce(cast.Vaud.ID, "Vaud alone")
	if err := site.App.Board.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	lea, claire := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Claire)
	shows := func(b *webtest.Browser, words string) bool { return strings.Contains(b.Get("/dossiers").Body, words) }
	if !shows(lea, "Closed on Sunday &lt;b&gt;") || !shows(lea, "Vaud alone") || !shows(claire, "Closed on Sunday") || shows(claire, "Vaud alone") {
		t.Fatal("not everybody sees what is for them, and nothing else")
	}
	if body := site.Open(t).Get("/signin").Body; !strings.Contains(body, "Closed on Sunday") || strings.Contains(body, "Vaud alone") {
		t.Error("whoever signs in is not told what is for everybody, or more than that")
	}
	value := func(name string) string {
		_, rest, _ := strings.Cut(lea.Get("/dossiers").Body, `name="`+name+`" value="`)
		found, _, _ := strings.Cut(rest, `"`)
		return found
	}
	token := value("announcement")
	if page := lea.Post("/announcements/hiding", url.Values{"_csrf": {value("_csrf")}, "announcement": {token}, "_page": {"/dossiers"}}); page.Status != http.StatusOK || len(token) != 12 {
		t.Fatalf("hiding: %d, %q", page.Status, token)
	}
	if body := lea.Get("/dossiers").Body; strings.Contains(body, token) {
		t.Error("what was hidden is shown")
	}
	site.Database.Exec(t, "update announcements set version = 2, words_fr = 'Closed on Monday', words_de = 'Closed on Monday', words_it = 'Closed on Monday', words_en = 'Closed on Monday' where announcement_id = $1", all)
	if err := site.App.Board.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !shows(lea, "Closed on Monday") {
		t.Error("what has changed stays hidden")
	}
}
