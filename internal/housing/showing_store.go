package housing

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

type showingRow struct {
	bun.BaseModel `bun:"table:place_showings"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	ShowingID     showingID         `bun:"showing_id"`
	PlaceID       PlaceID           `bun:"place_id"`
	PersonID      tenantdb.PersonID `bun:"person_id"`
	Reason        Reason            `bun:"reason"`
}

func insertShowing(ctx context.Context, tx tenantdb.Tx, row showingRow) error {
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert showing: %w", err)
	}
	return nil
}

// Showing is that somebody had the address of a place shown.
type Showing struct {
	PersonName string
	Reason     Reason
	ShownAt    time.Time
}

// showingsOf asks who had the address of a place shown, newest first.
func showingsOf(id PlaceID, into *[]Showing) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("place_showings as showing").
		ColumnExpr("coalesce(member.name, '') as person_name, showing.reason, showing.shown_at").
		Join("left join members as member on member.tenant_id = showing.tenant_id and member.member_id = showing.person_id").
		Where("showing.place_id = ?", id).OrderExpr("showing.shown_at desc, showing.showing_id").Limit(mostShowings))
}
