package connectionsview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
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
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var main = regexp.MustCompile(`(?s)<main .*</main>`)

const hostile = `"><script>alert(1)</script>`

var (
	at         = time.Date(2026, time.November, 26, 14, 40, 0, 0, i18n.Zone)
	later      = at.Add(24 * time.Hour)
	one        = 1
	sealed     = ids.MustParse[signin.Secret]("5ec0e700-0000-4000-8000-000000000001")
	vaudsTerms = connections.Terms{
		Name: hostile, Issuer: "https://id.vaud.example/realms/staff", ClientID: "passerelle", SecretID: sealed, Scopes: []string{"openid", "email"},
		NameClaim: "name", EmailClaim: "email", EmailDomains: []string{"vaud.example"},
	}
)

func file(state connections.State, kind string) connections.File {
	next := vaudsTerms
	next.Issuer, next.EmailDomains = "https://new.vaud.example", []string{"vaud.example", "vd.example"}
	change := connections.Change{Kind: kind, Terms: next, Version: 1, WrittenBy: cast.Anna.ID, WrittenAt: at}
	switch state {
	case connections.Approved:
		change.ApprovedBy, change.ApprovedAt, change.TakesEffectAt = cast.Boris.ID, &at, &later
		fallthrough
	case connections.Proposed:
		change.ProposedBy, change.ProposedAt = cast.Anna.ID, &at
		fallthrough
	case connections.Tried:
		change.Tried = &one
	}
	past := change
	past.TookEffectAt, past.ApprovedAt, past.ApprovedBy = &at, &at, cast.Boris.ID
	withdrawn := change
	withdrawn.WithdrawnBy, withdrawn.WithdrawnAt = cast.Boris.ID, &at
	return connections.File{
		Connection: connections.Connection{ConnectionID: ids.MustParse[signin.Connection](cast.VaudStaff.ID), Slug: "vaud", Kind: signin.KindStaff, Terms: vaudsTerms, LiveAt: &at},
		Change:     &change, History: []connections.Change{past, withdrawn}, People: 6, Administrators: 2, Settings: connections.Settings{DelayHours: 24}, Reader: cast.Boris.ID,
		Names: map[tenantdb.PersonID]string{cast.Anna.ID: cast.Anna.Name, cast.Boris.ID: hostile},
	}
}

func show(state connections.State, kind string) Show {
	return Show{File: file(state, kind), Redirect: "https://passerelle.example/oidc/vaud/callback", Now: at}
}

func tried(outcome string, report connections.Report) Show {
	p := show(connections.Tried, connections.Set)
	p.Trial = &connections.Trial{Version: 1, TriedAt: at, Outcome: outcome, Report: report}
	return p
}

func findings() []signin.Finding {
	return []signin.Finding{
		{Check: "address", Verdict: signin.Fine, Key: "connections.check.address.fine"},
		{Check: "issuer", Verdict: signin.Problem, Key: "connections.check.issuer.problem", Args: []any{"Issuer", hostile}},
		{Check: "pkce", Verdict: signin.Advice, Key: "connections.check.pkce.silent"},
	}
}

// TestGolden compares what stands between header and footer; the frame has goldens of its own.
func TestGolden(t *testing.T) {
	t.Parallel()
	from := at.Add(72 * time.Hour)
	unborn := file(connections.Draft, connections.Set)
	unborn.Connection.LiveAt, unborn.Connection.Terms, unborn.History = nil, connections.Terms{}, nil
	ended := file(connections.Draft, connections.Set)
	ended.Connection.EndedAt, ended.Change = &at, nil
	own := show(connections.Proposed, connections.Set)
	own.Reader = cast.Anna.ID
	alone := show(connections.Proposed, connections.Set)
	alone.Administrators = 1
	list := List{Overview: connections.Overview{
		Files:    []connections.File{file(connections.Approved, connections.Set), file(connections.Proposed, connections.End), unborn, ended},
		Settings: connections.Settings{DelayHours: 72, NextHours: &one, NextFrom: &from, Version: 3}, Administrators: 2, Now: at,
	}}
	form := Form{ID: cast.VaudStaff.ID, Redirect: "https://passerelle.example/oidc/vaud/callback", WasLive: true, HasSecret: true, Seen: 2,
		Typed:    url.Values{"name": {hostile}, "issuer": {"https://login.microsoftonline.com/common/v2.0"}, "secret": {"typed"}},
		Problems: fault.Problems{{Field: "issuer", Key: "connections.issuer.many_tenants"}}, Findings: findings()}
	report := connections.Report{
		Claims: []connections.Claim{{Name: "name", Value: hostile}, {Name: "tid", Value: "8eaef023"}}, Subject: "a1", Name: hostile, Email: "anna@other.example",
		Fate: connections.FateKnown, Person: hostile, Role: access.Admin, OutsideDomain: true,
	}
	for name, page := range map[string]struct {
		lang      i18n.Lang
		component templ.Component
	}{
		"list_fr":       {i18n.FR, ListPage(list)},
		"list_de":       {i18n.DE, ListPage(list)},
		"list_it":       {i18n.IT, ListPage(list)},
		"list_en":       {i18n.EN, ListPage(list)},
		"list_none":     {i18n.FR, ListPage(List{Overview: connections.Overview{Settings: connections.Settings{DelayHours: 24}, Now: at}})},
		"show_draft":    {i18n.FR, ShowPage(show(connections.Draft, connections.Set))},
		"show_tried":    {i18n.DE, ShowPage(show(connections.Tried, connections.Set))},
		"show_proposed": {i18n.FR, ShowPage(show(connections.Proposed, connections.Set))},
		"show_own":      {i18n.IT, ShowPage(own)},
		"show_alone":    {i18n.EN, ShowPage(alone)},
		"show_approved": {i18n.FR, ShowPage(show(connections.Approved, connections.Set))},
		"show_ending":   {i18n.FR, ShowPage(show(connections.Proposed, connections.End))},
		"show_new":      {i18n.FR, ShowPage(Show{File: unborn, Now: at})},
		"show_ended":    {i18n.FR, ShowPage(Show{File: ended, Now: at})},
		"form":          {i18n.FR, FormPage(form)},
		"form_new":      {i18n.DE, FormPage(Form{ID: cast.VaudStaff.ID, Redirect: "https://passerelle.example/oidc/c1/callback", New: true, Typed: Blank()})},
		"trial_known":   {i18n.FR, TrialPage(tried("", report))},
		"trial_failed":  {i18n.DE, TrialPage(tried("code", connections.Report{}))},
		"trial_differs": {i18n.IT, TrialPage(tried("subject_differs", connections.Report{Fate: connections.FateDifferent, Subject: "a2"}))},
		"trial_none":    {i18n.EN, TrialPage(show(connections.Draft, connections.Set))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(access.WithPrincipal(context.Background(), cast.Boris.Principal()), page.lang), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/connections", Version: "1.0",
				Person: &ui.Person{Name: cast.Boris.Name, TenantName: cast.Vaud.Name, RoleKey: "access.role.admin"},
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
			if bytes.Contains(got, []byte(`value="typed"`)) {
				t.Error("a secret that was typed is shown")
			}
		})
	}
}
