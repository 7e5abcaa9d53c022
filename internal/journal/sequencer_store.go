package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"

	"passerelle/internal/tenantdb"
)

// Tenant is whose journal it is: the name is the one in its address.
type Tenant struct {
	TenantID tenantdb.TenantID
	Slug     string
}

// snapshot says which transactions have ended: all below Xmin have, none from Xmax on had begun. At is a moment before it
// was taken.
type snapshot struct {
	Xmin, Xmax uint64
	At         time.Time
}

// asSequencer is the scope in which the entries of a tenant are hashed.
func asSequencer(ctx context.Context, tenant tenantdb.TenantID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Sequencer(tenant))
}

// Nothing here is prepared: a plan that was made for an empty tree would be kept for a large one.

// listTenants finds at the door whose trees there are, and which transactions had ended before.
func listTenants(ctx context.Context, db *tenantdb.DB) (tenants []Tenant, before snapshot, err error) {
	err = db.Read(tenantdb.WithScope(ctx, tenantdb.SignIn()),
		tenantdb.One(&before, tenantdb.Select().TableExpr("pg_current_snapshot() as present").
			ColumnExpr("pg_snapshot_xmin(present)::text::bigint as xmin, pg_snapshot_xmax(present)::text::bigint as xmax, statement_timestamp() as at")),
		tenantdb.Many(&tenants, tenantdb.Select().TableExpr("tenants").Column("tenant_id", "slug").Order("slug")))
	if err != nil {
		return nil, before, fmt.Errorf("list the tenants: %w", err)
	}
	return tenants, before, nil
}

// leafRow is the leaf of one entry.
type leafRow struct {
	bun.BaseModel `bun:"table:journal_leaves"`
	TenantID      tenantdb.TenantID
	Leaf          int64
	Transaction   string
	EntryID       uuid.UUID
	Hashes        []byte
}

// lastLeaf is where a tree ends. Younger says that its transaction has a number that this server has not given out yet: the
// database was restored into another one.
type lastLeaf struct {
	Leaf    int64
	Younger bool
}

// sequencedRow is an entry as it is hashed.
type sequencedRow struct {
	TenantID    uuid.UUID
	Transaction string
	EntryID     uuid.UUID
	At          time.Time
	PersonID    uuid.UUID
	Role        string
	OfficeID    uuid.NullUUID
	Action      string
	DossierID   uuid.NullUUID
	ReferralID  uuid.NullUUID
	DataClasses []string
	Reason      string
	RequestID   uuid.NullUUID
}

// hashed selects what is hashed of entries. An array of arrays is told apart from one by nobody.
func hashed(query *bun.SelectQuery) *bun.SelectQuery {
	return query.ColumnExpr("entry.tenant_id, entry.transaction::text as transaction, entry.entry_id, entry.at, entry.person_id, entry.role, entry.office_id, entry.action").
		ColumnExpr("entry.dossier_id, entry.referral_id, array(select unnest(entry.data_classes)) as data_classes, entry.reason, entry.request_id")
}

// batch is how many entries are hashed in one transaction.
const batch = 1000

// afterTheLast are the entries that come after the last leaf, in the order of transactions. In it none is missed as long as
// only those are taken below the oldest transaction still under way.
const afterTheLast = `(entry.transaction, entry.entry_id) > (
	coalesce((select transaction from journal_leaves order by leaf desc limit 1), '0'::xid8),
	coalesce((select entry_id from journal_leaves order by leaf desc limit 1), '00000000-0000-0000-0000-000000000000'::uuid))`

// last is where a tree ends.
func last() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("journal_leaves").Column("leaf").
		ColumnExpr("transaction >= pg_snapshot_xmax(pg_current_snapshot()) as younger").Order("leaf DESC").Limit(1)
}

