package usage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// keptDays is for how many days reports are kept.
const keptDays = 90

type limitsRow struct {
	bun.BaseModel `bun:"table:tenant_limits"`
	TenantID      tenantdb.TenantID
	Members       *int
	OfficePeople  *int
	StorageMiB    *int `bun:"storage_mib"`
	Reason        string
	Version       int
	SetBy         string
	SetAt         time.Time
}

func (r limitsRow) limits() Limits {
	return Limits{r.Members, r.OfficePeople, r.StorageMiB, r.Reason, r.Version, r.SetBy, &r.SetAt}
}

// findLimits gives those of the tenant whose scope it is; none where nobody has set any.
func findLimits(ctx context.Context, tx tenantdb.Tx) (Limits, error) {
	var rows []limitsRow
	if err := tenantdb.OfTenant(tx.Select().Model(&rows)).Limit(1).Scan(ctx); err != nil {
		return Limits{}, fmt.Errorf("find limits: %w", err)
	}
	if len(rows) == 0 {
		return Limits{}, nil
	}
	return rows[0].limits(), nil
}

// upsertLimits is fault.Conflict where somebody else has set them meanwhile.
func upsertLimits(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, limits Limits, by string, now time.Time) error {
	row := limitsRow{
		TenantID: tenant, Members: limits.Members, OfficePeople: limits.OfficePeople, StorageMiB: limits.StorageMiB, Reason: limits.Reason,
		Version: limits.Version + 1, SetBy: by, SetAt: now,
	}
	err := tenantdb.Affected(tx.Insert().Model(&row).On("conflict (tenant_id) do update").
		Set("members = excluded.members").Set("office_people = excluded.office_people").Set("storage_mib = excluded.storage_mib").Set("reason = excluded.reason").
		Set("version = excluded.version").Set("set_by = excluded.set_by").Set("set_at = excluded.set_at").
		Where("limits_row.version = excluded.version - 1").Exec(ctx))
	switch {
	case errors.Is(err, fault.NotFound()):
		return fault.Conflict("usage.limit.conflict")
	case tenantdb.Violates(err, "tenant_limits_are_of_a_tenant"):
		return fault.NotFound()
	case err != nil:
		return fmt.Errorf("set limits: %w", err)
	}
	return nil
}

// people are human beings, however many roles they have.
type people struct{ Members, OfficePeople, Active int }

// countPeople counts who works here and who is invited, as those who administer see it.
func countPeople(ctx context.Context, tx tenantdb.Tx, now time.Time) (there people, err error) {
	there, err = countSignedUp(ctx, tx, now)
	if err != nil {
		return people{}, err
	}
	var invited people
	err = tenantdb.OfTenant(tx.Select().TableExpr("invitations")).
		ColumnExpr("count(*) filter (where office_id is null) as members, count(*) filter (where office_id is not null) as office_people").
		Where("redeemed_at is null").Where("withdrawn_at is null").Where("expires_at is null or expires_at > ?", now).Scan(ctx, &invited)
	if err != nil {
		return people{}, fmt.Errorf("count who is invited: %w", err)
	}
	return people{there.Members + invited.Members, there.OfficePeople + invited.OfficePeople, there.Active}, nil
}

// activeFor is within how long somebody who signed in is active.
const activeFor = 30 * 24 * time.Hour

// countSignedUp counts who works here.
func countSignedUp(ctx context.Context, tx tenantdb.Tx, now time.Time) (there people, err error) {
	since := now.Add(-activeFor)
	var staff, offices struct{ N, Active int }
	err = tenantdb.OfTenant(tx.Select().TableExpr("members as m")).
		ColumnExpr("count(distinct (m.connection_id, coalesce(m.expected_subject, m.member_id::text))) as n").
		ColumnExpr("count(distinct (m.connection_id, coalesce(m.expected_subject, m.member_id::text))) filter (where m.seen_at >= ?) as active", since).
		Where("(m.ended_at is null or m.ended_at > ?)", now).Scan(ctx, &staff)
	if err == nil {
		err = tenantdb.OfTenant(tx.Select().TableExpr("office_members as m")).
			ColumnExpr("count(distinct (m.connection_id, m.expected_subject)) as n").
			ColumnExpr("count(distinct (m.connection_id, m.expected_subject)) filter (where m.seen_at >= ?) as active", since).
			Where("(m.ended_at is null or m.ended_at > ?)", now).Scan(ctx, &offices)
	}
	if err != nil {
		return people{}, fmt.Errorf("count people: %w", err)
	}
	return people{staff.N, offices.N, staff.Active + offices.Active}, nil
}

