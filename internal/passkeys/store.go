package passkeys

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/uptrace/bun"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

type passkeyRow struct {
	bun.BaseModel  `bun:"table:passkeys"`
	TenantID       tenantdb.TenantID
	PasskeyID      ID
	IdentityID     signin.IdentityID
	CredentialID   []byte
	PublicKey      []byte
	SignCount      int64
	Transports     []string `bun:",array"`
	BackupEligible bool
	BackedUp       bool
	Name           string
	AddedAt        time.Time
	UsedAt         time.Time `bun:",nullzero"`
}

func (r passkeyRow) passkey() Passkey {
	kept := Kept{r.CredentialID, r.PublicKey, r.SignCount, r.Transports, r.BackupEligible, r.BackedUp}
	return Passkey{PasskeyID: r.PasskeyID, Name: r.Name, AddedAt: r.AddedAt, UsedAt: r.UsedAt, credential: kept.credential()}
}

// most is how many passkeys an account may have in a tenant: some devices and a key in the safe.
const most = 10

// listPasskeys gives those of the account whose scope is bound, oldest first.
func listPasskeys(ctx context.Context, tx tenantdb.Tx) ([]Passkey, error) {
	return scanPasskeys(ctx, tx.Select())
}

// lockPasskeys gives the same, which nobody else changes until the transaction ends.
func lockPasskeys(ctx context.Context, tx tenantdb.Tx) ([]Passkey, error) {
	return scanPasskeys(ctx, tx.Select().For("no key update"))
}

