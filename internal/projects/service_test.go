package projects

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type house struct {
	*Service
	db      *pgtest.Database
	dossier dossiers.ID
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	now := func() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }
	h := &house{New(db.App, db.Ring(t), now), db, ids.New[dossiers.Dossier]()}
	err := dossiers.New(db.App, db.Ring(t), now).Open(as(t, cast.Lea), h.dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// attended is a context in which somebody asks as a request does: what is opened in it has to leave its entry in the journal.
func attended(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	// What is still being committed when the test ends is heard afterwards.
	ctx, attendance := journal.Attend(context.WithoutCancel(as(t, p)), uuid.New())
	t.Cleanup(func() {
		if err := attendance.Err(); err != nil {
			t.Error(err)
		}
	})
	return ctx
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

// facts is how many reports of projects the agenda holds.
func (h *house) facts(t *testing.T) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from facts where source = 'projects'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWrite(t *testing.T) {
	t.Parallel()
	h := open(t)
	if s := h.sheet(t); s.Project.Version != 0 || len(s.Earlier) != 0 || s.Wealth == nil || s.Dossier.CodeName != "Lomidak" {
		t.Errorf("before anything is written: %+v", s)
	}
	first := Text{"Ouvrir un atelier de couture", []string{"Apprendre le français"}}
	for range 2 { // the same form twice
		if err := h.Write(attended(t, cast.Lea), h.dossier, 0, first); err != nil {
			t.Fatal(err)
		}
	}
	second := Text{"Travailler dans une crèche", nil}
	if err := h.Write(as(t, cast.Karim), h.dossier, 1, second); err != nil {
		t.Fatal(err)
	}
	if err := h.Write(as(t, cast.Lea), h.dossier, 1, Text{"Autre chose", nil}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("two editors: %v", err)
	}
	s := h.sheet(t)
	if s.Project.Version != 2 || !s.Project.Project.Get().same(second) || len(s.Earlier) != 1 || !s.Earlier[0].Project.Get().same(first) {
		t.Errorf("%+v, before %+v", s.Project, s.Earlier)
	}
	if err := h.Write(as(t, cast.Lea), h.dossier, 2, Text{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("no words: %v", err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Write(ctx, h.dossier, 2, first) })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Show(ctx, h.dossier); return err })
}

func TestPlan(t *testing.T) {
	t.Parallel()
	h := open(t)
	percent := 60
	step := Step{
		StepID: ids.New[Step](), Kind: Work, State: Open, BegunOn: day("2026-10-01"), Percent: &percent, Sector: "care",
		Details: keys.Of(Details{What: "Aide-soignante", With: "EMS <du Lac>"}),
	}
	for range 2 {
		if err := h.Plan(attended(t, cast.Lea), h.dossier, step); err != nil {
			t.Fatal(err)
		}
	}
	s := h.sheet(t)
	if len(s.Steps) != 1 || s.Steps[0].Version != 1 || !s.Steps[0].same(step) || h.facts(t) != 1 {
		t.Fatalf("%+v, %d facts", s.Steps, h.facts(t))
	}
	if there, ok := s.Step(step.StepID); !ok || there.Details.Get().With != "EMS <du Lac>" {
		t.Errorf("%+v", there)
	}
	done := s.Steps[0]
	done.State, done.EndedOn, done.BegunOn = Done, day("2026-11-20"), nil
	if err := h.Plan(as(t, cast.Karim), h.dossier, done); err != nil {
		t.Fatal(err)
	}
	if n := h.facts(t); n != 0 {
		t.Errorf("a step without its first day still reports it: %d", n)
	}
	late := s.Steps[0]
	late.Details = keys.Of(Details{What: "Autre"})
	if err := h.Plan(as(t, cast.Lea), h.dossier, late); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("two editors: %v", err)
	}
	late.StepID = ids.New[Step]()
	if err := h.Plan(as(t, cast.Lea), h.dossier, late); !errors.Is(err, fault.NotFound()) {
		t.Errorf("a step that nobody planned: %v", err)
	}
	var tally Tally
	if err := h.db.App.Read(tenantdb.WithScope(t.Context(), cast.Lea.Principal().Scope()), Counted(h.dossier, &tally)); err != nil || tally != (Tally{Done: 1}) {
		t.Errorf("%+v, %v", tally, err)
	}
	t.Run("the step of another dossier is left alone", func(t *testing.T) {
		other := ids.New[dossiers.Dossier]()
		if err := dossiers.New(h.db.App, h.db.Ring(t), h.now).Open(as(t, cast.Lea), other, dossiers.Particulars{CodeName: "Beludok", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID}); err != nil {
			t.Fatal(err)
		}
		if err := h.Plan(as(t, cast.Lea), other, step); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%v", err)
		}
	})
	nobodyElse(t, true, func(ctx context.Context) error { return h.Plan(ctx, h.dossier, step) })
}

// The rows go with the dossier.
func TestErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.Write(as(t, cast.Lea), h.dossier, 0, Text{"x", nil}); err != nil {
		t.Fatal(err)
	}
	if err := h.Plan(as(t, cast.Lea), h.dossier, Step{StepID: ids.New[Step](), Kind: Language, State: Open}); err != nil {
		t.Fatal(err)
	}
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.dossier)
	var left int
	if err := h.db.Owner.QueryRow(t.Context(), "select (select count(*) from projects) + (select count(*) from project_steps)").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
}
