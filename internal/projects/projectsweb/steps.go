package projectsweb

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/projects"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/projectsview"
)

// editStep is the form of a step that is there, or of a new one of a kind.
func (h *handlers) editStep(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.projects.Show(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	step := projects.Step{StepID: ids.New[projects.Step](), State: projects.Open}
	if kind := projects.Kind(c.Query("kind")); slices.Contains(projects.Kinds, kind) {
		step.Kind = kind
	}
	wanted := c.Query("step")
	if web.Parked(c) && versionOf(web.Values(c)) > 0 {
		wanted = web.Values(c).Get("id")
	}
	if wanted != "" {
		id, err := ids.Parse[projects.Step](wanted)
		if err != nil {
			return err
		}
		var ok bool
		if step, ok = sheet.Step(id); !ok {
			return fault.NotFound()
		}
	}
	form := projectsview.Form{Sheet: sheet, ID: step.StepID.String(), Version: step.Version, Typed: projectsview.TypedStep(step)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[projects.Step](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
		form.Theirs = versionOf(form.Typed) != form.Version
	}
	return web.Show(c, fiber.StatusOK, projectsview.StepPage(form))
}

func (h *handlers) updateStep(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := projectsview.Form{Typed: web.Values(c)}
	id, err := ids.Parse[projects.Step](form.Typed.Get("id"))
	if err != nil {
		return err
	}
	form.ID, form.Version = id.String(), versionOf(form.Typed)
	step, details, problems := projectsview.ParseStep(form.Typed)
	step.StepID, step.Version, step.Details = id, form.Version, keys.Of(details)
	if err = problems.Err(); err == nil {
		err = h.projects.Plan(c.UserContext(), dossier, step)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		var findErr error
		if form.Sheet, findErr = h.projects.Show(c.UserContext(), dossier); findErr != nil {
			return findErr
		}
		theirs, _ := form.Sheet.Step(id)
		return web.Show(c, settle(&form, theirs.Version, err), projectsview.StepPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "projects.step.saved")
	return web.See(c, paths.Integration(dossier))
}
