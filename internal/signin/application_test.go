package signin

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	for said, want := range map[string][]string{
		`{}`:                                     {},
		`{"groups": null}`:                       {},
		`{"groups": ["team", "admin"]}`:          {"team", "admin"},
		`{"groups": "admin"}`:                    {},
		`{"groups": {"admin": true}}`:            {},
		`{"groups": [1, 2]}`:                     {},
		`{"groups": ["", "\u0000", "a\u0007b"]}`: {"ab"},
		`{"groups": ["` + strings.Repeat("é", 300) + `"]}`: {strings.Repeat("é", longestGroup)},
	} {
		var c claims
		if err := json.Unmarshal([]byte(said), &c); err != nil {
			t.Fatalf("%s: %v", said, err)
		}
		if got := shownGroups(c.Groups); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
	if got := shownGroups(slices.Repeat([]string{"g"}, 1000)); len(got) != mostGroups {
		t.Errorf("%d are kept", len(got))
	}
}
