package passkeysweb

import (
	"errors"
	"maps"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/passkeysview"
	"passerelle/views/ui"
)

// What was being sent when somebody was asked to confirm: to where, and from which page.
const (
	actField  = "factor.act"
	pageField = "factor.page"
)

// StepUp asks somebody to confirm before an act, and leads back to it. A form that was being sent is kept, as when a session runs
// out, and sent again as it was; one with a file goes back to its page, since files are not kept.
func (w *Web) StepUp(c *fiber.Ctx) error {
	act := web.ActOf(c)
	target := act.Page
	if act.Posts() && !act.Values.Has(ui.Unkept) {
		page, values := act.Page, url.Values{}
		maps.Copy(values, act.Values)
		if !act.Uploads {
			page = passkeysview.OnwardURL
			values.Set(actField, act.Path)
			values.Set(pageField, act.Page)
		}
		kept, err := w.door.KeepFor(c, page, values)
		if err == nil {
			target = kept
		} else if !errors.Is(err, fault.NotFound()) {
			return err
		}
	}
	return web.Lead(c, passkeysview.Confirmation(target))
}

// elsewhere says, where passkeys do not work at the address that somebody is at, where they do.
func (w *Web) elsewhere(c *fiber.Ctx) (yes bool, err error) {
	if origin := w.passkeys.Origin(); web.OriginOf(c) != origin {
		return true, web.Show(c, fiber.StatusConflict, passkeysview.Elsewhere(origin, web.OwnAddress(c)))
	}
	return false, nil
}

func (w *Web) newConfirmation(c *fiber.Ctx) error {
	return w.confirm(c, fiber.StatusOK, signin.ReturnPath(c.Query("return")), nil)
}

// confirm asks to confirm, with what was wrong the last time.
func (w *Web) confirm(c *fiber.Ctx, status int, returnTo string, problems fault.Problems) error {
	if yes, err := w.elsewhere(c); yes {
		return err
	}
	session, _ := w.door.Current(c)
	own, err := w.passkeys.Show(c.UserContext(), session)
	switch {
	case err != nil:
		return err
	case own.Confirmed:
		return web.See(c, returnTo)
	case own.Keys == 0:
		return web.See(c, passkeysview.New(returnTo))
	}
	ceremony, err := w.passkeys.BeginConfirmation(c.UserContext(), session)
	if err != nil {
		return err
	}
	return web.Show(c, status, passkeysview.NewConfirmation(passkeysview.ConfirmationForm{
		Ceremony: ceremony, Return: returnTo, Recovery: own.Recovery, Problems: problems,
	}))
}

func (w *Web) createConfirmation(c *fiber.Ctx) error {
	session, _ := w.door.Current(c)
	values := web.Values(c)
	returnTo := signin.ReturnPath(values.Get("return"))
	arrival, err := w.passkeys.Confirm(c.UserContext(), session, answer(values))
	if problems, ok := fault.Correctable(err); ok {
		return w.confirm(c, fiber.StatusUnprocessableEntity, returnTo, problems)
	}
	if err != nil {
		return ended(c, err)
	}
	w.door.Carry(c, arrival)
	return web.See(c, returnTo)
}

// answer is what the browser answered; a challenge that is none is one that has expired.
func answer(values url.Values) passkeys.Answer {
	id, err := ids.Parse[passkeys.Ceremony](values.Get("challenge"))
	if err != nil {
		id = ids.New[passkeys.Ceremony]()
	}
	return passkeys.Answer{ChallengeID: id, Response: values.Get("answer")}
}

// ended sends somebody to sign in whose session was ended while she or he confirmed.
func ended(c *fiber.Ctx, err error) error {
	if errors.Is(err, signin.ErrNoSession) {
		return web.ToSignIn(c)
	}
	return err
}

// showAct sends on what somebody had asked for before confirming. Without scripts it has a button.
func (w *Web) showAct(c *fiber.Ctx) error {
	values := url.Values{}
	maps.Copy(values, web.Values(c))
	act, page := web.LocalPath(values.Get(actField), ""), web.LocalPath(values.Get(pageField), "/")
	if !web.Parked(c) || act == "" {
		return web.See(c, passkeysview.URL)
	}
	values.Del(actField)
	values.Del(pageField)
	// What comes of the act is shown as if the page itself had sent it.
	request := ui.FromRequest(c.UserContext())
	request.Path, request.Restored = page, false
	c.SetUserContext(ui.WithRequest(c.UserContext(), request))
	return web.Show(c, fiber.StatusOK, passkeysview.Onward(act, page, values))
}
