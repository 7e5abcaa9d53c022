package web

import (
	"fmt"
	"testing"

	"passerelle/internal/keys"
)

// That the keys cannot be reached is said as such, and is no fault of the request's.
func TestKeysThatCannotBeReachedAreUnavailable(t *testing.T) {
	if status, theirs := statusOf(fmt.Errorf("open a dossier: %w", keys.ErrUnavailable)); status != 503 || theirs {
		t.Errorf("%d, theirs: %t", status, theirs)
	}
}
