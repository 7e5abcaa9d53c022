// Package claimsweb is the pages of victim assistance.
package claimsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/claims"
	"passerelle/internal/web"
)

type handlers struct {
	claims *claims.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, claims *claims.Service) {
	h := &handlers{claims}
	r.Get("/dossiers/:id/assistance", access.DossierShow, h.showAssistance)
	r.Get("/dossiers/:id/assistance/offence", access.ClaimWrite, h.editOffence)
	r.Post("/dossiers/:id/assistance/offence", access.ClaimWrite, h.updateOffence)
	r.Get("/dossiers/:id/assistance/claim", access.ClaimWrite, h.editClaim)
	r.Post("/dossiers/:id/assistance/claim", access.ClaimWrite, h.updateClaim)
	r.Get("/dossiers/:id/assistance/payer", access.ClaimWrite, h.editPayer)
	r.Post("/dossiers/:id/assistance/payer", access.ClaimWrite, h.updatePayer)
	r.Post("/dossiers/:id/assistance/payer/destroy", access.ClaimWrite, h.destroyPayer)
}
