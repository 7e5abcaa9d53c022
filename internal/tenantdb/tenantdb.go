// Package tenantdb is the one door to the database. Every transaction that it hands out already belongs to a scope
// (a tenant's staff, an office, or the door at sign-in), bound for this transaction only, and row-level security does
// the rest: no query names the tenant, and none runs without one.
//
// Three ways in: Read sends scope and questions in one round trip, for pages that are opened all day;
// View is a read-only transaction for rarer questions that depend on each other; Write is for changes.
package tenantdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"passerelle/internal/fault"
	"passerelle/internal/tracing"
)

// ErrNoScope is the programming error of asking the database before anybody was signed in.
var ErrNoScope = errors.New("no scope is bound: the query would have belonged to nobody")

// DB is the application's pool, seen through its fences.
type DB struct {
	pool *pgxpool.Pool
	bun  *bun.DB
	kept *keptAnswers
	keys bool
}

// connectTime is how long the database may take to greet.
const connectTime = 5 * time.Second

// Options bound the pool.
type Options struct {
	// MaxConns is how many connections the pool may hold; 0 leaves pgx's default (4, or the number of cores).
	MaxConns int32
}

// Open connects as the application's role. It does not check the fences: see Check.
func Open(ctx context.Context, connString string, options Options) (*DB, error) {
	config, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, fmt.Errorf("read the database URL: %w", redact(err))
	}
	// bun writes its arguments into the text, so that a prepared statement a query would keep literals in memory.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.ConnConfig.StatementCacheCapacity = 0
	config.ConnConfig.DescriptionCacheCapacity = 0
	// What is prepared is planned once on each connection, whatever its values: some plans were made anew for each question, which
	// took as long as to answer it.
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	if options.MaxConns > 0 {
		config.MaxConns = options.MaxConns
	}
	config.MaxConnIdleTime = 5 * time.Minute
	// What takes a connection and never answers would hold a place in the pool for minutes after it is back.
	config.ConnConfig.ConnectTimeout = min(config.ConnConfig.ConnectTimeout, connectTime)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", redact(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", redact(err))
	}
	return &DB{pool: pool, bun: bun.NewDB(stdlib.OpenDBFromPool(pool), pgdialect.New()).WithQueryHook(traced{}), kept: newKeptAnswers()}, nil
}

// OpenKeys connects to the database of the keys. No dossier is known there, and so nobody is barred from one.
func OpenKeys(ctx context.Context, connString string, options Options) (*DB, error) {
	db, err := Open(ctx, connString, options)
	if err != nil {
		return nil, err
	}
	db.keys = true
	return db, nil
}

// Close returns every connection.
func (db *DB) Close() {
	_ = db.bun.Close()
	db.pool.Close()
}

// Ready answers whether the database does, for health checks.
func (db *DB) Ready(ctx context.Context) error { return redact(db.pool.Ping(ctx)) }

// Standing is how many connections of a pool there are and may be, and how those were served that asked for one.
type Standing struct {
	Most, Open, Used    int32
	Waits, WaitsGivenUp int64
	Waited              time.Duration
}

// Standing says how the pool is.
func (db *DB) Standing() Standing {
	stat := db.pool.Stat()
	return Standing{
		Most: stat.MaxConns(), Open: stat.TotalConns(), Used: stat.AcquiredConns(),
		Waits: stat.EmptyAcquireCount(), WaitsGivenUp: stat.CanceledAcquireCount(), Waited: stat.EmptyAcquireWaitTime(),
	}
}

// Write runs change in one transaction of the context's scope and commits it if change returns nil.
func (db *DB) Write(ctx context.Context, change func(ctx context.Context, tx Tx) error) error {
	return db.transact(ctx, nil, change)
}

// View runs questions that depend on each other in one read-only transaction of the context's scope.
func (db *DB) View(ctx context.Context, ask func(ctx context.Context, tx Tx) error) error {
	return db.transact(ctx, &sql.TxOptions{ReadOnly: true}, ask)
}

// Snapshot is View in which every question sees the same moment, however long they take.
func (db *DB) Snapshot(ctx context.Context, ask func(ctx context.Context, tx Tx) error) error {
	return db.transact(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, ask)
}

func (db *DB) transact(ctx context.Context, options *sql.TxOptions, do func(context.Context, Tx) error) (err error) {
	scope := ScopeFrom(ctx)
	if scope.Empty() {
		return ErrNoScope
	}
	ctx, span := tracing.Begin(ctx, "transaction")
	defer func() { span.End(err) }()
	btx, err := db.bun.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", redact(err))
	}
	defer func() { _ = btx.Rollback() }()
	tx := Tx{btx, new([]func())}
	if err := db.bindIn(ctx, tx, scope); err != nil {
		return err
	}
	err = do(ctx, tx)
	var refusal *committed
	if err != nil && !errors.As(err, &refusal) {
		return redact(err)
	}
	if err := btx.Commit(); err != nil {
		if len(*tx.left) > 0 {
			return unleft(err)
		}
		return fmt.Errorf("commit: %w", redact(err))
	}
	for _, left := range *tx.left {
		left()
	}
	return err
}

func (db *DB) bindIn(ctx context.Context, tx Tx, scope Scope) error {
	bind := db.bind(scope, true)
	if _, err := tx.tx.Tx.ExecContext(ctx, bind.text, scope.settings()...); err != nil {
		return fmt.Errorf("bind the scope: %w", redact(err))
	}
	return nil
}

