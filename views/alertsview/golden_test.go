package alertsview

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var main = regexp.MustCompile(`(?s)<main .*</main>`)

const hostile = `"><script>alert(1)</script>`

var (
	at      = time.Date(2026, time.November, 26, 14, 40, 0, 0, i18n.Zone)
	dossier = ids.MustParse[journal.Dossier]("d0551e00-0000-4000-8000-000000000001")
)

func line(kind alerts.Kind, person cast.Person) alerts.Line {
	l := alerts.Line{Alert: alerts.Alert{
		AlertID: ids.MustParse[alerts.Alert]("a1e70000-0000-4000-8000-00000000000" + map[alerts.Kind]string{alerts.Rate: "1", alerts.BeyondUsual: "2", alerts.Ceiling: "3", alerts.Decoy: "4", alerts.Unreadable: "5"}[kind]),
		Kind:    kind, PersonID: person.ID, Role: person.Role, Opened: 60, Usual: 8, Since: at.Add(-38 * time.Minute), Until: at, At: at,
	}, PersonName: person.Name}
	if person.Office != nil {
		l.OfficeID, l.OfficeName = person.Office.ID, person.Office.Name
	}
	if kind == alerts.Decoy || kind == alerts.Unreadable {
		l.DossierID, l.CodeName, l.Since = dossier, "Lomidak", at
	}
	return l
}

// all has one of each kind, and each of what can have become of one.
func all() []alerts.Line {
	ceiling := line(alerts.Ceiling, cast.Noe)
	ceiling.Opened, ceiling.PausedAt = 15, &at
	lifted := ceiling
	later := at.Add(time.Hour)
	lifted.LiftedAt, lifted.AcknowledgedAt, lifted.AcknowledgedByName, lifted.AcknowledgedAs = &later, &later, cast.Karim.Name, alerts.Discussed
	day := line(alerts.BeyondUsual, cast.Lea)
	day.Since = at.Add(-20 * time.Hour)
	office := line(alerts.Decoy, cast.Noe)
	office.Reference = "K7M2QX"
	erased := line(alerts.Unreadable, cast.Ruth)
	erased.CodeName, erased.PersonName = "", ""
	unreadable := line(alerts.Unreadable, cast.Lea)
	done := line(alerts.Rate, cast.Lea)
	done.AcknowledgedAt, done.PersonName, done.AcknowledgedByName = &at, hostile, cast.Karim.Name
	return []alerts.Line{ceiling, line(alerts.Rate, cast.Lea), day, line(alerts.Decoy, cast.Lea), office, erased, unreadable, lifted, done}
}

// TestGolden compares what stands between header and footer; the frame has goldens of its own.
func TestGolden(t *testing.T) {
	t.Parallel()
	next := alerts.ParseCursor("false.1795700000000000.a1e70000-0000-4000-8000-000000000001")
	marks := []alerts.Mark{{DossierID: dossier, CodeName: "Lomidak", MarkedByName: cast.Karim.Name, MarkedAt: at}}
	list := alerts.List{Lines: all(), Next: next, Marks: marks}
	for name, page := range map[string]struct {
		lang      i18n.Lang
		person    cast.Person
		component templ.Component
	}{
		"list_fr":       {i18n.FR, cast.Karim, List(list, nil)},
		"list_de":       {i18n.DE, cast.Karim, List(list, nil)},
		"list_it":       {i18n.IT, cast.Karim, List(list, nil)},
		"list_en":       {i18n.EN, cast.Karim, List(list, nil)},
		"list_audit":    {i18n.FR, cast.Ruth, List(list, nil)},
		"list_none":     {i18n.DE, cast.Karim, List(alerts.List{}, nil)},
		"list_all_none": {i18n.FR, cast.Karim, List(alerts.List{Ask: alerts.Ask{All: true}}, nil)},
		"list_later":    {i18n.FR, cast.Karim, List(alerts.List{Ask: alerts.Ask{All: true, After: next}, Lines: all()[:1], Marks: marks}, nil)},
		"list_refused":  {i18n.FR, cast.Karim, List(list, fault.Problems{{Key: "alerts.acknowledgement.paused"}})},
		"decoy":         {i18n.FR, cast.Karim, inPage(DecoyPanel(ids.From[dossiers.Dossier](dossier.UUID()), nil))},
		"decoy_marked":  {i18n.DE, cast.Karim, inPage(DecoyPanel(ids.From[dossiers.Dossier](dossier.UUID()), marks))},
		"banner":        {i18n.FR, cast.Karim, inPage(Banner("/work"))},
		"banner_nobody": {i18n.FR, cast.Lea, inPage(Banner("/work"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(access.WithPrincipal(context.Background(), page.person.Principal()), page.lang), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/alerts", Version: "1.0", Alerts: 3,
				Person: &ui.Person{Name: page.person.Name, TenantName: page.person.Tenant.Name, RoleKey: "access.role." + string(page.person.Role)},
			})
			var whole bytes.Buffer
			if err := page.component.Render(ctx, &whole); err != nil {
				t.Fatal(err)
			}
			got := append(main.Find(whole.Bytes()), '\n')
			golden := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the page differs from %s; look at the difference, then run with -update", golden)
			}
			if bytes.Contains(got, []byte("<script>alert")) {
				t.Error("a name became markup")
			}
			if forms := bytes.Contains(got, []byte("<form")); forms && page.person.Role == access.Auditor {
				t.Error("an auditor may do something")
			}
		})
	}
}

// inPage puts a part into a page.
func inPage(part templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Page(ui.PageProps{Title: "alerts.title"}).Render(templ.WithChildren(ctx, part), w)
	})
}
