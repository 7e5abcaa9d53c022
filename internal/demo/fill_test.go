package demo

import (
	"log/slog"
	"testing"

	"passerelle/internal/app"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestStoriesCanBeTold: what the demo invents, the rules allow, on whatever day it begins.
func TestStoriesCanBeTold(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	pgtest.Cast(t, database)
	a, err := app.New(t.Context(), app.Options{
		DatabaseURL: database.AppConnString, MaxConns: 4, KeysDatabaseURL: database.KeysConnString, Master: pgtest.Master(),
		SequencerDatabaseURL: database.SequencerConnString, Origin: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	if err := fill(t.Context(), a, func(string) {}); err != nil {
		t.Fatal(err)
	}
	var cantons, things int
	if err := database.Owner.QueryRow(t.Context(), `select count(distinct tenant_id), count(*) from (
		select tenant_id from reflections union all select tenant_id from stays union all select tenant_id from proceedings) as told`).Scan(&cantons, &things); err != nil {
		t.Fatal(err)
	}
	if cantons != 2 || things < 18 {
		t.Errorf("%d things are told in %d cantons", things, cantons)
	}
}
