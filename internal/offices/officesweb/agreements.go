package officesweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/officesview"
	"passerelle/views/paths"
)

// usualReminder is how many days before its end one thinks of an agreement, unless one says otherwise.
const usualReminder = "90"

func (h *handlers) newAgreement(c *fiber.Ctx) error {
	form := officesview.AgreementForm{ID: ids.New[offices.Agreement](), Typed: url.Values{"remind_days": {usualReminder}}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[offices.Agreement](form.Typed.Get("id")); err == nil {
			form.ID = id
		}
	}
	return h.showAgreement(c, fiber.StatusOK, form)
}

// showAgreement shows the form for an agreement with the office of the page.
func (h *handlers) showAgreement(c *fiber.Ctx, status int, form officesview.AgreementForm) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.offices.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	form.Office = sheet.Entry.Office
	return web.Show(c, status, officesview.AgreementPage(form))
}

func (h *handlers) createAgreement(c *fiber.Ctx) error {
	office, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[offices.Agreement](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	terms := parseTerms(typed, &problems)
	if err = problems.Err(); err == nil {
		err = h.offices.Agree(c.UserContext(), office, id, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showAgreement(c, fiber.StatusUnprocessableEntity, officesview.AgreementForm{ID: id, Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.agreement.added")
	return web.See(c, paths.Office(office))
}

func (h *handlers) editAgreement(c *fiber.Ctx) error {
	id, err := web.ID[offices.Agreement](c, "id")
	if err != nil {
		return err
	}
	agreement, entry, err := h.offices.FindAgreement(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := officesview.AgreementForm{Office: entry.Office, ID: id, Version: strconv.Itoa(agreement.Version), Typed: officesview.TypedTerms(agreement.Terms)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = strconv.Itoa(version(form.Typed))
	}
	return web.Show(c, fiber.StatusOK, officesview.AgreementPage(form))
}

func (h *handlers) updateAgreement(c *fiber.Ctx) error {
	id, err := web.ID[offices.Agreement](c, "id")
	if err != nil {
		return err
	}
	there, entry, err := h.offices.FindAgreement(c.UserContext(), id)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form := officesview.AgreementForm{Office: entry.Office, ID: id, Version: strconv.Itoa(version(typed)), Typed: typed}
	var problems fault.Problems
	terms := parseTerms(typed, &problems)
	if err = problems.Err(); err == nil {
		there, err = h.offices.ChangeAgreement(c.UserContext(), id, version(typed), terms)
	}
	status := fiber.StatusUnprocessableEntity
	if errors.Is(err, fault.Conflict("")) {
		status, form.Theirs, form.Version = fiber.StatusConflict, &there, strconv.Itoa(there.Version)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return web.Show(c, status, officesview.AgreementPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.agreement.changed")
	return web.See(c, paths.Office(entry.OfficeID))
}

func (h *handlers) destroyAgreement(c *fiber.Ctx) error {
	id, err := web.ID[offices.Agreement](c, "id")
	if err != nil {
		return err
	}
	office, err := h.offices.RemoveAgreement(c.UserContext(), id)
	if err != nil {
		return err
	}
	web.Notice(c, "offices.agreement.removal.done")
	return web.See(c, paths.Office(office))
}

func parseTerms(typed url.Values, problems *fault.Problems) offices.Terms {
	return offices.Terms{
		Subject: forms.Text(typed, "subject", forms.Short, problems), ValidFrom: forms.Date(typed, "valid_from", problems), ValidUntil: forms.Date(typed, "valid_until", problems),
		Document: forms.Text(typed, "document", forms.Short, problems), FiledAt: forms.Text(typed, "filed_at", forms.Short, problems),
		Contact: forms.Text(typed, "contact", forms.Short, problems), RemindDays: forms.Int(typed, "remind_days", 0, offices.MostRemindDays, problems),
	}
}
