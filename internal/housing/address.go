package housing

import (
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// Address is where a place is, whom to call there, and how to get in. No list, export, slice or letter holds it: it is
// read by AddressOf and AddressOfPlace alone.
type Address struct {
	Where   string
	Contact string
	Access  string
}

// Reason is for what somebody asks to see an address; there is no other way to it.
type Reason string

// Reasons lists them in the order of forms.
var Reasons = []Reason{"visit", "transport", "delivery", "emergency", "administration", "repair"}

// checkReason refuses to show an address for nothing.
func checkReason(reason Reason) error {
	if reason == "" {
		return fault.Invalid("address_reason", "housing.address.reason_missing")
	}
	return nil
}

// holderOf is what the address of a place is sealed under.
func holderOf(id PlaceID) keys.Holder { return keys.Holder{Kind: keys.Lodging, ID: id.UUID()} }

// showing marks identifiers of who was shown which address.
type showing struct{}

type showingID = ids.ID[showing]

// sealedPlace is a place's address as the database holds it.
type sealedPlace struct {
	PlaceID PlaceID
	Address keys.Sealed[Address] `bun:"address"`
}

// Place says where the sealed address of a place stands.
func (p *sealedPlace) Place() keys.Place { return keys.Place{Table: "places", Row: p.PlaceID.String()} }

// sealedFlat is the address of an own flat as the database holds it.
type sealedFlat struct {
	StayID  StayID
	Address keys.Sealed[Address] `bun:"address"`
}

// Place says where the sealed address of a flat stands.
func (f *sealedFlat) Place() keys.Place { return placeOfStay(f.StayID) }
