package restrictions_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/pgtest"
	"passerelle/internal/restrictions"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type house struct {
	*restrictions.Service
	t        *testing.T
	db       *pgtest.Database
	dossiers *dossiers.Service
	tasks    *tasks.Service
	// amina is Léa's dossier, called Lomidak; other is one that everybody sees.
	amina, other dossiers.ID
}

func (h *house) as(who cast.Person) context.Context { return who.Context(h.t.Context()) }

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	h := &house{restrictions.New(db.App, ring, time.Now), t, db, dossiers.New(db.App, ring, time.Now), tasks.New(db.App, ring, time.Now), ids.New[dossiers.Dossier](), ids.New[dossiers.Dossier]()}
	for id, name := range map[dossiers.ID]dossiers.CodeName{h.amina: "Lomidak", h.other: "Bofadu"} {
		if err := h.dossiers.Open(h.as(cast.Lea), id, dossiers.Particulars{CodeName: name, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor"}}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// restrict keeps Amina's dossier to Léa.
func (h *house) restrict() {
	h.t.Helper()
	if err := h.Restrict(h.as(cast.Lea), h.amina, 0, nil); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count(query string, arguments ...any) (n int) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), query, arguments...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// sees says whether somebody finds Amina's dossier: by its address, in the list, and by her name.
func (h *house) sees(who cast.Person) bool {
	h.t.Helper()
	_, err := h.dossiers.Find(h.as(who), h.amina)
	if err != nil && !errors.Is(err, fault.NotFound()) && !errors.Is(err, fault.Refused("")) {
		h.t.Fatal(err)
	}
	list, _ := h.dossiers.List(h.as(who), dossiers.Filter{})
	sought, _ := dossiers.ParseSought("Okafor")
	found, _ := h.dossiers.Search(h.as(who), sought)
	if list.Count != len(list.Rows) {
		h.t.Errorf("%s is told of %d dossiers, and shown %d", who.Name, list.Count, len(list.Rows))
	}
	listed, sighted := 0, 0
	for _, row := range list.Rows {
		if row.DossierID == h.amina {
			listed++
		}
	}
	for _, hit := range found.Hits {
		if hit.DossierID == h.amina {
			sighted++
		}
	}
	if (err == nil) != (listed == 1) || listed != sighted {
		h.t.Errorf("%s: found %v, listed %d times, sought %d times", who.Name, err, listed, sighted)
	}
	return err == nil
}

func (h *house) order(name dossiers.CodeName) restrictions.Order {
	return restrictions.Order{ID: ids.New[restrictions.Emergency](), CodeName: name, Reason: "danger", Words: "She was seen at the station."}
}

func TestRestrict(t *testing.T) {
	h := open(t)
	if !h.sees(cast.Karim) || !h.sees(cast.Ruth) || h.sees(cast.Claire) {
		t.Fatal("before: all of Vaud's staff, and nobody of Genève's")
	}
	h.restrict()
	if !h.sees(cast.Lea) || h.sees(cast.Karim) || h.sees(cast.Ruth) {
		t.Error("it is not kept to Léa")
	}
	if err := h.Restrict(h.as(cast.Lea), h.amina, 0, nil); err != nil || h.count("select version from restrictions") != 1 {
		t.Errorf("the same form twice: %v", err)
	}
	if err := h.Restrict(h.as(cast.Lea), h.amina, 0, []tenantdb.PersonID{cast.Karim.ID}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("from an old form: %v", err)
	}
	for name, who := range map[string]tenantdb.PersonID{"who administers": cast.Anna.ID, "another canton's": cast.Claire.ID, "an office's": cast.Noe.ID, "nobody": {}} {
		if err := h.Restrict(h.as(cast.Lea), h.amina, 1, []tenantdb.PersonID{who}); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%s is named: %v", name, err)
		}
	}
	if err := h.Restrict(h.as(cast.Lea), h.amina, 1, []tenantdb.PersonID{cast.Karim.ID, cast.Ruth.ID}); err != nil {
		t.Fatal(err)
	}
	if !h.sees(cast.Karim) || !h.sees(cast.Ruth) {
		t.Error("who is named does not see it")
	}
	// Karim coordinates and is named: he takes himself off, and Ruth, and sees it no longer. Léa stays, whatever he says.
	if err := h.Restrict(h.as(cast.Karim), h.amina, 2, nil); err != nil {
		t.Fatal(err)
	}
	if h.sees(cast.Karim) || h.sees(cast.Ruth) || !h.sees(cast.Lea) {
		t.Error("it is not kept to Léa again")
	}
	for _, who := range []cast.Person{cast.Karim, cast.Claire, cast.Marc} {
		if err := h.Restrict(h.as(who), h.amina, 3, nil); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s changes it: %v", who.Name, err)
		}
		if err := h.Lift(h.as(who), h.amina, 3); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s lifts it: %v", who.Name, err)
		}
		if _, err := h.Find(h.as(who), h.amina); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s sees who sees it: %v", who.Name, err)
		}
	}
	for _, who := range []cast.Person{cast.Ruth, cast.Anna, cast.Noe, cast.Ines, cast.Sami} {
		if err := h.Lift(h.as(who), h.amina, 3); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s lifts it: %v", who.Name, err)
		}
	}
	if err := h.Lift(h.as(cast.Lea), h.amina, 3); err != nil || !h.sees(cast.Karim) {
		t.Errorf("once it is lifted, %v", err)
	}
	if n := h.count("select count(*) from journal_entries where dossier_id = $1 and action in ('dossier_restricted', 'restriction_changed', 'restriction_lifted')", h.amina); n != 4 {
		t.Errorf("%d entries", n)
	}
}