func scanPasskeys(ctx context.Context, query *bun.SelectQuery) ([]Passkey, error) {
	var rows []passkeyRow
	if err := query.Model(&rows).OrderExpr("added_at, passkey_id").Limit(2 * most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	keys := make([]Passkey, len(rows))
	for i, row := range rows {
		keys[i] = row.passkey()
	}
	return keys, nil
}

func insertPasskey(ctx context.Context, tx tenantdb.Tx, of signin.Session, key Passkey) error {
	kept := keep(key.credential)
	row := passkeyRow{
		TenantID: of.Membership.Tenant, PasskeyID: key.PasskeyID, IdentityID: of.Identity.ID,
		CredentialID: kept.CredentialID, PublicKey: kept.PublicKey, SignCount: kept.SignCount, Transports: kept.Transports,
		BackupEligible: kept.BackupEligible, BackedUp: kept.BackedUp, Name: key.Name, AddedAt: key.AddedAt, UsedAt: key.UsedAt,
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert passkey: %w", err)
	}
	return nil
}

// updatePasskey notes that somebody has confirmed with it.
func updatePasskey(ctx context.Context, tx tenantdb.Tx, key Passkey, now time.Time) error {
	err := tenantdb.Affected(tx.Update().Model((*passkeyRow)(nil)).
		Set("sign_count = ?", int64(key.credential.Authenticator.SignCount)).Set("backed_up = ?", key.credential.Flags.BackupState).Set("used_at = ?", now).
		Where("passkey_id = ?", key.PasskeyID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update passkey: %w", err)
	}
	return nil
}

func deletePasskey(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if err := tenantdb.Affected(tx.Delete().Model((*passkeyRow)(nil)).Where("passkey_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete passkey: %w", err)
	}
	return nil
}

// deletePasskeys removes all of the account whose scope is bound.
func deletePasskeys(ctx context.Context, tx tenantdb.Tx) error {
	if _, err := tx.Delete().Model((*passkeyRow)(nil)).Where("true").Exec(ctx); err != nil {
		return fmt.Errorf("delete passkeys: %w", err)
	}
	return nil
}

type challengeRow struct {
	bun.BaseModel `bun:"table:passkey_challenges"`
	TenantID      tenantdb.TenantID
	ChallengeID   ChallengeID
	IdentityID    signin.IdentityID
	SessionHash   []byte
	Purpose       purpose
	Ceremony      json.RawMessage `bun:"type:jsonb"`
	ExpiresAt     time.Time
}

func insertChallenge(ctx context.Context, tx tenantdb.Tx, of signin.Session, id ChallengeID, what purpose, ceremony webauthn.SessionData, expires time.Time) error {
	text, err := json.Marshal(ceremony)
	if err != nil {
		return fmt.Errorf("write ceremony: %w", err)
	}
	row := challengeRow{
		TenantID: of.Membership.Tenant, ChallengeID: id, IdentityID: of.Identity.ID, SessionHash: of.Binding(), Purpose: what, Ceremony: text, ExpiresAt: expires,
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert challenge: %w", err)
	}
	return nil
}

// deleteChallenge takes a challenge that was asked for in this very session, for this purpose, and has neither been taken nor
// expired.
func deleteChallenge(ctx context.Context, tx tenantdb.Tx, of signin.Session, id ChallengeID, what purpose, now time.Time) (webauthn.SessionData, error) {
	var row challengeRow
	err := tx.Delete().Model(&row).Where("challenge_id = ?", id).Where("session_hash = ?", of.Binding()).Where("purpose = ?", what).
		Where("expires_at > ?", now).Returning("*").Scan(ctx)
	if err != nil {
		return webauthn.SessionData{}, fmt.Errorf("delete challenge: %w", tenantdb.Found(err))
	}
	var ceremony webauthn.SessionData
	if err := json.Unmarshal(row.Ceremony, &ceremony); err != nil {
		return webauthn.SessionData{}, fmt.Errorf("read ceremony: %w", err)
	}
	return ceremony, nil
}

// mostChallenges is how many may be under way for an account: a page that is loaded again and again keeps the newest.
const mostChallenges = 20

// deleteOldChallenges removes what has expired, and the oldest of too many.
func deleteOldChallenges(ctx context.Context, tx tenantdb.Tx, now time.Time) error {
	kept := tx.Select().TableExpr("passkey_challenges").Column("challenge_id").Where("expires_at > ?", now).OrderExpr("expires_at desc, challenge_id").Limit(mostChallenges - 1)
	if _, err := tx.Delete().Model((*challengeRow)(nil)).Where("challenge_id not in (?)", kept).Exec(ctx); err != nil {
		return fmt.Errorf("delete challenges: %w", err)
	}
	return nil
}

type recoveryRow struct {
	bun.BaseModel    `bun:"table:passkey_recoveries"`
	TenantID         tenantdb.TenantID
	RecoveryID       RecoveryID
	IdentityID       signin.IdentityID
	PersonID         tenantdb.PersonID
	OfficeID         tenantdb.OfficeID
	AskedAt          time.Time
	FirstBy          tenantdb.PersonID
	FirstIdentityID  signin.IdentityID
	FirstReason      string    `bun:",nullzero"`
	FirstAt          time.Time `bun:",nullzero"`
	SecondBy         tenantdb.PersonID
	SecondIdentityID signin.IdentityID
	SecondReason     string    `bun:",nullzero"`
	SecondAt         time.Time `bun:",nullzero"`
	RefusedBy        tenantdb.PersonID
	RefusedReason    string    `bun:",nullzero"`
	RefusedAt        time.Time `bun:",nullzero"`
	WithdrawnAt      time.Time `bun:",nullzero"`
	UsedAt           time.Time `bun:",nullzero"`
}

func (r recoveryRow) recovery() Recovery {
	return Recovery{
		RecoveryID: r.RecoveryID, IdentityID: r.IdentityID, PersonID: r.PersonID, AskedAt: r.AskedAt,
		FirstBy: r.FirstBy, FirstIdentityID: r.FirstIdentityID, FirstReason: r.FirstReason, FirstAt: r.FirstAt,
		SecondBy: r.SecondBy, SecondIdentityID: r.SecondIdentityID, SecondReason: r.SecondReason, SecondAt: r.SecondAt,
		RefusedBy: r.RefusedBy, RefusedReason: r.RefusedReason, RefusedAt: r.RefusedAt, WithdrawnAt: r.WithdrawnAt, UsedAt: r.UsedAt,
	}
}

// findOwnRecovery gives the one that the account whose scope is bound asked for and that nothing has ended; nil is none.
func findOwnRecovery(ctx context.Context, tx tenantdb.Tx) (*Recovery, error) {
	var rows []recoveryRow
	err := tx.Select().Model(&rows).Where("refused_at is null").Where("withdrawn_at is null").Where("used_at is null").Limit(1).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("find own recovery: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	found := rows[0].recovery()
	return &found, nil
}

func insertRecovery(ctx context.Context, tx tenantdb.Tx, of signin.Session, id RecoveryID, now time.Time) error {
	row := recoveryRow{
		TenantID: of.Membership.Tenant, RecoveryID: id, IdentityID: of.Identity.ID, PersonID: of.Membership.Person, OfficeID: of.Membership.Office, AskedAt: now,
	}
	_, err := tx.Insert().Model(&row).Column("tenant_id", "recovery_id", "identity_id", "person_id", "office_id", "asked_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert recovery: %w", err)
	}
	return nil
}

// endRecovery says when one's own recovery was taken back, or used.
func endRecovery(ctx context.Context, tx tenantdb.Tx, id RecoveryID, used bool, now time.Time) error {
	update := tx.Update().Model((*recoveryRow)(nil)).Where("recovery_id = ?", id)
	if used {
		update = update.Set("used_at = ?", now)
	} else {
		update = update.Set("withdrawn_at = ?", now)
	}
	if err := tenantdb.Affected(update.Exec(ctx)); err != nil {
		return fmt.Errorf("end recovery: %w", err)
	}
	return nil
}

// shown is a recovery with the names that an admin reads.
type shown struct {
	recoveryRow
	Name, OfficeName                   string
	FirstName, SecondName, RefusedName string
}

func (s shown) recovery() Recovery {
	r := s.recoveryRow.recovery()
	r.Name, r.OfficeName, r.FirstName, r.SecondName, r.RefusedName = s.Name, s.OfficeName, s.FirstName, s.SecondName, s.RefusedName
	return r
}

func selectShown(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("passkey_recoveries as r").
		Join("left join members as m on m.tenant_id = r.tenant_id and m.member_id = r.person_id").
		Join("left join office_members as o on o.tenant_id = r.tenant_id and o.office_member_id = r.person_id").
		Join("left join offices as f on f.tenant_id = r.tenant_id and f.office_id = r.office_id").
		Join("left join members as a on a.tenant_id = r.tenant_id and a.member_id = r.first_by").
		Join("left join members as b on b.tenant_id = r.tenant_id and b.member_id = r.second_by").
		Join("left join members as c on c.tenant_id = r.tenant_id and c.member_id = r.refused_by").
		ColumnExpr("r.*, coalesce(m.name, o.name, '') as name, coalesce(f.name, '') as office_name").
		ColumnExpr("coalesce(a.name, '') as first_name, coalesce(b.name, '') as second_name, coalesce(c.name, '') as refused_name")
}

// mostShown is how many recoveries the admins' page lists: those that wait and the last that do not.
const mostShown = 100

// listRecoveries gives the newest first.
func listRecoveries(ctx context.Context, tx tenantdb.Tx) ([]Recovery, error) {
	var rows []shown
	if err := selectShown(tx.Select()).OrderExpr("r.asked_at desc, r.recovery_id").Limit(mostShown).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list recoveries: %w", err)
	}
	list := make([]Recovery, len(rows))
	for i, row := range rows {
		list[i] = row.recovery()
	}
	return list, nil
}

func findRecovery(ctx context.Context, tx tenantdb.Tx, id RecoveryID) (Recovery, error) {
	var row shown
	if err := selectShown(tx.Select()).Where("r.recovery_id = ?", id).Scan(ctx, &row); err != nil {
		return Recovery{}, fmt.Errorf("find recovery: %w", tenantdb.Found(err))
	}
	return row.recovery(), nil
}

// lockRecovery gives one that nobody else changes until the transaction ends.
func lockRecovery(ctx context.Context, tx tenantdb.Tx, id RecoveryID) (Recovery, error) {
	var row recoveryRow
	if err := tx.Select().Model(&row).Where("recovery_id = ?", id).For("no key update").Scan(ctx); err != nil {
		return Recovery{}, fmt.Errorf("lock recovery: %w", tenantdb.Found(err))
	}
	return row.recovery(), nil
}

// updateAnswer writes down what an admin said. Whose account the admin's is, the database finds out itself.
func updateAnswer(ctx context.Context, tx tenantdb.Tx, r Recovery) error {
	row := recoveryRow{
		FirstBy: r.FirstBy, FirstReason: r.FirstReason, FirstAt: r.FirstAt, SecondBy: r.SecondBy, SecondReason: r.SecondReason, SecondAt: r.SecondAt,
		RefusedBy: r.RefusedBy, RefusedReason: r.RefusedReason, RefusedAt: r.RefusedAt,
	}
	err := tenantdb.Affected(tx.Update().Model(&row).
		Column("first_by", "first_reason", "first_at", "second_by", "second_reason", "second_at", "refused_by", "refused_reason", "refused_at").
		Where("recovery_id = ?", r.RecoveryID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("answer recovery: %w", err)
	}
	return nil
}

// findIdentity is the account of a member.
func findIdentity(ctx context.Context, tx tenantdb.Tx, member tenantdb.PersonID) (id signin.IdentityID, err error) {
	var row struct{ IdentityID signin.IdentityID }
	if err := tx.Select().TableExpr("members").Column("identity_id").Where("member_id = ?", member).Scan(ctx, &row); err != nil {
		return id, fmt.Errorf("find account of member: %w", tenantdb.Found(err))
	}
	return row.IdentityID, nil
}
