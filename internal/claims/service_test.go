package claims

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type house struct {
	*Service
	db      *pgtest.Database
	dossier dossiers.ID
}

// open is a dossier of somebody who was exploited somewhere.
func open(t *testing.T, person dossiers.Beneficiary) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	now := func() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }
	files := dossiers.New(db.App, db.Ring(t), now)
	h := &house{New(db.App, db.Ring(t), now, files), db, ids.New[dossiers.Dossier]()}
	err := files.Open(as(t, cast.Lea), h.dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Proceedings, ResponsibleID: cast.Lea.ID, Beneficiary: person})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func inVaud() dossiers.Beneficiary {
	return dossiers.Beneficiary{ExploitationCantons: []string{"VD"}}
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// nobodyElse holds that an act on a dossier of Vaud's finds nothing for Genève, that offices are turned away, and that an
// auditor who may only look does not write.
func nobodyElse(t *testing.T, writes bool, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Claire)); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire of Genève: %v, want not found", err)
	}
	if err := act(as(t, cast.Noe)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Noé of an office: %v, want a refusal", err)
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
	if err := act(as(t, cast.Ruth)); errors.Is(err, fault.Refused("")) != writes {
		t.Errorf("Ruth, who audits: %v", err)
	}
}

func (h *house) sheet(t *testing.T) Sheet {
	t.Helper()
	sheet, err := h.Show(as(t, cast.Lea), h.dossier)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func TestDate(t *testing.T) {
	t.Parallel()
	h := open(t, inVaud())
	offence := Offence{From: day("2024-02-01"), Until: day("2025-03-01")}
	for range 2 {
		if err := h.Date(as(t, cast.Lea), h.dossier, 0, offence); err != nil {
			t.Fatal(err)
		}
	}
	s := h.sheet(t)
	if s.Dated.Version != 1 || !s.Offence().same(offence) || s.Territory != Inside || len(s.Usual) == 0 {
		t.Errorf("%+v", s)
	}
	// LAVI 25(1): five years of the offence; from its first day, and beside it from its last.
	if len(s.Dates) != 1 || !s.Dates[0].On.Equal(*day("2029-02-01")) || s.Later == nil || !s.Later.On.Equal(*day("2030-03-01")) {
		t.Errorf("%+v, %+v", s.Dates, s.Later)
	}
	if err := h.Date(as(t, cast.Karim), h.dossier, 0, Offence{}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("two editors: %v", err)
	}
	if err := h.Date(as(t, cast.Karim), h.dossier, 1, Offence{LivedHere: dossiers.Yes}); err != nil {
		t.Fatal(err)
	}
	if s := h.sheet(t); len(s.Dates) != 0 || s.Later != nil {
		t.Errorf("an offence without days has a limit: %+v", s.Dates)
	}
	seen := func() (n int) {
		if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action = 'dossier_seen' and person_id = $1", cast.Ruth.ID).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := seen()
	if _, err := h.Show(as(t, cast.Ruth), h.dossier); err != nil || seen() != before+1 {
		t.Errorf("whoever looks leaves one entry: %d after %d, %v", seen(), before, err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Date(ctx, h.dossier, 2, offence) })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Show(ctx, h.dossier); return err })
}

func TestClaim(t *testing.T) {
	t.Parallel()
	h := open(t, inVaud())
	lea := as(t, cast.Lea)
	if err := h.Date(lea, h.dossier, 0, Offence{From: day("2024-02-01")}); err != nil {
		t.Fatal(err)
	}
	claim := Claim{ClaimID: ids.New[Claim](), Kind: Compensation, AskedOn: day("2026-11-01"), Details: keys.Of(Details{Office: "DGCS <b>", Sum: "CHF 12’000"})}
	for range 2 {
		if err := h.Claim(lea, h.dossier, claim); err != nil {
			t.Fatal(err)
		}
	}
	s := h.sheet(t)
	if len(s.Claims) != 1 || !s.Claims[0].same(claim) || !s.Dates[0].Open() {
		t.Errorf("moral reparation is not claimed yet: %+v, %+v", s.Claims, s.Dates)
	}
	other := Claim{ClaimID: ids.New[Claim](), Kind: MoralReparation, AskedOn: day("2026-11-02")}
	if err := h.Claim(lea, h.dossier, other); err != nil {
		t.Fatal(err)
	}
	if s := h.sheet(t); s.Dates[0].Open() {
		t.Errorf("both are claimed: %+v", s.Dates)
	}
	decided := s.Claims[0]
	decided.Decision, decided.DecidedOn = Partial, day("2026-11-20")
	if err := h.Claim(as(t, cast.Karim), h.dossier, decided); err != nil {
		t.Fatal(err)
	}
	decided.Decision = Refused
	if err := h.Claim(lea, h.dossier, decided); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("two editors: %v", err)
	}
	decided.ClaimID = ids.New[Claim]()
	if err := h.Claim(lea, h.dossier, decided); !errors.Is(err, fault.NotFound()) {
		t.Errorf("a claim that nobody made: %v", err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Claim(ctx, h.dossier, claim) })
}

