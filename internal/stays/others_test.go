package stays

import (
	"context"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// told lets another capability of the dossier report.
func (h *house) told(t *testing.T, facts ...deadlines.Fact) {
	t.Helper()
	err := h.db.App.Write(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, h.keys, h.amina)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, h.amina, "proceedings", facts, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}
