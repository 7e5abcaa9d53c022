package handovers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type house struct {
	*handovers.Service
	t  *testing.T
	db *pgtest.Database
}

func as(h *house, who cast.Person) context.Context { return who.Context(h.t.Context()) }

func (h *house) count(query string, arguments ...any) (n int) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), query, arguments...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// open is a house in which Léa carries two dossiers, two tasks about them, one about none, a dossier that is closed, and an appointment that was, one to come, and one of her own.
func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{handovers.New(db.App, time.Now), t, db}
	ring := db.Ring(t)
	service, todo := dossiers.New(db.App, ring, time.Now), tasks.New(db.App, ring, time.Now)
	for _, name := range []dossiers.CodeName{"Lomidak", "Bofadu", "Nimosel"} {
		id := ids.New[dossiers.Dossier]()
		if err := service.Open(as(h, cast.Lea), id, dossiers.Particulars{CodeName: name, ResponsibleID: cast.Lea.ID}); err != nil {
			t.Fatal(err)
		}
		if name == "Nimosel" {
			db.Exec(t, "update dossiers set phase = 'closed', closed_at = now() where dossier_id = $1", id)
			continue
		}
		if err := todo.Add(as(h, cast.Lea), id, ids.New[tasks.Task](), tasks.Contents{Kind: tasks.Kinds[0], Text: "x", DueOn: due(), AssigneeID: cast.Lea.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if err := todo.Add(as(h, cast.Lea), dossiers.ID{}, ids.New[tasks.Task](), tasks.Contents{Kind: tasks.Kinds[0], Text: "mine", DueOn: due(), AssigneeID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	meetings, hour := appointments.New(db.App, ring, time.Now), 60
	meet := func(dossier dossiers.ID, kind appointments.Kind) {
		if err := meetings.Make(as(h, cast.Lea), dossier, ids.New[appointments.Appointment](), appointments.Terms{
			Kind: kind, On: due(), At: "14:00", Minutes: &hour, MemberID: cast.Lea.ID, Reminder: appointments.None,
		}, 1); err != nil {
			t.Fatal(err)
		}
	}
	var id dossiers.ID
	if err := db.Owner.QueryRow(t.Context(), "select dossier_id from dossiers where code_name = 'Lomidak'").Scan(&id); err != nil {
		t.Fatal(err)
	}
	meet(id, "medical")
	db.Exec(t, "update appointments set starts_at = starts_at - interval '10 days'")
	meet(id, "medical")
	meet(dossiers.ID{}, "team")
	return h
}

func due() *time.Time {
	day := time.Now().AddDate(0, 0, 3).UTC().Truncate(24 * time.Hour)
	return &day
}

func line(lines []handovers.Line, id tenantdb.PersonID) handovers.Line {
	for _, l := range lines {
		if l.MemberID == id {
			return l
		}
	}
	return handovers.Line{}
}

func refused(err error) bool {
	return errors.Is(err, fault.Refused("")) || errors.Is(err, fault.NotFound())
}

func TestHandOver(t *testing.T) {
	h := open(t)
	lines, err := h.List(as(h, cast.Karim))
	if err != nil {
		t.Fatal(err)
	}
	if got := line(lines, cast.Lea.ID); got.Load != (handovers.Load{Dossiers: 2, Tasks: 2, Appointments: 1}) || got.Pressing() {
		t.Errorf("Léa carries %+v", got.Load)
	}
	if err := h.Ask(as(h, cast.Anna), cast.Lea.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.Ask(as(h, cast.Boris), cast.Lea.ID); err != nil || h.count("select count(*) from handovers") != 1 {
		t.Errorf("asked twice: %v", err)
	}
	if lines, err = h.List(as(h, cast.Karim)); err != nil || len(lines) == 0 || lines[0].MemberID != cast.Lea.ID || !lines[0].Pressing() {
		t.Errorf("what was asked for does not come first: %+v, %v", lines, err)
	}
	for name, to := range map[string]tenantdb.PersonID{"to herself": cast.Lea.ID, "to an auditor": cast.Ruth.ID, "to an admin": cast.Anna.ID, "to another canton": cast.Claire.ID, "to an office": cast.Noe.ID, "to nobody": {}} {
		if _, err := h.HandOver(as(h, cast.Karim), cast.Lea.ID, to); !correctable(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.HandOver(as(h, cast.Karim), cast.Claire.ID, cast.Karim.ID); !errors.Is(err, fault.NotFound()) {
		t.Errorf("from another canton: %v", err)
	}
	done, err := h.HandOver(as(h, cast.Karim), cast.Lea.ID, cast.Karim.ID)
	if err != nil || done != (handovers.Load{Dossiers: 2, Tasks: 2, Appointments: 1}) {
		t.Fatalf("%+v, %v", done, err)
	}
	if n := h.count("select count(*) from dossiers where responsible_id = $1", cast.Karim.ID); n != 2 {
		t.Errorf("Karim has %d", n)
	}
	if n := h.count("select count(*) from agendas where responsible_id = $1", cast.Karim.ID); n != 2 {
		t.Errorf("the clock knows %d", n)
	}
	if n := h.count("select count(*) from appointments where member_id = $1 and starts_at > now() and dossier_id is not null and version = 2", cast.Karim.ID); n != 1 {
		t.Errorf("Karim goes along to %d", n)
	}
	if n := h.count("select count(*) from appointments where member_id = $1", cast.Lea.ID); n != 2 {
		t.Errorf("what was, and what is hers alone, is %d with her", n)
	}
	if n := h.count("select count(*) from tasks where assignee_id = $1 and dossier_id is null", cast.Lea.ID); n != 1 {
		t.Error("what is hers alone was given away")
	}
	if n := h.count("select count(*) from journal_entries where action = 'dossier_handed_over' and person_id = $1", cast.Karim.ID); n != 2 {
		t.Errorf("%d entries", n)
	}
	if n := h.count("select count(*) from member_acts where deed = 'handed_over' and about_id = $1 and detail = $2", cast.Lea.ID, cast.Karim.Name); n != 1 {
		t.Errorf("%d acts", n)
	}
	shown, err := h.Of(as(h, cast.Anna), cast.Lea.ID)
	if err != nil || len(shown) != 1 || shown[0].Load != done || shown[0].ToName != cast.Karim.Name || shown[0].DoneAt == nil || shown[0].AskedAt == nil {
		t.Errorf("Anna sees %+v, %v", shown, err)
	}
	if again, err := h.HandOver(as(h, cast.Karim), cast.Lea.ID, cast.Karim.ID); err != nil || !again.Light() {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func correctable(err error) bool {
	_, ok := fault.Correctable(err)
	return ok
}

func TestNobodyElseHandsOver(t *testing.T) {
	h := open(t)
	for _, who := range []cast.Person{cast.Lea, cast.Ruth, cast.Anna, cast.Sami, cast.Noe, cast.Olga, cast.Eva, cast.Marc, cast.Diane} {
		if _, err := h.HandOver(as(h, who), cast.Lea.ID, cast.Karim.ID); !refused(err) {
			t.Errorf("%s hands over: %v", who.Name, err)
		}
		if lines, err := h.List(as(h, who)); who.Role != access.Coordinator && !refused(err) || line(lines, cast.Lea.ID).MemberID == cast.Lea.ID {
			t.Errorf("%s sees who carries what: %v", who.Name, err)
		}
		if err := h.Ask(as(h, who), cast.Lea.ID); who.ID != cast.Anna.ID && !refused(err) {
			t.Errorf("%s asks: %v", who.Name, err)
		}
		if shown, err := h.Of(as(h, who), cast.Lea.ID); who.ID != cast.Anna.ID && (!refused(err) && len(shown) > 0) {
			t.Errorf("%s sees: %v", who.Name, err)
		}
	}
	if n := h.count("select count(*) from dossiers where responsible_id = $1", cast.Lea.ID); n != 3 {
		t.Errorf("Léa has %d", n)
	}
}
