// Package appointmentsweb is the pages of appointments and bookings, and the calendar.
package appointmentsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/appointments"
	"passerelle/internal/web"
)

type handlers struct {
	appointments *appointments.Service
	now          func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, appointments *appointments.Service, now func() time.Time) {
	h := &handlers{appointments, now}
	r.Get("/dossiers/:id/appointments", access.DossierShow, h.listAppointments)
	r.Get("/dossiers/:id/appointments/new", access.AppointmentWrite, h.newAppointment)
	r.Post("/dossiers/:id/appointments", access.AppointmentWrite, h.createAppointment)
	r.Get("/appointments/:id", access.DossierShow, h.showAppointment)
	r.Get("/appointments/:id/edit", access.AppointmentWrite, h.editAppointment)
	r.Post("/appointments/:id", access.AppointmentWrite, h.updateAppointment)
	r.Post("/appointments/:id/outcome", access.AppointmentWrite, h.createOutcome)
	r.Get("/appointments/:id/calendar", access.CalendarShow, h.showCalendar)
	r.Get("/appointments/:id/bookings/new", access.AppointmentWrite, h.newBooking)
	r.Post("/appointments/:id/bookings", access.AppointmentWrite, h.createBooking)
	r.Post("/bookings/:id/answer", access.AppointmentWrite, h.createAnswer)
	r.Get("/bookings/:id/message", access.DossierShow, h.showMessage)
	r.Get("/bookings/:id/text", access.DossierShow, h.showText)
	r.Get("/calendar", access.CalendarShow, h.showWeek)
	r.Get("/calendar/new", access.AppointmentWrite, h.newOwn)
	r.Post("/calendar", access.AppointmentWrite, h.createOwn)
}
