package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/pgtest"
)

const (
	newExport = "insert into exports (tenant_id, export_id, subject, format, reason, people, asked_by, asked_at, expires_at) select tenant_id, gen_random_uuid(), subject, format, reason, people, asked_by, now(), now() + interval '1 hour' from exports"
	granted   = "update exports set answered_at = now(), granted = true, answered_by = "
	taken     = "update exports set taken_at = now()"
)

func init() {
	visible["exports"] = map[string]int{"Léa": 1, "Claire": 1, "Anna": 1}
	policies["exports tenant_fence"] = fenced("Léa", "exports", "1", "2")
	policies["exports scope_fence"] = fenced("Noé", "exports", "0", "1")
	policies["exports both_read"] = reads("Anna", "exports", "1", "0")
	policies["exports both_answer"] = probe{who: "Anna", statement: granted + anna, with: "1", without: "0"}
	policies["exports staff_asks"] = probe{who: "Léa", statement: newExport, with: "1", without: "fenced"}
	triggers["exports exports_are_nobody_elses"] = probe{who: "Anna", statement: granted + karim, with: "exports_are_answered_once", without: "1"}
}

// Nobody has a file of many people alone, whatever the application thinks.
func TestAnExportOfManyTakesTwo(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for what, c := range map[string]struct{ who, arrange, statement, want string }{
		"alone":                       {"Léa", "", taken, "exports_of_many_are_granted"},
		"granted by oneself":          {"Léa", "", granted + lea, "exports_take_two"},
		"granted in another's name":   {"Léa", "", granted + anna, "exports_are_answered_once"},
		"granted by another":          {"Anna", "", granted + anna, "1"},
		"answered again":              {"Anna", granted + anna + "; ", "update exports set granted = false", "exports_are_answered_once"},
		"of fewer people":             {"Léa", "", "update exports set people = 50", "not granted"},
		"taken by another":            {"Anna", granted + anna + "; ", taken, "exports_are_taken_once"},
		"asked for in another's name": {"Léa", "", strings.Replace(newExport, "asked_by, now()", karim+", now()", 1), "fenced"},
		"asked for at an office":      {"Noé", "", newExport, "0"},
	} {
		t.Run(what, func(t *testing.T) {
			arrange := c.arrange
			if arrange != "" {
				arrange = "set local role passerelle_app; " + binding("Anna") + "; " + arrange + "reset role; "
			}
			if got := attempt(t, db, c.who, arrange, c.statement); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
