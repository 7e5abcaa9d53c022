package transfers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// leaving is a tenant as this package needs it.
type leaving struct {
	TenantID    tenantdb.TenantID
	Slug, Name  string
	SuspendedAt *time.Time
	// Recipient is for whom its archive is encrypted, DueAt from when on it may be deleted; neither where nobody has said so.
	Recipient string
	DueAt     *time.Time
}

func findLeaving(ctx context.Context, tx tenantdb.Tx, slug string) (found leaving, err error) {
	err = tenantdb.Found(tx.Select().TableExpr("tenants as t").ColumnExpr("t.tenant_id, t.slug, t.name, t.suspended_at").
		ColumnExpr("coalesce((select k.recipient from handover_keys as k where k.tenant_id = t.tenant_id and k.confirmed_at is not null), '') as recipient").
		ColumnExpr("(select r.due_at from tenant_removals as r where r.tenant_id = t.tenant_id and r.withdrawn_at is null) as due_at").
		Where("t.slug = ?", slug).Scan(ctx, &found))
	if errors.Is(err, fault.NotFound()) {
		return leaving{}, ErrUnknown
	}
	if err != nil {
		return leaving{}, fmt.Errorf("find the tenant: %w", err)
	}
	return found, nil
}

// listTables gives the tables of the data.
func listTables(ctx context.Context, tx tenantdb.Tx) (tables []string, err error) {
	err = tx.Select().TableExpr("pg_tables").Column("tablename").Where("schemaname = 'public'").Order("tablename").Scan(ctx, &tables)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	return tables, nil
}

// listShared gives the connections that people of a tenant come through and that are not its own.
func listShared(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (found []sharedConnection, err error) {
	found = []sharedConnection{}
	err = tx.Select().TableExpr("connections as c").ColumnExpr("c.connection_id, c.slug, c.issuer").Where("c.tenant_id is null").
		Where("exists (select from office_members as m where m.tenant_id = ? and m.connection_id = c.connection_id) or exists (select from invitations as i where i.tenant_id = ? and i.connection_id = c.connection_id)", tenant, tenant).
		OrderExpr("c.slug").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list the connections of offices: %w", err)
	}
	return found, nil
}

// findShared finds a connection of this installation that several tenants share, by its short name.
func findShared(ctx context.Context, tx tenantdb.Tx, slug string) (found []sharedConnection, err error) {
	err = tx.Select().TableExpr("connections").Column("connection_id", "slug", "issuer").Where("tenant_id is null").Where("ended_at is null").Where("slug = ?", slug).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("find the connection of offices: %w", err)
	}
	return found, nil
}

// findIdentity finds somebody who has come through a connection before.
func findIdentity(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, issuer, subject string) (found []uuid.UUID, err error) {
	err = tx.Select().TableExpr("identities").Column("identity_id").Where("connection_id = ?", connection).Where("issuer = ?", issuer).Where("subject = ?", subject).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("find an identity: %w", err)
	}
	return found, nil
}

// eachRow visits what a tenant has in a table, in the order of its key, as it comes from the database.
func eachRow(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, table string, visit func(line []byte) error) error {
	rows, err := tx.Select().TableExpr("tenant_rows(?, ?) as line", table, tenant).ColumnExpr("line::text").Rows(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	defer rows.Close()
	for rows.Next() {
		var line []byte
		if err := rows.Scan(&line); err != nil {
			return fmt.Errorf("read %s: %w", table, err)
		}
		if err := visit(line); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	return nil
}

// insertRows brings rows of a table in.
func insertRows(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, table string, rows []row) (n int, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return 0, fmt.Errorf("write rows of %s: %w", table, err)
	}
	if err := tx.Select().ColumnExpr("bring_tenant_rows(?, ?, ?::jsonb)", table, tenant, string(text)).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("bring in %s: %w", table, err)
	}
	return n, nil
}

// deleteRows deletes what a tenant has in a table.
func deleteRows(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, table string) (n int, err error) {
	if err := tx.Select().ColumnExpr("remove_tenant_rows(?, ?)", table, tenant).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("delete %s: %w", table, err)
	}
	return n, nil
}

// listFiles are the files of the documents of a tenant, and of those that were sent.
func listFiles(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) ([]files.ID, error) {
	var rows []struct{ FileID files.ID }
	sent := tx.Select().TableExpr("enclosures").Column("file_id").Where("tenant_id = ?", tenant)
	kept := tx.Select().TableExpr("documents").Column("file_id").Where("tenant_id = ?", tenant).Where("state <> 'infected'").Union(sent)
	if err := tx.Select().TableExpr("(?) as kept", kept).Column("file_id").OrderExpr("file_id").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	all := make([]files.ID, len(rows))
	for i, row := range rows {
		all[i] = row.FileID
	}
	return all, nil
}

// listBroken names the references that lead nowhere.
func listBroken(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (broken []string, err error) {
	if err := tx.Select().TableExpr("broken_references(?) as name", tenant).ColumnExpr("name").Scan(ctx, &broken); err != nil {
		return nil, fmt.Errorf("follow the references: %w", err)
	}
	return broken, nil
}

// planned is something that is to be done later.
type planned struct {
	Kind        string          `json:"kind"`
	Args        json.RawMessage `json:"args"`
	ScheduledAt time.Time       `json:"at"`
}

func listJobs(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (all []planned, err error) {
	if err := tx.Select().TableExpr("tenant_jobs(?)", tenant).ColumnExpr("kind, args, scheduled_at").Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("list what is planned: %w", err)
	}
	return all, nil
}

func deleteJobs(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (n int, err error) {
	if err := tx.Select().ColumnExpr("remove_tenant_jobs(?)", tenant).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("delete what is planned: %w", err)
	}
	return n, nil
}
