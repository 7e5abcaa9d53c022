package appointmentsview

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/views/interpretersview"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `<script>alert(1)</script>`

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	staff = []members.Member{{MemberID: cast.Lea.ID, Name: cast.Lea.Name, Role: access.Caseworker}, {MemberID: cast.Karim.ID, Name: cast.Karim.Name, Role: access.Coordinator}}
	judit = interpreters.Interpreter{InterpreterID: ids.MustParse[interpreters.Interpreter]("1e7e0000-0000-4000-8000-000000000001"), Version: 1, Particulars: keys.Of(interpreters.Particulars{
		Name: "Judit " + hostile, Phone: "+41 79 000 00 10", Languages: []string{"hun"}, Gender: "female", Region: "RO", Availability: "Le matin",
	})}
	excluding = []interpreters.Exclusion{
		{ExclusionID: ids.MustParse[interpreters.Exclusion]("e8c10000-0000-4000-8000-000000000001"), Terms: keys.Of(interpreters.Terms{Against: interpreters.Region, Region: "HU", Strength: interpreters.Never, Reason: hostile})},
		{ExclusionID: ids.MustParse[interpreters.Exclusion]("e8c10000-0000-4000-8000-000000000002"), Terms: keys.Of(interpreters.Terms{Against: interpreters.ByGender, Gender: "male", Strength: interpreters.RatherNot})},
	}
)

func appointment(hours int, outcome appointments.Outcome) appointments.Appointment {
	return appointments.Appointment{
		AppointmentID: ids.MustParse[appointments.Appointment]("a9901000-0000-4000-8000-000000000001"), DossierID: amina.DossierID, MemberID: cast.Lea.ID, Kind: "medical",
		StartsAt: now.Add(time.Duration(hours) * time.Hour), Minutes: 60, Reminder: "day", Where: keys.Of("Policlinique " + hostile), Outcome: outcome, ChangedBy: cast.Karim.ID, ChangedAt: now, Version: 2,
	}
}

func booking(state appointments.State) appointments.Booking {
	return appointments.Booking{
		BookingID: ids.MustParse[appointments.Booking]("b0010000-0000-4000-8000-000000000001"), AppointmentID: appointment(0, "").AppointmentID, DossierID: amina.DossierID,
		InterpreterID: judit.InterpreterID, State: state, BookedAt: now, Terms: keys.Of(appointments.BookingTerms{Language: "hun", Mode: appointments.OnSite, MeetingPoint: hostile}),
	}
}

func sheet(hours int, outcome appointments.Outcome, bookings ...appointments.Booking) appointments.Sheet {
	return appointments.Sheet{Appointment: appointment(hours, outcome), Dossier: amina, Bookings: bookings, Directory: []interpreters.Interpreter{judit}, Staff: staff}
}

