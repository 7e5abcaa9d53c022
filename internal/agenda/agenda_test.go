package agenda_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func day(text string) time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return on
}

// house is Vaud with Amina's dossier.
type house struct {
	db    *pgtest.Database
	ring  *keys.Ring
	amina dossiers.ID
}

func open(t *testing.T, born string) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{db, db.Ring(t), ids.New[dossiers.Dossier]()}
	now := func() time.Time { return time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC) }
	birth := day(born)
	if err := dossiers.New(db.App, h.ring, now).Open(cast.Lea.Context(t.Context()), h.amina, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{BirthDate: &birth},
	}); err != nil {
		t.Fatal(err)
	}
	return h
}

// report is a capability that reports, as somebody.
func (h *house) report(t *testing.T, who cast.Person, source agenda.Source, facts ...deadlines.Fact) error {
	t.Helper()
	return h.db.App.Write(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, h.ring, h.amina)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, h.amina, source, facts, time.Now())
	})
}

// lines are what lists see, by rule.
func (h *house) lines(t *testing.T, who cast.Person) map[deadlines.RuleID]agenda.Line {
	t.Helper()
	found := map[deadlines.RuleID]agenda.Line{}
	err := h.db.App.View(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		var lines []agenda.Line
		err := tx.Select().TableExpr("deadlines").Column("dossier_id", "rule", "about", "due_on", "to_the_month", "presses", "settled_on").Scan(ctx, &lines)
		for _, line := range lines {
			found[line.Rule] = line
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestReport(t *testing.T) {
	t.Parallel()
	h := open(t, "2010-03-14")
	granted := deadlines.Fact{Trigger: deadlines.ReflectionGranted, On: day("2026-11-02")}

	t.Run("of a birthday lists hold the month alone", func(t *testing.T) {
		line, ok := h.lines(t, cast.Lea)[deadlines.Majority]
		if !ok || !line.DueOn.Equal(day("2028-03-01")) || !line.ToTheMonth {
			t.Errorf("majority is %+v", line)
		}
	})
	t.Run("what one capability reports leaves what others did", func(t *testing.T) {
		if err := h.report(t, cast.Lea, "reflection", granted); err != nil {
			t.Fatal(err)
		}
		lines := h.lines(t, cast.Lea)
		if line := lines[deadlines.ReflectionMinimum]; !line.DueOn.Equal(day("2026-12-02")) {
			t.Errorf("30 days from the decision of 2 November are %v", line.DueOn)
		}
		if _, ok := lines[deadlines.Majority]; !ok {
			t.Error("the birthday is forgotten")
		}
	})
	t.Run("nothing is counted from a birth date that is disputed", func(t *testing.T) {
		if err := h.report(t, cast.Lea, "minors", deadlines.Fact{Trigger: deadlines.AgeDisputed, On: day("2026-11-20")}); err != nil {
			t.Fatal(err)
		}
		if lines := h.lines(t, cast.Lea); len(lines) == 0 || !lines[deadlines.Majority].DueOn.IsZero() {
			t.Errorf("%+v", lines)
		}
		if err := h.report(t, cast.Lea, "minors"); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.lines(t, cast.Lea)[deadlines.Majority]; !ok {
			t.Error("the birthday does not count again once nobody disputes it")
		}
	})
	t.Run("what a page reads explains itself", func(t *testing.T) {
		var reported []agenda.Reported
		ctx := cast.Lea.Context(t.Context())
		file, err := dossiers.New(h.db.App, h.ring, time.Now).Find(ctx, h.amina, agenda.OfDossier(dossiers.TimelineID(h.amina), &reported))
		if err != nil {
			t.Fatal(err)
		}
		list, err := agenda.Of(ctx, h.db.App, file.Open, reported)
		if err != nil {
			t.Fatal(err)
		}
		d, ok := list.Find(deadlines.ReflectionMinimum, "")
		if !ok || !d.From.On.Equal(granted.On) {
			t.Errorf("the facts are not those that were reported: %+v", d)
		}
	})
	t.Run("what is reported anew replaces it, and nothing takes it back", func(t *testing.T) {
		if err := h.report(t, cast.Lea, "reflection"); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.lines(t, cast.Lea)[deadlines.ReflectionMinimum]; ok {
			t.Error("a date stands that nothing gives any more")
		}
	})
	t.Run("in a closed dossier nothing presses, and in a reopened one it does again", func(t *testing.T) {
		until := deadlines.Fact{Trigger: deadlines.StayValidUntil, On: day("2026-12-24"), Of: "a"}
		if err := h.report(t, cast.Lea, "stays", until); err != nil {
			t.Fatal(err)
		}
		presses := func() bool { return h.lines(t, cast.Lea)["stay_end"].Presses }
		if !presses() {
			t.Error("the end of a permit does not press")
		}
		if err := h.report(t, cast.Lea, "closure", deadlines.Fact{Trigger: deadlines.DossierClosed, On: day("2026-11-23")}); err != nil {
			t.Fatal(err)
		}
		if presses() {
			t.Error("it presses in a closed dossier")
		}
		if err := h.report(t, cast.Lea, "inquiries", deadlines.Fact{Trigger: deadlines.AccessRequested, On: day("2026-11-20"), Of: "b"}); err != nil {
			t.Fatal(err)
		}
		if line := h.lines(t, cast.Lea)[deadlines.AccessAnswer]; !line.Presses {
			t.Errorf("what the person asks for of a closed dossier does not press: %+v", line)
		}
		if err := h.report(t, cast.Lea, "closure"); err != nil {
			t.Fatal(err)
		}
		if !presses() {
			t.Error("it does not press in a reopened one")
		}
		if err := h.report(t, cast.Lea, "stays"); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("the other canton and offices find nothing", func(t *testing.T) {
		if err := h.report(t, cast.Claire, "reflection", granted); !errors.Is(err, fault.NotFound()) {
			t.Errorf("Claire reports of Vaud's dossier: %v", err)
		}
		if err := h.report(t, cast.Noe, "reflection", granted); err == nil {
			t.Error("an office reports")
		}
		if lines := h.lines(t, cast.Claire); len(lines) > 0 {
			t.Errorf("Claire sees %v", lines)
		}
		if lines := h.lines(t, cast.Noe); len(lines) > 0 {
			t.Errorf("Noé sees %v", lines)
		}
	})
}
