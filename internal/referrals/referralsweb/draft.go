package referralsweb

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/referralsview"
)

func (h *handlers) newReferral(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := referralsview.NewForm{ID: ids.New[timeline.Referral](), Kind: access.OfficeKind(c.Query("kind"))}
	if web.Parked(c) {
		form.Office, form.Kind = web.Values(c).Get("office"), access.OfficeKind(web.Values(c).Get("of_kind"))
	}
	return h.showNew(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showNew(c *fiber.Ctx, status int, dossier dossiers.ID, form referralsview.NewForm) (err error) {
	if form.Dossier, form.Offices, err = h.referrals.Prepare(c.UserContext(), dossier); err != nil {
		return err
	}
	return web.Show(c, status, referralsview.NewPage(form))
}

func (h *handlers) createReferral(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form := referralsview.NewForm{Office: typed.Get("office"), Kind: access.OfficeKind(typed.Get("of_kind"))}
	if form.ID, err = ids.Parse[timeline.Referral](typed.Get("id")); err != nil {
		return err
	}
	if form.Office == "" {
		form.Problems.Add("office", "referrals.office.missing")
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, form)
	}
	office, err := ids.Parse[tenantdb.Office](form.Office)
	if err != nil {
		return err
	}
	referral, err := h.referrals.Draft(c.UserContext(), dossier, form.ID, office)
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, form)
	}
	if err != nil {
		return err
	}
	return web.See(c, paths.EditReferral(referral.ReferralID))
}

func (h *handlers) editReferral(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	desk, err := h.referrals.Edit(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !desk.Referral.Draft() {
		return web.See(c, paths.Referral(id))
	}
	form := referralsview.FormOf(desk)
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Theirs = form.Typed.Get("version") != strconv.Itoa(desk.Referral.Version)
	}
	return web.Show(c, fiber.StatusOK, referralsview.EditPage(form))
}

func (h *handlers) updateReferral(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	revision, problems := parseRevision(typed)
	err = problems.Err()
	if err == nil {
		_, err = h.referrals.Write(c.UserContext(), id, revision)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showAgain(c, id, typed, problems, err)
	}
	if err != nil {
		return err
	}
	switch typed.Get("next") {
	case "preview":
		return web.See(c, paths.Preview(id))
	case "consent":
		return h.recordConsent(c, id)
	}
	web.Notice(c, "referrals.draft.saved")
	return web.See(c, paths.EditReferral(id))
}

// showAgain gives back what was typed, with what is wrong about it; after a conflict, beside what somebody else saved.
func (h *handlers) showAgain(c *fiber.Ctx, id referrals.ID, typed url.Values, problems fault.Problems, err error) error {
	desk, findErr := h.referrals.Edit(c.UserContext(), id)
	if findErr != nil {
		return findErr
	}
	if !desk.Referral.Draft() {
		// It was sent meanwhile: there is no form left to show.
		return err
	}
	form := referralsview.EditForm{Desk: desk, Typed: typed, Problems: problems}
	if isConflict(err) {
		form.Theirs, form.Problems = true, nil
	} else {
		// The version stays that on which the form was filled in: if it is the current one no more, saving says so.
		form.Desk.Referral.Version, _ = strconv.Atoi(typed.Get("version"))
	}
	return web.Show(c, statusOf(err), referralsview.EditPage(form))
}

func (h *handlers) recordConsent(c *fiber.Ctx, id referrals.ID) error {
	desk, err := h.referrals.Edit(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.See(c, paths.NewConsent(desk.Referral.DossierID, desk.Referral.OfficeID, paths.EditReferral(id)))
}

func parseRevision(typed url.Values) (referrals.Revision, fault.Problems) {
	var problems fault.Problems
	revision := referrals.Revision{
		Contents: referrals.Contents{
			Service:     forms.Choice(typed, "service", access.OfficeKinds, &problems),
			Urgency:     forms.Choice(typed, "urgency", referrals.Urgencies, &problems),
			AnswerBy:    forms.Date(typed, "answer_by", &problems),
			Request:     forms.Words(typed, "request", referrals.MaxRequest, &problems),
			DataClasses: forms.Choices(typed, "data_classes", access.DataClasses, &problems),
		},
		DropUnpermitted: typed.Get("next") == "consent",
	}
	for _, chosen := range typed["documents"] {
		id, err := ids.Parse[documents.Document](chosen)
		if err != nil {
			problems.Add("documents", "referrals.documents.gone")
			break
		}
		if !slices.Contains(revision.Documents, id) {
			revision.Documents = append(revision.Documents, id)
		}
	}
	// A form without a version is none of ours; it conflicts, and is shown beside what is saved.
	revision.Version, _ = strconv.Atoi(typed.Get("version"))
	return revision, problems
}

func (h *handlers) destroyReferral(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	dossier, err := h.referrals.Discard(c.UserContext(), id)
	if err != nil {
		return err
	}
	web.Notice(c, "referrals.discarded")
	return web.See(c, paths.Dossier(dossier))
}
