package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/app"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

// undeclared compares what the stores say is sealed with the columns that say so themselves (which migrations/clear_test.go
// asks of every column that is), the keys that rows are told apart by, and the rights of the role that seals anew.
func undeclared(t *testing.T, conn pgx.Tx, declared []keys.Rows) (found []string) {
	t.Helper()
	var said []string
	for _, rows := range declared {
		for _, column := range rows.Columns {
			said = append(said, fmt.Sprintf("%s.%s under the keyset of the %s", rows.Table, column, rows.Kind))
		}
		for _, column := range append(slices.Clone(rows.Key), rows.Holder) {
			var fits bool
			if err := conn.QueryRow(t.Context(), `select exists (select from pg_attribute a where a.attrelid = to_regclass($1) and a.attname = $2 and a.attnotnull
				and has_column_privilege('passerelle_rotation', a.attrelid, a.attnum, 'select'))`, rows.Table, column).Scan(&fits); err != nil {
				t.Fatal(err)
			}
			if !fits {
				found = append(found, rows.Table+"."+column+" is no column that is always filled and that passerelle_rotation may read")
			}
		}
		var unique bool
		if err := conn.QueryRow(t.Context(), `select exists (select from pg_index i where i.indrelid = to_regclass($1) and i.indisprimary
			and (select array_agg(attname::text order by attname) from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey) and a.attname <> 'tenant_id')
			= (select array_agg(k order by k) from unnest($2::text[]) k))`, rows.Table, rows.Key).Scan(&unique); err != nil {
			t.Fatal(err)
		}
		if !unique {
			found = append(found, rows.Table+" has another primary key than "+strings.Join(rows.Key, ", "))
		}
	}
	list, err := conn.Query(t.Context(), `select c.relname || '.' || a.attname || lower(substring(d from ' under the keyset of the [a-z]+')), has_column_privilege('passerelle_rotation', c.oid, a.attnum, 'select, update')
		and has_column_privilege('passerelle_rotation', c.oid, a.attnum, 'update')
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped, col_description(c.oid, a.attnum) d
		where c.relnamespace = 'public'::regnamespace and d like 'Sealed under the keyset of %'`)
	if err != nil {
		t.Fatal(err)
	}
	var column string
	var allowed bool
	var met []string
	if _, err := pgx.ForEachRow(list, []any{&column, &allowed}, func() error {
		met = append(met, column)
		if !slices.Contains(said, column) {
			found = append(found, column+": no store says so")
		}
		if !allowed {
			found = append(found, column+": passerelle_rotation cannot seal it anew")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, column := range said {
		if !slices.Contains(met, column) {
			found = append(found, column+": the database does not know it")
		}
	}
	return found
}

func TestEverySealedColumnIsDeclared(t *testing.T) {
	db := pgtest.New(t)
	for breach, want := range map[string]string{
		"": "",
		"alter table events add column more bytea; comment on column events.more is 'Sealed under the keyset of the dossier.'": "events.more under the keyset of the dossier: no store says so",
		"comment on column situations.body is 'Sealed under the keyset of the referral.'":                                      "situations.body under the keyset of the referral: no store says so",
		"alter table messages drop column body":                             "messages.body under the keyset of the referral: the database does not know it",
		"revoke update (body) on messages from passerelle_rotation":         "messages.body under the keyset of the referral: passerelle_rotation cannot seal it anew",
		"alter table situations drop constraint situations_pkey":            "situations has another primary key than dossier_id, data_class",
		"revoke select (data_class) on situations from passerelle_rotation": "situations.data_class is no column",
	} {
		tx, err := db.Owner.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), breach); err != nil {
			t.Fatal(err)
		}
		found := strings.Join(undeclared(t, tx, app.SealedRows), "\n")
		if want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("%s: %s", breach, found)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
