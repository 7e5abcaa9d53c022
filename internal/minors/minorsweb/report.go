package minorsweb

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/minors"
	"passerelle/internal/web"
	"passerelle/views/minorsview"
)

func (h *handlers) newReport(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form, err := emptyForm[minors.Report](c, h, dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, minorsview.ReportPage(form))
}

func noticeOf(typed url.Values) (minors.Notice, error) {
	var problems fault.Problems
	n := minors.Notice{
		ReportedOn: forms.Date(typed, "reported_on", &problems), AnsweredOn: forms.Date(typed, "answered_on", &problems),
		ReportDetails: minors.ReportDetails{
			Authority: forms.Text(typed, "authority", forms.Short, &problems), Contents: forms.Words(typed, "contents", forms.Narrative, &problems),
			Answer: forms.Words(typed, "answer", forms.Narrative, &problems),
		},
	}
	return n, problems.Err()
}

func (h *handlers) createReport(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[minors.Report](typed.Get("id"))
	if err != nil {
		return err
	}
	n, err := noticeOf(typed)
	if err == nil {
		err = h.minors.Notify(c.UserContext(), dossier, id, n)
	}
	if err != nil {
		return h.again(c, dossier, minorsview.Form{ID: id.String(), Typed: typed}, err, minorsview.ReportPage)
	}
	return done(c, dossier, "minors.saved")
}

func (h *handlers) editReport(c *fiber.Ctx) error {
	dossier, id, err := bothIDs[minors.Report](c, "report")
	if err != nil {
		return err
	}
	mention, report, err := h.minors.Report(c.UserContext(), dossier, id)
	if err != nil {
		return err
	}
	form := minorsview.Form{Dossier: mention, ID: id.String(), Changes: true, Version: report.Version, Typed: minorsview.TypedReport(report)}
	if web.Parked(c) {
		form.Typed, form.Version = web.Values(c), versionOf(web.Values(c))
	}
	return web.Show(c, fiber.StatusOK, minorsview.ReportPage(form))
}

func (h *handlers) updateReport(c *fiber.Ctx) error {
	dossier, id, err := bothIDs[minors.Report](c, "report")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form := minorsview.Form{ID: id.String(), Changes: true, Version: versionOf(typed), Typed: typed}
	n, err := noticeOf(typed)
	if err == nil {
		var current minors.Report
		if current, err = h.minors.ChangeReport(c.UserContext(), dossier, id, form.Version, n); errors.Is(err, fault.Conflict("")) {
			form.Version, form.Theirs = current.Version, minorsview.TypedReport(current)
		}
	}
	if err != nil {
		return h.again(c, dossier, form, err, minorsview.ReportPage)
	}
	return done(c, dossier, "minors.saved")
}
