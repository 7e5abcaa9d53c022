package erasures

import (
	"testing"

	"passerelle/internal/housing"
)

// A code that is used here is the one that housing writes.
func TestOwnFlatIsHousings(t *testing.T) {
	if ownFlat != string(housing.OwnFlat) {
		t.Errorf("a flat of one's own is called %q, and here %q", housing.OwnFlat, ownFlat)
	}
}
