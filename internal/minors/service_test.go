package minors

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

var now = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

// house is Vaud with the dossier of a boy of sixteen.
type house struct {
	*Service
	db      *pgtest.Database
	dossier dossiers.ID
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring, clock := db.Ring(t), func() time.Time { return now }
	all := dossiers.New(db.App, ring, clock)
	h := &house{New(db.App, ring, all, clock), db, ids.New[dossiers.Dossier]()}
	born := day("2010-04-18")
	if err := all.Open(as(t, cast.Lea), h.dossier, dossiers.Particulars{
		CodeName: "Gisodar", Phase: dossiers.Identification, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{BirthDate: &born},
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

func auditorsOnlyLook(t *testing.T, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v, want a refusal", err)
	}
}

func (h *house) count(t *testing.T, question string, arguments ...any) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) found(t *testing.T, who cast.Person) Childhood {
	t.Helper()
	found, err := h.OfDossier(as(t, who), h.dossier)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ptr(text string) *time.Time {
	on := day(text)
	return &on
}

func TestRecordAge(t *testing.T) {
	t.Parallel()
	h := open(t)
	majority := "select count(*) from deadlines where rule = 'majority'"
	if h.count(t, majority) != 1 {
		t.Fatal("the birth date does not count")
	}
	if c := h.found(t, cast.Ruth); !c.Now.Child || c.Now.Years != 16 || len(c.Moments) != 1 || len(c.Missing) != 2 || len(c.Majority) != 1 {
		t.Errorf("before anybody doubts: %+v", c)
	}
	id := ids.New[AgeRecord]()
	dispute := AgeFinding{Finding: Disputed, FoundOn: ptr("2026-11-20"), AgeDetails: AgeDetails{By: "SEM"}}
	for range 2 {
		if err := h.RecordAge(as(t, cast.Lea), h.dossier, id, dispute); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.count(t, "select count(*) from age_records"); n != 1 {
		t.Errorf("the form sent twice recorded %d findings", n)
	}
	if n := h.count(t, "select count(*) from events where kind = 'age_recorded'"); n != 1 {
		t.Errorf("%d events", n)
	}
	if h.count(t, majority) != 0 {
		t.Error("something is counted from a birth date that is disputed")
	}
	c := h.found(t, cast.Lea)
	if c.Now.Why != InDoubt || !c.Now.Child || c.Records[0].Particulars.Get().By != "SEM" || len(c.Majority) != 0 || c.Name(c.Records[0].WrittenBy) != cast.Lea.Name {
		t.Errorf("while it is disputed: %+v", c)
	}
	assessed := AgeFinding{Finding: Child, FoundOn: ptr("2026-11-23"), AgeDetails: AgeDetails{By: "CURML", Basis: "Expertise"}}
	if err := h.RecordAge(as(t, cast.Karim), h.dossier, ids.New[AgeRecord](), assessed); err != nil {
		t.Fatal(err)
	}
	if c := h.found(t, cast.Lea); h.count(t, majority) != 1 || len(c.Records) != 2 || c.Records[0].Finding != Child || c.Now.Why != ByBirthDate {
		t.Errorf("after the assessment: %+v", c)
	}
	t.Run("one that says nothing is refused", func(t *testing.T) {
		if err := h.RecordAge(as(t, cast.Lea), h.dossier, ids.New[AgeRecord](), AgeFinding{}); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
	})
	act := func(ctx context.Context) error { return h.RecordAge(ctx, h.dossier, ids.New[AgeRecord](), assessed) }
	nobodyElse(t, act)
	auditorsOnlyLook(t, act)
	nobodyElse(t, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.dossier); return err })
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Prepare(ctx, h.dossier); return err })
}

func TestOthersAskTheAge(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.RecordAge(as(t, cast.Lea), h.dossier, ids.New[AgeRecord](), AgeFinding{Finding: Unclear, FoundOn: ptr("2026-11-20"), AgeDetails: AgeDetails{By: "SEM", Basis: "?"}}); err != nil {
		t.Fatal(err)
	}
	var records []AgeRecord
	if err := h.db.App.Read(as(t, cast.Lea), Ages(h.dossier, &records)); err != nil {
		t.Fatal(err)
	}
	if age := AgeOf(nil, records); age.Finding != Unclear || !age.FoundOn.Equal(day("2026-11-20")) {
		t.Errorf("%+v", age)
	}
	if facts := AgeOf(nil, records).facts(); len(facts) != 1 || facts[0].Trigger != deadlines.AgeDisputed {
		t.Errorf("%v", facts)
	}
}

