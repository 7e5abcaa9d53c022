package dossiersweb

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/live"
	"passerelle/internal/members"
	"passerelle/internal/offices"
	"passerelle/internal/referrals"
	"passerelle/internal/restrictions"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/alertsview"
	"passerelle/views/consentsview"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/referralsview"
	"passerelle/views/restrictionsview"
)

func (h *handlers) newDossier(c *fiber.Ctx) error {
	form, err := h.emptyForm(c)
	if err != nil {
		return err
	}
	if web.Parked(c) {
		form.Values = web.Values(c)
		if id, err := ids.Parse[dossiers.Dossier](form.Values.Get("id")); err == nil {
			form.ID = id
		}
	}
	return web.Show(c, fiber.StatusOK, dossiersview.New(form))
}

// emptyForm proposes a code name, and whoever opens the dossier as responsible.
func (h *handlers) emptyForm(c *fiber.Ctx) (dossiersview.Form, error) {
	staff, err := h.dossiers.ListMembers(c.UserContext())
	if err != nil {
		return dossiersview.Form{}, err
	}
	name, err := h.dossiers.Propose(c.UserContext())
	if err != nil {
		return dossiersview.Form{}, err
	}
	principal, _ := access.From(c.UserContext())
	return dossiersview.Form{
		ID: ids.New[dossiers.Dossier](), Staff: staff,
		Values: dossiersview.Values(dossiers.Particulars{CodeName: name, ResponsibleID: principal.Person}),
	}, nil
}

func (h *handlers) createDossier(c *fiber.Ctx) error {
	values := web.Values(c)
	id, err := ids.Parse[dossiers.Dossier](values.Get("id"))
	if err != nil {
		return err
	}
	if values.Get("propose") != "" {
		return h.proposeAnother(c, id)
	}
	p, problems := dossiers.ReadParticulars(c.UserContext(), values, h.now())
	if len(problems) == 0 {
		if problems, err = toCorrect(h.dossiers.Open(c.UserContext(), id, p)); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		staff, err := h.dossiers.ListMembers(c.UserContext())
		if err != nil {
			return err
		}
		form := dossiersview.Form{ID: id, Values: values, Staff: staff}
		return web.Show(c, fiber.StatusUnprocessableEntity, dossiersview.New(form.With(problems)))
	}
	web.Notice(c, "dossiers.opened")
	return web.See(c, paths.Dossier(id))
}

// proposeAnother shows the form as it was typed, with another code name.
func (h *handlers) proposeAnother(c *fiber.Ctx, id dossiers.ID) error {
	form, err := h.emptyForm(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	typed["code_name"] = form.Values["code_name"]
	form.ID, form.Values = id, typed
	return web.Show(c, fiber.StatusOK, dossiersview.New(form))
}

func (h *handlers) showDossier(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet := dossiersview.Sheet{At: h.now()}
	var given []consents.Consent
	var sent []referrals.Line
	var known []offices.Office
	var marks []alerts.Mark
	var standing []restrictions.Standing
	by, _ := access.From(c.UserContext())
	asked := []tenantdb.Question{consents.OfDossier(id, &given), referrals.OfDossier(id, &sent), offices.Recent(&known), timeline.OfDossier(dossiers.TimelineID(id), &sheet.Events), restrictions.AskStanding(id, by, &standing)}
	var moment now
	asked = append(asked, moment.ask(id, sheet.At)...)
	marking := access.Can(c.UserContext(), access.DecoyMark)
	if marking {
		asked = append(asked, alerts.AskMark(dossiers.TimelineID(id), &marks))
	}
	overview, err := h.dossiers.Overview(c.UserContext(), id, asked...)
	if errors.Is(err, keys.ErrDestroyed) {
		return web.Show(c, fiber.StatusGone, dossiersview.Gone(id))
	}
	if err != nil {
		return err
	}
	sheet.File, sheet.Standing = overview.File, overview.Standing
	for i := range given {
		if err := sheet.File.Open(&given[i]); err != nil {
			return err
		}
		given[i].OfficeName = offices.Among(known, given[i].OfficeID).Name
	}
	for i := range sent {
		office := offices.Among(known, sent[i].OfficeID)
		sent[i].OfficeName, sent[i].OfficeKind = office.Name, office.Kind
	}
	if sheet.Now, err = moment.aspects(sheet.File, sheet.At); err != nil {
		return err
	}
	if marking {
		sheet.Decoy = alertsview.DecoyPanel(id, marks)
	}
	sheet.Admission = restrictionsview.StandingBanner(id, standing)
	sheet.Consents = consentsview.Panel(id, given, known, sheet.At)
	sheet.Referrals = referralsview.Panel(id, sent, sheet.At)
	return web.Show(c, fiber.StatusOK, dossiersview.Show(sheet))
}

func (h *handlers) showPerson(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	file, err := h.dossiers.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, dossiersview.PersonPage(file, h.now()))
}

func (h *handlers) streamDossier(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	if _, err := h.dossiers.Find(c.UserContext(), id); err != nil {
		return err
	}
	principal, _ := access.From(c.UserContext())
	return web.Stream(c, func(change live.Change) bool {
		return change.Tenant == principal.Tenant && change.Dossier == id.UUID()
	})
}

// opened is a dossier with the staff, and its form as the database has it.
func (h *handlers) opened(c *fiber.Ctx) (dossiers.File, dossiersview.Form, error) {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return dossiers.File{}, dossiersview.Form{}, err
	}
	var staff []members.Member
	file, err := h.dossiers.Find(c.UserContext(), id, members.All(&staff))
	if err != nil {
		return dossiers.File{}, dossiersview.Form{}, err
	}
	return file, dossiersview.Form{ID: id, CodeName: file.CodeName, Version: file.Version, Values: dossiersview.Values(file.Particulars()), Staff: staff}, nil
}

func (h *handlers) editDossier(c *fiber.Ctx) error {
	_, form, err := h.opened(c)
	if err != nil {
		return err
	}
	if web.Parked(c) {
		form.Values = web.Values(c)
		form.Version = versionOf(form.Values)
	}
	return web.Show(c, fiber.StatusOK, dossiersview.Edit(form))
}

func (h *handlers) updateDossier(c *fiber.Ctx) error {
	_, form, err := h.opened(c)
	if err != nil {
		return err
	}
	theirs := form.Values
	form.Values = dossiersview.Take(web.Values(c), theirs)
	form.Version = versionOf(form.Values)
	p, problems := dossiers.ReadParticulars(c.UserContext(), form.Values, h.now())
	if len(problems) == 0 {
		current, err := h.dossiers.Edit(c.UserContext(), form.ID, form.Version, p)
		if errors.Is(err, fault.Conflict("")) {
			form.Version, form.CodeName = current.Version, current.CodeName
			conflict := dossiersview.Conflict{Form: form, Theirs: dossiersview.Values(current.Particulars())}
			return web.Show(c, fiber.StatusConflict, dossiersview.Settle(conflict))
		}
		if problems, err = toCorrect(err); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return web.Show(c, fiber.StatusUnprocessableEntity, dossiersview.Edit(form.With(problems)))
	}
	web.Notice(c, "dossiers.saved")
	return web.See(c, dossiersview.Person.Of(form.ID))
}
