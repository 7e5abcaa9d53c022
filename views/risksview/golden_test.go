package risksview

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
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/risks"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

func safety() risks.Safety {
	scale, review := 4, now.AddDate(0, 0, -1)
	dangers := []risks.Danger{{Source: "perpetrators", Severity: "grave", Likelihood: "likely"}, {Source: "debt", Severity: "light", Likelihood: "possible"}}
	return risks.Safety{
		Dossier: amina, Child: true,
		Assessments: []risks.Assessment{
			{Kind: risks.Here, Level: risks.Acute, ChildScale: &scale, AssessedOn: now.AddDate(0, 0, -9), ReviewOn: &review,
				Particulars: keys.Of(risks.Details{Dangers: dangers, Described: hostile, Protective: hostile, Fears: hostile})},
			{Kind: risks.OnReturn, Level: risks.Moderate, AssessedOn: now, Particulars: keys.Of(risks.Details{Described: hostile, Reason: hostile})},
			{Kind: risks.Here, Level: risks.Low, AssessedOn: now.AddDate(0, -1, 0), ReviewOn: &review, Particulars: keys.Of(risks.Details{Described: "X"})},
		},
		Plan: risks.Plan{DossierID: amina.DossierID, Version: 1, WrittenAt: now, Particulars: keys.Of(ours())},
	}
}

func ours() risks.PlanDetails {
	return risks.PlanDetails{
		Signs: hostile, Steps: hostile, People: hostile, Signal: hostile, Devices: hostile,
		Measures: []risks.Measure{{What: hostile, Who: hostile, By: &now}, {What: "X", Who: "Y", Done: &now}},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	begun := TypedAssessment(safety().Assessments[0])
	begun.Set("kind", "here")
	assessment := Form{Dossier: amina, ID: "45e50000-0000-4000-8000-000000000002", Child: true, Typed: begun, Problems: fault.Problems{{Field: "level", Key: "risks.level.missing"}}}
	back := Form{Dossier: amina, ID: "45e50000-0000-4000-8000-000000000002", Child: true, Typed: url.Values{"kind": {"on_return"}}}
	theirs := ours()
	conflict := Form{Dossier: amina, Version: 2, Typed: TypedPlan(ours()), Theirs: &theirs, Problems: fault.Problems{{Key: "risks.plan.conflict"}}}
	latest := []risks.Brief{{Kind: risks.Here, Level: risks.Acute, ChildScale: safety().Assessments[0].ChildScale, ReviewOn: safety().Assessments[0].ReviewOn}, {Kind: risks.OnReturn, Level: risks.Low}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"page":          {cast.Lea, Page(safety(), now)},
		"page_an_audit": {cast.Ruth, Page(safety(), now)},
		"page_empty":    {cast.Lea, Page(risks.Safety{Dossier: amina}, now)},
		"assessment":    {cast.Lea, AssessmentPage(assessment)},
		"return":        {cast.Lea, AssessmentPage(back)},
		"plan_conflict": {cast.Lea, PlanPage(conflict)},
		"sheet":         {cast.Lea, Sheet(safety())},
		"brief":         {cast.Lea, Brief(latest, now)},
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
				got := html.String()
				if _, main, ok := strings.Cut(got, "<main"); ok {
					main, _, _ = strings.Cut(main, "</main>")
					got = "<main" + main + "</main>"
				}
				got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
				if strings.Contains(got, hostile) {
					t.Error("a text that somebody typed became a script")
				}
				if name == "sheet" && (strings.Contains(got, test.person.Tenant.Name) || strings.Contains(got, string(amina.CodeName))) {
					t.Error("the sheet says whose it is, or by whom")
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
