package returns

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
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
	err := dossiers.New(db.App, db.Ring(t), now).Open(as(t, cast.Lea), h.dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Return, ResponsibleID: cast.Lea.ID})
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

// assess reports what the assessment of risks would.
func (h *house) assess(t *testing.T, on string) {
	t.Helper()
	err := h.Service.db.Write(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, h.keys, h.dossier)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, h.dossier, "risks", []deadlines.Fact{{Trigger: deadlines.ReturnAssessed, On: *day(on)}}, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func prepared() Return {
	return Return{ReturnID: ids.New[Return](), ConsideredOn: *day("2026-10-01"), Programme: "victims", Details: keys.Of(Details{With: "CVR", Wishes: "<b>Revoir ma fille</b>"})}
}

// TestAReturn goes the whole way, and tries at each step what comes later.
func TestAReturn(t *testing.T) {
	t.Parallel()
	h := open(t)
	lea := as(t, cast.Lea)
	reach := func(version int, milestone Milestone, on string) error {
		return h.Reach(lea, h.dossier, version, milestone, Mark{day(on), "Ses mots"})
	}
	if err := reach(0, Decision, "2026-10-20"); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("a decision about nothing: %v", err)
	}
	first := prepared()
	for range 2 {
		if err := h.Prepare(attended(t, cast.Lea), h.dossier, first); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Prepare(lea, h.dossier, prepared()); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("a second one beside it: %v", err)
	}
	if s := h.sheet(t); s.Current == nil || s.AssessedOn != nil || s.Current.Details.Get().Wishes != "<b>Revoir ma fille</b>" {
		t.Fatalf("%+v", s)
	}
	if err := reach(1, Decision, "2026-10-20"); !errors.Is(err, fault.Refused("")) {
		t.Errorf("a decision without an assessment: %v", err)
	}
	h.assess(t, "2026-10-10")
	if err := reach(1, Decision, "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	if err := reach(1, Departure, "2026-11-01"); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("an older version: %v", err)
	}
	changed := first
	changed.Version, changed.PlannedOn = 2, day("2026-11-01")
	if err := h.Prepare(as(t, cast.Karim), h.dossier, changed); err != nil {
		t.Fatal(err)
	}
	if said := h.sheet(t).Current.Details.Get().Said[Decision]; said != "Ses mots" {
		t.Errorf("preparing it took away what the person said: %q", said)
	}
	changed.PlannedOn = day("2026-11-02")
	if err := h.Prepare(lea, h.dossier, changed); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("two editors: %v", err)
	}
	contact := Contact{ContactID: ids.New[Contact](), ContactedOn: *day("2026-11-20"), Channel: "phone", Note: keys.Of("Elle va bien.")}
	if err := h.Follow(lea, h.dossier, contact); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("a contact before the departure: %v", err)
	}
	if err := reach(3, Departure, "2026-11-01"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.Follow(lea, h.dossier, contact); err != nil {
			t.Fatal(err)
		}
	}
	s := h.sheet(t)
	// Six months of medical aid from the departure (R18).
	if len(s.Contacts) != 1 || s.Contacts[0].Note.Get() != "Elle va bien." || len(s.Dates) != 1 || !s.Dates[0].On.Equal(*day("2027-05-01")) || !s.Dates[0].Open() {
		t.Errorf("%+v", s)
	}
	var brief []Brief
	if err := h.db.App.Read(tenantdb.WithScope(t.Context(), cast.Lea.Principal().Scope()), UnderWay(h.dossier, &brief)); err != nil || len(brief) != 1 || brief[0].DepartedOn == nil {
		t.Errorf("%+v, %v", brief, err)
	}
	if err := reach(4, Conclusion, "2026-11-24"); err != nil {
		t.Fatal(err)
	}
	if s := h.sheet(t); s.Current != nil || len(s.Earlier) != 1 || s.Earlier[0].Stage() != Concluded || s.Dates[0].Open() {
		t.Errorf("%+v", s)
	}
	if err := h.Prepare(lea, h.dossier, prepared()); err != nil {
		t.Errorf("a new one after it: %v", err)
	}
	var events int
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from events where kind like 'return_%'").Scan(&events); err != nil || events != 7 {
		t.Errorf("%d events, %v", events, err)
	}
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.dossier)
	var left int
	if err := h.db.Owner.QueryRow(t.Context(), "select (select count(*) from returns) + (select count(*) from return_contacts)").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
}

func TestNobodyElsesReturn(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.Prepare(as(t, cast.Lea), h.dossier, prepared()); err != nil {
		t.Fatal(err)
	}
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Show(ctx, h.dossier); return err })
	nobodyElse(t, true, func(ctx context.Context) error { return h.Prepare(ctx, h.dossier, prepared()) })
	nobodyElse(t, true, func(ctx context.Context) error {
		return h.Reach(ctx, h.dossier, 1, Abandonment, Mark{On: day("2026-11-24")})
	})
	nobodyElse(t, true, func(ctx context.Context) error {
		return h.Follow(ctx, h.dossier, Contact{ContactID: ids.New[Contact]()})
	})
	if s := h.sheet(t); s.Current == nil || s.Current.Stage() != Considered {
		t.Errorf("somebody got through: %+v", s.Current)
	}
}
