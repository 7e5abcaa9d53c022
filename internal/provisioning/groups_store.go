package provisioning

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

type groupRow struct {
	bun.BaseModel `bun:"table:provisioned_groups"`
	TenantID      tenantdb.TenantID
	GroupID       GroupID
	ConnectionID  signin.ConnectionID
	ExternalID    string
	Name          string
	MadeAt        time.Time
	ChangedAt     time.Time
}

// insertGroup says whether it was new: no other has its name.
func insertGroup(ctx context.Context, tx tenantdb.Tx, known Known, g Group) (fresh bool, err error) {
	row := groupRow{TenantID: known.TenantID, GroupID: g.GroupID, ConnectionID: known.ConnectionID, ExternalID: g.ExternalID, Name: g.Name, MadeAt: g.MadeAt, ChangedAt: g.ChangedAt}
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert group: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func updateGroup(ctx context.Context, tx tenantdb.Tx, g Group) error {
	err := tenantdb.Affected(tx.Update().TableExpr("provisioned_groups").Set("external_id = ?", g.ExternalID).Set("name = ?", g.Name).Set("changed_at = ?", g.ChangedAt).
		Where("group_id = ?", g.GroupID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update group: %w", err)
	}
	return nil
}

func deleteGroup(ctx context.Context, tx tenantdb.Tx, id GroupID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("provisioned_groups").Where("group_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete group: %w", err)
	}
	return nil
}

func groups(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("provisioned_groups as g")).ColumnExpr("g.group_id, g.external_id, g.name, g.made_at, g.changed_at")
}

func findGroup(ctx context.Context, tx tenantdb.Tx, id GroupID) (g Group, err error) {
	if err = tenantdb.Found(groups(tx.Select()).Where("g.group_id = ?", id).Scan(ctx, &g)); err != nil {
		return Group{}, fmt.Errorf("find group: %w", err)
	}
	return g, nil
}

// lockGroup keeps everybody else from changing a group until the transaction ends.
func lockGroup(ctx context.Context, tx tenantdb.Tx, id GroupID) (g Group, err error) {
	if err = tenantdb.Found(groups(tx.Select()).Where("g.group_id = ?", id).For("update of g").Scan(ctx, &g)); err != nil {
		return Group{}, fmt.Errorf("find group: %w", err)
	}
	return g, nil
}

func countGroups(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, which Which) (int64, error) {
	n, err := which.groups(tenantdb.OfTenant(tx.Select().TableExpr("provisioned_groups as g")).Where("g.connection_id = ?", connection)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count groups: %w", err)
	}
	return n, nil
}

func listGroups(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, which Which, window Window) (found []Group, err error) {
	err = which.groups(groups(tx.Select()).Where("g.connection_id = ?", connection)).OrderExpr("g.made_at, g.group_id").
		Offset(window.Start-1).Limit(window.Count).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return found, nil
}

// isNameTaken says whether the name of a group is another's.
func isNameTaken(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, g Group) (bool, error) {
	taken, err := tenantdb.OfTenant(tx.Select().TableExpr("provisioned_groups as g")).Where("g.connection_id = ?", connection).Where("g.group_id <> ?", g.GroupID).
		Where("g.name = ?", g.Name).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a name: %w", err)
	}
	return taken, nil
}

// proposes says whether members of a group are proposed a role. Nobody takes the proposal away until the transaction ends.
func proposes(ctx context.Context, tx tenantdb.Tx, name string) (bool, error) {
	yes, err := tenantdb.OfTenant(tx.Select().TableExpr("role_proposals")).Where("group_name = ?", name).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a proposal: %w", err)
	}
	return yes, nil
}

type membershipRow struct {
	bun.BaseModel `bun:"table:provisioned_memberships"`
	TenantID      tenantdb.TenantID
	GroupID       GroupID
	PersonID      PersonID
	ConnectionID  signin.ConnectionID
	GroupName     string
}

// replaceMemberships writes anew who is in a group; whom the directory has not announced is left out.
func replaceMemberships(ctx context.Context, tx tenantdb.Tx, known Known, g Group) error {
	if _, err := tx.Delete().TableExpr("provisioned_memberships").Where("group_id = ?", g.GroupID).Exec(ctx); err != nil {
		return fmt.Errorf("delete memberships: %w", err)
	}
	if len(g.People) == 0 {
		return nil
	}
	var there []struct{ PersonID PersonID }
	err := tenantdb.OfTenant(tx.Select().TableExpr("provisioned_people")).Column("person_id").Where("connection_id = ?", known.ConnectionID).
		Where("person_id in (?)", bun.List(g.People)).OrderExpr("person_id").Limit(mostInGroup).Scan(ctx, &there)
	if err != nil || len(there) == 0 {
		return tenantdb.Found(err)
	}
	rows := make([]membershipRow, len(there))
	for i, person := range there {
		rows[i] = membershipRow{TenantID: known.TenantID, GroupID: g.GroupID, PersonID: person.PersonID, ConnectionID: known.ConnectionID, GroupName: g.Name}
	}
	if _, err := tx.Insert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("insert memberships: %w", err)
	}
	return nil
}

// listMemberships gives who is in which group, of people or of groups.
func listMemberships(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, persons []PersonID, in []GroupID) (found []Membership, err error) {
	query := tenantdb.OfTenant(tx.Select().TableExpr("provisioned_memberships as m")).ColumnExpr("m.group_id, m.person_id, m.group_name as name").
		Where("m.connection_id = ?", connection)
	switch {
	case len(persons) > 0:
		query = query.Where("m.person_id in (?)", bun.List(persons))
	case len(in) > 0:
		query = query.Where("m.group_id in (?)", bun.List(in))
	default:
		return nil, nil
	}
	if err = query.OrderExpr("m.group_name, m.person_id").Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	return found, nil
}
