package stays

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

// sealedStay is a stay as the database gives it.
type sealedStay struct {
	StayID        ID
	DossierID     dossiers.ID
	Particulars   keys.Sealed[Terms] `bun:"particulars"`
	Version       int
	ChangedByName string
}

// Place says where the sealed particulars stand.
func (s *sealedStay) Place() keys.Place { return keys.Place{Table: "stays", Row: s.StayID.String()} }

// sealedPresence is a presence as the database gives it.
type sealedPresence struct {
	DossierID     dossiers.ID
	Particulars   keys.Sealed[Circumstances] `bun:"particulars"`
	Version       int
	ChangedByName string
}

// Place says where the sealed particulars stand.
func (s *sealedPresence) Place() keys.Place {
	return keys.Place{Table: "presences", Row: s.DossierID.String()}
}

// SealedRows says where stays have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "stays", Holder: "dossier_id", Key: []string{"stay_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "presences", Holder: "dossier_id", Key: []string{"dossier_id"}, Columns: []string{"particulars"}},
}

// stayRow repeats in clear what lists and statistics are made of.
type stayRow struct {
	bun.BaseModel `bun:"table:stays"`
	TenantID      tenantdb.TenantID
	sealedStay
	Kind               Kind
	Canton             string
	LegalGround        LegalGround
	ValidFrom          *time.Time `bun:",type:date"`
	ValidUntil         *time.Time `bun:",type:date"`
	RenewalRequestedOn *time.Time `bun:",type:date"`
	Opinion            Opinion
	Approval           Approval
	EndedOn            *time.Time `bun:",type:date"`
	RecordedAt         time.Time
	ChangedAt          time.Time
	ChangedBy          tenantdb.PersonID
}

type presenceRow struct {
	bun.BaseModel `bun:"table:presences"`
	TenantID      tenantdb.TenantID
	sealedPresence
	ChangedAt time.Time
	ChangedBy tenantdb.PersonID
}

// Line is what may be said of a stay without opening it: for overviews.
type Line struct {
	Kind               Kind
	Canton             string
	ValidUntil         *time.Time
	RenewalRequestedOn *time.Time
}

// shown is how many stays of one dossier a page shows at most, and listed how many an overview.
const shown, listed = 100, 3

// Standing asks for the titles of a dossier that nothing has replaced, newest first.
func Standing(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, standing.With(dossier))
}

var standing = tenantdb.Prepare(tenantdb.Select().TableExpr("stays").Column("kind", "canton", "valid_until", "renewal_requested_on").
	Where("dossier_id = ?", tenantdb.Argument(1)).Where("ended_on is null").OrderExpr("recorded_at desc, stay_id").Limit(listed))

func selectStays(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("stays").Column("stay_id", "dossier_id", "particulars", "version", "changed_by_name").
		Where("dossier_id = ?", dossier).OrderExpr("recorded_at desc, stay_id").Limit(shown)
}

func selectPresence(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("presences").Column("dossier_id", "particulars", "version", "changed_by_name").Where("dossier_id = ?", dossier)
}

var (
	staysStatement    = tenantdb.Prepare(selectStays(tenantdb.Select(), tenantdb.Argument(1)))
	presenceStatement = tenantdb.Prepare(selectPresence(tenantdb.Select(), tenantdb.Argument(1)))
)

// ofDossier asks for the stays of a dossier, newest first.
func ofDossier(dossier dossiers.ID, into *[]sealedStay) tenantdb.Question {
	return tenantdb.Many(into, staysStatement.With(dossier))
}

// presenceOf asks for what is known of a person's presence: none or one.
func presenceOf(dossier dossiers.ID, into *[]sealedPresence) tenantdb.Question {
	return tenantdb.Many(into, presenceStatement.With(dossier))
}

func openStays(box *keys.Box, rows []sealedStay) (opened []Stay, err error) {
	for i := range rows {
		if err := box.Open(&rows[i]); err != nil {
			return nil, fmt.Errorf("open stay: %w", err)
		}
		opened = append(opened, Stay{rows[i].StayID, rows[i].DossierID, rows[i].Particulars.Get(), rows[i].Version, rows[i].ChangedByName})
	}
	return opened, nil
}

