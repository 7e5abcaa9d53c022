// Package offices knows the services that a tenant refers to. What an office may ever be sent is decided by its kind
// (policies/disclosure.csv), not by whoever writes to it.
package offices

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// ID identifies an office within its tenant.
type ID = tenantdb.OfficeID

// Office is a service that receives referrals.
type Office struct {
	OfficeID ID                `bun:"office_id"`
	Name     string            `bun:"name"`
	Kind     access.OfficeKind `bun:"kind"`
	Place    string            `bun:"place"`
	ClosedAt *time.Time        `bun:"closed_at"`
	// SuccessorID is the office that came after a closed one, where there is one.
	SuccessorID ID `bun:"successor_id"`
}

// Closed says that the office takes nothing more.
func (o Office) Closed() bool { return o.ClosedAt != nil }

// Ceiling is the most that the office may ever be sent.
func (o Office) Ceiling() []access.DataClass { return access.Ceiling(o.Kind) }

// Withheld is what the office is never sent, whatever was consented to.
func (o Office) Withheld() []access.DataClass {
	var withheld []access.DataClass
	for _, class := range access.DataClasses {
		if !access.Disclosable(o.Kind, class) {
			withheld = append(withheld, class)
		}
	}
	return withheld
}

// Group is the offices of one kind.
type Group struct {
	Kind    access.OfficeKind
	Offices []Office
}

// ByKind groups offices in the order in which forms offer the kinds.
func ByKind(offices []Office) []Group {
	var groups []Group
	for _, kind := range access.OfficeKinds {
		var group []Office
		for _, office := range offices {
			if office.Kind == kind {
				group = append(group, office)
			}
		}
		slices.SortStableFunc(group, func(a, b Office) int { return cmp.Compare(a.Name, b.Name) })
		if len(group) > 0 {
			groups = append(groups, Group{kind, group})
		}
	}
	return groups
}

// Open asks for the offices that take referrals.
func Open(into *[]Office) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("offices").
		Column("office_id", "name", "kind", "place", "closed_at", "successor_id").Where("closed_at is null").OrderExpr("name, office_id"))
}

// Recent asks for all offices, closed ones too, as they were some seconds ago at most: good enough to show names by, and
// not to decide by.
func Recent(into *[]Office) tenantdb.Question { return tenantdb.Kept(into, all) }

var all = tenantdb.Prepare(tenantdb.OfTenant(tenantdb.Select().TableExpr("offices").Column("office_id", "name", "kind", "place", "closed_at", "successor_id")))

// Among is the office of an identifier, or the zero Office.
func Among(offices []Office, id ID) Office {
	for _, office := range offices {
		if office.OfficeID == id {
			return office
		}
	}
	return Office{}
}

// Find gives one office, closed or not, within a transaction of another capability.
func Find(ctx context.Context, tx tenantdb.Tx, id ID) (Office, error) {
	var office Office
	err := tx.Select().TableExpr("offices").Column("office_id", "name", "kind", "place", "closed_at", "successor_id").
		Where("office_id = ?", id).Scan(ctx, &office)
	if err := tenantdb.Found(err); err != nil {
		return Office{}, fmt.Errorf("find office: %w", err)
	}
	return office, nil
}
