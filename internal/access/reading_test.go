package access

import (
	"strings"
	"testing"

	"passerelle/policies"
)

func TestReadings(t *testing.T) {
	want := map[Role]Reading{Caseworker: {60, 0}, Coordinator: {60, 0}, Auditor: {60, 0}, OfficeMember: {12, 15}}
	for role, rate := range want {
		if got := ReadingOf(role); got != rate {
			t.Errorf("%s reads %+v, want %+v", role, got, rate)
		}
	}
}

// TestReadingsRefuse: a table that says nothing, or nonsense, of somebody stops the program from starting.
func TestReadingsRefuse(t *testing.T) {
	for name, change := range map[string][2]string{
		"a role left out":               {"role:auditor,       60, none\n", ""},
		"a role twice":                  {"role:auditor,       60, none\n", "role:auditor, 60, none\nrole:auditor, 90, none\n"},
		"an unknown role":               {"role:auditor,       60, none\n", "role:auditor, 60, none\nrole:chief, 60, none\n"},
		"a misspelt role":               {"role:auditor", "role:audtor"},
		"no number":                     {"60, none", "many, none"},
		"an alert at nothing":           {"60, none", "0, none"},
		"an alert below nothing":        {"12, 15", "-12, 15"},
		"more than anybody reads":       {"60, none", "100000, none"},
		"a bound for the NGO":           {"60, none", "60, 90"},
		"an office without a bound":     {"12, 15", "12, none"},
		"a bound below the alert":       {"12, 15", "12, 10"},
		"a bound that bounds nothing":   {"12, 15", "12, 100000"},
		"a column too many":             {"12, 15", "12, 15, 20"},
		"a quotation mark that is open": {"role:auditor", `"role:auditor`},
	} {
		text := strings.Replace(policies.Reading, change[0], change[1], 1)
		if text == policies.Reading {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := parseReadings(text); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
