// Package documentsweb is documents over HTTP: those of a dossier, a file on its way, and a document on its way out.
package documentsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/web"
)

type handlers struct {
	documents *documents.Service
}

// mostInAForm bounds a file that a form carries as a whole, without scripts; with them, it comes in parts.
const mostInAForm = 4 << 20

// Routes registers the pages.
func Routes(r *web.Routes, service *documents.Service) {
	h := &handlers{service}
	r.Get("/dossiers/:id/documents", access.DossierShow, h.listDocuments)
	r.Get("/dossiers/:id/documents/new", access.DocumentWrite, h.newDocument)
	r.Upload("/dossiers/:id/documents", access.DocumentWrite, mostInAForm, h.createDocument)
	r.Post("/dossiers/:id/uploads", access.DocumentWrite, h.createUpload)
	r.Upload("/uploads/:id/parts", access.DocumentWrite, documents.MostAtOnce, h.createPart)
	r.Post("/uploads/:id/destroy", access.DocumentWrite, h.destroyUpload)
	r.Get("/documents/:id", access.DossierShow, h.showDocument)
	r.Post("/documents/:id", access.DocumentWrite, h.updateDocument)
	r.Post("/documents/:id/ticket", access.DocumentTake, h.createTicket)
	r.Get("/documents/:id/file", access.DocumentTake, h.showFile)
	r.Post("/documents/:id/destroy", access.DocumentWrite, h.destroyDocument)
}
