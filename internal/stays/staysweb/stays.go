package staysweb

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/stays"
	"passerelle/internal/web"
	"passerelle/views/staysview"
)

func (h *handlers) listStays(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.stays.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, staysview.List(sheet, h.now()))
}

// newStay begins empty, or with what the title says that is to be replaced: next year's permit is much the same.
func (h *handlers) newStay(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.stays.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form := staysview.Form{Sheet: sheet, ID: ids.New[stays.Stay]().String(), Typed: url.Values{}}
	if replaces := c.Query("replaces"); replaces != "" {
		id, err := ids.Parse[stays.Stay](replaces)
		if err != nil {
			return err
		}
		old, err := sheet.Of(id)
		if err != nil {
			return err
		}
		form.Typed = staysview.TypedOf(old.Terms.Next())
		form.Typed.Set("replaces", id.String())
	}
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
	}
	return web.Show(c, fiber.StatusOK, staysview.New(form))
}

func (h *handlers) createStay(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[stays.Stay](typed.Get("id"))
	if err != nil {
		return err
	}
	var replaces stays.ID
	if text := typed.Get("replaces"); text != "" {
		if replaces, err = ids.Parse[stays.Stay](text); err != nil {
			return err
		}
	}
	terms, problems := termsOf(typed)
	err = problems.Err()
	if err == nil {
		err = h.stays.Record(c.UserContext(), dossier, id, terms, replaces)
	}
	if problems, ok := fault.Correctable(err); ok {
		sheet, err := h.stays.Open(c.UserContext(), dossier)
		if err != nil {
			return err
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, staysview.New(staysview.Form{Sheet: sheet, ID: id.String()}.With(typed, problems)))
	}
	return done(c, dossier, err)
}

// found is the form about a stay as it is now.
func (h *handlers) found(c *fiber.Ctx) (staysview.Form, error) {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return staysview.Form{}, err
	}
	id, err := web.ID[stays.Stay](c, "stay")
	if err != nil {
		return staysview.Form{}, err
	}
	sheet, err := h.stays.Open(c.UserContext(), dossier)
	if err != nil {
		return staysview.Form{}, err
	}
	stay, err := sheet.Of(id)
	return staysview.Form{Sheet: sheet, Stay: stay, Version: stay.Version, Typed: staysview.TypedOf(stay.Terms)}, err
}

func (h *handlers) editStay(c *fiber.Ctx) error {
	form, err := h.found(c)
	if err != nil {
		return err
	}
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, staysview.Edit(form))
}

func (h *handlers) updateStay(c *fiber.Ctx) error {
	form, err := h.found(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	terms, problems := termsOf(typed)
	err = problems.Err()
	if err == nil {
		err = h.stays.Change(c.UserContext(), form.Sheet.Dossier.DossierID, form.Stay.StayID, versionOf(typed), terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		var status int
		status, form.Version, form.Theirs = again(err, form.Version, typed, form.Typed)
		return web.Show(c, status, staysview.Edit(form.With(typed, problems)))
	}
	return done(c, form.Sheet.Dossier.DossierID, err)
}

func (h *handlers) editPresence(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.stays.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form := staysview.Form{Sheet: sheet, Version: sheet.Presence.Version, Typed: staysview.TypedOfPresence(sheet.Presence.Circumstances)}
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, staysview.EditPresence(form))
}

func (h *handlers) updatePresence(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	known, problems := circumstancesOf(typed)
	err = problems.Err()
	if err == nil {
		err = h.stays.Describe(c.UserContext(), dossier, versionOf(typed), known)
	}
	if problems, ok := fault.Correctable(err); ok {
		sheet, missing := h.stays.Open(c.UserContext(), dossier)
		if missing != nil {
			return missing
		}
		form := staysview.Form{Sheet: sheet}
		var status int
		status, form.Version, form.Theirs = again(err, sheet.Presence.Version, typed, staysview.TypedOfPresence(sheet.Presence.Circumstances))
		return web.Show(c, status, staysview.EditPresence(form.With(typed, problems)))
	}
	return done(c, dossier, err)
}

// again is how a form is shown that could not be saved: when somebody else was quicker with the version that there is now and what
// that says, so that saving again is a decision.
func again(err error, current int, typed, known url.Values) (status, version int, theirs url.Values) {
	if errors.Is(err, fault.Conflict("")) {
		return fiber.StatusConflict, current, known
	}
	return fiber.StatusUnprocessableEntity, versionOf(typed), nil
}

func done(c *fiber.Ctx, dossier dossiers.ID, err error) error {
	if err != nil {
		return err
	}
	web.Notice(c, "stays.saved")
	return web.See(c, staysview.URL(dossier))
}

// versionOf is the version that the form was opened with; -1, a form that names none, changes nothing.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return -1
	}
	return version
}

func termsOf(typed url.Values) (stays.Terms, fault.Problems) {
	var problems fault.Problems
	date := func(field string) *time.Time { return forms.Date(typed, field, &problems) }
	return stays.Terms{
		Kind:               forms.Choice(typed, "kind", stays.Kinds, &problems),
		Canton:             forms.Choice(typed, "canton", dossiers.Cantons, &problems),
		LegalGround:        forms.Choice(typed, "legal_ground", stays.LegalGrounds, &problems),
		ValidFrom:          date("valid_from"),
		ValidUntil:         date("valid_until"),
		RenewalRequestedOn: date("renewal_requested_on"),
		RenewalUntil:       date("renewal_until"),
		Opinion:            forms.Choice(typed, "opinion", stays.Opinions, &problems),
		OpinionOn:          date("opinion_on"),
		Approval:           forms.Choice(typed, "approval", stays.Approvals, &problems),
		ApprovalOn:         date("approval_on"),
		Work:               forms.Choice(typed, "work", stays.Works, &problems),
		EndedOn:            date("ended_on"),
		End:                forms.Choice(typed, "end", stays.Ends, &problems),
		Number:             forms.Text(typed, "number", forms.Short, &problems),
		Note:               forms.Words(typed, "note", forms.Narrative, &problems),
	}, problems
}

func circumstancesOf(typed url.Values) (stays.Circumstances, fault.Problems) {
	var problems fault.Problems
	date := func(field string) *time.Time { return forms.Date(typed, field, &problems) }
	return stays.Circumstances{
		EnteredOn:         date("entered_on"),
		OffenceCanton:     forms.Choice(typed, "offence_canton", dossiers.Cantons, &problems),
		InquiryCantons:    forms.Choices(typed, "inquiry_cantons", dossiers.Cantons, &problems),
		LastCanton:        forms.Choice(typed, "last_canton", dossiers.Cantons, &problems),
		AsylumAppliedOn:   date("asylum_applied_on"),
		AsylumDecision:    forms.Choice(typed, "asylum_decision", stays.AsylumDecisions, &problems),
		AsylumNotifiedOn:  date("asylum_notified_on"),
		AsylumAppealedOn:  date("asylum_appealed_on"),
		HardshipRequested: date("hardship_requested"),
		Note:              forms.Words(typed, "note", forms.Narrative, &problems),
	}, problems
}
