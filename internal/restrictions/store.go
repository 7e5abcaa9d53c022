package restrictions

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// mostShown is how many emergencies a page shows.
const mostShown = 50

// Standing is what a dossier's own page says of who sees it.
type Standing struct {
	// Named is how many do; 0 is all of the staff.
	Named int
	// Until is how long whoever asks sees it for an emergency, and not for being named.
	Until *time.Time
}

// AskStanding asks it alongside the questions of a dossier's page.
func AskStanding(dossier dossiers.ID, by access.Principal, into *[]Standing) tenantdb.Question {
	return tenantdb.Many(into, standing.With(dossier, by.Person))
}

var standing = tenantdb.Prepare(tenantdb.Select().TableExpr("restrictions as r").
	ColumnExpr("(?) as named", tenantdb.Select().TableExpr("admissions as a").ColumnExpr("count(*)").Where("a.tenant_id = r.tenant_id").Where("a.dossier_id = r.dossier_id")).
	ColumnExpr("(?) as until", tenantdb.Select().TableExpr("emergency_accesses as e").ColumnExpr("max(e.until)").
		Where("e.tenant_id = r.tenant_id").Where("e.dossier_id = r.dossier_id").Where("e.member_id = ?", tenantdb.Argument(2)).Where("e.until > now()").
		Where("not exists (?)", tenantdb.Select().TableExpr("admissions as n").ColumnExpr("1").Where("n.tenant_id = r.tenant_id").Where("n.dossier_id = r.dossier_id").Where("n.member_id = ?", tenantdb.Argument(2)))).
	Where("r.dossier_id = ?", tenantdb.Argument(1)))

// find reads who sees a dossier, within a transaction that may hold it.
func find(ctx context.Context, tx tenantdb.Tx, id dossiers.ID, lock bool) (Restriction, error) {
	var r Restriction
	query := tx.Select().TableExpr("dossiers as d").
		ColumnExpr("d.dossier_id, d.code_name, d.responsible_id, coalesce(r.version, 0) as version, r.restricted_at, r.restricted_by").
		Join("left join restrictions as r on r.tenant_id = d.tenant_id and r.dossier_id = d.dossier_id").Where("d.dossier_id = ?", id)
	if lock {
		query = query.For("update of d")
	}
	if err := tenantdb.Found(query.Scan(ctx, &r)); err != nil {
		return Restriction{}, fmt.Errorf("find who sees a dossier: %w", err)
	}
	var named, busy []struct{ MemberID tenantdb.PersonID }
	if err := tx.Select().TableExpr("admissions").Column("member_id").Where("dossier_id = ?", id).OrderExpr("member_id").Scan(ctx, &named); err != nil {
		return Restriction{}, fmt.Errorf("list who is named: %w", err)
	}
	err := tx.Select().TableExpr("tasks").ColumnExpr("assignee_id as member_id").Where("dossier_id = ?", id).Where("ended_at is null").
		Union(tx.Select().TableExpr("appointments").ColumnExpr("member_id").Where("dossier_id = ?", id).Where("starts_at > now()").Where("outcome is null")).Scan(ctx, &busy)
	if err != nil {
		return Restriction{}, fmt.Errorf("list who works on a dossier: %w", err)
	}
	for _, row := range named {
		r.Named = append(r.Named, row.MemberID)
	}
	for _, row := range busy {
		r.Busy = append(r.Busy, row.MemberID)
	}
	return r, nil
}

type restrictionRow struct {
	bun.BaseModel `bun:"table:restrictions"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	RestrictedBy  tenantdb.PersonID `bun:"restricted_by"`
	RestrictedAt  time.Time         `bun:"restricted_at"`
}

type admissionRow struct {
	bun.BaseModel `bun:"table:admissions"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	MemberID      tenantdb.PersonID `bun:"member_id"`
}

func insertRestriction(ctx context.Context, tx tenantdb.Tx, by access.Principal, id dossiers.ID, now time.Time) error {
	if _, err := tx.Insert().Model(&restrictionRow{TenantID: by.Tenant, DossierID: id, RestrictedBy: by.Person, RestrictedAt: now}).Exec(ctx); err != nil {
		return fmt.Errorf("restrict a dossier: %w", err)
	}
	return nil
}

func countChange(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("restrictions").Set("version = version + 1").Where("dossier_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("change who sees a dossier: %w", err)
	}
	return nil
}

// name has those named, and nobody else. Whoever is responsible stays, which the database sees to.
func name(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id dossiers.ID, before, named []tenantdb.PersonID) error {
	for _, member := range named {
		if _, err := tx.Insert().Model(&admissionRow{TenantID: tenant, DossierID: id, MemberID: member}).On("conflict do nothing").Exec(ctx); err != nil {
			return fmt.Errorf("name somebody for a dossier: %w", err)
		}
	}
	for _, member := range before {
		if slices.Contains(named, member) {
			continue
		}
		if _, err := tx.Delete().TableExpr("admissions").Where("dossier_id = ?", id).Where("member_id = ?", member).Exec(ctx); err != nil {
			return fmt.Errorf("name somebody for a dossier no longer: %w", err)
		}
	}
	return nil
}

func deleteRestriction(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("restrictions").Where("dossier_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("restrict a dossier no longer: %w", err)
	}
	return nil
}

