// Package referralsweb is the NGO's pages about referrals.
package referralsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/referrals"
	"passerelle/internal/web"
)

type handlers struct {
	referrals *referrals.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, referrals *referrals.Service) {
	h := &handlers{referrals}
	r.Get("/dossiers/:id/referrals/new", access.ReferralCreate, h.newReferral)
	r.Post("/dossiers/:id/referrals", access.ReferralCreate, h.createReferral)
	r.Get("/referrals/:id", access.ReferralShow, h.showReferral)
	r.Get("/referrals/:id/live", access.ReferralShow, h.streamReferral)
	r.Get("/referrals/:id/edit", access.ReferralCreate, h.editReferral)
	r.Post("/referrals/:id", access.ReferralCreate, h.updateReferral)
	r.Get("/referrals/:id/preview", access.ReferralShow, h.showPreview)
	r.Post("/referrals/:id/sending", access.ReferralSend, h.createSending)
	r.Post("/referrals/:id/destroy", access.ReferralCreate, h.destroyReferral)
	r.Get("/referrals/:id/revocation", access.ReferralRevoke, h.newRevocation)
	r.Post("/referrals/:id/revocation", access.ReferralRevoke, h.createRevocation)
	r.Post("/referrals/:id/messages", access.ReferralReply, h.createMessage)
	r.Post("/referrals/:id/acknowledgement", access.ReferralReply, h.createAcknowledgement)
}
