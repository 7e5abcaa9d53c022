package tasks

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type house struct {
	*Service
	db    *pgtest.Database
	amina dossiers.ID
	now   time.Time
}

// open is Vaud with Amina's dossier, on a Thursday.
func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{db: db, amina: ids.New[dossiers.Dossier](), now: time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	ring := db.Ring(t)
	if err := dossiers.New(db.App, ring, clock).Open(as(t, cast.Lea), h.amina, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	h.Service = New(db.App, ring, clock)
	return h
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// nobodyElse holds that an act on something of Vaud's finds nothing for Genève, and that offices are turned away.
func nobodyElse(t *testing.T, act func(context.Context) error) {
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
}

func noAuditor(t *testing.T, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v, want a refusal", err)
	}
}

func call(due string) Contents {
	return Contents{Kind: "call", Text: "Appeler l’école", DueOn: pointer(day(due))}
}

func (h *house) added(t *testing.T, who cast.Person, dossier dossiers.ID, c Contents) ID {
	t.Helper()
	id := ids.New[Task]()
	if err := h.Add(as(t, who), dossier, id, c); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) of(t *testing.T, who cast.Person) List {
	t.Helper()
	list, err := h.OfDossier(as(t, who), h.amina)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (h *house) mine(t *testing.T, who cast.Person) List {
	t.Helper()
	list, err := h.Mine(as(t, who))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAdd(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.added(t, cast.Lea, h.amina, call("2026-11-27"))
	list := h.of(t, cast.Ruth)
	if len(list.Open) != 1 || list.Open[0].Body.Get() != "Appeler l’école" || list.Open[0].AssigneeID != cast.Lea.ID || list.Dossier.CodeName != "Lomidak" {
		t.Fatalf("%+v", list)
	}
	t.Run("the same form twice makes one", func(t *testing.T) {
		if err := h.Add(as(t, cast.Lea), h.amina, id, call("2026-11-27")); err != nil {
			t.Error(err)
		}
		if n := len(h.of(t, cast.Lea).Open); n != 1 {
			t.Errorf("%d tasks", n)
		}
	})
	t.Run("lists of all dossiers say what sort of thing, and no words", func(t *testing.T) {
		mine := h.mine(t, cast.Lea)
		if len(mine.Open) != 1 || mine.Open[0].CodeName != "Lomidak" || mine.Open[0].Kind != "call" || mine.Open[0].Body.Get() != "" {
			t.Errorf("%+v", mine.Open)
		}
		if n := len(h.mine(t, cast.Karim).Open); n != 0 {
			t.Errorf("Karim has %d tasks of Léa's", n)
		}
	})
	t.Run("what somebody has to do without a dossier is theirs alone", func(t *testing.T) {
		own := h.added(t, cast.Lea, dossiers.ID{}, Contents{Kind: "other", Text: "Préparer le colloque", DueOn: pointer(day("2026-11-26"))})
		mine := h.mine(t, cast.Lea)
		if len(mine.Open) != 2 || mine.Open[0].Body.Get() != "Préparer le colloque" || mine.Open[0].CodeName != "" {
			t.Fatalf("%+v", mine.Open)
		}
		for name, act := range map[string]func(context.Context) error{
			"find": func(ctx context.Context) error { _, err := h.Find(ctx, own); return err },
			"change": func(ctx context.Context) error {
				_, err := h.Change(ctx, own, 1, call("2026-12-01"))
				return err
			},
			"end":    func(ctx context.Context) error { return h.End(ctx, own, Done) },
			"reopen": func(ctx context.Context) error { return h.Reopen(ctx, own) },
			"again":  func(ctx context.Context) error { return h.Add(ctx, dossiers.ID{}, own, call("2026-12-01")) },
		} {
			if err := act(as(t, cast.Karim)); !errors.Is(err, fault.NotFound()) {
				t.Errorf("%s: Karim gets %v", name, err)
			}
		}
	})
	t.Run("refuses what says nothing, and an auditor as who has to do it", func(t *testing.T) {
		for name, wrong := range map[string]Contents{
			"nothing":    {},
			"an auditor": {Kind: "call", Text: "x", DueOn: pointer(day("2026-12-01")), AssigneeID: cast.Ruth.ID},
			"a stranger": {Kind: "call", Text: "x", DueOn: pointer(day("2026-12-01")), AssigneeID: cast.Claire.ID},
		} {
			if err := h.Add(as(t, cast.Lea), h.amina, ids.New[Task](), wrong); !errors.Is(err, fault.Invalid("", "")) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	add := func(ctx context.Context) error { return h.Add(ctx, h.amina, ids.New[Task](), call("2026-12-01")) }
	noAuditor(t, add)
	nobodyElse(t, add)
	nobodyElse(t, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.amina); return err })
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Prepare(ctx, h.amina); return err })
	noAuditor(t, func(ctx context.Context) error { _, err := h.Prepare(ctx, h.amina); return err })
	if _, err := h.Mine(as(t, cast.Noe)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office has tasks: %v", err)
	}
	if mine := h.mine(t, cast.Claire); len(mine.Open) != 0 {
		t.Errorf("Claire has Vaud's tasks: %+v", mine.Open)
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	weekly := call("2026-11-26")
	weekly.Every, weekly.Unit = pointer(1), Weeks
	id := h.added(t, cast.Lea, h.amina, weekly)
	for range 2 { // ending twice is ending once
		if err := h.End(as(t, cast.Karim), id, Done); err != nil {
			t.Fatal(err)
		}
	}
	list := h.of(t, cast.Lea)
	if len(list.Open) != 1 || !list.Open[0].DueOn.Equal(day("2026-12-03")) || list.Open[0].Body.Get() != "Appeler l’école" || list.Open[0].AssigneeID != cast.Lea.ID {
		t.Fatalf("the next one is %+v", list.Open)
	}
	if len(list.Ended) != 1 || list.Ended[0].EndedBy != cast.Karim.ID || list.Ended[0].Outcome != Done {
		t.Errorf("%+v", list.Ended)
	}
	if mine := h.mine(t, cast.Karim); len(mine.Ended) != 1 {
		t.Errorf("Karim did %+v", mine.Ended)
	}
	t.Run("a slip of the hand is taken back, and followed once", func(t *testing.T) {
		if err := h.Reopen(as(t, cast.Lea), id); err != nil {
			t.Fatal(err)
		}
		if err := h.End(as(t, cast.Lea), id, Done); err != nil {
			t.Fatal(err)
		}
		if n := len(h.of(t, cast.Lea).Open); n != 1 {
			t.Errorf("%d are open", n)
		}
	})
	t.Run("what is dropped repeats no more", func(t *testing.T) {
		if err := h.End(as(t, cast.Lea), h.of(t, cast.Lea).Open[0].TaskID, Dropped); err != nil {
			t.Fatal(err)
		}
		if n := len(h.of(t, cast.Lea).Open); n != 0 {
			t.Errorf("%d are open", n)
		}
	})
	t.Run("what ended is changed no more", func(t *testing.T) {
		if _, err := h.Change(as(t, cast.Lea), id, 1, call("2026-12-24")); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%v", err)
		}
	})
	end := func(ctx context.Context) error { return h.End(ctx, id, Done) }
	reopen := func(ctx context.Context) error { return h.Reopen(ctx, id) }
	noAuditor(t, end)
	nobodyElse(t, end)
	noAuditor(t, reopen)
	nobodyElse(t, reopen)
}

func TestChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.added(t, cast.Lea, h.amina, call("2026-11-27"))
	handed := call("2026-12-04")
	handed.AssigneeID, handed.Text = cast.Karim.ID, "Appeler la crèche"
	if _, err := h.Change(as(t, cast.Lea), id, 1, handed); err != nil {
		t.Fatal(err)
	}
	opened, err := h.Find(as(t, cast.Karim), id)
	if err != nil || opened.Text != "Appeler la crèche" || opened.AssigneeID != cast.Karim.ID || opened.Version != 2 || !opened.AnchorOn.Equal(day("2026-12-04")) {
		t.Fatalf("%+v, %v", opened, err)
	}
	t.Run("two editors: the second learns what the first wrote", func(t *testing.T) {
		late := call("2026-12-24")
		current, err := h.Change(as(t, cast.Lea), id, 1, late)
		if !errors.Is(err, fault.Conflict("")) || current.Text != "Appeler la crèche" || current.ChangedBy != cast.Lea.ID {
			t.Errorf("%v, %+v", err, current)
		}
		if _, err := h.Change(as(t, cast.Lea), id, 1, handed); err != nil {
			t.Errorf("the same form twice: %v", err)
		}
	})
	t.Run("nobody of another house is given one", func(t *testing.T) {
		c := handed
		c.AssigneeID = cast.Claire.ID
		if _, err := h.Change(as(t, cast.Karim), id, 2, c); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
	})
	t.Run("without a dossier the words go over to the keys of whom it is given to", func(t *testing.T) {
		own := h.added(t, cast.Lea, dossiers.ID{}, call("2026-11-27"))
		c := call("2026-11-27")
		c.AssigneeID = cast.Karim.ID
		if _, err := h.Change(as(t, cast.Lea), own, 1, c); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Find(as(t, cast.Lea), own); !errors.Is(err, fault.NotFound()) {
			t.Errorf("Léa still reads it: %v", err)
		}
		if opened, err := h.Find(as(t, cast.Karim), own); err != nil || opened.Text != "Appeler l’école" {
			t.Errorf("%+v, %v", opened, err)
		}
		if err := h.End(as(t, cast.Karim), own, Done); err != nil {
			t.Error(err)
		}
	})
	find := func(ctx context.Context) error { _, err := h.Find(ctx, id); return err }
	change := func(ctx context.Context) error { _, err := h.Change(ctx, id, 2, handed); return err }
	noAuditor(t, find)
	nobodyElse(t, find)
	noAuditor(t, change)
	nobodyElse(t, change)
}

// TestOwed: what is to be done for a dossier, as closing asks; and it goes with the dossier.
func TestOwed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.added(t, cast.Lea, h.amina, call("2026-11-28"))
	done := h.added(t, cast.Lea, h.amina, call("2026-11-27"))
	if err := h.End(as(t, cast.Lea), done, Done); err != nil {
		t.Fatal(err)
	}
	owed := func(who cast.Person) (owed []dossiers.Obligation) {
		if err := h.db.App.View(as(t, who), func(ctx context.Context, tx tenantdb.Tx) (err error) {
			owed, err = Owed(ctx, tx, h.amina)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return owed
	}
	if owed := owed(cast.Lea); len(owed) != 1 || owed[0].Key != "tasks.owed" || owed[0].Part != "tasks" || !slices.Equal(owed[0].Args, []any{"Count", 1}) {
		t.Errorf("%+v", owed)
	}
	if owed := owed(cast.Claire); len(owed) != 0 {
		t.Errorf("Claire is told of %+v", owed)
	}
	var due []Task
	if err := h.db.App.Read(as(t, cast.Lea), Mine(as(t, cast.Lea), day("2026-11-28"), &due)); err != nil || len(due) != 1 || due[0].CodeName != "Lomidak" {
		t.Errorf("%+v, %v", due, err)
	}
	if err := h.db.App.Read(as(t, cast.Lea), Mine(as(t, cast.Lea), day("2026-11-27"), &due)); err != nil || len(due) != 0 {
		t.Errorf("%+v, %v", due, err)
	}
	h.db.Exec(t, "select set_config('app.erases', $1, false)", h.amina.String())
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", h.amina)
	var left int
	if err := h.db.Owner.QueryRow(t.Context(), "select (select count(*) from tasks) + (select count(*) from task_texts)").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows outlive their dossier, %v", left, err)
	}
}
