package alerts

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// Pause keeps somebody of an office from reading and answering until the NGO lifts it.
type Pause struct {
	PauseID  ids.ID[Pause]
	OfficeID tenantdb.OfficeID
	PersonID tenantdb.PersonID
	AlertID  ID
	PausedAt time.Time
}

// ErrPaused refuses somebody whose reading is paused. It is a refusal that nothing typed anew can mend.
var ErrPaused error = paused{}

type paused struct{}

func (paused) Error() string { return "the person's reading is paused" }
func (paused) Unwrap() error { return fault.Refused("alerts.paused.text") }

// AskPause asks, along with the questions of a page, whether whoever asks is paused; ErrPaused is what NotPaused makes of it.
func AskPause(ctx context.Context, into *[]Paused) tenantdb.Question {
	by, _ := access.From(ctx)
	return tenantdb.Many(into, pauseOf.With(by.Person, by.Office))
}

// Paused is the pause of whoever asks, where there is one.
type Paused struct{ PauseID ids.ID[Pause] }

// NotPaused is ErrPaused where AskPause has found a pause.
func NotPaused(found []Paused) error {
	if len(found) > 0 {
		return ErrPaused
	}
	return nil
}

// Unpaused refuses an act of somebody who is paused, within its own transaction.
func Unpaused(ctx context.Context, tx tenantdb.Tx) error {
	by, _ := access.From(ctx)
	paused, err := isPaused(ctx, tx, by)
	if err == nil && paused {
		return ErrPaused
	}
	return err
}

// Lift lets the person go on, and says with it that somebody has looked into the alert. Lifted twice, it was lifted by
// whoever was first.
func (a *Alert) Lift(by tenantdb.PersonID, as Reason, at time.Time) (changed bool, err error) {
	switch {
	case a.PausedAt == nil:
		return false, fault.NotFound()
	case !as.Known():
		return false, fault.Invalid("reason", "alerts.reason.unknown")
	case !a.Paused():
		return false, nil
	}
	a.LiftedAt = &at
	return a.Acknowledge(by, as, at)
}

// Lift lets the person whom an alert has paused go on. What counted against the ceiling until then no longer does.
func (s *Service) Lift(ctx context.Context, id ID, as Reason) error {
	by, err := access.Require(ctx, access.PauseLift)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		alert, err := findAlert(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := alert.Lift(by.Person, as, s.now())
		if err != nil || !changed {
			return err
		}
		if changed, err = updatePause(ctx, tx, alert, by.Person); err != nil || !changed {
			return err
		}
		if _, err = updateAcknowledgement(ctx, tx, alert); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.PauseLifted, Reason: string(as)}); err != nil {
			return err
		}
		return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Office: alert.OfficeID, Person: alert.PersonID, Alerts: true})
	})
}
