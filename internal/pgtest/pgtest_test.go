package pgtest_test

import (
	"context"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestNew(t *testing.T) {
	pgtest.New(t)
	t.Run("is quick once the cluster runs", func(t *testing.T) {
		began := time.Now()
		for range 10 {
			pgtest.New(t)
		}
		t.Logf("%s a database", time.Since(began)/10)
	})
	t.Run("is fenced", func(t *testing.T) {
		if err := pgtest.New(t).App.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("holds the cast when asked", func(t *testing.T) {
		db := pgtest.New(t)
		pgtest.Cast(t, db)
		for person, want := range map[*cast.Person]int64{&cast.Lea: 6, &cast.Claire: 3, &cast.Noe: 0} {
			var seen int64
			if err := db.App.View(person.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) (err error) {
				seen, err = tx.Select().Table("members").Count(ctx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if seen != want {
				t.Errorf("%s sees %d members, want %d", person.Name, seen, want)
			}
		}
	})
	t.Run("shares nothing", func(t *testing.T) {
		const insert = "insert into tenants (tenant_id, slug, name, canton) values (gen_random_uuid(), 'vaud', 'Vaud', 'VD')"
		pgtest.New(t).Exec(t, insert)
		pgtest.New(t).Exec(t, insert)
	})
}
