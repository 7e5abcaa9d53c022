package app_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"golang.org/x/sync/errgroup"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

// canary is what somebody wrote into a field that is sealed: a thief who finds one knows too much.
func canary(field string) string { return "Zugvogel" + strings.ToUpper(field) + "ohneSpur" }

// told is what the story has left behind for a thief to look for.
type told struct {
	dossier ids.ID[dossiers.Dossier]
	// name is the dossier's code name and reference the referral's: both lie in clear, so that finding them shows that a search
	// finds something, and neither may be in a log.
	name, reference string
	// secrets were written into sealed fields, looked for, or typed.
	secrets []string
	// traces are what says who is signed in, and where they have been: for logs and notifications.
	traces []string
}

// tell has the cast do everything that one does with a dossier, up to its end: sign in, open it, describe, consent, refer, ask,
// answer, decline, keep a form, search, look at it all, and look for what is not there.
func tell(t *testing.T, site *webtest.Site) told {
	t.Helper()
	ngo, office := cast.Lea.Context(t.Context()), cast.Noe.Context(t.Context())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	name, err := site.App.Dossiers.Propose(ngo)
	must(err)
	dossier := ids.New[dossiers.Dossier]()
	must(site.App.Dossiers.Open(ngo, dossier, dossiers.Particulars{
		CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{
			FamilyName: canary("family"), GivenNames: canary("given"), Phone: "+41 79 918 27 36", Email: canary("mail") + "@example.invalid",
			SafeContact: dossiers.SafeContact{ContactCodeWord: canary("word"), ContactNote: canary("note")},
		},
	}))
	situation := dossiers.Situation{}
	for _, class := range dossiers.SituationClasses {
		situation[class] = canary(string(class))
	}
	_, err = site.App.Dossiers.Describe(ngo, dossier, 1, situation)
	must(err)
	today := forms.Today(time.Now())
	until := today.AddDate(0, 1, 0)
	classes := []access.DataClass{access.Identity, access.Contact}
	_, err = site.App.Consents.Give(ngo, dossier, ids.New[consents.Consent](), consents.Terms{
		OfficeID: cast.CSR.ID, Purpose: access.IncomeSupport, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally",
		Interpreter: canary("interpreter"),
	})
	must(err)
	draft, err := site.App.Referrals.Draft(ngo, dossier, ids.New[timeline.Referral](), cast.CSR.ID)
	must(err)
	draft, err = site.App.Referrals.Write(ngo, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: access.IncomeSupport, Urgency: referrals.Urgent, Request: canary("request"), DataClasses: classes,
	}})
	must(err)
	preview, err := site.App.Referrals.Preview(ngo, draft.ReferralID)
	must(err)
	_, err = site.App.Referrals.Send(ngo, draft.ReferralID, preview.Seal())
	must(err)
	must(site.App.Inbox.Write(office, draft.ReferralID, messages.Question, inbox.Words{ID: ids.New[messages.Message](), Body: canary("question")}))
	must(site.App.Referrals.Reply(ngo, draft.ReferralID, referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Answer, Body: canary("answer")}))
	must(site.App.Inbox.Decline(office, draft.ReferralID, referrals.OtherReason, inbox.Words{ID: ids.New[messages.Message](), Body: canary("reason")}))
	lea := site.SignIn(t, cast.Lea)
	form := lea.Get("/dossiers/new").Values("main form[method='post']")
	form.Set("contact_note", canary("parked"))
	if page := lea.Post("/parked-forms", form); page.Status != http.StatusCreated {
		t.Fatalf("the form was not kept: %d", page.Status)
	}

	// Somebody looks for the person, and for somebody whom nobody knows: words that stand nowhere else.
	for sought, hits := range map[string]int{canary("family"): 1, canary("sought"): 0, "918 27 36": 1} {
		page := lea.Get("/dossiers").Submit("form.pas-search", url.Values{"sought": {sought}})
		if page.Status != http.StatusOK || page.Document.Find("#hits tbody tr").Length() != hits {
			t.Fatalf("the search for %s answers %d: %s", sought, page.Status, page.Text())
		}
	}

	// Both sides read what was written: it is there, and sealed.
	opened, err := site.App.Inbox.Open(office, draft.ReferralID)
	must(err)
	if len(opened.Messages) != 3 || opened.Request != canary("request") || !strings.Contains(fmt.Sprint(opened.Slice), canary("family")) {
		t.Fatalf("the office reads %+v", opened)
	}
	noe := site.SignIn(t, cast.Noe)
	for path, who := range map[string]*webtest.Browser{
		"/dossiers/" + dossier.String(): lea, "/dossiers/" + dossier.String() + "/edit": lea, "/referrals/" + draft.ReferralID.String(): lea,
		"/inbox/" + draft.ReferralID.String(): noe,
	} {
		if page := who.Get(path); page.Status != http.StatusOK || !strings.Contains(page.Body, "Zugvogel") {
			t.Fatalf("%s: %d", path, page.Status)
		}
	}
	// Addresses that say something, and pages that are none.
	for _, path := range []string{
		"/dossiers?sort=" + canary("query"), "/dossiers?code_name=" + string(name), "/dossiers/" + canary("path"), "/" + canary("path") + "?x=" + canary("query"),
		"/inbox/" + draft.ReferralID.String() + "?tab=" + canary("query"),
	} {
		for _, who := range []*webtest.Browser{lea, noe} {
			if page := who.Get(path); page.Status >= 500 {
				t.Fatalf("%s: %d", path, page.Status)
			}
		}
	}
	// Another canton, and another office, find nothing.
	if _, err := site.App.Dossiers.Find(cast.Claire.Context(t.Context()), dossier); !errors.Is(err, fault.NotFound()) {
		t.Fatalf("Claire: %v", err)
	}
	if _, err := site.App.Inbox.Open(cast.Ines.Context(t.Context()), draft.ReferralID); !errors.Is(err, fault.NotFound()) {
		t.Fatalf("Inès: %v", err)
	}

	story := told{dossier: dossier, name: string(name), reference: opened.Reference, secrets: []string{"Zugvogel", "ohneSpur", "918 27 36", "9182736"}}
	for _, person := range append(append([]cast.Person{}, cast.Staff...), cast.OfficeMembers...) {
		story.traces = append(story.traces, person.Email, person.Name)
	}
	for _, browser := range []*webtest.Browser{lea, noe} {
		story.traces = append(story.traces, browser.Token())
		for _, cookie := range browser.Cookies() {
			if len(cookie.Value) > 16 {
				story.traces = append(story.traces, cookie.Value)
			}
		}
	}
	story.traces = append(story.traces, string(name), opened.Reference, "code=", "state=", "sort=", "tab=", "?")
	return story
}