// Of a dossier that all see, its own responsible person decides, or whoever coordinates: no colleague hides it.
func TestWhoRestricts(t *testing.T) {
	h := open(t)
	h.db.Exec(t, "update dossiers set responsible_id = $1 where dossier_id = $2", cast.Karim.ID, h.amina)
	if err := h.Restrict(h.as(cast.Lea), h.amina, 0, []tenantdb.PersonID{cast.Lea.ID}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Léa, who is not responsible: %v", err)
	}
	if err := h.Restrict(h.as(cast.Karim), h.other, 0, nil); err != nil {
		t.Errorf("Karim, who coordinates: %v", err)
	}
	if _, err := h.Find(h.as(cast.Karim), h.other); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Karim has not named himself: %v", err)
	}
}

func TestWorkOnARestrictedDossier(t *testing.T) {
	h := open(t)
	due := time.Now().AddDate(0, 0, 3).UTC().Truncate(24 * time.Hour)
	task := func(who tenantdb.PersonID) error {
		return h.tasks.Add(h.as(cast.Lea), h.amina, ids.New[tasks.Task](), tasks.Contents{Kind: tasks.Kinds[0], Text: "x", DueOn: &due, AssigneeID: who})
	}
	if err := task(cast.Karim.ID); err != nil {
		t.Fatal(err)
	}
	var problem *fault.Fault
	if err := h.Restrict(h.as(cast.Lea), h.amina, 0, nil); !errors.As(err, &problem) || !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("Karim, who has a task, is left out: %v", err)
	}
	h.db.Exec(t, "update tasks set ended_at = now(), ended_by = assignee_id, outcome = 'done'")
	h.restrict()
	if err := task(cast.Karim.ID); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("a task for Karim, who is not named: %v", err)
	}
	if err := task(cast.Lea.ID); err != nil {
		t.Error(err)
	}
}

