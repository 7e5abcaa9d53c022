package pgtest_test

import (
	"testing"
	"time"

	"passerelle/internal/pgtest"
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
	t.Run("shares nothing", func(t *testing.T) {
		const insert = "insert into tenants (tenant_id, slug, name, canton) values (gen_random_uuid(), 'vaud', 'Vaud', 'VD')"
		pgtest.New(t).Exec(t, insert)
		pgtest.New(t).Exec(t, insert)
	})
}
