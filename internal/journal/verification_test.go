package journal_test

import (
	"errors"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/journal"
)

func TestWhatIsAsItWasIsSaidToBe(t *testing.T) {
	w := newWorld(t)
	empty := w.bundle(t, cast.Lea, 0)
	w.leave(t, cast.Lea, 7)
	w.leave(t, cast.Claire, 2)
	w.pass(t)
	first := w.bundle(t, cast.Lea, 0)
	w.leave(t, cast.Karim, 5)
	second := w.bundle(t, cast.Lea, first.Size)
	w.leave(t, cast.Lea, 3) // hashed by nobody yet
	verdict, err := verify(w.export(t, cast.Lea), first.Key, second.File, first.File, empty.File)
	if err != nil {
		t.Fatal(err)
	}
	if verdict.Tenant != "vaud" || verdict.Entries != 15 || len(verdict.Kept) != 3 || verdict.Kept[0].Entries != 0 || verdict.Kept[1].Entries != 7 || verdict.Kept[2].Entries != 12 {
		t.Errorf("got %+v", verdict)
	}
	// The other canton's journal and key are its own.
	theirs := w.bundle(t, cast.Claire, 0)
	if _, err := verify(w.export(t, cast.Claire), theirs.Key, theirs.File); err != nil {
		t.Error(err)
	}
	if theirs.Size != 2 || theirs.Key == first.Key {
		t.Errorf("%d entries, under the key %s", theirs.Size, theirs.Key)
	}
	var breach *journal.Breach
	for sentence, try := range map[string]func() error{
		"the export is of another tenant": func() error { _, err := verify(w.export(t, cast.Claire), first.Key, first.File); return err },
		"the checkpoint first is of another tenant": func() error {
			_, err := verify(w.export(t, cast.Lea), first.Key, theirs.File)
			return err
		},
	} {
		if err := try(); err == nil || errors.As(err, &breach) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}