// next is what comes after the end of the tree.
func next() *bun.SelectQuery {
	return hashed(tenantdb.Select().TableExpr("journal_entries as entry")).
		Where(afterTheLast).Where("entry.transaction < pg_snapshot_xmin(pg_current_snapshot())").
		OrderExpr("entry.transaction, entry.entry_id").Limit(batch)
}

// left is what has no leaf, wherever it stands: restored from another server, or slipped in.
func left() *bun.SelectQuery {
	return hashed(tenantdb.Select().TableExpr("journal_entries as entry")).
		Where(withoutLeaf).
		Where("(entry.transaction < pg_snapshot_xmin(pg_current_snapshot()) or entry.transaction >= pg_snapshot_xmax(pg_current_snapshot()))").
		OrderExpr("entry.transaction, entry.entry_id").Limit(batch)
}

const withoutLeaf = `not exists (select from journal_leaves as leaf
	where leaf.tenant_id = entry.tenant_id and leaf.transaction = entry.transaction and leaf.entry_id = entry.entry_id)`

// listNext gives the size of a tree and the entries that come next; everything that has no leaf, where it is asked for.
func listNext(ctx context.Context, db *tenantdb.DB, everything bool) (size int64, rows []sequencedRow, err error) {
	var end []lastLeaf
	if !everything {
		err = db.Read(ctx, tenantdb.Many(&end, last()), tenantdb.Many(&rows, next()))
		everything = len(end) > 0 && end[0].Younger
	}
	if err == nil && everything {
		err = db.Read(ctx, tenantdb.Many(&end, last()), tenantdb.Many(&rows, left()))
	}
	if err != nil {
		return 0, nil, fmt.Errorf("list what is to be hashed: %w", err)
	}
	if len(end) > 0 {
		size = end[0].Leaf + 1
	}
	return size, rows, nil
}

// findSize is how many leaves a tree has.
func findSize(ctx context.Context, db *tenantdb.DB) (int64, error) {
	var end []lastLeaf
	if err := db.Read(ctx, tenantdb.Many(&end, last())); err != nil {
		return 0, fmt.Errorf("find the size of the tree: %w", err)
	}
	if len(end) == 0 {
		return 0, nil
	}
	return end[0].Leaf + 1, nil
}

type storedHashes struct {
	Leaf   int64
	Hashes []byte
}

// findEdge gives the tree of a size with the hashes at its right edge.
func findEdge(ctx context.Context, db *tenantdb.DB, size int64) (*tree, error) {
	t := &tree{size: size, hashes: map[int64]tlog.Hash{}}
	places := edge(size)
	if len(places) == 0 {
		return t, nil
	}
	leaves := make([]int64, len(places))
	for i, place := range places {
		leaves[i], _ = storedWith(place)
	}
	var found []storedHashes
	if err := db.Read(ctx, tenantdb.Many(&found, tenantdb.Select().TableExpr("journal_leaves").Column("leaf", "hashes").Where("leaf in (?)", bun.List(leaves)))); err != nil {
		return nil, fmt.Errorf("find the hashes of the tree: %w", err)
	}
	for _, row := range found {
		for i, place := range places {
			leaf, nth := storedWith(place)
			if leaf == leaves[i] && leaf == row.Leaf && len(row.Hashes) >= (nth+1)*tlog.HashSize {
				t.hashes[place] = tlog.Hash(row.Hashes[nth*tlog.HashSize : (nth+1)*tlog.HashSize])
			}
		}
	}
	return t, nil
}

// insertLeaves puts leaves at the end of a tree. It says false where another sequencer was quicker.
func insertLeaves(ctx context.Context, db *tenantdb.DB, rows []leafRow) (bool, error) {
	err := db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Insert().Model(&rows).Exec(ctx)
		return err
	})
	return unlessOutrun(err, "journal_leaves_pkey", "journal_leaves_follow_each_other", "journal_leaves_take_each_entry_once")
}

