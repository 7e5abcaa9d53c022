package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"passerelle/internal/ids"
	"passerelle/internal/tracing"
)

const (
	// hands is how many jobs of this process are done at the same time, and conns how many connections the queue takes:
	// one listens, the others fetch and note what is done.
	hands = 4
	conns = 4
	// patience is how long one may take: what takes longer is done in pieces.
	patience = time.Minute
)

// Queue does what was planned.
type Queue struct {
	pool     *pgxpool.Pool
	client   *river.Client[pgx.Tx]
	workers  *river.Workers
	periodic []*river.PeriodicJob
	log      *slog.Logger
	tracer   *tracing.Tracer
}

// Open reaches the queue at the database of the application, as its role. Nothing is done before Start.
func Open(ctx context.Context, connString string, log *slog.Logger, tracer *tracing.Tracer) (*Queue, error) {
	config, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, errors.New("read the URL of the queue") // the cause holds the URL
	}
	config.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, errors.New("open the queue")
	}
	return &Queue{pool: pool, workers: river.NewWorkers(), log: log, tracer: tracer}, nil
}

// Handle says who does jobs of a kind. An error has it tried again, later and later. The queue keeps the error, so that it
// holds no value of anybody's, like every error.
func Handle[J Job](q *Queue, do func(context.Context, J) error) {
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, job *river.Job[J]) (err error) {
		ctx, span := q.tracer.Begin(ctx, "job "+job.Kind)
		defer func() { span.End(err) }()
		return do(ctx, job.Args)
	}))
}

// schedule says when something is next.
type schedule func(time.Time) time.Time

// Next is the schedule as River asks for it.
func (s schedule) Next(now time.Time) time.Time { return s(now) }

// Regularly plans a job again and again, at the times that next gives; also when the program starts, since nothing was
// planned while it did not run. One that is planned already, or done within the day, is the same and is not done twice.
func (q *Queue) Regularly(next func(now time.Time) time.Time, job func() Planned) {
	q.periodic = append(q.periodic, river.NewPeriodicJob(schedule(next), func() (river.JobArgs, *river.InsertOpts) {
		planned := job()
		return planned.Job, options(planned.At)
	}, &river.PeriodicJobOpts{RunOnStart: true}))
}

// Start does jobs until Stop. What a process that was killed has begun, another takes over once it has been silent for an
// hour.
func (q *Queue) Start(ctx context.Context) (err error) {
	q.client, err = river.NewClient(riverpgxv5.New(q.pool), &river.Config{
		ID: ids.New[Queue]().String(), Schema: schema, Workers: q.workers, PeriodicJobs: q.periodic, Logger: q.log, JobTimeout: patience,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: hands}},
		// Rebuilding an index is the owner's to do.
		ReindexerIndexNames: []string{},
	})
	if err != nil {
		return fmt.Errorf("make the queue: %w", err)
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return errors.New("start the queue")
	}
	return nil
}

// Stop lets the jobs under way finish, for as long as ctx lasts, and closes the queue.
func (q *Queue) Stop(ctx context.Context) {
	defer q.pool.Close()
	if q.client == nil {
		return
	}
	if err := q.client.Stop(ctx); err != nil {
		cancelling, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = q.client.StopAndCancel(cancelling)
	}
}
