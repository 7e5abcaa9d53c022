package identificationsview

import (
	"bytes"
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
	"passerelle/internal/identifications"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

// set is a loaded one, in German alone but for one text.
func set(name string) identifications.Set {
	words := func(text string) identifications.Texts { return identifications.Texts{i18n.DE: text} }
	return identifications.Set{Digest: strings.Repeat("0", 64), Name: name, Edition: "2026", LoadedAt: now, Groups: []identifications.Group{
		{Code: "act", Element: identifications.Act, Texts: identifications.Texts{i18n.FR: "Acte", i18n.DE: "Tat"}, Indicators: []identifications.Indicator{
			{Code: "recruited", Strength: identifications.Strong, Texts: words("Angeworben")}, {Code: "moved", Strength: identifications.Medium, Texts: words(hostile)},
		}},
		{Code: "means", Element: identifications.Means, Texts: words("Mittel"), Indicators: []identifications.Indicator{{Code: "debt", Strength: identifications.Weak, Texts: words("Schulden")}}},
	}}
}

func history(child bool) identifications.History {
	details := identifications.Details{Answers: map[string]identifications.Answer{"recruited": identifications.Yes, "moved": identifications.Yes, "debt": identifications.No}, Judgement: hostile, OwnView: hostile}
	entry := identifications.Entry{Set: set(hostile), Writer: cast.Karim.Name, Reasons: identifications.Reasons(set(hostile), details.Answers, child), Assessment: identifications.Assessment{
		IdentificationID: ids.MustParse[identifications.Assessment]("1de40000-0000-4000-8000-000000000001"), DossierID: amina.DossierID,
		SetDigest: set(hostile).Digest, AssessedOn: now, Particulars: keys.Of(details), WrittenBy: cast.Karim.ID,
	}}
	read := entry
	read.IdentificationID, read.AssessedOn, read.Reader = ids.MustParse[identifications.Assessment]("1de40000-0000-4000-8000-000000000002"), now.AddDate(0, -1, 0), cast.Lea.Name
	read.Second = &identifications.SecondReading{ReadAt: now, ReadBy: cast.Lea.ID, Particulars: keys.Of(identifications.SecondDetails{Opinion: "differs", Words: hostile})}
	other := set("Andere")
	other.Digest = strings.Repeat("1", 64)
	return identifications.History{Dossier: amina, Child: child, Entries: []identifications.Entry{entry, read}, Offered: []identifications.Set{set(hostile), other}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	form := Form{History: history(false), Set: set(hostile), ID: "1de40000-0000-4000-8000-000000000003", Typed: TypedOf(history(false), set(hostile))}
	wrong := form
	wrong.History, wrong.Typed = history(true), url.Values{"judgement": {hostile}, AnswerField("recruited"): {"yes"}}
	wrong.Problems = fault.Problems{{Field: "assessed_on", Key: "identifications.date.missing"}}
	second := SecondForm{Of: history(false).Entries[0].IdentificationID, Typed: url.Values{"words": {hostile}}, Problems: fault.Problems{{Field: "opinion", Key: "identifications.opinion.missing"}}}
	sets := SetForm{Sets: []identifications.Set{set(hostile)}, Typed: url.Values{"name": {hostile}}, Problems: fault.Problems{{Field: "file", Key: "identifications.file.formula", Args: []any{"Line", 12}}}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"page":          {cast.Lea, Page(history(false), SecondForm{})},
		"page_child":    {cast.Karim, Page(history(true), SecondForm{})},
		"page_second":   {cast.Lea, Page(history(false), second)},
		"page_an_audit": {cast.Ruth, Page(history(false), SecondForm{})},
		"page_empty":    {cast.Lea, Page(identifications.History{Dossier: amina}, SecondForm{})},
		"new":           {cast.Lea, NewPage(form)},
		"new_wrong":     {cast.Lea, NewPage(wrong)},
		"sets":          {cast.Karim, SetsPage(sets)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				ctx := ui.WithRequest(i18n.With(test.person.Context(t.Context()), lang), ui.Request{
					Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
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
				golden := filepath.Join("testdata", name+"_"+string(lang)+".html")
				if *update {
					if err := os.MkdirAll("testdata", 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil || got != string(want) {
					t.Errorf("%s differs (%v); read the difference, then run with -update\n%s", golden, err, got)
				}
			})
		}
	}
}
