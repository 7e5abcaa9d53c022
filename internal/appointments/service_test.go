package appointments

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type house struct {
	*Service
	interpreters *interpreters.Service
	db           *pgtest.Database
	ring         *keys.Ring
	clock        time.Time
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{db: pgtest.New(t), clock: now}
	pgtest.Cast(t, h.db)
	h.ring = h.db.Ring(t)
	tells := func() time.Time { return h.clock }
	h.Service, h.interpreters = New(h.db.App, h.ring, tells), interpreters.New(h.db.App, h.ring, tells)
	return h
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// amina is a dossier of Léa's.
func (h *house) amina(t *testing.T) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	service := dossiers.New(h.db.App, h.ring, time.Now)
	name, err := service.Propose(as(t, cast.Lea))
	if err == nil {
		err = service.Open(as(t, cast.Lea), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID,
			Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina", Languages: []string{"hun", "eng"}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) made(t *testing.T, dossier dossiers.ID) ID {
	t.Helper()
	id := ids.New[Appointment]()
	if err := h.Make(as(t, cast.Lea), dossier, id, terms(), 1); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) found(t *testing.T, id ID) Sheet {
	t.Helper()
	sheet, err := h.Find(as(t, cast.Lea), id)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func (h *house) listed(t *testing.T, name, region string) interpreters.ID {
	t.Helper()
	id := ids.New[interpreters.Interpreter]()
	if err := h.interpreters.Add(as(t, cast.Lea), id, interpreters.Particulars{Name: name, Phone: "+41 79 000 00 10", Languages: []string{"hun"}, Gender: "female", Region: region}); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) booked(t *testing.T, appointment ID, interpreter interpreters.ID) BookingID {
	t.Helper()
	id := ids.New[Booking]()
	if err := h.Book(as(t, cast.Lea), appointment, id, interpreter, BookingTerms{Language: "hun", Mode: OnSite, MeetingPoint: "Gare de Lausanne"}); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) counted(t *testing.T, question string, arguments ...any) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// nobodyElse holds that an act on what is Vaud's finds nothing for Genève, and that offices are turned away.
func nobodyElse(t *testing.T, act func(context.Context) error) {
	t.Helper()
	for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s of the other canton: %v, want not found", stranger.Name, err)
		}
	}
	for _, stranger := range []cast.Person{cast.Noe, cast.Eva, cast.JoVaud} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s of an office: %v, want a refusal", stranger.Name, err)
		}
	}
	// Were the role's fence to fall, the database's would still stand.
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
}

// noAuditor holds that whoever only looks does not write.
func noAuditor(t *testing.T, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v, want a refusal", err)
	}
}

