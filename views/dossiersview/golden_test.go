package dossiersview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001")
	team  = []members.Member{
		{MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: access.Coordinator},
		{MemberID: cast.Lea.ID, Name: cast.Lea.Name, Role: access.Caseworker},
		{MemberID: cast.Ruth.ID, Name: cast.Ruth.Name, Role: access.Auditor},
	}
)

// file is Amina's, with a text in it that would do harm if it were not shown as a text.
func file() dossiers.File {
	birth := time.Date(2009, time.March, 4, 0, 0, 0, 0, time.UTC)
	return dossiers.File{
		Dossier: dossiers.Dossier{
			DossierID: amina, CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID, ReachedThrough: "hotline",
			OpenedAt: now, UpdatedAt: now, Version: 3, SituationVersion: 2,
		},
		Responsible: cast.Lea.Name,
		Beneficiary: dossiers.Beneficiary{
			FamilyName: "Okafor", GivenNames: "Amina", BirthDate: &birth, Gender: "female", Nationalities: []string{"NG", "XX"},
			Languages: []string{"bin", "pcm"}, NeedsInterpreter: dossiers.Yes, Phone: "+41 79 000 00 00",
			SafeContact: dossiers.SafeContact{
				ContactChannels: []dossiers.Channel{"sms", "letter_via_ngo"}, ContactDays: []dossiers.Day{"mon"}, ContactFrom: "09:00",
				ContactIdentify: dossiers.No, ContactCodeWord: "la bibliothèque", ContactNote: "<script>alert(1)</script>\nNe jamais appeler.",
			},
			ExploitationForms: []dossiers.ExploitationForm{"sexual", "forced_crime"}, ExploitationCantons: []string{"VD", "AR"},
			ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"},
		},
		Situation: dossiers.Situation{access.Health: "Suivi <b>régulier</b>.", access.Permit: "Délai de rétablissement jusqu’au 31.12.2026.", access.Proceedings: strings.Repeat("Audition <b>repoussée</b>. ", 20)},
	}
}

// answer is what a search came to: one name as it was typed, and one that is similar.
func answer() Search {
	birth := time.Date(2009, time.March, 4, 0, 0, 0, 0, time.UTC)
	return Search{Typed: "amina \"><script>", Now: now, Found: dossiers.Found{Staff: team, Unreadable: []dossiers.ID{amina}, Hits: []dossiers.Hit{
		{Row: page().Rows[0], Quality: dossiers.Exact, Beneficiary: dossiers.Beneficiary{GivenNames: "Amina", FamilyName: "<b>Okafor</b>", BirthDate: &birth}},
		{Row: page().Rows[1], Quality: dossiers.Similar, Beneficiary: dossiers.Beneficiary{GivenNames: "Amira"}},
	}}}
}

func page() dossiers.Page {
	return dossiers.Page{
		Filter: dossiers.Filter{Sort: dossiers.Recent, Phase: dossiers.Reflection},
		Rows: []dossiers.Row{
			{DossierID: amina, CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID, UpdatedAt: now},
			{DossierID: amina, CodeName: "Beludok", Phase: dossiers.FirstContact, ResponsibleID: cast.Karim.ID, UpdatedAt: now.Add(-50 * time.Hour)},
		},
		Staff: team, Count: 501, Next: dossiers.ParseCursor(dossiers.Recent, "1790000000123456."+amina.String()),
	}
}

func edited() Form {
	values := Values(file().Particulars())
	values["birth_date"] = []string{"31.2.2009"}
	return Form{ID: amina, CodeName: "Lomidak", Version: 3, Values: values, Staff: team}.
		With(fault.Problems{{Field: "birth_date", Key: "forms.date.unreadable"}})
}

func conflict() Conflict {
	form := edited().With(nil)
	form.Values["contact_note"] = []string{"Mon texte."}
	form.Values["languages"] = []string{"bin", "", "fra"}
	form.Values["gender"] = []string{""}
	return Conflict{Form: form, Theirs: Values(file().Particulars())}
}

func sheet(f dossiers.File) Sheet {
	return Sheet{
		File: f, At: now, Referrals: ui.Section("referrals", "referrals"), Consents: ui.Section("consents", "consents"),
		Events: []timeline.Entry{
			{Kind: timeline.ReferralDeclined, At: now, ActorName: cast.Noe.Name, OfficeName: cast.CSR.Name},
			{Kind: timeline.ReferralAsked, At: now, ActorName: cast.Noe.Name, OfficeName: cast.CSR.Name, Detail: timeline.FromOffice},
			{Kind: timeline.ReferralMessage, At: now, ActorName: cast.Lea.Name, OfficeName: cast.CSR.Name, Detail: timeline.ToOffice},
			{Kind: timeline.ReferralSent, At: now, ActorName: cast.Lea.Name, OfficeName: cast.CSR.Name, Detail: "income_support"},
			{Kind: timeline.DossierChanged, At: now.Add(-time.Hour), ActorName: cast.Lea.Name, Detail: "reflection"},
			{Kind: timeline.DossierOpened, At: now.Add(-2 * time.Hour), ActorName: cast.Lea.Name},
		},
	}
}