func form(version string) Form {
	return Form{ID: "a9901000-0000-4000-8000-000000000001", Version: version, Occasion: appointments.Occasion{Dossier: amina, Staff: staff}, Typed: TypedOf(appointments.TermsOf(appointment(24, "")))}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	wrong, conflict, own := form(""), form("2"), form("")
	wrong.Typed.Set("on", "31.2.2027")
	wrong.Problems = fault.Problems{{Field: "on", Key: "forms.date.unreadable"}, {Field: "kind", Key: "appointments.kind.missing"}}
	theirs := appointment(48, "")
	conflict.Theirs, conflict.Problems = &theirs, fault.Problems{{Key: "appointments.conflict"}}
	own.Occasion.Dossier = dossiers.Mention{}
	alone := sheet(24, "")
	alone.DossierID, alone.Dossier, alone.Kind = dossiers.ID{}, dossiers.Mention{}, "team"
	banned := sheet(24, "", booking(appointments.Requested))
	banned.Exclusions = []interpreters.Exclusion{{Terms: keys.Of(interpreters.Terms{Against: interpreters.Region, Region: "RO", Strength: interpreters.Never})}}
	agenda := appointments.Agenda{
		Dossier: amina, Coming: []appointments.Appointment{appointment(24, "")}, Past: []appointments.Appointment{appointment(-24, ""), appointment(-48, appointments.Missed)}, Older: appointments.ParseCursor("1795512600000000.a9901000-0000-4000-8000-000000000001"),
		Bookings: []appointments.Booking{booking(appointments.Confirmed)}, Exclusions: excluding, Directory: []interpreters.Interpreter{judit}, Staff: staff,
	}
	asking := Booking{ID: "b0010000-0000-4000-8000-000000000002", Search: appointments.Search{Appointment: appointment(24, ""), Dossier: amina, Languages: []string{"hun"}, Excluded: 2,
		Candidates: []interpreters.Candidate{{Interpreter: judit, Shared: []string{"hun"}, Avoided: []interpreters.Against{interpreters.ByGender}, Unchecked: []interpreters.Against{interpreters.Community}}}},
		Typed: map[string][]string{"meeting_point": {hostile}, "mode": {"on_site"}}, Problems: fault.Problems{{Field: "meeting_point", Key: "appointments.meeting_point.names_the_person"}}}
	nobody := Booking{Search: appointments.Search{Appointment: appointment(24, ""), Dossier: amina}}
	line := appointments.Line{AppointmentID: alone.AppointmentID, DossierID: amina.DossierID, CodeName: "Lomidak", Kind: "medical", StartsAt: now.Add(time.Hour), Minutes: 60, Interpreter: appointments.Requested}
	week := appointments.Week{Member: cast.Lea.ID, Monday: appointments.MondayOf(now.Truncate(24 * time.Hour)), Lines: []appointments.Line{line}, Unwritten: []appointments.Line{line}}
	teams := week
	teams.Staff, teams.Lines, teams.Unwritten = staff, nil, nil
	for name, c := range map[string]struct {
		lang      i18n.Lang
		person    cast.Person
		component templ.Component
	}{
		"agenda_fr":       {i18n.FR, cast.Lea, AgendaPage(agenda, now)},
		"agenda_de":       {i18n.DE, cast.Lea, AgendaPage(agenda, now)},
		"agenda_audit":    {i18n.FR, cast.Ruth, AgendaPage(agenda, now)},
		"agenda_empty":    {i18n.FR, cast.Lea, AgendaPage(appointments.Agenda{Dossier: amina}, now)},
		"form_wrong":      {i18n.FR, cast.Lea, FormPage(wrong)},
		"form_conflict":   {i18n.DE, cast.Lea, FormPage(conflict)},
		"form_own":        {i18n.FR, cast.Lea, FormPage(own)},
		"sheet_coming":    {i18n.FR, cast.Lea, SheetPage(sheet(24, ""), now)},
		"sheet_booked":    {i18n.DE, cast.Lea, SheetPage(sheet(24, "", booking(appointments.Requested)), now)},
		"sheet_excluded":  {i18n.FR, cast.Lea, SheetPage(banned, now)},
		"sheet_unwritten": {i18n.FR, cast.Lea, SheetPage(sheet(-24, "", booking(appointments.Confirmed)), now)},
		"sheet_audit":     {i18n.FR, cast.Ruth, SheetPage(sheet(-24, appointments.Held), now)},
		"sheet_own":       {i18n.FR, cast.Lea, SheetPage(alone, now)},
		"book":            {i18n.FR, cast.Lea, BookPage(asking)},
		"book_nobody":     {i18n.DE, cast.Lea, BookPage(nobody)},
		"message_fr":      {i18n.FR, cast.Lea, MessagePage(appointments.Message{Booking: booking(appointments.Requested), Dossier: amina, Interpreter: judit, Call: appointments.Call{StartsAt: now, Minutes: 60, Language: "hun", Mode: appointments.OnSite, MeetingPoint: hostile}})},
		"message_de":      {i18n.DE, cast.Lea, MessagePage(appointments.Message{Booking: booking(appointments.Requested), Dossier: amina, Interpreter: judit, Call: appointments.Call{StartsAt: now, Minutes: 60, Language: "hun", Mode: "phone"}})},
		"week_fr":         {i18n.FR, cast.Lea, WeekPage(week, true, now)},
		"week_team":       {i18n.DE, cast.Karim, WeekPage(teams, false, now)},
		"brief":           {i18n.FR, cast.Lea, Brief(appointment(24, ""))},
		"directory":       {i18n.FR, cast.Lea, interpretersview.ListPage(interpretersview.Directory{Interpreters: []interpreters.Interpreter{judit}})},
		"directory_audit": {i18n.DE, cast.Ruth, interpretersview.ListPage(interpretersview.Directory{Interpreters: []interpreters.Interpreter{judit}, Language: "amh"})},
		"directory_empty": {i18n.FR, cast.Lea, interpretersview.ListPage(interpretersview.Directory{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, render(t, c.lang, c.person, c.component))
		})
	}
	if got := newestOf(agenda); got != appointments.Confirmed {
		t.Errorf("the newest booking is %s", got)
	}
}

func newestOf(agenda appointments.Agenda) appointments.State {
	booking, _ := newest(agenda.Bookings, agenda.Coming[0].AppointmentID)
	return booking.State
}

// render gives what stands between header and footer; the frame has its own tests.
func render(t *testing.T, lang i18n.Lang, person cast.Person, component templ.Component) string {
	t.Helper()
	ctx := ui.WithRequest(i18n.With(person.Context(context.Background()), lang), ui.Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: person.Name, TenantName: person.Tenant.Name},
	})
	var html bytes.Buffer
	if err := component.Render(ctx, &html); err != nil {
		t.Fatal(err)
	}
	got := html.String()
	if _, main, ok := strings.Cut(got, "<main"); ok {
		main, _, _ = strings.Cut(main, "</main>")
		got = "<main" + main + "</main>"
	}
	if strings.Contains(got, hostile) {
		t.Error("a text that somebody typed became a script")
	}
	return strings.ReplaceAll(got, "><", ">\n<") + "\n"
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; read the difference, then run with -update", path)
	}
}
