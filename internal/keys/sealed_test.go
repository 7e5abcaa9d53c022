package keys_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

func TestWhatNobodySealedIsNotWritten(t *testing.T) {
	if value, err := keys.Of(secret).Value(); !errors.Is(err, keys.ErrOpen) || value != nil {
		t.Errorf("got %v, %v", value, err)
	}
	var empty keys.Sealed[string]
	if value, err := empty.Value(); !errors.Is(err, keys.ErrOpen) || value != nil {
		t.Errorf("got %v, %v", value, err)
	}
	if err := empty.Scan(secret); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("text was read from a sealed column: %v", err)
	}
}

// inside holds a sealed value where fmt looks into it without asking it.
type inside struct {
	words keys.Sealed[string]
	deep  keys.Sealed[struct{ Address string }]
}

func TestWhatIsSealedIsNeverPrinted(t *testing.T) {
	_, box, err := pgtest.New(t).Ring(t).Make(as(t, cast.Lea), dossier())
	if err != nil {
		t.Fatal(err)
	}
	read := note{Table: "notes", Row: "1"}
	if err := errors.Join(read.Words.Scan(sealed(t, box, "notes", "1")), read.More.Scan(nil)); err != nil {
		t.Fatal(err)
	}
	if err := box.Open(&read); err != nil || read.Words.Get() != secret {
		t.Fatalf("read %q: %v", read.Words.Get(), err)
	}
	hidden := inside{keys.Of(secret), keys.Of(struct{ Address string }{secret})}
	var said bytes.Buffer
	for name, value := range map[string]any{
		"to be sealed": keys.Of(secret), "opened": read.Words, "pointer": &read.Words, "row": read, "row behind a pointer": &read,
		"list": []keys.Sealed[string]{keys.Of(secret)}, "inside": hidden, "inside a list": []inside{hidden}, "in an error": fmt.Errorf("the row %v", hidden),
	} {
		said.Reset()
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&said, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		said.Write(text)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&said, nil), slog.NewJSONHandler(&said, nil)} {
			slog.New(handler).Info("a row", "row", value)
		}
		for _, leak := range []string{"Lac", fmt.Sprintf("%x", "Lac"), "76, 97, 99", "76 97 99", "0x4c, 0x61, 0x63"} {
			if strings.Contains(said.String(), leak) {
				t.Errorf("%s: %s", name, said.String())
			}
		}
	}
}
