package app_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/internal/webtest"
)

// brought is a file that Karim has sent; it is his alone, and of no dossier yet.
func brought(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	id := ids.New[imports.Import]()
	if err := site.App.Imports.Take(cast.Karim.Context(t.Context()), id, "list.csv", []byte("Nom;Langues\nOkafor;eng\n")); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/imports/": id.String()}
}