// What was done abroad alone opens no claim for a sum, and has no time limit (LAVI 3(2)).
func TestAbroad(t *testing.T) {
	t.Parallel()
	h := open(t, dossiers.Beneficiary{ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"}})
	lea := as(t, cast.Lea)
	if err := h.Claim(lea, h.dossier, Claim{ClaimID: ids.New[Claim](), Kind: MoralReparation, AskedOn: day("2026-11-01")}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("a sum: %v", err)
	}
	if err := h.Date(lea, h.dossier, 0, Offence{From: day("2024-02-01")}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("days in Switzerland: %v", err)
	}
	if err := h.Date(lea, h.dossier, 0, Offence{LivedHere: dossiers.No}); err != nil {
		t.Fatal(err)
	}
	if s := h.sheet(t); s.Opens(ImmediateHelp) != Excluded {
		t.Errorf("help for who did not live here: %s", s.Opens(ImmediateHelp))
	}
	if err := h.Claim(lea, h.dossier, Claim{ClaimID: ids.New[Claim](), Kind: ImmediateHelp, AskedOn: day("2026-11-01")}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("help: %v", err)
	}
}

func TestAssign(t *testing.T) {
	t.Parallel()
	h := open(t, inVaud())
	lea := as(t, cast.Lea)
	first := Payer{PayerID: ids.New[Payer](), Payer: "immediate_help", FromOn: *day("2026-10-01"), UntilOn: day("2026-11-24"), Note: keys.Of("Centre LAVI")}
	for range 2 {
		if err := h.Assign(lea, h.dossier, first); err != nil {
			t.Fatal(err)
		}
	}
	mistake := Payer{PayerID: ids.New[Payer](), Payer: "asylum", FromOn: *day("2026-11-25")}
	if err := h.Assign(lea, h.dossier, mistake); err != nil {
		t.Fatal(err)
	}
	s := h.sheet(t)
	if len(s.Payers) != 2 || !s.Payers[0].same(first) {
		t.Fatalf("%+v", s.Payers)
	}
	changed := s.Payers[0]
	changed.UntilOn = day("2026-11-30")
	if err := h.Assign(as(t, cast.Karim), h.dossier, changed); err != nil {
		t.Fatal(err)
	}
	changed.UntilOn = nil
	if err := h.Assign(lea, h.dossier, changed); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("two editors: %v", err)
	}
	paying := func(on string) (found []Paid) {
		if err := h.db.App.Read(tenantdb.WithScope(t.Context(), cast.Lea.Principal().Scope()), Paying(h.dossier, *day(on), &found)); err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := paying("2026-11-30"); len(got) != 1 || got[0].Payer != "asylum" || got[0].UntilOn != nil {
		t.Errorf("who pays longest: %+v", got)
	}
	if got := paying("2026-10-01"); len(got) != 1 || got[0].Payer != "immediate_help" {
		t.Errorf("on the first day: %+v", got)
	}
	if got := paying("2026-09-30"); len(got) != 0 {
		t.Errorf("before it: %+v", got)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Assign(ctx, h.dossier, first) })
	nobodyElse(t, true, func(ctx context.Context) error { return h.Remove(ctx, h.dossier, mistake.PayerID) })
	for range 2 {
		if err := h.Remove(lea, h.dossier, mistake.PayerID); err != nil {
			t.Fatal(err)
		}
	}
	if s := h.sheet(t); len(s.Payers) != 1 {
		t.Errorf("%+v", s.Payers)
	}
}

// The rows go with the dossier.
func TestErased(t *testing.T) {
	t.Parallel()
	h := open(t, inVaud())
	lea := as(t, cast.Lea)
	for _, err := range []error{
		h.Date(lea, h.dossier, 0, Offence{From: day("2024-02-01")}),
		h.Claim(lea, h.dossier, Claim{ClaimID: ids.New[Claim](), Kind: Compensation, AskedOn: day("2026-11-01")}),
		h.Assign(lea, h.dossier, Payer{PayerID: ids.New[Payer](), Payer: "asylum", FromOn: *day("2026-11-25")}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.dossier)
	var left int
	if err := h.db.Owner.QueryRow(t.Context(), "select (select count(*) from claims) + (select count(*) from payers) + (select count(*) from offences)").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
}
