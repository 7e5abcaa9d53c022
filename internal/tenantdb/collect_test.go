package tenantdb_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

type named string

type particulars struct {
	TenantID tenantdb.TenantID
	Kind     named
}

func TestAnswersFillTheirFields(t *testing.T) {
	db := pgtest.New(t).App
	ctx := tenantdb.WithScope(t.Context(), tenantdb.SignIn())
	query := tenantdb.Select().ColumnExpr("gen_random_uuid() as tenant_id, 'b' as kind, n, array['x', n::text] as tags, case n % 3 when 0 then null else date '2026-01-01' + n end as closed_on").
		TableExpr("generate_series(1, 20) as n")

	var rows []struct {
		particulars
		N        int
		Tags     []named
		ClosedOn *time.Time
	}
	if err := db.Read(ctx, tenantdb.Many(&rows, query)); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 20 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		n := i + 1
		if row.N != n || row.Kind != "b" || row.TenantID.Zero() || len(row.Tags) != 2 || row.Tags[1] != named(strconv.Itoa(n)) ||
			(row.ClosedOn == nil) != (n%3 == 0) || row.ClosedOn != nil && row.ClosedOn.YearDay() != n+1 {
			t.Errorf("row %d is %+v", i, row)
		}
	}

	var short []struct{ TenantID tenantdb.TenantID }
	if err := db.Read(ctx, tenantdb.Many(&short, query)); err == nil || !strings.Contains(err.Error(), "no field for the column kind") {
		t.Errorf("a column without a field: %v", err)
	}
	var long []struct {
		N, Other int
	}
	if err := db.Read(ctx, tenantdb.Many(&long, tenantdb.Select().ColumnExpr("1 as n"))); err == nil || !strings.Contains(err.Error(), "no column fills the field other") {
		t.Errorf("a field without a column: %v", err)
	}
	var one struct{ N int }
	if err := db.Read(ctx, tenantdb.One(&one, tenantdb.Select().ColumnExpr("generate_series(1, 2) as n"))); err == nil {
		t.Error("two rows pass for one")
	}
}
