package handoversview

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
	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	gone := time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)
	lines := []handovers.Line{
		{Member: members.Member{MemberID: cast.Lea.ID, Name: "<b>Léa", Role: cast.Lea.Role, EndedAt: &gone}, Load: handovers.Load{Dossiers: 3, Tasks: 2, Referrals: 1}, Asked: true},
		{Member: members.Member{MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: cast.Karim.Role}},
	}
	form, ok := NewForm(lines, cast.Lea.ID)
	if _, nobody := NewForm(lines, cast.Claire.ID); !ok || nobody {
		t.Fatal("somebody is found who is not there")
	}
	wrong := form
	wrong.Typed, wrong.Problems = url.Values{"to": {"x"}}, fault.Problems{{Field: "to", Key: "handovers.to.missing"}}
	for name, c := range map[string]struct {
		lang  i18n.Lang
		shown templ.Component
	}{
		"list": {i18n.FR, ListPage(lines)}, "form": {i18n.DE, FormPage(form)}, "form_wrong": {i18n.IT, FormPage(wrong)},
	} {
		var b bytes.Buffer
		if err := c.shown.Render(ui.WithRequest(i18n.With(cast.Karim.Context(context.Background()), c.lang), ui.Request{Nonce: "NONCE", CSRF: "TOKEN", Path: "/handovers", Person: &ui.Person{Name: cast.Karim.Name, TenantName: cast.Karim.Tenant.Name}}), &b); err != nil {
			t.Fatal(err)
		}
		_, main, _ := strings.Cut(b.String(), "<main")
		main, _, _ = strings.Cut(main, "</main>")
		got := strings.ReplaceAll("<main"+main+"</main>", "><", ">\n<") + "\n"
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
	}
}
