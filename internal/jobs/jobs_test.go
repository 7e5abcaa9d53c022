package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"passerelle/internal/cast"
	"passerelle/internal/jobs"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// errand is a job of the tests.
type errand struct {
	Number int `json:"number"`
}

func (errand) Kind() string { return "errand" }

// done counts errands.
type done struct {
	mu    sync.Mutex
	times map[int]int
	heard chan int
}

func (d *done) do(_ context.Context, job errand) error {
	d.mu.Lock()
	d.times[job.Number]++
	d.mu.Unlock()
	d.heard <- job.Number
	return nil
}

func plan(t *testing.T, db *pgtest.Database, fails error, planned ...jobs.Planned) {
	t.Helper()
	err := db.App.Write(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := jobs.Plan(ctx, tx, planned...); err != nil {
			return err
		}
		return fails
	})
	if !errors.Is(err, fails) {
		t.Fatal(err)
	}
}

// queue is a process that does errands, started.
func queue(t *testing.T, db *pgtest.Database, do func(context.Context, errand) error, regularly ...func() jobs.Planned) *jobs.Queue {
	t.Helper()
	q, err := jobs.Open(t.Context(), db.AppConnString, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	jobs.Handle(q, do)
	for _, job := range regularly {
		q.Regularly(func(now time.Time) time.Time { return now.Add(time.Hour) }, job)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return q
}

func stop(t *testing.T, q *jobs.Queue) {
	t.Helper()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 5*time.Second)
	defer cancel()
	q.Stop(stopping)
}

func (d *done) await(t *testing.T, number int) {
	t.Helper()
	for {
		select {
		case heard := <-d.heard:
			if heard == number {
				return
			}
		// A queue that comes after another waits for its lead to run out, then until it looks again for what is due.
		case <-time.After(time.Minute):
			t.Fatalf("errand %d is not done", number)
		}
	}
}

func TestAJobIsThereWithItsChangeOrNotAtAll(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	d := &done{times: map[int]int{}, heard: make(chan int, 100)}
	plan(t, db, errors.New("the change fails"), jobs.Planned{Job: errand{1}})
	plan(t, db, nil, jobs.Planned{Job: errand{2}}, jobs.Planned{Job: errand{3}, At: time.Now().Add(time.Hour)})
	plan(t, db, nil, jobs.Planned{Job: errand{2}}, jobs.Planned{Job: errand{3}, At: time.Now().Add(2 * time.Hour)})

	// Nobody was there when it was planned; whoever comes does it.
	first := queue(t, db, d.do)
	d.await(t, 2)
	stop(t, first)
	// What is planned for later waits for whoever is there then.
	second := queue(t, db, d.do)
	defer stop(t, second)
	db.Exec(t, "update jobs.river_job set scheduled_at = now() where args->>'number' = '3'")
	d.await(t, 3)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times[1] != 0 || d.times[2] != 1 || d.times[3] != 1 {
		t.Errorf("done %v times", d.times)
	}
}

func TestWhatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	tries := make(chan int, 10)
	n := 0
	q := queue(t, db, func(context.Context, errand) error {
		n++
		tries <- n
		if n == 1 {
			return errors.New("not yet")
		}
		return nil
	})
	defer stop(t, q)
	plan(t, db, nil, jobs.Planned{Job: errand{1}})
	for want := 1; want <= 2; want++ {
		select {
		case got := <-tries:
			if got != want {
				t.Errorf("try %d, want %d", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("there was no try %d", want)
		}
	}
}

func TestWhatIsRegularIsPlannedAtTheStartAndOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	d := &done{times: map[int]int{}, heard: make(chan int, 100)}
	today := func() jobs.Planned { return jobs.Planned{Job: errand{7}} }
	first := queue(t, db, d.do, today)
	d.await(t, 7)
	stop(t, first)
	second := queue(t, db, d.do, today)
	time.Sleep(500 * time.Millisecond)
	stop(t, second)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times[7] != 1 {
		t.Errorf("done %d times", d.times[7])
	}
}

// TestTheTablesAreThoseOfThisRiver: whoever takes a newer River is told which of its migrations is missing.
func TestTheTablesAreThoseOfThisRiver(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), pgtest.New(t).OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: "jobs"})
	if err != nil {
		t.Fatal(err)
	}
	result, err := migrator.Validate(t.Context(), nil)
	if err != nil || !result.OK {
		t.Errorf("%+v, %v", result, err)
	}
}
