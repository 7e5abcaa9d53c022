// Package passkeysweb is passkeys over HTTP: confirming before what needs it, and going on from there; one's own passkeys; and what
// admins answer to whoever has lost hers or his.
package passkeysweb

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/passkeys"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/passkeysview"
)

// Door is what the pages need of sessions; signinweb provides it.
type Door interface {
	// Current is the session in which somebody asks.
	Current(c *fiber.Ctx) (signin.Session, bool)
	// Carry has the browser go on in a session that takes the place of its own.
	Carry(c *fiber.Ctx, arrival signin.Arrival)
	// KeepFor parks what somebody has typed, for a page that gives it back.
	KeepFor(c *fiber.Ctx, page string, values url.Values) (string, error)
}

// Web is the handlers, and what asks for a second factor before an act.
type Web struct {
	passkeys *passkeys.Service
	door     Door
	now      func() time.Time
}

// New makes them; now is the clock.
func New(service *passkeys.Service, door Door, now func() time.Time) *Web {
	return &Web{service, door, now}
}

// Routes registers the pages.
func (w *Web) Routes(r *web.Routes) {
	r.Get(passkeysview.ConfirmationURL, access.PasskeyKeep, w.newConfirmation)
	r.Post(passkeysview.ConfirmationURL, access.PasskeyKeep, w.createConfirmation)
	r.Get(passkeysview.OnwardURL, access.PasskeyKeep, w.showAct)
	r.Get(passkeysview.URL, access.PasskeyKeep, w.listPasskeys)
	r.Post(passkeysview.URL, access.PasskeyKeep, w.createPasskey)
	r.Get(passkeysview.NewURL, access.PasskeyKeep, w.newPasskey)
	r.Post(passkeysview.DestroyURL, access.PasskeyKeep, w.destroyPasskey)
	r.Post(passkeysview.RecoveryURL, access.PasskeyKeep, w.createRecovery)
	r.Post(passkeysview.DestroyRecoveryURL, access.PasskeyKeep, w.destroyRecovery)
	r.Get(passkeysview.RecoveriesURL, access.PasskeyRecoveryList, w.listRecoveries)
	r.Get(passkeysview.RecoveriesURL+"/:id", access.PasskeyRecoveryList, w.showRecovery)
	r.Post(passkeysview.RecoveriesURL+"/:id/answer", access.PasskeyRecoveryGrant, w.createAnswer)
}
