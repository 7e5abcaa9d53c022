// Package movesweb is the moving of a person between cantons over HTTP.
package movesweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/moves"
	"passerelle/internal/web"
)

type handlers struct {
	moves *moves.Service
	now   func() time.Time
}

// Routes registers the pages of both sides; now is the clock.
func Routes(r *web.Routes, service *moves.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/moves", access.DossierShow, h.listMoves)
	r.Get("/dossiers/:id/moves/new", access.MovePropose, h.newMove)
	r.Post("/dossiers/:id/moves", access.MovePropose, h.createMove)
	r.Post("/dossiers/:id/moves/:move/withdrawal", access.MovePropose, h.createWithdrawal)
	r.Get("/dossiers/:id/moves/:move/sending", access.MoveSend, h.newSending)
	r.Post("/dossiers/:id/moves/:move/sending", access.MoveSend, h.createSending)
	r.Get("/moves", access.MoveAnswer, h.listArrivals)
	r.Get("/moves/:id", access.MoveAnswer, h.showArrival)
	r.Post("/moves/:id/acceptance", access.MoveAnswer, h.createAcceptance)
	r.Post("/moves/:id/refusal", access.MoveAnswer, h.createRefusal)
	r.Post("/moves/:id/opening", access.MoveAnswer, h.createOpening)
}
