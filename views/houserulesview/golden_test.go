package houserulesview

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

	"passerelle/internal/agenda"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/houserules"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	decided := houserules.Decision{
		HouseRuleID: ids.MustParse[houserules.Decision]("d0551e50-0000-4000-8000-000000000001"), Rule: deadlines.ShelterStay, Version: 1,
		Amount: 5, Half: true, Unit: deadlines.Months, Warn: []int{30, 14}, ValidFrom: today.AddDate(0, 0, 5), Words: keys.Of("<b>Moins de places"), DecidedAt: today, By: cast.Karim.Name,
	}
	rules, _, err := book.OfHouse("VD", []deadlines.HouseRule{{Rule: decided.Rule, Length: decided.Length(), Warn: decided.Warn, ValidFrom: decided.ValidFrom}})
	if err != nil {
		t.Fatal(err)
	}
	table := houserules.Table{Applied: agenda.Applied{Rules: rules}, Today: today, Age: agenda.Age{Dossiers: 40}}
	outdated := table
	outdated.Decisions, outdated.Age, outdated.Unfit = []houserules.Decision{decided}, agenda.Age{Dossiers: 40, Outdated: 10}, []deadlines.RuleID{deadlines.RiskReview}
	own, _ := rules.On(deadlines.ShelterStay, today)
	law, _ := rules.On("reflection_end", today)
	form := Form{ID: "d0551e50-0000-4000-8000-000000000002", Rule: deadlines.ShelterStay, Name: "Hébergement", Row: own, Seen: 1, Typed: TypedOf(own)}
	for name, c := range map[string]struct {
		lang  i18n.Lang
		who   cast.Person
		shown templ.Component
	}{
		"table_read":     {i18n.FR, cast.Lea, TablePage(Page{Table: table})},
		"table_outdated": {i18n.DE, cast.Karim, TablePage(Page{Table: outdated, Running: true})},
		"form":           {i18n.IT, cast.Karim, FormPage(form)},
		"form_law":       {i18n.EN, cast.Karim, FormPage(Form{ID: form.ID, Rule: "reflection_end", Name: "End", Row: law, Typed: TypedOf(law)})},
	} {
		var b bytes.Buffer
		if err := c.shown.Render(ui.WithRequest(i18n.With(c.who.Context(context.Background()), c.lang), ui.Request{Nonce: "NONCE", CSRF: "TOKEN", Path: "/house-rules", Person: &ui.Person{Name: c.who.Name, TenantName: c.who.Tenant.Name}}), &b); err != nil {
			t.Fatal(err)
		}
		_, main, _ := strings.Cut(b.String(), "<main")
		main, _, _ = strings.Cut(main, "</main>")
		got := strings.ReplaceAll("<main"+main+"</main>", "><", ">\n<") + "\n"
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; read the difference, then run with -update", path)
		}
	}
}
