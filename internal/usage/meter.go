package usage

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"passerelle/internal/jobs"
	"passerelle/internal/keys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

const (
	// first is how long after the start of a process it counts for the first time, every how often from then on.
	first = time.Minute
	every = time.Hour
	// late is how long after its time a job may still wait before that is said.
	late = 10 * time.Minute
	// patience is how long counting one tenant may take.
	patience = time.Minute
)

// Meter counts, in the application, what each tenant uses.
type Meter struct {
	db     *tenantdb.DB
	door   *signin.Service
	rows   []keys.Rows
	behind func(ctx context.Context) (map[tenantdb.TenantID]bool, error)
	now    func() time.Time
}

// NewMeter makes one. rows is everything that is sealed, and behind says of which tenants the tree over the journal lags.
func NewMeter(db *tenantdb.DB, door *signin.Service, rows []keys.Rows, behind func(ctx context.Context) (map[tenantdb.TenantID]bool, error), now func() time.Time) *Meter {
	return &Meter{db, door, rows, behind, now}
}

// Run counts once an hour until ctx ends.
func (m *Meter) Run(ctx context.Context, log *slog.Logger) {
	wait := time.NewTimer(first)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		if err := m.Count(ctx); err != nil && ctx.Err() == nil {
			log.Error("what tenants use was not counted", "error", err)
		}
		wait.Reset(every)
	}
}

// Count writes down what each tenant uses in this hour.
func (m *Meter) Count(ctx context.Context) error {
	var tenants []tenantdb.TenantID
	err := m.db.View(tenantdb.WithScope(ctx, tenantdb.SignIn()), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		tenants, err = listTenants(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	behind, err := m.behind(ctx)
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		if err := m.countOne(ctx, tenant, behind[tenant]); err != nil {
			return fmt.Errorf("count what tenant %s uses: %w", tenant, err)
		}
	}
	return nil
}

func (m *Meter) countOne(ctx context.Context, tenant tenantdb.TenantID, behind bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now := m.now()
	hour := now.UTC().Truncate(time.Hour)
	report := Report{TakenAt: hour, TreeBehind: behind}
	stored, err := m.stored(ctx, tenant)
	if err != nil {
		return err
	}
	report.StorageMiB = rounded(stored)
	if report.Providers, report.ProvidersSilent, err = m.providers(ctx, tenant); err != nil {
		return err
	}
	return m.db.Write(tenantdb.WithScope(ctx, tenantdb.SignInOf(tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
		there, err := countSignedUp(ctx, tx, now)
		if err != nil {
			return err
		}
		report.Members, report.OfficePeople, report.Active = there.Members, there.OfficePeople, there.Active
		if report.SignedInOn, err = findSignedIn(ctx, tx); err != nil {
			return err
		}
		standing, err := jobs.Count(ctx, tx, tenant, now, late)
		if err != nil {
			return err
		}
		report.JobsWaiting, report.JobsLate, report.JobsFailed = standing.Waiting, standing.Late, standing.Failed
		if err := upsertReport(ctx, tx, tenant, report); err != nil {
			return err
		}
		if err := addRefusals(ctx, tx, tenant, hour, m.door.TakeRefusals(tenant)); err != nil {
			return err
		}
		return deleteOld(ctx, tx, now)
	})
}

// stored is how many bytes are sealed for a tenant's staff. It is asked in the scope of the staff, by one statement that gives lengths
// and nothing else: a scope that saw every table, so that they can be counted, would be one more hole in each of their fences.
func (m *Meter) stored(ctx context.Context, tenant tenantdb.TenantID) (bytes int64, err error) {
	err = m.db.View(tenantdb.WithScope(ctx, tenantdb.Staff(tenant, tenantdb.PersonID{}).Throughout()), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		bytes, err = sumSealed(ctx, tx, m.rows)
		return err
	})
	return bytes, err
}

// providers asks each provider of the tenant for the documents without which nobody signs in.
func (m *Meter) providers(ctx context.Context, tenant tenantdb.TenantID) (all, silent int, err error) {
	connections, err := m.door.Connections(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, connection := range connections {
		if connection.TenantID != tenant || !connection.Live {
			continue
		}
		all++
		for _, finding := range m.door.Inspect(ctx, connection.Issuer, connection.Slug, connection.Scopes) {
			if finding.Verdict == signin.Problem {
				silent++
				break
			}
		}
	}
	return all, silent, nil
}