// findStorage is what the newest report of the tenant says.
func findStorage(ctx context.Context, tx tenantdb.Tx) (mib int, err error) {
	var rows []struct {
		StorageMiB int `bun:"storage_mib"`
	}
	if err = tenantdb.OfTenant(tx.Select().TableExpr("usage_reports")).Column("storage_mib").OrderExpr("taken_at desc").Limit(1).Scan(ctx, &rows); err != nil {
		return 0, fmt.Errorf("find how much is stored: %w", err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	return rows[0].StorageMiB, nil
}

// sumSealed adds up how long what is sealed is. What it says, nobody asks.
func sumSealed(ctx context.Context, tx tenantdb.Tx, rows []keys.Rows) (bytes int64, err error) {
	for _, sealed := range rows {
		for _, column := range sealed.Columns {
			var length int64
			if err := tx.Select().TableExpr("?", bun.Ident(sealed.Table)).ColumnExpr("coalesce(sum(octet_length(?)), 0)::bigint", bun.Ident(column)).Scan(ctx, &length); err != nil {
				return 0, fmt.Errorf("add up %s: %w", sealed.Table, err)
			}
			bytes += length
		}
	}
	return bytes, nil
}

// listTenants gives those who are there, at the door.
func listTenants(ctx context.Context, tx tenantdb.Tx) ([]tenantdb.TenantID, error) {
	var rows []struct{ TenantID tenantdb.TenantID }
	if err := tx.Select().TableExpr("tenants").Column("tenant_id").OrderExpr("slug").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	tenants := make([]tenantdb.TenantID, len(rows))
	for i, row := range rows {
		tenants[i] = row.TenantID
	}
	return tenants, nil
}

func findSignedIn(ctx context.Context, tx tenantdb.Tx) (on *time.Time, err error) {
	var last [2]*time.Time
	if err = tenantdb.OfTenant(tx.Select().TableExpr("members")).ColumnExpr("max(seen_at)").Scan(ctx, &last[0]); err == nil {
		err = tenantdb.OfTenant(tx.Select().TableExpr("office_members")).ColumnExpr("max(seen_at)").Scan(ctx, &last[1])
	}
	if err != nil {
		return nil, fmt.Errorf("find when somebody signed in: %w", err)
	}
	if last[0] == nil || last[1] != nil && last[1].After(*last[0]) {
		return last[1], nil
	}
	return last[0], nil
}

type reportRow struct {
	bun.BaseModel   `bun:"table:usage_reports"`
	TenantID        tenantdb.TenantID
	TakenAt         time.Time
	Members         int
	OfficePeople    int
	Active          int
	StorageMiB      int `bun:"storage_mib"`
	JobsWaiting     int
	JobsLate        int
	JobsFailed      int
	SignedInOn      *time.Time `bun:"signed_in_on,type:date"`
	TreeBehind      bool
	Providers       int
	ProvidersSilent int
}

func (r reportRow) report() Report {
	return Report{
		TakenAt: r.TakenAt, Members: r.Members, OfficePeople: r.OfficePeople, Active: r.Active, StorageMiB: r.StorageMiB, JobsWaiting: r.JobsWaiting,
		JobsLate: r.JobsLate, JobsFailed: r.JobsFailed, SignedInOn: r.SignedInOn, TreeBehind: r.TreeBehind, Providers: r.Providers, ProvidersSilent: r.ProvidersSilent,
	}
}

// upsertReport writes down an hour; another process may have done so already, and the last one holds.
func upsertReport(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, r Report) error {
	row := reportRow{
		TenantID: tenant, TakenAt: r.TakenAt, Members: r.Members, OfficePeople: r.OfficePeople, Active: r.Active, StorageMiB: r.StorageMiB,
		JobsWaiting: r.JobsWaiting, JobsLate: r.JobsLate, JobsFailed: r.JobsFailed, SignedInOn: r.SignedInOn, TreeBehind: r.TreeBehind,
		Providers: r.Providers, ProvidersSilent: r.ProvidersSilent,
	}
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, taken_at) do update").
		Set("members = excluded.members").Set("office_people = excluded.office_people").Set("active = excluded.active").Set("storage_mib = excluded.storage_mib").
		Set("jobs_waiting = excluded.jobs_waiting").Set("jobs_late = excluded.jobs_late").Set("jobs_failed = excluded.jobs_failed").
		Set("signed_in_on = excluded.signed_in_on").Set("tree_behind = excluded.tree_behind").
		Set("providers = excluded.providers").Set("providers_silent = excluded.providers_silent").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write down how much is used: %w", err)
	}
	return nil
}

