package appointmentsweb

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/appointments"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/appointmentsview"
	"passerelle/views/paths"
)

func (h *handlers) listAppointments(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	agenda, err := h.appointments.OfDossier(c.UserContext(), dossier, appointments.ParseCursor(c.Query("before")))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, appointmentsview.AgendaPage(agenda, h.now()))
}

func (h *handlers) newAppointment(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	return h.offer(c, dossier)
}

// newOwn is the form for an appointment of nobody but whoever asks.
func (h *handlers) newOwn(c *fiber.Ctx) error { return h.offer(c, dossiers.ID{}) }

func (h *handlers) offer(c *fiber.Ctx, dossier dossiers.ID) error {
	by, _ := access.From(c.UserContext())
	form := appointmentsview.Form{ID: ids.New[appointments.Appointment]().String()}
	form.Typed = url.Values{"member": {by.Person.String()}, "minutes": {"60"}, "reminder": {string(appointments.None)}, "weeks": {"1"}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[appointments.Appointment](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return h.showForm(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showForm(c *fiber.Ctx, status int, dossier dossiers.ID, form appointmentsview.Form) (err error) {
	if form.Occasion, err = h.appointments.Prepare(c.UserContext(), dossier); err != nil {
		return err
	}
	return web.Show(c, status, appointmentsview.FormPage(form))
}

func (h *handlers) createAppointment(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	return h.create(c, dossier)
}

// createOwn makes an appointment of nobody but whoever asks.
func (h *handlers) createOwn(c *fiber.Ctx) error { return h.create(c, dossiers.ID{}) }

func (h *handlers) create(c *fiber.Ctx, dossier dossiers.ID) error {
	typed := web.Values(c)
	id, err := ids.Parse[appointments.Appointment](typed.Get("id"))
	if err != nil {
		return err
	}
	terms, problems := parse(typed, dossier.Zero())
	weeks := 1
	if asked := forms.Int(typed, "weeks", 1, appointments.MostWeeks, &problems); asked != nil {
		weeks = *asked
	}
	if err = problems.Err(); err == nil {
		err = h.appointments.Make(c.UserContext(), dossier, id, terms, weeks)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showForm(c, fiber.StatusUnprocessableEntity, dossier, appointmentsview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "appointments.made")
	return web.See(c, paths.Appointment(id))
}

func parse(typed url.Values, own bool) (appointments.Terms, fault.Problems) {
	var problems fault.Problems
	kinds := appointments.Kinds
	if own {
		kinds = appointments.OwnKinds
	}
	terms := appointments.Terms{
		Kind: forms.Choice(typed, "kind", kinds, &problems), On: forms.Date(typed, "on", &problems), At: forms.Hour(typed, "at", &problems),
		Minutes: forms.Int(typed, "minutes", 5, 720, &problems), Reminder: forms.Choice(typed, "reminder", appointments.Reminders, &problems),
		Where: forms.Text(typed, "where", forms.Short, &problems),
	}
	// Nonsense is nobody, whom the rule misses.
	terms.MemberID, _ = ids.Parse[tenantdb.Person](typed.Get("member"))
	return terms, problems
}

func (h *handlers) showAppointment(c *fiber.Ctx) error {
	sheet, err := h.found(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, appointmentsview.SheetPage(sheet, h.now()))
}

func (h *handlers) found(c *fiber.Ctx) (appointments.Sheet, error) {
	id, err := web.ID[appointments.Appointment](c, "id")
	if err != nil {
		return appointments.Sheet{}, err
	}
	return h.appointments.Find(c.UserContext(), id)
}

func (h *handlers) editAppointment(c *fiber.Ctx) error {
	sheet, err := h.found(c)
	if err != nil {
		return err
	}
	form := appointmentsview.Form{ID: sheet.AppointmentID.String(), Version: strconv.Itoa(sheet.Version), Typed: appointmentsview.TypedOf(appointments.TermsOf(sheet.Appointment))}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = form.Typed.Get("version")
	}
	return h.showForm(c, fiber.StatusOK, sheet.DossierID, form)
}

func (h *handlers) updateAppointment(c *fiber.Ctx) error {
	sheet, err := h.found(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	version, _ := strconv.Atoi(typed.Get("version")) // nonsense is no version, and so a conflict
	form := appointmentsview.Form{ID: sheet.AppointmentID.String(), Version: strconv.Itoa(version), Typed: typed}
	terms, problems := parse(typed, sheet.Own())
	var current appointments.Appointment
	if err = problems.Err(); err == nil {
		current, err = h.appointments.Change(c.UserContext(), sheet.AppointmentID, version, terms)
	}
	status := fiber.StatusUnprocessableEntity
	if errors.Is(err, fault.Conflict("")) {
		status, form.Theirs, form.Version = fiber.StatusConflict, &current, strconv.Itoa(current.Version)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showForm(c, status, sheet.DossierID, form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "appointments.changed")
	return web.See(c, paths.Appointment(sheet.AppointmentID))
}

func (h *handlers) createOutcome(c *fiber.Ctx) error {
	id, err := web.ID[appointments.Appointment](c, "id")
	if err != nil {
		return err
	}
	if _, err := h.appointments.Conclude(c.UserContext(), id, appointments.Outcome(web.Values(c).Get("outcome"))); err != nil {
		return err
	}
	web.Notice(c, "appointments.concluded")
	return web.See(c, paths.Appointment(id))
}

// showCalendar gives the file by a name that says nothing.
func (h *handlers) showCalendar(c *fiber.Ctx) error {
	id, err := web.ID[appointments.Appointment](c, "id")
	if err != nil {
		return err
	}
	file, err := h.appointments.Calendar(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Download(c, "calendar.ics", "text/calendar; charset=utf-8", file)
}

func (h *handlers) showWeek(c *fiber.Ctx) error {
	var member tenantdb.PersonID
	if text := c.Query("member"); text != "" {
		var err error
		if member, err = ids.Parse[tenantdb.Person](text); err != nil {
			return err
		}
	}
	// What is no day is today.
	day, _ := time.Parse(time.DateOnly, c.Query("day"))
	week, err := h.appointments.Week(c.UserContext(), member, day)
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	return web.Show(c, fiber.StatusOK, appointmentsview.WeekPage(week, week.Member == by.Person, h.now()))
}