// Readmit has a transaction see what whoever does it has just been let into.
func (db *DB) Readmit(ctx context.Context, tx Tx) error { return db.bindIn(ctx, tx, ScopeFrom(ctx)) }

// AndCommit is a refusal that undoes nothing: what the transaction has left so far stays, because the refusal shows what
// was read.
func AndCommit(refusal error) error { return &committed{refusal} }

type committed struct{ error }

func (c *committed) Unwrap() error { return c.error }

// Tx is a transaction that already belongs to a scope. It builds statements and runs no text.
type Tx struct {
	tx   bun.Tx
	left *[]func()
}

// Select begins a question.
func (tx Tx) Select() *bun.SelectQuery { return tx.tx.NewSelect() }

// Insert begins an insertion.
func (tx Tx) Insert() *bun.InsertQuery { return tx.tx.NewInsert() }

// Update begins a change.
func (tx Tx) Update() *bun.UpdateQuery { return tx.tx.NewUpdate() }

// Delete begins a deletion.
func (tx Tx) Delete() *bun.DeleteQuery { return tx.tx.NewDelete() }

// Join lets the queue of jobs write into the transaction, in its own words; nobody else joins (internal/arch).
func (tx Tx) Join(write func(*sql.Tx) error) error { return redact(write(tx.tx.Tx)) }

// Notify tells the other processes, once the transaction commits, that something changed. The payload holds ids only.
func (tx Tx) Notify(ctx context.Context, channel, payload string) error {
	if _, err := tx.tx.NewSelect().ColumnExpr("pg_notify(?, ?)", channel, payload).Exec(ctx); err != nil {
		return fmt.Errorf("notify %s: %w", channel, redact(err))
	}
	return nil
}

// renderer writes questions as text without a connection.
var renderer = bun.NewDB(nil, pgdialect.New())

// Select begins a question for Read, which is asked later, together with others.
func Select() *bun.SelectQuery { return renderer.NewSelect() }

// Question is one thing that a Read asks, and where its answer goes.
type Question struct {
	query   Query
	collect func(pgx.Rows) error

	// Of a question that leaves a row: what is done once it is committed, and who waits for that instead of Read.
	left    func()
	promise func(await func() error)

	// Of a question whose answer is kept: its text, and how the answer is taken from its place and given back there.
	kept string
	take func() any
	give func(answer any)
}

// Many asks for all rows of a query. Columns fill the fields of T by name.
func Many[T any](into *[]T, query Query) Question {
	return Question{query: query, collect: func(rows pgx.Rows) (err error) {
		*into, err = collect[T](rows)
		return err
	}}
}

// One asks for the only row of a query; that there is none is fault.NotFound.
func One[T any](into *T, query Query) Question {
	return Question{query: query, collect: func(rows pgx.Rows) error {
		found, err := collect[T](rows)
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			return fault.NotFound()
		case len(found) > 1:
			return pgx.ErrTooManyRows
		}
		*into = found[0]
		return nil
	}}
}

// Read asks all questions in one round trip: bind the scope, the questions. They travel by the extended protocol, in which each
// item can only be one statement and all of them up to the Sync are one transaction. It is read only, unless one leaves a row.
func (db *DB) Read(ctx context.Context, questions ...Question) (err error) {
	scope := ScopeFrom(ctx)
	if scope.Empty() {
		return ErrNoScope
	}
	questions = slices.DeleteFunc(slices.Clone(questions), func(q Question) bool { return db.recall(scope, q) })
	if len(questions) == 0 {
		return nil
	}
	ctx, span := tracing.Begin(ctx, "read")
	defer func() { span.End(err) }()
	traceRead(span, questions)
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("get a connection: %w", redact(err))
	}
	trip, err := db.setOut(ctx, conn, scope, questions)
	if err != nil {
		conn.Release()
		return err
	}
	if err := trip.hear(questions); err != nil {
		trip.breakOff()
		return redact(err)
	}
	db.keep(scope, questions)
	return trip.conclude(questions)
}

// redact drops from a database error what may hold a person's data: the values in its detail and its message. What
// stays (code, constraint, table) is what an engineer needs.
func redact(err error) error {
	var (
		pg     *pgconn.PgError
		number *strconv.NumError
		moment *time.ParseError
	)
	var unleft *unleftError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unleft):
		return err
	case errors.As(err, &pg):
		return &Error{Code: pg.Code, Constraint: pg.ConstraintName, Table: pg.TableName}
	case errors.As(err, &number), errors.As(err, &moment):
		return errMisread
	default:
		return err
	}
}

// errMisread stands for errors that quote what could not be read.
var errMisread = errors.New("a value does not fit the field that it is read into")

// Error is what is told of an error of the database: never its values.
type Error struct{ Code, Constraint, Table string }

func (e *Error) Error() string {
	return fmt.Sprintf("postgres %s (table %q, constraint %q)", e.Code, e.Table, e.Constraint)
}

// Violates says whether err is the refusal of one named constraint.
func Violates(err error, constraint string) bool {
	var e *Error
	if errors.As(redact(err), &e) {
		return e.Constraint == constraint
	}
	return false
}

// Referred says whether err is the refusal to delete what something else refers to, or to refer to what is not there.
func Referred(err error) bool {
	var e *Error
	return errors.As(redact(err), &e) && e.Code == "23503"
}

// Affected turns "no row was changed" into fault.NotFound, since for this scope the row does not exist.
func Affected(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.NotFound()
	}
	return nil
}

// Found turns "no rows" into fault.NotFound.
func Found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.NotFound()
	}
	return err
}