// unlessOutrun is false where what was to be added has been added by another meanwhile.
func unlessOutrun(err error, constraints ...string) (bool, error) {
	if tenantdb.Busy(err) {
		return false, nil
	}
	for _, constraint := range constraints {
		if tenantdb.Violates(err, constraint) {
			return false, nil
		}
	}
	return err == nil, err
}

// checkpointRow is what was signed.
type checkpointRow struct {
	bun.BaseModel `bun:"table:journal_checkpoints"`
	TenantID      tenantdb.TenantID
	Checkpoint    int64
	Size          int64
	Root          []byte
	CompleteUntil time.Time
	Note          string
}

// lastCheckpoint is what was signed last. Due says that it was too long ago.
type lastCheckpoint struct {
	Checkpoint, Size  int64
	CompleteUntil, At time.Time
	Due               bool
}

// findCheckpoint gives the last one; the zero one, which is due, where nothing was signed yet.
func findCheckpoint(ctx context.Context, db *tenantdb.DB) (lastCheckpoint, error) {
	var found []lastCheckpoint
	err := db.Read(ctx, tenantdb.Many(&found, tenantdb.Select().TableExpr("journal_checkpoints").Column("checkpoint", "size", "complete_until", "at").
		ColumnExpr("at <= now() - make_interval(secs => ?) as due", signedEvery.Seconds()).Order("checkpoint DESC").Limit(1)))
	if err != nil {
		return lastCheckpoint{}, fmt.Errorf("find the last checkpoint: %w", err)
	}
	if len(found) == 0 {
		return lastCheckpoint{Due: true}, nil
	}
	return found[0], nil
}

// insertCheckpoint says false where another sequencer signed meanwhile.
func insertCheckpoint(ctx context.Context, db *tenantdb.DB, row checkpointRow) (bool, error) {
	err := db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Insert().Model(&row).Exec(ctx)
		return err
	})
	return unlessOutrun(err, "journal_checkpoints_pkey", "journal_checkpoints_go_on_from_each_other")
}

// Backlog is how many entries have no leaf yet, and for how many seconds the oldest has waited.
type Backlog struct {
	Entries int64
	Seconds float64
}

func findBacklog(ctx context.Context, db *tenantdb.DB) (backlog Backlog, err error) {
	if err = db.Read(ctx, tenantdb.One(&backlog, tenantdb.Select().TableExpr("journal_entries as entry").
		ColumnExpr("count(*) as entries, coalesce(extract(epoch from now() - min(entry.at)), 0)::float8 as seconds").Where(afterTheLast))); err != nil {
		return backlog, fmt.Errorf("count what is to be hashed: %w", err)
	}
	return backlog, nil
}

// fingerprintsOf gives the beginnings of the hashes of leaves, page by page.
func fingerprintsOf(ctx context.Context, db *tenantdb.DB, from, until int64) (prints []byte, err error) {
	for from < until {
		var page []struct {
			Leaf  int64
			Print []byte
		}
		err := db.Read(ctx, tenantdb.Many(&page, tenantdb.Select().TableExpr("journal_leaves").Column("leaf").
			ColumnExpr("substring(hashes from 1 for ?) as print", fingerprintSize).Where("leaf >= ?", from).Where("leaf < ?", until).Order("leaf").Limit(printPage)))
		if err != nil {
			return nil, fmt.Errorf("read the leaves of the tree: %w", err)
		}
		for _, row := range page {
			if row.Leaf != from || len(row.Print) != fingerprintSize {
				return nil, errTorn
			}
			prints = append(prints, row.Print...)
			from++
		}
		if len(page) == 0 {
			return nil, errTorn
		}
	}
	return prints, nil
}

// errTorn is told where leaves are missing, which only somebody who rules the database can do.
var errTorn = errors.New("the tree of the journal has a gap: somebody changed it, and nothing of it is signed any more")

const printPage = 50_000

