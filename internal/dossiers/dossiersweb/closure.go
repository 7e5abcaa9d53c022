package dossiersweb

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

func (h *handlers) showClosure(c *fiber.Ctx) error {
	form := dossiersview.Typed{ID: ids.New[dossiers.Closure]().String()}
	if web.Parked(c) {
		form.Values = web.Values(c)
		form.ID = given(form.Values.Get("id"), form.ID)
	}
	return h.showClosing(c, fiber.StatusOK, form)
}

func (h *handlers) showClosing(c *fiber.Ctx, status int, form dossiersview.Typed) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	closing, err := h.dossiers.Closing(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, dossiersview.ClosurePage(dossiersview.ClosureForm{Typed: form, Closing: closing}, h.now()))
}

func (h *handlers) createClosure(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := dossiersview.Typed{Values: web.Values(c)}
	closure, err := ids.Parse[dossiers.Closure](form.Values.Get("id"))
	if err != nil {
		return err
	}
	form.ID = closure.String()
	ending := dossiers.Ending{
		ID:     closure,
		Reason: forms.Choice(form.Values, "reason", dossiers.ClosureReasons, &form.Problems),
		Note:   forms.Words(form.Values, "note", forms.Narrative, &form.Problems),
	}
	return h.turn(c, form, "dossiers.closure.done", func(ctx context.Context) error { return h.dossiers.Close(ctx, id, ending) })
}

func (h *handlers) createAftercare(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := dossiersview.Typed{ID: ids.New[dossiers.Closure]().String(), Values: web.Values(c)}
	note := forms.Words(form.Values, "aftercare_note", forms.Narrative, &form.Problems)
	return h.turn(c, form, "dossiers.aftercare.begun", func(ctx context.Context) error { return h.dossiers.BeginAftercare(ctx, id, note) })
}

func (h *handlers) createReopening(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := dossiersview.Typed{ID: ids.New[dossiers.Closure]().String(), Values: web.Values(c)}
	why := forms.Words(form.Values, "why", forms.Narrative, &form.Problems)
	return h.turn(c, form, "dossiers.reopening.done", func(ctx context.Context) error { return h.dossiers.Reopen(ctx, id, why) })
}

// turn does what one of the page's forms asks for, and shows the page again with what has to be corrected.
func (h *handlers) turn(c *fiber.Ctx, form dossiersview.Typed, notice string, do func(context.Context) error) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	err = form.Problems.Err()
	if err == nil {
		err = do(c.UserContext())
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showClosing(c, statusOf(err), form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, dossiersview.Closure.Of(id))
}
