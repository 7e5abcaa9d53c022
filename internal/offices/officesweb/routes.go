// Package officesweb is the pages of the directory of offices.
package officesweb

import (
	"passerelle/internal/access"
	"passerelle/internal/offices"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct{ offices *offices.Service }

// Routes registers the pages.
func Routes(r *web.Routes, service *offices.Service) {
	h := &handlers{service}
	r.Get(paths.Offices, access.OfficeList, h.listOffices)
	r.Get(paths.NewOffice, access.OfficeManage, h.newOffice)
	r.Post(paths.Offices, access.OfficeManage, h.createOffice)

	r.Get(paths.OfficesImport, access.OfficeManage, h.newImport)
	r.Upload(paths.OfficesImport, access.OfficeManage, offices.MostBytes, h.createImport)
	r.Upload(paths.OfficesWriting, access.OfficeManage, 2*offices.MostBytes, h.createWriting)
	r.Get(paths.OfficesTemplate, access.OfficeManage, h.showTemplate)
	r.Post(paths.OfficesExport, access.OfficeManage, h.createExport)

	r.Get("/offices/:id", access.OfficeShow, h.showOffice)
	r.Get("/offices/:id/edit", access.OfficeManage, h.editOffice)
	r.Post("/offices/:id", access.OfficeManage, h.updateOffice)
	r.Post("/offices/:id/capacity", access.OfficeManage, h.updateCapacity)
	r.Get("/offices/:id/closure", access.OfficeManage, h.newClosure)
	r.Post("/offices/:id/closure", access.OfficeManage, h.createClosure)
	r.Post("/offices/:id/reopening", access.OfficeManage, h.createReopening)
	r.Post("/offices/:id/removal", access.OfficeManage, h.destroyOffice)
	r.Post("/offices/:id/regions", access.OfficeManage, h.createRegion)
	r.Post("/offices/:id/regions/removal", access.OfficeManage, h.destroyRegion)

	r.Get("/offices/:id/agreements/new", access.AgreementManage, h.newAgreement)
	r.Post("/offices/:id/agreements", access.AgreementManage, h.createAgreement)
	r.Get("/agreements/:id/edit", access.AgreementManage, h.editAgreement)
	r.Post("/agreements/:id", access.AgreementManage, h.updateAgreement)
	r.Post("/agreements/:id/removal", access.AgreementManage, h.destroyAgreement)

	r.Get(paths.Bodies, access.OfficeList, h.listBodies)
	r.Get(paths.NewBody, access.OfficeManage, h.newBody)
	r.Post(paths.Bodies, access.OfficeManage, h.createBody)
	r.Get("/bodies/:id/edit", access.OfficeManage, h.editBody)
	r.Post("/bodies/:id", access.OfficeManage, h.updateBody)
	r.Post("/bodies/:id/removal", access.OfficeManage, h.destroyBody)
}
