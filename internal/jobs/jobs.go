// Package jobs is the queue of what is done later or in the background, and the only one that knows River. A job is
// planned in the transaction of a change and is there if that commits, or not at all; it is done at least once, so that
// whoever does it sees to it that twice is no more than once. A job names what it is about by identifiers alone: the queue
// has no tenants, and whoever runs the installation may look at it.
package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"passerelle/internal/tenantdb"
)

// schema is where the queue's tables stand, beside the data and outside its fences.
const schema = "jobs"

// Job is something to be done: its kind, and in its fields what it is about. Two that are alike are one.
type Job = river.JobArgs

// Planned is a job with the time at which it is to be done; zero is as soon as possible.
type Planned struct {
	Job
	At time.Time
}

// Brought is a job that was planned in another installation: its kind, and what it is about as it was written down there.
type Brought struct {
	Named string
	About json.RawMessage
}

// Kind is what it is called.
func (b Brought) Kind() string { return b.Named }

// MarshalJSON writes what it is about, as it came.
func (b Brought) MarshalJSON() ([]byte, error) { return b.About, nil }

// planner only plans, in transactions that others have begun.
var planner = func() *river.Client[*sql.Tx] {
	client, err := river.NewClient(riverdatabasesql.New(nil), &river.Config{Schema: schema})
	if err != nil {
		panic(fmt.Sprintf("the queue cannot be written to: %v", err)) // its settings are constants
	}
	return client
}()

// Plan writes jobs down in the transaction of a change. What is planned already is not planned again.
func Plan(ctx context.Context, tx tenantdb.Tx, planned ...Planned) error {
	if len(planned) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(planned))
	for i, p := range planned {
		params[i] = river.InsertManyParams{Args: p.Job, InsertOpts: options(p.At)}
	}
	return tx.Join(func(joined *sql.Tx) error {
		if _, err := planner.InsertManyTx(ctx, joined, params); err != nil {
			return fmt.Errorf("plan jobs: %w", err)
		}
		return nil
	})
}

// options are those of every job: when, and that two that are alike are one.
func options(at time.Time) *river.InsertOpts {
	return &river.InsertOpts{ScheduledAt: at, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}
