package app_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/deadlines"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/interviews"
	"passerelle/internal/journal"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

// TestEveryUseCaseLeavesItsEntry tells the story of one dossier, use case by use case: which entries each leaves, no more
// and no fewer, of whom and about what. Before each, strangers try the same: to them there is nothing, and nothing is
// left of it.
func TestEveryUseCaseLeavesItsEntry(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	name, err := site.App.Dossiers.Propose(cast.Lea.Context(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	particulars := dossiers.Particulars{
		CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Canaryname", GivenNames: "Amina"},
	}
	edited := particulars
	edited.Beneficiary.GivenNames = "Amina Joy"
	sought, err := dossiers.ParseSought("Canaryname")
	if err != nil {
		t.Fatal(err)
	}
	today := forms.Today(time.Now())
	until := today.AddDate(0, 1, 0)
	classes := []access.DataClass{access.Identity}
	terms := consents.Terms{OfficeID: cast.CSR.ID, Purpose: access.IncomeSupport, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally"}
	contents := referrals.Contents{Service: access.IncomeSupport, Urgency: referrals.Normal, Request: "Canaryrequest", DataClasses: classes}
	var (
		dossier                           = ids.New[dossiers.Dossier]()
		consent                           = ids.New[consents.Consent]()
		sent, declined, revoked, unwanted = ids.New[timeline.Referral](), ids.New[timeline.Referral](), ids.New[timeline.Referral](), ids.New[timeline.Referral]()
		finding, corrected                = ids.New[dossiers.Finding](), ids.New[dossiers.Finding]()
		question, answer                  = inbox.Words{ID: ids.New[messages.Message](), Body: "Canaryquestion"}, referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Answer, Body: "Canaryanswer"}
		version                           int
		paper                             = ids.New[documents.Document]()
		enclosure                         documents.EnclosureID
		ticket                            string
	)
	found := dossiers.Statement{Body: dossiers.ByNGO, Verdict: dossiers.Presumed, On: &today, Basis: "Canarybasis"}
	talk, task, at, minutes := ids.New[interviews.Interview](), ids.New[tasks.Task](), time.Now().Add(-time.Hour), 30
	said := interviews.Contents{Kind: "phone", HeldAt: &at, Minutes: &minutes, Account: interviews.Account{Note: "Canarynote"}}
	errand := tasks.Contents{Kind: "call", Text: "Canarytask", DueOn: &today}
	a := site.App
	draft := func(id referrals.ID) func(context.Context) error {
		return func(ctx context.Context) error {
			drafted, err := a.Referrals.Draft(ctx, dossier, id, cast.CSR.ID)
			version = drafted.Version
			return err
		}
	}
	write := func(id referrals.ID) func(context.Context) error {
		return func(ctx context.Context) error {
			written := contents
			if id == sent {
				written.Documents = []documents.ID{paper}
			}
			_, err := a.Referrals.Write(ctx, id, referrals.Revision{Version: version, Contents: written})
			return err
		}
	}
	var seal string
	preview := func(id referrals.ID) func(context.Context) error {
		return func(ctx context.Context) error {
			shown, err := a.Referrals.Preview(ctx, id)
			seal = shown.Seal()
			return err
		}
	}
	send := func(id referrals.ID) func(context.Context) error {
		return func(ctx context.Context) error { _, err := a.Referrals.Send(ctx, id, seal); return err }
	}
	discard := func(ctx context.Context) error { _, err := a.Referrals.Discard(ctx, unwanted); return err }

	before := map[string]bool{}
	ngo, coordinators, offices := []cast.Person{cast.Claire}, []cast.Person{cast.Marc}, []cast.Person{cast.Ines, cast.Eva}
	for _, c := range []struct {
		what      string
		who       cast.Person
		strangers []cast.Person
		do        func(context.Context) error
		want      string
	}{
		{"open", cast.Lea, nil, func(ctx context.Context) error { return a.Dossiers.Open(ctx, dossier, particulars) }, "dossier_opened"},
		{"see", cast.Karim, ngo, func(ctx context.Context) error { _, err := a.Dossiers.Find(ctx, dossier); return err }, "dossier_seen"},
		{"edit", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Dossiers.Edit(ctx, dossier, 1, edited); return err }, "dossier_changed dossier_seen"},
		{"describe", cast.Lea, ngo, func(ctx context.Context) error {
			_, err := a.Dossiers.Describe(ctx, dossier, 1, dossiers.Situation{access.Income: "Canaryincome"})
			return err
		}, "dossier_seen situation_changed"},
		{"search", cast.Lea, nil, func(ctx context.Context) error { _, err := a.Dossiers.Search(ctx, sought); return err }, "dossier_found dossiers_searched"},
		{"search elsewhere", cast.Claire, nil, func(ctx context.Context) error { _, err := a.Dossiers.Search(ctx, sought); return err }, "dossiers_searched"},
		{"consent", cast.Lea, ngo, func(ctx context.Context) error {
			_, err := a.Consents.Give(ctx, dossier, consent, terms)
			return err
		}, "consent_given"},
		{"see the consent", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Consents.Find(ctx, consent); return err }, "consent_seen"},

		{"hand a document in", cast.Lea, ngo, func(ctx context.Context) error {
			return a.Documents.Add(ctx, dossier, paper, documents.Handed{Label: documents.Label{Title: "Canarytitle", DataClass: access.Identity}, File: pictured(t)})
		}, "document_added"},

		{"draft", cast.Lea, ngo, draft(sent), "draft_begun draft_seen"},
		{"see the draft", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Referrals.Edit(ctx, sent); return err }, "draft_seen"},
		{"write", cast.Lea, ngo, write(sent), "draft_seen draft_written"},
		{"preview", cast.Lea, ngo, preview(sent), "dossier_seen draft_seen"},
		{"send", cast.Lea, ngo, send(sent), "dossier_seen draft_seen referral_sent"},
		{"draft for nothing", cast.Lea, ngo, draft(unwanted), "draft_begun draft_seen"},
		{"discard", cast.Lea, ngo, discard, "draft_discarded"},

		{"open at the office", cast.Noe, offices, func(ctx context.Context) error {
			opened, err := a.Inbox.Open(ctx, sent)
			if err == nil {
				enclosure = opened.Enclosures[0].EnclosureID
			}
			return err
		}, "referral_seen"},
		{"ask for the document", cast.Noe, offices, func(ctx context.Context) (err error) {
			ticket, err = a.Inbox.Ticket(ctx, enclosure, "session")
			return err
		}, "referral_seen"},
		{"take the document", cast.Noe, offices, func(ctx context.Context) error {
			_, err := a.Inbox.Unwrap(ctx, enclosure, "session", ticket)
			return err
		}, "document_taken"},
		{"ask", cast.Noe, offices, func(ctx context.Context) error { return a.Inbox.Write(ctx, sent, messages.Question, question) }, "referral_asked"},
		{"take", cast.Noe, offices, func(ctx context.Context) error { return a.Inbox.Take(ctx, sent, cast.Noe.ID) }, "referral_taken"},
		{"take again", cast.Noe, offices, func(ctx context.Context) error { return a.Inbox.Take(ctx, sent, cast.Noe.ID) }, "referral_seen"},
		{"answer", cast.Lea, ngo, func(ctx context.Context) error { return a.Referrals.Reply(ctx, sent, answer) }, "referral_message"},
		{"answer again", cast.Lea, ngo, func(ctx context.Context) error { return a.Referrals.Reply(ctx, sent, answer) }, "referral_seen"},
		{"read it", cast.Noe, offices, func(ctx context.Context) error { return a.Inbox.Acknowledge(ctx, sent, time.Now()) }, "referral_acknowledged"},
		{"accept", cast.Noe, offices, func(ctx context.Context) error { return a.Inbox.Accept(ctx, sent) }, "referral_accepted"},
		{"see what came of it", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Referrals.Find(ctx, sent); return err }, "referral_seen"},
		{"take note", cast.Lea, ngo, func(ctx context.Context) error { return a.Referrals.Acknowledge(ctx, sent, time.Now()) }, "referral_acknowledged"},
		{"close", cast.Noe, offices, func(ctx context.Context) error { return a.Inbox.Close(ctx, sent, referrals.Got, inbox.Words{}) }, "referral_closed"},

		{"draft another", cast.Lea, ngo, draft(declined), "draft_begun draft_seen"},
		{"write it", cast.Lea, ngo, write(declined), "draft_seen draft_written"},
		{"preview it", cast.Lea, ngo, preview(declined), "dossier_seen draft_seen"},
		{"send it", cast.Lea, ngo, send(declined), "dossier_seen draft_seen referral_sent"},
		{"decline", cast.Noe, offices, func(ctx context.Context) error {
			return a.Inbox.Decline(ctx, declined, referrals.NoCapacity, inbox.Words{})
		}, "referral_declined"},
		{"draft a third", cast.Lea, ngo, draft(revoked), "draft_begun draft_seen"},
		{"write that", cast.Lea, ngo, write(revoked), "draft_seen draft_written"},
		{"preview that", cast.Lea, ngo, preview(revoked), "dossier_seen draft_seen"},
		{"send that", cast.Lea, ngo, send(revoked), "dossier_seen draft_seen referral_sent"},
		{"revoke", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Referrals.Revoke(ctx, revoked); return err }, "referral_revoked"},
		{"withdraw", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Consents.Withdraw(ctx, consent); return err }, "consent_withdrawn referral_revoked referral_revoked"},

		{"see what matters now", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Dossiers.Overview(ctx, dossier); return err }, "dossier_seen"},
		{"see the path", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Dossiers.Path(ctx, dossier); return err }, "dossier_seen"},
		{"see the dates", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Dossiers.Calendar(ctx, dossier); return err }, "dossier_seen"},
		{"see the timeline", cast.Lea, ngo, func(ctx context.Context) error {
			_, _, err := a.Dossiers.Timeline(ctx, dossier, timeline.Filter{})
			return err
		}, "dossier_seen"},
		{"give the phase back", cast.Lea, ngo, func(ctx context.Context) error { return a.Dossiers.ReleasePhase(ctx, dossier) }, "dossier_seen phase_released"},
		{"set the phase", cast.Lea, ngo, func(ctx context.Context) error {
			return a.Dossiers.SetPhase(ctx, dossier, dossiers.Choice{ID: ids.New[dossiers.Setting](), Phase: dossiers.Return, Reason: "Canaryreason"})
		}, "phase_set"},
		{"record a finding", cast.Lea, ngo, func(ctx context.Context) error { return a.Dossiers.RecordFinding(ctx, dossier, finding, found) }, "finding_recorded"},
		{"see the finding", cast.Lea, ngo, func(ctx context.Context) error { _, _, err := a.Dossiers.FindFinding(ctx, finding); return err }, "dossier_seen"},
		{"correct it", cast.Lea, ngo, func(ctx context.Context) error {
			return a.Dossiers.CorrectFinding(ctx, finding, corrected, found, "Canarywhy")
		}, "finding_corrected"},
		{"withdraw it", cast.Lea, ngo, func(ctx context.Context) error { return a.Dossiers.WithdrawFinding(ctx, corrected, "Canarywhy") }, "finding_withdrawn"},
		{"do without a date", cast.Lea, ngo, func(ctx context.Context) error {
			return a.Dossiers.Waive(ctx, dossier, "stay_end", "a", "Canaryreason")
		}, "deadline_waived"},
		{"do without it again", cast.Lea, ngo, func(ctx context.Context) error {
			return a.Dossiers.Waive(ctx, dossier, "stay_end", "a", "Canaryreason")
		}, "dossier_seen"},
		{"see what is owed", cast.Lea, ngo, func(ctx context.Context) error { _, err := a.Dossiers.Closing(ctx, dossier); return err }, "dossier_seen"},
		{"close the dossier", cast.Lea, ngo, func(ctx context.Context) error {
			return a.Dossiers.Close(ctx, dossier, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: "return"})
		}, "dossier_closed"},
		{"look after her", cast.Lea, ngo, func(ctx context.Context) error { return a.Dossiers.BeginAftercare(ctx, dossier, "Canarynote") }, "aftercare_begun dossier_seen"},
		{"reopen the dossier", cast.Lea, ngo, func(ctx context.Context) error { return a.Dossiers.Reopen(ctx, dossier, "Canaryreason") }, "dossier_reopened dossier_seen"},
		{"let the date count again", cast.Lea, ngo, func(ctx context.Context) error { return a.Dossiers.TakeUp(ctx, dossier, "stay_end", "a") }, "waiver_taken_back"},
		{"write down an interview", cast.Lea, ngo, func(ctx context.Context) error {
			_, err := a.Interviews.Record(ctx, interviews.Whose{Dossier: dossier}, talk, said, []interviews.Step{{Text: "Canarystep"}})
			return err
		}, "interview_recorded task_added"},
		{"read the interviews", cast.Karim, ngo, func(ctx context.Context) error {
			_, err := a.Interviews.OfDossier(ctx, dossier, interviews.Filter{})
			return err
		}, "dossier_seen"},
		{"read one", cast.Karim, ngo, func(ctx context.Context) error { _, err := a.Interviews.Find(ctx, talk); return err }, "dossier_seen"},
		{"correct it", cast.Karim, ngo, func(ctx context.Context) error {
			corrected := said
			corrected.Kind = "crisis"
			_, err := a.Interviews.Correct(ctx, talk, 1, corrected)
			return err
		}, "dossier_seen interview_corrected"},
		{"add a task", cast.Lea, ngo, func(ctx context.Context) error { return a.Tasks.Add(ctx, dossier, task, errand) }, "task_added"},
		{"read the tasks", cast.Karim, ngo, func(ctx context.Context) error { _, err := a.Tasks.OfDossier(ctx, dossier); return err }, "dossier_seen"},
		{"open a task", cast.Karim, ngo, func(ctx context.Context) error { _, err := a.Tasks.Find(ctx, task); return err }, "dossier_seen"},
		{"change it", cast.Karim, ngo, func(ctx context.Context) error {
			changed := errand
			changed.Kind = "letter"
			_, err := a.Tasks.Change(ctx, task, 1, changed)
			return err
		}, "dossier_seen task_changed"},
		{"do it", cast.Lea, ngo, func(ctx context.Context) error { return a.Tasks.End(ctx, task, tasks.Done) }, "dossier_seen task_done"},
		{"take that back", cast.Lea, ngo, func(ctx context.Context) error { return a.Tasks.Reopen(ctx, task) }, "dossier_seen task_reopened"},
		{"drop it", cast.Lea, ngo, func(ctx context.Context) error { return a.Tasks.End(ctx, task, tasks.Dropped) }, "dossier_seen task_dropped"},

		{"see who looked", cast.Karim, ngo, func(ctx context.Context) error {
			_, err := a.Journal.OfDossier(ctx, dossiers.TimelineID(dossier), journal.Filter{})
			return err
		}, "journal_seen"},
		{"print the sheet", cast.Karim, ngo, func(ctx context.Context) error {
			_, err := a.Journal.SheetOf(ctx, dossiers.TimelineID(dossier))
			return err
		}, "sheet_seen"},
		{"meet a dossier that was changed", cast.Lea, ngo, func(ctx context.Context) error { return a.Journal.Unreadable(ctx, dossiers.HolderOf(dossier)) }, "unreadable"},
		{"meet a referral that was changed", cast.Lea, ngo, func(ctx context.Context) error { return a.Journal.Unreadable(ctx, referrals.HolderOf(sent)) }, "unreadable"},
		{"search past what was changed", cast.Lea, nil, func(ctx context.Context) error {
			site.Database.Exec(t, "update beneficiaries set particulars = 'moved' where dossier_id = $1", dossier)
			_, err := a.Dossiers.Search(ctx, sought)
			return err
		}, "dossiers_searched unreadable"},
		{"erase", cast.Karim, coordinators, func(ctx context.Context) error {
			return a.Erasures.Erase(ctx, dossier, erasures.Order{Reason: "duplicate", CodeName: string(name)})
		}, "dossier_erased"},
	} {
		for _, stranger := range c.strangers {
			if err := c.do(stranger.Context(t.Context())); !errors.Is(err, fault.NotFound()) {
				t.Fatalf("%s, as %s: %v, want not found", c.what, stranger.Name, err)
			}
			if left := left(t, site, stranger, dossier, before); left != "" {
				t.Errorf("%s, as %s: left %s", c.what, stranger.Name, left)
			}
		}
		if c.what == "do without a date" {
			permitted(t, site, dossier)
		}
		if err := c.do(c.who.Context(t.Context())); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if left := left(t, site, c.who, dossier, before); left != c.want {
			t.Errorf("%s: left %q, want %q", c.what, left, c.want)
		}
	}
}

