package tenantdb_test

import (
	"context"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type name struct{ Name string }

var namesOfStaff = tenantdb.Prepare(tenantdb.OfTenant(tenantdb.Select().TableExpr("members").Column("name")).OrderExpr("name"))

// TestKeptAnswersStayInTheirScope has everybody ask the same, one right after the other.
func TestKeptAnswersStayInTheirScope(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	fill(t, database)
	db := database.App
	ask := func(scope tenantdb.Scope) (names []name) {
		t.Helper()
		ctx := tenantdb.WithScope(t.Context(), scope)
		if err := db.Read(ctx, tenantdb.Kept(&names, namesOfStaff)); err != nil {
			t.Fatal(err)
		}
		return names
	}
	has := func(names []name, wanted string) bool {
		for _, n := range names {
			if n.Name == wanted {
				return true
			}
		}
		return false
	}
	vaud, geneve := tenantdb.Staff(cast.Vaud.ID, cast.Lea.ID), tenantdb.Staff(cast.Geneve.ID, cast.Claire.ID)
	office := tenantdb.AtOffice(cast.Vaud.ID, cast.Noe.Office.ID, cast.Noe.ID)
	for range 2 { // asked, and then kept
		if names := ask(vaud); !has(names, cast.Lea.Name) || has(names, cast.Claire.Name) {
			t.Errorf("Vaud is told of %v", names)
		}
		if names := ask(geneve); !has(names, cast.Claire.Name) || has(names, cast.Lea.Name) {
			t.Errorf("Genève is told of %v", names)
		}
		if names := ask(office); len(names) > 0 {
			t.Errorf("an office is told of %v", names)
		}
		if err := db.Read(context.Background(), tenantdb.Kept(new([]name), namesOfStaff)); err == nil {
			t.Error("somebody without a scope is told something")
		}
	}

	if _, err := database.Owner.Exec(t.Context(), "update members set name = 'Somebody else' where member_id = $1", cast.Lea.ID.String()); err != nil {
		t.Fatal(err)
	}
	kept := ask(vaud)
	if !has(kept, cast.Lea.Name) {
		t.Errorf("nothing was kept: %v", kept)
	}
	kept[0].Name = "written over"
	if has(ask(vaud), "written over") {
		t.Error("who was given an answer can change it for others")
	}
	if names := ask(tenantdb.Staff(cast.Vaud.ID, cast.Karim.ID)); !has(names, "Somebody else") {
		t.Errorf("a colleague is told what was kept for somebody else: %v", names)
	}
	time.Sleep(5100 * time.Millisecond)
	if names := ask(vaud); !has(names, "Somebody else") {
		t.Errorf("after five seconds still %v", names)
	}
}
