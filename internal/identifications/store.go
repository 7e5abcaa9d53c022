package identifications

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// shown bounds how many assessments the page shows, and shownSets how many sets.
const (
	shown     = 20
	shownSets = 100
)

// SealedRows says where identifications have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "identifications", Holder: "dossier_id", Key: []string{"identification_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "second_readings", Holder: "dossier_id", Key: []string{"identification_id"}, Columns: []string{"particulars"}},
}

// Place says where what is sealed of an assessment stands.
func (a *Assessment) Place() keys.Place {
	return keys.Place{Table: "identifications", Row: a.IdentificationID.String()}
}

// Place says where what is sealed of a second reading stands.
func (r *SecondReading) Place() keys.Place {
	return keys.Place{Table: "second_readings", Row: r.IdentificationID.String()}
}

type assessmentRow struct {
	bun.BaseModel `bun:"table:identifications"`
	TenantID      tenantdb.TenantID
	Assessment
}

type readingRow struct {
	bun.BaseModel `bun:"table:second_readings"`
	TenantID      tenantdb.TenantID
	SecondReading
}

type setRow struct {
	bun.BaseModel `bun:"table:indicator_sets"`
	TenantID      tenantdb.TenantID
	LoadedBy      tenantdb.PersonID
	storedSet
}

// storedSet is a set as the database holds it.
type storedSet struct {
	Digest, Name, Edition, Definition string
	LoadedAt                          time.Time
}

func selectAssessments(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("identifications").
		Column("identification_id", "dossier_id", "set_digest", "assessed_on", "particulars", "written_by", "written_at").
		Where("dossier_id = ?", dossier).OrderExpr("assessed_on desc, written_at desc, identification_id").Limit(shown)
}

func selectSets(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("indicator_sets").Column("digest", "name", "edition", "definition", "loaded_at")
}

var (
	assessmentsOf = tenantdb.Prepare(selectAssessments(tenantdb.Select(), tenantdb.Argument(1)))
	readingsOf    = tenantdb.Prepare(tenantdb.Select().TableExpr("second_readings").Column("identification_id", "dossier_id", "particulars", "read_by", "read_at").
			Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("read_at desc, identification_id").Limit(shown))
	setsOf = tenantdb.Prepare(selectSets(tenantdb.Select()).
		Where("digest in (?)", tenantdb.OfTenant(tenantdb.Select().TableExpr("identifications").Column("set_digest").Where("dossier_id = ?", tenantdb.Argument(1)))))
	// offered is the last edition of each set.
	offeredSets = tenantdb.Prepare(selectSets(tenantdb.Select()).DistinctOn("name").OrderExpr("name, loaded_at desc, digest").Limit(shownSets))
	loadedSets  = tenantdb.Prepare(selectSets(tenantdb.Select()).OrderExpr("name, loaded_at desc, digest").Limit(shownSets))
)

func findSet(ctx context.Context, tx tenantdb.Tx, digest string) (Set, error) {
	var found storedSet
	if err := tenantdb.Found(selectSets(tx.Select()).Where("digest = ?", digest).Scan(ctx, &found)); err != nil {
		return Set{}, fmt.Errorf("find set: %w", err)
	}
	return found.set()
}

func (s storedSet) set() (Set, error) {
	set, err := read(s.Name, s.Edition, s.Definition)
	if err != nil {
		return Set{}, fmt.Errorf("read a set that was loaded: %w", err)
	}
	set.Digest, set.LoadedAt = s.Digest, s.LoadedAt
	return set, nil
}

// insertSet says whether the set is new; nothing of one that is there changes.
func insertSet(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, by tenantdb.PersonID, set Set, at time.Time) (bool, error) {
	row := setRow{TenantID: tenant, LoadedBy: by, storedSet: storedSet{set.Digest, set.Name, set.Edition, set.Definition, at}}
	return inserted(ctx, tx.Insert().Model(&row).On("conflict (tenant_id, digest) do nothing"))
}

func insertAssessment(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, assessment Assessment) (bool, error) {
	row := assessmentRow{TenantID: tenant, Assessment: assessment}
	if err := box.Seal(&row.Assessment); err != nil {
		return false, fmt.Errorf("seal identification: %w", err)
	}
	return inserted(ctx, tx.Insert().Model(&row).On("conflict (tenant_id, identification_id) do nothing"))
}

func insertReading(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, reading SecondReading) (bool, error) {
	row := readingRow{TenantID: tenant, SecondReading: reading}
	if err := box.Seal(&row.SecondReading); err != nil {
		return false, fmt.Errorf("seal second reading: %w", err)
	}
	return inserted(ctx, tx.Insert().Model(&row).On("conflict (tenant_id, identification_id) do nothing"))
}

func inserted(ctx context.Context, query *bun.InsertQuery) (bool, error) {
	result, err := query.Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func findAssessment(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, id ID) (found Assessment, err error) {
	err = selectAssessments(tx.Select(), dossier).Where("identification_id = ?", id).Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return Assessment{}, fmt.Errorf("find identification: %w", err)
	}
	return found, nil
}

// findReading gives the second reading of an assessment that has one.
func findReading(ctx context.Context, tx tenantdb.Tx, id ID) (found SecondReading, err error) {
	err = tx.Select().TableExpr("second_readings").Column("identification_id", "dossier_id", "particulars", "read_by", "read_at").
		Where("identification_id = ?", id).Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return SecondReading{}, fmt.Errorf("find second reading: %w", err)
	}
	return found, nil
}

// firstAssessed is the day of the first assessment, when identification began.
func firstAssessed(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (first time.Time, err error) {
	if err := tx.Select().TableExpr("identifications").ColumnExpr("min(assessed_on)").Where("dossier_id = ?", dossier).Scan(ctx, &first); err != nil {
		return time.Time{}, fmt.Errorf("find the first identification: %w", err)
	}
	return first, nil
}
