package reflections

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// sealed is a reflection as the database gives it.
type sealed struct {
	ReflectionID  ID
	DossierID     dossiers.ID
	Particulars   keys.Sealed[Particulars] `bun:"particulars"`
	Version       int
	ChangedByName string
}

// Place says where the sealed particulars stand.
func (s *sealed) Place() keys.Place {
	return keys.Place{Table: "reflections", Row: s.ReflectionID.String()}
}

// SealedRows says where reflections have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "reflections", Holder: "dossier_id", Key: []string{"reflection_id"}, Columns: []string{"particulars"}},
}

// reflectionRow repeats in clear what lists and statistics are made of.
type reflectionRow struct {
	bun.BaseModel `bun:"table:reflections"`
	TenantID      tenantdb.TenantID
	sealed
	Kind        Kind
	RequestedOn *time.Time `bun:",type:date"`
	Decision    Decision
	DecidedOn   *time.Time `bun:",type:date"`
	UntilOn     *time.Time `bun:",type:date"`
	EndedOn     *time.Time `bun:",type:date"`
	EndReason   Reason
	RecordedAt  time.Time
	ChangedAt   time.Time
	ChangedBy   tenantdb.PersonID
}

// Line is what may be said of a reflection without opening it: for overviews.
type Line struct {
	Kind             Kind
	Decision         Decision
	UntilOn, EndedOn *time.Time
	EndReason        Reason
}

// Latest asks for the newest reflection of a dossier: none or one.
func Latest(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, latest.With(dossier))
}

var latest = tenantdb.Prepare(tenantdb.Select().TableExpr("reflections").
	Column("kind", "decision", "until_on", "ended_on", "end_reason").Where("dossier_id = ?", tenantdb.Argument(1)).
	OrderExpr("recorded_at desc, reflection_id").Limit(1))

// shown is how many reflections of one dossier a page shows at most.
const shown = 50

func selectSealed(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("reflections").Column("reflection_id", "dossier_id", "particulars", "version", "changed_by_name").
		Where("dossier_id = ?", dossier).OrderExpr("recorded_at desc, reflection_id").Limit(shown)
}

var sealedStatement = tenantdb.Prepare(selectSealed(tenantdb.Select(), tenantdb.Argument(1)))

// ofDossier asks for the reflections of a dossier, newest first.
func ofDossier(dossier dossiers.ID, into *[]sealed) tenantdb.Question {
	return tenantdb.Many(into, sealedStatement.With(dossier))
}

func openAll(box *keys.Box, rows []sealed) (opened []Reflection, err error) {
	for i := range rows {
		if err := box.Open(&rows[i]); err != nil {
			return nil, fmt.Errorf("open reflection: %w", err)
		}
		opened = append(opened, Reflection{
			ReflectionID: rows[i].ReflectionID, DossierID: rows[i].DossierID, Particulars: rows[i].Particulars.Get(),
			Version: rows[i].Version, ChangedByName: rows[i].ChangedByName,
		})
	}
	return opened, nil
}

// listReflections is for changes: whoever holds the dossier finds all of them as they stay.
func listReflections(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) ([]Reflection, error) {
	var rows []sealed
	if err := selectSealed(tx.Select(), dossier).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list reflections: %w", err)
	}
	return openAll(box, rows)
}

func rowOf(box *keys.Box, by access.Principal, r Reflection, at time.Time) (*reflectionRow, error) {
	row := &reflectionRow{
		TenantID: by.Tenant, sealed: sealed{r.ReflectionID, r.DossierID, keys.Of(r.Particulars), r.Version, by.Name},
		Kind: r.Kind, RequestedOn: r.RequestedOn, Decision: r.Decision, DecidedOn: r.DecidedOn, UntilOn: r.Until(),
		RecordedAt: at, ChangedAt: at, ChangedBy: by.Person,
	}
	if r.Ending != nil {
		row.EndedOn, row.EndReason = &r.Ending.On, r.Ending.Reason
	}
	if err := box.Seal(&row.sealed); err != nil {
		return nil, fmt.Errorf("seal reflection: %w", err)
	}
	return row, nil
}

// insertReflection says whether it is new: the same form sent twice records it once.
func insertReflection(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, r Reflection, at time.Time) (bool, error) {
	row, err := rowOf(box, by, r, at)
	if err != nil {
		return false, err
	}
	result, err := tx.Insert().Model(row).On("conflict (tenant_id, reflection_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert reflection: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateReflection(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, r Reflection, at time.Time) error {
	row, err := rowOf(box, by, r, at)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().Model(row).
		Column("kind", "requested_on", "decision", "decided_on", "until_on", "ended_on", "end_reason", "particulars", "version", "changed_at", "changed_by", "changed_by_name").
		Where("reflection_id = ?", r.ReflectionID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update reflection: %w", err)
	}
	return nil
}
