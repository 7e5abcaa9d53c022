package minorsweb

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/minors"
	"passerelle/internal/web"
	"passerelle/views/minorsview"
)

func (h *handlers) newGuardian(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form, err := emptyForm[minors.Guardian](c, h, dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, minorsview.GuardianPage(form))
}

func appointmentOf(typed url.Values) (minors.Appointment, error) {
	var problems fault.Problems
	a := minors.Appointment{
		Role:  forms.Choice(typed, "role", minors.Roles, &problems),
		Since: forms.Date(typed, "since", &problems), Until: forms.Date(typed, "until", &problems),
		GuardianDetails: minors.GuardianDetails{
			Name: forms.Text(typed, "name", forms.Name, &problems), Reached: forms.Text(typed, "reached", forms.Short, &problems),
			AppointedBy: forms.Text(typed, "appointed_by", forms.Short, &problems),
		},
	}
	return a, problems.Err()
}

func (h *handlers) createGuardian(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[minors.Guardian](typed.Get("id"))
	if err != nil {
		return err
	}
	a, err := appointmentOf(typed)
	if err == nil {
		err = h.minors.Name(c.UserContext(), dossier, id, a)
	}
	if err != nil {
		return h.again(c, dossier, minorsview.Form{ID: id.String(), Typed: typed}, err, minorsview.GuardianPage)
	}
	return done(c, dossier, "minors.saved")
}

func (h *handlers) editGuardian(c *fiber.Ctx) error {
	dossier, id, err := bothIDs[minors.Guardian](c, "guardian")
	if err != nil {
		return err
	}
	mention, guardian, err := h.minors.Guardian(c.UserContext(), dossier, id)
	if err != nil {
		return err
	}
	form := minorsview.Form{Dossier: mention, ID: id.String(), Changes: true, Version: guardian.Version, Typed: minorsview.TypedGuardian(guardian)}
	if web.Parked(c) {
		form.Typed, form.Version = web.Values(c), versionOf(web.Values(c))
	}
	return web.Show(c, fiber.StatusOK, minorsview.GuardianPage(form))
}

func (h *handlers) updateGuardian(c *fiber.Ctx) error {
	dossier, id, err := bothIDs[minors.Guardian](c, "guardian")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form := minorsview.Form{ID: id.String(), Changes: true, Version: versionOf(typed), Typed: typed}
	a, err := appointmentOf(typed)
	if err == nil {
		var current minors.Guardian
		if current, err = h.minors.ChangeGuardian(c.UserContext(), dossier, id, form.Version, a); errors.Is(err, fault.Conflict("")) {
			form.Version, form.Theirs = current.Version, minorsview.TypedGuardian(current)
		}
	}
	if err != nil {
		return h.again(c, dossier, form, err, minorsview.GuardianPage)
	}
	return done(c, dossier, "minors.saved")
}

func bothIDs[T any](c *fiber.Ctx, name string) (dossier dossiers.ID, id ids.ID[T], err error) {
	if dossier, err = web.ID[dossiers.Dossier](c, "id"); err != nil {
		return dossier, id, err
	}
	id, err = web.ID[T](c, name)
	return dossier, id, err
}
