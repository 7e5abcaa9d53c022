package proceedingsweb

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/proceedings"
	"passerelle/internal/web"
	"passerelle/views/proceedingsview"
)

func (h *handlers) listProceedings(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.proceedings.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, proceedingsview.List(sheet, h.now()))
}

func (h *handlers) newProceeding(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := proceedingsview.Form{ID: ids.New[proceedings.Proceeding]().String(), Typed: url.Values{}}
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
	}
	return h.showNew(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showNew(c *fiber.Ctx, status int, dossier dossiers.ID, form proceedingsview.Form) error {
	sheet, err := h.proceedings.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form.Dossier = sheet.Dossier
	return web.Show(c, status, proceedingsview.New(form))
}

func (h *handlers) createProceeding(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[proceedings.Proceeding](typed.Get("id"))
	if err != nil {
		return err
	}
	terms, problems := termsOf(typed)
	err = problems.Err()
	if err == nil {
		err = h.proceedings.Record(c.UserContext(), dossier, id, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, proceedingsview.Form{ID: id.String()}.With(typed, problems))
	}
	return done(c, dossier, err)
}

func known(p proceedings.Proceeding) url.Values { return proceedingsview.TypedOf(p.Terms) }

func (h *handlers) editProceeding(c *fiber.Ctx) error {
	return h.ask(c, proceedingsview.Edit, func(p proceedings.Proceeding) (url.Values, error) { return known(p), nil })
}

func (h *handlers) updateProceeding(c *fiber.Ctx) error {
	return h.act(c, proceedingsview.Edit, known, func(of target, typed url.Values) error {
		terms, problems := termsOf(typed)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.proceedings.Change(c.UserContext(), of.dossier, of.id, of.version, terms)
	})
}

// target is the proceedings that a form is about, in the version in which they were seen.
type target struct {
	dossier dossiers.ID
	id      proceedings.ID
	version int
}

func targetOf(c *fiber.Ctx) (of target, err error) {
	if of.dossier, err = web.ID[dossiers.Dossier](c, "id"); err != nil {
		return target{}, err
	}
	of.id, err = web.ID[proceedings.Proceeding](c, "proceeding")
	return of, err
}

// found is the form about proceedings as they are now.
func (h *handlers) found(c *fiber.Ctx, of target) (proceedingsview.Form, error) {
	sheet, err := h.proceedings.Open(c.UserContext(), of.dossier)
	if err != nil {
		return proceedingsview.Form{}, err
	}
	form := proceedingsview.Form{Dossier: sheet.Dossier, ID: ids.New[proceedings.Entry]().String()}
	form.Proceeding, err = sheet.Of(of.id)
	form.Version = form.Proceeding.Version
	return form, err
}

// ask shows a form with what is known, or with what somebody had typed when the session ran out.
func (h *handlers) ask(c *fiber.Ctx, page func(proceedingsview.Form) templ.Component, known func(proceedings.Proceeding) (url.Values, error)) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	form, err := h.found(c, of)
	if err != nil {
		return err
	}
	typed, err := known(form.Proceeding)
	if err != nil {
		return err
	}
	form = form.With(typed, nil)
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, page(form))
}

// act does what a form asks for, or shows it again with what was typed: when somebody else has changed the proceedings
// meanwhile with the version that there is now and with what they say, so that saving again is a decision.
func (h *handlers) act(c *fiber.Ctx, page func(proceedingsview.Form) templ.Component, known func(proceedings.Proceeding) url.Values, do func(of target, typed url.Values) error) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	of.version = versionOf(typed)
	err = do(of, typed)
	problems, ok := fault.Correctable(err)
	if !ok {
		return done(c, of.dossier, err)
	}
	form, missing := h.found(c, of)
	if missing != nil {
		return missing
	}
	status := fiber.StatusConflict
	if !errors.Is(err, fault.Conflict("")) {
		status, form.Version = fiber.StatusUnprocessableEntity, of.version
	} else if known != nil {
		form.Theirs = known(form.Proceeding)
	}
	return web.Show(c, status, page(form.With(typed, problems)))
}

func done(c *fiber.Ctx, dossier dossiers.ID, err error) error {
	if err != nil {
		return err
	}
	web.Notice(c, "proceedings.saved")
	return web.See(c, proceedingsview.URL(dossier))
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

// day is a day that the rule will miss where it is not there.
func day(typed url.Values, field string, problems *fault.Problems) time.Time {
	if on := forms.Date(typed, field, problems); on != nil {
		return *on
	}
	return time.Time{}
}

func termsOf(typed url.Values) (proceedings.Terms, fault.Problems) {
	var problems fault.Problems
	return proceedings.Terms{
		Canton:              forms.Choice(typed, "canton", dossiers.Cantons, &problems),
		Authority:           forms.Text(typed, "authority", forms.Short, &problems),
		Contact:             forms.Text(typed, "contact", forms.Short, &problems),
		FileNumber:          forms.Text(typed, "file_number", forms.Short, &problems),
		OffenderKnownOn:     forms.Date(typed, "offender_known_on", &problems),
		Complaint:           forms.Choice(typed, "complaint", proceedings.Complaints, &problems),
		ComplaintFiledOn:    forms.Date(typed, "complaint_filed_on", &problems),
		PlaintiffDeclaredOn: forms.Date(typed, "plaintiff_declared_on", &problems),
		PlaintiffClaims:     forms.Choices(typed, "plaintiff_claims", proceedings.Claims, &problems),
		CivilClaimsFinalOn:  forms.Date(typed, "civil_claims_final_on", &problems),
		Counsel:             forms.Text(typed, "counsel", forms.Short, &problems),
		LegalAid:            forms.Choice(typed, "legal_aid", proceedings.LegalAids, &problems),
		RightsAsked:         forms.Choices(typed, "rights_asked", proceedings.Rights, &problems),
		Note:                forms.Words(typed, "note", forms.Narrative, &problems),
	}, problems
}
