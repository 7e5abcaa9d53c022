package housing

import (
	"context"
	"errors"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// change is a transaction about what housing knows of a dossier.
type change struct {
	tx      tenantdb.Tx
	by      access.Principal
	box     *keys.Box
	dossier dossiers.ID
	now     time.Time
	history
}

// changing holds a dossier, opens what housing knows of it, and lets somebody change it. A refusal is told to whoever has
// seen the dossier by asking.
func (s *Service) changing(ctx context.Context, by access.Principal, tx tenantdb.Tx, dossier dossiers.ID, do func(*change) error) error {
	_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
	if err != nil {
		return err
	}
	c := &change{tx: tx, by: by, box: box, dossier: dossier, now: s.now()}
	if c.history, err = loadHistory(ctx, tx, box, dossier); err != nil {
		return err
	}
	err = do(c)
	if told := (*fault.Fault)(nil); errors.As(err, &told) {
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)}); err != nil {
			return err
		}
		return tenantdb.AndCommit(err)
	}
	return err
}

// stay is the one of an identifier.
func (c *change) stay(id StayID) (*Stay, []Stay, error) {
	i := slices.IndexFunc(c.stays, func(stay Stay) bool { return stay.StayID == id })
	if i < 0 {
		return nil, nil, fault.NotFound()
	}
	others := slices.Clone(c.stays)
	return &c.stays[i], slices.Delete(others, i, i+1), nil
}

// replan gives protected stays that run the end that follows from all facts.
func (c *change) replan(ctx context.Context) error {
	rules, err := agenda.RulesIn(ctx, c.tx)
	if err != nil {
		return err
	}
	for i := range c.stays {
		if c.stays[i].Running() && c.stays[i].Kind.Protected() {
			c.stays[i].PlannedEndOn = plannedEnd(rules, Facts(c.stays, c.evaluations), c.stays)
		}
	}
	return nil
}

// tell reports the facts and leaves the event.
func (c *change) tell(ctx context.Context, kind timeline.Kind, detail string) error {
	if err := dossiers.Report(ctx, c.tx, c.box, c.dossier, Source, Facts(c.stays, c.evaluations), c.now); err != nil {
		return err
	}
	return timeline.Record(ctx, c.tx, c.by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(c.dossier), Detail: detail})
}
