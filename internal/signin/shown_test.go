package signin

import (
	"errors"
	"fmt"
	"testing"

	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// What was shown last is shown again where the keys cannot be had, and in no other case: not another secret, not of another connection,
// and not once the keys are gone.
func TestShownAgain(t *testing.T) {
	s := shown{of: map[ConnectionID]shownSecret{}}
	vaud := Connection{ID: ids.New[Connection](), SecretID: ids.New[Secret]()}
	geneve := Connection{ID: ids.New[Connection](), SecretID: ids.New[Secret]()}
	changed := vaud
	changed.SecretID = ids.New[Secret]()
	away, gone := fmt.Errorf("open: %w", keys.ErrUnavailable), fmt.Errorf("open: %w", keys.ErrDestroyed)
	for _, step := range []struct {
		what       string
		connection Connection
		opened     string
		err        error
		want       string
	}{
		{"nothing was shown yet", vaud, "", away, ""},
		{"opened", vaud, "first", nil, "first"},
		{"away", vaud, "", away, "first"},
		{"another's", geneve, "", away, ""},
		{"a secret that was changed", changed, "", away, ""},
		{"another error", vaud, "", errors.New("failed"), ""},
		{"still away", vaud, "", away, "first"},
		{"gone", vaud, "", gone, ""},
		{"gone, and away", vaud, "", away, ""},
	} {
		got, err := s.or(step.connection, step.opened, step.err)
		if got != step.want || (err == nil) != (step.want != "") {
			t.Errorf("%s: %q, %v", step.what, got, err)
		}
	}
}
