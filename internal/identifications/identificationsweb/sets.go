package identificationsweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/identifications"
	"passerelle/internal/web"
	"passerelle/views/identificationsview"
)

func (h *handlers) listSets(c *fiber.Ctx) error {
	form := identificationsview.SetForm{Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return h.showSets(c, fiber.StatusOK, form)
}

func (h *handlers) showSets(c *fiber.Ctx, status int, form identificationsview.SetForm) (err error) {
	if form.Sets, err = h.identifications.Sets(c.UserContext()); err != nil {
		return err
	}
	return web.Show(c, status, identificationsview.SetsPage(form))
}

func (h *handlers) createSet(c *fiber.Ctx) error {
	typed := web.Values(c)
	var problems fault.Problems
	name, edition := forms.Text(typed, "name", forms.Name, &problems), forms.Text(typed, "edition", 40, &problems)
	file, err := web.FileOf(c, "file", identifications.MaxBytes)
	if err == nil {
		err = problems.Err()
	}
	if err == nil {
		err = h.identifications.Load(c.UserContext(), name, edition, file.Body)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showSets(c, fiber.StatusUnprocessableEntity, identificationsview.SetForm{Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "identifications.set.saved")
	return web.See(c, identificationsview.SetsURL)
}

// showTemplate gives our set as a file, for whoever makes one.
func (h *handlers) showTemplate(c *fiber.Ctx) error {
	file, err := identifications.Template()
	if err != nil {
		return err
	}
	return web.Download(c, "indicators.csv", "text/csv; charset=utf-8", file)
}
