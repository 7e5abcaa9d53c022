package returnsview

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
	"passerelle/internal/returns"
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

func sheet(t *testing.T) returns.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	r := returns.Return{
		ReturnID: ids.MustParse[returns.Return]("4e700000-0000-4000-8000-000000000001"), DossierID: amina.DossierID, Version: 3,
		ConsideredOn: *day("2026-08-01"), Programme: "victims", PlannedOn: day("2026-10-05"), DecidedOn: day("2026-09-01"), DepartedOn: day("2026-10-06"),
		Details: keys.Of(returns.Details{
			With: "Conseil en vue du retour " + hostile, Wishes: "Retrouver mes enfants " + hostile, Destination: "Plovdiv " + hostile, StartMoney: "USD 1000",
			Said: map[returns.Milestone]string{returns.Decision: "Je rentre " + hostile},
		}),
	}
	earlier := returns.Return{
		ReturnID: ids.MustParse[returns.Return]("4e700000-0000-4000-8000-000000000002"), DossierID: amina.DossierID, Version: 2, ConsideredOn: *day("2026-02-01"), AbandonedOn: day("2026-03-01"),
		Details: keys.Of(returns.Details{With: "CVR"}),
	}
	return returns.Sheet{
		Dossier: amina, Now: now, Current: &r, Earlier: []returns.Return{earlier},
		Contacts: []returns.Contact{{ReturnID: r.ReturnID, ContactedOn: *day("2026-11-10"), Channel: "partner", Note: keys.Of("Elle va bien " + hostile)}},
		Dates:    rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.ReturnDeparted, On: *day("2026-10-06"), Of: "x"}}),
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	considered := *s.Current
	considered.DecidedOn, considered.DepartedOn = nil, nil
	waiting := returns.Sheet{Dossier: amina, Now: now, Current: &considered}
	assessed := waiting
	assessed.AssessedOn = day("2026-08-20")
	preparation := Form{Sheet: s, ID: s.Current.ReturnID.String(), Version: 3, Typed: Typed(*s.Current), Theirs: true}
	wrong := Form{Sheet: returns.Sheet{Dossier: amina, Now: now}, ID: s.Current.ReturnID.String(), Typed: Typed(returns.Return{}), Problems: fault.Problems{{Field: "considered_on", Key: "returns.considered_on.missing"}}}
	refused := Form{Sheet: waiting, Version: 1, Milestone: returns.Decision, Typed: map[string][]string{"on": {"1.9.2026"}, "said": {hostile}}, Problems: fault.Problems{{Key: "returns.decision.no_assessment"}}}
	for name, test := range map[string]shown{
		"page_fr":          {cast.Lea, i18n.FR, Page(s)},
		"page_de":          {cast.Lea, i18n.DE, Page(s)},
		"page_an_audit_fr": {cast.Ruth, i18n.FR, Page(s)},
		"page_waiting_fr":  {cast.Lea, i18n.FR, Page(waiting)},
		"page_assessed_de": {cast.Lea, i18n.DE, Page(assessed)},
		"page_empty_fr":    {cast.Lea, i18n.FR, Page(returns.Sheet{Dossier: amina, Now: now})},
		"preparation_fr":   {cast.Lea, i18n.FR, PreparationPage(preparation)},
		"preparation_de":   {cast.Lea, i18n.DE, PreparationPage(wrong)},
		"decision_fr":      {cast.Lea, i18n.FR, MilestonePage(refused)},
		"abandonment_de":   {cast.Lea, i18n.DE, MilestonePage(Form{Sheet: waiting, Version: 1, Milestone: returns.Abandonment})},
		"contact_fr":       {cast.Lea, i18n.FR, ContactPage(Form{Sheet: s, ID: s.Current.ReturnID.String()})},
		"brief_fr":         {cast.Lea, i18n.FR, Brief([]returns.Brief{{ConsideredOn: day("2026-08-01")}, {ConsideredOn: day("2026-08-01"), DecidedOn: day("2026-09-01")}, {PlannedOn: day("2026-10-05"), DecidedOn: day("2026-09-01")}, {DepartedOn: day("2026-10-06")}})},
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
	r := *sheet(t).Current
	read, problems := Parse(Typed(r))
	if typed, again := Typed(r).Encode(), Typed(read).Encode(); len(problems) > 0 || typed != again {
		t.Errorf("%v\n%s\n%s", problems, typed, again)
	}
}
