package officesview

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
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `<script>alert(1)</script>`

var now = time.Date(2026, time.November, 27, 0, 0, 0, 0, time.UTC)

func at(days int) *time.Time {
	day := now.AddDate(0, 0, days)
	return &day
}

var (
	ministry = offices.Body{BodyID: ids.MustParse[offices.Body]("b0d70000-0000-4000-8000-000000000001"), Kind: offices.Authority, Name: "Direction " + hostile, Website: "https://direction.example", Version: 1}
	east     = offices.Body{BodyID: ids.MustParse[offices.Body]("b0d70000-0000-4000-8000-000000000002"), Kind: offices.Region, Name: "Est vaudois", AuthorityID: ministry.BodyID, Validity: offices.Validity{ValidFrom: at(-100)}, Version: 1}
	riviera  = offices.Body{BodyID: ids.MustParse[offices.Body]("b0d70000-0000-4000-8000-000000000003"), Kind: offices.Region, Name: "Riviera", AuthorityID: ministry.BodyID, Validity: offices.Validity{ValidUntil: at(-101), SuccessorID: east.BodyID}, Version: 2}
	bodies   = offices.Bodies{ministry, east, riviera}
	three    = 3
)

func entry() offices.Entry {
	return offices.Entry{
		Office:    offices.Office{OfficeID: cast.Clinic.ID, Name: cast.Clinic.Name + hostile, Kind: access.Medical, Place: "Vevey"},
		ValidFrom: at(-1000), Services: []string{"Psychotraumatologie " + hostile}, Languages: []string{"fra", "eng"},
		Hours:    []offices.Opening{{Weekday: "MO", From: "08:30", Until: "11:30", Note: hostile}},
		Capacity: offices.Capacity{Free: &three, CapacityUnit: "appointments", CapacitySaidOn: at(-3), CapacitySaidBy: "Accueil " + hostile},
		Reach:    offices.Reach{Phone: "+41 21 000 00 01", PostAddress: "Rue du Lac 1\n1800 Vevey", Website: "https://riviera.example", ReachNote: hostile},
		Version:  2,
	}
}

func page() Page {
	e := entry()
	days := 60
	return Page{On: now, Typed: TypedCapacity(e.Capacity), Sheet: offices.Sheet{
		Entry: e, Bodies: bodies, Today: now, Stays: []offices.Stay{{OfficeID: e.OfficeID, RegionID: riviera.BodyID, ValidFrom: *at(-4000)}}, Offices: []offices.Office{e.Office, other},
		Agreements: []offices.Agreement{{AgreementID: ids.MustParse[offices.Agreement]("a9400000-0000-4000-8000-000000000001"), OfficeID: e.OfficeID, Version: 1,
			Terms: offices.Terms{Subject: "Convention " + hostile, ValidFrom: at(-300), ValidUntil: at(30), Document: "Convention", FiledAt: "Classeur 4", RemindDays: &days}}},
	}}
}

var other = offices.Office{OfficeID: ids.MustParse[tenantdb.Office]("0ff10000-0000-4000-8000-0000000000aa"), Name: "Policlinique", Kind: access.Medical}

func closed() Page {
	p := page()
	p.Sheet.Entry.ClosedAt, p.Sheet.Entry.SuccessorID = at(-10), other.OfficeID
	return p
}

func TestGolden(t *testing.T) {
	t.Parallel()
	stale := entry()
	stale.CapacitySaidOn, stale.Works = at(-20), true
	list := List{Directory: offices.Directory{Entries: []offices.Entry{entry(), stale}, Bodies: bodies, Today: now}}
	typed := TypedOf(entry().Particulars())
	theirs := entry()
	report := offices.Report{Fresh: offices.Bodies{ministry}, Rows: []offices.Row{
		{Draft: offices.Draft{Number: 2, Particulars: offices.Particulars{Name: hostile}}, Act: offices.Adds},
		{Draft: offices.Draft{Number: 3, Particulars: offices.Particulars{Name: "B"}}, Act: offices.Keeps},
	}}
	wrong := offices.Report{Rows: []offices.Row{{Draft: offices.Draft{Number: 2, Particulars: offices.Particulars{Name: hostile}, Problems: fault.Problems{{Field: "hours_MO", Key: "offices.hours.backwards"}}}, Act: offices.Refuses}}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"list":          {cast.Anna, ListPage(list)},
		"list_reader":   {cast.Lea, ListPage(list)},
		"list_empty":    {cast.Karim, ListPage(List{})},
		"show":          {cast.Karim, ShowPage(page())},
		"show_reader":   {cast.Ruth, ShowPage(page())},
		"show_closed":   {cast.Anna, ShowPage(closed())},
		"closure":       {cast.Anna, ClosurePage(page())},
		"new":           {cast.Karim, FormPage(Form{ID: "0ff10000-0000-4000-8000-0000000000ff", Typed: url.Values{}, Bodies: bodies, Problems: fault.Problems{{Field: "kind", Key: "offices.kind.missing"}}})},
		"edit_conflict": {cast.Karim, FormPage(Form{ID: cast.Clinic.ID.String(), Version: "3", Kind: access.Medical, Typed: typed, Bodies: bodies, Theirs: &theirs})},
		"edit_shelter":  {cast.Karim, FormPage(Form{ID: cast.Foyer.ID.String(), Version: "1", Kind: access.Shelter, Typed: url.Values{}})},
		"bodies":        {cast.Anna, BodiesPage(offices.BodyList{Bodies: bodies, Today: now})},
		"bodies_reader": {cast.Lea, BodiesPage(offices.BodyList{Bodies: bodies, Today: now})},
		"body":          {cast.Anna, BodyPage(BodyForm{ID: riviera.BodyID, Version: "2", Kind: offices.Region, Typed: TypedBody(riviera.Particulars()), Bodies: bodies, Theirs: &riviera})},
		"agreement":     {cast.Anna, AgreementPage(AgreementForm{Office: entry().Office, ID: page().Sheet.Agreements[0].AgreementID, Version: "1", Typed: TypedTerms(page().Sheet.Agreements[0].Terms), Theirs: &page().Sheet.Agreements[0]})},
		"import":        {cast.Anna, ImportPage(Import{})},
		"import_clear":  {cast.Anna, ImportPage(Import{Report: &report, Text: "name\n" + hostile})},
		"import_wrong":  {cast.Anna, ImportPage(Import{Report: &wrong, Kind: access.Social})},
		"choice":        {cast.Lea, Choice(list.Directory.Entries, list.Directory.Fresh)},
		"elsewhere":     {cast.Lea, Elsewhere(entry(), "/dossiers/x/letters/new")},
		"followed":      {cast.Lea, FollowedInLine(closed().Sheet.Entry.Office, []offices.Office{other})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), i18n.FR), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/offices", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
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