func TestMake(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier, other := h.amina(t), h.amina(t)
	id := ids.New[Appointment]()
	for range 2 { // the same form twice
		if err := h.Make(as(t, cast.Lea), dossier, id, terms(), 3); err != nil {
			t.Fatal(err)
		}
	}
	agenda, err := h.OfDossier(as(t, cast.Ruth), dossier, Cursor{})
	if err != nil || len(agenda.Coming) != 3 || len(agenda.Past) != 0 {
		t.Fatalf("%d are coming: %v", len(agenda.Coming), err)
	}
	for i, appointment := range agenda.Coming {
		if appointment.Where.Get() != terms().Where || !appointment.StartsAt.Equal(terms().StartsAt().AddDate(0, 0, 7*i)) || appointment.Version != 1 {
			t.Errorf("%+v", appointment)
		}
	}
	if n := h.counted(t, "select count(*) from events where dossier_id = $1 and kind = 'appointment_made'", dossier); n != 1 {
		t.Errorf("%d events", n)
	}
	var places []byte
	if err := h.db.Owner.QueryRow(t.Context(), "select string_agg(place, '') from meeting_places").Scan(&places); err != nil || bytes.Contains(places, []byte("Policlinique")) {
		t.Errorf("the place lies in clear, or is not there: %v", err)
	}
	if err := h.Make(as(t, cast.Lea), other, id, terms(), 1); !errors.Is(err, fault.NotFound()) {
		t.Errorf("the identifier of another dossier's appointment: %v", err)
	}
	for weeks, want := range map[int]bool{0: false, 1: true, MostWeeks: true, MostWeeks + 1: false} {
		if err := h.Make(as(t, cast.Lea), other, ids.New[Appointment](), terms(), weeks); (err == nil) != want {
			t.Errorf("for %d weeks: %v", weeks, err)
		}
	}
	if err := h.Make(as(t, cast.Lea), dossier, ids.New[Appointment](), Terms{}, 1); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("an empty form: %v", err)
	}
	act := func(ctx context.Context) error { return h.Make(ctx, dossier, ids.New[Appointment](), terms(), 1) }
	nobodyElse(t, act)
	noAuditor(t, act)
	prepare := func(ctx context.Context) error { _, err := h.Prepare(ctx, dossier); return err }
	nobodyElse(t, prepare)
	noAuditor(t, prepare)
	nobodyElse(t, func(ctx context.Context) error { _, err := h.OfDossier(ctx, dossier, Cursor{}); return err })
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Find(ctx, id); return err })
	if n := h.counted(t, "select count(*) from journal_entries where dossier_id = $1 and action = 'dossier_seen' and person_id = $2", dossier, cast.Ruth.ID); n != 1 {
		t.Errorf("%d entries say that Ruth looked", n)
	}

	t.Run("nothing outlives the dossier", func(t *testing.T) {
		h.booked(t, id, h.listed(t, "Judit", "HU"))
		h.db.Exec(t, "delete from dossiers where dossier_id = $1", dossier)
		h.db.Exec(t, "delete from dossiers where dossier_id = $1", other)
		if n := h.counted(t, "select (select count(*) from appointments) + (select count(*) from meeting_places) + (select count(*) from bookings)"); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

func TestThePastIsPaged(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	for month := range 3 {
		from := terms()
		from.On = day([]string{"2026-01-05", "2026-03-04", "2026-05-01"}[month])
		if err := h.Make(as(t, cast.Lea), dossier, ids.New[Appointment](), from, 20); err != nil {
			t.Fatal(err)
		}
	}
	// Two at the same moment, where one page ends and the next begins.
	twin := terms()
	for _, from := range []string{"2026-01-05", "2026-03-04"} {
		twin.On = day(from)
		if err := h.Make(as(t, cast.Lea), dossier, ids.New[Appointment](), twin, 20); err != nil {
			t.Fatal(err)
		}
	}
	first, err := h.OfDossier(as(t, cast.Lea), dossier, Cursor{})
	if err != nil || len(first.Past) != pastPage || first.Older.None() {
		t.Fatalf("%d are past: %v", len(first.Past), err)
	}
	second, err := h.OfDossier(as(t, cast.Lea), dossier, ParseCursor(first.Older.String()))
	if err != nil || len(second.Past) != pastPage || !second.Older.None() || second.Past[0].StartsAt.After(first.Past[pastPage-1].StartsAt) {
		t.Errorf("%d are older: %v", len(second.Past), err)
	}
	met := map[ID]bool{}
	for _, appointment := range append(first.Past, second.Past...) {
		met[appointment.AppointmentID] = true
	}
	if len(met) != 2*pastPage {
		t.Errorf("of a hundred, %d are shown", len(met))
	}
	if !ParseCursor("nonsense").None() || !ParseCursor("1.2").None() || !ParseCursor("").None() {
		t.Error("nonsense is a place in the list")
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	id := h.made(t, dossier)
	uid := h.found(t, id).CalendarUID
	booking := h.booked(t, id, h.listed(t, "Judit", "HU"))
	if _, err := h.Answer(as(t, cast.Lea), booking, Confirmed); err != nil {
		t.Fatal(err)
	}

	karims, leas := terms(), terms()
	karims.Where, leas.At = "Policlinique, entrée sud", "16:00"
	if _, err := h.Change(as(t, cast.Karim), id, 1, karims); err != nil {
		t.Fatal(err)
	}
	if sheet := h.found(t, id); sheet.Bookings[0].State != Confirmed || sheet.ChangedBy != cast.Karim.ID {
		t.Errorf("another entrance made it necessary to ask the interpreter again: %+v", sheet)
	}
	current, err := h.Change(as(t, cast.Lea), id, 1, leas)
	if !errors.Is(err, fault.Conflict("")) || current.Where.Get() != karims.Where || current.Version != 2 {
		t.Fatalf("the second editor is shown %+v: %v", current, err)
	}
	leas.Where = karims.Where
	for range 2 { // the same form twice
		if _, err := h.Change(as(t, cast.Lea), id, 2, leas); err != nil {
			t.Fatal(err)
		}
	}
	sheet := h.found(t, id)
	if sheet.Version != 3 || sheet.CalendarUID != uid || !sheet.StartsAt.Equal(leas.StartsAt()) {
		t.Errorf("%+v", sheet.Appointment)
	}
	if sheet.Bookings[0].State != Requested {
		t.Errorf("who confirmed another hour is %s", sheet.Bookings[0].State)
	}
	act := func(ctx context.Context) error { _, err := h.Change(ctx, id, 3, terms()); return err }
	nobodyElse(t, act)
	noAuditor(t, act)

	if _, err := h.Conclude(as(t, cast.Lea), id, Cancelled); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Change(as(t, cast.Lea), id, 4, terms()); !errors.Is(err, fault.Refused("")) {
		t.Errorf("what is called off moves: %v", err)
	}
}

func TestConclude(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	id := h.made(t, dossier)
	booking := h.booked(t, id, h.listed(t, "Judit", "HU"))
	if _, err := h.Conclude(as(t, cast.Lea), id, Held); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("held before it began: %v", err)
	}
	for range 2 {
		if concluded, err := h.Conclude(as(t, cast.Lea), id, Cancelled); err != nil || concluded.Outcome != Cancelled {
			t.Fatal(err)
		}
	}
	sheet := h.found(t, id)
	if sheet.Outcome != Cancelled || sheet.Version != 2 || sheet.Bookings[0].BookingID != booking || sheet.Bookings[0].State != CalledOff {
		t.Errorf("%+v, %+v", sheet.Appointment, sheet.Bookings)
	}
	h.clock = terms().StartsAt().Add(time.Hour)
	if _, err := h.Conclude(as(t, cast.Karim), id, Held); err != nil {
		t.Errorf("a mistake cannot be mended: %v", err)
	}
	if n := h.counted(t, "select count(*) from events where dossier_id = $1 and kind = 'appointment_concluded'", dossier); n != 2 {
		t.Errorf("%d events", n)
	}
	act := func(ctx context.Context) error { _, err := h.Conclude(ctx, id, Missed); return err }
	nobodyElse(t, act)
	noAuditor(t, act)
}

func TestBook(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	id, second := h.made(t, dossier), h.made(t, dossier)
	judit, ilona := h.listed(t, "Judit", "HU"), h.listed(t, "Ilona", "RO")
	at := BookingTerms{Language: "hun", Mode: OnSite, MeetingPoint: "Gare de Lausanne"}

	search, err := h.Seek(as(t, cast.Lea), id)
	if err != nil || len(search.Candidates) != 2 || search.Excluded != 0 {
		t.Fatalf("%+v: %v", search, err)
	}
	exclusion := ids.New[interpreters.Exclusion]()
	if err := h.interpreters.Exclude(as(t, cast.Lea), dossier, exclusion, interpreters.Terms{Against: interpreters.Region, Region: "HU", Strength: interpreters.Never, Reason: "Compatriotes"}); err != nil {
		t.Fatal(err)
	}
	if search, err = h.Seek(as(t, cast.Lea), id); err != nil || len(search.Candidates) != 1 || search.Candidates[0].InterpreterID != ilona || search.Excluded != 1 {
		t.Errorf("%+v: %v", search, err)
	}
	if problems, _ := fault.Correctable(h.Book(as(t, cast.Lea), id, ids.New[Booking](), judit, at)); len(problems) != 1 || problems[0].Key != "interpreters.excluded.region" {
		t.Errorf("who is excluded: %v", problems)
	}
	naming := at
	naming.MeetingPoint = "Chez Amina, rue du Lac"
	if problems, _ := fault.Correctable(h.Book(as(t, cast.Lea), id, ids.New[Booking](), ilona, naming)); len(problems) != 1 || problems[0].Key != "appointments.meeting_point.names_the_person" {
		t.Errorf("a meeting point with her name: %v", problems)
	}
	booking := ids.New[Booking]()
	for range 2 { // the same form twice
		if err := h.Book(as(t, cast.Lea), id, booking, ilona, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Book(as(t, cast.Lea), second, booking, ilona, at); !errors.Is(err, fault.NotFound()) {
		t.Errorf("the identifier of another appointment's booking: %v", err)
	}
	if err := h.Book(as(t, cast.Lea), id, ids.New[Booking](), ilona, at); !errors.Is(err, fault.Refused("")) {
		t.Errorf("two at a time: %v", err)
	}
	if err := h.Book(as(t, cast.Lea), id, ids.New[Booking](), ids.New[interpreters.Interpreter](), at); !errors.Is(err, fault.NotFound()) {
		t.Errorf("somebody whom the directory does not know: %v", err)
	}

	t.Run("whoever comes to be excluded is not confirmed", func(t *testing.T) {
		later := ids.New[interpreters.Exclusion]()
		if err := h.interpreters.Exclude(as(t, cast.Lea), dossier, later, interpreters.Terms{Against: interpreters.Named, InterpreterID: ilona, Strength: interpreters.Never}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Answer(as(t, cast.Lea), booking, Confirmed); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("confirmed: %v", err)
		}
		if _, err := h.interpreters.Lift(as(t, cast.Lea), later); err != nil {
			t.Fatal(err)
		}
	})
	for range 2 {
		if appointment, err := h.Answer(as(t, cast.Lea), booking, Confirmed); err != nil || appointment.AppointmentID != id {
			t.Fatal(err)
		}
	}
	if _, err := h.Answer(as(t, cast.Lea), booking, Interpreted); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("interpreted before it began: %v", err)
	}
	if n := h.counted(t, "select count(*) from events where dossier_id = $1 and kind in ('interpreter_booked', 'booking_answered')", dossier); n != 2 {
		t.Errorf("%d events", n)
	}
	for name, act := range map[string]func(context.Context) error{
		"seek":   func(ctx context.Context) error { _, err := h.Seek(ctx, id); return err },
		"book":   func(ctx context.Context) error { return h.Book(ctx, second, ids.New[Booking](), ilona, at) },
		"answer": func(ctx context.Context) error { _, err := h.Answer(ctx, booking, Declined); return err },
	} {
		t.Run(name, func(t *testing.T) {
			nobodyElse(t, act)
			noAuditor(t, act)
		})
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Tell(ctx, booking); return err })
}

// TestAnInterpreterIsToldNoMore: of a dossier in which there is a name, a code name, a place and a purpose, the message holds none.
func TestAnInterpreterIsToldNoMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	id := h.made(t, dossier)
	booking := h.booked(t, id, h.listed(t, "Judit", "HU"))
	message, err := h.Tell(as(t, cast.Lea), booking)
	if err != nil || message.Interpreter.Particulars.Get().Name != "Judit" {
		t.Fatalf("%+v: %v", message, err)
	}
	for _, lang := range i18n.Langs {
		ctx := i18n.With(t.Context(), lang)
		text := strings.ToLower(message.Call.Text(ctx))
		for _, secret := range []string{
			string(message.Dossier.CodeName), "Okafor", "Amina", "Policlinique", i18n.T(ctx, "appointments.kind.medical"), cast.Lea.Name, cast.Vaud.Name, "Passerelle", dossier.String(), id.String(),
		} {
			if strings.Contains(text, strings.ToLower(secret)) {
				t.Errorf("%s: the interpreter is told %q:\n%s", lang, secret, text)
			}
		}
		for _, told := range []string{"14:30", "gare de lausanne"} {
			if !strings.Contains(text, told) {
				t.Errorf("%s: the interpreter is not told %q:\n%s", lang, told, text)
			}
		}
	}
}

func TestWeeks(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	id := h.made(t, dossier)
	own := ids.New[Appointment]()
	alone := terms()
	alone.Kind, alone.Where, alone.MemberID = "team", "ici", cast.Karim.ID
	if err := h.Make(as(t, cast.Lea), dossiers.ID{}, own, alone, 1); err != nil {
		t.Fatal(err)
	}
	week, err := h.Week(as(t, cast.Lea), tenantdb.PersonID{}, *day("2026-12-03"))
	if err != nil || len(week.Lines) != 2 || week.Member != cast.Lea.ID || len(week.Staff) != 0 {
		t.Fatalf("%+v: %v", week, err)
	}
	for _, line := range week.Lines {
		if (line.AppointmentID == id) != (line.CodeName != "") || line.AppointmentID == own && line.Kind != "team" {
			t.Errorf("%+v", line)
		}
	}
	if sheet := h.found(t, own); sheet.MemberID != cast.Lea.ID || sheet.Where.Get() != "" {
		t.Errorf("somebody else's, or with a place: %+v", sheet.Appointment)
	}
	for _, next := range []string{"2026-11-29", "2026-12-07"} {
		if week, err := h.Week(as(t, cast.Lea), tenantdb.PersonID{}, *day(next)); err != nil || len(week.Lines) != 0 {
			t.Errorf("in the week of %s there are %d: %v", next, len(week.Lines), err)
		}
	}

	t.Run("of others", func(t *testing.T) {
		if week, err := h.Week(as(t, cast.Karim), cast.Lea.ID, *day("2026-12-03")); err != nil || len(week.Lines) != 2 || len(week.Staff) == 0 {
			t.Errorf("the coordinator sees %d: %v", len(week.Lines), err)
		}
		if _, err := h.Week(as(t, cast.Lea), cast.Karim.ID, time.Time{}); !errors.Is(err, fault.Refused("")) {
			t.Errorf("a caseworker sees the coordinator's week: %v", err)
		}
		for _, stranger := range []cast.Person{cast.Ruth, cast.Noe, cast.Eva} {
			if _, err := h.Week(as(t, stranger), tenantdb.PersonID{}, time.Time{}); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s has a week: %v", stranger.Name, err)
			}
		}
		if _, err := h.Week(as(t, cast.Marc), cast.Lea.ID, time.Time{}); !errors.Is(err, fault.NotFound()) {
			t.Errorf("the coordinator of the other canton: %v", err)
		}
		mine := func(ctx context.Context) error { _, err := h.Find(ctx, own); return err }
		nobodyElse(t, mine)
		if err := mine(as(t, cast.Ruth)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("an auditor finds a member's own appointment: %v", err)
		}
		if err := mine(as(t, cast.Karim)); err != nil {
			t.Errorf("the coordinator does not: %v", err)
		}
		if _, err := h.Conclude(as(t, cast.Karim), own, Cancelled); !errors.Is(err, fault.NotFound()) {
			t.Errorf("and calls it off: %v", err)
		}
		if _, err := h.Seek(as(t, cast.Lea), own); !errors.Is(err, fault.NotFound()) {
			t.Errorf("an interpreter for a team meeting: %v", err)
		}
	})

	t.Run("a file for a calendar", func(t *testing.T) {
		for _, of := range []ID{id, own} {
			file, err := h.Calendar(i18n.With(as(t, cast.Lea), i18n.FR), of)
			if err != nil || !bytes.Contains(file, []byte("SUMMARY:Rendez-vous")) || bytes.Contains(file, []byte(of.String())) || bytes.Contains(file, []byte("Policlinique")) {
				t.Errorf("%s: %v", file, err)
			}
		}
		nobodyElse(t, func(ctx context.Context) error { _, err := h.Calendar(ctx, id); return err })
		if _, err := h.Calendar(as(t, cast.Karim), own); !errors.Is(err, fault.NotFound()) {
			t.Errorf("somebody else's own: %v", err)
		}
	})

	t.Run("what is over asks for a note", func(t *testing.T) {
		h.clock = terms().StartsAt().Add(time.Hour)
		week, err := h.Week(as(t, cast.Lea), tenantdb.PersonID{}, time.Time{})
		if err != nil || len(week.Unwritten) != 1 || week.Unwritten[0].AppointmentID != id {
			t.Fatalf("%+v: %v", week.Unwritten, err)
		}
		if _, err := h.Conclude(as(t, cast.Lea), id, Held); err != nil {
			t.Fatal(err)
		}
		if week, err = h.Week(as(t, cast.Lea), tenantdb.PersonID{}, time.Time{}); err != nil || len(week.Unwritten) != 0 {
			t.Errorf("%+v: %v", week.Unwritten, err)
		}
		var next []Appointment
		if err := h.db.App.Read(as(t, cast.Lea), NextOf(dossier, h.clock, &next)); err != nil || len(next) != 0 {
			t.Errorf("what was held is next: %v, %v", next, err)
		}
	})
}
