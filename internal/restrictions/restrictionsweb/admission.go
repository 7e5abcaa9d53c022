package restrictionsweb

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/restrictionsview"
)

func (h *handlers) showAdmission(c *fiber.Ctx) error { return h.show(c, fiber.StatusOK, nil) }

// show is who sees the dossier, with what was chosen before and what was wrong with it.
func (h *handlers) show(c *fiber.Ctx, status int, problems fault.Problems) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	found, err := h.restrictions.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	form := restrictionsview.Admission{Restriction: found, By: by, Chosen: found.Proposed(by.Person), Problems: problems}
	if status != fiber.StatusOK || web.Parked(c) {
		form.Chosen, _ = named(c)
	}
	return web.Show(c, status, restrictionsview.AdmissionPage(form))
}

// named are those who were ticked.
func named(c *fiber.Ctx) (chosen []tenantdb.PersonID, err error) {
	for _, text := range web.Values(c)["named"] {
		id, err := ids.Parse[tenantdb.Person](text)
		if err != nil {
			return nil, fault.Invalid("named", "restrictions.named.unknown")
		}
		chosen = append(chosen, id)
	}
	return chosen, nil
}

func (h *handlers) updateAdmission(c *fiber.Ctx) error {
	return h.change(c, "restrictions.saved", func(id dossiers.ID, version int) error {
		chosen, err := named(c)
		if err != nil {
			return err
		}
		return h.restrictions.Restrict(c.UserContext(), id, version, chosen)
	})
}

func (h *handlers) createLifting(c *fiber.Ctx) error {
	return h.change(c, "restrictions.lifted", func(id dossiers.ID, version int) error {
		return h.restrictions.Lift(c.UserContext(), id, version)
	})
}

// change does it, and leads to a page that whoever did it may still see.
func (h *handlers) change(c *fiber.Ctx, notice string, do func(dossiers.ID, int) error) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(web.Values(c).Get("version"))
	if err != nil {
		return fault.NotFound()
	}
	err = do(id, version)
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return h.show(c, status, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	if _, err := h.restrictions.Find(c.UserContext(), id); errors.Is(err, fault.NotFound()) {
		return web.See(c, "/dossiers")
	}
	return web.See(c, paths.Admission(id))
}
