package operators

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

type operatorRow struct {
	bun.BaseModel   `bun:"table:console.operators,alias:o"`
	OperatorID      ID
	Name, Email     string
	Issuer, Subject *string
	CodeHash        []byte
	CodeExpiresAt   time.Time `bun:",nullzero"`
	AddedAt         time.Time
	ArrivedAt       time.Time `bun:",nullzero"`
	Keys            int       `bun:",scanonly"`
}

func (r operatorRow) operator() Operator {
	return Operator{r.OperatorID, r.Name, r.Email, r.AddedAt, r.ArrivedAt, r.CodeExpiresAt, r.Keys}
}

func selectOperators(tx tenantdb.Tx) *bun.SelectQuery {
	return tx.Select().TableExpr("console.operators as o").ColumnExpr("o.operator_id, o.name, o.email, o.added_at, o.arrived_at, o.code_expires_at").
		ColumnExpr("(select count(*) from console.passkeys as k where k.operator_id = o.operator_id) as keys").Where("o.removed_at is null")
}

// listOperators gives those who are there, by name.
func listOperators(ctx context.Context, tx tenantdb.Tx) ([]Operator, error) {
	var rows []operatorRow
	if err := selectOperators(tx).OrderExpr("o.name, o.operator_id").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	operators := make([]Operator, len(rows))
	for i, row := range rows {
		operators[i] = row.operator()
	}
	return operators, nil
}

// lockOperators keeps all of them as they are until the transaction ends, and says how many there are: two who remove one another wait.
func lockOperators(ctx context.Context, tx tenantdb.Tx) (int, error) {
	var rows []struct{ OperatorID ID }
	err := tx.Select().TableExpr("console.operators").Column("operator_id").Where("removed_at is null").OrderExpr("operator_id").For("update").Scan(ctx, &rows)
	if err != nil {
		return 0, fmt.Errorf("lock operators: %w", err)
	}
	return len(rows), nil
}

func lockOperator(ctx context.Context, tx tenantdb.Tx, id ID) (Operator, error) {
	var row operatorRow
	if err := selectOperators(tx).Where("o.operator_id = ?", id).For("update of o").Scan(ctx, &row); err != nil {
		return Operator{}, fmt.Errorf("lock operator: %w", tenantdb.Found(err))
	}
	return row.operator(), nil
}

func findOperatorBySubject(ctx context.Context, tx tenantdb.Tx, issuer, subject string) (*Operator, error) {
	var row operatorRow
	if err := selectOperators(tx).Where("o.issuer = ?", issuer).Where("o.subject = ?", subject).Scan(ctx, &row); err != nil {
		return nil, fmt.Errorf("find operator: %w", tenantdb.Found(err))
	}
	found := row.operator()
	return &found, nil
}

// insertOperator says whether there was none of that identifier.
func insertOperator(ctx context.Context, tx tenantdb.Tx, operator Operator, hash []byte, issuer, subject string) (bool, error) {
	row := operatorRow{OperatorID: operator.OperatorID, Name: operator.Name, Email: operator.Email, CodeHash: hash, CodeExpiresAt: operator.CodeExpiresAt}
	if subject != "" {
		row.Issuer, row.Subject = &issuer, &subject
	}
	result, err := tx.Insert().Model(&row).ExcludeColumn("added_at", "arrived_at").On("conflict (operator_id) do nothing").Returning("").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert operator: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// takeCode uses a code up: its operator is whoever the provider calls so.
func takeCode(ctx context.Context, tx tenantdb.Tx, hash []byte, issuer, subject string, now time.Time) (Operator, error) {
	var row operatorRow
	err := tx.Update().Model(&row).Set("issuer = ?", issuer).Set("subject = ?", subject).Set("code_hash = null").Set("code_expires_at = null").
		Where("code_hash = ?", hash).Where("code_expires_at > ?", now).Where("removed_at is null").
		// Who has been here before enters a new code as the very same person.
		Where("(subject is null or (issuer = ? and subject = ?))", issuer, subject).
		Returning("operator_id, name, email, added_at, arrived_at").Scan(ctx)
	if err != nil {
		return Operator{}, fmt.Errorf("take a code: %w", tenantdb.Found(err))
	}
	return row.operator(), nil
}

func updateCode(ctx context.Context, tx tenantdb.Tx, id ID, hash []byte, until time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("console.operators").Set("code_hash = ?", hash).Set("code_expires_at = ?", until).Where("operator_id = ?", id).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update code: %w", err)
	}
	return nil
}

