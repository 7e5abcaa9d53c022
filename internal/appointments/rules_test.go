package appointments

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
	"passerelle/internal/members"
)

var now = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

func day(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &day
}

func minutes(n int) *int { return &n }

func terms() Terms {
	return Terms{Kind: "medical", On: day("2026-12-01"), At: "14:30", Minutes: minutes(60), MemberID: cast.Lea.ID, Reminder: None, Where: "Policlinique, entrée nord"}
}

func fieldsOf(err error) (fields []string) {
	problems, _ := fault.Correctable(err)
	for _, problem := range problems {
		fields = append(fields, problem.Field)
	}
	return fields
}

func TestTerms(t *testing.T) {
	t.Parallel()
	left := now.Add(-time.Hour)
	staff := []members.Member{{MemberID: cast.Lea.ID, Role: access.Caseworker}, {MemberID: cast.Ruth.ID, Role: access.Auditor}, {MemberID: cast.Karim.ID, Role: access.Coordinator, EndedAt: &left}}
	for name, c := range map[string]struct {
		change func(*Terms)
		own    bool
		want   []string
	}{
		"as it should be":       {func(*Terms) {}, false, nil},
		"a year ago":            {func(t *Terms) { t.On = day("2025-11-24") }, false, nil},
		"before that":           {func(t *Terms) { t.On = day("2025-11-23") }, false, []string{"on"}},
		"in two years":          {func(t *Terms) { t.On = day("2028-11-24") }, false, nil},
		"after that":            {func(t *Terms) { t.On = day("2028-11-25") }, false, []string{"on"}},
		"nothing":               {func(t *Terms) { *t = Terms{} }, false, []string{"kind", "on", "at", "minutes", "member", "reminder"}},
		"of no length":          {func(t *Terms) { t.Minutes = minutes(4) }, false, []string{"minutes"}},
		"of more than a day":    {func(t *Terms) { t.Minutes = minutes(721) }, false, []string{"minutes"}},
		"with an auditor":       {func(t *Terms) { t.MemberID = cast.Ruth.ID }, false, []string{"member"}},
		"with who has left":     {func(t *Terms) { t.MemberID = cast.Karim.ID }, false, []string{"member"}},
		"a team's for a person": {func(t *Terms) { t.Kind = "team" }, false, []string{"kind"}},
		"a team's":              {func(t *Terms) { t.Kind = "team" }, true, nil},
		"a person's without":    {func(*Terms) {}, true, []string{"kind"}},
	} {
		terms := terms()
		c.change(&terms)
		if got := fieldsOf(terms.Check(staff, c.own, now)); !slices.Equal(got, c.want) {
			t.Errorf("%s: problems of %v, want %v", name, got, c.want)
		}
	}
	appointment := Appointment{DossierID: ids.New[dossiers.Dossier]()}.with(terms())
	if again := TermsOf(appointment); !reflect.DeepEqual(again, terms()) || !appointment.same(terms()) {
		t.Errorf("%+v became %+v", terms(), again)
	}
}

