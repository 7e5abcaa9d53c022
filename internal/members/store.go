package members

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

// All asks for everybody who is or was on the staff, by name: dossiers may still be in the name of somebody who left.
func All(into *[]Member) tenantdb.Question {
	return tenantdb.Many(into, staffStatement.With())
}

// Recent is All as it was some seconds ago at most: good enough to show names by, and not to decide by.
func Recent(into *[]Member) tenantdb.Question {
	return tenantdb.Kept(into, staffStatement)
}

var staffStatement = tenantdb.Prepare(staff(tenantdb.Select()))

// List is All within a transaction.
func List(ctx context.Context, tx tenantdb.Tx) ([]Member, error) {
	var all []Member
	if err := staff(tx.Select()).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return all, nil
}

func staff(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("members").Column("member_id", "name", "role", "ended_at")).OrderExpr("name, member_id")
}
