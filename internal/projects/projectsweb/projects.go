package projectsweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/projectsview"
)

func (h *handlers) showIntegration(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.projects.Show(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, projectsview.Page(sheet))
}

func (h *handlers) editProject(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.projects.Show(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form := projectsview.Form{Sheet: sheet, Version: sheet.Project.Version, Typed: projectsview.TypedProject(sheet.Project.Project.Get())}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Theirs = versionOf(form.Typed) != form.Version
	}
	return web.Show(c, fiber.StatusOK, projectsview.ProjectPage(form))
}

func (h *handlers) updateProject(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := projectsview.Form{Typed: web.Values(c)}
	form.Version = versionOf(form.Typed)
	text, problems := projectsview.ParseProject(form.Typed)
	if err = problems.Err(); err == nil {
		err = h.projects.Write(c.UserContext(), dossier, form.Version, text)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		var findErr error
		if form.Sheet, findErr = h.projects.Show(c.UserContext(), dossier); findErr != nil {
			return findErr
		}
		return web.Show(c, settle(&form, form.Sheet.Project.Version, err), projectsview.ProjectPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "projects.saved")
	return web.See(c, paths.Integration(dossier))
}

// settle is with which status a form is shown again. After a conflict what somebody else wrote stands beside what was
// typed, and sending it once more is on top of that.
func settle(form *projectsview.Form, current int, err error) int {
	if !errors.Is(err, fault.Conflict("")) {
		return fiber.StatusUnprocessableEntity
	}
	form.Theirs, form.Problems, form.Version = true, nil, current
	return fiber.StatusConflict
}

func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}
