package inquiries

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
	"passerelle/internal/restrictions"
	"passerelle/internal/tenantdb"
)

type house struct {
	*Service
	db       *pgtest.Database
	dossiers *dossiers.Service
	amina    dossiers.ID
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	now := func() time.Time { return today.Add(9 * time.Hour) }
	h := &house{New(db.App, ring, now), db, dossiers.New(db.App, ring, now), ids.New[dossiers.Dossier]()}
	if err := h.dossiers.Open(as(t, cast.Lea), h.amina, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
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
	id := ids.New[Inquiry]()
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

func (h *house) count(t *testing.T, question string, args ...any) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// owed is the day until which an answer is owed, as lists see it; empty where nothing presses.
func (h *house) owed(t *testing.T) (days string) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), "select coalesce(string_agg(due_on::text, ' ' order by due_on), '') from deadlines where rule like 'access_%' and presses and settled_on is null").Scan(&days); err != nil {
		t.Fatal(err)
	}
	return days
}

// nobodyElse holds that an act finds nothing for Genève, that offices are turned away, and, of a change, the auditor.
func nobodyElse(t *testing.T, change bool, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Claire)); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire of the other canton: %v, want not found", err)
	}
	for _, office := range []cast.Person{cast.Noe, cast.Ines} {
		if err := act(as(t, office)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s of an office: %v, want a refusal", office.Name, err)
		}
		forged := office.Principal()
		forged.Role = access.Caseworker
		if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
			t.Error("an office member who calls himself a caseworker got through")
		}
	}
	if err := act(as(t, cast.Ruth)); change && !errors.Is(err, fault.Refused("")) {
		t.Errorf("Ruth, who audits: %v, want a refusal", err)
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	h := open(t)
	terms := asked()
	terms.Note = "Canaryword"
	id := h.recorded(t, terms)
	sheet := h.sheet(t)
	if len(sheet.Inquiries) != 1 || sheet.Dossier.CodeName != "Lomidak" || sheet.MayAnswer || sheet.Inquiries[0].ChangedByName != cast.Lea.Name {
		t.Fatalf("%+v", sheet)
	}
	if d, ok := sheet.Dates.Find(deadlines.AccessAnswer, id.String()); !ok || !d.On.Equal(byDue) || h.owed(t) != "2026-12-02" {
		t.Errorf("thirty days from 2 November are %v, lists say %q", d.On, h.owed(t))
	}
	if hers, err := h.Open(as(t, cast.Lea), h.amina); err != nil || !hers.MayAnswer {
		t.Errorf("Léa, who is responsible, does not answer: %v", err)
	}
	t.Run("nobody does without what is owed to the person", func(t *testing.T) {
		err := h.dossiers.Waive(as(t, cast.Lea), h.amina, deadlines.AccessAnswer, id.String(), "x")
		if problems, _ := fault.Correctable(err); len(problems) != 1 || problems[0].Key != "dossiers.waiver.owed" {
			t.Error(err)
		}
	})
	t.Run("the same form twice is one", func(t *testing.T) {
		if err := h.Record(attended(t, cast.Lea), h.amina, id, terms); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, "select count(*) from events where kind = 'inquiry_recorded'"); n != 1 || len(h.sheet(t).Inquiries) != 1 {
			t.Errorf("%d events", n)
		}
	})
	t.Run("what is known of it is sealed, and leaves an entry", func(t *testing.T) {
		if n := h.count(t, "select count(*) from inquiries i where i::text like '%Canaryword%' or position('Canaryword'::bytea in particulars) > 0"); n != 0 {
			t.Error("the note lies in clear")
		}
		if n := h.count(t, "select count(*) from journal_entries where action = 'inquiry_recorded'"); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
	t.Run("what is wrong is said before anything is written", func(t *testing.T) {
		if err := h.Record(as(t, cast.Lea), h.amina, ids.New[Inquiry](), Terms{}); !errors.Is(err, fault.Invalid("", "")) {
			t.Error(err)
		}
	})
	t.Run("another dossier's is not found", func(t *testing.T) {
		other := ids.New[dossiers.Dossier]()
		if err := h.dossiers.Open(as(t, cast.Lea), other, dossiers.Particulars{CodeName: "Bofadu", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
			t.Fatal(err)
		}
		if err := h.Reply(as(t, cast.Lea), other, id, 1, given()); !errors.Is(err, fault.NotFound()) {
			t.Error(err)
		}
		if err := h.Record(as(t, cast.Lea), other, id, terms); !errors.Is(err, fault.NotFound()) {
			t.Error(err)
		}
		if sheet, err := h.Open(as(t, cast.Lea), other); err != nil || len(sheet.Inquiries) != 0 {
			t.Errorf("%+v, %v", sheet.Inquiries, err)
		}
	})
	nobodyElse(t, true, func(ctx context.Context) error { return h.Record(ctx, h.amina, ids.New[Inquiry](), asked()) })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Open(ctx, h.amina); return err })
}

