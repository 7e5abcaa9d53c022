package members

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

type invitationRow struct {
	bun.BaseModel `bun:"table:invitations"`
	TenantID      tenantdb.TenantID
	InvitationID  InvitationID
	Name          string
	Email         string
	Role          access.Role
	OfficeID      tenantdb.OfficeID
	ConnectionID  signin.ConnectionID
	Language      i18n.Lang
	InvitedBy     tenantdb.PersonID
	InvitedAt     time.Time
}

// insertInvitation says whether it was new: the same form sent twice invites once.
func insertInvitation(ctx context.Context, tx tenantdb.Tx, by access.Principal, d Draft, now time.Time) (bool, error) {
	row := invitationRow{
		TenantID: by.Tenant, InvitationID: d.ID, Name: d.Name, Email: d.Email, Role: d.Role, OfficeID: d.Office, ConnectionID: d.Connection,
		Language: d.Language, InvitedBy: by.Person, InvitedAt: now,
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, invitation_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert invitation: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func invitations(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("invitations as i")).
		ColumnExpr("i.invitation_id, i.name, i.email, i.role, i.office_id, i.connection_id, i.language, i.invited_by, i.invited_at, i.expires_at, i.sent_at, i.letter, i.withdrawn_at, i.redeemed_at").
		ColumnExpr("coalesce((select o.name from offices as o where o.tenant_id = i.tenant_id and o.office_id = i.office_id), '') as office_name")
}

// listInvitations gives those that wait, the newest first; of one office where one is named.
func listInvitations(ctx context.Context, tx tenantdb.Tx, office tenantdb.OfficeID) (waiting []Invitation, err error) {
	query := invitations(tx.Select()).Where("i.redeemed_at is null").Where("i.withdrawn_at is null")
	if !office.Zero() {
		query = query.Where("i.office_id = ?", office)
	}
	if err = query.OrderExpr("i.invited_at desc, i.invitation_id").Limit(mostPeople).Scan(ctx, &waiting); err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	return waiting, nil
}

// lockInvitation keeps everybody else from using or changing it until the transaction ends.
func lockInvitation(ctx context.Context, tx tenantdb.Tx, id InvitationID) (invitation Invitation, err error) {
	err = tenantdb.Found(invitations(tx.Select()).Where("i.invitation_id = ?", id).For("update of i").Scan(ctx, &invitation))
	if err != nil {
		return Invitation{}, fmt.Errorf("find invitation: %w", err)
	}
	return invitation, nil
}

// lockInvitationByCode finds the one whose code has a hash.
func lockInvitationByCode(ctx context.Context, tx tenantdb.Tx, hash []byte) (invitation Invitation, err error) {
	err = tenantdb.Found(invitations(tx.Select()).Where("i.code_hash = ?", hash).For("update of i").Scan(ctx, &invitation))
	if err != nil {
		return Invitation{}, fmt.Errorf("find invitation: %w", err)
	}
	return invitation, nil
}

// updateCode gives an invitation a code, and takes the one before away.
func updateCode(ctx context.Context, tx tenantdb.Tx, id InvitationID, hash []byte, until time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("invitations").Set("code_hash = ?", hash).Set("expires_at = ?", until).Where("invitation_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update the code of an invitation: %w", err)
	}
	return nil
}

// renewInvitation takes the code away, so that a new one can be sent.
func renewInvitation(ctx context.Context, tx tenantdb.Tx, id InvitationID) error {
	err := tenantdb.Affected(tx.Update().TableExpr("invitations").Set("code_hash = null").Set("expires_at = null").Set("begun_at = null").Set("sent_at = null").
		Set("letter = letter + 1").Where("invitation_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("renew invitation: %w", err)
	}
	return nil
}

func updateWithdrawn(ctx context.Context, tx tenantdb.Tx, id InvitationID, by tenantdb.PersonID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("invitations").Set("withdrawn_at = ?", now).Set("withdrawn_by = ?", by).Where("invitation_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("withdraw invitation: %w", err)
	}
	return nil
}

// withdrawOf withdraws what somebody has invited and waits still: whoever is shut out has left no door open.
func withdrawOf(ctx context.Context, tx tenantdb.Tx, inviter, by tenantdb.PersonID, now time.Time) error {
	_, err := tx.Update().TableExpr("invitations").Set("withdrawn_at = ?", now).Set("withdrawn_by = ?", by).
		Where("invited_by = ?", inviter).Where("redeemed_at is null").Where("withdrawn_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("withdraw invitations: %w", err)
	}
	return nil
}

func updateRedeemed(ctx context.Context, tx tenantdb.Tx, id InvitationID, identity signin.IdentityID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("invitations").Set("redeemed_at = ?", now).Set("identity_id = ?", identity).Where("invitation_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("redeem invitation: %w", err)
	}
	return nil
}

// letterOf is an invitation about to be sent.
type letterOf struct {
	Email    string
	Language i18n.Lang
	Letter   int
}

// beginLetter writes down that sending begins; one that has begun, or that nobody waits for any more, is not found.
func beginLetter(ctx context.Context, tx tenantdb.Tx, id InvitationID, letter int, at time.Time) (begun letterOf, err error) {
	err = tenantdb.Found(tx.Update().TableExpr("invitations").Set("begun_at = ?", at).Where("invitation_id = ?", id).Where("letter = ?", letter).
		Where("begun_at is null").Where("redeemed_at is null").Where("withdrawn_at is null").Returning("email, language, letter").Scan(ctx, &begun))
	if err != nil {
		return letterOf{}, fmt.Errorf("begin invitation %s: %w", id, err)
	}
	return begun, nil
}

func unbeginLetter(ctx context.Context, tx tenantdb.Tx, id InvitationID, letter int) error {
	_, err := tx.Update().TableExpr("invitations").Set("begun_at = null").Where("invitation_id = ?", id).Where("letter = ?", letter).Where("sent_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("take back the beginning of invitation %s: %w", id, err)
	}
	return nil
}

func finishLetter(ctx context.Context, tx tenantdb.Tx, id InvitationID, letter int, at time.Time) error {
	_, err := tx.Update().TableExpr("invitations").Set("sent_at = ?", at).Where("invitation_id = ?", id).Where("letter = ?", letter).Exec(ctx)
	if err != nil {
		return fmt.Errorf("finish invitation %s: %w", id, err)
	}
	return nil
}
