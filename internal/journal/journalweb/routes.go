// Package journalweb is the journal over HTTP: who opened a dossier, the sheet for the beneficiary, the weekly report.
package journalweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/journal"
	"passerelle/internal/web"
)

type handlers struct {
	journal *journal.Service
	now     func() time.Time
}

// Routes registers the pages of the journal; now is the clock.
func Routes(r *web.Routes, service *journal.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/journal", access.JournalShow, h.showAccount)
	r.Get("/dossiers/:id/journal/sheet", access.JournalShow, h.showSheet)
	r.Get("/access-report", access.JournalReport, h.showReport)
}
