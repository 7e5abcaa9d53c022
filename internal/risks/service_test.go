package risks

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is Vaud with a dossier.
type house struct {
	*Service
	db      *pgtest.Database
	dossier dossiers.ID
}

func open(t *testing.T, born string) *house {
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
	if err := all.Open(as(t, cast.Lea), h.dossier, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Identification, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{BirthDate: ptr(born)},
	}); err != nil {
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

func (h *house) count(t *testing.T, question string) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) due(t *testing.T) (found []string) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), "select coalesce(array_agg(rule || ' ' || due_on order by rule), '{}') from deadlines where settled_on is null and rule like 'risk%'").Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAssess(t *testing.T) {
	t.Parallel()
	h := open(t, "1998-03-14")
	id := ids.New[Assessment]()
	f := whole()
	f.ReviewOn = nil
	for range 2 {
		if err := h.Assess(as(t, cast.Lea), h.dossier, id, f); err != nil {
			t.Fatal(err)
		}
	}
	if due := h.due(t); h.count(t, "select count(*) from risk_assessments") != 1 || len(due) != 1 || due[0] != "risk_review 2026-12-24" {
		t.Errorf("without a day of its own the review is %v", due)
	}
	if n := h.count(t, "select count(*) from events where kind = 'risk_assessed'"); n != 1 {
		t.Errorf("%d events", n)
	}
	worse := whole()
	worse.Level, worse.Fears = Acute, "Qu’il la retrouve"
	if err := h.Assess(as(t, cast.Karim), h.dossier, ids.New[Assessment](), worse); err != nil {
		t.Fatal(err)
	}
	if due := h.due(t); len(due) != 1 || due[0] != "risk_review_set 2026-12-01" {
		t.Errorf("with a day of its own the review is %v", due)
	}
	back := whole()
	back.Kind, back.ReviewOn, back.Level = OnReturn, ptr("2026-12-01"), High
	if err := h.Assess(as(t, cast.Lea), h.dossier, ids.New[Assessment](), back); err != nil {
		t.Fatal(err)
	}
	safety, err := h.OfDossier(as(t, cast.Ruth), h.dossier)
	if err != nil {
		t.Fatal(err)
	}
	here := safety.Of(Here)
	if len(here) != 2 || here[0].Particulars.Get().Fears != "Qu’il la retrouve" || here[1].Level != High || len(safety.Of(OnReturn)) != 1 || safety.Of(OnReturn)[0].ReviewOn != nil {
		t.Errorf("the history is %+v", safety.Assessments)
	}
	if safety.Child || len(safety.Dates) != 1 || safety.Dates[0].ID != deadlines.RiskReviewOn || safety.Name(cast.Karim.ID) != cast.Karim.Name {
		t.Errorf("%+v", safety)
	}
	var latest []Brief
	if err := h.db.App.Read(as(t, cast.Lea), Latest(h.dossier, &latest)); err != nil || len(latest) != 2 || latest[0].Kind != Here || latest[1].Kind != OnReturn {
		t.Errorf("%v: %+v", err, latest)
	}
	if err := h.db.App.Read(as(t, cast.Claire), Latest(h.dossier, &latest)); err != nil || len(latest) != 0 {
		t.Errorf("Genève: %v: %+v", err, latest)
	}
	act := func(ctx context.Context) error { return h.Assess(ctx, h.dossier, ids.New[Assessment](), whole()) }
	nobodyElse(t, act)
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor assesses: %v", err)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.dossier); return err })
}

func TestOfAChildTheStepIsAskedFor(t *testing.T) {
	t.Parallel()
	h := open(t, "2010-04-18")
	f := whole()
	problems, _ := fault.Correctable(h.Assess(as(t, cast.Lea), h.dossier, ids.New[Assessment](), f))
	if _, asked := problems.Of("child_scale"); !asked {
		t.Errorf("%v", problems)
	}
	f.ChildScale = step(4)
	if err := h.Assess(as(t, cast.Lea), h.dossier, ids.New[Assessment](), f); err != nil {
		t.Fatal(err)
	}
	safety, err := h.OfDossier(as(t, cast.Lea), h.dossier)
	if err != nil || !safety.Child || !safety.Assessments[0].Urgent() {
		t.Errorf("%v: %+v", err, safety)
	}
}

func TestWritePlan(t *testing.T) {
	t.Parallel()
	h := open(t, "1998-03-14")
	first := PlanDetails{Steps: "Appeler le 117", People: "Une amie", Measures: []Measure{{What: "Changer de numéro", Who: "Léa", By: ptr("2026-12-01")}}}
	for range 2 {
		if _, err := h.WritePlan(as(t, cast.Lea), h.dossier, 0, first); err != nil {
			t.Fatal(err)
		}
	}
	mine := first
	mine.Signal = "Une fleur"
	if _, err := h.WritePlan(as(t, cast.Karim), h.dossier, 1, mine); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select count(*) from events where kind = 'safety_planned'"); n != 2 {
		t.Errorf("%d events", n)
	}
	other := first
	other.Devices = "Localisation désactivée"
	for _, version := range []int{0, 1} {
		if current, err := h.WritePlan(as(t, cast.Lea), h.dossier, version, other); !errors.Is(err, fault.Conflict("")) || current.Version != 2 || current.Particulars.Get().Signal != "Une fleur" {
			t.Errorf("of two editors the second hears %v and sees %+v", err, current)
		}
	}
	safety, err := h.OfDossier(as(t, cast.Lea), h.dossier)
	if err != nil || !safety.Plan.Written() || !safety.Plan.Particulars.Get().same(mine) {
		t.Errorf("%v: %+v", err, safety.Plan)
	}
	act := func(ctx context.Context) error {
		_, err := h.WritePlan(ctx, h.dossier, 2, first)
		return err
	}
	nobodyElse(t, act)
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor plans: %v", err)
	}
	if err := h.Assess(as(t, cast.Lea), h.dossier, ids.New[Assessment](), whole()); err != nil {
		t.Fatal(err)
	}
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.dossier)
	if n := h.count(t, "select (select count(*) from safety_plans) + (select count(*) from risk_assessments)"); n != 0 {
		t.Errorf("%d rows outlast the dossier", n)
	}
}
