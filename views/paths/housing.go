package paths

import (
	"passerelle/internal/dossiers"
	"passerelle/internal/housing"
)

// Housing is the board of places, Nights how many nights were slept there in a year, Places where a place is added.
const (
	Housing = "/housing"
	Nights  = Housing + "/nights"
	Places  = Housing + "/places"
)

// Place is a place's own page, and where it is changed.
func Place(id housing.PlaceID) string { return Places + "/" + id.String() }

// EditPlace is the form of a place.
func EditPlace(id housing.PlaceID) string { return Place(id) + "/edit" }

// PlaceAddress is where the address of a place is asked for.
func PlaceAddress(id housing.PlaceID) string { return Place(id) + "/address" }

// Forgetting asks once more before the address of a place is destroyed, and is where that is posted.
func Forgetting(id housing.PlaceID) string { return Place(id) + "/forgetting" }

// HousingOf is where a dossier's person lives, and where a stay begins.
func HousingOf(dossier dossiers.ID) string { return Dossier(dossier) + "/housing" }

// NewStay is the form of a new stay.
func NewStay(dossier dossiers.ID) string { return HousingOf(dossier) + "/new" }

// Holds is where a bed is kept for a dossier's person, NewHold its form.
func Holds(dossier dossiers.ID) string { return HousingOf(dossier) + "/holds" }

// NewHold is the form of a hold.
func NewHold(dossier dossiers.ID) string { return Holds(dossier) + "/new" }

// DestroyHold is where a bed is let go.
func DestroyHold(id housing.HoldID) string { return Housing + "/holds/" + id.String() + "/destroy" }

// HousingStay is where a stay is changed.
func HousingStay(id housing.StayID) string { return Housing + "/stays/" + id.String() }

// EditStay is the form of a running stay.
func EditStay(id housing.StayID) string { return HousingStay(id) + "/edit" }

// Evaluation is the form for a look at what comes after a stay, and where it is posted.
func Evaluation(id housing.StayID) string { return HousingStay(id) + "/evaluation" }

// Departure is the form for the end of a stay, and where it is posted.
func Departure(id housing.StayID) string { return HousingStay(id) + "/departure" }

// StayAddress is where the address of a stay is asked for.
func StayAddress(id housing.StayID) string { return HousingStay(id) + "/address" }
