package signinview

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

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
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
	noon := time.Date(2026, 11, 27, 11, 0, 0, 0, time.UTC)
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
		"waiting":    {jo, i18n.FR, Waiting(false)},
		"shared":     {jo, i18n.DE, Waiting(true)},
		"paused":     {jo, i18n.FR, Paused([]string{"Passerelle Vaud"})},
		"uninvited":  {stranger, i18n.DE, Uninvited()},
		"join":       {jo, i18n.FR, JoinPage("", nil)},
		"join-again": {jo, i18n.IT, JoinPage(hostile, fault.Problems{{Field: "code", Key: "members.join.invalid"}})},
		"memberships": {jo, i18n.FR, Memberships([]signin.Membership{{Principal: cast.Lea.Principal()}, {Principal: cast.JoVaud.Principal()}, {Principal: cast.JoGeneve.Principal()}},
			map[tenantdb.PersonID]int{cast.JoVaud.ID: 1, cast.JoGeneve.ID: 51}, cast.JoVaud.ID, "/inbox")},
		"sessions": {jo, i18n.FR, Sessions([]signin.OwnSession{
			{ID: ids.MustParse[signin.Session]("5e550000-0000-4000-8000-000000000001"), Device: signin.Device{Browser: "firefox", System: "linux"}, Workplace: "Permanence juridique", For: "Passerelle Vaud", CreatedAt: noon, SeenAt: noon.Add(time.Hour), Here: true},
			{ID: ids.MustParse[signin.Session]("5e550000-0000-4000-8000-000000000002"), Device: signin.Device{Browser: "safari", System: "ios"}, Workplace: hostile, CreatedAt: noon, SeenAt: noon},
			{ID: ids.MustParse[signin.Session]("5e550000-0000-4000-8000-000000000003"), Device: signin.Device{Browser: "other", System: "other"}, CreatedAt: noon, SeenAt: noon},
		})},
		"sessions-one": {jo, i18n.DE, Sessions([]signin.OwnSession{{ID: ids.MustParse[signin.Session]("5e550000-0000-4000-8000-000000000001"), Device: signin.Device{Browser: "edge", System: "windows"}, Workplace: "Passerelle Vaud", CreatedAt: noon, SeenAt: noon, Here: true}})},
		"signed-out":   {stranger, i18n.EN, New(Form{Return: "/", Leave: Leave{Organisation: hostile, Target: "https://provider.example/logout?client_id=passerelle"}})},
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
