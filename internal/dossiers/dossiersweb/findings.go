package dossiersweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

// statementOf reads the form of a finding.
func statementOf(values url.Values) (statement dossiers.Statement, problems fault.Problems) {
	return dossiers.Statement{
		Body:    forms.Choice(values, "body", dossiers.Bodies, &problems),
		Verdict: forms.Choice(values, "verdict", dossiers.Verdicts, &problems),
		On:      forms.Date(values, "found_on", &problems),
		Basis:   forms.Words(values, "basis", forms.Narrative, &problems),
	}, problems
}

func (h *handlers) newFinding(c *fiber.Ctx) error {
	form := dossiersview.FindingForm{Typed: dossiersview.Typed{ID: ids.New[dossiers.Finding]().String()}}
	if web.Parked(c) {
		form.Values = web.Values(c)
		form.ID = given(form.Values.Get("id"), form.ID)
	}
	return h.showFinding(c, fiber.StatusOK, form)
}

func (h *handlers) showFinding(c *fiber.Ctx, status int, form dossiersview.FindingForm) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	path, err := h.dossiers.Path(c.UserContext(), id)
	if err != nil {
		return err
	}
	form.Dossier = dossiers.Mention{DossierID: id, CodeName: path.CodeName}
	return web.Show(c, status, dossiersview.FindingPage(form))
}

func (h *handlers) createFinding(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := dossiersview.FindingForm{Typed: dossiersview.Typed{Values: web.Values(c)}}
	finding, err := ids.Parse[dossiers.Finding](form.Values.Get("id"))
	if err != nil {
		return err
	}
	form.ID = finding.String()
	statement, problems := statementOf(form.Values)
	err = problems.Err()
	if err == nil {
		err = h.dossiers.RecordFinding(c.UserContext(), id, finding, statement)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showFinding(c, statusOf(err), form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "dossiers.finding.recorded")
	return web.See(c, dossiersview.Path.Of(id))
}

// wrong is the form about a finding that is corrected or withdrawn.
func (h *handlers) wrong(c *fiber.Ctx) (dossiersview.FindingForm, error) {
	id, err := web.ID[dossiers.Finding](c, "id")
	if err != nil {
		return dossiersview.FindingForm{}, err
	}
	mention, finding, err := h.dossiers.FindFinding(c.UserContext(), id)
	if err != nil {
		return dossiersview.FindingForm{}, err
	}
	return dossiersview.FindingForm{Dossier: mention, Wrong: &finding}, nil
}

func (h *handlers) newCorrection(c *fiber.Ctx) error {
	form, err := h.wrong(c)
	if err != nil {
		return err
	}
	form.ID, form.Values = ids.New[dossiers.Finding]().String(), dossiersview.FindingValues(form.Wrong.Of())
	if web.Parked(c) {
		form.Values = web.Values(c)
		form.ID = given(form.Values.Get("id"), form.ID)
	}
	return web.Show(c, fiber.StatusOK, dossiersview.FindingPage(form))
}

func (h *handlers) createCorrection(c *fiber.Ctx) error {
	form, err := h.wrong(c)
	if err != nil {
		return err
	}
	form.Values = web.Values(c)
	instead, err := ids.Parse[dossiers.Finding](form.Values.Get("id"))
	if err != nil {
		return err
	}
	form.ID = instead.String()
	statement, problems := statementOf(form.Values)
	why := forms.Words(form.Values, "why", forms.Narrative, &problems)
	err = problems.Err()
	if err == nil {
		err = h.dossiers.CorrectFinding(c.UserContext(), form.Wrong.FindingID, instead, statement, why)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return web.Show(c, statusOf(err), dossiersview.FindingPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "dossiers.finding.corrected")
	return web.See(c, dossiersview.Path.Of(form.Dossier.DossierID))
}

func (h *handlers) newFindingWithdrawal(c *fiber.Ctx) error {
	form, err := h.wrong(c)
	if err != nil {
		return err
	}
	if web.Parked(c) {
		form.Values = web.Values(c)
	}
	return web.Show(c, fiber.StatusOK, dossiersview.FindingWithdrawalPage(form))
}

func (h *handlers) createFindingWithdrawal(c *fiber.Ctx) error {
	form, err := h.wrong(c)
	if err != nil {
		return err
	}
	form.Values = web.Values(c)
	why := forms.Words(form.Values, "why", forms.Narrative, &form.Problems)
	err = form.Problems.Err()
	if err == nil {
		err = h.dossiers.WithdrawFinding(c.UserContext(), form.Wrong.FindingID, why)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return web.Show(c, statusOf(err), dossiersview.FindingWithdrawalPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "dossiers.finding.withdrawn")
	return web.See(c, dossiersview.Path.Of(form.Dossier.DossierID))
}
