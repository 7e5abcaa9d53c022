package paths

import (
	"passerelle/internal/dossiers"
	"passerelle/internal/restrictions"
)

// Emergencies lists when restricted dossiers were opened in an emergency, and is where one is opened; NewEmergency is the form.
const (
	Emergencies  = "/emergencies"
	NewEmergency = Emergencies + "/new"
)

// EmergencyLook is where somebody says that she or he has looked at one.
func EmergencyLook(id restrictions.EmergencyID) string {
	return Emergencies + "/" + id.String() + "/look"
}

// Admission is who sees a dossier, and where that is changed.
func Admission(id dossiers.ID) string { return Dossier(id) + "/admission" }

// AdmissionLifting is where all of the staff are let in again.
func AdmissionLifting(id dossiers.ID) string { return Admission(id) + "/lifting" }
