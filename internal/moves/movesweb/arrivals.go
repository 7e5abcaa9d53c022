package movesweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/moves"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/movesview"
	"passerelle/views/paths"
)

func (h *handlers) listArrivals(c *fiber.Ctx) error {
	list, err := h.moves.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, movesview.ListPage(list, h.now()))
}

func (h *handlers) showArrival(c *fiber.Ctx) error {
	desk := movesview.Desk{ID: ids.New[dossiers.Dossier]().String(), Typed: url.Values{"code_name": {string(dossiers.Propose())}}}
	if web.Parked(c) {
		desk.Typed = web.Values(c)
		desk.ID = given[dossiers.Dossier](desk.Typed)
	}
	return h.show(c, fiber.StatusOK, desk)
}

func (h *handlers) show(c *fiber.Ctx, status int, desk movesview.Desk) error {
	id, err := web.ID[moves.Move](c, "id")
	if err != nil {
		return err
	}
	if desk.Desk, err = h.moves.Find(c.UserContext(), id); err != nil {
		return err
	}
	desk.At = h.now()
	return web.Show(c, status, movesview.ArrivalPage(desk))
}

// answer does something with an arrival, and says where that leads.
func (h *handlers) answer(c *fiber.Ctx, notice string, do func(moves.ID, url.Values, *fault.Problems) (string, error)) error {
	id, err := web.ID[moves.Move](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	var problems fault.Problems
	to, err := do(id, typed, &problems)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, movesview.Desk{ID: given[dossiers.Dossier](typed), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, to)
}

func (h *handlers) createAcceptance(c *fiber.Ctx) error {
	return h.answer(c, "moves.accepted", func(id moves.ID, typed url.Values, _ *fault.Problems) (string, error) {
		responsible, _ := ids.Parse[tenantdb.Person](typed.Get("responsible")) // none chosen is a colleague that there is not
		return paths.Arrival(id), h.moves.Accept(c.UserContext(), id, responsible)
	})
}

func (h *handlers) createRefusal(c *fiber.Ctx) error {
	return h.answer(c, "moves.declined", func(id moves.ID, typed url.Values, problems *fault.Problems) (string, error) {
		reason := forms.Choice(typed, "decline_reason", moves.Refusals, problems)
		if err := problems.Err(); err != nil {
			return "", err
		}
		return paths.Arrival(id), h.moves.Decline(c.UserContext(), id, reason)
	})
}

func (h *handlers) createOpening(c *fiber.Ctx) error {
	return h.answer(c, "moves.opened", func(id moves.ID, typed url.Values, _ *fault.Problems) (string, error) {
		dossier, err := ids.Parse[dossiers.Dossier](typed.Get("id"))
		if err != nil {
			return "", err
		}
		name, err := dossiers.ParseCodeName(typed.Get("code_name"))
		if err != nil {
			return "", err
		}
		return paths.Dossier(dossier), h.moves.Open(c.UserContext(), id, dossier, name)
	})
}
