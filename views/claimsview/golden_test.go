package claimsview

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

	"passerelle/internal/cast"
	"passerelle/internal/claims"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `<script>alert(1)</script>`

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

func day(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &day
}

// shown is one golden file: who looks, in which language, at what.
type shown struct {
	person    cast.Person
	lang      i18n.Lang
	component templ.Component
}

// compare compares what is the page's own; the frame, and which parts a dossier has, have their own tests.
func compare(t *testing.T, name string, s shown) {
	t.Helper()
	ctx := ui.WithRequest(i18n.With(s.person.Context(context.Background()), s.lang), ui.Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: s.person.Name, TenantName: s.person.Tenant.Name},
	})
	var html bytes.Buffer
	if err := s.component.Render(ctx, &html); err != nil {
		t.Fatal(err)
	}
	got := html.String()
	if _, content, ok := strings.Cut(got, `<div class="pas-dossier__content">`); ok {
		got, _, _ = strings.Cut(content, "</main>")
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
}

func sheet(t *testing.T) claims.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	offence := claims.Offence{From: day("2024-02-01"), Until: day("2025-05-01"), KnownOn: day("2025-06-01"), LivedHere: dossiers.Yes}
	later, ok := offence.Later(rules)
	if !ok {
		t.Fatal("the offence did not last")
	}
	claim := func(id string, c claims.Claim, details claims.Details) claims.Claim {
		c.ClaimID, c.DossierID, c.Version, c.Details = ids.MustParse[claims.Claim]("c1a10000-0000-4000-8000-00000000000"+id), amina.DossierID, 1, keys.Of(details)
		return c
	}
	payer := func(id string, p claims.Payer, note string) claims.Payer {
		p.PayerID, p.DossierID, p.Version, p.Note = ids.MustParse[claims.Payer]("9a1e0000-0000-4000-8000-00000000000"+id), amina.DossierID, 1, keys.Of(note)
		return p
	}
	return claims.Sheet{
		Dossier: amina, Territory: claims.Both, Now: now, Usual: rules.Payers(), Later: &later,
		Dated: claims.Dated{DossierID: amina.DossierID, Version: 1, Offence: keys.Of(offence)},
		Dates: rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.Offence, On: *offence.From}}),
		Claims: []claims.Claim{
			claim("1", claims.Claim{Kind: claims.ImmediateHelp, AskedOn: day("2025-06-02"), DecidedOn: day("2025-06-02"), Decision: claims.Granted, GrantedUntil: day("2025-07-06")}, claims.Details{Office: "Centre LAVI " + hostile}),
			claim("2", claims.Claim{Kind: claims.Compensation, AskedOn: day("2026-10-01")}, claims.Details{Sum: "CHF 12’000", Note: "Perte de gain " + hostile}),
		},
		Payers: []claims.Payer{
			payer("1", claims.Payer{Payer: "immediate_help", FromOn: *day("2025-06-02"), UntilOn: day("2025-07-06")}, ""),
			payer("2", claims.Payer{Payer: "longer_term_help", FromOn: *day("2025-07-07"), UntilOn: day("2026-12-31")}, "Décision du 7 juillet "+hostile),
		},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	abroad := func(lived dossiers.Answer) claims.Sheet {
		return claims.Sheet{Dossier: amina, Territory: claims.Abroad, Now: now, Dated: claims.Dated{Version: 1, Offence: keys.Of(claims.Offence{LivedHere: lived})}}
	}
	open := s
	open.Payers = append(s.Payers[:1:1], claims.Payer{PayerID: s.Payers[1].PayerID, Payer: "social_assistance", FromOn: *day("2025-07-07"), Version: 1})
	offence := Form{Sheet: s, Version: 1, Typed: TypedOffence(s.Offence()), Theirs: true}
	claim := Form{Sheet: s, ID: s.Claims[1].ClaimID.String(), Version: 1, Typed: TypedClaim(s.Claims[1]), Problems: fault.Problems{{Field: "asked_on", Key: "claims.asked_on.missing"}}}
	claimTheirs := claim
	claimTheirs.Problems, claimTheirs.Theirs = nil, true
	payer := Form{Sheet: s, ID: s.Payers[1].PayerID.String(), Version: 1, Typed: TypedPayer(s.Payers[1])}
	payerTheirs := payer
	payerTheirs.Theirs = true
	for name, test := range map[string]shown{
		"page_fr":              {cast.Lea, i18n.FR, Page(s)},
		"page_de":              {cast.Lea, i18n.DE, Page(open)},
		"page_an_audit_fr":     {cast.Ruth, i18n.FR, Page(s)},
		"page_abroad_fr":       {cast.Lea, i18n.FR, Page(abroad(""))},
		"page_abroad_lived_de": {cast.Lea, i18n.DE, Page(abroad(dossiers.Yes))},
		"page_abroad_never_fr": {cast.Lea, i18n.FR, Page(abroad(dossiers.No))},
		"page_empty_fr":        {cast.Lea, i18n.FR, Page(claims.Sheet{Dossier: amina, Territory: claims.Unknown, Now: now})},
		"offence_abroad_fr":    {cast.Lea, i18n.FR, OffencePage(Form{Sheet: abroad(""), Version: 1, Typed: TypedOffence(claims.Offence{})})},
		"page_contrary_fr":     {cast.Lea, i18n.FR, Page(claims.Sheet{Dossier: amina, Territory: claims.Abroad, Now: now, Dated: s.Dated})},
		"offence_fr":           {cast.Lea, i18n.FR, OffencePage(offence)},
		"claim_fr":             {cast.Lea, i18n.FR, ClaimPage(claim)},
		"claim_theirs_de":      {cast.Lea, i18n.DE, ClaimPage(claimTheirs)},
		"payer_fr":             {cast.Lea, i18n.FR, PayerPage(payer)},
		"payer_theirs_de":      {cast.Lea, i18n.DE, PayerPage(payerTheirs)},
		"brief_fr":             {cast.Lea, i18n.FR, Brief([]claims.Paid{{Payer: "donation"}, {Payer: "immediate_help", UntilOn: day("2026-12-31")}})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compare(t, name, test)
		})
	}
}

// What was typed comes back as it was.
func TestWhatIsTypedComesBack(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	offence, problems := ParseOffence(TypedOffence(s.Offence()))
	if len(problems) > 0 || TypedOffence(offence).Encode() != TypedOffence(s.Offence()).Encode() {
		t.Errorf("%v, %v", offence, problems)
	}
	for _, claim := range s.Claims {
		read, problems := ParseClaim(TypedClaim(claim))
		if len(problems) > 0 || TypedClaim(read).Encode() != TypedClaim(claim).Encode() {
			t.Errorf("%v, %v", read, problems)
		}
	}
	for _, payer := range s.Payers {
		read, problems := ParsePayer(TypedPayer(payer))
		if len(problems) > 0 || TypedPayer(read).Encode() != TypedPayer(payer).Encode() {
			t.Errorf("%v, %v", read, problems)
		}
	}
}
