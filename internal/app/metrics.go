package app

import (
	"context"
	"slices"
	"time"

	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/metrics"
	"passerelle/internal/tenantdb"
)

// lateAfter is how long after its time a job may still wait.
const lateAfter = 5 * time.Minute

// mails are the kinds of jobs that send an e-mail.
var mails = []string{"letter", "invitation", "connection_notice", "passkey_notice"}

// tell says where the figures come from: memory, and for what lies in the database a question, when somebody looks.
func (a *App) tell(ring *keys.Ring, sequencer *journal.Sequencer, clock func() time.Time) {
	a.Metrics.From("memory", func(_ context.Context, tell metrics.Tell) error {
		for pool, db := range map[string]*tenantdb.DB{"data": a.DB, "keys": a.keyDB, "sequencer": a.sequencerDB} {
			standing := db.Standing()
			tell(metrics.ConnectionsMost, float64(standing.Most), pool)
			tell(metrics.Connections, float64(standing.Used), pool, "used")
			tell(metrics.Connections, float64(standing.Open-standing.Used), pool, "idle")
			tell(metrics.Waits, float64(standing.Waits), pool)
			tell(metrics.WaitSeconds, standing.Waited.Seconds(), pool)
			tell(metrics.WaitsGivenUp, float64(standing.WaitsGivenUp), pool)
		}
		tell(metrics.Streams, float64(a.Web.Streams()))
		tell(metrics.Notified, yes(a.Hub.Connected()))
		for thing, gone := range a.outOfReach() {
			tell(metrics.Outages, yes(gone), string(thing))
		}
		failed := ring.Failures()
		tell(metrics.SealingFailures, float64(failed.Unavailable), "unavailable")
		tell(metrics.SealingFailures, float64(failed.Forged), "forged")
		tell(metrics.SealingFailures, float64(failed.Other), "other")
		for reason, times := range a.SignIn.Refusals() {
			tell(metrics.RefusedSignIns, float64(times), string(reason))
		}
		return nil
	})
	a.Metrics.From("jobs", a.tellJobs)
	a.Metrics.From("journal", func(ctx context.Context, tell metrics.Tell) error { return tellJournal(ctx, sequencer, clock(), tell) })
}

func (a *App) tellJobs(ctx context.Context, tell metrics.Tell) error {
	kinds, err := a.queue.Standing(ctx, lateAfter)
	if err != nil {
		return err
	}
	waiting := 0
	for _, k := range kinds {
		tell(metrics.Jobs, float64(k.Jobs), k.Kind, k.State)
		if slices.Contains(mails, k.Kind) && k.State != "failed" {
			waiting += k.Jobs
		}
	}
	tell(metrics.Mails, float64(waiting))
	return nil
}

// tellJournal tells of all journals together: which tenants there are is nobody's business here.
func tellJournal(ctx context.Context, sequencer *journal.Sequencer, now time.Time, tell metrics.Tell) error {
	all, err := sequencer.Status(ctx)
	if err != nil {
		return err
	}
	var waiting int64
	never := 0
	var lag float64
	var age time.Duration
	for _, standing := range all {
		waiting += standing.Backlog.Entries
		lag = max(lag, standing.Backlog.Seconds)
		switch {
		case standing.Hashed == standing.Signed:
		case standing.SignedAt.IsZero():
			never++
		default:
			age = max(age, now.Sub(standing.SignedAt))
		}
	}
	tell(metrics.JournalWaiting, float64(waiting))
	tell(metrics.JournalLag, lag)
	tell(metrics.CheckpointAge, age.Seconds())
	tell(metrics.JournalsUnsigned, float64(never))
	return nil
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
