package reflections

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
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/pgtest"
)

type house struct {
	*Service
	db    *pgtest.Database
	amina dossiers.ID
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	now := func() time.Time { return today.Add(9 * time.Hour) }
	h := &house{New(db.App, ring, now), db, ids.New[dossiers.Dossier]()}
	if err := dossiers.New(db.App, ring, now).Open(as(t, cast.Lea), h.amina, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
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

func (h *house) recorded(t *testing.T, terms Terms) ID {
	t.Helper()
	id := ids.New[Reflection]()
	if err := h.Record(as(t, cast.Lea), h.amina, id, terms); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) sheet(t *testing.T) Sheet {
	t.Helper()
	sheet, err := h.Open(as(t, cast.Ruth), h.amina)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func (h *house) count(t *testing.T, question string) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// nobodyElse holds that an act finds nothing for Genève, that offices are turned away, and, of a change, the auditor.
func nobodyElse(t *testing.T, change bool, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Claire)); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire of the other canton: %v, want not found", err)
	}
	if err := act(as(t, cast.Noe)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Noé of an office: %v, want a refusal", err)
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
	if err := act(as(t, cast.Ruth)); change && !errors.Is(err, fault.Refused("")) {
		t.Errorf("Ruth, who audits: %v, want a refusal", err)
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t, granted())
	sheet := h.sheet(t)
	if len(sheet.Reflections) != 1 || sheet.Dossier.CodeName != "Lomidak" || sheet.Reflections[0].ChangedByName != cast.Lea.Name {
		t.Fatalf("%+v", sheet)
	}
	if d, ok := sheet.Dates.Find(deadlines.ReflectionMinimum, id.String()); !ok || !d.On.Equal(on(time.December, 2)) {
		t.Errorf("30 days from 2 November are %v", d.On)
	}
	t.Run("the same form twice is one", func(t *testing.T) {
		if err := h.Record(attended(t, cast.Lea), h.amina, id, granted()); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, "select count(*) from events where kind = 'reflection_recorded'"); n != 1 || len(h.sheet(t).Reflections) != 1 {
			t.Errorf("%d events", n)
		}
	})
	t.Run("not a second one while the first is open", func(t *testing.T) {
		if err := h.Record(as(t, cast.Karim), h.amina, ids.New[Reflection](), granted()); !errors.Is(err, fault.Refused("")) {
			t.Error(err)
		}
	})
	t.Run("what is wrong is said before anything is written", func(t *testing.T) {
		if err := h.Record(as(t, cast.Lea), h.amina, ids.New[Reflection](), Terms{}); !errors.Is(err, fault.Invalid("", "")) {
			t.Error(err)
		}
	})
	t.Run("what is known of it is sealed, and who looks leaves an entry", func(t *testing.T) {
		terms := granted()
		terms.Note = "Canaryword"
		if err := h.Change(as(t, cast.Lea), h.amina, id, 1, terms); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, "select count(*) from reflections r where r::text like '%Canaryword%' or position('Canaryword'::bytea in particulars) > 0"); n != 0 {
			t.Error("the note lies in clear")
		}
		before := h.count(t, "select count(*) from journal_entries where action = 'dossier_seen'")
		h.sheet(t)
		if after := h.count(t, "select count(*) from journal_entries where action = 'dossier_seen'"); after != before+1 {
			t.Errorf("%d entries after %d", after, before)
		}
	})
	nobodyElse(t, true, func(ctx context.Context) error { return h.Record(ctx, h.amina, ids.New[Reflection](), granted()) })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Open(ctx, h.amina); return err })
}

func TestChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	asked := granted()
	asked.Decision, asked.DecidedOn, asked.Authority, asked.StartsOn, asked.EndsOn = "", nil, "", nil, nil
	id := h.recorded(t, asked)
	if len(h.sheet(t).Dates) != 0 {
		t.Error("a request alone sets clocks going")
	}
	if err := h.Change(as(t, cast.Karim), h.amina, id, 1, granted()); err != nil {
		t.Fatal(err)
	}
	if r := h.sheet(t).Reflections[0]; r.Version != 2 || r.Decision != Granted || r.ChangedByName != cast.Karim.Name {
		t.Errorf("%+v", r)
	}
	t.Run("the same form twice is done once", func(t *testing.T) {
		if err := h.Change(attended(t, cast.Karim), h.amina, id, 1, granted()); err != nil || h.sheet(t).Reflections[0].Version != 2 {
			t.Error(err)
		}
	})
	t.Run("a second editor is told by whom, and nothing is lost", func(t *testing.T) {
		late := granted()
		late.Note = "late"
		err := h.Change(as(t, cast.Lea), h.amina, id, 1, late)
		if problems, _ := fault.Correctable(err); !errors.Is(err, fault.Conflict("")) || problems[0].Args[1] != cast.Karim.Name {
			t.Errorf("%v", err)
		}
		if r := h.sheet(t).Reflections[0]; r.Note != "" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("what there never was is not found", func(t *testing.T) {
		if err := h.Change(as(t, cast.Lea), h.amina, ids.New[Reflection](), 1, granted()); !errors.Is(err, fault.NotFound()) {
			t.Error(err)
		}
	})
	nobodyElse(t, true, func(ctx context.Context) error { return h.Change(ctx, h.amina, id, 2, asked) })
}

func TestExtendAndEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t, granted())
	of := id.String()
	extension := Extension{ids.New[Extension](), on(time.November, 23), on(time.December, 31)}
	if err := h.Extend(as(t, cast.Lea), h.amina, id, 1, extension); err != nil {
		t.Fatal(err)
	}
	if d, ok := h.sheet(t).Dates.Find("reflection_end", of); !ok || !d.On.Equal(on(time.December, 31)) {
		t.Errorf("it ends on %v", d.On)
	}
	if n := h.count(t, "select count(*) from reflections where until_on = '2026-12-31'"); n != 1 {
		t.Error("lists do not know of the extension")
	}
	if err := h.Extend(as(t, cast.Lea), h.amina, id, 1, extension); err != nil {
		t.Errorf("the same extension twice: %v", err)
	}
	nobodyElse(t, true, func(ctx context.Context) error {
		return h.Extend(ctx, h.amina, id, 2, Extension{ids.New[Extension](), today, on(time.December, 31).AddDate(0, 1, 0)})
	})
	if err := h.Retract(as(t, cast.Lea), h.amina, id, 2, extension.ExtensionID); err != nil {
		t.Fatal(err)
	}
	if d, _ := h.sheet(t).Dates.Find("reflection_end", of); !d.On.Equal(on(time.December, 2)) {
		t.Errorf("without the extension it ends on %v", d.On)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Retract(ctx, h.amina, id, 3, extension.ExtensionID) })

	ending := Ending{On: today, Reason: Refuses}
	if err := h.End(as(t, cast.Lea), h.amina, id, 2, ending); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("an end on an old version: %v", err)
	}
	if err := h.End(as(t, cast.Lea), h.amina, id, 3, ending); err != nil {
		t.Fatal(err)
	}
	if r := h.sheet(t).Reflections[0]; r.Open() || r.CooperationRefusedOn == nil || !r.CooperationRefusedOn.Equal(today) {
		t.Errorf("the ground of the lapse has no day: %+v", r)
	}
	if n := h.count(t, "select count(*) from events where kind = 'reflection_ended' and detail = 'refuses'"); n != 1 {
		t.Errorf("%d events", n)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.End(ctx, h.amina, id, 4, ending) })

	second := h.recorded(t, Terms{Kind: Pause, As: "victim", StartsOn: ptr(today)})
	if err := h.Resume(as(t, cast.Lea), h.amina, id, 4); !errors.Is(err, fault.Refused("")) {
		t.Errorf("resumed beside another: %v", err)
	}
	if err := h.End(as(t, cast.Lea), h.amina, second, 1, Ending{On: today, Reason: Returned}); err != nil {
		t.Fatal(err)
	}
	if err := h.Resume(as(t, cast.Lea), h.amina, id, 4); err != nil {
		t.Fatal(err)
	}
	if d, _ := h.sheet(t).Dates.Find("reflection_end", of); !d.Open() {
		t.Error("it runs again, and its end is settled")
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Resume(ctx, h.amina, id, 5) })
}

func TestLatest(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.recorded(t, granted())
	for who, want := range map[cast.Person]int{cast.Lea: 1, cast.Claire: 0} {
		var lines []Line
		if err := h.db.App.Read(as(t, who), Latest(h.amina, &lines)); err != nil || len(lines) != want {
			t.Errorf("%s: %d lines, %v", who.Name, len(lines), err)
		}
	}
}

// What hangs on a dossier goes with it.
func TestErasure(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.recorded(t, granted())
	now := func() time.Time { return today }
	if err := erasures.New(h.db.App, h.db.Ring(t), now, 30).Erase(as(t, cast.Karim), h.amina, erasures.Order{Reason: "person_asked", CodeName: "Lomidak"}); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select (select count(*) from reflections) + (select count(*) from facts) + (select count(*) from deadlines)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