func TestExtendedAndAnswered(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t, byLawyer())
	extension := Extension{ToldOn: on(time.November, 20), Until: on(time.December, 18), Reason: "Des pièces manquent."}
	extend := func(ctx context.Context) error { return h.Extend(ctx, h.amina, id, 1, extension) }
	reply := func(version int) func(context.Context) error {
		return func(ctx context.Context) error {
			return h.Reply(ctx, h.amina, id, version, Answer{On: today, Outcome: Given, Check: Confirmed})
		}
	}
	nobodyElse(t, true, extend)
	for range 2 {
		if err := extend(attended(t, cast.Karim)); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.owed(t); got != "2026-12-18" {
		t.Errorf("owed until %q", got)
	}
	if err := h.Change(as(t, cast.Lea), h.amina, id, 1, asked()); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("a change of an old version: %v", err)
	}
	if err := h.Retract(as(t, cast.Lea), h.amina, id, 2); err != nil || h.owed(t) != "2026-12-02" {
		t.Errorf("%v, owed until %q", err, h.owed(t))
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Retract(ctx, h.amina, id, 3) })

	nobodyElse(t, true, reply(3))
	paper := Answer{On: today, Outcome: Given, Check: Document}
	if err := h.Reply(as(t, cast.Lea), h.amina, id, 3, paper); !errors.Is(err, fault.Invalid("", "")) || h.owed(t) == "" {
		t.Errorf("a mandate on paper was enough: %v", err)
	}
	if err := reply(3)(attended(t, cast.Lea)); err != nil {
		t.Fatal(err)
	}
	if got := h.owed(t); got != "" {
		t.Errorf("it is answered, and owed until %q", got)
	}
	if n := h.count(t, "select count(*) from events where kind = 'inquiry_answered' and detail = 'given'"); n != 1 {
		t.Errorf("%d events", n)
	}
	if err := h.Reopen(as(t, cast.Karim), h.amina, id, 4); err != nil || h.owed(t) != "2026-12-02" {
		t.Errorf("%v, owed until %q", err, h.owed(t))
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Reopen(ctx, h.amina, id, 5) })
	nobodyElse(t, true, func(ctx context.Context) error { return h.Change(ctx, h.amina, id, 5, asked()) })
}

// A colleague records that a request came, and neither extends nor answers it.
func TestWhoeverIsNotResponsibleRecords(t *testing.T) {
	t.Parallel()
	h := open(t)
	colleague := cast.Karim.Principal()
	colleague.Role = access.Caseworker
	ctx := access.WithPrincipal(t.Context(), colleague)
	id := ids.New[Inquiry]()
	if err := h.Record(ctx, h.amina, id, asked()); err != nil {
		t.Fatal(err)
	}
	corrected := asked()
	corrected.Channel = "by_email"
	if err := h.Change(ctx, h.amina, id, 1, corrected); err != nil {
		t.Fatal(err)
	}
	refused := fault.Refused("inquiries.not_responsible")
	extension := Extension{ToldOn: on(time.November, 20), Until: on(time.December, 18), Reason: "x"}
	for name, err := range map[string]error{
		"extends": h.Extend(ctx, h.amina, id, 2, extension), "retracts": h.Retract(ctx, h.amina, id, 2),
		"answers": h.Reply(ctx, h.amina, id, 2, given()), "reopens": h.Reopen(ctx, h.amina, id, 2),
	} {
		if problems, _ := fault.Correctable(err); !errors.Is(err, fault.Refused("")) || len(problems) != 1 || problems[0].Key != "inquiries.not_responsible" {
			t.Errorf("a colleague %s: %v, want %v", name, err, refused)
		}
	}
	if err := h.Reply(as(t, cast.Lea), h.amina, id, 2, given()); err != nil {
		t.Fatal(err)
	}
	if err := h.Change(ctx, h.amina, id, 3, asked()); !errors.Is(err, fault.Refused("")) {
		t.Errorf("a colleague changes what was answered: %v", err)
	}
}

// Of a closed dossier as much is kept, and may be asked for; what is owed holds it up, however late it is.
func TestAClosedDossier(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.dossiers.Close(as(t, cast.Lea), h.amina, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: "return"}); err != nil {
		t.Fatal(err)
	}
	id := h.recorded(t, asked())
	if got := h.owed(t); got != "2026-12-02" {
		t.Errorf("in a closed dossier it is owed until %q", got)
	}
	if err := h.Reply(as(t, cast.Lea), h.amina, id, 1, given()); err != nil || h.owed(t) != "" {
		t.Errorf("%v, owed until %q", err, h.owed(t))
	}
}

// A restricted dossier is not there for whoever is not named.
func TestARestrictedDossier(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t, asked())
	service := restrictions.New(h.db.App, h.keys, func() time.Time { return today })
	if err := service.Restrict(as(t, cast.Lea), h.amina, 0, []tenantdb.PersonID{cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Open(as(t, cast.Karim), h.amina); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Karim opens it: %v", err)
	}
	if err := h.Reply(as(t, cast.Karim), h.amina, id, 1, given()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Karim answers: %v", err)
	}
	if err := h.Reply(as(t, cast.Lea), h.amina, id, 1, given()); err != nil {
		t.Error(err)
	}
}

// What hangs on a dossier goes with it.
func TestErasure(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.recorded(t, asked())
	now := func() time.Time { return today }
	if err := erasures.New(h.db.App, h.keys, now, 30).Erase(as(t, cast.Karim), h.amina, erasures.Order{Reason: "person_asked", CodeName: "Lomidak"}); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select (select count(*) from inquiries) + (select count(*) from facts) + (select count(*) from deadlines)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
