package provisioningview

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/connections"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/provisioning"
	"passerelle/internal/signin"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var main = regexp.MustCompile(`(?s)<main .*</main>`)

const hostile = `"><script>alert(1)</script>`

var at = time.Date(2026, time.November, 26, 14, 40, 0, 0, i18n.Zone)

func props(source provisioning.Source) Props {
	later := at.Add(24 * time.Hour)
	p := Props{Token: cast.VaudStaff.ID, Sheet: provisioning.Sheet{
		Connection: connections.Connection{ConnectionID: ids.MustParse[signin.Connection](cast.VaudStaff.ID), Terms: connections.Terms{Name: hostile}, LiveAt: &at},
		Source:     source, Address: "https://passerelle.example/scim/v2", Now: at,
	}}
	if source == "" {
		return p
	}
	p.Tokens = []provisioning.Token{{MadeAt: at}, {MadeAt: at, ValidUntil: &later, UsedAt: &at}}
	p.People = []provisioning.Person{
		{PersonID: ids.MustParse[provisioning.Person](cast.Lea.ID.String()), Words: provisioning.Words{DisplayName: hostile, Email: hostile, Active: true}},
		{Words: provisioning.Words{GivenName: "Nina", FamilyName: "Roth", Active: true}, Subject: "nina"}, {Words: provisioning.Words{UserName: "gone"}, Subject: "gone"},
	}
	p.Total = 3
	p.Candidates = []provisioning.Candidate{{Subject: hostile, Name: hostile, Email: "x@vaud.example"}}
	for _, deed := range []provisioning.Deed{provisioning.Announced, provisioning.Changed, provisioning.Ended, provisioning.Returned, provisioning.Removed, provisioning.GroupSaid} {
		p.Acts = append(p.Acts, provisioning.Act{At: at, Deed: deed, Name: hostile})
	}
	for _, reason := range provisioning.Reasons {
		p.Acts = append(p.Acts, provisioning.Act{At: at, Deed: provisioning.Refused, Reason: string(reason)})
	}
	return p
}

// TestGolden compares what stands between header and footer; the frame has goldens of its own.
func TestGolden(t *testing.T) {
	t.Parallel()
	wrong := props("")
	wrong.Problems = fault.Problems{{Field: "source", Key: "provisioning.source.missing"}}
	ended := props("")
	ended.Connection.EndedAt = &at
	for name, page := range map[string]struct {
		lang      i18n.Lang
		component templ.Component
	}{
		"page_fr": {i18n.FR, Page(props(provisioning.ByHand))},
		"page_de": {i18n.DE, Page(props(provisioning.ByExternalID))},
		"page_it": {i18n.IT, Page(props(provisioning.ByUserName))},
		"page_en": {i18n.EN, Page(props(provisioning.ByHand))},
		"new":     {i18n.FR, Page(props(""))},
		"wrong":   {i18n.FR, Page(wrong)},
		"ended":   {i18n.DE, Page(ended)},
		"token":   {i18n.FR, TokenPage(ended.Connection.ConnectionID, "vaud.abc")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(access.WithPrincipal(context.Background(), cast.Boris.Principal()), page.lang), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/connections", Version: "1.0",
				Person: &ui.Person{Name: cast.Boris.Name, TenantName: cast.Vaud.Name, RoleKey: "access.role.admin"},
			})
			var buffer bytes.Buffer
			if err := page.component.Render(ctx, &buffer); err != nil {
				t.Fatal(err)
			}
			got, file := append(main.Find(buffer.Bytes()), '\n'), filepath.Join("testdata", name+".html")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; read the difference, then run with -update", file)
			}
			if bytes.Contains(got, []byte("<script>alert")) {
				t.Error("a name became markup")
			}
		})
	}
}
