// Package housingweb is housing over HTTP: the board of places, a place, and where the person of a dossier lives.
package housingweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/housing"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct {
	housing *housing.Service
	now     func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *housing.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get(paths.Housing, access.HousingList, h.listPlaces)
	r.Get(paths.Nights, access.HousingList, h.showNights)
	r.Get("/housing/places/new", access.PlaceManage, h.newPlace)
	r.Post(paths.Places, access.PlaceManage, h.createPlace)
	r.Get("/housing/places/:id", access.HousingList, h.showPlace)
	r.Get("/housing/places/:id/edit", access.PlaceManage, h.editPlace)
	r.Post("/housing/places/:id", access.PlaceManage, h.updatePlace)
	r.Post("/housing/places/:id/address", access.AddressShow, h.showPlaceAddress)
	r.Get("/housing/places/:id/forgetting", access.PlaceManage, h.newForgetting)
	r.Post("/housing/places/:id/forgetting", access.PlaceManage, h.createForgetting)
	r.Get("/dossiers/:id/housing", access.DossierShow, h.showHousing)
	r.Get("/dossiers/:id/housing/new", access.HousingWrite, h.newStay)
	r.Post("/dossiers/:id/housing", access.HousingWrite, h.createStay)
	r.Get("/dossiers/:id/housing/holds/new", access.HousingWrite, h.newHold)
	r.Post("/dossiers/:id/housing/holds", access.HousingWrite, h.createHold)
	r.Post("/housing/holds/:id/destroy", access.HousingWrite, h.destroyHold)
	r.Get("/housing/stays/:id/edit", access.HousingWrite, h.editStay)
	r.Post("/housing/stays/:id", access.HousingWrite, h.updateStay)
	r.Get("/housing/stays/:id/evaluation", access.HousingWrite, h.newEvaluation)
	r.Post("/housing/stays/:id/evaluation", access.HousingWrite, h.createEvaluation)
	r.Get("/housing/stays/:id/departure", access.HousingWrite, h.newDeparture)
	r.Post("/housing/stays/:id/departure", access.HousingWrite, h.createDeparture)
	r.Post("/housing/stays/:id/address", access.AddressShow, h.showStayAddress)
}
