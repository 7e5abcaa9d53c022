package tenantdb_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// leaving is an insertion that takes what it needs from Léa's dossier, if there is such a dossier.
var leaving = tenantdb.Prepare(tenantdb.Insert().
	With("entry", tenantdb.Select().TableExpr("dossiers").Column("tenant_id", "dossier_id").
		ColumnExpr("gen_random_uuid() as entry_id, responsible_id as person_id, 'caseworker' as role, 'dossier_seen' as action").Where("code_name = ?", tenantdb.Argument(1))).
	Table("journal_entries", "entry").Column("tenant_id", "dossier_id", "entry_id", "person_id", "role", "action"))

type entry struct {
	TenantID tenantdb.TenantID
	EntryID  ids.ID[entry]
	PersonID tenantdb.PersonID
	Role     string
	Action   string
}

func TestLeave(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	count := func() (n int) {
		t.Helper()
		if err := db.Owner.QueryRow(t.Context(), "select count(*) from journal_entries").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, left := count(), 0
	ask := func(codeName string) (names []struct{ CodeName string }, err error) {
		err = db.App.Read(as(t, "Léa"), tenantdb.Many(&names, tenantdb.Select().TableExpr("dossiers").Column("code_name")),
			tenantdb.Leave(leaving.With(codeName), func() { left++ }, nil))
		return names, err
	}
	if names, err := ask("Amina"); err != nil || len(names) != 1 || left != 1 || count() != before+1 {
		t.Fatalf("read %v, left %d: %v", names, left, err)
	}
	if _, err := ask("Nobody"); !errors.Is(err, fault.NotFound()) || left != 1 || count() != before+1 {
		t.Errorf("about nothing: left %d: %v", left, err)
	}

	write := func(end error) error {
		return db.App.Write(as(t, "Léa"), func(ctx context.Context, tx tenantdb.Tx) error {
			return errors.Join(tx.Leave(ctx, tx.Insert().ModelTableExpr("journal_entries").Model(&entry{cast.Vaud.ID, ids.New[entry](), cast.Lea.ID, "caseworker", "dossier_seen"}), func() { left++ }), end)
		})
	}
	if err := write(fault.Conflict("x")); !errors.Is(err, fault.Conflict("")) || left != 1 || count() != before+1 {
		t.Errorf("undone: left %d: %v", left, err)
	}
	if err := write(tenantdb.AndCommit(fault.Conflict("x"))); !errors.Is(err, fault.Conflict("")) || left != 2 || count() != before+2 {
		t.Errorf("refused and committed: left %d: %v", left, err)
	}

	db.Exec(t, "alter table journal_entries add constraint no_more check (person_id is null) not valid")
	for name, err := range map[string]error{"along with questions": func() error { _, err := ask("Amina"); return err }(), "in a transaction": write(nil)} {
		if !errors.Is(err, tenantdb.ErrUnleft) || left != 2 || strings.Contains(err.Error(), "caseworker") {
			t.Errorf("%s: left %d: %v", name, left, err)
		}
	}
}

// What is left along with questions is committed while somebody works with the answers, who hears of it before the answers
// may leave: also that the commit failed, which no statement before it could tell.
func TestLeaveIsPromised(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	var left atomic.Int32 // entries, told by whoever hears of the commit
	ask := func(codeName string, promise func(func() error)) (names []struct{ CodeName string }, err error) {
		err = db.App.Read(as(t, "Léa"), tenantdb.Many(&names, tenantdb.Select().TableExpr("dossiers").Column("code_name")),
			tenantdb.Leave(leaving.With(codeName), func() { left.Add(1) }, promise))
		return names, err
	}
	var awaits []func() error
	promise := func(await func() error) { awaits = append(awaits, await) }
	if names, err := ask("Amina", promise); err != nil || len(names) != 1 || len(awaits) != 1 {
		t.Fatalf("read %v, promised %d: %v", names, len(awaits), err)
	}
	if err := awaits[0](); err != nil || awaits[0]() != nil || left.Load() != 1 {
		t.Errorf("committed, left %d: %v", left.Load(), err)
	}
	if _, err := ask("Nobody", promise); !errors.Is(err, fault.NotFound()) || len(awaits) != 1 {
		t.Errorf("about nothing: promised %d: %v", len(awaits), err)
	}

	db.Exec(t, "create function late() returns trigger language plpgsql as 'begin raise exception ''late''; end'")
	db.Exec(t, "create constraint trigger late after insert on journal_entries deferrable initially deferred for each row execute function late()")
	if _, err := ask("Amina", nil); !errors.Is(err, tenantdb.ErrUnleft) {
		t.Errorf("nobody promises: %v", err)
	}
	// More often than the pool has connections: each comes back.
	for range 30 {
		awaits = nil
		if names, err := ask("Amina", promise); err != nil || len(names) != 1 || len(awaits) != 1 {
			t.Fatalf("read %v, promised %d: %v", names, len(awaits), err)
		}
		if err := awaits[0](); !errors.Is(err, tenantdb.ErrUnleft) {
			t.Fatalf("the commit failed: %v", err)
		}
	}
	if left.Load() != 1 {
		t.Errorf("%d are told as left", left.Load())
	}
}
