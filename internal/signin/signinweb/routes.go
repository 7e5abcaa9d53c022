// Package signinweb is the door over HTTP: the sign-in pages, the session cookie, and the middleware that recognises
// who is asking.
package signinweb

import (
	"context"
	"log/slog"

	"passerelle/internal/access"
	"passerelle/internal/signin"
	"passerelle/internal/web"
)

// Web is the door's handlers and its middleware.
type Web struct {
	door    *signin.Service
	log     *slog.Logger
	waiting Waiting
	kept    kept
}

// Waiting counts the new referrals of the office in which the context's principal works. It is asked for each of somebody's
// workplaces as the principal that they are there.
type Waiting func(context.Context) (int, error)

// New makes them; a nil log is the default one, and with a nil waiting nothing is counted.
func New(door *signin.Service, log *slog.Logger, waiting Waiting) *Web {
	if log == nil {
		log = slog.Default()
	}
	return &Web{door: door, log: log, waiting: waiting, kept: kept{of: map[signin.SessionID]keptWorkplaces{}}}
}

// Routes registers the door's pages.
func (w *Web) Routes(r *web.Routes) {
	r.Get("/signin", access.Anyone, w.newSession)
	r.Post("/signin", access.Anyone, w.begin)
	r.Post(againPath, access.SignedIn, w.beginAgain)
	r.Get("/oidc/:connection/callback", access.Anyone, w.createSession)
	r.Get(membershipsPath, access.SignedIn, w.listMemberships)
	r.Post(membershipsPath, access.SignedIn, w.chooseMembership)
	r.Call("/oidc/:connection/backchannel-logout", w.createBackChannelLogout)
	r.Get("/oidc/:connection/frontchannel-logout", access.Anyone, w.showFrontChannelLogout)
	r.Get(sessionsPath, access.SignedIn, w.listSessions)
	r.Post(sessionsPath+"/destroy", access.SignedIn, w.destroyOtherSessions)
	r.Post(sessionsPath+"/:session/destroy", access.SignedIn, w.destroyOwnSession)
	// These three do their work, or none, for a session that has ended meanwhile as well.
	r.Post(destroyPath, access.Anyone, w.destroySession)
	r.Post(exitPath, access.Anyone, w.exit)
	r.Post(parkPath, access.Anyone, w.createParkedForm)
}

const (
	membershipsPath = "/memberships"
	sessionsPath    = "/sessions"
	againPath       = "/signin/again"
	destroyPath     = "/session/destroy"
	exitPath        = "/session/exit"
	parkPath        = "/parked-forms"
)
