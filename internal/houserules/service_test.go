package houserules_test

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
	"passerelle/internal/houserules"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var today = time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)

type house struct {
	*houserules.Service
	t    *testing.T
	db   *pgtest.Database
	ring *keys.Ring
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	return &house{houserules.New(db.App, ring, func() time.Time { return today.Add(9 * time.Hour) }), t, db, ring}
}

func (h *house) table(who cast.Person) houserules.Table {
	h.t.Helper()
	table, err := h.Table(who.Context(h.t.Context()))
	if err != nil {
		h.t.Fatal(err)
	}
	return table
}

// sheltered is a dossier of somebody who enters a shelter on a day.
func (h *house) sheltered(who cast.Person, name dossiers.CodeName, entered time.Time) dossiers.ID {
	h.t.Helper()
	id, ctx := ids.New[dossiers.Dossier](), who.Context(h.t.Context())
	err := dossiers.New(h.db.App, h.ring, time.Now).Open(ctx, id, dossiers.Particulars{CodeName: name, ResponsibleID: who.ID})
	if err == nil {
		err = h.db.App.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
			_, box, err := dossiers.Hold(ctx, tx, h.ring, id)
			if err != nil {
				return err
			}
			return dossiers.Report(ctx, tx, box, id, "housing", []deadlines.Fact{{Trigger: deadlines.ShelterEntered, On: entered, Of: "a"}}, today)
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// due is the day of the end of the stay, as lists have it.
func (h *house) due(id dossiers.ID) (on time.Time) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), "select due_on from deadlines where dossier_id = $1 and rule = 'shelter_stay'", id).Scan(&on); err != nil {
		h.t.Fatal(err)
	}
	return on
}

func five(from time.Time) houserules.Choice {
	return houserules.Choice{
		ID: ids.New[houserules.Decision](), Rule: deadlines.ShelterStay, Length: &deadlines.Length{Amount: 5, Unit: deadlines.Months},
		Warn: []int{30, 14}, ValidFrom: &from, Reason: "Canaryreason",
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	h := open(t)
	karim := cast.Karim.Context(t.Context())
	before, after := h.sheltered(cast.Lea, "Lomidak", today.AddDate(0, 0, -1)), h.sheltered(cast.Lea, "Rubina", today.AddDate(0, 0, 10))
	foreign := h.sheltered(cast.Claire, "Belinda", today.AddDate(0, 0, 10))
	kept, moved, theirs := h.due(before), h.due(after), h.due(foreign)

	choice := five(today)
	for range 2 { // the form is sent twice
		if err := h.Decide(karim, choice); err != nil {
			t.Fatal(err)
		}
	}
	table := h.table(cast.Lea)
	if len(table.Decisions) != 1 || table.Decisions[0].By != cast.Karim.Name || table.Decisions[0].Words.Get() != "Canaryreason" {
		t.Fatalf("%+v", table.Decisions)
	}
	if row, _ := table.On(deadlines.ShelterStay, today); row.Amount != 5 || !row.Confirmed {
		t.Errorf("%+v", row)
	}
	if table.Age != (agenda.Age{Dossiers: 2, Outdated: 2}) {
		t.Errorf("%+v", table.Age)
	}
	if theirs := h.table(cast.Claire); len(theirs.Decisions) != 0 || theirs.Age.Outdated != 0 {
		t.Errorf("Genève has %+v", theirs.Age)
	}

	t.Run("dossiers are brought up to date, and what began before keeps what applied", func(t *testing.T) {
		age, err := h.BringUpToDate(karim)
		if err != nil || age != (agenda.Age{Dossiers: 2}) {
			t.Fatalf("%+v, %v", age, err)
		}
		if got := h.due(before); !got.Equal(kept) {
			t.Errorf("the old dossier moves from %s to %s", kept, got)
		}
		if got := h.due(after); !got.Equal(moved.AddDate(0, -1, 0)) {
			t.Errorf("the new one is due on %s, before on %s", got, moved)
		}
		if got := h.due(foreign); !got.Equal(theirs) {
			t.Errorf("Genève's moves to %s", got)
		}
		if _, err := h.BringUpToDate(karim); err != nil { // nothing is left to do
			t.Error(err)
		}
		var entries int
		if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action = 'dossier_recomputed' and person_id = $1", cast.Karim.ID).Scan(&entries); err != nil || entries != 2 {
			t.Errorf("%d entries, %v", entries, err)
		}
	})
	t.Run("two who decide at once lose nothing", func(t *testing.T) {
		late := five(today.AddDate(0, 1, 0))
		if err := h.Decide(karim, late); !errors.Is(err, fault.Conflict("")) {
			t.Errorf("%v", err)
		}
		late.Seen = 1
		if err := h.Decide(karim, late); err != nil {
			t.Error(err)
		}
		if n := len(h.table(cast.Karim).Decisions); n != 2 {
			t.Errorf("%d decisions", n)
		}
	})
	t.Run("one that cannot be opened does not hold up the others", func(t *testing.T) {
		h.db.Exec(t, "update facts set facts = set_byte(facts, 20, get_byte(facts, 20) # 1) where dossier_id = $1", before)
		h.db.Exec(t, "update agendas set rules = repeat('0', 64)")
		if age, err := h.BringUpToDate(karim); err != nil || age != (agenda.Age{Dossiers: 2, Outdated: 1}) {
			t.Errorf("%+v, %v", age, err)
		}
		if _, err := h.BringUpToDate(karim); err == nil {
			t.Error("that nothing goes on is not said")
		}
	})
	t.Run("what a law sets is not the house's", func(t *testing.T) {
		law := five(today)
		law.Rule = "reflection_minimum"
		if err := h.Decide(karim, law); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
		law.Rule = "no_such_rule"
		if err := h.Decide(karim, law); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%v", err)
		}
	})
	t.Run("who may not", func(t *testing.T) {
		for _, who := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
			ctx := who.Context(t.Context())
			_, err := h.BringUpToDate(ctx)
			if decided := h.Decide(ctx, five(today)); !errors.Is(decided, fault.Refused("")) || !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s: %v, %v", who.Name, decided, err)
			}
		}
		if _, err := h.Table(cast.Noe.Context(t.Context())); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an office: %v", err)
		}
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	h := open(t)
	row, _ := h.table(cast.Karim).On(deadlines.ShelterStay, today)
	if err := five(today).Check(row, true, today); err != nil {
		t.Fatal(err)
	}
	past := today.AddDate(0, 0, -1)
	if err := five(past).Check(row, false, today); err != nil {
		t.Errorf("a house says what it has always done: %v", err)
	}
	for field, change := range map[string]func(*houserules.Choice){
		"amount":     func(c *houserules.Choice) { c.Length = nil },
		"warn":       func(c *houserules.Choice) { c.Warn = []int{14, 30} },
		"valid_from": func(c *houserules.Choice) { c.ValidFrom = &past },
		"reason":     func(c *houserules.Choice) { c.Reason = "" },
	} {
		choice := five(today)
		change(&choice)
		problems, _ := fault.Correctable(choice.Check(row, true, today))
		if _, ok := problems.Of(field); !ok || len(problems) != 1 {
			t.Errorf("%s: %v", field, problems)
		}
	}
	far := five(today)
	far.Warn = []int{200}
	if problems, _ := fault.Correctable(far.Check(row, true, today)); len(problems) != 1 {
		t.Errorf("warned before it begins: %v", problems)
	}
}
