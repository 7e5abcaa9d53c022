package announcements

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/i18n"
	"passerelle/internal/tenantdb"
)

// most is how many announcements a page of the console shows, and how many the board keeps.
const most = 200

type announcementRow struct {
	bun.BaseModel  `bun:"table:announcements"`
	AnnouncementID ID
	TenantID       tenantdb.TenantID
	Kind           Kind
	WordsFr        string
	WordsDe        string
	WordsIt        string
	WordsEn        string
	FromAt         time.Time
	UntilAt        time.Time
	Version        int
	WrittenBy      string
	WrittenAt      time.Time
}

func rowOf(d Draft, by string, now time.Time) announcementRow {
	words := func(language i18n.Lang) string { return strings.TrimSpace(d.Words[language]) }
	return announcementRow{
		AnnouncementID: d.AnnouncementID, TenantID: d.TenantID, Kind: d.Kind, WordsFr: words(i18n.FR), WordsDe: words(i18n.DE), WordsIt: words(i18n.IT),
		WordsEn: words(i18n.EN), FromAt: d.FromAt, UntilAt: d.UntilAt, Version: d.Version + 1, WrittenBy: by, WrittenAt: now,
	}
}

func selected(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("announcements").ColumnExpr("announcement_id, tenant_id, kind, words_fr, words_de, words_it, words_en, from_at, until_at, version, written_by, written_at, withdrawn_at")
}

// listPosted gives those that are current or to come.
func listPosted(ctx context.Context, tx tenantdb.Tx, now time.Time) (posted []Announcement, err error) {
	err = selected(tx.Select()).Where("withdrawn_at is null").Where("until_at > ?", now).OrderExpr("from_at, announcement_id").Limit(most).Scan(ctx, &posted)
	if err != nil {
		return nil, fmt.Errorf("list what is announced: %w", err)
	}
	return posted, nil
}

// listAnnouncements gives the last ones, whatever became of them.
func listAnnouncements(ctx context.Context, tx tenantdb.Tx) (all []Announcement, err error) {
	if err = selected(tx.Select()).OrderExpr("until_at desc, announcement_id").Limit(most).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("list announcements: %w", err)
	}
	return all, nil
}

func findAnnouncement(ctx context.Context, tx tenantdb.Tx, id ID) (found Announcement, err error) {
	if err = selected(tx.Select()).Where("announcement_id = ?", id).Scan(ctx, &found); err != nil {
		return Announcement{}, fmt.Errorf("find announcement %s: %w", id, tenantdb.Found(err))
	}
	return found, nil
}

// insertAnnouncement writes one down; one that is there already stays.
// insertAnnouncement says whether it was not there yet.
func insertAnnouncement(ctx context.Context, tx tenantdb.Tx, row announcementRow) (bool, error) {
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert announcement: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// updateAnnouncement is fault.NotFound where somebody else has changed it meanwhile, or taken it back.
func updateAnnouncement(ctx context.Context, tx tenantdb.Tx, row announcementRow) error {
	return tenantdb.Affected(tx.Update().Model(&row).
		Column("tenant_id", "kind", "words_fr", "words_de", "words_it", "words_en", "from_at", "until_at", "version", "written_by", "written_at").
		Where("announcement_id = ?", row.AnnouncementID).Where("version = ?", row.Version-1).Where("withdrawn_at is null").Exec(ctx))
}

func updateWithdrawn(ctx context.Context, tx tenantdb.Tx, id ID, by string, version int, now time.Time) error {
	return tenantdb.Affected(tx.Update().TableExpr("announcements").Set("withdrawn_at = ?", now).Set("written_by = ?", by).
		Where("announcement_id = ?", id).Where("version = ?", version).Where("withdrawn_at is null").Exec(ctx))
}
