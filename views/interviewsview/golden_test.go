package interviewsview

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	staff = []members.Member{{MemberID: cast.Lea.ID, Name: cast.Lea.Name, Role: cast.Lea.Role}, {MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: cast.Karim.Role}}
)

const (
	hostile = `<script>alert(1)</script>`
	talkID  = "17e40000-0000-4000-8000-000000000001"
)

func talk(kind interviews.Kind, account interviews.Account, hard bool) interviews.Interview {
	return interviews.Interview{
		Line: interviews.Line{
			InterviewID: ids.MustParse[interviews.Interview](talkID), DossierID: amina.DossierID, CodeName: amina.CodeName, Kind: kind, HeldAt: now.Add(-time.Hour),
			Minutes: 95, MemberID: cast.Lea.ID, Hard: hard, Noted: account.Note != "",
		},
		Account: keys.Of(account), Version: 2, WrittenAt: now, WrittenBy: cast.Karim.ID,
	}
}

var tally = interviews.Tally{
	{Month: interviews.ParseMonth("2026-11"), Kind: "crisis", Count: interviews.Count{Interviews: 2, Minutes: 125}},
	{Month: interviews.ParseMonth("2026-11"), Kind: "phone", Count: interviews.Count{Interviews: 7, Minutes: 60}},
	{Month: interviews.ParseMonth("2026-10"), Kind: "phone", Count: interviews.Count{Interviews: 1, Minutes: 15}},
}

func file() interviews.File {
	account := interviews.Account{Note: "Corrigé."}
	minutes, at := 45, now.Add(-time.Hour)
	return interviews.File{
		Interview: talk("phone", account, false), Account: account, Staff: staff,
		Earlier: []interviews.Earlier{{Version: 1, WrittenAt: now.Add(-time.Minute), WrittenBy: cast.Lea.ID, Contents: keys.Of(interviews.Contents{
			Kind: "individual", HeldAt: &at, Minutes: &minutes, Hard: true, Account: interviews.Account{Where: "Bureau", Note: hostile},
		})}},
	}
}

func fresh() Form {
	return Form{Occasion: interviews.Occasion{Dossier: amina}, ID: talkID, Typed: Empty(now)}
}

func restored() Form {
	f := fresh()
	f.Kept = now
	f.Typed.Set("note", hostile)
	f.Problems = fault.Problems{{Field: "kind", Key: "interviews.kind.missing"}}
	return f
}

// TestGolden compares what stands between header and footer, in two languages; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	part := interviews.Part{Dossier: amina, Tally: tally, Staff: staff, Interviews: []interviews.Interview{
		talk("crisis", interviews.Account{Where: "Urgences", Participants: hostile, Interpreter: "Par téléphone", Note: hostile}, true),
		talk("phone", interviews.Account{Note: strings.Repeat("Un long récit. ", 40)}, false), talk("network", interviews.Account{}, false),
	}}
	rows := []interviews.Line{part.Interviews[0].Line, part.Interviews[2].Line}
	narrowed := interviews.Filter{Month: interviews.ParseMonth("2026-09"), Kind: "phone", Member: cast.Lea.ID}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"new":           {cast.Lea, NewPage(fresh())},
		"new_restored":  {cast.Lea, NewPage(restored())},
		"new_anywhere":  {cast.Lea, NewPage(Form{Occasion: interviews.Occasion{Recent: []dossiers.Mention{amina}, Others: []interviews.Draft{{DossierID: amina.DossierID, CodeName: amina.CodeName, SavedAt: now}}}, ID: talkID, Typed: Empty(now)})},
		"part":          {cast.Lea, PartPage(part)},
		"part_an_audit": {cast.Ruth, PartPage(part)},
		"part_none":     {cast.Lea, PartPage(interviews.Part{Dossier: amina})},
		"show":          {cast.Ruth, ShowPage(file())},
		"edit":          {cast.Lea, EditPage(EditForm{File: file(), Typed: TypedOf(file().Contents())})},
		"edit_conflict": {cast.Lea, EditPage(EditForm{File: file(), Typed: TypedOf(file().Contents()), Theirs: true, Problems: fault.Problems{{Key: "interviews.conflict.changed_meanwhile"}}})},
		"list":          {cast.Karim, ListPage(interviews.Page{Rows: rows, Tally: tally, Staff: staff, Next: interviews.ParseCursor("1764000000000000." + talkID)})},
		"list_no_match": {cast.Ruth, ListPage(interviews.Page{Filter: narrowed, Staff: staff})},
		"list_none":     {cast.Lea, ListPage(interviews.Page{Staff: staff})},
		"brief":         {cast.Lea, Brief(rows[:1], staff)},
		"brief_none":    {cast.Lea, Brief(nil, staff)},
		"kept":          {cast.Lea, Kept(now)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), lang), ui.Request{
					Nonce: "NONCE", CSRF: "TOKEN", Path: "/interviews", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
				})
				var html bytes.Buffer
				if err := test.component.Render(ctx, &html); err != nil {
					t.Fatal(err)
				}
				got := html.String()
				if _, main, ok := strings.Cut(got, "<main"); ok {
					main, _, _ = strings.Cut(main, "</main>")
					got = "<main" + main + "</main>"
				}
				if strings.Contains(got, hostile) {
					t.Error("a text that somebody typed became a script")
				}
				compare(t, filepath.Join("testdata", name+"_"+string(lang)+".html"), strings.ReplaceAll(got, "><", ">\n<")+"\n")
			})
		}
	}
}

func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
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

func TestOfForm(t *testing.T) {
	t.Parallel()
	kept := OfForm(map[string][]string{"note": {"x"}, "step_3": {"y"}, "_csrf": {"TOKEN"}, "other": {"z"}, "place": {""}})
	if len(kept) != 2 || kept.Get("note") != "x" || kept.Get("step_3") != "y" {
		t.Errorf("%v", kept)
	}
}

func TestLength(t *testing.T) {
	t.Parallel()
	for minutes, want := range map[int]string{0: "0 min", 45: "45 min", 60: "1 h", 65: "1 h 05", 125: "2 h 05", 390000: "6500 h"} {
		if got := length(i18n.With(context.Background(), i18n.FR), minutes); got != want {
			t.Errorf("%d: %q", minutes, got)
		}
	}
}
