package interpreters_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type house struct {
	*interpreters.Service
	db   *pgtest.Database
	ring *keys.Ring
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	return &house{interpreters.New(db.App, ring, func() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }), db, ring}
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

func judit() interpreters.Particulars {
	return interpreters.Particulars{Name: "Judit Kovács", Phone: "+41 79 000 00 10", Languages: []string{"hun", "rom"}, Gender: "female", Region: "HU"}
}

// opened is a dossier of Léa's.
func (h *house) opened(t *testing.T) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	service := dossiers.New(h.db.App, h.ring, time.Now)
	name, err := service.Propose(as(t, cast.Lea))
	if err == nil {
		err = service.Open(as(t, cast.Lea), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID})
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) exclusions(t *testing.T, dossier dossiers.ID) (found []interpreters.Exclusion) {
	t.Helper()
	if err := h.db.App.Read(as(t, cast.Lea), interpreters.ExclusionsOf(dossier, &found)); err != nil {
		t.Fatal(err)
	}
	box, err := h.ring.Box(as(t, cast.Lea), dossiers.HolderOf(dossier))
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		if err := box.Open(&found[i]); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// turnedAway holds that an act is refused to offices, in whatever role they say they are, and that an auditor does not write.
func turnedAway(t *testing.T, act func(context.Context) error) {
	t.Helper()
	for _, stranger := range []cast.Person{cast.Noe, cast.Eva, cast.JoVaud} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s of an office: %v, want a refusal", stranger.Name, err)
		}
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
}

