package app_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/internal/webtest"
)

// entries counts what the journal says that somebody did about Amina.
func entries(t *testing.T, site *webtest.Site, person cast.Person, about things) (n int) {
	t.Helper()
	if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where person_id = $1 and dossier_id = $2 and request_id is not null", person.ID, about.dossier).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// aboutSomething says whether a route shows or changes something of a dossier or a referral. An alert is about somebody who
// works here: its acts have entries of their own, and tests in internal/alerts. That somebody has seen a reminder of a date,
// which lies in clear, is about nobody else. A file that somebody brings in is of no dossier yet: what comes of it leaves its
// entries, which internal/imports counts. The directory of offices is about nobody who is accompanied: what is changed in it leaves
// entries of no dossier, which internal/offices counts. A mandate is given by a tenant to those who run the installation, and reaches
// no dossier. An emergency is about another dossier than Amina's, which internal/restrictions counts the entries of.
func aboutSomething(route web.Route) bool {
	return strings.Contains(route.Path, ":id") && !strings.HasSuffix(route.Path, "/live") && !strings.HasPrefix(route.Path, "/alerts/") && !strings.HasPrefix(route.Path, "/reminders/") &&
		!strings.HasPrefix(route.Path, "/imports/") && !strings.HasPrefix(route.Path, "/offices/") && !strings.HasPrefix(route.Path, "/agreements/") &&
		!strings.HasPrefix(route.Path, "/bodies/") && !strings.HasPrefix(route.Path, "/emergencies/") && !strings.HasPrefix(route.Path, "/mandates/")
}

// TestEveryLookIsInTheJournal opens every page and sends every form as everybody who may: where something of Amina
// leaves the process, or changes, the journal has one entry more of whoever asked.
func TestEveryLookIsInTheJournal(t *testing.T) {
	site := webtest.Start(t)
	people := []cast.Person{cast.Lea, cast.Karim, cast.Ruth, cast.Noe}
	browsers := map[string]*webtest.Browser{}
	for _, person := range people {
		browsers[person.Name] = site.SignIn(t, person)
	}
	shown, acts := 0, 0
	// Whoever only looks, may not, or is refused leaves everything as it is for the next.
	about := amina(t, site)
	for _, route := range site.App.Web.Routes() {
		if !aboutSomething(route) {
			continue
		}
		t.Run(route.Method+route.Path, func(t *testing.T) {
			for _, person := range people {
				decoy := strings.HasSuffix(route.Path, "/decoy/destroy")
				if decoy {
					if err := site.App.Alerts.Mark(cast.Karim.Context(t.Context()), ids.MustParse[journal.Dossier](about.dossier)); err != nil {
						t.Fatal(err)
					}
				}
				before := entries(t, site, person, about)
				page := ask(browsers[person.Name], route, about)
				if page.Status >= 500 {
					t.Fatalf("%s: %d\n%s", person.Name, page.Status, site.Log)
				}
				tells := strings.Contains(page.Body, "Canary")
				if tells {
					shown++
				}
				acted := route.Method == http.MethodPost && page.Status < 400
				if after := entries(t, site, person, about); (tells || acted) && after <= before {
					t.Errorf("%s got %d and left no entry", person.Name, page.Status)
				} else if !access.May(person.Role, route.Action) && after != before {
					t.Errorf("%s, who may not, left %d entries", person.Name, after-before)
				}
				if acted {
					acts++
				}
				if acted || decoy {
					about = amina(t, site)
				}
			}
		})
	}
	if shown < 20 {
		t.Errorf("only %d answers told of Amina: the test sees too little", shown)
	}
	if acts < 20 {
		t.Errorf("only %d forms were taken: the test does too little", acts)
	}
	t.Logf("%d answers told of Amina, %d forms were taken", shown, acts)
}

// TestT14 has the journal take nothing, at once or only when it is committed: then nobody sees anything, and nothing changes.
func TestT14(t *testing.T) {
	t.Run("no right to write", func(t *testing.T) {
		testT14(t, "revoke insert on journal_entries from passerelle_app",
			"revoke insert (tenant_id, entry_id, person_id, role, office_id, action, dossier_id, referral_id, data_classes, reason, request_id) on journal_entries from passerelle_app")
	})
	t.Run("no commit", func(t *testing.T) {
		testT14(t, "create function fail() returns trigger language plpgsql as 'begin raise exception ''no''; end'",
			"create constraint trigger fail after insert on journal_entries deferrable initially deferred for each row execute function fail()")
	})
}

func testT14(t *testing.T, taking ...string) {
	site := webtest.Start(t)
	about := amina(t, site)
	lea, noe := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Noe)
	state := func() (all string) {
		t.Helper()
		for _, table := range []string{"dossiers", "beneficiaries", "situations", "consents", "referrals", "messages", "events", "journal_entries"} {
			var rows string
			if err := site.Database.Owner.QueryRow(t.Context(), "select coalesce(string_agg(r::text, ',' order by r::text), '') from "+table+" r").Scan(&rows); err != nil {
				t.Fatal(err)
			}
			all += rows
		}
		return all
	}
	for _, statement := range taking {
		site.Database.Exec(t, statement)
	}
	before := state()
	for path, browser := range map[string]*webtest.Browser{"/dossiers/" + about.dossier: lea, "/dossiers/" + about.dossier + "/edit": lea,
		"/referrals/" + about.sent: lea, "/referrals/" + about.draft + "/preview": lea, "/referrals/" + about.draft + "/edit": lea, "/inbox/" + about.sent: noe} {
		if page := browser.Get(path); page.Status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503", path, page.Status)
		}
	}
	// Throwing a draft away destroys its keys before it commits, as decision 19 says: what opens one has been asked by now.
	for _, route := range site.App.Web.Routes() {
		if route.Action == access.Anyone || route.Action == access.SignedIn || strings.HasSuffix(route.Path, "/live") {
			continue
		}
		for person, browser := range map[cast.Person]*webtest.Browser{cast.Lea: lea, cast.Noe: noe} {
			if !access.May(person.Role, route.Action) {
				continue
			}
			page := ask(browser, route, about)
			if strings.Contains(page.Body, "Canary") {
				t.Errorf("%s %s: %d, and %s reads of Amina", route.Method, route.Path, page.Status, person.Name)
			}
			if page.Status == http.StatusServiceUnavailable && !strings.Contains(page.Text(), "le journal n’accepte rien") {
				t.Errorf("%s %s does not say why:\n%s", route.Method, route.Path, page.Text())
			}
			if page.Status >= 500 && page.Status != http.StatusServiceUnavailable {
				t.Errorf("%s %s: %d", route.Method, route.Path, page.Status)
			}
		}
	}
	for _, path := range []string{"/dossiers", "/work"} {
		if page := lea.Get(path); page.Status != http.StatusOK {
			t.Errorf("%s, which opens nothing: %d", path, page.Status)
		}
	}
	if state() != before {
		t.Error("something changed, and no entry tells of it")
	}
}

