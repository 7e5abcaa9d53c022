package app_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jackc/pgx/v5"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
)

// injections are what one types to find out whether text becomes SQL.
var injections = []string{
	`'`, `''`, `\'`, `"`, `' or '1'='1`, `') or true --`, `\'; select pg_sleep(3) --`, `'; drop table dossiers; --`,
	`1; update dossiers set code_name = 'Injected' --`, `-1`, `--`, `/*`, `?`, `??`, `?0`, `$1`, `?TableName`,
	`'||(select current_setting('app.tenant_id'))||'`, `', set_config('app.tenant_id', '6e0e0000-0000-4000-8000-000000000002', true), '`,
	`'; select set_config('app.scope', 'signin', false); select pg_notify('injected', 'stacked') --`, `'||pg_notify('injected', 'called')||'`,
	`', pg_notify('injected', 'called'), '`, `') union select pg_notify('injected', 'called')::text --`, `pg_notify('injected', 'called')`,
	`1; select pg_notify('injected', 'stacked')`, `"; select pg_notify('injected', 'stacked'); --`, `\'; select pg_notify('injected', 'stacked') --`,
	`{"a":1}`, `{1,2}`, "\x00", "a\x00b", "\xff\xfe", `%`, `_`, strings.Repeat("'", 300), `NaN`, `1e309`, `99999999999999999999`,
}

// TestT17 types each of them into every field of every form, and into every parameter of every address. What is covered:
//   - no answer is an error of the program, and none takes as long as a sleep;
//   - nothing of the other canton is shown, and nothing there has changed; nothing of one's own was renamed;
//   - no second statement ran and no function was called: either would notify the channel that the test listens to, whatever
//     became of its transaction's rows; what could call pg_notify could call set_config, and bind another scope;
//   - where the text would become SQL is closed by arch.TestSQLIsWrittenOut (C-DB-11), and that a scope is bound by nothing but
//     constants and UUIDs by tenantdb.TestBindingsHoldNothingElse.
//
// The scope is not signed: a forged one is not recognised, it cannot be written.
func TestT17(t *testing.T) {
	site := webtest.Start(t)
	vaud := amina(t, site)
	const name = dossiers.CodeName("Fenulat")
	if err := site.App.Dossiers.Open(cast.Claire.Context(t.Context()), ids.New[dossiers.Dossier](), dossiers.Particulars{
		CodeName: name, Phase: dossiers.FirstContact, ResponsibleID: cast.Claire.ID,
	}); err != nil {
		t.Fatal(err)
	}
	before := geneve(t, site)
	injected := listen(t, site)

	for _, visit := range []struct {
		person cast.Person
		pages  []string
	}{
		{cast.Lea, []string{
			"/dossiers", "/dossiers/new", "/dossiers/" + vaud.dossier + "/edit", "/dossiers/" + vaud.dossier + "/situation/edit",
			"/dossiers/" + vaud.dossier + "/consents/new?office=" + cast.CSR.ID.String(), "/dossiers/" + vaud.dossier + "/referrals/new",
			"/referrals/" + vaud.draft + "/edit", "/referrals/" + vaud.sent, "/work",
		}},
		{cast.Noe, []string{"/inbox", "/inbox/" + vaud.sent, "/inbox/" + vaud.sent + "/decline"}},
	} {
		browser := site.SignIn(t, visit.person)
		for _, address := range visit.pages {
			t.Run(visit.person.Name+strings.SplitN(address, "?", 2)[0], func(t *testing.T) {
				page := browser.Get(address)
				if page.Status != http.StatusOK {
					t.Fatalf("%d %s", page.Status, page.URL)
				}
				for action, values := range formsOf(page) {
					for field := range values {
						if field == "_csrf" {
							continue
						}
						for _, text := range injections {
							typed := maps.Clone(values)
							typed[field] = []string{text}
							begun := time.Now()
							var answer *webtest.Page
							if method, path, _ := strings.Cut(action, " "); method == "get" {
								answer = browser.Get(path + "?" + url.Values{field: {text}}.Encode())
							} else {
								answer = browser.Post(path, typed)
							}
							if answer.Status >= 500 || time.Since(begun) > 2*time.Second {
								t.Errorf("%s: %s = %q: %d after %s", action, field, text, answer.Status, time.Since(begun))
							}
							if strings.Contains(answer.Body, string(name)) {
								t.Errorf("%s: %s = %q shows Genève", action, field, text)
							}
						}
					}
				}
				for _, parameter := range []string{"after", "before", "sort", "phase", "responsible", "code_name", "tab", "office", "service", "parked", "return", "id"} {
					for _, text := range injections {
						path, _, _ := strings.Cut(address, "?")
						if answer := browser.Get(path + "?" + url.Values{parameter: {text}}.Encode()); answer.Status >= 500 {
							t.Errorf("?%s=%q: %d", parameter, text, answer.Status)
						}
					}
				}
			})
		}
	}
	if after := geneve(t, site); after != before {
		t.Errorf("Genève was %s and is %s", before, after)
	}
	var renamed int
	if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from dossiers where code_name = 'Injected'").Scan(&renamed); err != nil || renamed > 0 {
		t.Errorf("%d dossiers were renamed (%v)", renamed, err)
	}
	if heard := injected(); len(heard) > 0 {
		t.Errorf("what was typed ran: %q", heard)
	}
	for line := range strings.Lines(site.Log.String()) {
		if strings.Contains(line, "level=ERROR") {
			t.Errorf("the log says %s", line)
		}
	}
}

// listen hears who notifies the channel that the injections name, until it is asked for that.
func listen(t *testing.T, site *webtest.Site) (heard func() []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	if _, err := conn.Exec(t.Context(), "listen injected"); err != nil {
		t.Fatal(err)
	}
	return func() (texts []string) {
		t.Helper()
		// Notifications come in the order of their transactions: after ours there is none of before.
		site.Database.Exec(t, "select pg_notify('injected', 'the end')")
		for {
			waiting, stop := context.WithTimeout(t.Context(), 10*time.Second)
			notification, err := conn.WaitForNotification(waiting)
			stop()
			if err != nil {
				t.Fatalf("the test hears nothing: %v", err)
			}
			if notification.Payload == "the end" {
				return texts
			}
			texts = append(texts, notification.Payload)
		}
	}
}

// geneve is everything that Genève's tables hold, in one line.
func geneve(t *testing.T, site *webtest.Site) string {
	t.Helper()
	var all []string
	for _, table := range []string{"dossiers", "beneficiaries", "situations", "consents", "referrals", "messages", "events", "members", "offices", "office_members"} {
		var line string
		err := site.Database.Owner.QueryRow(t.Context(), fmt.Sprintf("select count(*) || ' ' || coalesce(md5(string_agg(x::text, ',' order by x::text)), '') from %s x where tenant_id = $1", table), cast.Geneve.ID.String()).Scan(&line)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, table+" "+line)
	}
	return strings.Join(all, "; ")
}

// formsOf are the forms of a page, by method and address, with what they would send as they stand. Those that end
// the session or choose the language are left out.
func formsOf(page *webtest.Page) map[string]url.Values {
	forms := map[string]url.Values{}
	page.Document.Find("form").Each(func(_ int, form *goquery.Selection) {
		action := form.AttrOr("action", page.URL.Path)
		if slices.Contains([]string{"/session/destroy", "/language"}, action) {
			return
		}
		forms[strings.ToLower(form.AttrOr("method", "get"))+" "+action] = webtest.ValuesOf(form)
	})
	return forms
}
