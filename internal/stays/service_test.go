package stays

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
	clock := today.Add(9 * time.Hour)
	now := func() time.Time {
		clock = clock.Add(time.Second)
		return clock
	}
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

func (h *house) recorded(t *testing.T, terms Terms, replaces ID) ID {
	t.Helper()
	id := ids.New[Stay]()
	if err := h.Record(as(t, cast.Lea), h.amina, id, terms, replaces); err != nil {
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
	secret := short()
	secret.Note = "Canaryword"
	id := h.recorded(t, secret, ID{})
	if err := h.Record(attended(t, cast.Lea), h.amina, id, secret, ID{}); err != nil {
		t.Errorf("the same form twice: %v", err)
	}
	if err := h.Change(attended(t, cast.Lea), h.amina, id, 1, secret); err != nil || h.sheet(t).Stays[0].Version != 1 {
		t.Errorf("saved as it was: %v", err)
	}
	before := h.count(t, "select count(*) from journal_entries where action = 'dossier_seen'")
	sheet := h.sheet(t)
	if after := h.count(t, "select count(*) from journal_entries where action = 'dossier_seen'"); after != before+1 {
		t.Errorf("%d entries after %d", after, before)
	}
	if len(sheet.Stays) != 1 || sheet.Stays[0].Note != "Canaryword" || sheet.Stays[0].ChangedByName != cast.Lea.Name {
		t.Fatalf("%+v", sheet)
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'stay_recorded'"); n != 1 {
		t.Errorf("%d entries tell of it", n)
	}
	if d, ok := sheet.Dates.Find("stay_end", id.String()); !ok || !d.On.Equal(*short().ValidUntil) {
		t.Errorf("it ends on %v", d.On)
	}
	if n := h.count(t, "select count(*) from stays r where r::text like '%Canaryword%' or position('Canaryword'::bytea in particulars) > 0"); n != 0 {
		t.Error("the note lies in clear")
	}
	if err := h.Record(as(t, cast.Lea), h.amina, ids.New[Stay](), Terms{}, ID{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("nothing is a title: %v", err)
	}

	t.Run("the next title ends the one that it replaces", func(t *testing.T) {
		next := short().Next()
		next.ValidUntil = ptr(on(2028, time.February, 14))
		h.recorded(t, next, id)
		sheet := h.sheet(t)
		if old, err := sheet.Of(id); err != nil || old.Current() || old.End != Replaced || !old.EndedOn.Equal(today) {
			t.Errorf("%+v, %v", old, err)
		}
		if len(sheet.Stays) != 2 || !sheet.Stays[0].Current() || len(Collisions(sheet.Stays, sheet.Dates)) != 1 {
			t.Errorf("%+v", sheet.Stays)
		}
		if n := h.count(t, "select count(*) from deadlines where rule = 'stay_end' and settled_on is null"); n != 1 {
			t.Errorf("%d ends are waited for", n)
		}
	})
	t.Run("what it would replace has to be of this dossier", func(t *testing.T) {
		if err := h.Record(as(t, cast.Lea), h.amina, ids.New[Stay](), short(), ids.New[Stay]()); !errors.Is(err, fault.NotFound()) || len(h.sheet(t).Stays) != 2 {
			t.Error(err)
		}
	})
	nobodyElse(t, true, func(ctx context.Context) error { return h.Record(ctx, h.amina, ids.New[Stay](), short(), ID{}) })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Open(ctx, h.amina); return err })
}

func TestChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t, short(), ID{})
	asked := short()
	asked.RenewalRequestedOn = ptr(today)
	for range 2 {
		if err := h.Change(as(t, cast.Karim), h.amina, id, 1, asked); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'stay_changed'"); n != 1 {
		t.Errorf("%d entries tell of it", n)
	}
	sheet := h.sheet(t)
	if sheet.Stays[0].Version != 2 || sheet.Stays[0].ChangedByName != cast.Karim.Name {
		t.Errorf("%+v", sheet.Stays[0])
	}
	if d, ok := sheet.Dates.Find("renewal_request", id.String()); !ok || d.Open() {
		t.Error("the renewal was asked for, and is still waited for")
	}
	err := h.Change(as(t, cast.Lea), h.amina, id, 1, short())
	if problems, _ := fault.Correctable(err); !errors.Is(err, fault.Conflict("")) || problems[0].Args[1] != cast.Karim.Name {
		t.Errorf("a second editor: %v", err)
	}
	if err := h.Change(as(t, cast.Lea), h.amina, ids.New[Stay](), 1, short()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("what never was: %v", err)
	}
	if err := h.Change(as(t, cast.Lea), h.amina, id, 2, Terms{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("nothing is a title: %v", err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Change(ctx, h.amina, id, 2, short()) })
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	h := open(t)
	known := Circumstances{EnteredOn: ptr(on(2025, time.May, 1)), OffenceCanton: "VD", InquiryCantons: []string{"VD", "GE"}, LastCanton: "GE", AsylumDecision: "extended", AsylumNotifiedOn: ptr(on(2026, time.November, 2)), Note: "Canaryword"}
	for range 2 {
		if err := h.Describe(attended(t, cast.Lea), h.amina, 0, known); err != nil {
			t.Fatal(err)
		}
	}
	sheet := h.sheet(t)
	if sheet.Presence.Version != 1 || sheet.Presence.Competent() != (Competence{"GE", LastStay}) {
		t.Errorf("%+v", sheet.Presence)
	}
	if d, ok := sheet.Dates.Find("asylum_appeal_extended", asylum); !ok || !d.On.Equal(on(2026, time.December, 2)) {
		t.Errorf("an appeal is possible until %v", d.On)
	}
	if n := h.count(t, "select count(*) from presences r where r::text like '%Canaryword%' or position('Canaryword'::bytea in particulars) > 0"); n != 0 {
		t.Error("the note lies in clear")
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'presence_changed'"); n != 1 {
		t.Errorf("%d entries tell of it", n)
	}
	if err := h.Describe(as(t, cast.Karim), h.amina, 0, Circumstances{LastCanton: "ZH"}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("a second editor: %v", err)
	}
	if err := h.Describe(as(t, cast.Karim), h.amina, 1, Circumstances{LastCanton: "ZH"}); err != nil || h.sheet(t).Presence.LastCanton != "ZH" {
		t.Error(err)
	}
	if err := h.Describe(as(t, cast.Karim), h.amina, 2, Circumstances{AsylumDecision: "extended"}); !errors.Is(err, fault.Invalid("", "")) {
		t.Error(err)
	}
	nobodyElse(t, true, func(ctx context.Context) error { return h.Describe(ctx, h.amina, 2, known) })
}

// While proceedings run, which another capability reports, the permit is renewable; the page says so.
func TestRenewableWhileProceedingsRun(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.recorded(t, short(), ID{})
	if h.sheet(t).Renewable {
		t.Error("without proceedings")
	}
	h.told(t, deadlines.Fact{Trigger: deadlines.ProceedingsOpened, On: today, Of: "a"})
	if !h.sheet(t).Renewable {
		t.Error("proceedings run, and the permit is not renewable")
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.recorded(t, Terms{Kind: None}, ID{})
	h.recorded(t, short(), first)
	for who, want := range map[cast.Person]int{cast.Lea: 1, cast.Claire: 0} {
		var lines []Line
		if err := h.db.App.Read(as(t, who), Standing(h.amina, &lines)); err != nil || len(lines) != want || want == 1 && lines[0].Kind != ShortStay {
			t.Errorf("%s: %+v, %v", who.Name, lines, err)
		}
	}
}

// What hangs on a dossier goes with it.
func TestErasure(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.recorded(t, short(), ID{})
	if err := h.Describe(as(t, cast.Lea), h.amina, 0, Circumstances{LastCanton: "VD"}); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return today }
	if err := erasures.New(h.db.App, h.db.Ring(t), now, 30).Erase(as(t, cast.Karim), h.amina, erasures.Order{Reason: "person_asked", CodeName: "Lomidak"}); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select (select count(*) from stays) + (select count(*) from presences) + (select count(*) from facts) + (select count(*) from deadlines)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}
