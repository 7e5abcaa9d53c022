package minorsview

import (
	"bytes"
	"flag"
	"net/url"
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
	"passerelle/internal/keys"
	"passerelle/internal/minors"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now     = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	mamadou = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Gisodar"}
)

const hostile = `<script>alert(1)</script>`

func childhood() minors.Childhood {
	before, years := now.AddDate(0, -1, 0), 16
	return minors.Childhood{
		Dossier: mamadou, Age: minors.Age{Finding: minors.Disputed, FoundOn: before},
		Now: minors.Moment{On: now, Child: true, Why: minors.InDoubt},
		Moments: []minors.Moment{
			{Trigger: deadlines.Offence, On: before.AddDate(-1, 0, 0), Child: true, Why: minors.ByBirthDate, Years: 15, Known: true},
			{Trigger: minors.Opening, On: before, Why: minors.ByFinding},
		},
		Records: []minors.AgeRecord{{Finding: minors.Disputed, FoundOn: before, Particulars: keys.Of(minors.AgeDetails{By: hostile, Basis: hostile})}},
		Guardians: []minors.Guardian{
			{GuardianID: ids.MustParse[minors.Guardian]("9a4d0000-0000-4000-8000-000000000001"), Role: minors.Curator, Since: before, Until: &before,
				Particulars: keys.Of(minors.GuardianDetails{Name: hostile, Reached: hostile, AppointedBy: hostile})},
		},
		Reports: []minors.Report{
			{ProtectionReportID: ids.MustParse[minors.Report]("4e904000-0000-4000-8000-000000000001"), ReportedOn: before,
				Particulars: keys.Of(minors.ReportDetails{Authority: hostile, Contents: hostile})},
			{ProtectionReportID: ids.MustParse[minors.Report]("4e904000-0000-4000-8000-000000000002"), ReportedOn: before, AnsweredOn: &now,
				Particulars: keys.Of(minors.ReportDetails{Authority: "DGEJ", Contents: "X", Answer: hostile})},
		},
		Missing: minors.Roles, Estimated: &years, EstimatedOn: &before,
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	typed := url.Values{"role": {"curator"}, "since": {"1.10.2026"}, "name": {hostile}, "finding": {"disputed"}, "contents": {hostile}, "reported_on": {"1.10.2026"}}
	form := Form{Dossier: mamadou, ID: "9a4d0000-0000-4000-8000-000000000002", Typed: typed}
	wrong := form
	wrong.Problems = fault.Problems{{Field: "by", Key: "minors.by.missing"}, {Field: "found_on", Key: "minors.date.missing"}}
	conflict := form
	conflict.Changes, conflict.Version, conflict.Theirs = true, 2, url.Values{"name": {hostile}, "until": {"24.11.2026"}}
	conflict.Problems = fault.Problems{{Key: "minors.conflict"}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"page":              {cast.Lea, Page(childhood(), now)},
		"page_an_audit":     {cast.Ruth, Page(childhood(), now)},
		"page_empty":        {cast.Lea, Page(minors.Childhood{Dossier: mamadou, Now: minors.Moment{On: now, Why: minors.ByBirthDate, Years: 28, Known: true}}, now)},
		"age_wrong":         {cast.Lea, AgePage(wrong)},
		"guardian":          {cast.Lea, GuardianPage(form)},
		"guardian_conflict": {cast.Lea, GuardianPage(conflict)},
		"report":            {cast.Lea, ReportPage(form)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				ctx := ui.WithRequest(i18n.With(test.person.Context(t.Context()), lang), ui.Request{
					Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
				})
				var html bytes.Buffer
				if err := test.component.Render(ctx, &html); err != nil {
					t.Fatal(err)
				}
				_, main, _ := strings.Cut(html.String(), "<main")
				main, _, _ = strings.Cut(main, "</main>")
				got := strings.ReplaceAll("<main"+main+"</main>", "><", ">\n<") + "\n"
				if strings.Contains(got, hostile) {
					t.Error("a text that somebody typed became a script")
				}
				golden := filepath.Join("testdata", name+"_"+string(lang)+".html")
				if *update {
					if err := os.MkdirAll("testdata", 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil || got != string(want) {
					t.Errorf("%s differs (%v); read the difference, then run with -update\n%s", golden, err, got)
				}
			})
		}
	}
}
