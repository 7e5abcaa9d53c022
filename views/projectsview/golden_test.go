package projectsview

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
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/projects"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `<script>alert(1)</script>`

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

func day(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &day
}

// shown is one golden file: who looks, in which language, at what.
type shown struct {
	person    cast.Person
	lang      i18n.Lang
	component templ.Component
}

// compare compares what is the page's own; the frame, and which parts a dossier has, have their own tests.
func compare(t *testing.T, name string, s shown) {
	t.Helper()
	ctx := ui.WithRequest(i18n.With(s.person.Context(context.Background()), s.lang), ui.Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: s.person.Name, TenantName: s.person.Tenant.Name},
	})
	var html bytes.Buffer
	if err := s.component.Render(ctx, &html); err != nil {
		t.Fatal(err)
	}
	got := html.String()
	if _, content, ok := strings.Cut(got, `<div class="pas-dossier__content">`); ok {
		got, _, _ = strings.Cut(content, "</main>")
	}
	got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
	if strings.Contains(got, hostile) {
		t.Error("a text that somebody typed became a script")
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

func sheet(t *testing.T) projects.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	wealth, ok := rules.Wealth(now)
	if !ok {
		t.Fatal("Vaud has no limits")
	}
	percent := 60
	version := func(n int, words string, goals ...string) projects.Project {
		return projects.Project{DossierID: amina.DossierID, Version: n, Project: keys.Of(projects.Text{Words: words, Goals: goals}), WrittenAt: now.AddDate(0, 0, -n)}
	}
	step := func(id string, s projects.Step, details projects.Details) projects.Step {
		s.StepID, s.DossierID, s.Version, s.Details = ids.MustParse[projects.Step]("57e90000-0000-4000-8000-00000000000"+id), amina.DossierID, 1, keys.Of(details)
		return s
	}
	return projects.Sheet{
		Dossier: amina, Now: now, Wealth: &wealth,
		Project: version(2, "Ouvrir un atelier de couture "+hostile, "Parler français", "Vivre dans mon appartement "+hostile),
		Earlier: []projects.Project{version(1, "Travailler.")},
		Steps: []projects.Step{
			step("1", projects.Step{Kind: projects.Language, State: projects.Open, DueOn: day("2026-11-23"), BegunOn: day("2026-09-01"), Level: "a2", ExamOn: day("2026-12-18")}, projects.Details{What: "Français du soir " + hostile, Goal: "Parler français", With: "École " + hostile}),
			step("2", projects.Step{Kind: projects.IncomeSupport, State: projects.Done, AskedOn: day("2026-08-03"), DecidedOn: day("2026-09-02"), Decision: projects.Granted, EndedOn: day("2026-09-02")}, projects.Details{Result: "Accordé dès septembre. " + hostile}),
			step("3", projects.Step{Kind: projects.Work, State: projects.Dropped, Percent: &percent, Sector: "care", EndedOn: day("2026-10-02")}, projects.Details{What: "Aide-soignante", Goal: "Vivre dans mon appartement " + hostile}),
			step("4", projects.Step{Kind: projects.Other, State: projects.Open}, projects.Details{What: "Couture"}),
		},
	}
}

func stepForm(s projects.Sheet, i int) Form {
	return Form{Sheet: s, ID: s.Steps[i].StepID.String(), Version: 1, Typed: TypedStep(s.Steps[i])}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	bare := projects.Sheet{Dossier: amina, Now: now}
	project := Form{Sheet: s, Version: 2, Typed: TypedProject(s.Project.Project.Get())}
	wrong := project
	wrong.Typed = TypedProject(projects.Text{Words: ""})
	wrong.Problems = fault.Problems{{Field: "words", Key: "projects.words.missing"}}
	theirs := project
	theirs.Theirs = true
	stepTheirs := stepForm(s, 0)
	stepTheirs.Theirs = true
	support := stepForm(s, 1)
	support.Problems = fault.Problems{{Field: "decided_on", Key: "projects.decided_on.before_asked"}}
	chosen := Form{Sheet: s, ID: s.Steps[3].StepID.String(), Typed: TypedStep(projects.Step{State: projects.Open})}
	for name, test := range map[string]shown{
		"page_fr":            {cast.Lea, i18n.FR, Page(s)},
		"page_de":            {cast.Lea, i18n.DE, Page(s)},
		"page_an_audit_fr":   {cast.Ruth, i18n.FR, Page(s)},
		"page_empty_fr":      {cast.Claire, i18n.FR, Page(bare)},
		"page_empty_de":      {cast.Claire, i18n.DE, Page(bare)},
		"project_wrong_fr":   {cast.Lea, i18n.FR, ProjectPage(wrong)},
		"project_theirs_de":  {cast.Lea, i18n.DE, ProjectPage(theirs)},
		"step_language_fr":   {cast.Lea, i18n.FR, StepPage(stepForm(s, 0))},
		"step_theirs_de":     {cast.Lea, i18n.DE, StepPage(stepTheirs)},
		"step_support_fr":    {cast.Lea, i18n.FR, StepPage(support)},
		"step_work_de":       {cast.Lea, i18n.DE, StepPage(stepForm(s, 2))},
		"step_of_no_kind_fr": {cast.Lea, i18n.FR, StepPage(chosen)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compare(t, name, test)
		})
	}
}

// What was typed comes back as it was.
func TestWhatIsTypedComesBack(t *testing.T) {
	t.Parallel()
	for _, step := range sheet(t).Steps {
		read, details, problems := ParseStep(TypedStep(step))
		read.StepID, read.DossierID, read.Version, read.Details = step.StepID, step.DossierID, step.Version, keys.Of(details)
		if typed, again := TypedStep(step).Encode(), TypedStep(read).Encode(); len(problems) > 0 || typed != again {
			t.Errorf("%v\n%s\n%s", problems, typed, again)
		}
	}
	text, problems := ParseProject(TypedProject(projects.Text{Words: "x", Goals: []string{"a", "b"}}))
	if len(problems) > 0 || strings.Join(text.Goals, "|") != "a|b" {
		t.Errorf("%v %v", text, problems)
	}
	if _, problems := ParseProject(map[string][]string{"goals": {strings.Repeat("x", 201)}}); len(problems) != 1 {
		t.Errorf("a goal as long as a novel: %v", problems)
	}
}

func TestFrancs(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "CHF 0", 950: "CHF 950", 4000: "CHF 4’000", 1234567: "CHF 1’234’567"} {
		if got := francs(n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
