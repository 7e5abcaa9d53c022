package keys_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const secret = "Rue du Lac 7, third floor"

// note is a row with two sealed columns.
type note struct {
	Table, Row string
	Words      keys.Sealed[string] `bun:"words"`
	More       keys.Sealed[string] `bun:"more"`
}

func (n *note) Place() keys.Place { return keys.Place{Table: n.Table, Row: n.Row} }

func as(t testing.TB, who cast.Person) context.Context {
	t.Helper()
	return who.Context(t.Context())
}

func dossier() keys.Holder { return keys.Holder{Kind: keys.Dossier, ID: uuid.New()} }

func referral() keys.Holder { return keys.Holder{Kind: keys.Referral, ID: uuid.New()} }

// created has somebody make the keys of a holder.
func created(t testing.TB, ring *keys.Ring, who cast.Person, holder keys.Holder) keys.Holder {
	t.Helper()
	if err := ring.Create(as(t, who), holder); err != nil {
		t.Fatal(err)
	}
	return holder
}

func box(t testing.TB, ring *keys.Ring, who cast.Person, holder keys.Holder) *keys.Box {
	t.Helper()
	found, err := ring.Box(as(t, who), holder)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// ciphertext is what would be written into a column.
func ciphertext(t testing.TB, sealed keys.Sealed[string]) []byte {
	t.Helper()
	value, err := sealed.Value()
	if err != nil {
		t.Fatal(err)
	}
	return value.([]byte)
}

// sealed is the ciphertext of the secret at a place, in the column words.
func sealed(t testing.TB, box *keys.Box, table, row string) []byte {
	t.Helper()
	n := note{Table: table, Row: row, Words: keys.Of(secret)}
	if err := box.Seal(&n); err != nil {
		t.Fatal(err)
	}
	return ciphertext(t, n.Words)
}

// opened reads the ciphertext at a place, as from the column words.
func opened(box *keys.Box, table, row string, ciphertext []byte) (string, error) {
	n := note{Table: table, Row: row}
	if err := errors.Join(n.Words.Scan(ciphertext), n.More.Scan(nil)); err != nil {
		return "", err
	}
	err := box.Open(&n)
	return n.Words.Get(), err
}

// ringWith is another process's ring, which remembers nothing.
func ringWith(t testing.TB, db *pgtest.Database, master keys.Master) *keys.Ring {
	t.Helper()
	pool, err := tenantdb.OpenKeys(t.Context(), db.KeysConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	ring, err := keys.New(t.Context(), pool, master)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}
