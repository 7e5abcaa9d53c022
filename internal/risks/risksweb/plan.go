package risksweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/risks"
	"passerelle/internal/web"
	"passerelle/views/risksview"
)

func (h *handlers) showSheet(c *fiber.Ctx) error {
	safety, err := h.safety(c)
	if err != nil {
		return err
	}
	if !safety.Plan.Written() {
		return web.See(c, risksview.URL(safety.Dossier.DossierID))
	}
	return web.Show(c, fiber.StatusOK, risksview.Sheet(safety))
}

func (h *handlers) editPlan(c *fiber.Ctx) error {
	safety, err := h.safety(c)
	if err != nil {
		return err
	}
	form := risksview.Form{Dossier: safety.Dossier, Version: safety.Plan.Version, Typed: risksview.TypedPlan(safety.Plan.Particulars.Get())}
	if web.Parked(c) {
		form.Typed, form.Version = web.Values(c), versionOf(web.Values(c))
	}
	return web.Show(c, fiber.StatusOK, risksview.PlanPage(form))
}

func (h *handlers) updatePlan(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form, status := risksview.Form{Version: versionOf(typed), Typed: typed}, fiber.StatusUnprocessableEntity
	details, err := planOf(typed)
	if err == nil {
		var current risks.Plan
		if current, err = h.risks.WritePlan(c.UserContext(), dossier, form.Version, details); errors.Is(err, fault.Conflict("")) {
			theirs := current.Particulars.Get()
			form.Version, form.Theirs, status = current.Version, &theirs, fiber.StatusConflict
		}
	}
	if problems, ok := fault.Correctable(err); ok {
		safety, err := h.safety(c)
		if err != nil {
			return err
		}
		form.Dossier, form.Problems = safety.Dossier, problems
		return web.Show(c, status, risksview.PlanPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "risks.plan.saved")
	return web.See(c, risksview.URL(dossier))
}

func planOf(typed url.Values) (risks.PlanDetails, error) {
	var problems fault.Problems
	plan := risks.PlanDetails{
		Signs: forms.Words(typed, "signs", forms.Narrative, &problems), Steps: forms.Words(typed, "steps", forms.Narrative, &problems),
		People: forms.Words(typed, "people", forms.Narrative, &problems), Signal: forms.Words(typed, "signal", forms.Narrative, &problems),
		Devices: forms.Words(typed, "devices", forms.Narrative, &problems),
	}
	for i := range risks.MaxMeasures {
		name := "measure_" + strconv.Itoa(i+1)
		measure := risks.Measure{
			What: forms.Text(typed, name+"_what", forms.Short, &problems), Who: forms.Text(typed, name+"_who", forms.Short, &problems),
			By: forms.Date(typed, name+"_by", &problems), Done: forms.Date(typed, name+"_done", &problems),
		}
		if measure != (risks.Measure{}) {
			plan.Measures = append(plan.Measures, measure)
		}
	}
	return plan, problems.Err()
}

// versionOf is the version that the form was opened with; none is a plan that is made.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}
