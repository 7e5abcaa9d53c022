package identifications

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
	"passerelle/internal/pgtest"
)

// house is Vaud with a dossier.
type house struct {
	*Service
	db      *pgtest.Database
	dossier dossiers.ID
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	at := time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	ring, clock := db.Ring(t), func() time.Time {
		at = at.Add(time.Second)
		return at
	}
	all := dossiers.New(db.App, ring, clock)
	h := &house{New(db.App, ring, all, clock), db, ids.New[dossiers.Dossier]()}
	if err := all.Open(as(t, cast.Lea), h.dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return h
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// nobodyElse holds that an act on Vaud's dossier finds nothing for Genève, and that offices are turned away.
func nobodyElse(t *testing.T, act func(context.Context) error) {
	t.Helper()
	for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s of the other canton: %v, want not found", stranger.Name, err)
		}
	}
	if err := act(as(t, cast.Noe)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office: %v, want a refusal", err)
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
}

func refused(t *testing.T, who cast.Person, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, who)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("%s: %v, want a refusal", who.Name, err)
	}
}

func (h *house) count(t *testing.T, question string) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) history(t *testing.T, who cast.Person) History {
	t.Helper()
	history, err := h.OfDossier(as(t, who), h.dossier)
	if err != nil {
		t.Fatal(err)
	}
	return history
}

// chosen is the set that a form proposes.
func (h *house) chosen(t *testing.T) Set {
	t.Helper()
	set, ok := h.history(t, cast.Lea).Choose("")
	if !ok {
		t.Fatal("no set is offered")
	}
	return set
}

func finding(on string, judgement string) Finding {
	return Finding{AssessedOn: ptr(on), Details: Details{Answers: map[string]Answer{"recruited": Yes, "transported": Yes, "papers_taken": No}, Judgement: judgement, OwnView: "Elle veut rentrer"}}
}

func TestAssess(t *testing.T) {
	t.Parallel()
	h := open(t)
	shipped := h.chosen(t)
	if shipped.Name != OurName {
		t.Fatalf("%s is offered", shipped.Name)
	}
	id := ids.New[Assessment]()
	for range 2 {
		if err := h.Assess(as(t, cast.Lea), h.dossier, id, shipped.Digest, finding("2026-11-24", "Peu clair")); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Assess(as(t, cast.Karim), h.dossier, ids.New[Assessment](), shipped.Digest, finding("2026-11-02", "Présumée")); err != nil {
		t.Fatal(err)
	}
	history := h.history(t, cast.Ruth)
	if len(history.Entries) != 2 || !history.Child || history.Entries[0].Particulars.Get().Judgement != "Peu clair" || history.Entries[1].Writer != cast.Karim.Name {
		t.Fatalf("%+v", history)
	}
	if first := history.Entries[0]; first.Set.Digest != shipped.Digest || len(first.Reasons) != len(shipped.Groups) || !first.Reasons[0].Enough || first.Particulars.Get().OwnView != "Elle veut rentrer" {
		t.Errorf("%+v", first)
	}
	if n := h.count(t, "select count(*) from events where kind = 'identification_assessed'"); n != 2 {
		t.Errorf("%d events", n)
	}
	if n := h.count(t, "select count(*) from facts where source = 'identifications'"); n != 1 {
		t.Errorf("the agenda heard %d times that identification began", n)
	}
	if h.count(t, "select count(*) from identifications where assessed_on = '2026-11-24'") != 1 || h.count(t, "select count(*) from second_readings") != 0 {
		t.Error("not assessed once, and read by nobody else")
	}
	t.Run("by a set that nobody loaded", func(t *testing.T) {
		if err := h.Assess(as(t, cast.Lea), h.dossier, ids.New[Assessment](), set(t).Digest, whole()); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%v", err)
		}
	})
	act := func(ctx context.Context) error {
		return h.Assess(ctx, h.dossier, ids.New[Assessment](), shipped.Digest, finding("2026-11-24", "X"))
	}
	nobodyElse(t, act)
	refused(t, cast.Ruth, act)
	nobodyElse(t, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.dossier); return err })
}

