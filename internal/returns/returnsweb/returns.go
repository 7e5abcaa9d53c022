package returnsweb

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/returns"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/returnsview"
)

func (h *handlers) showReturn(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, returnsview.Page(sheet))
}

// sheet is what every page of a return begins with.
func (h *handlers) sheet(c *fiber.Ctx) (returns.Sheet, error) {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return returns.Sheet{}, err
	}
	return h.returns.Show(c.UserContext(), dossier)
}

func (h *handlers) editPreparation(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	form := returnsview.Form{Sheet: sheet, ID: ids.New[returns.Return]().String(), Typed: url.Values{}}
	if sheet.Current != nil {
		form.ID, form.Version, form.Typed = sheet.Current.ReturnID.String(), sheet.Current.Version, returnsview.Typed(*sheet.Current)
	}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Theirs = versionOf(form.Typed) != form.Version
	}
	return web.Show(c, fiber.StatusOK, returnsview.PreparationPage(form))
}

func (h *handlers) updatePreparation(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := returnsview.Form{Typed: web.Values(c)}
	id, err := ids.Parse[returns.Return](form.Typed.Get("id"))
	if err != nil {
		return err
	}
	form.ID, form.Version = id.String(), versionOf(form.Typed)
	prepared, problems := returnsview.Parse(form.Typed)
	prepared.ReturnID, prepared.Version = id, form.Version
	if err = problems.Err(); err == nil {
		err = h.returns.Prepare(c.UserContext(), dossier, prepared)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		status, err := h.again(c, &form, err)
		if err != nil || status == fiber.StatusConflict && form.Sheet.Current == nil {
			return stop(c, dossier, err)
		}
		return web.Show(c, status, returnsview.PreparationPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "returns.saved")
	return web.See(c, paths.Return(dossier))
}

func (h *handlers) newMilestone(c *fiber.Ctx, milestone returns.Milestone) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	if sheet.Current == nil || !slices.Contains(sheet.Current.Next(), milestone) {
		return web.See(c, paths.Return(sheet.Dossier.DossierID))
	}
	form := returnsview.Form{Sheet: sheet, Version: sheet.Current.Version, Milestone: milestone, Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return web.Show(c, fiber.StatusOK, returnsview.MilestonePage(form))
}

func (h *handlers) createMilestone(c *fiber.Ctx, milestone returns.Milestone) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := returnsview.Form{Typed: web.Values(c), Milestone: milestone}
	form.Version = versionOf(form.Typed)
	mark, problems := returnsview.ParseMark(form.Typed)
	if err = problems.Err(); err == nil {
		err = h.returns.Reach(c.UserContext(), dossier, form.Version, milestone, mark)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		status, err := h.again(c, &form, err)
		// Where the return cannot come to it any more, its page says how it stands.
		if err != nil || form.Sheet.Current == nil || !slices.Contains(form.Sheet.Current.Next(), milestone) {
			return stop(c, dossier, err)
		}
		return web.Show(c, status, returnsview.MilestonePage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "returns.saved")
	return web.See(c, paths.Return(dossier))
}

func (h *handlers) newContact(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	if sheet.Current == nil || sheet.Current.DepartedOn == nil {
		return web.See(c, paths.Return(sheet.Dossier.DossierID))
	}
	form := returnsview.Form{Sheet: sheet, ID: ids.New[returns.Contact]().String(), Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[returns.Contact](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	return web.Show(c, fiber.StatusOK, returnsview.ContactPage(form))
}

func (h *handlers) createContact(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := returnsview.Form{Typed: web.Values(c)}
	id, err := ids.Parse[returns.Contact](form.Typed.Get("id"))
	if err != nil {
		return err
	}
	form.ID = id.String()
	contact, problems := returnsview.ParseContact(form.Typed)
	contact.ContactID = id
	if err = problems.Err(); err == nil {
		err = h.returns.Follow(c.UserContext(), dossier, contact)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		status, err := h.again(c, &form, err)
		if err != nil || form.Sheet.Current == nil || form.Sheet.Current.DepartedOn == nil {
			return stop(c, dossier, err)
		}
		return web.Show(c, status, returnsview.ContactPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "returns.contacts.saved")
	return web.See(c, paths.Return(dossier))
}

// again reads how the return stands, and says with which status its form is shown once more. After a conflict what
// somebody else wrote stands above what was typed, and sending it again is on top of that.
func (h *handlers) again(c *fiber.Ctx, form *returnsview.Form, err error) (status int, failed error) {
	if form.Sheet, failed = h.sheet(c); failed != nil {
		return 0, failed
	}
	if !errors.Is(err, fault.Conflict("")) {
		return fiber.StatusUnprocessableEntity, nil
	}
	form.Theirs, form.Problems = true, nil
	if form.Sheet.Current != nil {
		form.ID, form.Version = form.Sheet.Current.ReturnID.String(), form.Sheet.Current.Version
	}
	return fiber.StatusConflict, nil
}

// stop leads to the page of the return, where a form makes no sense any more, unless something failed.
func stop(c *fiber.Ctx, dossier dossiers.ID, err error) error {
	if err != nil {
		return err
	}
	web.Notice(c, "returns.milestone.not_now")
	return web.See(c, paths.Return(dossier))
}

func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}
