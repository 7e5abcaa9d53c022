package tasksview

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
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tasks"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	today = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	staff = []members.Member{{MemberID: cast.Lea.ID, Name: cast.Lea.Name, Role: cast.Lea.Role}, {MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: cast.Karim.Role}, {MemberID: cast.Ruth.ID, Name: cast.Ruth.Name, Role: cast.Ruth.Role}}
)

const (
	hostile = `<script>alert(1)</script>`
	taskID  = "7a580000-0000-4000-8000-000000000001"
)

func task(inDays int, text string) tasks.Written {
	return tasks.Written{Task: tasks.Task{
		TaskID: ids.MustParse[tasks.Task](taskID), DossierID: amina.DossierID, CodeName: amina.CodeName, AssigneeID: cast.Lea.ID, Kind: "call",
		DueOn: today.AddDate(0, 0, inDays), Version: 1, ChangedBy: cast.Karim.ID,
	}, Body: keys.Of(text)}
}

func list(text string) tasks.List {
	weekly, done := task(1, text), task(-3, text)
	weekly.Every, weekly.Unit = 2, tasks.Weeks
	done.EndedAt, done.EndedBy, done.Outcome = &today, cast.Karim.ID, tasks.Done
	return tasks.List{Dossier: amina, Open: []tasks.Written{task(-2, text), task(0, text), weekly, task(30, text)}, Ended: []tasks.Written{done}, Staff: staff, More: true, Today: today}
}

func opened() tasks.Opened {
	return tasks.Opened{Task: task(2, "").Task, Text: hostile, Staff: staff}
}

// TestGolden compares what stands between header and footer, in two languages; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	wrong := Form{Occasion: tasks.Occasion{Dossier: amina, Staff: staff}, ID: taskID, Typed: Empty(cast.Lea.ID), Problems: fault.Problems{{Field: "text", Key: "tasks.text.missing"}, {Field: "every", Key: "tasks.every.half"}}}
	due := []tasks.Task{task(-2, "").Task, task(0, "").Task}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"new":           {cast.Lea, NewPage(Form{Occasion: tasks.Occasion{Staff: staff}, ID: taskID, Typed: Empty(cast.Lea.ID)})},
		"new_wrong":     {cast.Lea, NewPage(wrong)},
		"part":          {cast.Lea, PartPage(list(hostile))},
		"part_an_audit": {cast.Ruth, PartPage(list("Appeler"))},
		"part_none":     {cast.Lea, PartPage(tasks.List{Dossier: amina, Today: today})},
		"mine":          {cast.Lea, MinePage(list(""))},
		"mine_none":     {cast.Lea, MinePage(tasks.List{Today: today})},
		"edit":          {cast.Lea, EditPage(EditForm{Task: opened(), Typed: TypedOf(opened())})},
		"edit_conflict": {cast.Lea, EditPage(EditForm{Task: opened(), Typed: TypedOf(opened()), Theirs: true, Problems: fault.Problems{{Key: "tasks.conflict.changed_meanwhile"}}})},
		"due":           {cast.Lea, Due(due, today)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), lang), ui.Request{
					Nonce: "NONCE", CSRF: "TOKEN", Path: "/tasks", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
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
