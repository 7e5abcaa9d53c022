package minorsweb

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/minors"
	"passerelle/internal/web"
	"passerelle/views/minorsview"
)

func (h *handlers) showChildhood(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	found, err := h.minors.OfDossier(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, minorsview.Page(found, forms.Today(h.now())))
}

// emptyForm is a form for something new, or the one that was parked.
func emptyForm[T any](c *fiber.Ctx, h *handlers, dossier dossiers.ID) (form minorsview.Form, err error) {
	form.ID, form.Typed = ids.New[T]().String(), url.Values{}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[T](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	form.Dossier, err = h.minors.Prepare(c.UserContext(), dossier)
	return form, err
}

// again shows a form with what was typed and what is wrong with it; every other error goes up.
func (h *handlers) again(c *fiber.Ctx, dossier dossiers.ID, form minorsview.Form, err error, page func(minorsview.Form) templ.Component) error {
	problems, ok := fault.Correctable(err)
	if !ok {
		return err
	}
	form.Problems = problems
	mention, err := h.minors.Prepare(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form.Dossier = mention
	status := fiber.StatusUnprocessableEntity
	if form.Theirs != nil {
		status = fiber.StatusConflict
	}
	return web.Show(c, status, page(form))
}

func done(c *fiber.Ctx, dossier dossiers.ID, notice string) error {
	web.Notice(c, notice)
	return web.See(c, minorsview.URL(dossier))
}

func (h *handlers) newAge(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form, err := emptyForm[minors.AgeRecord](c, h, dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, minorsview.AgePage(form))
}

func (h *handlers) createAge(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[minors.AgeRecord](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	finding := minors.AgeFinding{
		Finding: forms.Choice(typed, "finding", minors.Findings, &problems), FoundOn: forms.Date(typed, "found_on", &problems),
		AgeDetails: minors.AgeDetails{By: forms.Text(typed, "by", forms.Short, &problems), Basis: forms.Words(typed, "basis", forms.Narrative, &problems)},
	}
	if err = problems.Err(); err == nil {
		err = h.minors.RecordAge(c.UserContext(), dossier, id, finding)
	}
	if err != nil {
		return h.again(c, dossier, minorsview.Form{ID: id.String(), Typed: typed}, err, minorsview.AgePage)
	}
	return done(c, dossier, "minors.saved")
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(values url.Values) int {
	version, err := strconv.Atoi(values.Get("version"))
	if err != nil {
		return 0
	}
	return version
}