// end erases the dossier, as Karim does it.
func (story told) end(t *testing.T, site *webtest.Site) {
	t.Helper()
	karim := cast.Karim.Context(t.Context())
	if _, err := site.App.Erasures.Prepare(karim, story.dossier); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Erasures.Erase(karim, story.dossier, erasures.Order{Reason: "person_asked", CodeName: story.name}); err != nil {
		t.Fatal(err)
	}
}

// archived has a server keep its write-ahead log, in its own folder, and not wait for what a power cut would take.
func archived(more map[string]string) map[string]string {
	settings := map[string]string{
		"wal_level": "replica", "archive_mode": "on", "archive_command": "mkdir -p archive && cp %p archive/%f", "fsync": "off", "deadlock_timeout": "200ms",
	}
	maps.Copy(settings, more)
	return settings
}

// TestT36 tells the story and then looks for its canaries as a thief would who has got hold of a dump, of a base backup, of the
// archived write-ahead log, of the disk or of a log.
func TestT36(t *testing.T) {
	t.Parallel()
	database, folder := pgtest.Alone(t, archived(nil))
	site := webtest.StartOn(t, database)
	heard, seen := overhear(t, site), watch(t, site)
	story := tell(t, site)
	// Every table is looked at, of whatever schema, so that what is still to come (jobs, metrics) is looked at as well.
	hides := func(t *testing.T, where string, found func(text string) []string) {
		t.Helper()
		if len(found(story.name)) == 0 {
			t.Errorf("the code name, which lies in clear, is not in %s: the search finds nothing", where)
		}
		for _, secret := range story.secrets {
			if places := found(secret); len(places) > 0 {
				t.Errorf("%s lies in clear in %v", secret, places)
			}
		}
	}
	t.Run("in a dump", func(t *testing.T) {
		dump := dumped(t, site)
		hides(t, "the dump", func(text string) []string { return inDump(dump, text) })
	})
	t.Run("in what pg_dump writes", func(t *testing.T) {
		program, err := exec.LookPath("pg_dump")
		if err != nil {
			return // not every installation of Postgres has it: the dump above is made without it
		}
		output, err := exec.CommandContext(t.Context(), program, "--dbname", database.OwnerConnString).Output()
		if err != nil {
			return // it is older than the server
		}
		hides(t, "the dump", func(text string) []string { return inDump(map[string][]byte{"pg_dump": output}, text) })
	})
	t.Run("in a base backup", func(t *testing.T) {
		backup := backedUp(t, site, folder)
		hides(t, "the backup", func(text string) []string { return inFiles(t, backup, text) })
	})
	t.Run("in the archived write-ahead log", func(t *testing.T) {
		archive := archiveOf(t, site, folder)
		hides(t, "the archive", func(text string) []string { return inFiles(t, archive, text) })
	})
	t.Run("on the disk", func(t *testing.T) {
		database.Exec(t, "checkpoint")
		hides(t, "the files", func(text string) []string { return inFiles(t, folder, text) })
	})
	t.Run("in the logs", func(t *testing.T) {
		logs := map[string]string{"the application's": site.Log.String(), "the server's": serverLog(t, folder)}
		for whose, log := range logs {
			if len(log) < 100 {
				t.Errorf("%s log is empty", whose)
			}
			for _, secret := range story.secrets {
				if strings.Contains(log, secret) {
					t.Errorf("%s is in %s log", secret, whose)
				}
			}
		}
	})
	t.Run("in what the server shows of itself, and tells", func(t *testing.T) {
		for where, texts := range map[string][]string{"pg_stat_activity": seen(), "pg_prepared_statements": prepared(t, site), "the notifications": heard()} {
			if len(texts) < 3 {
				t.Errorf("only %q in %s", texts, where)
			}
			for _, secret := range story.secrets {
				if strings.Contains(strings.Join(texts, "\n"), secret) {
					t.Errorf("%s is in %s", secret, where)
				}
			}
		}
	})
}