func TestGuardians(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[Guardian]()
	a := Appointment{Role: Curator, Since: ptr("2026-10-01"), GuardianDetails: GuardianDetails{Name: "Mme Rey", Reached: "021", AppointedBy: "Justice de paix"}}
	for range 2 {
		if err := h.Name(as(t, cast.Lea), h.dossier, id, a); err != nil {
			t.Fatal(err)
		}
	}
	if c := h.found(t, cast.Lea); len(c.Guardians) != 1 || c.Guardians[0].Particulars.Get() != a.GuardianDetails || len(c.Missing) != 1 || c.Missing[0] != PersonOfTrust {
		t.Errorf("%+v", c)
	}
	mine := a
	mine.Name, mine.Until = "Mme Rey-Favre", ptr("2026-11-23")
	for range 2 { // sent twice, it is done once
		if _, err := h.ChangeGuardian(as(t, cast.Karim), h.dossier, id, 1, mine); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.count(t, "select count(*) from events where kind = 'guardian_changed'"); n != 1 {
		t.Errorf("%d changes", n)
	}
	if c := h.found(t, cast.Lea); len(c.Missing) != 2 || c.Guardians[0].Version != 2 || c.Guardians[0].Particulars.Get().Name != "Mme Rey-Favre" {
		t.Errorf("%+v", c)
	}
	t.Run("of two editors the second sees what the first wrote", func(t *testing.T) {
		other := a
		other.Name = "M. Blanc"
		current, err := h.ChangeGuardian(as(t, cast.Lea), h.dossier, id, 1, other)
		if !errors.Is(err, fault.Conflict("")) || current.Particulars.Get().Name != "Mme Rey-Favre" || current.Version != 2 {
			t.Errorf("%v, %+v", err, current)
		}
	})
	if _, guardian, err := h.Guardian(as(t, cast.Lea), h.dossier, id); err != nil || guardian.Particulars.Get().AppointedBy != "Justice de paix" {
		t.Errorf("%v, %+v", err, guardian)
	}
	elsewhere := ids.New[dossiers.Dossier]()
	if _, _, err := h.Guardian(as(t, cast.Lea), elsewhere, id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("by another dossier: %v", err)
	}
	for _, act := range []func(context.Context) error{
		func(ctx context.Context) error { return h.Name(ctx, h.dossier, ids.New[Guardian](), a) },
		func(ctx context.Context) error { _, err := h.ChangeGuardian(ctx, h.dossier, id, 2, a); return err },
		func(ctx context.Context) error { _, _, err := h.Guardian(ctx, h.dossier, id); return err },
	} {
		nobodyElse(t, act)
		auditorsOnlyLook(t, act)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[Report]()
	n := Notice{ReportedOn: ptr("2026-11-10"), ReportDetails: ReportDetails{Authority: "DGEJ", Contents: "Mise en danger"}}
	for range 2 {
		if err := h.Notify(as(t, cast.Lea), h.dossier, id, n); err != nil {
			t.Fatal(err)
		}
	}
	answered := n
	answered.AnsweredOn, answered.Answer = ptr("2026-11-20"), "Curatelle instituée"
	for range 2 {
		if _, err := h.ChangeReport(as(t, cast.Lea), h.dossier, id, 1, answered); err != nil {
			t.Fatal(err)
		}
	}
	c := h.found(t, cast.Lea)
	if len(c.Reports) != 1 || c.Reports[0].Version != 2 || c.Reports[0].Particulars.Get() != answered.ReportDetails || !c.Reports[0].AnsweredOn.Equal(day("2026-11-20")) {
		t.Errorf("%+v", c.Reports)
	}
	if current, err := h.ChangeReport(as(t, cast.Karim), h.dossier, id, 1, n); !errors.Is(err, fault.Conflict("")) || current.Particulars.Get().Answer == "" {
		t.Errorf("%v, %+v", err, current)
	}
	if _, report, err := h.Report(as(t, cast.Lea), h.dossier, id); err != nil || report.Particulars.Get().Authority != "DGEJ" {
		t.Errorf("%v", err)
	}
	for _, act := range []func(context.Context) error{
		func(ctx context.Context) error { return h.Notify(ctx, h.dossier, ids.New[Report](), n) },
		func(ctx context.Context) error { _, err := h.ChangeReport(ctx, h.dossier, id, 2, n); return err },
		func(ctx context.Context) error { _, _, err := h.Report(ctx, h.dossier, id); return err },
	} {
		nobodyElse(t, act)
		auditorsOnlyLook(t, act)
	}
}

func TestErasureLeavesNothingOfAChild(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := errors.Join(
		h.RecordAge(as(t, cast.Lea), h.dossier, ids.New[AgeRecord](), AgeFinding{Finding: Disputed, FoundOn: ptr("2026-11-20"), AgeDetails: AgeDetails{By: "SEM"}}),
		h.Name(as(t, cast.Lea), h.dossier, ids.New[Guardian](), Appointment{Role: Curator, Since: ptr("2026-10-01"), GuardianDetails: GuardianDetails{Name: "X"}}),
		h.Notify(as(t, cast.Lea), h.dossier, ids.New[Report](), Notice{ReportedOn: ptr("2026-11-10"), ReportDetails: ReportDetails{Authority: "DGEJ", Contents: "X"}}),
	); err != nil {
		t.Fatal(err)
	}
	h.erase(t)
	for _, table := range []string{"age_records", "guardians", "protection_reports"} {
		if n := h.count(t, "select count(*) from "+table); n != 0 {
			t.Errorf("%d rows stay in %s", n, table)
		}
	}
}

// erase deletes the dossier, with all that hangs on it.
func (h *house) erase(t *testing.T) {
	t.Helper()
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.dossier)
}
