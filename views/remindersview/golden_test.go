package remindersview

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

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/reminders"
	"passerelle/internal/tasks"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var today = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)

func rules(t *testing.T) *deadlines.Rules {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func amina(name dossiers.CodeName) dossiers.Mention {
	return dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: name}
}

func due(rule deadlines.RuleID, ahead int) reminders.Due {
	return reminders.Due{Mention: amina("Lomidak"), Rule: rule, DueOn: today.AddDate(0, 0, ahead)}
}

func work(t *testing.T) reminders.Work {
	month := reminders.Due{Mention: amina("Beludok"), Rule: "compensation_claim_minor", DueOn: today.AddDate(0, 0, -23), ToTheMonth: true}
	return reminders.Work{
		Overdue: []reminders.Due{due("shelter_first_review", -3)}, Today: []reminders.Due{due("renewal_request", 0), month}, Week: []reminders.Due{due("stay_end", 5)},
		Reminders: []reminders.Reminder{{ReminderID: ids.MustParse[reminders.Reminder]("4e310de4-0000-4000-8000-000000000001"), Due: due("reflection_end", 14)}},
		Tasks: []tasks.Task{
			{TaskID: ids.MustParse[tasks.Task]("7a5c0000-0000-4000-8000-000000000001"), DossierID: amina("").DossierID, CodeName: "Lomidak", Kind: "call", DueOn: today.AddDate(0, 0, -1)},
			{TaskID: ids.MustParse[tasks.Task]("7a5c0000-0000-4000-8000-000000000002"), Kind: "other", DueOn: today},
		},
		Unwritten: []appointments.Line{{
			AppointmentID: ids.MustParse[appointments.Appointment]("a9901700-0000-4000-8000-000000000001"), CodeName: "<script>alert(2)</script>", Kind: "authority", StartsAt: today.Add(-20 * time.Hour), Minutes: 45,
		}},
		Noteless: []interviews.Line{{
			InterviewID: ids.MustParse[interviews.Interview]("1e7e0000-0000-4000-8000-000000000001"), CodeName: "Lomidak", Kind: "phone", HeldAt: today.Add(-50 * time.Hour), Minutes: 30,
		}},
		More: true, Day: today, Rules: rules(t),
	}
}

func team(t *testing.T) reminders.Team {
	last := today.AddDate(0, 0, -70)
	return reminders.Team{
		Loads: []reminders.Load{
			{MemberID: cast.Lea.ID, Name: cast.Lea.Name, Role: access.Caseworker, Dossiers: 12, Overdue: 2, Week: 3},
			{MemberID: cast.Karim.ID, Name: "<script>alert(1)</script>", Role: access.Coordinator, Dossiers: 1, Gone: true},
		},
		Quiet:   []reminders.Quiet{{Mention: amina("Cidolo"), Responsible: cast.Lea.Name, LastAt: &last}},
		Leaving: []reminders.Due{due("shelter_stay", 12)}, Expiring: []reminders.Due{due("stay_end", 40)},
		Undated: []reminders.Undated{{Mention: amina("Dodulo"), Responsible: cast.Lea.Name, OpenedAt: last}},
		More:    true, Day: today, Rules: rules(t),
	}
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lang      i18n.Lang
		person    cast.Person
		component templ.Component
	}{
		"work":      {i18n.FR, cast.Lea, WorkPage(work(t))},
		"work_de":   {i18n.DE, cast.Lea, WorkPage(work(t))},
		"work_none": {i18n.FR, cast.Lea, WorkPage(reminders.Work{Day: today})},
		"team":      {i18n.FR, cast.Karim, TeamPage(team(t))},
		"team_de":   {i18n.DE, cast.Karim, TeamPage(team(t))},
		"team_none": {i18n.FR, cast.Karim, TeamPage(reminders.Team{Mails: true, Day: today, Age: agenda.Age{Dossiers: 40, Outdated: 12}})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), test.lang), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/work", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
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
			got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
			if strings.Contains(got, "<script>alert") {
				t.Error("a name became a script")
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
		})
	}
}