// TestT37InTheJournal: whoever meets something sealed that was moved or changed is told that it failed, nothing of it is
// shown, and the journal knows.
func TestT37InTheJournal(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, noe := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Noe)
	for name, forgery := range map[string]struct {
		statement string
		path      func(things) string
		browser   *webtest.Browser
		person    cast.Person
	}{
		"another dossier's person":  {"update beneficiaries b set particulars = o.particulars from beneficiaries o where b.dossier_id = $1 and o.dossier_id = $2", func(a things) string { return "/dossiers/" + a.dossier }, lea, cast.Lea},
		"another referral's slice":  {"update referrals r set slice = o.slice from referrals o where r.dossier_id = $1 and r.sent_at is not null and o.dossier_id = $2 and o.sent_at is not null", func(a things) string { return "/inbox/" + a.sent }, noe, cast.Noe},
		"a request of another kind": {"update referrals r set request = b.particulars from beneficiaries b where r.dossier_id = $1 and b.dossier_id = $2", func(a things) string { return "/referrals/" + a.sent }, lea, cast.Lea},
	} {
		t.Run(name, func(t *testing.T) {
			mine, other := amina(t, site), amina(t, site)
			site.Database.Exec(t, "alter table referrals disable trigger referrals_are_frozen_once_sent")
			tag, err := site.Database.Owner.Exec(t.Context(), forgery.statement, mine.dossier, other.dossier)
			if err != nil || tag.RowsAffected() == 0 {
				t.Fatalf("%d rows: %v", tag.RowsAffected(), err)
			}
			page := forgery.browser.Get(forgery.path(mine))
			if page.Status != http.StatusInternalServerError || strings.Contains(page.Body, "Canary") {
				t.Errorf("got %d", page.Status)
			}
			var n int
			if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where person_id = $1 and dossier_id = $2 and action = $3", forgery.person.ID, mine.dossier, journal.Unreadable).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d entries, %v", n, err)
			}
		})
	}
}

