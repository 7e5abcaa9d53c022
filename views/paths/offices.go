package paths

import (
	"net/url"
	"time"

	"passerelle/internal/offices"
)

// The directory of offices, and what lies below it.
const (
	Offices         = "/offices"
	NewOffice       = Offices + "/new"
	OfficesImport   = Offices + "/import"
	OfficesWriting  = OfficesImport + "/writing"
	OfficesExport   = Offices + "/export"
	OfficesTemplate = Offices + "/template"
	Bodies          = "/bodies"
	NewBody         = Bodies + "/new"
)

// Office is the page of one; what is done with it lies below.
func Office(id offices.ID) string { return Offices + "/" + id.String() }

// OfficeOn is the page of one as it stood on a day.
func OfficeOn(id offices.ID, day time.Time) string {
	return Office(id) + "?" + url.Values{"on": {day.Format(time.DateOnly)}}.Encode()
}

// EditOffice is the form of its entry.
func EditOffice(id offices.ID) string { return Office(id) + "/edit" }

// OfficeCapacity is where it is said how much an office can take.
func OfficeCapacity(id offices.ID) string { return Office(id) + "/capacity" }

// OfficeClosure is where an office is closed, OfficeReopening where it is opened again.
func OfficeClosure(id offices.ID) string { return Office(id) + "/closure" }

// OfficeReopening is where a closed office is opened again.
func OfficeReopening(id offices.ID) string { return Office(id) + "/reopening" }

// OfficeRemoval is where an office is taken out that was entered by mistake.
func OfficeRemoval(id offices.ID) string { return Office(id) + "/removal" }

// OfficeRegions is where it is said to which region an office belongs.
func OfficeRegions(id offices.ID) string { return Office(id) + "/regions" }

// OfficeRegionsRemoval is where that is taken back.
func OfficeRegionsRemoval(id offices.ID) string { return OfficeRegions(id) + "/removal" }

// OfficeAgreements is where an agreement with an office is written down; NewAgreement is the form.
func OfficeAgreements(id offices.ID) string { return Office(id) + "/agreements" }

// NewAgreement is the form for one.
func NewAgreement(id offices.ID) string { return OfficeAgreements(id) + "/new" }

// Agreement is where one is changed, EditAgreement its form.
func Agreement(id offices.AgreementID) string { return "/agreements/" + id.String() }

// EditAgreement is the form of an agreement.
func EditAgreement(id offices.AgreementID) string { return Agreement(id) + "/edit" }

// AgreementRemoval is where an agreement is taken out that was entered by mistake.
func AgreementRemoval(id offices.AgreementID) string { return Agreement(id) + "/removal" }

// BodiesOf is where a body of a kind is added.
func BodiesOf(kind offices.BodyKind) string {
	return NewBody + "?" + url.Values{"kind": {string(kind)}}.Encode()
}

// Body is where an organisation, a region or an authority is changed, EditBody its form.
func Body(id offices.BodyID) string { return Bodies + "/" + id.String() }

// EditBody is the form of a body.
func EditBody(id offices.BodyID) string { return Body(id) + "/edit" }

// BodyRemoval is where a body is taken out that was entered by mistake.
func BodyRemoval(id offices.BodyID) string { return Body(id) + "/removal" }
