package erasures

import (
	"context"
	"errors"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// Removing is the job of one removal: it is done on its day, in the name of whoever ordered it.
type Removing struct {
	Tenant  tenantdb.TenantID `json:"tenant"`
	By      tenantdb.PersonID `json:"by"`
	Dossier dossiers.ID       `json:"dossier"`
	// On is the day, as 2026-11-30: ordered anew after it was taken back, it is another job.
	On string `json:"on"`
}

// Kind names the job.
func (Removing) Kind() string { return "removal" }

func (r Removing) planned(day time.Time) jobs.Planned {
	return jobs.Planned{Job: r, At: agenda.Morning(day)}
}

// Remover does what was ordered once the days of grace are over. It removes nothing that nobody has ordered.
type Remover struct {
	eraser
}

// NewRemover makes it, as New makes the service.
func NewRemover(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, kept int) *Remover {
	return &Remover{eraser{db, ring, now, kept}}
}

// Handle has the queue give it its jobs.
func (r *Remover) Handle(queue *jobs.Queue) { jobs.Handle(queue, r.Remove) }

// Remove removes a dossier if the order stands, its day has come, and nothing has come between: it is still closed, kept for long enough,
// not postponed and held up by nothing, and whoever ordered it works here and may. Otherwise the order lapses, and somebody has to give it
// again. What stopped after the keys were destroyed is finished, whatever has come between: nobody can read the dossier any more.
func (r *Remover) Remove(ctx context.Context, job Removing) error {
	// Somebody may have limited the dossier to others meanwhile: that is found out below, and nothing of it is shown.
	ctx = access.WithPrincipal(ctx, access.Principal{Role: access.Coordinator, Tenant: job.Tenant, Person: job.By})
	ctx = tenantdb.Throughout(ctx)
	var order removalRow
	err := r.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		order, err = findRemoval(ctx, tx, job.Dossier)
		return err
	})
	if err != nil || order.OrderedBy != job.By || order.DueOn.After(forms.Today(r.now())) {
		return wrong(job.Dossier, err) // taken back, done, or ordered anew for another day
	}
	scope, reason := tenantdb.Erasing(ctx, job.Dossier.UUID()), RetentionOver
	if order.Outcome == retention.Anonymise {
		scope, reason = tenantdb.Anonymising(ctx, job.Dossier.UUID()), Anonymised
	}
	return wrong(job.Dossier, r.db.Write(scope, func(ctx context.Context, tx tenantdb.Tx) error {
		mention, err := lockDossier(ctx, tx, job.Dossier)
		if err != nil {
			return err
		}
		again, err := findRemoval(ctx, tx, job.Dossier)
		if err != nil || again.Outcome != order.Outcome || !again.OrderedAt.Equal(order.OrderedAt) {
			return err // taken back, or ordered anew, in between
		}
		why, err := r.objection(ctx, tx, order)
		if err != nil {
			return err
		}
		if why != "" {
			return withdraw(ctx, tx, job.Dossier, journal.DossierRemovalLapsed, why)
		}
		by, _ := access.From(ctx)
		return r.erase(ctx, tx, by, mention, reason)
	}))
}

// objection is the code of why a removal is not done; none is that it is.
func (r *Remover) objection(ctx context.Context, tx tenantdb.Tx, order removalRow) (string, error) {
	switch _, err := r.keys.CertificateOf(ctx, order.DossierID.UUID()); {
	case err == nil:
		return "", nil // begun
	case !errors.Is(err, fault.NotFound()):
		return "", err
	}
	role, err := findOrderer(ctx, tx, order.OrderedBy)
	if err != nil {
		return "", err
	}
	refused := dossiers.MayBeErased(ctx, tx, order.DossierID, order.OrderedBy)
	switch {
	case !access.May(role, access.DossierErase) || errors.Is(refused, fault.Refused("")):
		return "orderer_gone", nil
	case refused != nil:
		return "", refused
	}
	policy, err := retention.FindPolicy(ctx, tx, order.TenantID)
	if err != nil {
		return "", err
	}
	today := forms.Today(r.now())
	line, err := findLine(ctx, tx, policy.Schedule, today, order.DossierID)
	switch {
	case errors.Is(err, fault.NotFound()):
		return "reopened", nil
	case err != nil:
		return "", err
	case line.mayGo(order.Outcome, today) != nil:
		return "held", nil
	}
	return "", nil
}
