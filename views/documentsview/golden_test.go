package documentsview

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
	"passerelle/internal/cleaning"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `<script>alert(1)</script>`

func TestGolden(t *testing.T) {
	t.Parallel()
	amina := dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	at := time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	staff := []members.Member{{MemberID: cast.Lea.ID, Name: cast.Lea.Name}}
	of := func(state documents.State) documents.Document {
		return documents.Document{
			DocumentID: ids.MustParse[documents.Document]("d0c00000-0000-4000-8000-000000000001"), DossierID: amina.DossierID, DataClass: access.Permit, Kind: cleaning.PDF, Bytes: 2_500_000,
			State: state, Particulars: keys.Of(documents.Particulars{Title: hostile, Name: hostile + ".pdf"}), AddedBy: cast.Lea.ID, AddedAt: at, Version: 1,
		}
	}
	upload := documents.Upload{UploadID: ids.MustParse[documents.Upload]("0b10ad00-0000-4000-8000-000000000001"), DossierID: amina.DossierID, Bytes: 1000, Received: 600, Particulars: keys.Of(documents.Announced{Name: hostile + ".pdf"})}
	whole := upload
	whole.Received = whole.Bytes
	folder := documents.Folder{Dossier: amina, Staff: staff, Stored: true, Scanned: true}
	full := folder
	full.Documents, full.UnderWay, full.Scanned = []documents.Document{of(documents.Clean), of(documents.Quarantined), of(documents.Infected), of(documents.Unscanned)}, []documents.Upload{upload}, false
	arrived := folder
	arrived.UnderWay = []documents.Upload{whole}
	show := func(state documents.State) Show {
		shown := documents.Shown{Document: of(state), Dossier: amina, Staff: staff, Scanned: true}
		return Show{Shown: shown, Typed: TypedOf(shown)}
	}
	spent := show(documents.Clean)
	spent.Problems = fault.Problems{{Field: "ticket", Key: "documents.ticket.spent"}}
	const id, on = "d0c00000-0000-4000-8000-000000000002", "0b10ad00-0000-4000-8000-000000000001"
	for name, c := range map[string]struct {
		lang      i18n.Lang
		person    cast.Person
		component templ.Component
	}{
		"list_empty_fr":   {i18n.FR, cast.Lea, ListPage(folder)},
		"list_full_de":    {i18n.DE, cast.Lea, ListPage(full)},
		"list_audit_it":   {i18n.IT, cast.Ruth, ListPage(full)},
		"list_nowhere_en": {i18n.EN, cast.Lea, ListPage(documents.Folder{Dossier: amina})},
		"new_fr":          {i18n.FR, cast.Lea, NewPage(Form{ID: id, UploadID: on, Folder: folder})},
		"new_nowhere_fr":  {i18n.FR, cast.Lea, NewPage(Form{ID: id, UploadID: on, Folder: documents.Folder{Dossier: amina}})},
		"new_wrong_de": {i18n.DE, cast.Lea, NewPage(Form{ID: id, UploadID: on, Folder: arrived, Typed: url.Values{"title": {hostile}}, Problems: fault.Problems{
			{Field: "data_class", Key: "documents.data_class.missing"}}})},
		"show_clean_fr":       {i18n.FR, cast.Lea, ShowPage(show(documents.Clean))},
		"show_quarantined_de": {i18n.DE, cast.Karim, ShowPage(show(documents.Quarantined))},
		"show_infected_it":    {i18n.IT, cast.Lea, ShowPage(show(documents.Infected))},
		"show_audit_en":       {i18n.EN, cast.Ruth, ShowPage(show(documents.Clean))},
		"show_spent_fr":       {i18n.FR, cast.Lea, ShowPage(spent)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(c.person.Context(context.Background()), c.lang), ui.Request{Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: c.person.Name, TenantName: c.person.Tenant.Name}})
			var html bytes.Buffer
			if err := c.component.Render(ctx, &html); err != nil {
				t.Fatal(err)
			}
			_, main, _ := strings.Cut(html.String(), "<main")
			main, _, _ = strings.Cut(main, "</main>")
			if strings.Contains(main, hostile) {
				t.Error("what somebody called a file runs")
			}
			golden := filepath.Join("testdata", name+".html")
			got := "<main" + main + "</main>\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("%s is not as it was: %v\n%s", golden, err, got)
			}
		})
	}
}
