package exportsview

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

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/exports"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	at := time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	later := at.Add(time.Hour)
	id := ids.MustParse[exports.Export]("e4900000-0000-4000-8000-000000000001")
	staff := []members.Member{{MemberID: cast.Karim.ID, Name: "<script>alert(1)</script>", Role: access.Coordinator}, {MemberID: cast.Anna.ID, Name: cast.Anna.Name, Role: access.Admin}}
	few := exports.Export{ExportID: id, Order: exports.Order{Subject: exports.List, Format: exports.PDF, Reason: "own_use"}, People: 12, AskedBy: cast.Karim.ID, AskedAt: at, ExpiresAt: at.Add(24 * time.Hour)}
	many := few
	many.Order, many.People = exports.Order{Subject: exports.HTCDS, Format: exports.CSV, Reason: "research"}, 51
	refused, taken := many, many
	refused.AnsweredBy, refused.AnsweredAt = cast.Anna.ID, &later
	taken.AnsweredBy, taken.AnsweredAt, taken.Granted, taken.TakenAt = cast.Anna.ID, &later, true, &later
	show := func(e exports.Export, own bool, names []string, problems fault.Problems) templ.Component {
		return ShowPage(exports.Shown{Export: e, Staff: staff, Answerers: names, At: later, Own: own}, problems)
	}
	for name, c := range map[string]struct {
		who  cast.Person
		page templ.Component
	}{
		"list_empty": {cast.Karim, ListPage(exports.Listing{})},
		"list":       {cast.Anna, ListPage(exports.Listing{Exports: []exports.Export{few, many, refused, taken}, Staff: staff, At: later})},
		"new":        {cast.Karim, NewPage(Form{ID: id, Typed: url.Values{"subject": {"list"}}, Problems: fault.Problems{{Field: "reason", Key: "exports.reason.missing"}}})},
		"ready":      {cast.Karim, show(few, true, nil, nil)},
		"waits":      {cast.Karim, show(many, true, []string{cast.Anna.Name}, fault.Problems{{Field: "file", Key: "exports.take.waiting"}})},
		"alone":      {cast.Karim, show(many, true, nil, nil)},
		"to_answer":  {cast.Anna, show(many, false, nil, nil)},
		"refused":    {cast.Karim, show(refused, true, nil, nil)},
		"taken":      {cast.Karim, show(taken, true, nil, nil)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			ctx := access.WithPrincipal(i18n.With(t.Context(), lang), c.who.Principal())
			var out bytes.Buffer
			if err := c.page.Render(ui.WithRequest(ctx, ui.Request{Nonce: "n", Path: "/exports", CSRF: "token"}), &out); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if strings.Contains(text, "<script>alert") {
				t.Errorf("%s: a name is markup", name)
			}
			text = strings.ReplaceAll(text[strings.Index(text, "<main"):strings.Index(text, "</main>")], "><", ">\n<")
			path := filepath.Join("testdata", name+"_"+string(lang)+".html")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if want, err := os.ReadFile(path); err != nil || string(want) != text {
				t.Errorf("%s differs (%v): make goldens, and read the difference", path, err)
			}
		}
	}
}