func TestTheDirectory(t *testing.T) {
	t.Parallel()
	h := open(t)
	if empty, err := h.List(as(t, cast.Lea)); err != nil || len(empty) != 0 {
		t.Fatalf("a directory into which nobody has written: %v, %v", empty, err)
	}
	id := ids.New[interpreters.Interpreter]()
	for range 2 { // the same form twice
		if err := h.Add(as(t, cast.Lea), id, judit()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Add(as(t, cast.Karim), ids.New[interpreters.Interpreter](), interpreters.Particulars{Name: "Abel", Phone: "1", Languages: []string{"amh"}}); err != nil {
		t.Fatal(err)
	}
	directory, err := h.List(as(t, cast.Ruth))
	if err != nil || len(directory) != 2 || directory[0].Particulars.Get().Name != "Abel" || directory[1].Particulars.Get().Phone != judit().Phone {
		t.Fatalf("the auditor reads %d entries: %v", len(directory), err)
	}
	var sealed []byte
	if err := h.db.Owner.QueryRow(t.Context(), "select string_agg(particulars, '') from interpreters").Scan(&sealed); err != nil || len(sealed) == 0 {
		t.Fatal(err)
	}
	for _, plain := range []string{"Judit", "79 000", "hun"} {
		if bytes.Contains(sealed, []byte(plain)) {
			t.Errorf("%s lies in clear", plain)
		}
	}

	t.Run("two editors", func(t *testing.T) {
		mine, hers := judit(), judit()
		mine.Availability, hers.Phone = "Le matin", "+41 79 000 00 11"
		if _, err := h.Change(as(t, cast.Karim), id, 1, hers); err != nil {
			t.Fatal(err)
		}
		current, err := h.Change(as(t, cast.Lea), id, 1, mine)
		if !errors.Is(err, fault.Conflict("")) || current.Version != 2 || current.Particulars.Get().Phone != hers.Phone {
			t.Fatalf("the second editor is shown %+v: %v", current.Particulars.Get(), err)
		}
		if _, err := h.Change(as(t, cast.Karim), id, 1, hers); err != nil {
			t.Errorf("the same form twice: %v", err)
		}
		until := day("2026-12-31")
		mine.ActiveUntil = &until
		if _, err := h.Change(as(t, cast.Lea), id, 2, mine); err != nil {
			t.Fatal(err)
		}
		found, err := h.Find(as(t, cast.Lea), id)
		if err != nil || found.Version != 3 || !found.ActiveUntil.Equal(until) || found.Particulars.Get().Availability != "Le matin" {
			t.Errorf("%+v: %v", found.Particulars.Get(), err)
		}
	})

	// Genève has a directory of its own, and finds nothing of Vaud's.
	for name, act := range map[string]func(context.Context) error{
		"find":   func(ctx context.Context) error { _, err := h.Find(ctx, id); return err },
		"change": func(ctx context.Context) error { _, err := h.Change(ctx, id, 3, judit()); return err },
	} {
		if err := act(as(t, cast.Claire)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s in Genève: %v", name, err)
		}
		turnedAway(t, act)
	}
	if err := h.Add(as(t, cast.Claire), id, judit()); err != nil {
		t.Fatal(err)
	}
	if theirs, err := h.List(as(t, cast.Claire)); err != nil || len(theirs) != 1 {
		t.Errorf("Genève's directory has %d entries: %v", len(theirs), err)
	}
	turnedAway(t, func(ctx context.Context) error { return h.Add(ctx, ids.New[interpreters.Interpreter](), judit()) })
	for _, stranger := range []cast.Person{cast.Noe, cast.Eva} {
		if _, err := h.List(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s lists interpreters: %v", stranger.Name, err)
		}
	}
	if err := h.Add(as(t, cast.Ruth), ids.New[interpreters.Interpreter](), judit()); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor adds: %v", err)
	}
	if _, err := h.Change(as(t, cast.Ruth), id, 3, judit()); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor changes: %v", err)
	}
	if err := h.Add(as(t, cast.Lea), ids.New[interpreters.Interpreter](), interpreters.Particulars{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("an empty entry: %v", err)
	}
}

func TestExclusions(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier, other := h.opened(t), h.opened(t)
	id := ids.New[interpreters.Exclusion]()
	// What was typed for another sort is not kept.
	terms := interpreters.Terms{Against: interpreters.Region, Region: "HU", Community: "Lovari", Strength: interpreters.Never, Reason: "Sa cousine habite la même ville."}
	for range 2 {
		if err := h.Exclude(as(t, cast.Lea), dossier, id, terms); err != nil {
			t.Fatal(err)
		}
	}
	found := h.exclusions(t, dossier)
	if len(found) != 1 || found[0].Terms.Get().Region != "HU" || found[0].Terms.Get().Community != "" || found[0].Terms.Get().Reason != terms.Reason {
		t.Fatalf("%+v", found)
	}
	if err := h.Exclude(as(t, cast.Lea), other, id, terms); !errors.Is(err, fault.NotFound()) {
		t.Errorf("the identifier of another dossier's exclusion: %v", err)
	}
	if err := h.Exclude(as(t, cast.Lea), dossier, ids.New[interpreters.Exclusion](), interpreters.Terms{Against: interpreters.Named, InterpreterID: ids.New[interpreters.Interpreter](), Strength: interpreters.Never}); !errors.Is(err, fault.NotFound()) {
		t.Errorf("somebody whom the directory does not know: %v", err)
	}
	var events int
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from events where dossier_id = $1 and kind = 'exclusion_recorded'", dossier).Scan(&events); err != nil || events != 1 {
		t.Errorf("%d events: %v", events, err)
	}
	exclude := func(ctx context.Context) error {
		return h.Exclude(ctx, dossier, ids.New[interpreters.Exclusion](), terms)
	}
	lift := func(ctx context.Context) error { _, err := h.Lift(ctx, id); return err }
	for name, act := range map[string]func(context.Context) error{"exclude": exclude, "lift": lift} {
		for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
			if err := act(as(t, stranger)); !errors.Is(err, fault.NotFound()) {
				t.Errorf("%s, %s of the other canton: %v", name, stranger.Name, err)
			}
		}
		turnedAway(t, act)
		if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s by an auditor: %v", name, err)
		}
	}
	for range 2 {
		if of, err := h.Lift(as(t, cast.Karim), id); err != nil || of != dossier {
			t.Fatalf("lifted for %s: %v", of, err)
		}
	}
	if found := h.exclusions(t, dossier); len(found) != 1 || found[0].LiftedAt == nil {
		t.Errorf("%+v", found)
	}

	// What hangs on a dossier goes with it; the directory stays.
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", dossier)
	var left int
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from exclusions").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d exclusions are left: %v", left, err)
	}
	var none []interpreters.Interpreter
	if err := h.db.App.Read(tenantdb.WithScope(t.Context(), cast.Noe.Principal().Scope()), interpreters.All(&none)); err != nil || len(none) != 0 {
		t.Errorf("an office's scope finds %d interpreters: %v", len(none), err)
	}
}
