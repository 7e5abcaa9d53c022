package app_test

import (
	"testing"
	"time"

	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/letters"
	"passerelle/internal/webtest"
)

// met is an appointment of Amina's with an interpreter, an exclusion, and a letter: by the beginning of the routes about each.
func met(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	ctx, tomorrow, minutes := cast.Lea.Context(t.Context()), forms.Today(time.Now()).AddDate(0, 0, 1), 60
	interpreter, appointment := ids.New[interpreters.Interpreter](), ids.New[appointments.Appointment]()
	booking, exclusion, letter := ids.New[appointments.Booking](), ids.New[interpreters.Exclusion](), ids.New[letters.Letter]()
	for _, err := range []error{
		site.App.Interpreters.Add(ctx, interpreter, interpreters.Particulars{Name: "Mirela Interprète", Phone: "1", Languages: []string{"hun"}}),
		site.App.Interpreters.Exclude(ctx, dossier, exclusion, interpreters.Terms{Against: interpreters.Region, Region: "HU", Strength: interpreters.Never, Reason: "Canaryreason"}),
		site.App.Appointments.Make(ctx, dossier, appointment, appointments.Terms{Kind: "medical", On: &tomorrow, At: "10:00", Minutes: &minutes, MemberID: cast.Lea.ID, Reminder: appointments.None, Where: "Canaryplace"}, 1),
		site.App.Appointments.Book(ctx, appointment, booking, interpreter, appointments.BookingTerms{Language: "hun", Mode: "phone"}),
		site.App.Letters.Write(ctx, dossier, letter, "accompaniment", i18n.FR, letters.Contents{Recipient: "CSR", Subject: "Canarysubject", Body: "Canarybody"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{
		"/interpreters/": interpreter.String(), "/exclusions/": exclusion.String(), "/appointments/": appointment.String(), "/bookings/": booking.String(), "/letters/": letter.String(),
	}
}
