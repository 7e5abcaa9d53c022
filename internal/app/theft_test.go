package app_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

// canary is what somebody wrote into a field that is sealed: a thief who finds one knows too much.
func canary(field string) string { return "Zugvogel" + strings.ToUpper(field) + "ohneSpur" }

// TestT36 writes something into every field in which people write about a person, and looks for it as a thief would: in
// every row of every table, and in every file of the server, its write-ahead log and its own log included.
func TestT36(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
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

	secrets := []string{"Zugvogel", "ohneSpur", "918 27 36"}
	t.Run("in the tables", func(t *testing.T) {
		if found := inTables(t, site, string(name)); len(found) == 0 {
			t.Error("the code name, which lies in clear, was not found: the search finds nothing")
		}
		for _, secret := range secrets {
			if found := inTables(t, site, secret); len(found) > 0 {
				t.Errorf("%s lies in clear in %v", secret, found)
			}
		}
	})
	t.Run("in the files of the server", func(t *testing.T) {
		var folder string
		must(site.Database.Owner.QueryRow(t.Context(), "select setting from pg_settings where name = 'data_directory'").Scan(&folder))
		site.Database.Exec(t, "checkpoint")
		if found := inFiles(t, folder, string(name)); len(found) == 0 {
			t.Error("the code name, which lies in clear, was not found: the search finds nothing")
		}
		for _, secret := range secrets {
			if found := inFiles(t, folder, secret); len(found) > 0 {
				t.Errorf("%s lies in clear in %v", secret, found)
			}
		}
	})
	t.Run("in the application's log", func(t *testing.T) {
		for _, secret := range secrets {
			if strings.Contains(site.Log.String(), secret) {
				t.Errorf("%s was logged", secret)
			}
		}
	})
}

// inTables finds the tables of every schema in which a text stands in a row, as letters or as the bytes of them.
func inTables(t *testing.T, site *webtest.Site, text string) (found []string) {
	t.Helper()
	rows, err := site.Database.Owner.Query(t.Context(), `select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'keys', 'migrations')`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var holds bool
		question := "select exists (select from " + table + " as r where strpos(r::text, $1) > 0 or strpos(r::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0)"
		if err := site.Database.Owner.QueryRow(t.Context(), question, text).Scan(&holds); err != nil {
			t.Fatal(err)
		}
		if holds {
			found = append(found, table)
		}
	}
	return found
}

// inFiles finds the files below a folder, and the server's log beside it, in which a text stands.
func inFiles(t *testing.T, folder, text string) (found []string) {
	t.Helper()
	look := func(path string) {
		content, err := os.ReadFile(path)
		if err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, filepath.Base(path))
		}
	}
	look(folder + ".log")
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		// Files come and go while other tests run on the same server.
		if err == nil && entry.Type().IsRegular() {
			look(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
