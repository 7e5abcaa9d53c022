package files_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"passerelle/internal/cast"
	"passerelle/internal/files"
	"passerelle/internal/ids"
)

// Whatever keeps files keeps them alike.
func TestStores(t *testing.T) {
	memory := s3mem.New()
	if err := memory.CreateBucket("documents"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(memory).Server())
	t.Cleanup(server.Close)
	bucket, err := files.OpenBucket(server.URL+"/documents", "eu-central-1", "key", "secret")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := files.OpenFolder(filepath.Join(t.TempDir(), "documents"))
	if err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]files.Store{"folder": folder, "bucket": bucket} {
		t.Run(name, func(t *testing.T) {
			id, other := ids.New[files.File](), ids.New[files.File]()
			if err := store.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Get(t.Context(), cast.Vaud.ID, id); !errors.Is(err, files.ErrMissing) {
				t.Fatalf("what was never put: %v", err)
			}
			large := bytes.Repeat([]byte("sealed "), 1<<20)
			for _, err := range []error{
				store.Put(t.Context(), cast.Vaud.ID, id, large), store.Put(t.Context(), cast.Vaud.ID, other, []byte("other")), store.Put(t.Context(), cast.Geneve.ID, id, []byte("Genève's")),
				// A request that is made twice keeps one file.
				store.Put(t.Context(), cast.Vaud.ID, id, large),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if got, err := store.Get(t.Context(), cast.Vaud.ID, id); err != nil || !bytes.Equal(got, large) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
			for range 2 {
				if err := store.Delete(t.Context(), cast.Vaud.ID, id); err != nil {
					t.Error(err)
				}
			}
			if _, err := store.Get(t.Context(), cast.Vaud.ID, id); !errors.Is(err, files.ErrMissing) {
				t.Errorf("what was deleted: %v", err)
			}
			for range 2 {
				if err := store.Clear(t.Context(), cast.Vaud.ID); err != nil {
					t.Error(err)
				}
			}
			if _, err := store.Get(t.Context(), cast.Vaud.ID, other); !errors.Is(err, files.ErrMissing) {
				t.Errorf("what a tenant left that is gone: %v", err)
			}
			if got, err := store.Get(t.Context(), cast.Geneve.ID, id); err != nil || string(got) != "Genève's" {
				t.Errorf("another tenant's: %q, %v", got, err)
			}
		})
	}
}

func TestAFolderThatTakesNothing(t *testing.T) {
	at := filepath.Join(t.TempDir(), "documents")
	folder, err := files.OpenFolder(at)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(at); err != nil {
		t.Fatal(err)
	}
	if folder.Ready(t.Context()) == nil || folder.Put(t.Context(), cast.Vaud.ID, ids.New[files.File](), nil) == nil {
		t.Error("a folder that is gone takes files")
	}
}

func TestOpenBucket(t *testing.T) {
	for _, address := range []string{"", "s3.example.ch/documents", "https://s3.example.ch", "https://s3.example.ch/a/b", "ftp://s3.example.ch/documents"} {
		if _, err := files.OpenBucket(address, "", "key", "secret"); err == nil {
			t.Errorf("%q is taken for a bucket", address)
		}
	}
}
