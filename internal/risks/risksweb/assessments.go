package risksweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/risks"
	"passerelle/internal/web"
	"passerelle/views/risksview"
)

func (h *handlers) showRisk(c *fiber.Ctx) error {
	safety, err := h.safety(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, risksview.Page(safety, h.now()))
}

func (h *handlers) safety(c *fiber.Ctx) (risks.Safety, error) {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return risks.Safety{}, err
	}
	return h.risks.OfDossier(c.UserContext(), id)
}

func (h *handlers) newAssessment(c *fiber.Ctx) error {
	safety, err := h.safety(c)
	if err != nil {
		return err
	}
	kind := risks.Here
	if risks.Kind(c.Query("kind")) == risks.OnReturn {
		kind = risks.OnReturn
	}
	form := risksview.Form{Dossier: safety.Dossier, Child: safety.Child, ID: ids.New[risks.Assessment]().String(), Typed: url.Values{}}
	if earlier := safety.Of(kind); len(earlier) > 0 {
		form.Typed = risksview.TypedAssessment(earlier[0])
	}
	form.Typed.Set("kind", string(kind))
	form.Typed.Set("assessed_on", forms.Today(h.now()).Format("02.01.2006"))
	if web.Parked(c) {
		form.Typed = known(web.Values(c))
		if id, err := ids.Parse[risks.Assessment](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	return web.Show(c, fiber.StatusOK, risksview.AssessmentPage(form))
}

// known has one of our kinds: the page is named after it.
func known(typed url.Values) url.Values {
	if risks.Kind(typed.Get("kind")) != risks.OnReturn {
		typed.Set("kind", string(risks.Here))
	}
	return typed
}

func (h *handlers) createAssessment(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := known(web.Values(c))
	id, err := ids.Parse[risks.Assessment](typed.Get("id"))
	if err != nil {
		return err
	}
	finding, err := findingOf(typed)
	if err == nil {
		err = h.risks.Assess(c.UserContext(), dossier, id, finding)
	}
	if problems, ok := fault.Correctable(err); ok {
		safety, err := h.safety(c)
		if err != nil {
			return err
		}
		form := risksview.Form{Dossier: safety.Dossier, Child: safety.Child, ID: id.String(), Typed: typed, Problems: problems}
		return web.Show(c, fiber.StatusUnprocessableEntity, risksview.AssessmentPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "risks.saved")
	return web.See(c, risksview.URL(dossier))
}

func findingOf(typed url.Values) (risks.Finding, error) {
	var problems fault.Problems
	f := risks.Finding{
		Kind: risks.Kind(typed.Get("kind")), Level: forms.Choice(typed, "level", risks.Levels, &problems),
		ChildScale: forms.Int(typed, "child_scale", 1, risks.Steps, &problems),
		AssessedOn: forms.Date(typed, "assessed_on", &problems), ReviewOn: forms.Date(typed, "review_on", &problems),
		Details: risks.Details{
			Described: forms.Words(typed, "described", forms.Narrative, &problems), Protective: forms.Words(typed, "protective", forms.Narrative, &problems),
			Fears: forms.Words(typed, "fears", forms.Narrative, &problems), Reason: forms.Words(typed, "reason", forms.Narrative, &problems),
		},
	}
	for _, source := range risks.Sources {
		severity := forms.Choice(typed, "severity_"+string(source), risks.Severities, &problems)
		likelihood := forms.Choice(typed, "likelihood_"+string(source), risks.Likelihoods, &problems)
		if severity != "" || likelihood != "" {
			f.Dangers = append(f.Dangers, risks.Danger{Source: source, Severity: severity, Likelihood: likelihood})
		}
	}
	return f, problems.Err()
}
