package webtest

import (
	"path/filepath"
	"testing"

	"passerelle/internal/files"
)

// Folder is a place for documents that is gone with the test.
func Folder(t testing.TB) files.Store {
	t.Helper()
	folder, err := files.OpenFolder(filepath.Join(t.TempDir(), "documents"))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
