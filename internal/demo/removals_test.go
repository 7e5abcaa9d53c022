package demo

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/journal"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/transfers"
)

// TestATenantLeaves deletes Vaud once its waiting period is over. Genève notices nothing, to the last row.
func TestATenantLeaves(t *testing.T) {
	t.Parallel()
	here := installed(t, pgtest.New(t))
	pgtest.Cast(t, here.Database)
	here.filled(t)
	if err := here.sequencer.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused := func(what, says string) {
		t.Helper()
		if _, err := here.transfers.Remove(t.Context(), "vaud", func(string) error { t.Error("a certificate was made"); return nil }); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("not planned", "nobody has planned")
	here.Exec(t, "insert into tenant_removals (tenant_id, due_at, reason) values ($1, now() + interval '30 days', 'asked')", cast.Vaud.ID)
	refused("too early", "not before")
	// Not even by somebody who sits at the database as that role.
	for _, statement := range []string{"delete from journal_entries", "delete from journal_leaves", "delete from journal_checkpoints"} {
		if err := asTransfer(t, here, statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	here.Exec(t, "update tenant_removals set planned_at = now() - interval '31 days', due_at = now() - interval '1 hour'")
	refused("still in use", "still come in")
	here.Exec(t, "update tenants set suspended_at = now(), suspended_for = 'agreement' where tenant_id = $1", cast.Vaud.ID)
	if err := asTransfer(t, here, "delete from journal_entries where tenant_id = '"+cast.Geneve.ID.String()+"'"); err == nil {
		t.Error("the journal of Genève was let go")
	}

	// Noé is known in Vaud alone, Jo in both cantons, through the connection that offices share.
	for _, who := range []cast.Person{cast.Noe, cast.JoVaud, cast.JoGeneve} {
		here.Exec(t, "insert into identities (identity_id, connection_id, issuer, subject) values (md5($1)::uuid, $2, 'https://id.example', $1) on conflict do nothing", who.Email, who.Connection.ID)
		here.Exec(t, "update office_members set identity_id = md5($1)::uuid where office_member_id = $2", who.Email, who.ID)
	}
	here.Exec(t, "insert into sessions (session_hash, identity_id, csrf_token, expires_at) select sha256(subject::bytea), identity_id, '', now() + interval '1 hour' from identities")
	others := restOf(t, here)
	if _, err := here.transfers.Remove(t.Context(), "vaud", func(string) error { return errors.New("the disk is full") }); err == nil {
		t.Error("it was deleted although nobody could keep the certificate")
	}
	if n := count(t, here.Database, "select count(*) from dossiers where tenant_id = $1", cast.Vaud.ID); n == 0 {
		t.Error("what was not certified is gone")
	}
	keysets := count(t, here.Database, "select count(*) from keys.keysets where tenant_id = $1", cast.Vaud.ID)
	var kept string
	done, err := here.transfers.Remove(t.Context(), "vaud", func(note string) error { kept = note; return nil })
	if err != nil {
		t.Fatal(err)
	}
	text, err := journal.OpenSigned(kept, done.Key)
	if err != nil || !strings.HasPrefix(text, "passerelle/removal/"+cast.Vaud.ID.String()+"\n") || !strings.Contains(text, "\n  dossiers ") {
		t.Errorf("the certificate says %q: %v", text, err)
	}
	if _, err := journal.OpenSigned(strings.Replace(kept, "deleted", "kept", 1), done.Key); !errors.Is(err, journal.ErrUnsigned) {
		t.Errorf("a certificate that was changed: %v", err)
	}
	if got := count(t, here.Database, "select keysets from keys.removals where tenant_id = $1", cast.Vaud.ID); got != keysets {
		t.Errorf("%d of %d keysets were destroyed", got, keysets)
	}
	if n := count(t, here.Database, "select count(*) from keys.keysets where tenant_id = $1", cast.Vaud.ID); n != 0 {
		t.Errorf("%d keysets are left", n)
	}
	for table, where := range places(t, here) {
		if n := count(t, here.Database, "select count(*) from "+table+" as r where strpos(r::text, $1) > 0", cast.Vaud.ID.String()); n != 0 && !strings.HasPrefix(table, "keys.") && table != "console.acts" {
			t.Errorf("%d rows of %s (%s) still name it", n, table, where)
		}
	}
	if n := count(t, here.Database, "select count(*) from identities")*10 + count(t, here.Database, "select count(*) from sessions"); n != 11 {
		t.Errorf("of Noé and Jo, %d accounts and %d sessions are left", n/10, n%10)
	}
	if now := restOf(t, here); !maps.Equal(others, now) {
		for table, sum := range others {
			if now[table] != sum {
				t.Errorf("what others have in %s has changed", table)
			}
		}
	}
	if _, err := here.app(t).Dossiers.List(cast.Claire.Context(t.Context()), dossiers.Filter{}); err != nil {
		t.Errorf("Claire: %v", err)
	}
	if got := count(t, here.Database, "select count(*) from console.acts where tenant_id = $1 and action = 'tenant_removed'", cast.Vaud.ID); got != 1 {
		t.Errorf("the console knows of %d deletions", got)
	}
	if _, err := here.transfers.Remove(t.Context(), "vaud", func(string) error { return nil }); !errors.Is(err, transfers.ErrUnknown) {
		t.Errorf("a second time: %v", err)
	}
}

// TestADeletionGoesOn: it was killed after the keys were destroyed. The rows are left, unreadable, and go when it is run again, with
// the same certificate.
func TestADeletionGoesOn(t *testing.T) {
	t.Parallel()
	here := installed(t, pgtest.New(t))
	pgtest.Cast(t, here.Database)
	here.Exec(t, "insert into tenant_removals (tenant_id, due_at, reason) values ($1, now() + interval '30 days', 'asked')", cast.Vaud.ID)
	here.Exec(t, "update tenant_removals set planned_at = now() - interval '31 days', due_at = now() - interval '1 hour'")
	here.Exec(t, "update tenants set suspended_at = now(), suspended_for = 'agreement' where tenant_id = $1", cast.Vaud.ID)
	// What cannot be written down in the console at the end is not done.
	here.Exec(t, "alter table console.acts add constraint killed check (action <> 'tenant_removed') not valid")
	var first, second string
	if _, err := here.transfers.Remove(t.Context(), "vaud", func(note string) error { first = note; return nil }); err == nil || first == "" {
		t.Fatalf("%q: %v", first, err)
	}
	if n := count(t, here.Database, "select count(*) from members where tenant_id = $1", cast.Vaud.ID); n == 0 {
		t.Fatal("the rows are gone")
	}
	here.Exec(t, "alter table console.acts drop constraint killed")
	if _, err := here.transfers.Remove(t.Context(), "vaud", func(note string) error { second = note; return nil }); err != nil || second != first {
		t.Errorf("run again, it certifies %q: %v", second, err)
	}
	if n := count(t, here.Database, "select count(*) from members where tenant_id = $1", cast.Vaud.ID); n != 0 {
		t.Errorf("%d members are left", n)
	}
}

// asTransfer runs a statement as the role that takes tenants away, of Vaud.
func asTransfer(t *testing.T, at installation, statement string) error {
	t.Helper()
	db, err := tenantdb.Open(t.Context(), at.TransferConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := tenantdb.WithScope(t.Context(), tenantdb.Transfer(cast.Vaud.ID))
	table, where, _ := strings.Cut(strings.TrimPrefix(statement, "delete from "), " where ")
	return db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		query := tx.Delete().TableExpr(table).Where("true")
		if where != "" {
			query = query.Where(where)
		}
		_, err := query.Exec(ctx)
		return err
	})
}

// places are all tables, of whatever schema.
func places(t *testing.T, at installation) map[string]string {
	t.Helper()
	rows, err := at.Owner.Query(t.Context(), "select format('%I.%I', n.nspname, c.relname), n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('public', 'keys', 'console', 'jobs')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var table, schema string
		if err := rows.Scan(&table, &schema); err != nil {
			t.Fatal(err)
		}
		found[table] = schema
	}
	return found
}

// restOf is what everybody but Vaud has in each table, as a sum. Who came through the connection that offices share and is known in
// Vaud alone goes with it.
func restOf(t *testing.T, at installation) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for table := range places(t, at) {
		if table == "console.acts" || table == "identities" || table == "sessions" || table == "public.identities" || table == "public.sessions" {
			continue
		}
		which := ""
		if strings.HasPrefix(table, "jobs.") {
			which = " and to_jsonb(r)->'args'->>'tenant' is not null" // what the application does for everybody goes on
		}
		var sum string
		if err := at.Owner.QueryRow(t.Context(), "select coalesce(md5(string_agg(r::text, '|' order by r::text)), '') from "+table+" as r where strpos(r::text, $1) = 0"+which, cast.Vaud.ID.String()).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		sums[table] = sum
	}
	return sums
}
