package inboxweb

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/documents"
	"passerelle/internal/fault"
	"passerelle/internal/inbox"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

func (h *handlers) createTicket(c *fiber.Ctx) error {
	id, err := web.ID[documents.Enclosure](c, "id")
	if err != nil {
		return err
	}
	ticket, err := h.inbox.Ticket(c.UserContext(), id, web.VisitorOf(c).Session)
	if err != nil {
		return err
	}
	return web.See(c, inboxview.EnclosureURL(id, ticket))
}

// showEnclosure gives what is in a document, to be kept and never shown within a page of ours. Where the ticket is not good any more, the
// page of the referral says so.
func (h *handlers) showEnclosure(c *fiber.Ctx) error {
	id, err := web.ID[documents.Enclosure](c, "id")
	if err != nil {
		return err
	}
	taken, err := h.inbox.Unwrap(c.UserContext(), id, web.VisitorOf(c).Session, strings.Clone(c.Query("ticket")))
	if problems, ok := fault.Correctable(err); ok {
		return h.spent(c, taken.ReferralID, problems)
	}
	if err != nil {
		return err
	}
	return web.Release(c, taken.FileName(), taken.Kind.Media(), taken.Body)
}

func (h *handlers) spent(c *fiber.Ctx, id inbox.ID, problems fault.Problems) error {
	opened, err := h.inbox.Open(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := empty(c, "kind")
	form.Problems = problems
	return web.Show(c, fiber.StatusOK, inboxview.Referral(opened, form))
}