// listSequenced gives the next entries that have a leaf, in the order of leaves.
func listSequenced(ctx context.Context, db *tenantdb.DB, from int64) (rows []exportedRow, err error) {
	err = db.Read(ctx, tenantdb.Many(&rows, exported(tenantdb.Select().TableExpr("journal_leaves as leaf")).
		// One at a time, by its key: joined as usual, each leaf would be compared with the whole journal.
		Join("join lateral (select * from journal_entries as one where one.tenant_id = leaf.tenant_id and one.transaction = leaf.transaction and one.entry_id = leaf.entry_id limit 1) as entry on true").
		Where("leaf.leaf >= ?", from).OrderExpr("leaf.leaf").Limit(batch)))
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return rows, nil
}

// listRest gives what comes after a leaf, and then what has none yet.
func listRest(ctx context.Context, db *tenantdb.DB, from int64) (rows []exportedRow, err error) {
	err = db.Read(ctx, tenantdb.Many(&rows, exported(tenantdb.Select().TableExpr("journal_entries as entry")).
		Join("left join journal_leaves as leaf on leaf.tenant_id = entry.tenant_id and leaf.transaction = entry.transaction and leaf.entry_id = entry.entry_id").
		Where("leaf.leaf >= ? or leaf.leaf is null", from).OrderExpr("leaf.leaf nulls last, entry.transaction, entry.entry_id")))
	if err != nil {
		return nil, fmt.Errorf("read the end of the journal: %w", err)
	}
	return rows, nil
}

// exportedRow is an entry with its leaf, or -1.
type exportedRow struct {
	Leaf int64
	sequencedRow
}

func exported(query *bun.SelectQuery) *bun.SelectQuery {
	return hashed(query.ColumnExpr("coalesce(leaf.leaf, -1) as leaf"))
}

func countEntries(ctx context.Context, db *tenantdb.DB) (int, error) {
	var found struct{ Entries int }
	if err := db.Read(ctx, tenantdb.One(&found, tenantdb.Select().TableExpr("journal_entries").ColumnExpr("count(*) as entries"))); err != nil {
		return 0, fmt.Errorf("count the journal: %w", err)
	}
	return found.Entries, nil
}

// findNote gives what was signed last, or nothing.
func findNote(ctx context.Context, db *tenantdb.DB) (string, error) {
	var found []struct{ Note string }
	if err := db.Read(ctx, tenantdb.Many(&found, tenantdb.Select().TableExpr("journal_checkpoints").Column("note").Order("checkpoint DESC").Limit(1))); err != nil {
		return "", fmt.Errorf("find the last checkpoint: %w", err)
	}
	if len(found) == 0 {
		return "", nil
	}
	return found[0].Note, nil
}

// listErased gives the dossiers that were erased, and the referrals of these and the drafts that were thrown away.
func listErased(ctx context.Context, db *tenantdb.DB) (dossiers, referrals []uuid.UUID, err error) {
	gone := tenantdb.Select().TableExpr("journal_entries as gone").ColumnExpr("1").Where("gone.tenant_id = entry.tenant_id").
		Where("gone.dossier_id = entry.dossier_id").Where("gone.action = ?", DossierErased)
	var erased, sent []struct{ ID uuid.UUID }
	if err = db.Read(ctx,
		tenantdb.Many(&erased, tenantdb.Select().Distinct().TableExpr("journal_entries as entry").ColumnExpr("dossier_id as id").Where("action = ?", DossierErased)),
		tenantdb.Many(&sent, tenantdb.Select().Distinct().TableExpr("journal_entries as entry").ColumnExpr("referral_id as id").
			Where("referral_id is not null").Where("exists (?) or entry.action = ?", gone, DraftDiscarded))); err != nil {
		return nil, nil, fmt.Errorf("list what was erased: %w", err)
	}
	for _, one := range erased {
		dossiers = append(dossiers, one.ID)
	}
	for _, one := range sent {
		referrals = append(referrals, one.ID)
	}
	return dossiers, referrals, nil
}
