package connections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// somebody is whom a membership is of.
type somebody struct {
	Person tenantdb.PersonID
	Name   string
	Role   access.Role
	Office string
}

// listKnown gives the memberships of the tenant that an identity of a connection has.
func listKnown(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, connection ID, issuer, subject string) (found []somebody, err error) {
	err = tx.Select().TableExpr("members as m").Join("join identities as i using (identity_id)").
		ColumnExpr("m.member_id as person, m.name, m.role, '' as office").
		Where("m.tenant_id = ?", tenant).Where("m.ended_at is null").
		Where("i.connection_id = ?", connection).Where("i.issuer = ?", issuer).Where("i.subject = ?", subject).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list whom an identity is known as: %w", err)
	}
	var people []somebody
	err = tx.Select().TableExpr("office_members as m").Join("join identities as i using (identity_id)").Join("join offices as f using (tenant_id, office_id)").
		ColumnExpr("m.office_member_id as person, m.name, ? as role, f.name as office", access.OfficeMember).
		Where("m.tenant_id = ?", tenant).Where("m.ended_at is null").
		Where("i.connection_id = ?", connection).Where("i.issuer = ?", issuer).Where("i.subject = ?", subject).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("list at which offices an identity is known: %w", err)
	}
	return append(found, people...), nil
}

// listAwaited gives the memberships of the tenant that wait for a subject of a connection.
func listAwaited(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, connection ID, subject string) (found []somebody, err error) {
	err = tx.Select().TableExpr("members as m").ColumnExpr("m.member_id as person, m.name, m.role, '' as office").
		Where("m.tenant_id = ?", tenant).Where("m.ended_at is null").Where("m.identity_id is null").
		Where("m.connection_id = ?", connection).Where("m.expected_subject = ?", subject).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list who is awaited: %w", err)
	}
	var people []somebody
	err = tx.Select().TableExpr("office_members as m").Join("join offices as f using (tenant_id, office_id)").
		ColumnExpr("m.office_member_id as person, m.name, ? as role, f.name as office", access.OfficeMember).
		Where("m.tenant_id = ?", tenant).Where("m.ended_at is null").Where("m.identity_id is null").
		Where("m.connection_id = ?", connection).Where("m.expected_subject = ?", subject).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("list who is awaited at offices: %w", err)
	}
	return append(found, people...), nil
}

// subjectOf is how the provider of a connection calls a member at present; empty for one who comes in another way.
func subjectOf(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, connection ID, issuer string, member tenantdb.PersonID) (string, error) {
	var found []struct{ Subject string }
	err := tx.Select().TableExpr("members as m").Join("join identities as i using (identity_id)").ColumnExpr("i.subject").
		Where("m.tenant_id = ?", tenant).Where("m.member_id = ?", member).Where("i.connection_id = ?", connection).Where("i.issuer = ?", issuer).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].Subject, nil
}

// comesThrough says whether a member is one of a connection's.
func comesThrough(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, connection ID, member tenantdb.PersonID) (bool, error) {
	return tx.Select().TableExpr("members").Where("tenant_id = ?", tenant).Where("member_id = ?", member).Where("connection_id = ?", connection).Exists(ctx)
}

// moveIdentities has people of a connection known to another issuer by the same subjects.
func moveIdentities(ctx context.Context, tx tenantdb.Tx, connection ID, from, to string) error {
	_, err := tx.Update().TableExpr("identities as i").Set("issuer = ?", to).Where("i.connection_id = ?", connection).Where("i.issuer = ?", from).
		Where("not exists (select from identities as other where other.connection_id = i.connection_id and other.issuer = ? and other.subject = i.subject)", to).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move identities: %w", err)
	}
	return nil
}

type identityRow struct {
	bun.BaseModel `bun:"table:identities"`
	IdentityID    signin.IdentityID
	ConnectionID  ID
	Issuer        string
	Subject       string
	DisplayName   string
	DisplayEmail  string
	FirstSeenAt   time.Time
}

// rebind has a member be known by the subject that the new provider vouched for in the member's own trial.
func rebind(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, connection ID, issuer string, member tenantdb.PersonID, said Report, now time.Time) error {
	row := identityRow{
		IdentityID: ids.New[signin.Identity](), ConnectionID: connection, Issuer: issuer, Subject: said.Subject, DisplayName: said.Name, DisplayEmail: said.Email, FirstSeenAt: now,
	}
	err := tx.Insert().Model(&row).On("conflict on constraint identities_are_one_subject_of_one_issuer do update").
		Set("display_name = excluded.display_name").Returning("identity_id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("insert identity: %w", err)
	}
	_, err = tx.Update().TableExpr("members").Set("identity_id = ?", row.IdentityID).
		Where("tenant_id = ?", tenant).Where("member_id = ?", member).Where("connection_id = ?", connection).Where("ended_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("bind member to identity: %w", err)
	}
	return nil
}

// markTried notes that a change was tried as it is written.
func markTried(ctx context.Context, tx tenantdb.Tx, change ChangeID, version int) error {
	_, err := tx.Update().TableExpr("connection_changes").Set("tried_version = version").
		Where("change_id = ?", change).Where("version = ?", version).Where(stillOpen).Where("proposed_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("note trial: %w", err)
	}
	return nil
}

// addressee is whom an e-mail goes to, and in which language.
type addressee struct {
	Email    string
	Language i18n.Lang
}

func findAddressee(ctx context.Context, tx tenantdb.Tx, member tenantdb.PersonID) (addressee, error) {
	var to addressee
	err := tx.Select().TableExpr("members as m").Join("left join languages as l using (tenant_id, member_id)").
		ColumnExpr("m.email, coalesce(l.language, ?) as language", i18n.Langs[0]).
		Where("m.member_id = ?", member).Where("m.ended_at is null").Scan(ctx, &to)
	if err != nil {
		return to, fmt.Errorf("find addressee: %w", tenantdb.Found(err))
	}
	return to, nil
}
