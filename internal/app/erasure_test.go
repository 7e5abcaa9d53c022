package app_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

// erased is a dossier that Karim has erased, as his page does it.
func erased(t *testing.T, site *webtest.Site, about things) {
	t.Helper()
	ctx := cast.Karim.Context(t.Context())
	id := ids.MustParse[dossiers.Dossier](about.dossier)
	site.Database.Exec(t, "update circles set closed_at = now(), closed_by = opened_by where dossier_id = $1", id)
	prospect, err := site.App.Erasures.Prepare(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.App.Erasures.Erase(ctx, id, erasures.Order{Reason: "person_asked", CodeName: string(prospect.Mention.CodeName)}); err != nil {
		t.Fatal(err)
	}
}

var ofADossier = []string{
	"dossiers", "beneficiaries", "situations", "consents", "referrals", "messages", "events", "findings", "reflections", "stays", "presences", "proceedings", "inquiries", "circles", "circle_members", "successions", "notes", "note_versions", "moves", "received_files", "guardians", "protection_reports", "safety_plans", "identifications",
}

// backup copies the data as a backup would, and gives what puts it back, whatever became of it meanwhile.
func backup(t *testing.T, site *webtest.Site) (restore func()) {
	t.Helper()
	var kept []string
	for _, table := range ofADossier {
		site.Database.Exec(t, "create table migrations.backup_"+table+" as table public."+table)
		kept = append(kept, table)
	}
	return func() {
		t.Helper()
		tx, err := site.Database.Owner.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
		// As pg_restore does: constraints and triggers stand aside.
		if _, err := tx.Exec(t.Context(), "set local session_replication_role = replica"); err != nil {
			t.Fatal(err)
		}
		for _, table := range kept {
			if _, err := tx.Exec(t.Context(), "delete from "+table, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
			var columns string
			if err := tx.QueryRow(t.Context(), "select string_agg(column_name, ', ') from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'", table).Scan(&columns); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), "insert into "+table+" ("+columns+") select "+columns+" from migrations.backup_"+table, pgx.QueryExecModeSimpleProtocol); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestT39 backs up the data, erases a dossier, and restores the backup beside the present keys: the rows are there, and
// nobody reads them.
func TestT39(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	mine, other := amina(t, site), amina(t, site)
	karim, noe, lea := site.SignIn(t, cast.Karim), site.SignIn(t, cast.Noe), site.SignIn(t, cast.Lea)
	for _, page := range []*webtest.Page{karim.Get("/dossiers/" + mine.dossier), noe.Get("/inbox/" + mine.sent)} {
		if page.Status != http.StatusOK || !strings.Contains(page.Body, "Canary") {
			t.Fatalf("before: %d", page.Status)
		}
	}
	restore := backup(t, site)
	erased(t, site, mine)

	t.Run("nothing of it is there", func(t *testing.T) {
		for _, table := range ofADossier {
			var n int
			column := "dossier_id"
			if table == "messages" {
				column = "referral_id"
			}
			if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from "+table+" where "+column+" in ($1, $2, $3)", mine.dossier, mine.sent, mine.draft).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows of %s, %v", n, table, err)
			}
		}
		for path, browser := range map[string]*webtest.Browser{"/dossiers/" + mine.dossier: lea, "/referrals/" + mine.sent: lea, "/inbox/" + mine.sent: noe, "/consents/" + mine.consent + "/withdrawal": lea} {
			if page := browser.Get(path); page.Status != http.StatusNotFound {
				t.Errorf("%s: %d", path, page.Status)
			}
		}
		var n, there int
		if err := site.Database.Owner.QueryRow(t.Context(), "select dossiers, (select count(*) from dossiers as d where d.tenant_id = c.tenant_id) from dossier_counts as c where tenant_id = $1", cast.Vaud.ID).Scan(&n, &there); err != nil || n != there || n == 0 {
			t.Errorf("%d dossiers are counted, and there are %d, %v", n, there, err)
		}
	})
	t.Run("the other one stays", func(t *testing.T) {
		if page := lea.Get("/dossiers/" + other.dossier); page.Status != http.StatusOK || !strings.Contains(page.Body, "Canary") {
			t.Errorf("got %d", page.Status)
		}
	})
	t.Run("tombstones, a certificate and the journal say so", func(t *testing.T) {
		var tombstones, entries int
		if err := site.Database.Owner.QueryRow(t.Context(), "select (select count(*) from keys.tombstones where holder_id in ($1, $2, $3)), (select count(*) from journal_entries where dossier_id = $1 and action = 'dossier_erased' and reason = 'person_asked' and person_id = $4)",
			mine.dossier, mine.sent, mine.draft, cast.Karim.ID).Scan(&tombstones, &entries); err != nil || tombstones != 3 || entries != 1 {
			t.Errorf("%d tombstones, %d entries, %v", tombstones, entries, err)
		}
		page := karim.Get("/erasures/" + mine.dossier)
		if page.Status != http.StatusOK || !strings.Contains(page.Text(), "Karim Benali") || !strings.Contains(page.Text(), "La personne l’a demandé") || strings.Contains(page.Body, "Canary") {
			t.Errorf("the certificate: %d\n%s", page.Status, page.Text())
		}
	})

	restore()
	t.Run("an old backup brings back nothing that can be read", func(t *testing.T) {
		for path, browser := range map[string]*webtest.Browser{
			"/dossiers/" + mine.dossier: lea, "/dossiers/" + mine.dossier + "/edit": lea, "/referrals/" + mine.sent: lea,
			"/referrals/" + mine.draft + "/edit": lea, "/referrals/" + mine.draft + "/preview": lea, "/inbox/" + mine.sent: noe,
		} {
			if page := browser.Get(path); page.Status != http.StatusGone || strings.Contains(page.Body, "Canary") {
				t.Errorf("%s: %d", path, page.Status)
			}
		}
		ring := site.Database.Ring(t)
		for _, holder := range []keys.Holder{
			dossiers.HolderOf(ids.MustParse[dossiers.Dossier](mine.dossier)),
			{Kind: keys.Referral, ID: ids.MustParse[timeline.Referral](mine.sent).UUID()}, {Kind: keys.Referral, ID: ids.MustParse[timeline.Referral](mine.draft).UUID()},
		} {
			if _, err := ring.Box(cast.Lea.Context(t.Context()), holder); !errors.Is(err, keys.ErrDestroyed) {
				t.Errorf("a box of a %s: %v", holder.Kind, err)
			}
			if err := ring.Create(cast.Lea.Context(t.Context()), holder); !errors.Is(err, keys.ErrDestroyed) {
				t.Errorf("new keys for a %s: %v", holder.Kind, err)
			}
		}
		if page := lea.Post("/dossiers/search", url.Values{"_csrf": {lea.Token()}, "sought": {"Canaryname"}}); strings.Contains(page.Text(), mine.dossier) || page.Status != http.StatusOK {
			t.Errorf("the search: %d", page.Status)
		}
		if page := lea.Get("/dossiers/" + other.dossier); !strings.Contains(page.Body, "Canary") {
			t.Error("the other dossier cannot be read either")
		}
	})
	t.Run("erasing once more finishes it", func(t *testing.T) {
		if page := karim.Get("/dossiers/" + mine.dossier + "/erasure"); !strings.Contains(page.Text(), "Les clés de ce dossier ont été détruites le") {
			t.Errorf("the page does not say so:\n%s", page.Text())
		}
		var before, after string
		certificate := "select r::text from keys.certificates r where dossier_id = $1"
		if err := site.Database.Owner.QueryRow(t.Context(), certificate, mine.dossier).Scan(&before); err != nil {
			t.Fatal(err)
		}
		erased(t, site, mine)
		if page := lea.Get("/dossiers/" + mine.dossier); page.Status != http.StatusNotFound {
			t.Errorf("got %d", page.Status)
		}
		if err := site.Database.Owner.QueryRow(t.Context(), certificate, mine.dossier).Scan(&after); err != nil || before != after {
			t.Errorf("the certificate was %s and is %s, %v", before, after, err)
		}
	})
}

// TestErasing tries the form: who may, what has to be filled in, sent twice, and that what fails leaves everything.
func TestErasing(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	about := amina(t, site)
	site.Database.Exec(t, "update circles set closed_at = now(), closed_by = opened_by where dossier_id = $1", about.dossier)
	karim, lea, marc := site.SignIn(t, cast.Karim), site.SignIn(t, cast.Lea), site.SignIn(t, cast.Marc)
	path := "/dossiers/" + about.dossier + "/erasure"
	if page := lea.Get(path); page.Status != http.StatusForbidden {
		t.Errorf("a caseworker gets %d", page.Status)
	}
	if page := marc.Get(path); page.Status != http.StatusNotFound {
		t.Errorf("another canton gets %d", page.Status)
	}
	page := karim.Get(path)
	name := strings.TrimSpace(page.Document.Find(".pas-heading__caption").Text())
	form := page.Values("main form")
	form.Set("code_name", "Autre")
	if page := karim.Post(path, form); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text(), "Choisissez une raison.") ||
		!strings.Contains(page.Text(), "Ce n’est pas le nom de code de ce dossier") || page.Document.Find("[name=code_name]").AttrOr("value", "") != "Autre" {
		t.Errorf("got %d\n%s", page.Status, page.Text())
	}
	form.Set("code_name", strings.ToUpper(name))
	form.Set("reason", "person_asked")

	t.Run("what the keys cannot do leaves the rows", func(t *testing.T) {
		site.Database.Exec(t, "alter table keys.certificates add constraint none check (false) not valid")
		if page := karim.Post(path, form); page.Status < 500 {
			t.Errorf("got %d", page.Status)
		}
		site.Database.Exec(t, "alter table keys.certificates drop constraint none")
		if page := lea.Get("/dossiers/" + about.dossier); page.Status != http.StatusOK || !strings.Contains(page.Body, "Canary") {
			t.Errorf("the dossier is half gone: %d", page.Status)
		}
	})
	t.Run("without an entry of the journal nothing is erased", func(t *testing.T) {
		site.Database.Exec(t, "alter table journal_entries add constraint none check (action <> 'dossier_erased') not valid")
		if page := karim.Post(path, form); page.Status != http.StatusServiceUnavailable {
			t.Errorf("got %d", page.Status)
		}
		site.Database.Exec(t, "alter table journal_entries drop constraint none")
		if page := lea.Get("/dossiers/" + about.dossier); page.Status != http.StatusOK {
			t.Errorf("the dossier is half gone: %d", page.Status)
		}
	})
	for range 2 {
		if page := karim.Post(path, form); page.Status != http.StatusOK || page.URL.Path != "/erasures/"+about.dossier {
			t.Errorf("got %d %s", page.Status, page.URL)
		}
	}
	if page := marc.Get("/erasures/" + about.dossier); page.Status != http.StatusNotFound {
		t.Errorf("another canton sees the certificate: %d", page.Status)
	}
	if page := karim.Get("/erasures"); !strings.Contains(page.Text(), name) {
		t.Errorf("the list does not name it:\n%s", page.Text())
	}
	if err := site.App.Erasures.Erase(cast.Lea.Context(t.Context()), ids.New[dossiers.Dossier](), erasures.Order{}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("a caseworker erases: %v", err)
	}
}
