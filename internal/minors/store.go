package minors

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// shown bounds each list of the page.
const shown = 50

// SealedRows says where minors have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "age_records", Holder: "dossier_id", Key: []string{"age_record_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "guardians", Holder: "dossier_id", Key: []string{"guardian_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "protection_reports", Holder: "dossier_id", Key: []string{"protection_report_id"}, Columns: []string{"particulars"}},
}

// Place says where what is sealed of a finding stands.
func (r *AgeRecord) Place() keys.Place {
	return keys.Place{Table: "age_records", Row: r.AgeRecordID.String()}
}

// Place says where what is sealed of a guardian stands.
func (g *Guardian) Place() keys.Place {
	return keys.Place{Table: "guardians", Row: g.GuardianID.String()}
}

// Place says where what is sealed of a report stands.
func (r *Report) Place() keys.Place {
	return keys.Place{Table: "protection_reports", Row: r.ProtectionReportID.String()}
}

type ageRow struct {
	bun.BaseModel `bun:"table:age_records"`
	TenantID      tenantdb.TenantID
	AgeRecord
}

type guardianRow struct {
	bun.BaseModel `bun:"table:guardians"`
	TenantID      tenantdb.TenantID
	Guardian
}

type reportRow struct {
	bun.BaseModel `bun:"table:protection_reports"`
	TenantID      tenantdb.TenantID
	Report
}

func selectAges(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("age_records").
		Column("age_record_id", "dossier_id", "finding", "found_on", "particulars", "written_by", "written_at").
		Where("dossier_id = ?", dossier).OrderExpr("found_on desc, written_at desc, age_record_id").Limit(shown)
}

func selectGuardians(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("guardians").
		Column("guardian_id", "dossier_id", "role", "since", "until", "particulars", "version", "written_by", "written_at")
}

func selectReports(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("protection_reports").
		Column("protection_report_id", "dossier_id", "reported_on", "answered_on", "particulars", "version", "written_by", "written_at")
}

var (
	agesOf      = tenantdb.Prepare(selectAges(tenantdb.Select(), tenantdb.Argument(1)))
	guardiansOf = tenantdb.Prepare(selectGuardians(tenantdb.Select()).Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("since desc, guardian_id").Limit(shown))
	reportsOf   = tenantdb.Prepare(selectReports(tenantdb.Select()).Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("reported_on desc, protection_report_id").Limit(shown))
)

// Ages asks what was found of the age of a dossier's person, newest first, for AgeOf. Its findings lie in clear.
func Ages(dossier dossiers.ID, into *[]AgeRecord) tenantdb.Question {
	return tenantdb.Many(into, agesOf.With(dossier))
}

func listAges(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []AgeRecord, err error) {
	if err := selectAges(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list findings of age: %w", err)
	}
	return found, nil
}

// insertAge says whether the finding is new: a form that is sent twice records one.
func insertAge(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, record AgeRecord) (bool, error) {
	row := ageRow{TenantID: tenant, AgeRecord: record}
	if err := box.Seal(&row.AgeRecord); err != nil {
		return false, fmt.Errorf("seal finding of age: %w", err)
	}
	return inserted(tx.Insert().Model(&row).On("conflict (tenant_id, age_record_id) do nothing"), ctx)
}

func insertGuardian(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, guardian Guardian) (bool, error) {
	row := guardianRow{TenantID: tenant, Guardian: guardian}
	if err := box.Seal(&row.Guardian); err != nil {
		return false, fmt.Errorf("seal guardian: %w", err)
	}
	return inserted(tx.Insert().Model(&row).On("conflict (tenant_id, guardian_id) do nothing"), ctx)
}

func insertReport(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, report Report) (bool, error) {
	row := reportRow{TenantID: tenant, Report: report}
	if err := box.Seal(&row.Report); err != nil {
		return false, fmt.Errorf("seal report: %w", err)
	}
	return inserted(tx.Insert().Model(&row).On("conflict (tenant_id, protection_report_id) do nothing"), ctx)
}

func inserted(query *bun.InsertQuery, ctx context.Context) (bool, error) {
	result, err := query.Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func findGuardian(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, id GuardianID) (found Guardian, err error) {
	err = selectGuardians(tx.Select()).Where("dossier_id = ?", dossier).Where("guardian_id = ?", id).Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return Guardian{}, fmt.Errorf("find guardian: %w", err)
	}
	return found, nil
}

func findReport(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, id ReportID) (found Report, err error) {
	err = selectReports(tx.Select()).Where("dossier_id = ?", dossier).Where("protection_report_id = ?", id).Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return Report{}, fmt.Errorf("find report: %w", err)
	}
	return found, nil
}

// oneGuardian and oneReport ask for one of a dossier, along with the questions of a page.

func oneGuardian(dossier dossiers.ID, id GuardianID, into *Guardian) tenantdb.Question {
	return tenantdb.One(into, selectGuardians(tenantdb.Select()).Where("dossier_id = ?", dossier).Where("guardian_id = ?", id))
}

func oneReport(dossier dossiers.ID, id ReportID, into *Report) tenantdb.Question {
	return tenantdb.One(into, selectReports(tenantdb.Select()).Where("dossier_id = ?", dossier).Where("protection_report_id = ?", id))
}

func updateGuardian(ctx context.Context, tx tenantdb.Tx, box *keys.Box, guardian Guardian) error {
	row := guardianRow{Guardian: guardian}
	if err := box.Seal(&row.Guardian); err != nil {
		return fmt.Errorf("seal guardian: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("until", "particulars", "version", "written_by", "written_at").
		Where("guardian_id = ?", guardian.GuardianID).Exec(ctx)); err != nil {
		return fmt.Errorf("update guardian: %w", err)
	}
	return nil
}

func updateReport(ctx context.Context, tx tenantdb.Tx, box *keys.Box, report Report) error {
	row := reportRow{Report: report}
	if err := box.Seal(&row.Report); err != nil {
		return fmt.Errorf("seal report: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("answered_on", "particulars", "version", "written_by", "written_at").
		Where("protection_report_id = ?", report.ProtectionReportID).Exec(ctx)); err != nil {
		return fmt.Errorf("update report: %w", err)
	}
	return nil
}

// LoadAge gives the age of a dossier's person within the transaction in which the file was loaded.
func LoadAge(ctx context.Context, tx tenantdb.Tx, file dossiers.File) (Age, error) {
	records, err := listAges(ctx, tx, file.DossierID)
	return AgeOf(file.Beneficiary.BirthDate, records), err
}