func TestReadSecond(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[Assessment]()
	if err := h.Assess(as(t, cast.Lea), h.dossier, id, h.chosen(t).Digest, finding("2026-11-24", "Présumée")); err != nil {
		t.Fatal(err)
	}
	agrees := SecondDetails{Opinion: "agrees"}
	refused(t, cast.Lea, func(ctx context.Context) error { return h.ReadSecond(ctx, h.dossier, id, agrees) })
	for range 2 {
		if err := h.ReadSecond(as(t, cast.Karim), h.dossier, id, agrees); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.count(t, "select count(*) from events where kind = 'identification_second_read'"); n != 1 {
		t.Errorf("%d events", n)
	}
	if err := h.ReadSecond(as(t, cast.Karim), h.dossier, id, SecondDetails{Opinion: "differs", Words: "Pas de but"}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("another reading after the first: %v", err)
	}
	entry := h.history(t, cast.Ruth).Entries[0]
	if entry.Second == nil || entry.Second.Particulars.Get() != agrees || entry.Reader != cast.Karim.Name {
		t.Errorf("%+v", entry)
	}
	if h.count(t, "select count(*) from second_readings") != 1 {
		t.Error("not read once")
	}
	act := func(ctx context.Context) error { return h.ReadSecond(ctx, h.dossier, id, agrees) }
	nobodyElse(t, act)
	refused(t, cast.Ruth, act)
	if err := h.ReadSecond(as(t, cast.Karim), h.dossier, ids.New[Assessment](), agrees); !errors.Is(err, fault.NotFound()) {
		t.Errorf("of nothing: %v", err)
	}
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.dossier)
	if n := h.count(t, "select (select count(*) from identifications) + (select count(*) from second_readings)"); n != 0 {
		t.Errorf("%d rows outlast the dossier", n)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	h := open(t)
	for range 2 {
		if err := h.Load(as(t, cast.Karim), "Officielle", "2025", []byte(small)); err != nil {
			t.Fatal(err)
		}
	}
	old := h.chosen(t)
	if old.Name != "Officielle" {
		t.Fatalf("the tenant's own set does not come first: %s", old.Name)
	}
	if err := h.Assess(as(t, cast.Lea), h.dossier, ids.New[Assessment](), old.Digest, whole()); err != nil {
		t.Fatal(err)
	}
	if err := h.Load(as(t, cast.Karim), "Officielle", "2026", []byte(small)); err != nil {
		t.Fatal(err)
	}
	history := h.history(t, cast.Lea)
	if len(history.Offered) != 2 || history.Offered[0].Edition != "2026" || history.Offered[1].Name != OurName {
		t.Errorf("%d sets are offered", len(history.Offered))
	}
	if history.Entries[0].Set.Edition != "2025" {
		t.Error("an assessment answers another edition than it did")
	}
	if _, ok := history.Choose(old.Digest); ok {
		t.Error("an edition that was replaced is still offered")
	}
	sets, err := h.Sets(as(t, cast.Karim))
	if err != nil || len(sets) != 3 || sets[0].Name != OurName {
		t.Errorf("%v: %d sets", err, len(sets))
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'indicator_set_loaded'"); n != 2 {
		t.Errorf("%d entries tell of it", n)
	}
	for field, act := range map[string]func() error{
		"name":    func() error { return h.Load(as(t, cast.Karim), OurName, "2", []byte(small)) },
		"edition": func() error { return h.Load(as(t, cast.Karim), "Officielle", "", []byte(small)) },
		"file":    func() error { return h.Load(as(t, cast.Karim), "Officielle", "3", []byte("=cmd|")) },
	} {
		if problems, _ := fault.Correctable(act()); len(problems) != 1 || problems[0].Field != field {
			t.Errorf("%s: %v", field, problems)
		}
	}
	for _, person := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
		refused(t, person, func(ctx context.Context) error { return h.Load(ctx, "X", "1", []byte(small)) })
		refused(t, person, func(ctx context.Context) error { _, err := h.Sets(ctx); return err })
	}
	if sets, err := h.Sets(as(t, cast.Marc)); err != nil || len(sets) != 1 {
		t.Errorf("Genève sees %d sets: %v", len(sets), err)
	}
}
