// Package importsweb is imports over HTTP: sending a file, what its columns mean, and how far it has come.
package importsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/imports"
	"passerelle/internal/web"
	"passerelle/views/importsview"
)

type handlers struct{ imports *imports.Service }

// Routes registers the pages of imports.
func Routes(r *web.Routes, service *imports.Service) {
	h := &handlers{service}
	r.Get(importsview.ListURL, access.ImportCreate, h.listImports)
	r.Upload(importsview.ListURL, access.ImportCreate, imports.MostBytes, h.createImport)
	r.Get(importsview.TemplateURL, access.ImportCreate, h.showTemplate)
	r.Get("/imports/:id", access.ImportCreate, h.showImport)
	r.Post("/imports/:id", access.ImportCreate, h.updateImport)
	r.Post("/imports/:id/progress", access.ImportCreate, h.updateProgress)
	r.Post("/imports/:id/destroy", access.ImportCreate, h.destroyImport)
}