func noteArrival(ctx context.Context, tx tenantdb.Tx, id ID, now time.Time) error {
	if _, err := tx.Update().TableExpr("console.operators").Set("arrived_at = ?", now).Where("operator_id = ?", id).Where("arrived_at is null").Exec(ctx); err != nil {
		return fmt.Errorf("note arrival: %w", err)
	}
	return nil
}

func removeOperator(ctx context.Context, tx tenantdb.Tx, id ID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("console.operators").Set("removed_at = ?", now).Set("code_hash = null").Set("code_expires_at = null").
		Where("operator_id = ?", id).Where("removed_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("remove operator: %w", err)
	}
	return nil
}

type attemptRow struct {
	bun.BaseModel                 `bun:"table:console.attempts"`
	StateHash, BrowserHash        []byte
	Nonce, PkceVerifier, ReturnTo string
	ExpiresAt                     time.Time
}

func insertAttempt(ctx context.Context, tx tenantdb.Tx, left signin.Left) error {
	row := attemptRow{StateHash: left.StateHash, BrowserHash: left.BrowserHash, Nonce: left.Nonce, PkceVerifier: left.PKCEVerifier, ReturnTo: left.ReturnTo, ExpiresAt: left.ExpiresAt}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert attempt: %w", err)
	}
	return nil
}

// deleteAttempt uses one up.
func deleteAttempt(ctx context.Context, tx tenantdb.Tx, hash []byte) (signin.Left, error) {
	var row attemptRow
	if err := tx.Delete().Model(&row).Where("state_hash = ?", hash).Returning("*").Scan(ctx); err != nil {
		return signin.Left{}, fmt.Errorf("delete attempt: %w", tenantdb.Found(err))
	}
	return signin.Left{StateHash: row.StateHash, BrowserHash: row.BrowserHash, Nonce: row.Nonce, PKCEVerifier: row.PkceVerifier, ReturnTo: row.ReturnTo, ExpiresAt: row.ExpiresAt}, nil
}

func deleteAttemptsBefore(ctx context.Context, tx tenantdb.Tx, before time.Time) error {
	if _, err := tx.Delete().Model((*attemptRow)(nil)).Where("expires_at < ?", before).Exec(ctx); err != nil {
		return fmt.Errorf("delete attempts: %w", err)
	}
	return nil
}

type sessionRow struct {
	bun.BaseModel         `bun:"table:console.sessions,alias:s"`
	SessionID             SessionID
	TokenHash             []byte
	CSRF                  string `bun:"csrf"`
	OperatorID            ID
	Issuer, Subject, Name string
	Browser, System       string
	CreatedAt, SeenAt     time.Time
	ExpiresAt             time.Time
	BoundAt               time.Time `bun:",nullzero"`
	ConfirmedAt           time.Time `bun:",nullzero"`
}

func (r sessionRow) session() Session {
	return Session{
		SessionID: r.SessionID, Issuer: r.Issuer, Subject: r.Subject, Name: r.Name, CSRF: r.CSRF, Browser: r.Browser, System: r.System,
		CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt, BoundAt: r.BoundAt, ConfirmedAt: r.ConfirmedAt, hash: r.TokenHash,
	}
}

func insertSession(ctx context.Context, tx tenantdb.Tx, session Session) error {
	row := sessionRow{
		SessionID: session.SessionID, TokenHash: session.hash, CSRF: session.CSRF, Issuer: session.Issuer, Subject: session.Subject, Name: session.Name,
		Browser: session.Browser, System: session.System, CreatedAt: session.CreatedAt, SeenAt: session.SeenAt, ExpiresAt: session.ExpiresAt,
		BoundAt: session.BoundAt, ConfirmedAt: session.ConfirmedAt,
	}
	if session.Operator != nil {
		row.OperatorID = session.Operator.OperatorID
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	return nil
}

// findSession gives one that nobody has ended, with its operator as she or he is now. One who was removed is nobody.
func findSession(ctx context.Context, tx tenantdb.Tx, hash []byte) (Session, error) {
	var row sessionRow
	err := tx.Select().Model(&row).Where("s.token_hash = ?", hash).Where("s.revoked_at is null").Scan(ctx)
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", tenantdb.Found(err))
	}
	session := row.session()
	if row.OperatorID.Zero() {
		return session, nil
	}
	var of operatorRow
	if err := selectOperators(tx).Where("o.operator_id = ?", row.OperatorID).Scan(ctx, &of); err != nil {
		return Session{}, fmt.Errorf("find session: %w", tenantdb.Found(err))
	}
	operator := of.operator()
	session.Operator = &operator
	return session, nil
}

