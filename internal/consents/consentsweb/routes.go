// Package consentsweb is the pages on which consent is recorded and withdrawn.
package consentsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/referrals"
	"passerelle/internal/web"
)

type handlers struct {
	consents  *consents.Service
	referrals *referrals.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, consents *consents.Service, referrals *referrals.Service) {
	h := &handlers{consents, referrals}
	r.Get("/dossiers/:id/consents/new", access.ConsentCreate, h.newConsent)
	r.Post("/dossiers/:id/consents", access.ConsentCreate, h.createConsent)
	r.Get("/consents/:id/withdrawal", access.ConsentWithdraw, h.newWithdrawal)
	r.Post("/consents/:id/withdrawal", access.ConsentWithdraw, h.createWithdrawal)
}