func TestEmergency(t *testing.T) {
	h := open(t)
	h.restrict()
	sought, err := dossiers.ParseSought("lomidak")
	if err != nil {
		t.Fatal(err)
	}
	found, err := h.dossiers.Search(h.as(cast.Karim), sought)
	if err != nil || !found.Restricted || len(found.Hits) != 0 {
		t.Errorf("by its code name: %+v, %v", found, err)
	}
	for typed, who := range map[string]cast.Person{"lomida": cast.Karim, "lomidakk": cast.Karim, "okafor": cast.Karim, "bofadu": cast.Karim, "lomidak": cast.Claire, "Lomidak": cast.Lea} {
		sought, _ := dossiers.ParseSought(typed)
		if found, err := h.dossiers.Search(h.as(who), sought); err != nil || found.Restricted {
			t.Errorf("%s types %s and is told that there is one: %v", who.Name, typed, err)
		}
	}
	if n := h.count("select count(*) from journal_entries where action = 'restricted_found' and dossier_id = $1 and person_id = $2", h.amina, cast.Karim.ID); n != 1 {
		t.Errorf("%d entries say that Karim typed its name", n)
	}

	for name, spoil := range map[string]func(*restrictions.Order){
		"no reason": func(o *restrictions.Order) { o.Reason = "" }, "another reason": func(o *restrictions.Order) { o.Reason = "curiosity" },
		"no words": func(o *restrictions.Order) { o.Words = "   short   " }, "too many": func(o *restrictions.Order) { o.Words = strings.Repeat("x", 501) },
		"no such dossier": func(o *restrictions.Order) { o.CodeName = "Nimosel" }, "one that is not restricted": func(o *restrictions.Order) { o.CodeName = "Bofadu" },
	} {
		order := h.order("Lomidak")
		spoil(&order)
		if _, err := h.Open(h.as(cast.Karim), order); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Open(access.WithPrincipal(t.Context(), cast.Karim.Principal()), h.order("Lomidak")); err == nil {
		t.Error("it takes no passkey")
	}
	for _, who := range []cast.Person{cast.Ruth, cast.Anna, cast.Noe, cast.Sami} {
		if _, err := h.Open(h.as(who), h.order("Lomidak")); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s opens it: %v", who.Name, err)
		}
	}
	if _, err := h.Open(h.as(cast.Claire), h.order("Lomidak")); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("Claire opens it: %v", err)
	}
	if id, err := h.Open(h.as(cast.Lea), h.order("Lomidak")); err != nil || id != h.amina || h.count("select count(*) from emergency_accesses") != 0 {
		t.Errorf("what she sees anyway: %v", err)
	}
	if h.sees(cast.Karim) {
		t.Fatal("Karim sees it already")
	}

	order := h.order("lomidak")
	for range 2 {
		if id, err := h.Open(h.as(cast.Karim), order); err != nil || id != h.amina {
			t.Fatalf("%v", err)
		}
	}
	if !h.sees(cast.Karim) || h.sees(cast.Ruth) || h.count("select count(*) from emergency_accesses") != 1 {
		t.Error("in an emergency Karim, and he alone, sees it")
	}
	// He neither changes who sees it nor becomes responsible by it.
	if err := h.Restrict(h.as(cast.Karim), h.amina, 1, []tenantdb.PersonID{cast.Karim.ID}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Karim names himself: %v", err)
	}
	erase := erasures.New(h.db.App, h.db.Ring(t), time.Now, 7)
	if err := erase.Erase(h.as(cast.Karim), h.amina, erasures.Order{Reason: erasures.Reasons[0], CodeName: "Lomidak"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Karim erases it: %v", err)
	}
	file, err := h.dossiers.Find(h.as(cast.Karim), h.amina)
	if err != nil {
		t.Fatal(err)
	}
	p := file.Particulars()
	p.ResponsibleID = cast.Karim.ID
	if _, err := h.dossiers.Edit(h.as(cast.Karim), h.amina, file.Version, p); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("Karim makes himself responsible: %v", err)
	}

	var waiting []restrictions.Emergency
	for who, want := range map[*cast.Person]int{&cast.Lea: 1, &cast.Karim: 0, &cast.Ruth: 0, &cast.Claire: 0, &cast.Marc: 0} {
		waiting = nil
		if err := h.db.App.Read(h.as(*who), restrictions.AskWaiting(who.Principal(), &waiting)); err != nil || len(waiting) != want {
			t.Errorf("%d wait for %s, want %d: %v", len(waiting), who.Name, want, err)
		}
	}
	list, err := h.List(h.as(cast.Lea))
	if err != nil || len(list) != 1 || list[0].MemberName != cast.Karim.Name || list[0].Words.Get() != order.Words || !list[0].Waits(cast.Lea.Principal()) || list[0].Until.Sub(list[0].OpenedAt) != 3*time.Hour {
		t.Fatalf("Léa reads %+v, %v", list, err)
	}
	if err := h.Look(h.as(cast.Karim), order.ID); err != nil || h.count("select count(*) from emergency_accesses where coordination_saw_at is not null") != 0 {
		t.Errorf("Karim looks after himself: %v", err)
	}
	if err := h.Look(h.as(cast.Lea), order.ID); err != nil || h.count("select count(*) from emergency_accesses where responsible_saw_by = $1 and coordination_saw_at is null", cast.Lea.ID) != 1 {
		t.Errorf("Léa looks at it: %v", err)
	}
	for action, who := range map[string]tenantdb.PersonID{"opened_in_emergency": cast.Karim.ID, "emergency_read": cast.Lea.ID, "emergency_looked_at": cast.Lea.ID} {
		if n := h.count("select count(*) from journal_entries where action = $1 and dossier_id = $2 and person_id = $3", action, h.amina, who); n != 1 {
			t.Errorf("%d entries say %s", n, action)
		}
	}
	// The week's report counts it, for whoever may not know of what.
	report, err := journal.New(h.db.App, time.Now).Report(h.as(cast.Ruth), journal.WeekOf(time.Now()))
	if i := slices.IndexFunc(report.Readers, func(r journal.Reader) bool { return r.PersonName == cast.Karim.Name }); err != nil || i < 0 || report.Readers[i].Others != 1 {
		t.Errorf("the report tells Ruth %+v, %v", report.Readers, err)
	}
	for _, who := range []cast.Person{cast.Claire, cast.Marc} {
		if err := h.Look(h.as(who), order.ID); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s looks at it: %v", who.Name, err)
		}
		if list, err := h.List(h.as(who)); err != nil || len(list) != 0 {
			t.Errorf("%s reads %d, %v", who.Name, len(list), err)
		}
	}
	h.db.Exec(t, "update emergency_accesses set opened_at = opened_at - interval '3 hours', until = until - interval '3 hours'")
	if h.sees(cast.Karim) {
		t.Error("after three hours Karim sees it still")
	}
	// Who coordinates reads of it all the same, by the name that it had.
	if list, err := h.List(h.as(cast.Karim)); err != nil || len(list) != 1 || list[0].CodeName != "Lomidak" || !list[0].ResponsibleID.Zero() {
		t.Errorf("Karim reads %+v, %v", list, err)
	}
}

