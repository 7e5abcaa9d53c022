package appointmentsweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/appointments"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/web"
	"passerelle/views/appointmentsview"
	"passerelle/views/paths"
)

func (h *handlers) newBooking(c *fiber.Ctx) error {
	id, err := web.ID[appointments.Appointment](c, "id")
	if err != nil {
		return err
	}
	form := appointmentsview.Booking{ID: ids.New[appointments.Booking]().String()}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[appointments.Booking](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return h.showBooking(c, fiber.StatusOK, id, form)
}

func (h *handlers) showBooking(c *fiber.Ctx, status int, id appointments.ID, form appointmentsview.Booking) (err error) {
	if form.Search, err = h.appointments.Seek(c.UserContext(), id); err != nil {
		return err
	}
	if form.Typed == nil {
		form.Typed = url.Values{"mode": {string(appointments.OnSite)}, "meeting_point": {form.Search.Where.Get()}}
		for _, candidate := range form.Search.Candidates {
			if len(candidate.Shared) > 0 {
				form.Typed.Set("language", candidate.Shared[0])
				break
			}
		}
	}
	return web.Show(c, status, appointmentsview.BookPage(form))
}

func (h *handlers) createBooking(c *fiber.Ctx) error {
	appointment, err := web.ID[appointments.Appointment](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[appointments.Booking](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	terms := appointments.BookingTerms{
		Language:     forms.Choice(typed, "language", forms.Codes(i18n.Languages(c.UserContext())), &problems),
		Mode:         forms.Choice(typed, "mode", appointments.Modes, &problems),
		MeetingPoint: forms.Text(typed, "meeting_point", forms.Short, &problems),
	}
	interpreter, err := ids.Parse[interpreters.Interpreter](typed.Get("interpreter"))
	if err != nil {
		problems.Add("interpreter", "appointments.interpreter.missing")
	}
	if err = problems.Err(); err == nil {
		err = h.appointments.Book(c.UserContext(), appointment, id, interpreter, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showBooking(c, fiber.StatusUnprocessableEntity, appointment, appointmentsview.Booking{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "appointments.booking.asked")
	return web.See(c, paths.BookingMessage(id))
}

func (h *handlers) createAnswer(c *fiber.Ctx) error {
	id, err := web.ID[appointments.Booking](c, "id")
	if err != nil {
		return err
	}
	appointment, err := h.appointments.Answer(c.UserContext(), id, appointments.State(web.Values(c).Get("state")))
	if err != nil {
		return err
	}
	web.Notice(c, "appointments.booking.answered")
	return web.See(c, paths.Appointment(appointment.AppointmentID))
}

func (h *handlers) told(c *fiber.Ctx) (appointments.Message, error) {
	id, err := web.ID[appointments.Booking](c, "id")
	if err != nil {
		return appointments.Message{}, err
	}
	return h.appointments.Tell(c.UserContext(), id)
}

func (h *handlers) showMessage(c *fiber.Ctx) error {
	message, err := h.told(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, appointmentsview.MessagePage(message))
}

// showText is the message alone, for copying it whole.
func (h *handlers) showText(c *fiber.Ctx) error {
	message, err := h.told(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Send([]byte(message.Call.Text(c.UserContext()) + "\n"))
}
