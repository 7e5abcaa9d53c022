package dossiersview

import (
	"bytes"
	"context"
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
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

func on(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }

// dates are those of a reflection period that runs, beside one that somebody does without.
func dates(t *testing.T) deadlines.List {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	return rules.Deadlines([]deadlines.Fact{
		{Trigger: deadlines.ReflectionGranted, On: on(time.November, 2), Of: "a"}, {Trigger: deadlines.ReflectionUntil, On: on(time.December, 20), Of: "a"},
		{Trigger: deadlines.StayValidUntil, On: on(time.November, 20), Of: "b"}, {Trigger: deadlines.Waived, On: on(time.November, 21), Of: "b", Rule: "stay_end"},
	})
}

func stood(t *testing.T) dossiers.Standing {
	t.Helper()
	return dossiers.Standing{Dates: dates(t), Course: dossiers.PhaseOf([]deadlines.Fact{
		{Trigger: deadlines.FindingMade, On: on(time.May, 3)}, {Trigger: deadlines.ReflectionGranted, On: on(time.November, 2), Of: "a"},
	}, now)}
}

func held() dossiers.Setting {
	return dossiers.Setting{
		SettingID: ids.MustParse[dossiers.Setting]("5e771000-0000-4000-8000-000000000001"), Phase: dossiers.Return, By: cast.Karim.Name, SetAt: now,
		Words: keys.Of("Elle part <b>bientôt</b>."),
	}
}

func finding(n string, body dossiers.Body, verdict dossiers.Verdict) dossiers.Finding {
	return dossiers.Finding{
		FindingID: ids.MustParse[dossiers.Finding]("f1000000-0000-4000-8000-00000000000" + n), Body: body, Verdict: verdict, FoundOn: on(time.May, 3), By: cast.Lea.Name,
		Words: keys.Of(dossiers.FindingWords{Basis: "Récit <script>alert(1)</script>.", Why: "Mal saisi <i>."}),
	}
}

func walked(t *testing.T) dossiers.Path {
	wrong := finding("3", dossiers.ByNGO, dossiers.Unclear)
	wrong.WithdrawnAt, wrong.WithdrawnBy = &now, cast.Karim.Name
	return dossiers.Path{
		Dossier: file().Dossier, Standing: stood(t),
		Findings: []dossiers.Finding{finding("1", dossiers.ByNGO, dossiers.Identified), finding("2", dossiers.ByPolice, dossiers.NotRecognised), wrong},
	}
}

func setPath(t *testing.T) dossiers.Path {
	p, holds, opened := walked(t), held(), held()
	opened.Words, opened.EndedAt, opened.Phase = keys.Of(""), &now, dossiers.Identification
	p.PhaseSet, p.Standing.Setting, p.Settings, p.Findings = true, &holds, []dossiers.Setting{holds, opened}, nil
	return p
}

func closing(t *testing.T) ClosureForm {
	var owed dossiers.Checklist
	for _, d := range dates(t).Next() {
		if d.Missed(now) {
			owed.Missed = append(owed.Missed, d)
		} else {
			owed.Dates = append(owed.Dates, d)
		}
	}
	owed.Others = []dossiers.Obligation{{Key: "referrals.owed.waiting", Args: []any{"Reference", "AB12", "Office", "CSR <b>"}}}
	return ClosureForm{Typed: Typed{ID: amina.String()}, Closing: dossiers.Closing{Dossier: file().Dossier, Owed: owed}}
}

func closedForm(t *testing.T, aftercare bool) ClosureForm {
	f := closing(t)
	f.Closing.ClosedAt, f.Closing.Phase, f.Closing.Owed = &now, dossiers.Closed, dossiers.Checklist{}
	before := dossiers.Closure{Reason: "contact_lost", ClosedAt: on(time.March, 1), By: cast.Lea.Name, ReopenedAt: &now, ReopenedBy: cast.Lea.Name, Words: keys.Of(dossiers.ClosureWords{Reopening: "Revenue."})}
	held := dossiers.Closure{Reason: "return", ClosedAt: now, By: cast.Karim.Name, Words: keys.Of(dossiers.ClosureWords{Note: "Partie <b>le 20</b>.", Aftercare: "Elle appelle."})}
	if aftercare {
		f.Closing.AftercareAt, f.Closing.Phase, held.AftercareAt, held.AftercareBy = &now, dossiers.Aftercare, &now, cast.Lea.Name
	}
	f.Closing.Closures = []dossiers.Closure{held, before}
	return f
}

func cleared(t *testing.T) ClosureForm {
	f := closing(t)
	f.Closing.Owed = dossiers.Checklist{}
	f.Values, f.Problems = url.Values{"reason": {"other"}}, fault.Problems{{Field: "note", Key: "dossiers.closure.note_missing"}}
	return f
}

func agenda(t *testing.T) dossiers.Calendar {
	return dossiers.Calendar{
		Mention: dossiers.Mention{DossierID: amina, CodeName: "Lomidak"}, List: dates(t),
		Waivers: []dossiers.Waiver{{DossierID: amina, Rule: "stay_end", About: "b", By: cast.Lea.Name, WaivedAt: now, Words: keys.Of("Elle est <b>partie</b>.")}},
	}
}

func withSheet(t *testing.T, change func(*Sheet)) Sheet {
	t.Helper()
	s := sheet(file())
	s.Standing = stood(t)
	change(&s)
	return s
}

// TestGolden_Path compares the pages of the path in two languages.
func TestGolden_Path(t *testing.T) {
	t.Parallel()
	mention := dossiers.Mention{DossierID: amina, CodeName: "Lomidak"}
	wrong := finding("1", dossiers.ByNGO, dossiers.Presumed)
	first, _ := dates(t).Find("reflection_end", "a")
	events := timeline.Page{
		Filter:  timeline.Filter{Group: "path", Actor: cast.Lea.ID, Before: timeline.ParseCursor("1790000000123456." + amina.String())},
		Actors:  []timeline.Actor{{ActorID: cast.Lea.ID, ActorName: cast.Lea.Name}},
		Next:    timeline.ParseCursor("1780000000123456." + amina.String()),
		Entries: []timeline.Entry{{Kind: timeline.DossierClosed, At: now, ActorName: cast.Lea.Name, Detail: "return"}, {Kind: timeline.DeadlineWaived, At: now, ActorName: cast.Lea.Name, Detail: "reflection_end"}, {Kind: timeline.FindingRecorded, At: now, ActorName: cast.Lea.Name, Detail: "identified"}},
	}
	problems := fault.Problems{{Field: "reason", Key: "dossiers.phase.reason_missing"}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"overview_now": {cast.Lea, Show(withSheet(t, func(s *Sheet) {
			setting := held()
			s.Standing.Setting, s.Now = &setting, []Aspect{{Part: Risk, Missing: true}, {Part: Housing, Says: ui.Paragraph("ui.unknown")}}
		}))},
		"overview_closed": {cast.Lea, Show(withSheet(t, func(s *Sheet) { s.File.ClosedAt = &now }))},
		"person":          {cast.Lea, PersonPage(file(), now)},
		"person_an_audit": {cast.Ruth, PersonPage(file(), now)},
		"path":            {cast.Lea, PathPage(walked(t))},
		"path_set":        {cast.Lea, PathPage(setPath(t))},
		"path_an_audit":   {cast.Ruth, PathPage(walked(t))},
		"phase":           {cast.Lea, PhaseForm(setPath(t), Typed{ID: amina.String(), Values: url.Values{"phase": {"integration"}}, Problems: problems})},
		"finding":         {cast.Lea, FindingPage(FindingForm{Dossier: mention, Typed: Typed{ID: amina.String(), Values: url.Values{}}})},
		"correction":      {cast.Lea, FindingPage(FindingForm{Dossier: mention, Wrong: &wrong, Typed: Typed{ID: amina.String(), Values: FindingValues(wrong.Of())}})},
		"withdrawal":      {cast.Lea, FindingWithdrawalPage(FindingForm{Dossier: mention, Wrong: &wrong})},
		"closure":         {cast.Lea, ClosurePage(closing(t), now)},
		"closure_clear":   {cast.Lea, ClosurePage(cleared(t), now)},
		"closure_closed":  {cast.Lea, ClosurePage(closedForm(t, false), now)},
		"closure_after":   {cast.Lea, ClosurePage(closedForm(t, true), now)},
		"closure_audit":   {cast.Ruth, ClosurePage(closing(t), now)},
		"deadlines":       {cast.Lea, DeadlinesPage(agenda(t), now)},
		"deadlines_none":  {cast.Lea, DeadlinesPage(dossiers.Calendar{Mention: mention}, now)},
		"waiver":          {cast.Lea, WaiverPage(WaiverForm{Dossier: mention, Deadline: first}, now)},
		"events":          {cast.Lea, TimelinePage(mention, events)},
		"events_none":     {cast.Lea, TimelinePage(mention, timeline.Page{Filter: timeline.Filter{Group: "path"}})},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			t.Run(name+" "+string(lang), func(t *testing.T) {
				t.Parallel()
				ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), lang), ui.Request{
					Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
				})
				var html bytes.Buffer
				if err := test.component.Render(ctx, &html); err != nil {
					t.Fatal(err)
				}
				_, main, _ := strings.Cut(html.String(), "<main")
				main, _, _ = strings.Cut(main, "</main>")
				got := "<main" + strings.ReplaceAll(main, "><", ">\n<") + "</main>\n"
				if strings.Contains(got, "<script>") || strings.Contains(got, "<b>") || strings.Contains(got, "<i>") {
					t.Error("what somebody typed became HTML")
				}
				golden := filepath.Join("testdata", name+"_"+string(lang)+".html")
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
					t.Errorf("%s differs; read the difference, then run with -update", golden)
				}
			})
		}
	}
}
