package pgtest

import (
	"testing"

	"passerelle/internal/cast"
)

// Cast puts the named cast (internal/cast) into the database: two tenants, their staff, offices and the offices' people.
func Cast(t testing.TB, db *Database) {
	t.Helper()
	if err := cast.Insert(t.Context(), db.Owner, cast.NoProvider); err != nil {
		t.Fatal(err)
	}
}