// NameInstead has somebody named wherever another is: whoever takes work over has to see what it is about.
func NameInstead(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, from, to tenantdb.PersonID) error {
	var rows []struct{ DossierID dossiers.ID }
	if err := tx.Select().TableExpr("admissions").Column("dossier_id").Where("member_id = ?", from).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("list for what somebody is named: %w", err)
	}
	for _, row := range rows {
		if err := name(ctx, tx, tenant, row.DossierID, nil, []tenantdb.PersonID{to}); err != nil {
			return err
		}
	}
	return nil
}

type emergencyRow struct {
	bun.BaseModel `bun:"table:emergency_accesses"`
	TenantID      tenantdb.TenantID   `bun:"tenant_id"`
	EmergencyID   EmergencyID         `bun:"emergency_access_id"`
	DossierID     dossiers.ID         `bun:"dossier_id"`
	MemberID      tenantdb.PersonID   `bun:"member_id"`
	CodeName      dossiers.CodeName   `bun:"code_name"`
	Reason        Reason              `bun:"reason"`
	Words         keys.Sealed[string] `bun:"words"`
}

// Place says where the sealed words stand.
func (r *emergencyRow) Place() keys.Place { return (&Emergency{EmergencyID: r.EmergencyID}).Place() }

// insertEmergency says whether it is new.
func insertEmergency(ctx context.Context, tx tenantdb.Tx, row emergencyRow) (bool, error) {
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, emergency_access_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("open a dossier in an emergency: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// countRecent counts how often somebody has done so within a day.
func countRecent(ctx context.Context, tx tenantdb.Tx, member tenantdb.PersonID) (int64, error) {
	n, err := tx.Select().TableExpr("emergency_accesses").Where("member_id = ?", member).Where("opened_at > now() - interval '1 day'").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count emergencies: %w", err)
	}
	return n, nil
}

// emergencies are those that concern somebody: whoever coordinates all, and everybody else those of the dossiers that she or he is
// responsible for, and her or his own.
func emergencies(query *bun.SelectQuery, by access.Principal) *bun.SelectQuery {
	query = query.TableExpr("emergency_accesses as e").
		ColumnExpr("e.emergency_access_id as emergency_id, e.dossier_id, e.code_name, e.member_id, coalesce(m.name, '') as member_name, e.reason, e.words, e.opened_at, e.until, e.responsible_saw_at, e.coordination_saw_at").
		ColumnExpr("d.responsible_id").
		Join("left join members as m on m.tenant_id = e.tenant_id and m.member_id = e.member_id").
		Join("left join dossiers as d on d.tenant_id = e.tenant_id and d.dossier_id = e.dossier_id").
		OrderExpr("e.opened_at desc, e.emergency_access_id desc").Limit(mostShown)
	if !access.May(by.Role, access.EmergencyOversee) {
		query = query.Where("(d.responsible_id = ? or e.member_id = ?)", by.Person, by.Person)
	}
	return query
}

// AskWaiting asks, along with the questions of somebody's own page, which emergencies she or he has to look at.
func AskWaiting(by access.Principal, into *[]Emergency) tenantdb.Question {
	return tenantdb.Many(into, emergencies(tenantdb.Select(), by).Where("e.member_id <> ?", by.Person).
		Where("(e.responsible_saw_at is null and d.responsible_id = ? or e.coordination_saw_at is null and ?)", by.Person, access.May(by.Role, access.EmergencyOversee)))
}

func listEmergencies(ctx context.Context, tx tenantdb.Tx, by access.Principal) (list []Emergency, err error) {
	if err := emergencies(tx.Select(), by).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list emergencies: %w", err)
	}
	return list, nil
}

// listEmergenciesOf gives those of one dossier that concern somebody.
func listEmergenciesOf(ctx context.Context, tx tenantdb.Tx, by access.Principal, dossier dossiers.ID) (list []Emergency, err error) {
	if err := emergencies(tx.Select(), by).Where("e.dossier_id = ?", dossier).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list the emergencies of a dossier: %w", err)
	}
	return list, nil
}

func findEmergency(ctx context.Context, tx tenantdb.Tx, by access.Principal, id EmergencyID) (found Emergency, err error) {
	if err := tenantdb.Found(emergencies(tx.Select(), by).Where("e.emergency_access_id = ?", id).Scan(ctx, &found)); err != nil {
		return Emergency{}, fmt.Errorf("find an emergency: %w", err)
	}
	return found, nil
}

func updateSeen(ctx context.Context, tx tenantdb.Tx, by access.Principal, e Emergency, now time.Time) error {
	query := tx.Update().TableExpr("emergency_accesses").Where("emergency_access_id = ?", e.EmergencyID)
	if e.Responsible(by) {
		query = query.Set("responsible_saw_at = coalesce(responsible_saw_at, ?)", now).Set("responsible_saw_by = coalesce(responsible_saw_by, ?)", by.Person)
	}
	if access.May(by.Role, access.EmergencyOversee) {
		query = query.Set("coordination_saw_at = coalesce(coordination_saw_at, ?)", now).Set("coordination_saw_by = coalesce(coordination_saw_by, ?)", by.Person)
	}
	if err := tenantdb.Affected(query.Exec(ctx)); err != nil {
		return fmt.Errorf("write down that an emergency was seen: %w", err)
	}
	return nil
}
