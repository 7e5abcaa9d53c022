package confidencesweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/confidencesview"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
)

func (h *handlers) listCircles(c *fiber.Ctx) error { return h.list(c, fiber.StatusOK, nil) }

// list is which circles a dossier has, with what was wrong about opening one.
func (h *handlers) list(c *fiber.Ctx, status int, problems fault.Problems) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	overview, err := h.confidences.OfDossier(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	return web.Show(c, status, confidencesview.OverviewPage(confidencesview.Overview{Overview: overview, By: by.Person, ID: ids.New[confidences.Circle]().String(), Problems: problems}))
}

func (h *handlers) createCircle(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[confidences.Circle](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	profession := forms.Choice(typed, "profession", members.Professions, &problems)
	if err = problems.Err(); err == nil {
		err = h.confidences.Open(c.UserContext(), dossier, id, profession)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.list(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "confidences.opened")
	return web.See(c, paths.Circle(id))
}

func (h *handlers) showCircle(c *fiber.Ctx) error { return h.show(c, fiber.StatusOK, nil) }

// show is a circle with its notes, and with what was wrong about naming somebody.
func (h *handlers) show(c *fiber.Ctx, status int, problems fault.Problems) error {
	id, err := web.ID[confidences.Circle](c, "id")
	if err != nil {
		return err
	}
	var before confidences.NoteID
	if text := c.Query("before"); text != "" {
		if before, err = ids.Parse[confidences.Note](text); err != nil {
			return err
		}
	}
	sheet, err := h.confidences.Find(c.UserContext(), id, before)
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	page := confidencesview.Sheet{Sheet: sheet, By: by.Person, Older: !before.Zero(), Problems: problems}
	if status != fiber.StatusOK || web.Parked(c) {
		page.Chosen = web.Values(c).Get("member")
	}
	return web.Show(c, status, confidencesview.CirclePage(page))
}

// about does something about somebody who is in a circle, or is to be.
func (h *handlers) about(c *fiber.Ctx, notice string, do func(confidences.CircleID, tenantdb.PersonID) error) error {
	id, err := web.ID[confidences.Circle](c, "id")
	if err != nil {
		return err
	}
	member, err := ids.Parse[tenantdb.Person](web.Values(c).Get("member"))
	if err != nil {
		member = tenantdb.PersonID{}
	}
	err = do(id, member)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	if by, _ := access.From(c.UserContext()); by.Person == member {
		return web.See(c, "/dossiers")
	}
	return web.See(c, paths.Circle(id))
}

func (h *handlers) createMember(c *fiber.Ctx) error {
	return h.about(c, "confidences.member.named", func(id confidences.CircleID, member tenantdb.PersonID) error {
		return h.confidences.Name(c.UserContext(), id, member)
	})
}

func (h *handlers) destroyMember(c *fiber.Ctx) error {
	return h.about(c, "confidences.member.removed", func(id confidences.CircleID, member tenantdb.PersonID) error {
		return h.confidences.Remove(c.UserContext(), id, member)
	})
}

func (h *handlers) createClosure(c *fiber.Ctx) error {
	id, err := web.ID[confidences.Circle](c, "id")
	if err != nil {
		return err
	}
	if err := h.confidences.Close(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "confidences.closed")
	return web.See(c, paths.Circle(id))
}

func (h *handlers) newSuccession(c *fiber.Ctx) error {
	form := confidencesview.SuccessionForm{ID: ids.New[confidences.Succession]().String(), Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return h.showSuccession(c, fiber.StatusOK, form)
}

func (h *handlers) showSuccession(c *fiber.Ctx, status int, form confidencesview.SuccessionForm) error {
	dossier, circle, err := orphanOf(c)
	if err != nil {
		return err
	}
	if form.File, err = h.confidences.Orphan(c.UserContext(), dossier, circle); err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	form.By = by.Person
	return web.Show(c, status, confidencesview.SuccessionPage(form))
}

func orphanOf(c *fiber.Ctx) (dossiers.ID, confidences.CircleID, error) {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return dossiers.ID{}, confidences.CircleID{}, err
	}
	circle, err := web.ID[confidences.Circle](c, "orphan")
	return dossier, circle, err
}

func (h *handlers) createSuccession(c *fiber.Ctx) error {
	dossier, circle, err := orphanOf(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[confidences.Succession](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	order := confidences.Order{ID: id, Words: forms.Words(typed, "words", confidences.LongestWords, &problems)}
	if order.Successor, err = ids.Parse[tenantdb.Person](typed.Get("successor")); err != nil {
		problems.Add("successor", "confidences.succession.missing")
	}
	if err = problems.Err(); err == nil {
		err = h.confidences.HandOn(c.UserContext(), dossier, circle, order)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showSuccession(c, fiber.StatusUnprocessableEntity, confidencesview.SuccessionForm{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "confidences.succession.done")
	return web.See(c, dossiersview.Confidences.Of(dossier))
}
