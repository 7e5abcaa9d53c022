// Package lettersweb is the pages of letters.
package lettersweb

import (
	"passerelle/internal/access"
	"passerelle/internal/letters"
	"passerelle/internal/web"
)

type handlers struct {
	letters *letters.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, letters *letters.Service) {
	h := &handlers{letters}
	r.Get("/dossiers/:id/letters", access.DossierShow, h.listLetters)
	r.Get("/dossiers/:id/letters/new", access.LetterWrite, h.newLetter)
	r.Post("/dossiers/:id/letters", access.LetterWrite, h.createLetter)
	r.Get("/letters/:id", access.DossierShow, h.showLetter)
	r.Get("/letters/:id/pdf", access.DossierShow, h.showPDF)
}
