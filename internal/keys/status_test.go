package keys_test

import (
	"regexp"
	"strings"
	"testing"

	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

// How the keys stand is counted by whoever holds no master key, and printed without a word of what is sealed.
func TestStatus(t *testing.T) {
	w := newWorld(t)
	if err := rotationOf(t, w.Database, pgtest.Master(), nobody).Holders(t.Context(), keys.Dossier); err != nil {
		t.Fatal(err)
	}
	w.Exec(t, "update messages set body = overlay(body placing '\\x01ffffffff' from 1)")
	var out strings.Builder
	if err := w.status(t).Write(&out); err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`[0-9a-f]{8}\b`).ReplaceAllString(out.String(), "KEY")
	got = regexp.MustCompile(`\d{4}-\d\d-\d\d`).ReplaceAllString(got, "DAY")
	got = regexp.MustCompile(` +`).ReplaceAllString(got, " ")
	tenant := func(name string) string {
		return `
TENANT ` + name + ` under master key KEY, made DAY, changed DAY
 KEY STATE KEYSETS WRAPPED
 KEY primary 5
 OF EACH KEYSETS SEVERAL KEYS KEY ADDED PROMOTED VALUES UNDER PRIMARY OTHER DISABLED LOST
 dossier 1 1 0 0 5 0 0 0
 referral 1 0 0 0 2 0 0 1
 person 1 0 0 0 1 0 0 0
 lodging 1 0 0 0 1 0 0 0
 directory 1 0 0 0 1 0 0 0
 connection 0 0 0 0 0 0 0 0
 move 0 0 0 0 0 0 0 0
`
	}
	if want := "MASTER KEY TENANTS\nKEY 2\n" + tenant("geneve") + tenant("vaud"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := rotationOf(t, w.Database, nil, nobody).Master(t.Context()); err == nil || !strings.Contains(err.Error(), "there is no master key") {
		t.Errorf("changed without a master key: %v", err)
	}
}

// Keysets that were wrapped before they were labelled have one key, and are counted as such.
func TestKeysetsWithoutLabel(t *testing.T) {
	w := newWorld(t)
	for _, table := range []string{"tenant_keysets", "keysets"} {
		// Field 3 of the message is the label, after field 2, which is the keyset, with two bytes of length.
		w.Exec(t, "update keys."+table+" set wrapped = substring(wrapped for 3 + (get_byte(wrapped, 1) & 127) + 128 * get_byte(wrapped, 2))")
	}
	w.readable(t, pgtest.Master(), "unlabelled")
	status := w.status(t)
	for _, tenant := range status.Tenants {
		if len(tenant.Keys) != 1 || tenant.Keys[0].Wraps != 5 || tenant.Lost != 0 {
			t.Errorf("%+v", tenant)
		}
		for _, holders := range tenant.Holders {
			if (holders.Primary == 0 && holders.Kind != keys.Connection && holders.Kind != keys.Move) || holders.Lost+holders.Enabled+holders.Several != 0 {
				t.Errorf("%+v", holders)
			}
		}
	}
	for name, level := range levels(rotationOf(t, w.Database, pgtest.Master(), nobody)) {
		if err := level(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.readable(t, pgtest.Master(), "rotated")
}
