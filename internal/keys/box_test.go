package keys_test

import (
	"bytes"
	"errors"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

func TestWhatIsSealedIsReadAgain(t *testing.T) {
	ring := pgtest.New(t).Ring(t)
	holder := created(t, ring, cast.Lea, dossier())
	written := note{Table: "notes", Row: "1", Words: keys.Of(secret), More: keys.Of("")}
	if err := box(t, ring, cast.Lea, holder).Seal(&written); err != nil {
		t.Fatal(err)
	}
	read := note{Table: "notes", Row: "1"}
	for column, from := range map[*keys.Sealed[string]]keys.Sealed[string]{&read.Words: written.Words, &read.More: written.More} {
		if bytes.Contains(ciphertext(t, from), []byte("Lac")) {
			t.Fatal("what is written holds the words themselves")
		}
		if err := column.Scan(ciphertext(t, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := box(t, ring, cast.Karim, holder).Open(&read); err != nil || read.Words.Get() != secret || read.More.Get() != "" {
		t.Fatalf("read %q, %q: %v", read.Words.Get(), read.More.Get(), err)
	}
	if again := sealed(t, box(t, ring, cast.Lea, holder), "notes", "1"); bytes.Equal(again, ciphertext(t, written.Words)) {
		t.Fatal("the same words twice are the same bytes: one could tell that two rows are alike")
	}
}

// TestT37 moves a ciphertext wherever it does not belong, changes each of its bytes and cuts it off everywhere.
func TestT37(t *testing.T) {
	ring := pgtest.New(t).Ring(t)
	holder, sibling, foreign := created(t, ring, cast.Lea, dossier()), created(t, ring, cast.Lea, dossier()), dossier()
	foreign.ID = holder.ID
	created(t, ring, cast.Claire, foreign)
	here := box(t, ring, cast.Lea, holder)
	original := sealed(t, here, "notes", "1")
	if got, err := opened(here, "notes", "1", original); err != nil || got != secret {
		t.Fatalf("read %q: %v", got, err)
	}
	refused := func(what string, box *keys.Box, table, row string, ciphertext []byte) {
		t.Helper()
		if got, err := opened(box, table, row, ciphertext); !errors.Is(err, keys.ErrForged) || got != "" {
			t.Errorf("%s: read %q, %v", what, got, err)
		}
	}
	refused("another row", here, "notes", "2", original)
	refused("another table", here, "letters", "1", original)
	refused("another dossier", box(t, ring, cast.Lea, sibling), "notes", "1", original)
	refused("another tenant", box(t, ring, cast.Claire, foreign), "notes", "1", original)

	moved := note{Table: "notes", Row: "1"}
	if err := errors.Join(moved.More.Scan(original), moved.Words.Scan(nil)); err != nil {
		t.Fatal(err)
	}
	if err := here.Open(&moved); !errors.Is(err, keys.ErrForged) || moved.More.Get() != "" {
		t.Errorf("another column: read %q, %v", moved.More.Get(), err)
	}
	for i := range original {
		changed := bytes.Clone(original)
		changed[i] ^= 1
		refused("a changed byte", here, "notes", "1", changed)
		refused("a cut", here, "notes", "1", original[:i])
	}
	refused("something more", here, "notes", "1", append(bytes.Clone(original), 0))
}

func TestAFieldWithoutColumnIsNotSealed(t *testing.T) {
	ring := pgtest.New(t).Ring(t)
	_, box, err := ring.Make(as(t, cast.Lea), dossier())
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Seal(&nameless{}); err == nil {
		t.Fatal("a field that names no column could be moved to any")
	}
}

type nameless struct{ Words keys.Sealed[string] }

func (*nameless) Place() keys.Place { return keys.Place{} }

// TestAForgottenColumnIsAnError: what a query left out would open as nothing, and an edit would write the nothing back.
func TestAForgottenColumnIsAnError(t *testing.T) {
	ring := pgtest.New(t).Ring(t)
	opener := box(t, ring, cast.Lea, created(t, ring, cast.Lea, dossier()))
	row := note{Table: "notes", Row: "1", Words: keys.Of(secret)}
	if err := opener.Seal(&row); err != nil {
		t.Fatal(err)
	}
	again := note{Table: "notes", Row: "1"}
	if err := again.Words.Scan(ciphertext(t, row.Words)); err != nil {
		t.Fatal(err)
	}
	if err := opener.Open(&again); err == nil {
		t.Error("a column that was not read opened")
	}
	if err := errors.Join(again.Words.Scan(ciphertext(t, row.Words)), again.More.Scan(nil)); err != nil {
		t.Fatal(err)
	}
	if err := opener.Open(&again); err != nil || again.Words.Get() != secret || again.More.Get() != "" {
		t.Errorf("a column that is null: %v", err)
	}
}
