package proceedingsview

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/proceedings"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

func on(month time.Month, day int) *time.Time {
	t := time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
	return &t
}

func entryID(n int) proceedings.EntryID {
	return ids.MustParse[proceedings.Entry](fmt.Sprintf("e7e00000-0000-4000-8000-%012d", n))
}

func running() proceedings.Proceeding {
	return proceedings.Proceeding{
		ProceedingID: ids.MustParse[proceedings.Proceeding]("94c00000-0000-4000-8000-000000000001"), DossierID: amina.DossierID, Version: 3,
		Particulars: proceedings.Particulars{
			Terms: proceedings.Terms{
				Canton: "VD", Authority: "Ministère public", Contact: hostile, FileNumber: "PE26.1", OffenderKnownOn: on(time.October, 1), Complaint: proceedings.Filed,
				ComplaintFiledOn: on(time.November, 2), PlaintiffDeclaredOn: on(time.November, 2), PlaintiffClaims: []proceedings.Claim{"penal", "civil"},
				CivilClaimsFinalOn: on(time.November, 3), Counsel: "Me X", LegalAid: "granted", RightsAsked: []proceedings.Right{"person_of_trust", "copy"}, Note: hostile,
			},
			Steps: []proceedings.Step{{EntryID: entryID(1), Stage: proceedings.Report, On: *on(time.October, 1)}, {EntryID: entryID(2), Stage: proceedings.ClosingNotice, On: *on(time.November, 1)}},
			Hearings: []proceedings.Hearing{{
				EntryID: entryID(3), Kind: "victim", On: *on(time.December, 1), At: "14:00", Place: "Lausanne", PersonOfTrust: dossiers.Yes,
				Measures: []proceedings.Measure{"no_confrontation", "same_sex"}, Note: hostile,
			}},
			Rulings: []proceedings.Ruling{
				{EntryID: entryID(4), Kind: proceedings.Order, NotifiedOn: *on(time.November, 1)},
				{EntryID: entryID(5), Kind: proceedings.Judgement, NotifiedOn: *on(time.November, 1), ReasonedOn: on(time.November, 9), AnnouncedOn: on(time.November, 2), Note: hostile},
				{EntryID: entryID(6), Kind: proceedings.PenalRuling, NotifiedOn: *on(time.November, 1), FiledOn: on(time.November, 2)},
				{EntryID: entryID(7), Kind: proceedings.LastInstance, NotifiedOn: *on(time.November, 1), WaivedOn: on(time.November, 2)},
			},
			Penalties: []proceedings.Penalty{
				{EntryID: entryID(8), Kind: "fine", On: *on(time.November, 1)},
				{EntryID: entryID(9), Kind: proceedings.PenalOrder, On: *on(time.November, 1), ContestedOn: on(time.November, 2), Outcome: "lifted", Note: hostile},
			},
		},
	}
}

func sheet(t *testing.T) proceedings.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	bare := proceedings.Proceeding{ProceedingID: ids.MustParse[proceedings.Proceeding]("94c00000-0000-4000-8000-000000000002"), DossierID: amina.DossierID}
	return proceedings.Sheet{
		Dossier: amina, Proceedings: []proceedings.Proceeding{running(), bare},
		Dates: rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.RulingNotified, On: *on(time.November, 1), Of: "a"}, {Trigger: deadlines.OffenderKnown, On: *on(time.October, 1), Of: "b"}}),
	}
}

// form is that of an entry, as it was typed, with something to correct.
func form(n int, field string) Form {
	typed, _ := TypedOfEntry(running(), entryID(n))
	return Form{Dossier: amina, Proceeding: running(), Version: 3}.With(typed, fault.Problems{{Field: field, Key: "proceedings.date.future"}})
}

func wrong() Form {
	return Form{Dossier: amina, Proceeding: running(), Version: 3}.With(TypedOf(running().Terms), fault.Problems{{Field: "complaint", Key: "proceedings.complaint.not_filed_on"}})
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"list":          {cast.Lea, List(sheet(t), now)},
		"list_an_audit": {cast.Ruth, List(sheet(t), now)},
		"list_none":     {cast.Lea, List(proceedings.Sheet{Dossier: amina}, now)},
		"new":           {cast.Lea, New(Form{Dossier: amina, ID: "94c00000-0000-4000-8000-000000000003"})},
		"edit_wrong":    {cast.Lea, Edit(wrong())},
		"step":          {cast.Lea, EditStep(form(2, "on"))},
		"hearing":       {cast.Lea, EditHearing(form(3, "at"))},
		"ruling":        {cast.Lea, EditRuling(form(5, "reasoned_on"))},
		"penalty":       {cast.Lea, EditPenalty(form(9, "contested_on"))},
		"brief":         {cast.Lea, Brief([]proceedings.Line{{}, {Stage: proceedings.Final, Complaint: proceedings.Filed, ClosedOn: on(time.November, 2)}})},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			compare(t, name+"_"+string(lang), lang, test.person, test.component)
		}
	}
}

func compare(t *testing.T, name string, lang i18n.Lang, person cast.Person, component templ.Component) {
	t.Helper()
	ctx := ui.WithRequest(i18n.With(person.Context(context.Background()), lang), ui.Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: person.Name, TenantName: person.Tenant.Name},
	})
	var html bytes.Buffer
	if err := component.Render(ctx, &html); err != nil {
		t.Fatal(err)
	}
	got := html.String()
	if _, main, ok := strings.Cut(got, "<main"); ok {
		main, _, _ = strings.Cut(main, "</main>")
		got = "<main" + main + "</main>"
	}
	got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
	if strings.Contains(got, hostile) {
		t.Errorf("%s: a text that somebody typed became a script", name)
	}
	golden := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; read the difference, then run with -update\n%s", golden, got)
	}
}