func render(t *testing.T, person cast.Person, component templ.Component) string {
	t.Helper()
	ctx := ui.WithRequest(i18n.With(person.Context(context.Background()), i18n.FR), ui.Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: person.Name, TenantName: person.Tenant.Name},
	})
	var html bytes.Buffer
	if err := component.Render(ctx, &html); err != nil {
		t.Fatal(err)
	}
	return html.String()
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	unknown := dossiers.File{Dossier: file().Dossier, Responsible: cast.Lea.Name}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"list":          {cast.Lea, List(page())},
		"list_none":     {cast.Lea, List(dossiers.Page{Filter: dossiers.Filter{Sort: dossiers.Recent}, Staff: team})},
		"list_no_match": {cast.Ruth, List(dossiers.Page{Filter: dossiers.Filter{Sort: dossiers.ByCodeName, CodeName: "zz"}, Staff: team})},
		"new":           {cast.Lea, New(Form{ID: amina, Staff: team, Values: url.Values{"code_name": {"Lomidak"}, "phase": {"first_contact"}, "responsible": {cast.Lea.ID.String()}}})},
		"edit":          {cast.Lea, Edit(edited())},
		"situation":     {cast.Lea, EditSituation(Form{ID: amina, CodeName: "Lomidak", Version: 2, Values: SituationValues(file().Situation)})},
		"conflict":      {cast.Lea, Settle(conflict())},
		"search":        {cast.Lea, SearchResult(answer())},
		"search_none":   {cast.Ruth, SearchResult(Search{Typed: "Okeke"})},
		"search_wrong":  {cast.Lea, SearchResult(Search{Typed: "x", Problems: fault.Problems{{Field: "sought", Key: "dossiers.search.too_short"}}})},
		"show":          {cast.Lea, Show(sheet(file()))},
		"show_unknown":  {cast.Lea, Show(sheet(unknown))},
		"show_an_audit": {cast.Ruth, Show(sheet(file()))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, main, _ := strings.Cut(render(t, test.person, test.component), "<main")
			main, _, _ = strings.Cut(main, "</main>")
			got := "<main" + strings.ReplaceAll(main, "><", ">\n<") + "</main>\n"
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
				t.Errorf("%s is otherwise; look at the difference, then run with -update\n%s", golden, got)
			}
		})
	}
}

// TestOnlyTheDossierHasNames: lists, titles and addresses go by the code name.
func TestOnlyTheDossierHasNames(t *testing.T) {
	t.Parallel()
	for name, html := range map[string]string{
		"list": render(t, cast.Lea, List(page())),
		"head": strings.SplitN(render(t, cast.Lea, Show(sheet(file()))), "<main", 2)[0],
	} {
		if strings.Contains(html, "Amina") || strings.Contains(html, "Okafor") {
			t.Errorf("the %s holds a person's name", name)
		}
	}
}

// TestTake: what is taken is theirs, the rest is one's own.
func TestTake(t *testing.T) {
	t.Parallel()
	mine := url.Values{"phone": {"1"}, "languages": {"bin"}, "email": {"a@b.ch"}, "take_phone": {"yes"}, "take_languages": {"yes"}}
	theirs := url.Values{"phone": {"2"}, "languages": {"pcm", "fra"}, "email": {"c@d.ch"}}
	if got := Take(mine, theirs).Encode(); got != (url.Values{"phone": {"2"}, "languages": {"pcm", "fra"}, "email": {"a@b.ch"}}).Encode() {
		t.Error(got)
	}
}

func TestDiffering(t *testing.T) {
	t.Parallel()
	c := Conflict{Form: Form{Values: url.Values{
		"contact_note": {"a\r\nb"}, "contact_days": {"fri", "mon"}, "languages": {"bin", ""}, "phone": {"1"}, "nationalities": {"NG", "XX"},
	}}, Theirs: url.Values{
		"contact_note": {"a\nb"}, "contact_days": {"mon", "fri"}, "languages": {"bin"}, "phone": {"2"}, "nationalities": {"XX", "NG"},
	}}
	differing, _ := c.differing()
	var names []string
	for _, q := range differing {
		names = append(names, q.name)
	}
	if strings.Join(names, " ") != "nationalities phone" {
		t.Errorf("%v", names)
	}
}
