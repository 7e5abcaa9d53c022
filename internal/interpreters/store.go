package interpreters

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where interpreters and exclusions have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Directory, Table: "interpreters", Holder: "tenant_id", Key: []string{"interpreter_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "exclusions", Holder: "dossier_id", Key: []string{"exclusion_id"}, Columns: []string{"terms"}},
}

// most is how many interpreters a directory shows, and how many exclusions a dossier has.
const most = 500

type interpreterRow struct {
	bun.BaseModel `bun:"table:interpreters"`
	TenantID      tenantdb.TenantID
	Interpreter
	AddedBy tenantdb.PersonID
	AddedAt time.Time
}

type exclusionRow struct {
	bun.BaseModel `bun:"table:exclusions"`
	TenantID      tenantdb.TenantID
	Exclusion
	RecordedBy tenantdb.PersonID
}

func selectInterpreters(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("interpreters").Column("interpreter_id", "particulars", "active_until", "version")
}

// All asks for the whole directory, sealed; Open opens it.
func All(into *[]Interpreter) tenantdb.Question {
	return tenantdb.Many(into, allStatement.With())
}

var allStatement = tenantdb.Prepare(selectInterpreters(tenantdb.Select()).OrderExpr("added_at, interpreter_id").Limit(most))

// ExclusionsOf asks for the exclusions of a dossier, newest first, lifted ones included.
func ExclusionsOf(dossier dossiers.ID, into *[]Exclusion) tenantdb.Question {
	return tenantdb.Many(into, exclusionsStatement.With(dossier))
}

var exclusionsStatement = tenantdb.Prepare(selectExclusions(tenantdb.Select(), tenantdb.Argument(1)))

func selectExclusions(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("exclusions").Column("exclusion_id", "dossier_id", "terms", "recorded_at", "lifted_at").
		Where("dossier_id = ?", dossier).OrderExpr("recorded_at desc, exclusion_id").Limit(most)
}

// ListExclusions is ExclusionsOf within a transaction.
func ListExclusions(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []Exclusion, err error) {
	if err := selectExclusions(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list exclusions: %w", err)
	}
	return found, nil
}

// ofID asks for one interpreter.
func ofID(id ID, into *Interpreter) tenantdb.Question {
	return tenantdb.One(into, selectInterpreters(tenantdb.Select()).Where("interpreter_id = ?", id))
}

func findInterpreter(ctx context.Context, query *bun.SelectQuery, id ID) (found Interpreter, err error) {
	if err := tenantdb.Found(selectInterpreters(query).Where("interpreter_id = ?", id).Scan(ctx, &found)); err != nil {
		return Interpreter{}, fmt.Errorf("find interpreter %s: %w", id, err)
	}
	return found, nil
}

func insertInterpreter(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, id ID, p Particulars, at time.Time) error {
	row := interpreterRow{TenantID: by.Tenant, Interpreter: Interpreter{id, keys.Of(p), p.ActiveUntil, 1}, AddedBy: by.Person, AddedAt: at}
	if err := box.Seal(&row.Interpreter); err != nil {
		return fmt.Errorf("seal interpreter: %w", err)
	}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, interpreter_id) do nothing").Exec(ctx); err != nil {
		return fmt.Errorf("insert interpreter: %w", err)
	}
	return nil
}

func updateInterpreter(ctx context.Context, tx tenantdb.Tx, box *keys.Box, i Interpreter) error {
	row := interpreterRow{Interpreter: i}
	if err := box.Seal(&row.Interpreter); err != nil {
		return fmt.Errorf("seal interpreter: %w", err)
	}
	err := tenantdb.Affected(tx.Update().Model(&row).Column("particulars", "active_until", "version").Where("interpreter_id = ?", i.InterpreterID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update interpreter %s: %w", i.InterpreterID, err)
	}
	return nil
}

// insertExclusion says whether it is new: the same form sent twice records it once.
func insertExclusion(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, e Exclusion) (bool, error) {
	row := exclusionRow{TenantID: by.Tenant, Exclusion: e, RecordedBy: by.Person}
	if err := box.Seal(&row.Exclusion); err != nil {
		return false, fmt.Errorf("seal exclusion: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, exclusion_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert exclusion: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func findExclusion(ctx context.Context, tx tenantdb.Tx, id ExclusionID) (found Exclusion, err error) {
	err = tx.Select().TableExpr("exclusions").Column("exclusion_id", "dossier_id", "terms", "recorded_at", "lifted_at").Where("exclusion_id = ?", id).Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return Exclusion{}, fmt.Errorf("find exclusion %s: %w", id, err)
	}
	return found, nil
}

func updateLifting(ctx context.Context, tx tenantdb.Tx, by access.Principal, e Exclusion) error {
	err := tenantdb.Affected(tx.Update().TableExpr("exclusions").Set("lifted_at = ?", *e.LiftedAt).Set("lifted_by = ?", by.Person).Where("exclusion_id = ?", e.ExclusionID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("lift exclusion %s: %w", e.ExclusionID, err)
	}
	return nil
}

func listInterpreters(ctx context.Context, tx tenantdb.Tx) (found []Interpreter, err error) {
	if err := selectInterpreters(tx.Select()).OrderExpr("added_at, interpreter_id").Limit(most).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list interpreters: %w", err)
	}
	return found, nil
}
