// Package inboxweb is the office's side over HTTP: its inbox, a referral, and the acts on it.
package inboxweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

// Routes registers the pages of an office; keep parks what somebody who is paused has typed, and gives the path at which it is found again.
func Routes(r *web.Routes, service *inbox.Service, keep func(*fiber.Ctx) (string, error)) {
	h := &handlers{service, keep}
	r.Get("/inbox", access.InboxList, h.unlessPaused(h.list))
	r.Get("/inbox/live", access.InboxList, h.follow(h.listLive))
	r.Get("/inbox/:id", access.InboxShow, h.unlessPaused(h.show))
	r.Get("/inbox/:id/live", access.InboxShow, h.follow(h.showLive))
	r.Post("/inbox/:id/taking", access.InboxTake, h.unlessPaused(h.createTaking))
	r.Post("/inbox/:id/acceptance", access.InboxAnswer, h.unlessPaused(h.createAcceptance))
	r.Get("/inbox/:id/decline", access.InboxAnswer, h.unlessPaused(h.newDecline))
	r.Post("/inbox/:id/decline", access.InboxAnswer, h.unlessPaused(h.createDecline))
	r.Get("/inbox/:id/outcome", access.InboxClose, h.unlessPaused(h.newOutcome))
	r.Post("/inbox/:id/outcome", access.InboxClose, h.unlessPaused(h.createOutcome))
	r.Post("/inbox/:id/messages", access.InboxReply, h.unlessPaused(h.createMessage))
	r.Post("/inbox/:id/acknowledgement", access.InboxReply, h.unlessPaused(h.createAcknowledgement))
	r.Post("/enclosures/:id/ticket", access.InboxShow, h.unlessPaused(h.createTicket))
	r.Get("/enclosures/:id/file", access.InboxShow, h.unlessPaused(h.showEnclosure))
}

type handlers struct {
	inbox *inbox.Service
	keep  func(*fiber.Ctx) (string, error)
}

// page is one that shows a referral together with a form.
type page func(inbox.Opened, inboxview.Form) templ.Component

// empty is the form of a page that was just opened, or what was parked when the session ran out.
func empty(c *fiber.Ctx, choice string) inboxview.Form {
	form := inboxview.Form{MessageID: ids.New[messages.Message]()}
	if web.Parked(c) {
		form.Choice, form.Body = web.Values(c).Get(choice), web.Values(c).Get("body")
	}
	return form
}

// typed reads the words of a form and the identifier that they were given, and keeps what was typed for showing the
// form again, which then gets an identifier of its own.
func typed(c *fiber.Ctx, choice string) (inbox.Words, inboxview.Form, error) {
	values := web.Values(c)
	id, err := ids.Parse[messages.Message](values.Get("id"))
	if err != nil {
		return inbox.Words{}, inboxview.Form{}, err
	}
	form := inboxview.Form{MessageID: ids.New[messages.Message](), Choice: values.Get(choice), Body: values.Get("body")}
	words := inbox.Words{ID: id, Body: forms.Words(values, "body", messages.MaxBody, &form.Problems)}
	return words, form, form.Problems.Err()
}

// answer goes back to the referral after an act that was done; what can be mended is shown on the page it came from.
func (h *handlers) answer(c *fiber.Ctx, id inbox.ID, err error, notice string, form inboxview.Form, again page) error {
	problems, ok := fault.Correctable(err)
	switch {
	case ok:
		opened, gone := h.inbox.Open(c.UserContext(), id)
		if gone != nil {
			return gone
		}
		form.Problems = problems
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return web.Show(c, status, again(opened, form))
	case err != nil:
		return err
	}
	web.Notice(c, notice)
	return web.See(c, inboxview.ReferralURL(id))
}
