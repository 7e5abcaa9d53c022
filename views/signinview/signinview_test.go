package signinview

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/a-h/templ"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/signin"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var main = regexp.MustCompile(`(?s)<main .*</main>`)

// TestPages keeps what each page at the door says as a file, and compares.
func TestPages(t *testing.T) {
	t.Parallel()
	connections := make([]signin.Connection, 0, len(cast.Connections))
	for _, c := range cast.Connections {
		connections = append(connections, signin.Connection{Slug: c.Slug, Name: c.Name, Kind: signin.Kind(c.Kind)})
	}
	hostile := `"><script>alert(1)</script>`
	stranger := ui.Request{Nonce: "NONCE", Path: "/signin", Version: "1.0"}
	jo := ui.Request{Nonce: "NONCE", CSRF: "TOKEN", Path: "/memberships", Version: "1.0", Person: &ui.Person{CanSwitch: true}}
	for name, page := range map[string]struct {
		request   ui.Request
		lang      i18n.Lang
		component templ.Component
	}{
		"new":        {stranger, i18n.FR, New(Form{Connections: connections, Return: "/"})},
		"new-again":  {stranger, i18n.DE, New(Form{Connections: connections, Email: hostile, Return: "/dossiers/new?parked=ID", Kept: true, Problems: problems("signin.email.unknown_organisation")})},
		"new-bare":   {stranger, i18n.EN, New(Form{Return: "/"})},
		"leaving":    {stranger, i18n.IT, Leaving(hostile, "https://provider.example/authorize?state=s&nonce=n")},
		"refused":    {stranger, i18n.DE, Refused("/signin?return=%2Fdossiers")},
		"waiting":    {jo, i18n.FR, Waiting(nil)},
		"wrong-code": {jo, i18n.DE, Waiting(fault.Problems{{Field: "code", Key: "signin.code.invalid"}})},
		"paused":     {jo, i18n.FR, Paused([]string{"Passerelle Vaud"})},
		"memberships": {jo, i18n.FR, Memberships([]signin.Membership{{Principal: cast.Lea.Principal()}, {Principal: cast.JoVaud.Principal()}, {Principal: cast.JoGeneve.Principal()}},
			cast.JoVaud.ID, "/inbox")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var whole bytes.Buffer
			if err := page.component.Render(ui.WithRequest(i18n.With(context.Background(), page.lang), page.request), &whole); err != nil {
				t.Fatal(err)
			}
			// The frame around it has goldens of its own.
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
				t.Error("what was typed became markup")
			}
		})
	}
}

func problems(key string) (p fault.Problems) {
	p.Add("email", key)
	return p
}
