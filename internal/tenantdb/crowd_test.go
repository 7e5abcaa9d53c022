package tenantdb_test

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// T04, in the database: ten thousand reads of two tenants and their offices, at once, over a few connections, some of them failing: each sees
// its own and nothing else.
func TestACrowdIsNotMixedUp(t *testing.T) {
	world := pgtest.New(t)
	fill(t, world)
	db, err := tenantdb.Open(t.Context(), world.AppConnString, tenantdb.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	people := []cast.Person{cast.Lea, cast.Claire, cast.Noe, cast.Eva}
	var group errgroup.Group
	group.SetLimit(64)
	for i := range 10_000 {
		group.Go(func() error {
			person := people[i%len(people)]
			ctx := person.Context(t.Context())
			var seen []struct{ Request string }
			question := tenantdb.Select().TableExpr("referrals").ColumnExpr("convert_from(request, 'UTF8') as request")
			var err error
			switch {
			case i%97 == 0: // breaks off in the middle
				var none []struct{ N int }
				if err := db.Read(ctx, tenantdb.Many(&none, tenantdb.Select().ColumnExpr("1/0 AS n"))); err == nil {
					return fmt.Errorf("a division by zero passed")
				}
				return nil
			case i%5 == 0:
				err = db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
					return tx.Select().TableExpr("referrals").ColumnExpr("convert_from(request, 'UTF8') as request").Scan(ctx, &seen)
				})
			default:
				err = db.Read(ctx, tenantdb.Many(&seen, question))
			}
			if err != nil {
				return err
			}
			want := 5
			if person.Office != nil {
				want = 1
			}
			if len(seen) != want {
				return fmt.Errorf("%s sees %d referrals, want %d", person.Name, len(seen), want)
			}
			for _, referral := range seen {
				if referral.Request != canary(person.Tenant) {
					return fmt.Errorf("%s sees %q", person.Name, referral.Request)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}
