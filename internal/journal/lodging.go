package journal

// What is done with a place where people are housed. Its identifier stands in no entry: which address was shown to whom
// internal/housing keeps beside the place.
const (
	AddressShown     Action = "address_shown"
	AddressForgotten Action = "address_forgotten"
	PlaceOpened      Action = "place_opened"
	PlaceChanged     Action = "place_changed"
)
