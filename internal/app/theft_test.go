package app_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
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
	// identifiers are random and may be in a log, and nowhere where figures are told of all.
	identifiers []string
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
	paper, handed := ids.New[documents.Document](), documents.Handed{Label: documents.Label{Title: canary("paper"), DataClass: access.Identity}, File: pictured(t)}
	must(site.App.Documents.Add(ngo, dossier, paper, handed))
	draft, err := site.App.Referrals.Draft(ngo, dossier, ids.New[timeline.Referral](), cast.CSR.ID)
	must(err)
	draft, err = site.App.Referrals.Write(ngo, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: access.IncomeSupport, Urgency: referrals.Urgent, Request: canary("request"), DataClasses: classes, Documents: []documents.ID{paper},
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
	if len(opened.Messages) != 3 || len(opened.Enclosures) != 1 || opened.Enclosures[0].Title() != canary("paper") || opened.Request != canary("request") || !strings.Contains(fmt.Sprint(opened.Slice), canary("family")) {
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
		story.identifiers = append(story.identifiers, person.ID.String(), person.Tenant.ID.String())
		if person.Office != nil {
			story.identifiers = append(story.identifiers, person.Office.ID.String())
		}
	}
	story.identifiers = append(story.identifiers, dossier.String(), draft.ReferralID.String())
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
