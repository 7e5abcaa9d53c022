package app_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/exports"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, outbound) }

// outbound is an export that the coordinator of Vaud has asked for.
func outbound(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	id := ids.New[exports.Export]()
	if err := site.App.Exports.Ask(cast.Karim.Context(t.Context()), id, exports.Order{Subject: exports.List, Format: exports.CSV, Reason: "own_use"}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/exports/": id.String()}
}