func TestEmergenciesAreFew(t *testing.T) {
	h := open(t)
	h.restrict()
	for i := range restrictions.MostADay {
		if _, err := h.Open(h.as(cast.Karim), h.order("Lomidak")); err != nil {
			t.Fatal(err)
		}
		h.db.Exec(t, "update emergency_accesses set opened_at = opened_at - interval '3 hours', until = until - interval '3 hours' where until > now()")
		if n := h.count("select count(*) from emergency_accesses"); n != i+1 {
			t.Fatalf("%d emergencies", n)
		}
	}
	if _, err := h.Open(h.as(cast.Karim), h.order("Lomidak")); !errors.Is(err, fault.Refused("")) {
		t.Errorf("one more: %v", err)
	}
}

// What somebody hands over is handed over whole, and whoever takes it over sees it. Nobody takes over by that what is kept from her or him.
func TestHandingOverWhatIsRestricted(t *testing.T) {
	h := open(t)
	h.restrict()
	give := handovers.New(h.db.App, time.Now)
	if done, err := give.HandOver(h.as(cast.Karim), cast.Lea.ID, cast.Karim.ID); err != nil || done.Dossiers != 1 || h.sees(cast.Karim) {
		t.Errorf("Karim takes over from Léa, who is there: %+v, %v", done, err)
	}
	h.db.Exec(t, "update members set ended_at = now() where member_id = $1", cast.Lea.ID)
	if done, err := give.HandOver(h.as(cast.Karim), cast.Lea.ID, cast.Karim.ID); err != nil || done.Dossiers != 1 || !h.sees(cast.Karim) {
		t.Errorf("Karim takes over from Léa, who has left: %+v, %v", done, err)
	}
}
