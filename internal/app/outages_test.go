package app_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/clamd"
	"passerelle/internal/clamd/clamdtest"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/files"
	"passerelle/internal/ids"
	"passerelle/internal/mail"
	"passerelle/internal/outages"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

// post is a mail server that can be away.
type post struct {
	away atomic.Bool
	sent atomic.Int32
}

var errAway = errors.New("away")

func (p *post) Reach(context.Context) error {
	if p.away.Load() {
		return errAway
	}
	return nil
}

func (p *post) Send(ctx context.Context, _ mail.Message) error {
	if err := p.Reach(ctx); err != nil {
		return err
	}
	p.sent.Add(1)
	return nil
}

// said is a piece of what the banner says of each thing.
var said = map[outages.Thing]string{
	outages.Database: "La base de données ne répond pas", outages.Room: "plus de place", outages.Keys: "qui garde les clés",
	outages.Provider: "votre organisation se connecte", outages.Documents: "où ils sont conservés", outages.Scanner: "ne sont pas examinés", outages.Mail: "e-mails ne partent pas",
}

// dependent is an application of which everything that others run can be made to fail.
type dependent struct {
	*webtest.Site
	things     things
	data, keys *webtest.Gate
	bucket     *webtest.Gate
	scanner    *clamdtest.Daemon
	post       *post
	ahead      atomic.Int64
	disk       atomic.Int64 // how full it is, in per cent
	lea, noe   *webtest.Browser
	given      string // a document
}

func newDependent(t *testing.T) *dependent {
	t.Helper()
	memory := s3mem.New()
	if err := memory.CreateBucket("documents"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(memory).Server())
	t.Cleanup(server.Close)
	d := &dependent{scanner: clamdtest.Start(t), post: &post{}}
	d.bucket = webtest.NewGate(t, "tcp", "", strings.TrimPrefix(server.URL, "http://"))
	store, err := files.OpenBucket("http://"+d.bucket.Address+"/documents", "eu-central-1", "key", "secret")
	if err != nil {
		t.Fatal(err)
	}
	scanner, err := clamd.Open(d.scanner.Address)
	if err != nil {
		t.Fatal(err)
	}
	database := pgtest.New(t)
	d.Site = webtest.StartOn(t, database, func(o *app.Options) {
		o.DatabaseURL, d.data = webtest.Postgres(t, o.DatabaseURL)
		o.KeysDatabaseURL, d.keys = webtest.Postgres(t, o.KeysDatabaseURL)
		o.Files, o.Scanner, o.Post, o.ReachEvery = store, scanner, d.post, 20*time.Millisecond
		o.Clock = func() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }
		o.Room = outages.Disks(func(string) (float64, error) { return float64(d.disk.Load()), nil }, "where the data lies")
	})
	d.things = amina(t, d.Site)
	d.lea, d.noe = d.SignIn(t, cast.Lea), d.SignIn(t, cast.Noe)
	d.given = d.handIn(t)
	d.until(t, "the scanner has looked", func() bool { return d.lea.Get("/documents/" + d.given).Has("form[action$='/ticket']") })
	return d
}

