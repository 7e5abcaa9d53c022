package consentsview

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

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	csr   = offices.Office{OfficeID: cast.CSR.ID, Name: cast.CSR.Name, Kind: cast.CSR.Kind, Place: cast.CSR.Place}
)

const hostile = `<script>alert(1)</script>`

func consent(from, until int) consents.Consent {
	return consents.Consent{
		ConsentID: ids.MustParse[consents.Consent]("c0150000-0000-4000-8000-000000000001"), DossierID: amina.DossierID, CodeName: amina.CodeName,
		OfficeID: csr.OfficeID, OfficeName: csr.Name, Purpose: csr.Kind, DataClasses: []access.DataClass{access.Identity, access.Income},
		ValidFrom: now.AddDate(0, 0, from), ValidUntil: now.AddDate(0, 0, until), GivenHow: "orally",
	}
}

func form() Form {
	return Form{
		Occasion: consents.Occasion{Dossier: amina, Offices: []offices.Office{csr}}, Office: csr, ID: "c0150000-0000-4000-8000-000000000002",
		Return: "/referrals/4efe0000-0000-4000-8000-000000000001/edit", Typed: TypedOf(consents.UsualTerms(csr, now)),
	}
}

func wrong() Form {
	f := form()
	f.Typed.Set("valid_until", "31.2.2027")
	f.Typed.Set("interpreter", hostile)
	f.Problems = fault.Problems{{Field: "data_classes", Key: "consents.data_classes.missing"}, {Field: "valid_until", Key: "forms.date.unreadable"}}
	return f
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	withdrawn := consent(-30, 30)
	withdrawn.WithdrawnAt = &now
	given := []consents.Consent{consent(0, 180), consent(1, 180), consent(-30, -1), withdrawn}
	ends := []referrals.Line{{ReferralID: ids.MustParse[timeline.Referral]("4efe0000-0000-4000-8000-000000000001"), Reference: "7GX4QP", State: referrals.Accepted}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"choice":             {cast.Lea, ChoicePage(form())},
		"new":                {cast.Lea, NewPage(form())},
		"new_wrong":          {cast.Lea, NewPage(wrong())},
		"panel":              {cast.Lea, Panel(amina.DossierID, given, nil, now)},
		"panel_an_audit":     {cast.Ruth, Panel(amina.DossierID, given, nil, now)},
		"panel_none":         {cast.Lea, Panel(amina.DossierID, nil, nil, now)},
		"withdrawal":         {cast.Lea, WithdrawalPage(consent(0, 180), ends)},
		"withdrawal_nothing": {cast.Lea, WithdrawalPage(consent(0, 180), nil)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), i18n.FR), ui.Request{
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
