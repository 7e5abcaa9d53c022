package passkeysweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/passkeys"
	"passerelle/internal/web"
	"passerelle/views/passkeysview"
)

func (w *Web) createRecovery(c *fiber.Ctx) error {
	session, _ := w.door.Current(c)
	err := w.passkeys.AskRecovery(c.UserContext(), session)
	if problems, ok := fault.Correctable(err); ok {
		return w.list(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "passkeys.recovery.asked")
	return web.See(c, passkeysview.URL)
}

func (w *Web) destroyRecovery(c *fiber.Ctx) error {
	session, _ := w.door.Current(c)
	if err := w.passkeys.WithdrawRecovery(c.UserContext(), session); err != nil {
		return err
	}
	web.Notice(c, "passkeys.recovery.withdrawn")
	return web.See(c, passkeysview.URL)
}

func (w *Web) listRecoveries(c *fiber.Ctx) error {
	list, err := w.passkeys.Recoveries(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, passkeysview.Recoveries(list, w.now()))
}

func (w *Web) showRecovery(c *fiber.Ctx) error { return w.consider(c, fiber.StatusOK, nil) }

// consider shows a recovery to an admin, with what she or he had typed and what was wrong with it.
func (w *Web) consider(c *fiber.Ctx, status int, problems fault.Problems) error {
	id, err := web.ID[passkeys.Recovery](c, "id")
	if err != nil {
		return err
	}
	considered, err := w.passkeys.Consider(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, passkeysview.Recovery(passkeysview.RecoveryPage{
		Considered: considered, Now: w.now(), Reason: web.Values(c).Get("reason"), Problems: problems,
	}))
}

// createAnswer is an admin's yes or no; what is neither is a no to nobody and shows the page again.
func (w *Web) createAnswer(c *fiber.Ctx) error {
	id, err := web.ID[passkeys.Recovery](c, "id")
	if err != nil {
		return err
	}
	values, notice := web.Values(c), "passkeys.recovery.granted"
	switch values.Get("answer") {
	case "grant":
		err = w.passkeys.Grant(c.UserContext(), id, values.Get("reason"))
	case "refuse":
		err, notice = w.passkeys.Refuse(c.UserContext(), id, values.Get("reason")), "passkeys.recovery.refused"
	default:
		err = fault.Invalid("", "passkeys.recovery.answer.missing")
	}
	if problems, ok := fault.Correctable(err); ok {
		return w.consider(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, passkeysview.RecoveryOf(id))
}
