// Package inquiriesweb is the pages of a dossier about what its person asks to be told of all that is kept about her.
package inquiriesweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/inquiries"
	"passerelle/internal/web"
)

type handlers struct {
	inquiries *inquiries.Service
	now       func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *inquiries.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/inquiries", access.DossierShow, h.listInquiries)
	r.Get("/dossiers/:id/inquiries/new", access.InquiryWrite, h.newInquiry)
	r.Post("/dossiers/:id/inquiries", access.InquiryWrite, h.createInquiry)
	r.Get("/dossiers/:id/inquiries/:inquiry/edit", access.InquiryWrite, h.editInquiry)
	r.Post("/dossiers/:id/inquiries/:inquiry", access.InquiryWrite, h.updateInquiry)
	r.Get("/dossiers/:id/inquiries/:inquiry/extension", access.InquiryAnswer, h.newExtension)
	r.Post("/dossiers/:id/inquiries/:inquiry/extension", access.InquiryAnswer, h.createExtension)
	r.Post("/dossiers/:id/inquiries/:inquiry/extension/destroy", access.InquiryAnswer, h.destroyExtension)
	r.Get("/dossiers/:id/inquiries/:inquiry/answer", access.InquiryAnswer, h.newAnswer)
	r.Post("/dossiers/:id/inquiries/:inquiry/answer", access.InquiryAnswer, h.createAnswer)
	r.Post("/dossiers/:id/inquiries/:inquiry/answer/destroy", access.InquiryAnswer, h.destroyAnswer)
	r.Get("/dossiers/:id/inquiries/:inquiry/extract", access.InquiryAnswer, h.showExtract)
	r.Get("/dossiers/:id/inquiries/:inquiry/extract/texts", access.InquiryAnswer, h.editTexts)
	r.Post("/dossiers/:id/inquiries/:inquiry/extract/texts", access.InquiryAnswer, h.updateTexts)
	r.Get("/dossiers/:id/inquiries/:inquiry/extract/file", access.InquiryExtract, h.newFile)
	r.Post("/dossiers/:id/inquiries/:inquiry/extract/file", access.InquiryExtract, h.createFile)
}
