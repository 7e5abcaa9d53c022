package interpretersweb

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/web"
	"passerelle/views/interpretersview"
	"passerelle/views/paths"
)

func (h *handlers) listInterpreters(c *fiber.Ctx) error {
	directory, err := h.interpreters.List(c.UserContext())
	if err != nil {
		return err
	}
	shown := interpretersview.Directory{Interpreters: directory}
	if language := c.Query("language"); slices.Contains(forms.Codes(i18n.Languages(c.UserContext())), language) {
		shown.Language = language
	}
	return web.Show(c, fiber.StatusOK, interpretersview.ListPage(shown))
}

func (h *handlers) newInterpreter(c *fiber.Ctx) error {
	form := interpretersview.Form{ID: ids.New[interpreters.Interpreter]().String()}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[interpreters.Interpreter](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return web.Show(c, fiber.StatusOK, interpretersview.FormPage(form))
}

func (h *handlers) createInterpreter(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[interpreters.Interpreter](typed.Get("id"))
	if err != nil {
		return err
	}
	p, problems := parse(c.UserContext(), typed)
	if err = problems.Err(); err == nil {
		err = h.interpreters.Add(c.UserContext(), id, p)
	}
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, interpretersview.FormPage(interpretersview.Form{ID: id.String(), Typed: typed, Problems: problems}))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "interpreters.added")
	return web.See(c, paths.Interpreters)
}

func (h *handlers) editInterpreter(c *fiber.Ctx) error {
	id, err := web.ID[interpreters.Interpreter](c, "id")
	if err != nil {
		return err
	}
	found, err := h.interpreters.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	p := found.Particulars.Get()
	p.ActiveUntil = found.ActiveUntil
	form := interpretersview.Form{ID: id.String(), Version: strconv.Itoa(found.Version), Typed: interpretersview.TypedOf(p)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = form.Typed.Get("version")
	}
	return web.Show(c, fiber.StatusOK, interpretersview.FormPage(form))
}

func (h *handlers) updateInterpreter(c *fiber.Ctx) error {
	id, err := web.ID[interpreters.Interpreter](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	version, _ := strconv.Atoi(typed.Get("version")) // nonsense is no version, and so a conflict
	form := interpretersview.Form{ID: id.String(), Version: strconv.Itoa(version), Typed: typed}
	p, problems := parse(c.UserContext(), typed)
	var current interpreters.Interpreter
	if err = problems.Err(); err == nil {
		current, err = h.interpreters.Change(c.UserContext(), id, version, p)
	}
	status := fiber.StatusUnprocessableEntity
	if errors.Is(err, fault.Conflict("")) {
		theirs := current.Particulars.Get()
		status, form.Theirs, form.Version = fiber.StatusConflict, &theirs, strconv.Itoa(current.Version)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return web.Show(c, status, interpretersview.FormPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "interpreters.changed")
	return web.See(c, paths.Interpreters)
}

func parse(ctx context.Context, typed url.Values) (interpreters.Particulars, fault.Problems) {
	var problems fault.Problems
	p := interpreters.Particulars{
		Name: forms.Text(typed, "name", forms.Name, &problems), Phone: forms.Text(typed, "phone", forms.Name, &problems), Email: forms.Text(typed, "email", forms.Name, &problems),
		Agency: forms.Text(typed, "agency", forms.Name, &problems), Languages: forms.Choices(typed, "languages", forms.Codes(i18n.Languages(ctx)), &problems),
		Gender: forms.Choice(typed, "gender", interpreters.Genders, &problems), Region: forms.Choice(typed, "region", forms.Codes(i18n.Countries(ctx)), &problems),
		Community: forms.Text(typed, "community", forms.Short, &problems), Availability: forms.Text(typed, "availability", forms.Short, &problems),
		ActiveUntil: forms.Date(typed, "active_until", &problems),
	}
	return p, problems
}