// handIn keeps a document of Amina's.
func (d *dependent) handIn(t *testing.T) string {
	t.Helper()
	id := ids.New[documents.Document]()
	handed := documents.Handed{Label: documents.Label{Title: "Permis", DataClass: access.Permit}, File: pictured(t)}
	if err := d.App.Documents.Add(cast.Lea.Context(t.Context()), ids.MustParse[dossiers.Dossier](d.things.dossier), id, handed); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func (d *dependent) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

// banner is what a page says that does not work.
func banner(page *webtest.Page) string {
	return page.Document.Find("section.pas-announcements [role=status]").Text()
}

// tells waits for the banner to say of a thing, and of nothing else, that it does not work; or for it to be gone. So does the figure.
func (d *dependent) tells(t *testing.T, thing outages.Thing, gone bool) {
	t.Helper()
	d.until(t, string(thing)+" in the banner", func() bool { return strings.Contains(banner(d.lea.Get("/tasks")), said[thing]) == gone })
	for other, words := range said {
		if strings.Contains(banner(d.lea.Get("/tasks")), words) != (gone && other == thing) {
			t.Errorf("of %s it says %q", other, banner(d.lea.Get("/tasks")))
		}
	}
	figure := map[bool]string{true: "1", false: "0"}[gone]
	if want := `passerelle_out_of_reach{what="` + string(thing) + `"} ` + figure; !strings.Contains(scraped(t, d.Site), want) {
		t.Errorf("no %s", want)
	}
}

// works says which pages are shown as ever, to staff and to an office.
func (d *dependent) works(t *testing.T, staff ...string) {
	t.Helper()
	for _, path := range staff {
		if page := d.lea.Get(path); page.Status != http.StatusOK {
			t.Errorf("%s: %d %s", path, page.Status, page.Text())
		}
	}
	if page := d.noe.Get("/inbox"); page.Status != http.StatusOK {
		t.Errorf("the inbox: %d %s", page.Status, page.Text())
	}
}

// note is a task of Léa's, as a form of hers sends it.
func (d *dependent) note(t *testing.T) *webtest.Page {
	t.Helper()
	return d.lea.Post("/tasks", url.Values{
		"_csrf": {d.lea.Token()}, "id": {ids.New[documents.Document]().String()}, "text": {"Appeler"}, "kind": {"other"}, "due_on": {time.Now().AddDate(0, 1, 0).Format("02.01.2006")}, "assignee": {cast.Lea.ID.String()},
	})
}

// TestT59 has everything fail, one after the other, that others run. What does not need it goes on, pages say what does not work, and
// when it is back everything is as before, without anybody having done anything.
func TestT59(t *testing.T) {
	t.Parallel()
	d := newDependent(t)
	file := "/dossiers/" + d.things.dossier
	everything := []string{"/tasks", "/work", "/dossiers", file, "/documents/" + d.given}
	d.lea.Token()
	d.tells(t, outages.Keys, false)
	d.works(t, everything...)

	t.Run("keys", func(t *testing.T) {
		d.keys.Shut()
		d.tells(t, outages.Keys, true)
		d.works(t, "/dossiers")
		if page := d.noe.Get("/inbox"); !strings.Contains(banner(page), said[outages.Keys]) {
			t.Errorf("the office is told %q", banner(page))
		}
		if page := d.lea.Get(file); page.Status != http.StatusServiceUnavailable || !strings.Contains(page.Document.Find("main").Text(), "Ce qui est chiffré") || strings.Contains(page.Body, "Canaryname") {
			t.Errorf("a dossier: %d %s", page.Status, page.Text())
		}
		if page := d.note(t); page.Status != http.StatusServiceUnavailable {
			t.Errorf("a task: %d", page.Status)
		}
		// Who is out comes in, though what we show to the provider is sealed.
		if page := d.SignIn(t, cast.Karim).Get("/dossiers"); page.Status != http.StatusOK {
			t.Errorf("who has just signed in: %d", page.Status)
		}
		// What never answers is told in time as well, and not as something that was slow.
		d.keys.Stall()
		if page := d.lea.Get(file); page.Status != http.StatusServiceUnavailable || !strings.Contains(page.Document.Find("main").Text(), "Ce qui est chiffré") {
			t.Errorf("a dossier, of which the keys never come: %d %s", page.Status, page.Text())
		}
		d.keys.Open()
		d.tells(t, outages.Keys, false)
		d.works(t, everything...)
	})
	t.Run("scanner", func(t *testing.T) {
		d.scanner.Stop()
		d.tells(t, outages.Scanner, true)
		d.works(t, everything...)
		if words := banner(d.noe.Get("/inbox")); words != "" {
			t.Errorf("an office, which sees no document, is told %q", words)
		}
		waits := "/documents/" + d.handIn(t)
		if d.lea.Get(waits).Has("form[action$='/ticket']") || !d.lea.Get("/documents/"+d.given).Has("form[action$='/ticket']") {
			t.Error("what nobody has looked at is given out, or what somebody has is not")
		}
		d.scanner.Resume()
		d.tells(t, outages.Scanner, false)
		d.until(t, "what waited is looked at", func() bool { return d.lea.Get(waits).Has("form[action$='/ticket']") })
	})
	t.Run("documents", func(t *testing.T) {
		d.bucket.Shut()
		d.tells(t, outages.Documents, true)
		d.works(t, everything...)
		page := d.lea.Get("/documents/"+d.given).Submit("form[action$='/ticket']", nil)
		if page.Header.Get("Content-Disposition") != "" || !strings.Contains(page.Text(), "L’emplacement des documents ne répond pas") {
			t.Errorf("taken: %d %s", page.Status, page.Text())
		}
		d.bucket.Open()
		d.tells(t, outages.Documents, false)
		if page := d.lea.Get("/documents/"+d.given).Submit("form[action$='/ticket']", nil); !strings.HasPrefix(page.Body, "\x89PNG") {
			t.Errorf("taken: %d %s", page.Status, page.Text())
		}
	})
	t.Run("mail", func(t *testing.T) {
		d.post.away.Store(true)
		d.tells(t, outages.Mail, true)
		d.works(t, everything...)
		page := d.SignIn(t, cast.Anna).Get("/invitations/new").Submit("form[action='/invitations']", url.Values{"name": {"Ruth Keller"}, "email": {"ruth.keller@vaud.example"}, "role": {"caseworker"}})
		if page.Status != http.StatusOK || !strings.Contains(page.Text(), "L’invitation part à l’instant") {
			t.Fatalf("who invites waits for the mail: %d %s", page.Status, page.Text())
		}
		before := d.post.sent.Load()
		d.post.away.Store(false)
		d.tells(t, outages.Mail, false)
		d.until(t, "the mail goes", func() bool { return d.post.sent.Load() > before })
	})
	t.Run("provider", func(t *testing.T) {
		d.StopProvider(t)
		d.tells(t, outages.Provider, true)
		d.works(t, everything...)
		d.StartProvider(t)
		d.tells(t, outages.Provider, false)
		d.SignIn(t, cast.Claire)
	})
	t.Run("room", func(t *testing.T) {
		d.Database.Exec(t, "create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$")
		d.Database.Exec(t, "create trigger full_disk before insert on tasks for each row execute function full_disk()")
		if page := d.note(t); page.Status != http.StatusServiceUnavailable || !strings.Contains(page.Document.Find("main").Text(), "plus de place") {
			t.Errorf("%d %s", page.Status, page.Text())
		}
		d.tells(t, outages.Room, true)
		d.works(t, everything...)
		d.Database.Exec(t, "drop trigger full_disk on tasks")
		if page := d.note(t); page.Status != http.StatusOK {
			t.Errorf("there is room again: %d %s", page.Status, page.Text())
		}
		d.ahead.Add(int64(2 * time.Minute))
		d.tells(t, outages.Room, false)
	})
	t.Run("disk", func(t *testing.T) {
		d.disk.Store(91)
		d.tells(t, outages.Room, true)
		d.works(t, everything...)
		if page := d.note(t); page.Status != http.StatusServiceUnavailable || !strings.Contains(page.Document.Find("main").Text(), "plus de place") {
			t.Errorf("a task: %d %s", page.Status, page.Text())
		}
		if page := d.lea.Post("/members/"+cast.Karim.ID.String()+"/ending", url.Values{"_csrf": {d.lea.Token()}}); page.Status == http.StatusServiceUnavailable {
			t.Error("who may not do it is told of room")
		}
		// Who is out comes in, what is read by a form is read, and what she takes back is taken back.
		karim := d.SignIn(t, cast.Karim)
		if page := karim.Post("/dossiers/search", url.Values{"_csrf": {karim.Token()}, "sought": {"Canaryname"}}); page.Status != http.StatusOK {
			t.Errorf("searching: %d", page.Status)
		}
		if page := d.lea.Get("/documents/"+d.given).Submit("form[action$='/ticket']", nil); !strings.HasPrefix(page.Body, "\x89PNG") {
			t.Errorf("a document: %d %s", page.Status, page.Text())
		}
		if page := d.lea.Get("/referrals/"+d.things.sent+"/revocation").Submit("form[action$='/revocation']", nil); page.Status != http.StatusOK || d.noe.Get("/inbox/"+d.things.sent).Status != http.StatusNotFound {
			t.Errorf("revoking: %d %s", page.Status, page.Text())
		}
		d.disk.Store(50)
		d.tells(t, outages.Room, false)
		if page := d.note(t); page.Status != http.StatusOK {
			t.Errorf("there is room again: %d %s", page.Status, page.Text())
		}
	})
	t.Run("database", func(t *testing.T) {
		stranger := d.Open(t)
		d.data.Shut()
		d.until(t, "the page says so", func() bool {
			page := d.lea.Get("/dossiers")
			return page.Status == http.StatusServiceUnavailable && strings.Contains(page.Text(), said[outages.Database])
		})
		if page := stranger.Get("/readyz"); page.Status != http.StatusServiceUnavailable {
			t.Errorf("sent more requests: %d", page.Status)
		}
		if page := stranger.Get("/healthz"); page.Status != http.StatusOK {
			t.Errorf("restarted: %d", page.Status)
		}
		// A form that htmx has sent gets no page in its place: it stands there with what was typed (TestInPlace).
		d.lea.Header.Set("HX-Request", "true")
		if page := d.note(t); page.Status != http.StatusServiceUnavailable || page.Header.Get("HX-Redirect") != "" || page.Header.Get("HX-Refresh") != "" {
			t.Errorf("a form: %d %v", page.Status, page.Header)
		}
		d.lea.Header.Del("HX-Request")
		d.until(t, "the figure says so", func() bool { return strings.Contains(scraped(t, d.Site), `passerelle_out_of_reach{what="database"} 1`) })
		d.data.Open()
		d.until(t, "back", func() bool { return d.lea.Get("/dossiers").Status == http.StatusOK })
		d.tells(t, outages.Database, false)
		d.works(t, everything...)
		d.until(t, "others are heard", d.App.Hub.Connected)
		waits := "/documents/" + d.handIn(t)
		d.until(t, "jobs are done", func() bool { return d.lea.Get(waits).Has("form[action$='/ticket']") })
	})
}