func openPresence(box *keys.Box, dossier dossiers.ID, rows []sealedPresence) (Presence, error) {
	if len(rows) == 0 {
		return Presence{DossierID: dossier}, nil
	}
	if err := box.Open(&rows[0]); err != nil {
		return Presence{}, fmt.Errorf("open presence: %w", err)
	}
	return Presence{dossier, rows[0].Particulars.Get(), rows[0].Version, rows[0].ChangedByName}, nil
}

// listStays is for changes: whoever holds the dossier finds all of them as they stay.
func listStays(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) ([]Stay, error) {
	var rows []sealedStay
	if err := selectStays(tx.Select(), dossier).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list stays: %w", err)
	}
	return openStays(box, rows)
}

func findPresence(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) (Presence, error) {
	var rows []sealedPresence
	if err := selectPresence(tx.Select(), dossier).Scan(ctx, &rows); err != nil {
		return Presence{}, fmt.Errorf("find presence: %w", err)
	}
	return openPresence(box, dossier, rows)
}

// SealTerms seals what is known of a title, for whoever fills tables without this package.
func SealTerms(box *keys.Box, id ID, terms Terms) ([]byte, error) {
	sealed := sealedStay{StayID: id, Particulars: keys.Of(terms)}
	if err := box.Seal(&sealed); err != nil {
		return nil, fmt.Errorf("seal stay %s: %w", id, err)
	}
	return sealed.Particulars.Ciphertext(), nil
}

func rowOf(box *keys.Box, by access.Principal, s Stay, at time.Time) (*stayRow, error) {
	row := &stayRow{
		TenantID: by.Tenant, sealedStay: sealedStay{s.StayID, s.DossierID, keys.Of(s.Terms), s.Version, by.Name},
		Kind: s.Kind, Canton: s.Canton, LegalGround: s.LegalGround, ValidFrom: s.ValidFrom, ValidUntil: s.ValidUntil, RenewalRequestedOn: s.RenewalRequestedOn,
		Opinion: s.Opinion, Approval: s.Approval, EndedOn: s.EndedOn, RecordedAt: at, ChangedAt: at, ChangedBy: by.Person,
	}
	if err := box.Seal(&row.sealedStay); err != nil {
		return nil, fmt.Errorf("seal stay: %w", err)
	}
	return row, nil
}

// insertStay says whether it is new: the same form sent twice records it once.
func insertStay(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, s Stay, at time.Time) (bool, error) {
	row, err := rowOf(box, by, s, at)
	if err != nil {
		return false, err
	}
	result, err := tx.Insert().Model(row).On("conflict (tenant_id, stay_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert stay: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateStay(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, s Stay, at time.Time) error {
	row, err := rowOf(box, by, s, at)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().Model(row).
		Column("kind", "canton", "legal_ground", "valid_from", "valid_until", "renewal_requested_on", "opinion", "approval", "ended_on", "particulars", "version", "changed_at", "changed_by", "changed_by_name").
		Where("stay_id = ?", s.StayID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update stay: %w", err)
	}
	return nil
}

// writePresence is for whoever holds the dossier: nobody else makes its row meanwhile.
func writePresence(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, p Presence, at time.Time) error {
	row := &presenceRow{
		TenantID: by.Tenant, sealedPresence: sealedPresence{p.DossierID, keys.Of(p.Circumstances), p.Version, by.Name}, ChangedAt: at, ChangedBy: by.Person,
	}
	if err := box.Seal(&row.sealedPresence); err != nil {
		return fmt.Errorf("seal presence: %w", err)
	}
	_, err := tx.Insert().Model(row).On("conflict (tenant_id, dossier_id) do update").
		Set("particulars = excluded.particulars").Set("version = excluded.version").Set("changed_at = excluded.changed_at").
		Set("changed_by = excluded.changed_by").Set("changed_by_name = excluded.changed_by_name").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write presence: %w", err)
	}
	return nil
}
