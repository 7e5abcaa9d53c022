package alerts

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// listTenants names whose journals there are; the door knows.
func listTenants(ctx context.Context, db *tenantdb.DB) ([]tenantdb.TenantID, error) {
	var rows []struct{ TenantID tenantdb.TenantID }
	err := db.Read(tenantdb.WithScope(ctx, tenantdb.SignIn()), tenantdb.Many(&rows, tenantdb.Select().TableExpr("tenants").Column("tenant_id").OrderExpr("tenant_id")))
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	tenants := make([]tenantdb.TenantID, len(rows))
	for i, row := range rows {
		tenants[i] = row.TenantID
	}
	return tenants, nil
}

// findSpan is from where the last look ended until now; a journal that nobody has watched yet is looked at for an hour back.
func findSpan(ctx context.Context, tx tenantdb.Tx) (s span, err error) {
	err = tx.Select().ColumnExpr(`coalesce((?), now() - interval '1 hour') as "from", now() as until`, tx.Select().TableExpr("watches").Column("until")).Scan(ctx, &s)
	if err != nil {
		return span{}, fmt.Errorf("find where to go on: %w", err)
	}
	return s, nil
}

type watchRow struct {
	bun.BaseModel `bun:"table:watches"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	Until         time.Time         `bun:"until"`
}

func upsertWatch(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, until time.Time) error {
	row := watchRow{TenantID: tenant, Until: until}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id) do update").Set("until = excluded.until").Exec(ctx); err != nil {
		return fmt.Errorf("note how far it was watched: %w", err)
	}
	return nil
}

// listFormer names what was told before, since a moment.
func listFormer(ctx context.Context, tx tenantdb.Tx, since time.Time) ([]Alert, error) {
	var former []Alert
	err := tx.Select().TableExpr("alerts").Column("person_id", "kind", "until").Where("until >= ?", since).OrderExpr("until").Scan(ctx, &former)
	if err != nil {
		return nil, fmt.Errorf("list former alerts: %w", err)
	}
	return former, nil
}

// shown is what an entry is about that tells of something shown: a referral, or else a dossier.
const shown = "coalesce(referral_id, dossier_id)"

// unshown are acts about a dossier that show nothing of it.
var unshown = []journal.Action{journal.Unreadable, journal.DossierRecomputed}

// listReadings counts for everybody who was shown something in this step. Everything counts that was shown of a dossier or a
// referral, whichever page it stood on; what could not be read was not shown.
func listReadings(ctx context.Context, tx tenantdb.Tx, step span) ([]reading, error) {
	var readings []reading
	// Found once and first, which takes half as long as a join where Postgres knows little of the journal.
	active := tx.Select().Distinct().TableExpr("journal_entries").Column("person_id").Where("at > ?", step.From).Where("at <= ?", step.Until)
	err := tx.Select().TableExpr("journal_entries").
		ColumnExpr("person_id, role, office_id").
		ColumnExpr("count(distinct "+shown+") filter (where at > ?::timestamptz - interval '1 hour') as in_hour", step.Until).
		ColumnExpr("coalesce(min(at) filter (where at > ?::timestamptz - interval '1 hour'), max(at)) as hour_since", step.Until).
		ColumnExpr("count(distinct "+shown+") as in_day, min(at) as day_since, max(at) as until").
		Where("at > ?::timestamptz - interval '24 hours'", step.Until).Where("at <= ?", step.Until).
		Where(shown+" is not null").Where("action not in (?)", bun.List(unshown)).Where("person_id = any(array(?))", active).
		GroupExpr("person_id, role, office_id").Having("max(at) > ?", step.From).OrderExpr("person_id, until").
		Scan(ctx, &readings)
	if err != nil {
		return nil, fmt.Errorf("count what was read: %w", err)
	}
	return readings, nil
}

// listHabits asks what some people opened in the eight weeks before the last day.
func listHabits(ctx context.Context, tx tenantdb.Tx, people []tenantdb.PersonID, until time.Time) (habits []habit, err error) {
	days := tx.Select().TableExpr("journal_entries").ColumnExpr("person_id, count(distinct "+shown+") as opened").
		Where("person_id in (?)", bun.List(people)).Where("at > ?::timestamptz - interval '57 days'", until).Where("at <= ?::timestamptz - interval '24 hours'", until).
		Where(shown+" is not null").Where("action not in (?)", bun.List(unshown)).
		GroupExpr("person_id, (at at time zone 'Europe/Zurich')::date")
	err = tx.Select().TableExpr("(?) as days", days).ColumnExpr("person_id, count(*) as days, avg(opened)::float8 as per_day").GroupExpr("person_id").Scan(ctx, &habits)
	if err != nil {
		return nil, fmt.Errorf("ask what is usual: %w", err)
	}
	return habits, nil
}

// sighting is a look at a decoy, or at something that could not be read.
type sighting struct {
	PersonID   tenantdb.PersonID
	Role       access.Role
	OfficeID   tenantdb.OfficeID
	Action     journal.Action
	DossierID  ids.ID[journal.Dossier]
	ReferralID ids.ID[journal.Referral]
	At         time.Time
}

// sightings are the alerts that one look is enough for, the first of each person and hour. An office's look at a decoy is the gate's to tell. Marking a decoy is no
// look at it, nor is what was looked at before.
func sightings(ctx context.Context, tx tenantdb.Tx, s span) (raised []Alert, err error) {
	var found []sighting
	err = tx.Select().TableExpr("journal_entries as entry").
		DistinctOn("entry.person_id, entry.action = ?, date_trunc('hour', entry.at at time zone 'UTC')", journal.Unreadable).
		ColumnExpr("entry.person_id, entry.role, entry.office_id, entry.action, entry.dossier_id, entry.referral_id, entry.at").
		Join("left join decoys as decoy on decoy.tenant_id = entry.tenant_id and decoy.dossier_id = entry.dossier_id").
		Where("entry.at > ?", s.From.Add(-overlap)).Where("entry.at <= ?", s.Until).
		Where("(entry.action = ? or decoy.marked_at < entry.at and entry.office_id is null and entry.action not in (?))", journal.Unreadable, bun.List([]journal.Action{journal.DecoyMarked, journal.DecoyUnmarked, journal.DossierRecomputed})).
		OrderExpr("entry.person_id, entry.action = ?, date_trunc('hour', entry.at at time zone 'UTC'), entry.at, entry.entry_id", journal.Unreadable).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("look for decoys that were opened: %w", err)
	}
	for _, seen := range found {
		raised = append(raised, seen.alert())
	}
	return raised, nil
}

func (s sighting) alert() Alert {
	kind := Decoy
	if s.Action == journal.Unreadable {
		kind = Unreadable
	}
	return Alert{Kind: kind, PersonID: s.PersonID, Role: s.Role, OfficeID: s.OfficeID, DossierID: s.DossierID, ReferralID: s.ReferralID, Opened: 1, Since: s.At, Until: s.At}
}
