package staysview

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
	"passerelle/internal/stays"
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

func short() stays.Stay {
	return stays.Stay{
		StayID: ids.MustParse[stays.Stay]("57a50000-0000-4000-8000-000000000001"), DossierID: amina.DossierID, Version: 3,
		Terms: stays.Terms{
			Kind: stays.ShortStay, Canton: "VD", LegalGround: "proceedings", ValidFrom: on(time.January, 15), ValidUntil: on(time.December, 31),
			RenewalRequestedOn: on(time.November, 2), RenewalUntil: on(time.December, 31+800), Opinion: "favourable", OpinionOn: on(time.November, 20),
			Work: "authorised", Number: "VD-1", Note: hostile,
		},
	}
}

func sheet(t *testing.T) stays.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	old := stays.Stay{StayID: short().StayID, DossierID: amina.DossierID, Terms: stays.Terms{Kind: stays.None, EndedOn: on(time.January, 15), End: stays.Replaced}}
	expired := short()
	expired.ValidUntil, expired.RenewalUntil, expired.StayID = on(time.November, 23), nil, ids.MustParse[stays.Stay]("57a50000-0000-4000-8000-000000000003")
	old.StayID = ids.MustParse[stays.Stay]("57a50000-0000-4000-8000-000000000004")
	return stays.Sheet{
		Dossier: amina, Stays: []stays.Stay{short(), expired, old}, Renewable: true,
		Presence: stays.Presence{DossierID: amina.DossierID, Circumstances: stays.Circumstances{
			EnteredOn: on(time.January, 2), OffenceCanton: "VD", InquiryCantons: []string{"VD", "GE"}, LastCanton: "GE", AsylumAppliedOn: on(time.January, 3),
			AsylumDecision: "extended", AsylumNotifiedOn: on(time.November, 2), HardshipRequested: on(time.November, 3), Note: hostile,
		}},
		Dates: rules.Deadlines([]deadlines.Fact{
			{Trigger: deadlines.ShortStayIssued, On: *on(time.January, 15)}, {Trigger: deadlines.StayValidUntil, On: *on(time.December, 31), Of: short().StayID.String()},
			{Trigger: deadlines.RenewalRequested, On: *on(time.November, 2), Of: short().StayID.String()},
		}),
	}
}

func wrong(t *testing.T) Form {
	form := Form{Sheet: sheet(t), Stay: short(), ID: "57a50000-0000-4000-8000-000000000002", Version: 3}
	typed := TypedOf(short().Terms)
	typed.Set("valid_until", "31.2.2027")
	return form.With(typed, fault.Problems{{Field: "valid_until", Key: "forms.date.unreadable"}, {Field: "kind", Key: "stays.kind.missing"}})
}

func presenceForm(t *testing.T) Form {
	form := Form{Sheet: sheet(t), Version: 1}
	return form.With(TypedOfPresence(form.Sheet.Presence.Circumstances), nil)
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
		"list_none":     {cast.Lea, List(stays.Sheet{Dossier: amina}, now)},
		"new":           {cast.Lea, New(Form{Sheet: stays.Sheet{Dossier: amina}, ID: "57a50000-0000-4000-8000-000000000002"})},
		"next_wrong":    {cast.Lea, New(wrong(t))},
		"edit_wrong":    {cast.Lea, Edit(wrong(t))},
		"presence":      {cast.Lea, EditPresence(presenceForm(t))},
		"brief":         {cast.Lea, Brief([]stays.Line{{Kind: stays.None}, {Kind: stays.ShortStay, Canton: "VD", ValidUntil: on(time.December, 2), RenewalRequestedOn: on(time.November, 2)}})},
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
