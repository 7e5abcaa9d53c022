package consentsweb

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/consentsview"
	"passerelle/views/paths"
)

func (h *handlers) newConsent(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := consentsview.Form{ID: ids.New[consents.Consent]().String(), Return: returnPath(c.Query("return"))}
	chosen := c.Query("office")
	if _, asked := c.Queries()["office"]; asked && chosen == "" {
		form.Problems.Add("office", "referrals.office.missing")
	}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		chosen, form.Return = form.Typed.Get("office"), returnPath(form.Typed.Get("return"))
		form.ID = parkedID(form.Typed, form.ID)
	}
	return h.showNew(c, fiber.StatusOK, dossier, chosen, form)
}

// showNew shows the form, or the choice of an office where none is chosen yet.
func (h *handlers) showNew(c *fiber.Ctx, status int, dossier dossiers.ID, chosen string, form consentsview.Form) error {
	var office tenantdb.OfficeID
	if chosen != "" {
		var err error
		if office, err = ids.Parse[tenantdb.Office](chosen); err != nil {
			return err
		}
	}
	var err error
	if form.Occasion, err = h.consents.Prepare(c.UserContext(), dossier, office); err != nil {
		return err
	}
	if office.Zero() {
		return web.Show(c, status, consentsview.ChoicePage(form))
	}
	form.Office, _ = form.Occasion.Office(office)
	if form.Typed == nil {
		form.Typed = consentsview.TypedOf(form.Occasion.Usual)
	}
	return web.Show(c, status, consentsview.NewPage(form))
}

func (h *handlers) createConsent(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[consents.Consent](typed.Get("id"))
	if err != nil {
		return err
	}
	form := consentsview.Form{ID: id.String(), Return: returnPath(typed.Get("return")), Typed: typed}
	terms, problems := parseTerms(typed)
	if terms.OfficeID.Zero() {
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, "", form)
	}
	err = problems.Err()
	if err == nil {
		_, err = h.consents.Give(c.UserContext(), dossier, id, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, terms.OfficeID.String(), form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "consents.given")
	if form.Return != "" {
		return web.See(c, form.Return)
	}
	return web.See(c, paths.Dossier(dossier))
}

func parseTerms(typed url.Values) (consents.Terms, fault.Problems) {
	var problems fault.Problems
	terms := consents.Terms{
		Purpose:     forms.Choice(typed, "purpose", access.OfficeKinds, &problems),
		DataClasses: forms.Choices(typed, "data_classes", access.DataClasses, &problems),
		ValidFrom:   forms.Date(typed, "valid_from", &problems),
		ValidUntil:  forms.Date(typed, "valid_until", &problems),
		GivenHow:    forms.Choice(typed, "given_how", consents.Hows, &problems),
		Interpreter: forms.Text(typed, "interpreter", forms.Short, &problems),
	}
	// Nonsense is no office, which leads back to choosing one.
	terms.OfficeID, _ = ids.Parse[tenantdb.Office](typed.Get("office"))
	return terms, problems
}

// returnPath is the draft from which somebody came to record the consent that it lacks; nowhere else does the form lead.
func returnPath(path string) string {
	path = web.LocalPath(path, "")
	if rest, ok := strings.CutPrefix(path, "/referrals/"); ok {
		if id, ok := strings.CutSuffix(rest, "/edit"); ok {
			if _, err := ids.Parse[consents.Consent](id); err == nil {
				return path
			}
		}
	}
	return ""
}

// parkedID keeps the identifier of a form that is given back, so that it still makes one thing.
func parkedID(typed url.Values, fresh string) string {
	if _, err := ids.Parse[consents.Consent](typed.Get("id")); err == nil {
		return typed.Get("id")
	}
	return fresh
}
