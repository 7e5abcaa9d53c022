package moves

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// shown is how many moves a page shows, swept how many arrivals are cleared at once.
const shown, swept = 50, 20

// lockMove has what both sides do with one move come after each other.
func lockMove(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if _, err := tx.Select().ColumnExpr("pg_advisory_xact_lock(hashtextextended(?, 57))", id.String()).Exec(ctx); err != nil {
		return fmt.Errorf("wait for the other side: %w", err)
	}
	return nil
}

func listNeighbours(ctx context.Context, tx tenantdb.Tx) (found []Neighbour, err error) {
	if err := tx.Select().TableExpr("neighbours()").Column("tenant_id", "name").Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list the other organisations: %w", err)
	}
	return found, nil
}

type moveRow struct {
	bun.BaseModel `bun:"table:moves"`
	TenantID      tenantdb.TenantID
	Move
}

func selectMoves(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("moves").Column("move_id", "dossier_id", "to_tenant_id", "to_name", "from_name", "asker_name", "asker_phone", "asker_email",
		"reason", "answer_by", "proposed_by", "proposed_at", "particulars", "withdrawn_at", "answered_at", "decline_reason", "colleague", "public_key", "sent_at", "expires_at", "opened_at")
}

// listMoves gives those of a dossier, the newest first.
func listMoves(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) (found []Move, err error) {
	if err := selectMoves(tx.Select()).Where("dossier_id = ?", dossier).OrderExpr("proposed_at desc, move_id").Limit(shown).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list moves: %w", err)
	}
	for i := range found {
		if err := box.Open(&found[i]); err != nil {
			return nil, fmt.Errorf("open move %s: %w", found[i].MoveID, err)
		}
	}
	return found, nil
}

// lockOf finds one move of a dossier, as it stays until the transaction ends.
func lockOf(ctx context.Context, tx tenantdb.Tx, open func(keys.Row) error, dossier dossiers.ID, id ID) (found Move, err error) {
	if err := tenantdb.Found(selectMoves(tx.Select()).Where("dossier_id = ?", dossier).Where("move_id = ?", id).For("update").Scan(ctx, &found)); err != nil {
		return Move{}, fmt.Errorf("find move %s: %w", id, err)
	}
	if err := open(&found); err != nil {
		return Move{}, fmt.Errorf("open move %s: %w", id, err)
	}
	return found, nil
}

// insertMove says whether it is new: the same form sent twice proposes once.
func insertMove(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, m Move) (bool, error) {
	row := moveRow{TenantID: tenant, Move: m}
	if err := box.Seal(&row.Move); err != nil {
		return false, fmt.Errorf("seal move: %w", err)
	}
	result, err := tx.Insert().Model(&row).Column("tenant_id", "move_id", "dossier_id", "to_tenant_id", "to_name", "from_name", "reason", "answer_by",
		"asker_name", "asker_phone", "asker_email", "particulars", "proposed_by", "proposed_at").On("conflict (tenant_id, move_id) do nothing").Exec(ctx)
	if tenantdb.Violates(err, "moves_go_to_a_tenant_that_is_open") {
		return false, fault.Invalid("to", "moves.to.missing")
	}
	if err != nil {
		return false, fmt.Errorf("insert move: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func updateWithdrawn(ctx context.Context, tx tenantdb.Tx, id ID, by tenantdb.PersonID, at time.Time) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("moves").Set("withdrawn_at = ?", at).Set("withdrawn_by = ?", by).Where("move_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("take move %s back: %w", id, err)
	}
	return nil
}

// sendParcel lays the package down on the other side, and says whether it was waited for there.
func sendParcel(ctx context.Context, tx tenantdb.Tx, m Move, by tenantdb.PersonID, sealed keys.Parcel) (laid bool, err error) {
	err = tenantdb.Affected(tx.Update().TableExpr("moves").Set("sent_by = ?", by).Set("sent_at = ?", m.SentAt).Set("expires_at = ?", m.ExpiresAt).Where("move_id = ?", m.MoveID).Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("send move %s: %w", m.MoveID, err)
	}
	if err := tx.Select().ColumnExpr("send_move(?, ?)", m.MoveID, []byte(sealed)).Scan(ctx, &laid); err != nil {
		return false, fmt.Errorf("send move %s: %w", m.MoveID, err)
	}
	return laid, nil
}

// told is how many moves somebody is told of at once.
const told = 20

var arriving = tenantdb.Prepare(tenantdb.Select().TableExpr("arrivals").ColumnExpr("move_id, '00000000-0000-0000-0000-000000000000'::uuid as dossier_id, '' as code_name, from_name as name").
	ColumnExpr("case when sent_at is null then ? else ? end as standing", Proposed, Sent).
	Where("? and withdrawn_at is null and opened_at is null", tenantdb.Argument(1)).
	Where("(answered_at is null and answer_by >= current_date or sent_at is not null and expires_at > now())").
	OrderExpr("answer_by, move_id").Limit(told))

var answered = tenantdb.Prepare(tenantdb.Select().TableExpr("moves as m").
	Join("join dossiers as d on d.tenant_id = m.tenant_id and d.dossier_id = m.dossier_id").
	ColumnExpr("m.move_id, m.dossier_id, d.code_name, m.to_name as name").
	ColumnExpr("case when m.opened_at is not null then ? when m.decline_reason <> '' then ? else ? end as standing", Opened, Declined, Accepted).
	Where("m.withdrawn_at is null and m.answered_at is not null and d.closed_at is null").
	Where("(m.decline_reason = '' and m.sent_at is null and ? or ? in (m.proposed_by, d.responsible_id) and"+
		" (m.decline_reason <> '' and m.answered_at > now() - interval '14 days' or m.opened_at > now() - interval '14 days'))", tenantdb.Argument(2), tenantdb.Argument(1)).
	OrderExpr("d.code_name, m.move_id").Limit(told))

func selectArrivals(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("arrivals").Column("move_id", "from_tenant_id", "from_name", "asker_name", "asker_phone", "asker_email", "reason", "answer_by", "proposed_at", "withdrawn_at",
		"answered_at", "decline_reason", "responsible_id", "colleague", "public_key", "sent_at", "expires_at", "opened_at", "cleared_at")
}

func listArrivals(ctx context.Context, tx tenantdb.Tx) (found []Arrival, err error) {
	if err := selectArrivals(tx.Select()).OrderExpr("proposed_at desc, move_id").Limit(shown).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list arrivals: %w", err)
	}
	return found, nil
}