// TestT36Noisy tells the story to a server that logs every statement with its parameters: whoever turns that on, or sits between
// application and server, reads what lies in clear and nothing that is sealed.
func TestT36Noisy(t *testing.T) {
	t.Parallel()
	database, folder := pgtest.Alone(t, archived(nil))
	for _, role := range []string{"passerelle_app", "passerelle_keys"} {
		for name, value := range map[string]string{
			"log_statement": "all", "log_min_messages": "debug1", "log_min_error_statement": "debug1", "log_error_verbosity": "verbose", "log_parameter_max_length": "-1",
			"log_parameter_max_length_on_error": "-1", "log_min_duration_statement": "0", "debug_print_plan": "off",
		} {
			database.Exec(t, fmt.Sprintf("alter role %s set %s = '%s'", role, name, value))
		}
	}
	noisy := *database
	app, err := tenantdb.Open(t.Context(), database.AppConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Close)
	noisy.App = app
	site := webtest.StartOn(t, &noisy)
	story := tell(t, site)
	log := serverLog(t, folder)
	if !strings.Contains(log, story.name) || !strings.Contains(log, "insert into") && !strings.Contains(log, "INSERT INTO") {
		t.Error("not even the code name is in the log: it is not noisy")
	}
	for _, secret := range story.secrets {
		if strings.Contains(log, secret) || strings.Contains(log, hex.EncodeToString([]byte(secret))) {
			t.Errorf("%s was sent to the server in clear", secret)
		}
	}
}