// The clock is put back on 25 October 2026 and forward on 28 March 2027: half past two stays half past two.
func TestASeriesKeepsItsHour(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"2026-10-19", "2027-03-22"} {
		days := weekly(*day(first), 3)
		for i, on := range days {
			start := at(on, "14:30").In(i18n.Zone)
			if start.Format("15:04") != "14:30" || start.Weekday() != time.Monday || !on.Equal(day(first).AddDate(0, 0, 7*i)) {
				t.Errorf("the meeting %d is at %s", i, start)
			}
		}
	}
	id := ids.New[Appointment]()
	second, again := repeated(id, 1), repeated(id, 1)
	if repeated(id, 0) != id || second == repeated(id, 2) || second != again {
		t.Error("the form sent twice would make another series")
	}
	if len(weekly(*day("2026-10-19"), 0)) != 1 {
		t.Error("an appointment that is not repeated is none")
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	dossier := ids.New[dossiers.Dossier]()
	before, after := Appointment{DossierID: dossier, StartsAt: now.Add(time.Minute), Minutes: 60}, Appointment{DossierID: dossier, StartsAt: now.Add(-time.Hour), Minutes: 60}
	for name, c := range map[string]struct {
		of      Appointment
		outcome Outcome
		allowed bool
	}{
		"held before":        {before, Held, false},
		"missed before":      {before, Missed, false},
		"cancelled before":   {before, Cancelled, true},
		"held afterwards":    {after, Held, true},
		"missed afterwards":  {after, Missed, true},
		"nothing afterwards": {after, "", false},
		"nonsense":           {after, "postponed", false},
	} {
		if err := c.of.Conclude(c.outcome, now); (err == nil) != c.allowed || c.allowed && c.of.Outcome != c.outcome {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !after.Unwritten(now) || before.Unwritten(now) || after.Unwritten(now.Add(-time.Minute)) {
		t.Error("what is over is mistaken")
	}
	if own := (Appointment{StartsAt: now.Add(-time.Hour), Minutes: 5}); own.Unwritten(now) {
		t.Error("a member's own appointment asks for a note")
	}
	if after.Conclude(Held, now) != nil || after.Movable() == nil || after.Unwritten(now) || after.Conclude(Missed, now) != nil {
		t.Error("what was held can be moved, or a mistake not mended")
	}
}

func TestBookingsGoOn(t *testing.T) {
	t.Parallel()
	coming, begun := Appointment{StartsAt: now.Add(time.Hour), Minutes: 60}, Appointment{StartsAt: now, Minutes: 60}
	for _, c := range []struct {
		from, to State
		of       Appointment
		allowed  bool
	}{
		{Requested, Confirmed, coming, true}, {Requested, Declined, coming, true}, {Requested, CalledOff, coming, true},
		{Requested, Interpreted, begun, false}, {Confirmed, Interpreted, coming, false}, {Confirmed, Interpreted, begun, true},
		{Confirmed, NoShow, begun, true}, {Confirmed, NoShow, coming, false}, {Confirmed, Declined, coming, true}, {Confirmed, CalledOff, coming, true},
		{Declined, Confirmed, coming, false}, {CalledOff, Requested, coming, false}, {Interpreted, CalledOff, begun, false}, {Confirmed, "nonsense", begun, false},
	} {
		booking := Booking{State: c.from}
		if err := booking.Answer(c.to, c.of, now); (err == nil) != c.allowed || c.allowed && booking.State != c.to {
			t.Errorf("%s to %s: %v", c.from, c.to, err)
		}
	}
}

func TestWhoMayInterpret(t *testing.T) {
	t.Parallel()
	until := day("2026-11-30")
	hungarian := interpreters.Particulars{Name: "Judit", Languages: []string{"hun"}, Region: "HU"}
	judit := interpreters.Interpreter{InterpreterID: ids.New[interpreters.Interpreter](), Particulars: keys.Of(hungarian)}
	retired := judit
	retired.ActiveUntil = until
	excluding := []interpreters.Exclusion{{Terms: keys.Of(interpreters.Terms{Against: interpreters.Region, Region: "HU", Strength: interpreters.Never})}}
	coming := Appointment{DossierID: ids.New[dossiers.Dossier]()}.with(terms())
	over, settled := coming, coming
	over.StartsAt, settled.Outcome = now.Add(-2*time.Hour), Cancelled
	for name, c := range map[string]struct {
		of          Appointment
		interpreter interpreters.Interpreter
		exclusions  []interpreters.Exclusion
		language    string
		want        string
	}{
		"whoever speaks it":   {coming, judit, nil, "hun", ""},
		"another language":    {coming, judit, nil, "rom", "appointments.language.not_spoken"},
		"whoever has stopped": {coming, retired, nil, "hun", "appointments.interpreter.not_active"},
		"whoever is excluded": {coming, judit, excluding, "hun", "interpreters.excluded.region"},
		"what is over":        {over, judit, nil, "hun", "appointments.booking.over"},
		"what was called off": {settled, judit, nil, "hun", "appointments.settled"},
	} {
		problems, _ := fault.Correctable(c.of.May(c.interpreter, c.exclusions, c.language, now))
		if c.want == "" && len(problems) != 0 || c.want != "" && (len(problems) != 1 || problems[0].Key != c.want) {
			t.Errorf("%s: %v, want %s", name, problems, c.want)
		}
	}
}

// No interpreter learns by where to come whom it is about.
func TestAMeetingPointNamesNobody(t *testing.T) {
	t.Parallel()
	file := dossiers.File{Dossier: dossiers.Dossier{CodeName: "Lomidak"}, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor-Ba", GivenNames: "Amina Grace"}}
	good := BookingTerms{Language: "hun", Mode: OnSite, MeetingPoint: "Gare de Lausanne, sous l’horloge"}
	for name, c := range map[string]struct {
		change func(*BookingTerms)
		want   []string
	}{
		"a place":            {func(*BookingTerms) {}, nil},
		"by telephone":       {func(t *BookingTerms) { t.Mode, t.MeetingPoint = "phone", "" }, nil},
		"nowhere":            {func(t *BookingTerms) { t.MeetingPoint = "" }, []string{"meeting_point"}},
		"the code name":      {func(t *BookingTerms) { t.MeetingPoint = "Clinique, demander LOMIDAK" }, []string{"meeting_point"}},
		"the family name":    {func(t *BookingTerms) { t.MeetingPoint = "chez Mme okafor" }, []string{"meeting_point"}},
		"a given name":       {func(t *BookingTerms) { t.MeetingPoint = "accueil (Grace)" }, []string{"meeting_point"}},
		"two letters in all": {func(t *BookingTerms) { t.MeetingPoint = "Ba, rue du Lac" }, nil},
		"part of a word":     {func(t *BookingTerms) { t.MeetingPoint = "Rue Aminata 3" }, nil},
		"nothing":            {func(t *BookingTerms) { *t = BookingTerms{} }, []string{"language", "mode"}},
	} {
		terms := good
		c.change(&terms)
		if got := fieldsOf(terms.Check(file)); !slices.Equal(got, c.want) {
			t.Errorf("%s: problems of %v, want %v", name, got, c.want)
		}
	}
}

// What an interpreter is told holds the time, the language and the meeting point. It cannot hold more: Call has no other field.
func TestACallTellsTimeLanguageAndPlace(t *testing.T) {
	t.Parallel()
	appointment := Appointment{DossierID: ids.New[dossiers.Dossier](), Kind: "court"}.with(terms())
	told := call(appointment, BookingTerms{Language: "hun", Mode: OnSite, MeetingPoint: "Gare de Lausanne"})
	var fields []string
	for i := range reflect.TypeFor[Call]().NumField() {
		fields = append(fields, reflect.TypeFor[Call]().Field(i).Name)
	}
	if !slices.Equal(fields, []string{"StartsAt", "Minutes", "Language", "Mode", "MeetingPoint"}) {
		t.Errorf("an interpreter is told %v", fields)
	}
	for lang, words := range map[i18n.Lang][]string{
		i18n.FR: {"1er décembre 2026", "14:30", "15:30", "hongrois", "Gare de Lausanne"}, i18n.DE: {"1. Dezember 2026", "14:30", "Ungarisch", "Gare de Lausanne"},
		i18n.IT: {"1º dicembre 2026", "14:30", "ungherese", "Gare de Lausanne"}, i18n.EN: {"1 December 2026", "14:30", "Hungarian", "Gare de Lausanne"},
	} {
		text := told.Text(i18n.With(t.Context(), lang))
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s: no %q in\n%s", lang, word, text)
			}
		}
		if strings.Contains(text, "Policlinique") {
			t.Errorf("%s tells where the appointment is", lang)
		}
	}
	if byPhone := call(appointment, BookingTerms{Language: "hun", Mode: "phone", MeetingPoint: "Gare de Lausanne"}); byPhone.MeetingPoint != "" {
		t.Error("who is called is told where to come")
	}
}

// A calendar file names nobody, no place and no kind, keeps its uid, and counts up.
func TestCalendar(t *testing.T) {
	t.Parallel()
	appointment := Appointment{
		AppointmentID: ids.New[Appointment](), DossierID: ids.New[dossiers.Dossier](), CalendarUID: uuid.MustParse("0a0b0c0d-0000-4000-8000-000000000001"), ChangedAt: now, Version: 3,
	}.with(terms())
	appointment.Reminder = "day"
	lines := func(a Appointment, lang i18n.Lang) string {
		return strings.ReplaceAll(string(a.Calendar(i18n.With(t.Context(), lang))), "\r\n", "\n")
	}
	if got, want := lines(appointment, i18n.FR), `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//calendar//
METHOD:PUBLISH
BEGIN:VEVENT
UID:0a0b0c0d-0000-4000-8000-000000000001
DTSTAMP:20261124T090000Z
DTSTART:20261201T133000Z
DTEND:20261201T143000Z
SUMMARY:Rendez-vous
SEQUENCE:3
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Rendez-vous
TRIGGER:-PT1440M
END:VALARM
END:VEVENT
END:VCALENDAR
`; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for lang, title := range map[i18n.Lang]string{i18n.DE: "Termin", i18n.IT: "Appuntamento", i18n.EN: "Appointment"} {
		if !strings.Contains(lines(appointment, lang), "SUMMARY:"+title+"\n") {
			t.Errorf("in %s it is called otherwise", lang)
		}
	}
	appointment.Outcome = Cancelled
	if got := lines(appointment, i18n.FR); !strings.Contains(got, "METHOD:CANCEL\n") || !strings.Contains(got, "STATUS:CANCELLED\n") || strings.Contains(got, "VALARM") {
		t.Errorf("what is called off stays in calendars:\n%s", got)
	}
	appointment.Outcome, appointment.Reminder = "", None
	if got := lines(appointment, i18n.FR); strings.Contains(got, "VALARM") {
		t.Errorf("nobody asked for a reminder:\n%s", got)
	}
}

func TestAWeekBeginsOnMonday(t *testing.T) {
	t.Parallel()
	for on, want := range map[string]string{"2026-11-23": "2026-11-23", "2026-11-29": "2026-11-23", "2026-11-30": "2026-11-30", "2027-01-01": "2026-12-28"} {
		if got := MondayOf(*day(on)).Format(time.DateOnly); got != want {
			t.Errorf("%s is in the week of %s, want %s", on, got, want)
		}
	}
	// Half past midnight in Zurich is still the day before in UTC.
	week := Week{Monday: *day("2026-11-23"), Lines: []Line{{StartsAt: time.Date(2026, time.November, 24, 23, 30, 0, 0, time.UTC)}}}
	if days := week.Days(); len(days[2].Lines) != 1 || len(days) != 7 {
		t.Errorf("%+v", days)
	}
}