// listLeft gives arrivals that are over, and of which something is left.
func listLeft(ctx context.Context, tx tenantdb.Tx) (found []Arrival, err error) {
	err = selectArrivals(tx.Select()).Where("public_key is not null").Where("cleared_at is null").Where("withdrawn_at is not null or opened_at is not null or expires_at <= now()").
		OrderExpr("proposed_at, move_id").Limit(swept).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list what is left of arrivals: %w", err)
	}
	return found, nil
}

// findArrival finds one; locked is that it stays as it is until the transaction ends.
func findArrival(ctx context.Context, tx tenantdb.Tx, id ID, locked bool) (found Arrival, err error) {
	query := selectArrivals(tx.Select()).Where("move_id = ?", id)
	if locked {
		query = query.For("update")
	}
	if err := tenantdb.Found(query.Scan(ctx, &found)); err != nil {
		return Arrival{}, fmt.Errorf("find arrival %s: %w", id, err)
	}
	return found, nil
}

func updateAnswer(ctx context.Context, tx tenantdb.Tx, by tenantdb.PersonID, a Arrival) error {
	query := tx.Update().TableExpr("arrivals").Set("answered_by = ?", by).Set("answered_at = ?", a.AnsweredAt).Set("decline_reason = ?", a.DeclineReason)
	if a.PublicKey != nil {
		query = query.Set("responsible_id = ?", a.ResponsibleID).Set("colleague = ?", a.Colleague).Set("public_key = ?", []byte(a.PublicKey))
	}
	if err := tenantdb.Affected(query.Where("move_id = ?", a.MoveID).Exec(ctx)); err != nil {
		return fmt.Errorf("answer arrival %s: %w", a.MoveID, err)
	}
	return nil
}

func insertKey(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, p parcel) error {
	if err := box.Seal(&p); err != nil {
		return fmt.Errorf("seal a private key: %w", err)
	}
	row := struct {
		bun.BaseModel `bun:"table:packages"`
		TenantID      tenantdb.TenantID
		MoveID        ID
		PrivateKey    keys.Sealed[keys.PrivateKey]
	}{TenantID: tenant, MoveID: p.MoveID, PrivateKey: p.PrivateKey}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("keep a private key: %w", err)
	}
	return nil
}

// findParcel finds what was sent, while it has not expired.
func findParcel(ctx context.Context, tx tenantdb.Tx, id ID) (found parcel, err error) {
	if err := tenantdb.Found(tx.Select().TableExpr("packages").Column("move_id", "private_key", "contents").Where("move_id = ?", id).Where("contents is not null").Scan(ctx, &found)); err != nil {
		return parcel{}, fmt.Errorf("find the package of %s: %w", id, err)
	}
	return found, nil
}

func updateOpened(ctx context.Context, tx tenantdb.Tx, id ID, by tenantdb.PersonID, at time.Time) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("packages").Where("move_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("destroy the package of %s: %w", id, err)
	}
	if err := tenantdb.Affected(tx.Update().TableExpr("arrivals").Set("opened_by = ?", by).Set("opened_at = ?", at).Where("move_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("open arrival %s: %w", id, err)
	}
	return nil
}

// clearArrival deletes what is left of a package that is over.
func clearArrival(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if _, err := tx.Select().ColumnExpr("clear_arrival(?)", id).Exec(ctx); err != nil {
		return fmt.Errorf("clear arrival %s: %w", id, err)
	}
	return nil
}

type receivedRow struct {
	bun.BaseModel `bun:"table:received_files"`
	TenantID      tenantdb.TenantID
	Received
	ReceivedBy tenantdb.PersonID
}

func insertReceived(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, r Received) error {
	row := receivedRow{TenantID: by.Tenant, Received: r, ReceivedBy: by.Person}
	if err := box.Seal(&row.Received); err != nil {
		return fmt.Errorf("seal what was received: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("keep what was received: %w", err)
	}
	return nil
}

func selectReceived(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("received_files").Column("move_id", "dossier_id", "from_name", "received_at", "contents")
}

// receivedOf gives what came along with a dossier; nil is that it began here.
func receivedOf(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) (*Received, error) {
	var found []Received
	if err := selectReceived(tx.Select()).Where("dossier_id = ?", dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("find what was received: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	if err := box.Open(&found[0]); err != nil {
		return nil, fmt.Errorf("open what was received: %w", err)
	}
	return &found[0], nil
}

// dossierOf is which dossier an arrival has become; zero where whoever asks is kept from it.
func dossierOf(ctx context.Context, tx tenantdb.Tx, id ID) (dossiers.ID, error) {
	var found []struct{ DossierID dossiers.ID }
	if err := tx.Select().TableExpr("received_files").Column("dossier_id").Where("move_id = ?", id).Scan(ctx, &found); err != nil {
		return dossiers.ID{}, fmt.Errorf("find what became of arrival %s: %w", id, err)
	}
	if len(found) == 0 {
		return dossiers.ID{}, nil
	}
	return found[0].DossierID, nil
}