// permitted gives a dossier a permit that ends soon, as a capability would report it: it alone gives a date that presses.
func permitted(t *testing.T, site *webtest.Site, dossier dossiers.ID) {
	t.Helper()
	ring := site.Database.Ring(t)
	err := site.App.DB.Write(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, ring, dossier)
		if err != nil {
			return err
		}
		until := forms.Today(time.Now()).AddDate(0, 0, 20)
		return dossiers.Report(ctx, tx, box, dossier, "stays", []deadlines.Fact{
			{Trigger: deadlines.StayValidUntil, On: until, Of: "a"}, {Trigger: deadlines.RenewalRequested, On: until.AddDate(0, 0, -20), Of: "a"},
		}, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// left tells, in order of the words, which entries the journal has of somebody that it did not have before. Whatever is about
// a dossier has to be about this one.
func left(t *testing.T, site *webtest.Site, person cast.Person, dossier dossiers.ID, before map[string]bool) string {
	t.Helper()
	rows, err := site.Database.Owner.Query(t.Context(), `select entry_id::text as id, action, action = 'dossiers_searched' and dossier_id is null or dossier_id = $3 as fits
		from journal_entries where tenant_id = $1 and person_id = $2`, person.Tenant.ID, person.ID, dossier)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct {
		ID, Action string
		Fits       bool
	}])
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, entry := range entries {
		if !before[entry.ID] {
			actions = append(actions, entry.Action)
		}
		if !entry.Fits {
			t.Errorf("%s is about another dossier", entry.Action)
		}
		before[entry.ID] = true
	}
	slices.Sort(actions)
	return strings.Join(actions, " ")
}
