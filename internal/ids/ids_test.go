package ids_test

import (
	"errors"
	"testing"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

type thing struct{}

func TestParse(t *testing.T) {
	id := ids.New[thing]()
	again, err := ids.Parse[thing](id.String())
	if err != nil || again != id {
		t.Fatalf("Parse(%q) = %v, %v", id, again, err)
	}
	for _, nonsense := range []string{"", "1", "' or 1=1", "urn:uuid:" + id.String(), "{" + id.String()[1:], id.String() + "\n", "00000000-0000-0000-0000-000000000000"} {
		if _, err := ids.Parse[thing](nonsense); !errors.Is(err, fault.NotFound()) {
			t.Errorf("Parse(%q) = %v, want not found", nonsense, err)
		}
	}
}

func TestZeroIsNull(t *testing.T) {
	var id ids.ID[thing]
	value, err := id.Value()
	if err != nil || value != nil || id.String() != "" {
		t.Fatalf("zero id is stored as %v (%v) and printed as %q", value, err, id)
	}
	filled := ids.New[thing]()
	if err := filled.Scan(nil); err != nil || !filled.Zero() {
		t.Fatalf("null scans to %v (%v)", filled, err)
	}
}