func touchSession(ctx context.Context, tx tenantdb.Tx, hash []byte, now time.Time) error {
	if _, err := tx.Update().TableExpr("console.sessions").Set("seen_at = ?", now).Where("token_hash = ?", hash).Exec(ctx); err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// replaceSession ends one that another takes the place of; one that was ended meanwhile is not found.
func replaceSession(ctx context.Context, tx tenantdb.Tx, hash []byte, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("console.sessions").Set("revoked_at = ?", now).Where("token_hash = ?", hash).Where("revoked_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("replace session: %w", err)
	}
	return nil
}

func revokeSession(ctx context.Context, tx tenantdb.Tx, hash []byte, now time.Time) error {
	if _, err := tx.Update().TableExpr("console.sessions").Set("revoked_at = ?", now).Where("token_hash = ?", hash).Where("revoked_at is null").Exec(ctx); err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	return nil
}

func revokeSessions(ctx context.Context, tx tenantdb.Tx, of ID, now time.Time) error {
	if _, err := tx.Update().TableExpr("console.sessions").Set("revoked_at = ?", now).Where("operator_id = ?", of).Where("revoked_at is null").Exec(ctx); err != nil {
		return fmt.Errorf("revoke sessions: %w", err)
	}
	return nil
}

func revokeOwn(ctx context.Context, tx tenantdb.Tx, of ID, id SessionID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("console.sessions").Set("revoked_at = ?", now).
		Where("operator_id = ?", of).Where("session_id = ?", id).Where("revoked_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	return nil
}

func deleteSessionsBefore(ctx context.Context, tx tenantdb.Tx, before time.Time) error {
	if _, err := tx.Delete().Model((*sessionRow)(nil)).Where("expires_at < ?", before).Exec(ctx); err != nil {
		return fmt.Errorf("delete sessions: %w", err)
	}
	return nil
}

// mostSessions is how many of one's own are shown.
const mostSessions = 50

// listSessions gives those that hold, the newest first.
func listSessions(ctx context.Context, tx tenantdb.Tx, of ID, now time.Time) ([]Session, error) {
	var rows []sessionRow
	err := tx.Select().Model(&rows).Where("s.operator_id = ?", of).Where("s.revoked_at is null").Where("s.expires_at > ?", now).
		Where("s.seen_at > ?", now.Add(-idleLimit)).OrderExpr("s.created_at desc, s.session_id").Limit(mostSessions).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	sessions := make([]Session, len(rows))
	for i, row := range rows {
		sessions[i] = row.session()
	}
	return sessions, nil
}

// entry is an act as it is written down; without an operator it was a command.
type entry struct {
	Operator, About ID
	Action          Action
}

func insertAct(ctx context.Context, tx tenantdb.Tx, e entry) error {
	row := struct {
		bun.BaseModel       `bun:"table:console.acts"`
		ActID               ids.ID[Act]
		OperatorID, AboutID ID
		Action              Action
	}{ActID: ids.New[Act](), OperatorID: e.Operator, AboutID: e.About, Action: e.Action}
	if _, err := tx.Insert().Model(&row).Returning("").Exec(ctx); err != nil {
		return fmt.Errorf("insert act: %w", err)
	}
	return nil
}

// listActs gives the newest, before one of them; of one tenant or, where none is named, of all.
func listActs(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, before ids.ID[Act]) (acts []Act, err error) {
	query := tx.Select().TableExpr("console.acts as a").
		Join("left join console.operators as o on o.operator_id = a.operator_id").
		Join("left join console.operators as b on b.operator_id = a.about_id").
		Join("left join tenants as t on t.tenant_id = a.tenant_id").
		ColumnExpr("a.act_id, a.action, a.reason, a.acted_at, coalesce(o.name, '') as by, coalesce(b.name, '') as about, coalesce(t.name, '') as tenant").
		OrderExpr("a.acted_at desc, a.act_id desc").Limit(ActsShown + 1)
	if !tenant.Zero() {
		query = query.Where("a.tenant_id = ?", tenant)
	}
	if !before.Zero() {
		query = query.Where("(a.acted_at, a.act_id) < (select acted_at, act_id from console.acts where act_id = ?)", before)
	}
	if err := query.Scan(ctx, &acts); err != nil {
		return nil, fmt.Errorf("list acts: %w", err)
	}
	return acts, nil
}
