package app_test

import (
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
)

// lodged is where Amina lives: a place with an address, her stay there, and a bed that is kept for her.
func lodged(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	today := forms.Today(time.Now())
	place, stay, hold := ids.New[housing.Place](), ids.New[housing.Stay](), ids.New[housing.Hold]()
	lea, karim := cast.Lea.Context(t.Context()), cast.Karim.Context(t.Context())
	description := housing.Description{CodeName: nobodysName(place), Beds: 3, OpensOn: today.AddDate(0, -1, 0)}
	if err := site.App.Housing.OpenPlace(karim, place, housing.Shelter, description, housing.Address{Where: "Canaryaddress"}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Housing.MoveIn(lea, dossier, stay, housing.Arrival{PlaceID: place, Beds: 1, On: &today, Note: "Canarynote"}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Housing.HoldBed(lea, dossier, hold, housing.Wish{PlaceID: place, Beds: 1, FromOn: &today, UntilOn: &today}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/housing/places/": place.String(), "/housing/stays/": stay.String(), "/housing/holds/": hold.String()}
}

// nobodysName is a code name that no other place has: the identifier in letters.
func nobodysName(id housing.PlaceID) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return -1
		case r <= '9':
			return r - '0' + 'g'
		default:
			return r
		}
	}, id.String())[:24]
}
