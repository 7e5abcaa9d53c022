package members

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func applications(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("applications as a")).
		ColumnExpr("a.application_id, a.name, a.email, a.groups, a.connection_id, a.first_at, a.last_at, a.refused_at, a.accepted_at, a.announced_at").
		ColumnExpr("coalesce((select c.name from connections as c where c.connection_id = a.connection_id), '') as connection_name")
}

// listApplications gives those that nobody has answered, the oldest first, and after them those that were refused.
func listApplications(ctx context.Context, tx tenantdb.Tx) (waiting []Application, err error) {
	err = applications(tx.Select()).Where("a.accepted_at is null").OrderExpr("a.refused_at nulls first, a.first_at, a.application_id").Limit(mostPeople).Scan(ctx, &waiting)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	return waiting, nil
}

func findApplication(ctx context.Context, tx tenantdb.Tx, id signin.ApplicationID) (a Application, err error) {
	if err = tenantdb.Found(applications(tx.Select()).Where("a.application_id = ?", id).Scan(ctx, &a)); err != nil {
		return Application{}, fmt.Errorf("find application: %w", err)
	}
	return a, nil
}

// applicant is an application with who it is.
type applicant struct {
	Application
	IdentityID signin.IdentityID
	Subject    string
}

// lockApplication keeps everybody else from answering it until the transaction ends.
func lockApplication(ctx context.Context, tx tenantdb.Tx, id signin.ApplicationID) (a applicant, err error) {
	err = tenantdb.Found(applications(tx.Select()).ColumnExpr("a.identity_id, a.subject").Where("a.application_id = ?", id).For("update of a").Scan(ctx, &a))
	if err != nil {
		return applicant{}, fmt.Errorf("find application: %w", err)
	}
	return a, nil
}

func updateAccepted(ctx context.Context, tx tenantdb.Tx, id signin.ApplicationID, by tenantdb.PersonID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("applications").Set("accepted_at = ?", now).Set("refused_at = null").Set("answered_by = ?", by).Where("application_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("accept application: %w", err)
	}
	return nil
}

// settleApplication accepts the application of an identity, if there is one: whoever joins by a code waits no more.
func settleApplication(ctx context.Context, tx tenantdb.Tx, identity signin.IdentityID, by tenantdb.PersonID, now time.Time) error {
	_, err := tx.Update().TableExpr("applications").Set("accepted_at = ?", now).Set("refused_at = null").Set("answered_by = ?", by).
		Where("identity_id = ?", identity).Where("accepted_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle application: %w", err)
	}
	return nil
}

func updateRefused(ctx context.Context, tx tenantdb.Tx, id signin.ApplicationID, by tenantdb.PersonID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("applications").Set("refused_at = ?", now).Set("answered_by = ?", by).Where("application_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("refuse application: %w", err)
	}
	return nil
}

type proposalRow struct {
	bun.BaseModel `bun:"table:role_proposals"`
	TenantID      tenantdb.TenantID
	GroupName     string
	Role          access.Role
}

func listProposals(ctx context.Context, tx tenantdb.Tx) (proposals []Proposal, err error) {
	err = tx.Select().TableExpr("role_proposals").Column("group_name", "role").OrderExpr("group_name").Limit(mostPeople).Scan(ctx, &proposals)
	if err != nil {
		return nil, fmt.Errorf("list role proposals: %w", err)
	}
	return proposals, nil
}

func upsertProposal(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, p Proposal) error {
	row := proposalRow{TenantID: tenant, GroupName: p.GroupName, Role: p.Role}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, group_name) do update").Set("role = excluded.role").Exec(ctx); err != nil {
		return fmt.Errorf("insert role proposal: %w", err)
	}
	return nil
}

func deleteProposal(ctx context.Context, tx tenantdb.Tx, group string) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("role_proposals").Where("group_name = ?", group).Exec(ctx)); err != nil {
		return fmt.Errorf("delete role proposal: %w", err)
	}
	return nil
}
