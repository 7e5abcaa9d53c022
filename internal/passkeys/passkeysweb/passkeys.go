package passkeysweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/passkeysview"
)

func (w *Web) listPasskeys(c *fiber.Ctx) error { return w.list(c, fiber.StatusOK, nil) }

func (w *Web) list(c *fiber.Ctx, status int, problems fault.Problems) error {
	session, _ := w.door.Current(c)
	own, err := w.passkeys.Show(c.UserContext(), session)
	if err != nil {
		return err
	}
	return web.Show(c, status, passkeysview.List(passkeysview.ListPage{Own: own, Now: w.now(), Problems: problems}))
}

func (w *Web) newPasskey(c *fiber.Ctx) error {
	return w.register(c, fiber.StatusOK, signin.ReturnPath(c.Query("return")), nil)
}

// register asks for a new passkey, or for what has to come before.
func (w *Web) register(c *fiber.Ctx, status int, returnTo string, problems fault.Problems) error {
	if yes, err := w.elsewhere(c); yes {
		return err
	}
	session, _ := w.door.Current(c)
	own, err := w.passkeys.Show(c.UserContext(), session)
	if err != nil {
		return err
	}
	form := passkeysview.NewForm{Own: own, Return: returnTo, Name: web.Values(c).Get("name"), Problems: problems}
	if own.MayRegister() != nil {
		if own.Keys > 0 && !own.Recovery {
			return web.See(c, passkeysview.Confirmation(passkeysview.New(returnTo)))
		}
		return web.Show(c, status, passkeysview.Again(form))
	}
	if form.Ceremony, err = w.passkeys.BeginRegistration(c.UserContext(), session); err != nil {
		if many, ok := fault.Correctable(err); ok {
			return w.list(c, fiber.StatusUnprocessableEntity, many)
		}
		return err
	}
	return web.Show(c, status, passkeysview.NewPasskey(form))
}

func (w *Web) createPasskey(c *fiber.Ctx) error {
	session, _ := w.door.Current(c)
	values := web.Values(c)
	returnTo := signin.ReturnPath(values.Get("return"))
	otherwise := i18n.T(c.UserContext(), "passkeys.name.otherwise", "Day", i18n.Date(c.UserContext(), w.now()))
	arrival, err := w.passkeys.Register(c.UserContext(), session, answer(values), values.Get("name"), otherwise)
	if problems, ok := fault.Correctable(err); ok {
		return w.register(c, fiber.StatusUnprocessableEntity, returnTo, problems)
	}
	if err != nil {
		return ended(c, err)
	}
	w.door.Carry(c, arrival)
	web.Notice(c, "passkeys.added")
	if returnTo == "/" {
		returnTo = passkeysview.URL
	}
	return web.See(c, returnTo)
}

func (w *Web) destroyPasskey(c *fiber.Ctx) error {
	session, _ := w.door.Current(c)
	id, err := ids.Parse[passkeys.Passkey](web.Values(c).Get("passkey"))
	if err != nil {
		return err
	}
	err = w.passkeys.Remove(c.UserContext(), session, id)
	if problems, ok := fault.Correctable(err); ok {
		if !session.Confirmed(w.now()) {
			return w.StepUp(c)
		}
		return w.list(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "passkeys.removed")
	return web.See(c, passkeysview.URL)
}
