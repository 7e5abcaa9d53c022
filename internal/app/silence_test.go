package app_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/mail"
	"passerelle/internal/members"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

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
	tracer, traced := collected(t)
	letters := t.TempDir()
	site := webtest.StartOn(t, database, func(o *app.Options) { o.Tracer, o.Post = tracer, mail.Folder(letters) })
	heard := overhear(t, site)
	story := tell(t, site)
	invited := members.Draft{ID: ids.New[members.Invitation](), Name: canary("invited"), Email: "nina@vaud.example", Role: access.Caseworker, Language: i18n.DE}
	if _, err := site.App.Members.Invite(cast.Anna.Context(t.Context()), invited); err != nil {
		t.Fatal(err)
	}
	story.end(t, site)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if sent, _ := filepath.Glob(filepath.Join(letters, "*.eml")); len(sent) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no e-mail has gone")
		}
	}
	figures := scraped(t, site)
	site.Stop(t)
	spans := traced()
	for begins, holds := range map[string][]string{
		"span GET /dossiers/:id ": {"http.request.method", "http.route", "http.response.status_code", "passerelle.request"}, "span read": {"; SELECT dossiers", "; INSERT journal_entries"},
		"span transaction": {"; INSERT sessions"}, "span job invitation": {}, "span mail": {}, "span provider": {"http.response.status_code"}, "resource": {"service.version"},
	} {
		if !has(spans, begins, holds...) {
			t.Errorf("no %s with %q among the spans", begins, holds)
		}
	}
	traces := strings.Join(spans, "\n")
	story.traces = append(story.traces, invited.Email)
	for where, text := range map[string]string{
		"the application's log": site.Log.String(), "the server's log": serverLog(t, folder), "the notifications": strings.Join(heard(), "\n"), "the metrics": figures, "the traces": traces,
	} {
		for _, trace := range append(story.secrets, story.traces...) {
			if strings.Contains(text, trace) {
				t.Errorf("%q is in %s", trace, where)
			}
		}
		if known := map[string]string{
			"the application's log": "/dossiers/:id", "the server's log": "ready to accept connections", "the notifications": story.dossier.String(),
			"the metrics": `route="/dossiers/:id"`, "the traces": "span GET /dossiers/:id",
		}[where]; !strings.Contains(text, known) {
			t.Errorf("not even %q is in %s: is it the right text?", known, where)
		}
	}
	// Figures are told of all together, and traces of a request, whose number is all that leads back to the log: whoever reads them
	// learns not even that somebody is there.
	for _, identifier := range append(story.identifiers, invited.ID.String()) {
		if strings.Contains(figures, identifier) || strings.Contains(traces, identifier) {
			t.Errorf("the identifier %s is in the metrics or the traces", identifier)
		}
	}
}
