package tenantdb

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/fault"
)

// trip is one round trip on a connection: all of a Read is sent at once, and answered in that order.
type trip struct {
	conn     *pgxpool.Conn
	pipeline *pgconn.Pipeline
}

// item is one statement of a trip, as it travels.
type item struct {
	text     string
	prepared *pgconn.StatementDescription
	values   pgx.ExtendedQueryBuilder
}

// pack writes a query for a connection, which prepares a statement at its first use, before the trip. Named after itself,
// a statement is known by its text; known ones cost nothing.
func pack(ctx context.Context, conn *pgx.Conn, question Query) (item, error) {
	var packed item
	var arguments []any
	if statement, ok := question.(prepared); ok {
		description, err := conn.Prepare(ctx, statement.text, statement.text)
		if err != nil {
			return item{}, fmt.Errorf("prepare a statement: %w", redact(err))
		}
		packed.prepared, arguments = description, statement.arguments
	} else {
		text, err := question.AppendQuery(renderer.QueryGen(), nil)
		if err != nil {
			return item{}, fmt.Errorf("write a question: %w", err)
		}
		packed.text = string(text)
	}
	if err := packed.values.Build(conn.TypeMap(), packed.prepared, arguments); err != nil {
		return item{}, fmt.Errorf("write the values of a question: %w", redact(err))
	}
	return packed, nil
}

// setOut sends everything and hears that the scope is bound. Nothing begins or commits: what is sent up to a Sync is one
// transaction, which the Sync commits. Where a row is left, the answers are sent back before that at once: somebody can work with them
// while the commit waits for the disk.
func (db *DB) setOut(ctx context.Context, conn *pgxpool.Conn, scope Scope, questions []Question) (*trip, error) {
	leaves := slices.ContainsFunc(questions, Question.leaves)
	items := make([]item, 0, 1+len(questions))
	add := func(question Query) error {
		packed, err := pack(ctx, conn.Conn(), question)
		items = append(items, packed)
		return err
	}
	if err := add(db.bind(scope, leaves).With(scope.settings()...)); err != nil {
		return nil, err
	}
	for _, question := range questions {
		if err := add(question.query); err != nil {
			return nil, err
		}
	}

	t := &trip{conn, conn.Conn().PgConn().StartPipeline(ctx)}
	for _, item := range items {
		if item.prepared != nil {
			t.pipeline.SendQueryStatement(item.prepared, item.values.ParamValues, item.values.ParamFormats, item.values.ResultFormats)
		} else {
			t.pipeline.SendQueryParams(item.text, item.values.ParamValues, nil, item.values.ParamFormats, item.values.ResultFormats)
		}
	}
	if leaves {
		t.pipeline.SendFlushRequest()
	}
	if err := t.pipeline.Sync(); err != nil {
		return nil, fmt.Errorf("ask: %w", redact(err))
	}
	if _, err := t.done(); err != nil {
		t.breakOff()
		return nil, fmt.Errorf("bind the scope: %w", redact(err))
	}
	return t, nil
}

// next is the answer to what comes next.
func (t *trip) next() (*pgconn.ResultReader, error) {
	results, err := t.pipeline.GetResults()
	if err != nil {
		return nil, err
	}
	reader, ok := results.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("the database answered with a %T", results)
	}
	return reader, nil
}

// done hears a statement to its end and gives how many rows it concerned.
func (t *trip) done() (int64, error) {
	reader, err := t.next()
	if err != nil {
		return 0, err
	}
	tag, err := reader.Close()
	return tag.RowsAffected(), err
}

// hear gives each question its answer.
func (t *trip) hear(questions []Question) error {
	for _, question := range questions {
		if question.leaves() {
			rows, err := t.done()
			if err != nil {
				return unleft(err)
			}
			if rows == 0 {
				return fault.NotFound()
			}
			continue
		}
		reader, err := t.next()
		if err != nil {
			return err
		}
		if err := question.collect(pgx.RowsFromResultReader(t.conn.Conn().TypeMap(), reader)); err != nil {
			return err
		}
	}
	return nil
}

// conclude hears that the trip is committed. Where somebody promises to wait for that, it is heard meanwhile.
func (t *trip) conclude(questions []Question) error {
	heard := func() error {
		defer t.conn.Release()
		err := t.pipeline.Close()
		for _, question := range questions {
			if !question.leaves() {
				continue
			}
			if err != nil {
				return unleft(err)
			}
			question.left()
		}
		if err != nil {
			return fmt.Errorf("commit: %w", redact(err))
		}
		return nil
	}
	i := slices.IndexFunc(questions, func(q Question) bool { return q.promise != nil })
	if i < 0 {
		return heard()
	}
	hearing := sync.OnceValue(heard)
	go func() { _ = hearing() }()
	questions[i].promise(hearing)
	return nil
}

// breakOff gives the connection back, which may be done twice. What was under way is undone: after an error Postgres skips the rest, and
// the Sync ends the transaction.
func (t *trip) breakOff() {
	defer t.conn.Release()
	_ = t.pipeline.Close()
}
