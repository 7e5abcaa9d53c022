// Package signinweb is the door over HTTP: the sign-in pages, the session cookie, and the middleware that recognises
// who is asking.
package signinweb

import (
	"log/slog"

	"passerelle/internal/access"
	"passerelle/internal/signin"
	"passerelle/internal/web"
)

// Web is the door's handlers and its middleware.
type Web struct {
	door *signin.Service
	log  *slog.Logger
}

// New makes them; a nil log is the default one.
func New(door *signin.Service, log *slog.Logger) *Web {
	if log == nil {
		log = slog.Default()
	}
	return &Web{door: door, log: log}
}

// Routes registers the door's pages.
func (w *Web) Routes(r *web.Routes) {
	r.Get("/signin", access.Anyone, w.newSession)
	r.Post("/signin", access.Anyone, w.begin)
	r.Get("/oidc/:connection/callback", access.Anyone, w.createSession)
	r.Get(membershipsPath, access.SignedIn, w.listMemberships)
	r.Post(membershipsPath, access.SignedIn, w.chooseMembership)
	r.Post(codePath, access.SignedIn, w.redeemCode)
	// These three do their work, or none, for a session that has ended meanwhile as well.
	r.Post(destroyPath, access.Anyone, w.destroySession)
	r.Post(exitPath, access.Anyone, w.exit)
	r.Post(parkPath, access.Anyone, w.createParkedForm)
}

const (
	membershipsPath = "/memberships"
	codePath        = "/memberships/code"
	destroyPath     = "/session/destroy"
	exitPath        = "/session/exit"
	parkPath        = "/parked-forms"
)