// note is a row that a use case opens.
type note struct {
	Words keys.Sealed[string] `bun:"words"`
}

func (*note) Place() keys.Place { return keys.Place{Table: "notes", Row: "1"} }

// TestAForgetfulHandlerShowsNothing: what was opened and is in no entry does not leave the process.
func TestAForgetfulHandlerShowsNothing(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	holder := keys.Holder{Kind: keys.Dossier, ID: ids.New[things]().UUID()}
	ctx := cast.Lea.Context(t.Context())
	if err := ring.Create(ctx, holder); err != nil {
		t.Fatal(err)
	}
	box, err := ring.Box(ctx, holder)
	if err != nil {
		t.Fatal(err)
	}
	sealed := note{keys.Of("Canarywords")}
	if err := box.Seal(&sealed); err != nil {
		t.Fatal(err)
	}
	server := web.New(web.Options{
		Origin: "http://127.0.0.1", Journal: journal.New(db.App, time.Now), Log: slog.New(slog.DiscardHandler),
		Session: func(c *fiber.Ctx) error {
			principal := cast.Lea.Principal()
			web.Enter(c, web.Visitor{SignedIn: true, Principal: &principal})
			return c.Next()
		},
	})
	open := func(c *fiber.Ctx) error {
		box, err := ring.Box(c.UserContext(), holder)
		if err != nil {
			return err
		}
		row := note{}
		if err := errors.Join(row.Words.Scan(sealed.Words.Ciphertext()), box.Open(&row)); err != nil {
			return err
		}
		return c.SendString(row.Words.Get())
	}
	record := func(ctx context.Context, tx tenantdb.Tx) error {
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: ids.From[journal.Dossier](holder.ID)})
	}
	server.Register(func(r *web.Routes) {
		r.Get("/forgets", access.DossierShow, open)
		r.Get("/records", access.DossierShow, func(c *fiber.Ctx) error {
			return errors.Join(db.App.Write(c.UserContext(), record), open(c))
		})
		r.Get("/rolls-back", access.DossierShow, func(c *fiber.Ctx) error {
			_ = db.App.Write(c.UserContext(), func(ctx context.Context, tx tenantdb.Tx) error {
				return errors.Join(record(ctx, tx), fault.Conflict("x"))
			})
			return open(c)
		})
		r.Get("/refuses-and-commits", access.DossierShow, func(c *fiber.Ctx) error {
			err := db.App.Write(c.UserContext(), func(ctx context.Context, tx tenantdb.Tx) error {
				return errors.Join(record(ctx, tx), tenantdb.AndCommit(fault.Conflict("x")))
			})
			if !errors.Is(err, fault.Conflict("")) {
				return err
			}
			return open(c)
		})
	})
	server.Ready()
	for path, want := range map[string]int{"/forgets": 500, "/rolls-back": 500, "/records": 200, "/refuses-and-commits": 200} {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Host = "127.0.0.1"
		response, err := server.App().Test(request, -1)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		if response.StatusCode != want || strings.Contains(string(body), "Canary") != (want == 200) {
			t.Errorf("%s: %d\n%s", path, response.StatusCode, body)
		}
	}
}
