package departures_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"passerelle/internal/cast"
	"passerelle/internal/departures"
	"passerelle/internal/fault"
)

func TestParseKey(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	public := identity.Recipient().String()
	for _, typed := range []string{public, "  " + public + "\n", strings.ToUpper(public)} {
		if got, err := departures.ParseKey(typed); err != nil || got != public {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, says := range map[string]string{
		"": "departures.key.wrong", "age1nonsense": "departures.key.wrong", public[:61]: "departures.key.wrong", public[:61] + "b": "departures.key.wrong",
		"ssh-ed25519 AAAA": "departures.key.wrong", identity.String(): "departures.key.private",
	} {
		_, err := departures.ParseKey(typed)
		if problems, ok := fault.Correctable(err); !ok || problems[0].Key != says {
			t.Errorf("%q: %v, want %s", typed, err, says)
		}
	}
}

func TestAKeyTakesTwo(t *testing.T) {
	now := time.Now()
	key := departures.Key{WrittenBy: cast.Anna.ID}
	if err := key.Confirm(cast.Anna.ID, now); !errors.Is(err, fault.Refused("")) || key.Confirmed() {
		t.Errorf("whoever gave it: %v", err)
	}
	if err := key.Confirm(cast.Boris.ID, now); err != nil || !key.Confirmed() {
		t.Error(err)
	}
	if err := key.Confirm(cast.Boris.ID, now); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("twice: %v", err)
	}
}
