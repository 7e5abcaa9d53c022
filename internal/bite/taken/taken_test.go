package taken_test

import (
	"errors"
	"flag"
	"testing"

	"passerelle/internal/bite/taken"
	"passerelle/internal/tenantdb"
)

func take(t *testing.T, what string) {
	t.Helper()
	if err := flag.Set("taken", what); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("taken", "") })
}

func TestCall(t *testing.T) {
	asked := 0
	leave := func(int) error { asked++; return errors.New("left") }
	if err := taken.Call("entry x", leave)(1); err == nil || asked != 1 {
		t.Errorf("as it stands: %v, %d", err, asked)
	}
	take(t, "entry x")
	if err := taken.Call("entry x", leave)(1); err != nil || asked != 1 {
		t.Errorf("taken away: %v, %d", err, asked)
	}
	if err := taken.Call("entry y", leave)(1); err == nil || asked != 2 {
		t.Errorf("another: %v, %d", err, asked)
	}
	_ = taken.Call("entry x", func() tenantdb.Question { t.Error("it was asked"); return tenantdb.Question{} })()
	defer func() {
		if recover() == nil {
			t.Error("nobody knows what stands for a number")
		}
	}()
	taken.Call("entry x", func() int { return 1 })()
}

// backwards is a seal that anybody could break.
type backwards struct{}

func (backwards) Encrypt(plain, _ []byte) ([]byte, error) {
	return append([]byte("sealed:"), plain...), nil
}
func (backwards) Decrypt(sealed, _ []byte) ([]byte, error) { return sealed[len("sealed:"):], nil }

func TestSealing(t *testing.T) {
	take(t, "seal messages.body")
	for associated, want := range map[string]string{
		"v1|tenant|messages|body|row":      "Léa",
		"v1|tenant|referrals|request|row":  "sealed:Léa",
		"v1|tenant|messages|bodyguard|row": "sealed:Léa",
	} {
		sealed, err := taken.Sealing(backwards{}).Encrypt([]byte("Léa"), []byte(associated))
		if err != nil || string(sealed) != want {
			t.Errorf("%s: %s, %v", associated, sealed, err)
		}
		if plain, err := taken.Sealing(backwards{}).Decrypt(sealed, []byte(associated)); err != nil || string(plain) != "Léa" {
			t.Errorf("%s: %s, %v", associated, plain, err)
		}
	}
}
