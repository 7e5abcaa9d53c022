package journal_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// world is two cantons with journals of their own, and what hashes them.
type world struct {
	*pgtest.Database
	ring *keys.Ring
	log  *logged
	*journal.Sequencer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{Database: pgtest.New(t), log: &logged{}}
	pgtest.Cast(t, w.Database)
	w.ring = w.Ring(t)
	w.Sequencer = w.another(t)
	return w
}

// another is the sequencer of another process.
func (w *world) another(t testing.TB) *journal.Sequencer {
	t.Helper()
	db, err := tenantdb.Open(t.Context(), w.SequencerConnString, tenantdb.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	sequencer, err := journal.NewSequencer(t.Context(), db, w.ring, slog.New(slog.NewTextHandler(w.log, nil)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return sequencer
}

// leave has somebody leave entries, each in a transaction of its own.
func (w *world) leave(t testing.TB, who cast.Person, entries int) {
	t.Helper()
	for range entries {
		if err := w.App.Write(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
			return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: ids.New[journal.Dossier]()})
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) pass(t testing.TB) {
	t.Helper()
	if err := w.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func tenant(who cast.Person) journal.Tenant {
	return journal.Tenant{TenantID: who.Tenant.ID, Slug: who.Tenant.Slug}
}

// bundle is what the officer of somebody's canton is given.
func (w *world) bundle(t testing.TB, who cast.Person, from int64) journal.Bundle {
	t.Helper()
	signed, err := w.Bundle(t.Context(), who.Tenant.ID, from)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func (w *world) export(t testing.TB, who cast.Person) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := w.Export(t.Context(), tenant(who), &out, func(int) func(int) { return func(int) {} }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// verify holds an export against bundles, which are called first, second and so on.
func verify(export string, key string, bundles ...[]byte) (journal.Verdict, error) {
	var held []journal.Held
	for i, file := range bundles {
		held = append(held, journal.Held{Name: []string{"first", "second", "third", "fourth"}[i], File: file})
	}
	return journal.Verify(strings.NewReader(export), held, key)
}

// leaves are those of a canton in their order, whoever looks.
func (w *world) leaves(t testing.TB, who cast.Person) (entries []uuid.UUID) {
	t.Helper()
	rows, err := w.Owner.Query(t.Context(), "select leaf, entry_id from journal_leaves where tenant_id = $1 order by leaf", who.Tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var leaf int64
		var entry uuid.UUID
		if err := rows.Scan(&leaf, &entry); err != nil {
			t.Fatal(err)
		}
		if leaf != int64(len(entries)) {
			t.Fatalf("leaf %d stands at %d: there is a gap", leaf, len(entries))
		}
		entries = append(entries, entry)
	}
	return entries
}

// logged is what a sequencer tells.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
