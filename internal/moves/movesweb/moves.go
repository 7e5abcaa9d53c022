package movesweb

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/consents"
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

func (h *handlers) listMoves(c *fiber.Ctx) error { return h.list(c, fiber.StatusOK, nil) }

// list is the page of a dossier, with why something was refused.
func (h *handlers) list(c *fiber.Ctx, status int, problems fault.Problems) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.moves.OfDossier(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, status, movesview.SheetPage(movesview.Sheet{Sheet: sheet, Problems: problems}))
}

func (h *handlers) newMove(c *fiber.Ctx) error {
	form := movesview.Form{ID: ids.New[moves.Move]().String(), Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.ID = given[moves.Move](form.Typed)
	}
	return h.propose(c, fiber.StatusOK, form)
}

// given is the identifier that a form brings along, so that sent twice it is done once; a new one where it brings none.
func given[T any](typed url.Values) string {
	id, err := ids.Parse[T](typed.Get("id"))
	if err != nil {
		id = ids.New[T]()
	}
	return id.String()
}

func (h *handlers) propose(c *fiber.Ctx, status int, form movesview.Form) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	if form.Sheet, err = h.moves.OfDossier(c.UserContext(), dossier); err != nil {
		return err
	}
	return web.Show(c, status, movesview.NewPage(form))
}

func (h *handlers) createMove(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[moves.Move](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	proposal := moves.Proposal{
		Reason: forms.Choice(typed, "reason", moves.Reasons, &problems), AnswerBy: forms.Date(typed, "answer_by", &problems),
		Phone: forms.Text(typed, "phone", 40, &problems), Email: forms.Text(typed, "email", forms.Short, &problems),
		GivenOn: forms.Date(typed, "given_on", &problems), How: forms.Choice(typed, "how", consents.Hows, &problems),
		Interpreter: forms.Text(typed, "interpreter", forms.Short, &problems), Chapters: forms.Choices(typed, "chapters", moves.Chapters, &problems),
	}
	proposal.ToTenantID, _ = ids.Parse[tenantdb.Tenant](typed.Get("to")) // none chosen is one that there is not
	if err = problems.Err(); err == nil {
		err = h.moves.Propose(c.UserContext(), dossier, id, proposal)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.propose(c, fiber.StatusUnprocessableEntity, movesview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "moves.proposed")
	return web.See(c, paths.Moves(dossier))
}

// of reads whose move a request is about.
func of(c *fiber.Ctx) (dossiers.ID, moves.ID, error) {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return dossiers.ID{}, moves.ID{}, err
	}
	id, err := web.ID[moves.Move](c, "move")
	return dossier, id, err
}

func (h *handlers) createWithdrawal(c *fiber.Ctx) error {
	dossier, id, err := of(c)
	if err != nil {
		return err
	}
	err = h.moves.Withdraw(c.UserContext(), dossier, id)
	if problems, ok := fault.Correctable(err); ok {
		return h.list(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "moves.withdrawn")
	return web.See(c, paths.Moves(dossier))
}

func (h *handlers) newSending(c *fiber.Ctx) error { return h.send(c, fiber.StatusOK, nil) }

// send is what goes along, as it would be read, with why it was not sent.
func (h *handlers) send(c *fiber.Ctx, status int, problems fault.Problems) error {
	dossier, id, err := of(c)
	if err != nil {
		return err
	}
	sending, err := h.moves.Prepare(c.UserContext(), dossier, id)
	if err != nil {
		return err
	}
	if refused, ok := fault.Correctable(sending.Refused); ok && problems == nil {
		problems = refused
	}
	return web.Show(c, status, movesview.SendingPage(movesview.Sending{Sending: sending, Problems: problems}))
}

func (h *handlers) createSending(c *fiber.Ctx) error {
	dossier, id, err := of(c)
	if err != nil {
		return err
	}
	err = h.moves.Send(c.UserContext(), dossier, id, web.Values(c).Get("seal"))
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return h.send(c, status, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "moves.sent")
	return web.See(c, paths.Moves(dossier))
}
