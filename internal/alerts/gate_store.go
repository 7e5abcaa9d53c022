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

// pauseOf takes a person and an office; it is asked with every page of an inbox.
var pauseOf = tenantdb.Prepare(tenantdb.Select().TableExpr("pauses").Column("pause_id").
	Where("person_id = ?", tenantdb.Argument(1)).Where("office_id = ?", tenantdb.Argument(2)).Where("lifted_at is null"))

func isPaused(ctx context.Context, tx tenantdb.Tx, by access.Principal) (bool, error) {
	paused, err := tx.Select().TableExpr("pauses").Where("person_id = ?", by.Person).Where("office_id = ?", by.Office).Where("lifted_at is null").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("find pause: %w", err)
	}
	return paused, nil
}

// dossierOf is of which dossier a referral is; only the gate needs to know.
type dossierOf struct {
	DossierID ids.ID[journal.Dossier]
}

func askDossier(referral ids.ID[journal.Referral], into *[]dossierOf) tenantdb.Question {
	return tenantdb.Many(into, referralsDossier.With(referral))
}

// A revoked referral is left out by its state as well, should the clocks of application and database differ by a moment.
var referralsDossier = tenantdb.Prepare(tenantdb.Select().TableExpr("referrals").Column("dossier_id").
	Where("referral_id = ?", tenantdb.Argument(1)).Where("state <> 'revoked'"))

// lockReader lets one request of a person at an office through at a time, for as long as its transaction lasts.
func lockReader(ctx context.Context, tx tenantdb.Tx, by access.Principal) error {
	if _, err := tx.Select().ColumnExpr("pg_advisory_xact_lock(hashtextextended(?, 0))", by.Person.String()+by.Office.String()).Exec(ctx); err != nil {
		return fmt.Errorf("lock reader: %w", err)
	}
	return nil
}

// findStanding is asked after lockReader, and so sees all that was opened before.
func findStanding(ctx context.Context, tx tenantdb.Tx, by access.Principal, dossier ids.ID[journal.Dossier], referral ids.ID[journal.Referral], after time.Time) (s standing, err error) {
	ofReader := tx.Select().TableExpr("pauses").Where("person_id = ?", by.Person).Where("office_id = ?", by.Office)
	err = tx.Select().TableExpr("openings").
		ColumnExpr("exists (?) as paused", ofReader.Clone().ColumnExpr("1").Where("lifted_at is null")).
		ColumnExpr("exists (?) as decoy", tx.Select().TableExpr("decoys").ColumnExpr("1").Where("dossier_id = ?", dossier)).
		ColumnExpr("count(*) as opened, coalesce(bool_or(referral_id = ?), false) as again, min(at) as since, max(at) as until", referral).
		Where("person_id = ?", by.Person).Where("office_id = ?", by.Office).
		Where("at > greatest(?::timestamptz, (?))", after, ofReader.Clone().ColumnExpr("max(lifted_at)")).
		Scan(ctx, &s)
	if err != nil {
		return standing{}, fmt.Errorf("find standing: %w", err)
	}
	return s, nil
}

type openingRow struct {
	bun.BaseModel `bun:"table:openings"`
	TenantID      tenantdb.TenantID        `bun:"tenant_id"`
	PersonID      tenantdb.PersonID        `bun:"person_id"`
	OfficeID      tenantdb.OfficeID        `bun:"office_id"`
	ReferralID    ids.ID[journal.Referral] `bun:"referral_id"`
	At            time.Time                `bun:"at"`
}

// upsertOpening notes when a referral was last opened, and forgets what no longer counts.
func upsertOpening(ctx context.Context, tx tenantdb.Tx, by access.Principal, referral ids.ID[journal.Referral], at, forget time.Time) error {
	row := openingRow{TenantID: by.Tenant, PersonID: by.Person, OfficeID: by.Office, ReferralID: referral, At: at}
	_, err := tx.Insert().With("forgotten", tx.Delete().TableExpr("openings").Where("person_id = ?", by.Person).Where("office_id = ?", by.Office).
		Where("at <= ?", forget).Where("referral_id <> ?", referral)).
		Model(&row).On("conflict (tenant_id, person_id, office_id, referral_id) do update").Set("at = excluded.at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("note opening: %w", err)
	}
	return nil
}

type alertRow struct {
	bun.BaseModel `bun:"table:alerts"`
	TenantID      tenantdb.TenantID        `bun:"tenant_id"`
	AlertID       ID                       `bun:"alert_id"`
	Kind          Kind                     `bun:"kind"`
	PersonID      tenantdb.PersonID        `bun:"person_id"`
	Role          access.Role              `bun:"role"`
	OfficeID      tenantdb.OfficeID        `bun:"office_id"`
	DossierID     ids.ID[journal.Dossier]  `bun:"dossier_id"`
	ReferralID    ids.ID[journal.Referral] `bun:"referral_id"`
	Opened        int                      `bun:"opened"`
	Usual         int                      `bun:"usual"`
	Since         time.Time                `bun:"since"`
	Until         time.Time                `bun:"until"`
	At            time.Time                `bun:"at"`
}

// insertAlert says whether it is news: one of the same person, kind and hour may be there.
func insertAlert(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, a Alert) (bool, error) {
	row := alertRow{
		TenantID: tenant, AlertID: a.AlertID, Kind: a.Kind, PersonID: a.PersonID, Role: a.Role, OfficeID: a.OfficeID, DossierID: a.DossierID, ReferralID: a.ReferralID,
		Opened: a.Opened, Usual: a.Usual, Since: a.Since, Until: a.Until, At: a.At,
	}
	done, err := changed(tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("raise alert: %w", err)
	}
	return done, nil
}

type pauseRow struct {
	bun.BaseModel `bun:"table:pauses"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	PauseID       ids.ID[Pause]     `bun:"pause_id"`
	OfficeID      tenantdb.OfficeID `bun:"office_id"`
	PersonID      tenantdb.PersonID `bun:"person_id"`
	AlertID       ID                `bun:"alert_id"`
	PausedAt      time.Time         `bun:"paused_at"`
}

func insertPause(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, p Pause) error {
	row := pauseRow{TenantID: tenant, PauseID: p.PauseID, OfficeID: p.OfficeID, PersonID: p.PersonID, AlertID: p.AlertID, PausedAt: p.PausedAt}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	return nil
}