// TestT18 provokes errors on rows that hold canaries, in columns in which they lie in clear, and looks for them where an error is
// told: in what it returns, in the logs, and in what the server shows of itself.
func TestT18(t *testing.T) {
	t.Parallel()
	database, folder := pgtest.Alone(t, archived(nil))
	site := webtest.StartOn(t, database)
	seen := watch(t, site)
	first, second := amina(t, site), amina(t, site)
	ngo := cast.Lea.Context(t.Context())
	secret := canary("error")
	change := func(do func(ctx context.Context, tx tenantdb.Tx) error) error { return site.App.DB.Write(ngo, do) }
	rename := func(ctx context.Context, tx tenantdb.Tx, dossier string) error {
		return tenantdb.Affected(tx.Update().TableExpr("dossiers").Set("reached_through = ?", secret).Where("dossier_id = ?", dossier).Exec(ctx))
	}
	for what, provoke := range map[string]struct {
		code string
		do   func() error
	}{
		"a key": {"23505", func() error {
			return change(func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Update().TableExpr("dossiers").Set("code_name = ?", secret).Where("dossier_id in (?)", bun.List([]string{first.dossier, second.dossier})).Exec(ctx)
				return err
			})
		}},
		"a check": {"23514", func() error {
			return change(func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Update().TableExpr("dossiers").Set("reached_through = ?", secret).Set("phase = ?", secret).Where("dossier_id = ?", first.dossier).Exec(ctx)
				return err
			})
		}},
		"a cast": {"22P02", func() error {
			return change(func(ctx context.Context, tx tenantdb.Tx) error { return rename(ctx, tx, secret) })
		}},
		"a cast of a question": {"22P02", func() error {
			var found []struct{ Phase string }
			return site.App.DB.Read(ngo, tenantdb.Many(&found, tenantdb.Select().TableExpr("dossiers").Column("phase").Where("dossier_id = ?", secret)))
		}},
		"a timeout": {"57014", func() error {
			return change(func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Select().ColumnExpr("pg_sleep(20), ?", secret).Exec(ctx)
				return err
			})
		}},
		"a lock": {"55P03", func() error {
			return change(func(ctx context.Context, tx tenantdb.Tx) error {
				if err := rename(ctx, tx, first.dossier); err != nil {
					return err
				}
				return change(func(ctx context.Context, other tenantdb.Tx) error { return rename(ctx, other, first.dossier) })
			})
		}},
		"a deadlock": {"40P01", func() error {
			var both sync.WaitGroup
			both.Add(2)
			locked := func(mine, theirs string) error {
				return change(func(ctx context.Context, tx tenantdb.Tx) error {
					err := rename(ctx, tx, mine)
					both.Done()
					both.Wait()
					return errors.Join(err, rename(ctx, tx, theirs))
				})
			}
			ended := make(chan error, 2)
			go func() { ended <- locked(first.dossier, second.dossier) }()
			go func() { ended <- locked(second.dossier, first.dossier) }()
			return errors.Join(<-ended, <-ended)
		}},
	} {
		err := provoke.do()
		if err == nil || !strings.Contains(err.Error(), provoke.code) {
			t.Errorf("%s: %v", what, err)
		} else if strings.Contains(err.Error(), "Zugvogel") {
			t.Errorf("%s: the error says %v", what, err)
		}
	}
	for where, text := range map[string]string{
		"the server's log": serverLog(t, folder), "the application's log": site.Log.String(), "pg_prepared_statements": strings.Join(prepared(t, site), "\n"),
	} {
		if strings.Contains(text, "Zugvogel") {
			t.Errorf("the canary is in %s", where)
		}
	}
	// What runs can be seen by those who may see all statements, and by nobody else, for as long as it is the last of its
	// connection: these canaries were written in clear, as nothing about a person is.
	if !strings.Contains(strings.Join(seen(), "\n"), "Zugvogel") {
		t.Error("the statements were not watched")
	}
	if shown := shownTo(t, strings.Replace(database.AppConnString, "user=passerelle_app", "user=passerelle_platform", 1)); strings.Contains(shown, "Zugvogel") {
		t.Error("another role sees the statements of the application")
	}
}

// TestT19 looks through all logs and notifications after the whole story, its end included. Neither words nor names are there,
// and neither is what would let somebody follow a person or sign in as one: code names, references, e-mails, tokens, cookies,
// query strings. What may be there are identifiers, which are random.
func TestT19(t *testing.T) {
	t.Parallel()
	database, folder := pgtest.Alone(t, archived(nil))
	site := webtest.StartOn(t, database)
	heard := overhear(t, site)
	story := tell(t, site)
	story.end(t, site)
	for where, text := range map[string]string{
		"the application's log": site.Log.String(), "the server's log": serverLog(t, folder), "the notifications": strings.Join(heard(), "\n"),
	} {
		for _, trace := range append(story.secrets, story.traces...) {
			if strings.Contains(text, trace) {
				t.Errorf("%q is in %s", trace, where)
			}
		}
		if known := map[string]string{
			"the application's log": "/dossiers/:id", "the server's log": "ready to accept connections", "the notifications": story.dossier.String(),
		}[where]; !strings.Contains(text, known) {
			t.Errorf("not even %q is in %s: is it the right text?", known, where)
		}
	}
}

// overhear listens on every channel that the application notifies, until it is asked for what was said.
func overhear(t *testing.T, site *webtest.Site) (heard func() []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	if _, err := conn.Exec(t.Context(), "listen passerelle_changes; listen passerelle_keys"); err != nil {
		t.Fatal(err)
	}
	return func() (texts []string) {
		t.Helper()
		site.Database.Exec(t, "select pg_notify('passerelle_changes', '{}')")
		for {
			waiting, stop := context.WithTimeout(t.Context(), 10*time.Second)
			notification, err := conn.WaitForNotification(waiting)
			stop()
			if err != nil {
				t.Fatalf("the test hears nothing: %v", err)
			}
			if notification.Payload == "{}" {
				return texts
			}
			texts = append(texts, notification.Payload)
		}
	}
}

