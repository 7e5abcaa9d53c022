package proceedings

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
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
	if err := dossiers.New(db.App, ring, now).Open(as(t, cast.Lea), h.amina, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Proceedings, ResponsibleID: cast.Lea.ID}); err != nil {
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

func known() Terms {
	return Terms{
		Canton: "VD", Authority: "Ministère public", Contact: "Canaryname", FileNumber: "PE26.1", Complaint: Filed, ComplaintFiledOn: ptr(on(time.November, 2)),
		PlaintiffDeclaredOn: ptr(on(time.November, 2)), PlaintiffClaims: []Claim{"penal"}, RightsAsked: []Right{"person_of_trust"},
	}
}

func (h *house) recorded(t *testing.T) ID {
	t.Helper()
	id := ids.New[Proceeding]()
	if err := h.Record(as(t, cast.Lea), h.amina, id, known()); err != nil {
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
	id := h.recorded(t)
	if err := h.Record(attended(t, cast.Lea), h.amina, id, known()); err != nil {
		t.Errorf("the same form twice: %v", err)
	}
	if err := h.Change(attended(t, cast.Lea), h.amina, id, 1, known()); err != nil || h.sheet(t).Proceedings[0].Version != 1 {
		t.Errorf("saved as it was: %v", err)
	}
	before := h.count(t, "select count(*) from journal_entries where action = 'dossier_seen'")
	sheet := h.sheet(t)
	if after := h.count(t, "select count(*) from journal_entries where action = 'dossier_seen'"); after != before+1 {
		t.Errorf("%d entries after %d", after, before)
	}
	if len(sheet.Proceedings) != 1 || sheet.Proceedings[0].Contact != "Canaryname" || h.count(t, "select count(*) from events where kind = 'proceeding_recorded'") != 1 {
		t.Errorf("%+v", sheet.Proceedings)
	}
	if n := h.count(t, "select count(*) from proceedings r where r::text like '%Canaryname%' or position('Canaryname'::bytea in particulars) > 0"); n != 0 {
		t.Error("the authority's person lies in clear")
	}
	h.recorded(t)
	if n := len(h.sheet(t).Proceedings); n != 2 {
		t.Errorf("a dossier can have several proceedings, and has %d", n)
	}
	if err := h.Record(as(t, cast.Lea), h.amina, ids.New[Proceeding](), Terms{Complaint: Filed}); !errors.Is(err, fault.Invalid("", "")) {
		t.Error(err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Record(ctx, h.amina, ids.New[Proceeding](), known()) })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Open(ctx, h.amina); return err })
}

func TestChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t)
	changed := known()
	changed.Counsel = "Me X"
	for range 2 {
		if err := h.Change(as(t, cast.Karim), h.amina, id, 1, changed); err != nil {
			t.Fatal(err)
		}
	}
	if p := h.sheet(t).Proceedings[0]; p.Version != 2 || p.Counsel != "Me X" || p.ChangedByName != cast.Karim.Name {
		t.Errorf("%+v", p)
	}
	err := h.Change(as(t, cast.Lea), h.amina, id, 1, known())
	if problems, _ := fault.Correctable(err); !errors.Is(err, fault.Conflict("")) || problems[0].Args[1] != cast.Karim.Name {
		t.Errorf("a second editor: %v", err)
	}
	if err := h.Change(as(t, cast.Lea), h.amina, ids.New[Proceeding](), 1, known()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("what never was: %v", err)
	}
	if err := h.Change(as(t, cast.Lea), h.amina, id, 2, Terms{Complaint: Filed}); !errors.Is(err, fault.Invalid("", "")) {
		t.Error(err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Change(ctx, h.amina, id, 2, known()) })
}

func TestEnter(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t)
	ruling := Ruling{EntryID: ids.New[Entry](), Kind: Order, NotifiedOn: on(time.November, 16)}
	for range 2 {
		if err := h.Enter(as(t, cast.Lea), h.amina, id, 1, ruling); err != nil {
			t.Fatal(err)
		}
	}
	sheet := h.sheet(t)
	if d, ok := sheet.Dates.Find("objection", ruling.EntryID.String()); !ok || !d.On.Equal(on(time.November, 26)) || sheet.Proceedings[0].Version != 2 {
		t.Errorf("an objection is possible until %v", d.On)
	}
	t.Run("what is new stands in nobody's way", func(t *testing.T) {
		if err := h.Enter(as(t, cast.Karim), h.amina, id, 1, Step{ids.New[Entry](), "investigation", on(time.November, 3)}); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, "select count(*) from proceedings where stage = 'investigation' and opened_on = '2026-11-03' and closed_on is null"); n != 1 {
			t.Error("lists do not know of the stage")
		}
	})
	t.Run("what is corrected was seen", func(t *testing.T) {
		ruling.FiledOn = ptr(on(time.November, 20))
		if err := h.Enter(as(t, cast.Lea), h.amina, id, 2, ruling); !errors.Is(err, fault.Conflict("")) {
			t.Errorf("on an old version: %v", err)
		}
		if err := h.Enter(as(t, cast.Lea), h.amina, id, 3, ruling); err != nil {
			t.Fatal(err)
		}
		if d, _ := h.sheet(t).Dates.Find("objection", ruling.EntryID.String()); d.Open() {
			t.Error("it was filed, and is still waited for")
		}
	})
	if err := h.Enter(as(t, cast.Lea), h.amina, id, 4, Step{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Error(err)
	}
	hearing := Hearing{EntryID: ids.New[Entry](), Kind: "victim", On: on(time.December, 4)}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Enter(ctx, h.amina, id, 4, hearing) })
	nobodyElse(t, true, func(ctx context.Context) error { return h.Remove(ctx, h.amina, id, 4, ruling.EntryID) })

	t.Run("what is taken away takes its dates along", func(t *testing.T) {
		if err := h.Remove(as(t, cast.Lea), h.amina, id, 3, ruling.EntryID); !errors.Is(err, fault.Conflict("")) {
			t.Errorf("on an old version: %v", err)
		}
		for range 2 {
			if err := h.Remove(as(t, cast.Lea), h.amina, id, 4, ruling.EntryID); err != nil {
				t.Fatal(err)
			}
		}
		sheet := h.sheet(t)
		if _, ok := sheet.Dates.Find("objection", ruling.EntryID.String()); ok || len(sheet.Proceedings[0].Rulings) != 0 || sheet.Proceedings[0].Version != 5 {
			t.Errorf("%+v", sheet.Proceedings[0])
		}
	})
}

func TestLatest(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.recorded(t)
	for who, want := range map[cast.Person]int{cast.Lea: 1, cast.Claire: 0} {
		var lines []Line
		if err := h.db.App.Read(as(t, who), Latest(h.amina, &lines)); err != nil || len(lines) != want {
			t.Errorf("%s: %+v, %v", who.Name, lines, err)
		}
	}
}

// What hangs on a dossier goes with it.
func TestErasure(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t)
	if err := h.Enter(as(t, cast.Lea), h.amina, id, 1, Ruling{EntryID: ids.New[Entry](), Kind: Order, NotifiedOn: today}); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return today }
	if err := erasures.New(h.db.App, h.db.Ring(t), now, 30).Erase(as(t, cast.Karim), h.amina, erasures.Order{Reason: "person_asked", CodeName: "Lomidak"}); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select (select count(*) from proceedings) + (select count(*) from facts) + (select count(*) from deadlines)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
