package offices_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/offices"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestCeiling(t *testing.T) {
	t.Parallel()
	orp := offices.Office{Kind: access.JobPlacement}
	if slices.Contains(orp.Ceiling(), access.Health) || !slices.Contains(orp.Withheld(), access.Health) {
		t.Error("a placement office may be sent health")
	}
	for _, kind := range access.OfficeKinds {
		office := offices.Office{Kind: kind}
		if len(office.Ceiling())+len(office.Withheld()) != len(access.DataClasses) {
			t.Errorf("%s: a class is neither allowed nor withheld", kind)
		}
	}
}

func TestByKind(t *testing.T) {
	t.Parallel()
	groups := offices.ByKind([]offices.Office{
		{Name: "b", Kind: access.Medical}, {Name: "c", Kind: access.IncomeSupport}, {Name: "a", Kind: access.Medical},
	})
	if len(groups) != 2 || groups[0].Kind != access.IncomeSupport || groups[1].Offices[0].Name != "a" {
		t.Errorf("grouped as %v", groups)
	}
}

func TestOpen(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	db.Exec(t, "update offices set closed_at = now() where office_id = $1", cast.School.ID)

	names := func(who cast.Person) []string {
		var open []offices.Office
		if err := db.App.Read(who.Context(t.Context()), offices.Open(&open)); err != nil {
			t.Fatal(err)
		}
		names := make([]string, 0, len(open))
		for _, office := range open {
			names = append(names, office.Name)
		}
		return names
	}
	vaud, geneve := names(cast.Lea), names(cast.Claire)
	if !slices.Contains(vaud, cast.CSR.Name) || slices.Contains(vaud, cast.School.Name) {
		t.Errorf("Léa chooses among %v", vaud)
	}
	if slices.Contains(geneve, cast.CSR.Name) || !slices.Contains(geneve, cast.Hospice.Name) {
		t.Errorf("Claire chooses among %v", geneve)
	}

	find := func(who cast.Person) error {
		return db.App.View(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
			office, err := offices.Find(ctx, tx, cast.CSR.ID)
			if err == nil && office.Kind != access.IncomeSupport {
				t.Errorf("the CSR is %v", office)
			}
			return err
		})
	}
	if err := find(cast.Lea); err != nil {
		t.Error(err)
	}
	for _, other := range []cast.Person{cast.Claire, cast.Ines} {
		if err := find(other); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s finds the CSR: %v", other.Name, err)
		}
	}
}
