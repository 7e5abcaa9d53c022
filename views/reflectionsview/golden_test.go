package reflectionsview

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
	"passerelle/internal/reflections"
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

func granted() reflections.Reflection {
	return reflections.Reflection{
		ReflectionID: ids.MustParse[reflections.Reflection]("4ef1ec00-0000-4000-8000-000000000001"), DossierID: amina.DossierID, Version: 3,
		Particulars: reflections.Particulars{
			Terms: reflections.Terms{
				Kind: reflections.Period, As: "victim", RequestedOn: on(time.October, 28), RequestedBy: "ngo", Decision: reflections.Granted, DecidedOn: on(time.November, 2),
				Authority: "VD", StartsOn: on(time.November, 2), EndsOn: on(time.December, 2), CooperationDeclaredOn: on(time.November, 20),
				PresenceNotifiedOn: on(time.November, 21), PresenceNeeded: dossiers.Yes, PresenceUntil: on(time.December, 31), Reference: "VD-1", Note: hostile,
			},
			Extensions: []reflections.Extension{{ExtensionID: ids.MustParse[reflections.Extension]("e7e00000-0000-4000-8000-000000000001"), DecidedOn: *on(time.November, 20), Until: *on(time.December, 31)}},
		},
	}
}

func sheet(t *testing.T) reflections.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	ended := granted()
	ended.ReflectionID = ids.MustParse[reflections.Reflection]("4ef1ec00-0000-4000-8000-000000000003")
	ended.Ending = &reflections.Ending{On: *on(time.November, 20), Reason: reflections.Refuses, Note: "note"}
	pause := reflections.Reflection{ReflectionID: ids.MustParse[reflections.Reflection]("4ef1ec00-0000-4000-8000-000000000004"), DossierID: amina.DossierID, Particulars: reflections.Particulars{Terms: reflections.Terms{Kind: reflections.Pause, As: "witness", StartsOn: on(time.May, 2)}}}
	return reflections.Sheet{
		Dossier: amina, Reflections: []reflections.Reflection{granted(), ended, pause},
		Dates: rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.ReflectionGranted, On: *on(time.November, 2)}, {Trigger: deadlines.ReflectionUntil, On: *on(time.December, 31)}}),
	}
}

func wrong() Form {
	r := granted()
	form := Form{Dossier: amina, Reflection: r, ID: "4ef1ec00-0000-4000-8000-000000000002", Version: 3}
	typed := TypedOf(r.Terms)
	typed.Set("ends_on", "31.2.2027")
	return form.With(typed, fault.Problems{{Field: "ends_on", Key: "forms.date.unreadable"}, {Field: "decided_on", Key: "reflections.decided_on.missing"}})
}

func ended() Form {
	form := wrong()
	form.Reflection.Ending = &reflections.Ending{On: *on(time.November, 20), Reason: reflections.Refuses}
	form.Problems = nil
	form.Typed = TypedOfEnding(form.Reflection)
	return form
}

func briefs() templ.Component {
	return Brief([]reflections.Line{
		{Kind: reflections.Period, Decision: reflections.Granted, UntilOn: on(time.December, 2)}, {Kind: reflections.Period, Decision: reflections.Refused},
		{Kind: reflections.Period}, {Kind: reflections.Pause}, {Kind: reflections.Period, EndedOn: on(time.December, 2), EndReason: reflections.Expired},
	})
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
		"list_none":     {cast.Lea, List(reflections.Sheet{Dossier: amina}, now)},
		"new":           {cast.Lea, New(Form{Dossier: amina, ID: "4ef1ec00-0000-4000-8000-000000000002"})},
		"edit_wrong":    {cast.Lea, Edit(wrong())},
		"extension":     {cast.Lea, Extend(wrong())},
		"ending":        {cast.Lea, End(ended())},
		"brief":         {cast.Lea, briefs()},
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
