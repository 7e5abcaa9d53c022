// Package alertsweb is alerts over HTTP: the coordinator's list with its acts, how many wait, and decoys.
package alertsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct {
	alerts *alerts.Service
}

// Routes registers the pages of alerts.
func Routes(r *web.Routes, service *alerts.Service) {
	h := &handlers{service}
	r.Get(paths.Alerts, access.AlertList, h.listAlerts)
	r.Get(paths.AlertsLive, access.AlertList, h.streamAlerts)
	r.Get(paths.AlertsCount, access.AlertList, h.showCount)
	r.Post("/alerts/:id/acknowledgement", access.AlertAcknowledge, h.createAcknowledgement)
	r.Post("/alerts/:id/lifting", access.PauseLift, h.createLifting)
	r.Post("/dossiers/:id/decoy", access.DecoyMark, h.createDecoy)
	r.Post("/dossiers/:id/decoy/destroy", access.DecoyMark, h.destroyDecoy)
}