// watch looks at what connections are doing, as often as it can, until it is asked for all that it saw.
func watch(t *testing.T, site *webtest.Site) (seen func() []string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	all, done := map[string]bool{}, make(chan struct{})
	var failure error
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			rows, err := site.Database.Owner.Query(ctx, "select distinct query from pg_stat_activity where usename like 'passerelle%'")
			var texts []string
			if err == nil {
				texts, err = pgx.CollectRows(rows, pgx.RowTo[string])
			}
			if err != nil && ctx.Err() == nil {
				failure = err
				return
			}
			for _, text := range texts {
				all[text] = true
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	return func() []string {
		t.Helper()
		stop()
		<-done
		if failure != nil {
			t.Fatal(failure)
		}
		return slices.Collect(maps.Keys(all))
	}
}

// shownTo is what a role sees of the statements of all.
func shownTo(t *testing.T, connString string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), connString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var all string
	if err := conn.QueryRow(t.Context(), "select string_agg(query, ' ') from pg_stat_activity").Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// prepared are the statements that the application's connections keep: all of them at once, so that none hides.
func prepared(t *testing.T, site *webtest.Site) (texts []string) {
	t.Helper()
	var (
		group   errgroup.Group
		waiting sync.WaitGroup
		mu      sync.Mutex
	)
	const connections = 8 // those of webtest
	waiting.Add(connections)
	for range connections {
		group.Go(func() error {
			return site.App.DB.View(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
				waiting.Done()
				waiting.Wait()
				var here []string
				if err := tx.Select().TableExpr("pg_prepared_statements").ColumnExpr("statement").Scan(ctx, &here); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				texts = append(texts, here...)
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// dumped is every table of every schema as COPY writes it, those of the server itself and its statistics included.
func dumped(t *testing.T, site *webtest.Site) map[string][]byte {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "analyze"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'm') and c.relpersistence = 'p'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	dump := map[string][]byte{}
	for _, table := range tables {
		var text bytes.Buffer
		if _, err := conn.PgConn().CopyTo(t.Context(), &text, "copy "+table+" to stdout"); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		dump[table] = text.Bytes()
	}
	return dump
}

// inDump finds the tables in which a text stands, as letters or as the bytes of them.
func inDump(dump map[string][]byte, text string) (found []string) {
	for table, content := range dump {
		if bytes.Contains(content, []byte(text)) || bytes.Contains(content, []byte(hex.EncodeToString([]byte(text)))) {
			found = append(found, table)
		}
	}
	return found
}

// backedUp is a base backup: the files of a server that goes on working, copied between the calls that make them one.
func backedUp(t *testing.T, site *webtest.Site, folder string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "select pg_backup_start('theft', true)"); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, "/archive/") {
			return nil // files come and go while the server works
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(backup, filepath.Dir(relative)), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(backup, relative), content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	var label string
	if err := conn.QueryRow(t.Context(), "select labelfile from pg_backup_stop(false)").Scan(&label); err != nil || !strings.Contains(label, "theft") {
		t.Fatalf("the backup is none: %q, %v", label, err)
	}
	if err := os.WriteFile(filepath.Join(backup, "backup_label"), []byte(label), 0o600); err != nil {
		t.Fatal(err)
	}
	return backup
}

// archiveOf is the folder of what was archived, once everything until now has been.
func archiveOf(t *testing.T, site *webtest.Site, folder string) string {
	t.Helper()
	var last string
	if err := site.Database.Owner.QueryRow(t.Context(), "select pg_walfile_name(pg_switch_wal())").Scan(&last); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var archived string
		if err := site.Database.Owner.QueryRow(t.Context(), "select coalesce((select last_archived_wal from pg_stat_archiver), '')").Scan(&archived); err != nil {
			t.Fatal(err)
		}
		if archived >= last {
			return filepath.Join(folder, "archive")
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s was archived, and %s was not", archived, last)
		}
	}
}

// serverLog is what the server wrote about itself; it lies beside the folder, which may be reached through a link.
func serverLog(t *testing.T, folder string) string {
	t.Helper()
	content, err := os.ReadFile(folder + ".log")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// inFiles finds the files below a folder in which a text stands.
func inFiles(t *testing.T, folder, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // files come and go while the server works
		}
		content, err := os.ReadFile(path)
		if err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
