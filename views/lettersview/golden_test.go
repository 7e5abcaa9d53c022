package lettersview

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

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/letters"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `<script>alert(1)</script>`

func TestGolden(t *testing.T) {
	t.Parallel()
	amina := dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	line := letters.Line{
		LetterID: ids.MustParse[letters.Letter]("1e77e400-0000-4000-8000-000000000001"), DossierID: amina.DossierID, Template: "accompaniment", Language: i18n.IT,
		WrittenBy: cast.Lea.ID, WrittenAt: time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC),
	}
	letter := letters.Letter{Line: line, Contents: keys.Of(letters.Contents{Recipient: "CSR\n" + hostile, Subject: hostile, Body: hostile, Sender: cast.Vaud.Name, Author: cast.Lea.Name})}
	proposal := letters.Proposal{Dossier: amina, Template: "income_support", Language: i18n.FR, Contents: letters.Contents{Subject: "Demande", Body: "Madame, Monsieur,"}}
	for name, c := range map[string]struct {
		lang      i18n.Lang
		person    cast.Person
		component templ.Component
	}{
		"list_fr":     {i18n.FR, cast.Lea, ListPage(letters.Folder{Dossier: amina, Letters: []letters.Line{line}, Staff: []members.Member{{MemberID: cast.Lea.ID, Name: cast.Lea.Name}}})},
		"list_audit":  {i18n.DE, cast.Ruth, ListPage(letters.Folder{Dossier: amina})},
		"choice_fr":   {i18n.FR, cast.Lea, ChoicePage(Form{Proposal: letters.Proposal{Dossier: amina}, Typed: url.Values{"language": {"fr"}}})},
		"write_de":    {i18n.DE, cast.Lea, WritePage(Form{ID: line.LetterID.String(), Proposal: proposal, Typed: TypedOf(proposal)})},
		"write_wrong": {i18n.FR, cast.Lea, WritePage(Form{ID: line.LetterID.String(), Proposal: proposal, Typed: url.Values{"body": {hostile}}, Problems: fault.Problems{{Field: "recipient", Key: "letters.recipient.missing"}}})},
		"show_fr":     {i18n.FR, cast.Lea, ShowPage(letter, amina)},
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
			got := strings.ReplaceAll("<main"+main+"</main>", "><", ">\n<") + "\n"
			if strings.Contains(got, hostile) {
				t.Error("a text that somebody typed became a script")
			}
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
		})
	}
}