// addRefusals adds to what other processes have counted in the same hour.
func addRefusals(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, hour time.Time, counted map[signin.Reason]int) error {
	for reason, n := range counted {
		row := struct {
			bun.BaseModel `bun:"table:signin_refusals"`
			TenantID      tenantdb.TenantID
			Reason        signin.Reason
			CountedAt     time.Time
			N             int
		}{TenantID: tenant, Reason: reason, CountedAt: hour, N: n}
		if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, counted_at, reason) do update").Set("n = signin_refusals.n + excluded.n").Exec(ctx); err != nil {
			return fmt.Errorf("write down who was refused: %w", err)
		}
	}
	return nil
}

func deleteOld(ctx context.Context, tx tenantdb.Tx, now time.Time) error {
	before := now.AddDate(0, 0, -keptDays)
	_, err := tx.Delete().TableExpr("usage_reports").Where("taken_at < ?", before).Exec(ctx)
	if err == nil {
		_, err = tx.Delete().TableExpr("signin_refusals").Where("counted_at < ?", before).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("delete old reports: %w", err)
	}
	return nil
}

// listStandings gives all tenants as they are now, as those who run the installation see them.
func listStandings(ctx context.Context, tx tenantdb.Tx, now time.Time) (standings []Standing, err error) {
	if err = tx.Select().TableExpr("tenants").Column("tenant_id", "slug", "name").OrderExpr("slug").Scan(ctx, &standings); err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	var reports []reportRow
	if err = tx.Select().Model(&reports).DistinctOn("tenant_id").OrderExpr("tenant_id, taken_at desc").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	var limits []limitsRow
	if err = tx.Select().Model(&limits).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list limits: %w", err)
	}
	var refused []struct {
		TenantID tenantdb.TenantID
		Reason   string
		N        int
	}
	err = tx.Select().TableExpr("signin_refusals").ColumnExpr("tenant_id, reason, sum(n) as n").Where("counted_at > ?", now.Add(-24*time.Hour)).
		GroupExpr("tenant_id, reason").OrderExpr("sum(n) desc, reason").Scan(ctx, &refused)
	if err != nil {
		return nil, fmt.Errorf("list refusals: %w", err)
	}
	for i := range standings {
		s := &standings[i]
		for _, row := range reports {
			if row.TenantID == s.TenantID {
				s.Last = row.report()
			}
		}
		for _, row := range limits {
			if row.TenantID == s.TenantID {
				s.Limits = row.limits()
			}
		}
		for _, row := range refused {
			if row.TenantID == s.TenantID {
				s.Refused = append(s.Refused, Refused{row.Reason, row.N})
			}
		}
	}
	return standings, nil
}

// listHistory gives the last report of each day, the newest first.
func listHistory(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (history []Report, err error) {
	var rows []reportRow
	err = tx.Select().Model(&rows).DistinctOn("(taken_at at time zone 'Europe/Zurich')::date").Where("tenant_id = ?", tenant).
		OrderExpr("(taken_at at time zone 'Europe/Zurich')::date desc, taken_at desc").Limit(keptDays).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list past reports: %w", err)
	}
	for _, row := range rows {
		history = append(history, row.report())
	}
	return history, nil
}
