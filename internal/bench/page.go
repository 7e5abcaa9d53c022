package bench

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/keys"
)

// page is one that people open all day.
type page struct {
	name string
	// goal is the share of the raw rate that the whole page is to reach; zero where none is asked for.
	goal float64
	// p99 is what hardly anybody waits longer for at goalConnections, in ms, and growth how much the median may grow.
	p99, growth float64
	// statement fetches the page's rows, and read takes one from the wire into Go values.
	statement string
	read      func(pgx.Rows) error
	// plan chooses who opens what; it may open what is sealed, to know what one must read there.
	plan func(ctx context.Context, owner *pgxpool.Pool, ring *keys.Ring, guests []guest) ([]visit, error)
}

// ask sends the raw statement and reads its rows. The statement is prepared on each connection at its first use.
func (p page) ask(ctx context.Context, raw *pgxpool.Pool, what visit) error {
	rows, err := raw.Query(ctx, p.statement, what.arguments...)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	defer rows.Close()
	read := 0
	for rows.Next() {
		if err := p.read(rows); err != nil {
			return fmt.Errorf("read a row: %w", err)
		}
		read++
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	if read != what.rows {
		return fmt.Errorf("the statement gave %d rows instead of %d", read, what.rows)
	}
	return nil
}
