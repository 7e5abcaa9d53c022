package demo

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	crypt "filippo.io/age"
	"github.com/jackc/pgx/v5"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/transfers"
)

// TestATenantGoesElsewhere takes Vaud, with all that the demo tells of it, to another installation: what comes out there again is
// what went in, to the last letter, and lies under other keys.
func TestATenantGoesElsewhere(t *testing.T) {
	t.Parallel()
	here, there := installed(t, pgtest.New(t)), installed(t, pgtest.New(t))
	pgtest.Cast(t, here.Database)
	here.filled(t)
	here.throwAway(t, "Permis L, recto")
	if _, err := here.transfers.Export(t.Context(), "vaud", io.Discard); !errors.Is(err, transfers.ErrNoKey) {
		t.Fatalf("without a key: %v", err)
	}
	identity, err := crypt.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := crypt.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	here.give(t, identity)
	archive, exported := here.export(t)
	files := unpacked(t, archive, identity)
	rows := rowsOf(files)

	t.Run("everything of it is there, opened, and nothing of anybody else", func(t *testing.T) {
		for _, table := range []string{"dossiers", "referrals", "journal_entries", "interviews", "notes", "circle_members", "member_professions", "housing_stays", "members", "office_members", "deadlines"} {
			if want := count(t, here.Database, "select count(*) from "+table+" where tenant_id = $1", cast.Vaud.ID); want == 0 || len(rows[table]) != want {
				t.Errorf("%d of %d %s", len(rows[table]), want, table)
			}
		}
		a := here.app(t)
		page, err := a.Dossiers.List(cast.Lea.Context(t.Context()), dossiers.Filter{})
		if err != nil || len(page.Rows) == 0 {
			t.Fatal(err)
		}
		var name string
		for _, row := range page.Rows {
			opened, err := a.Dossiers.Find(cast.Lea.Context(t.Context()), row.DossierID)
			if err != nil {
				t.Fatal(err)
			}
			name = cmp.Or(name, opened.Beneficiary.FamilyName)
		}
		if name == "" || !strings.Contains(strings.Join(rows["beneficiaries"], "\n"), name) || bytes.Contains(archive, []byte(name)) {
			t.Errorf("%q does not stand in the archive, or stands in it in clear", name)
		}
		for name, content := range files {
			if bytes.Contains(content, []byte(cast.Geneve.ID.String())) {
				t.Errorf("%s speaks of Genève", name)
			}
		}
		if got := count(t, here.Database, "select count(*) from journal_entries where tenant_id = $1 and action = 'tenant_exported' and role = 'platform'", cast.Vaud.ID); got != 1 {
			t.Errorf("%d entries say that it was exported", got)
		}
		if got := count(t, here.Database, "select count(*) from console.acts where tenant_id = $1 and action = 'tenant_exported'", cast.Vaud.ID); got != 1 {
			t.Errorf("the console knows of %d exports", got)
		}
	})

	bringing := transfers.Bringing{Identity: identity.String(), Key: exported.Key}
	arrive := func(archive []byte, bringing transfers.Bringing) (transfers.Imported, error) {
		return there.transfers.Import(t.Context(), bytes.NewReader(archive), bringing)
	}
	t.Run("nothing comes in of what is not whole, not signed, or not for this key", func(t *testing.T) {
		if _, err := arrive(archive, bringing); err == nil || !strings.Contains(err.Error(), "--offices") {
			t.Errorf("nothing takes the place of the connection of offices: %v", err)
		}
		for _, shared := range cast.Connections {
			if shared.Tenant == nil {
				there.Exec(t, "insert into connections (connection_id, slug, name, kind, issuer, client_id) select gen_random_uuid(), $1, 'Offices', 'office', issuer, 'x' from jsonb_to_record($2::jsonb) as c (issuer text)", shared.Slug, issuerOf(t, here, shared.Slug))
			}
		}
		changed := slices.Clone(archive)
		changed[len(changed)/2] ^= 1
		for name, one := range map[string]struct {
			archive  []byte
			bringing transfers.Bringing
			says     string
		}{
			"cut off":        {archive[:len(archive)-100], bringing, "damaged"},
			"changed":        {changed, bringing, "damaged"},
			"empty":          {nil, bringing, "no archive"},
			"another's key":  {archive, transfers.Bringing{Identity: stranger.String(), Key: exported.Key}, "another key"},
			"no key":         {archive, transfers.Bringing{Identity: "hunter2", Key: exported.Key}, "AGE-SECRET-KEY"},
			"another signer": {archive, transfers.Bringing{Identity: identity.String(), Key: "passerelle/journal/x+1234+abc"}, "signs with another key"},
		} {
			if _, err := arrive(one.archive, one.bringing); err == nil || !strings.Contains(err.Error(), one.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// Made anew by somebody who can encrypt for the same key, and cannot sign.
		for name, change := range map[string]func(files map[string][]byte){
			"a row less": func(f map[string][]byte) {
				f["tables/tasks.000001"] = f["tables/tasks.000001"][bytes.IndexByte(f["tables/tasks.000001"], '\n')+1:]
			},
			"another word": func(f map[string][]byte) {
				f["tables/members.000001"] = bytes.Replace(f["tables/members.000001"], []byte("caseworker"), []byte("admin"), 1)
			},
			"another tenant": func(f map[string][]byte) {
				f["tables/tasks.000001"] = bytes.ReplaceAll(f["tables/tasks.000001"], []byte(cast.Vaud.ID.String()), []byte(cast.Geneve.ID.String()))
			},
			// Whoever could have a key taken for destroyed would keep the tenant out for ever.
			"a grave more": func(f map[string][]byte) {
				f["destroyed.json"] = []byte(`{"Tombstones": [{"Kind": "dossier", "HolderID": "` + dossierIn(t, rows) + `", "DestroyedAt": "2026-01-01T00:00:00Z"}], "Certificates": []}`)
			},
			"a document less": func(f map[string][]byte) {
				maps.DeleteFunc(f, func(name string, _ []byte) bool { return strings.HasPrefix(name, "documents/") })
			},
			"a file less":  func(f map[string][]byte) { delete(f, "tables/events.000001") },
			"a table more": func(f map[string][]byte) { f["tables/sessions.000001"] = []byte("{}\n") },
			"another version": func(f map[string][]byte) {
				f["tenant.json"] = bytes.Replace(f["tenant.json"], []byte(`"schema": [`), []byte(`"schema": ["999_later",`), 1)
			},
		} {
			forged := maps.Clone(files)
			change(forged)
			if _, err := arrive(packed(t, forged, identity.Recipient()), transfers.Bringing{Identity: identity.String(), Key: exported.Key, Offices: map[string]string{}}); err == nil {
				t.Errorf("%s came in", name)
			}
		}
		if n := count(t, there.Database, "select count(*) from keys.tombstones"); n != 0 {
			t.Errorf("%d keys are taken for destroyed", n)
		}
		if n := count(t, there.Database, "select count(*) from tenants"); n != 0 {
			t.Errorf("%d tenants are there", n)
		}
	})

	t.Run("it comes in, and is what it was", func(t *testing.T) {
		done, err := arrive(archive, bringing)
		if err != nil {
			t.Fatal(err)
		}
		if done.Slug != "vaud" || done.Rows != exported.Rows || done.Unbound != 0 {
			t.Errorf("brought in %+v of %+v", done, exported)
		}
		if _, err := arrive(archive, bringing); err == nil || !strings.Contains(err.Error(), "already") {
			t.Errorf("a second time: %v", err)
		}
		// The entries' tree goes on where it ended.
		if err := there.sequencer.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		there.give(t, identity)
		again, _ := there.export(t)
		back := rowsOf(unpacked(t, again, identity))
		for _, table := range slices.Sorted(maps.Keys(rows)) {
			want, got := normalised(t, table, rows[table]), normalised(t, table, back[table])
			switch table {
			case "journal_entries", "journal_leaves", "journal_checkpoints":
				// What has happened since stands behind it.
				for i, line := range want {
					if !slices.Contains(got, line) {
						t.Fatalf("%s: %d is missing: %s", table, i, line)
					}
				}
			default:
				if !slices.Equal(want, got) {
					t.Errorf("%s differs: %d and %d rows; %v", table, len(want), len(got), firstDifference(want, got))
				}
			}
		}
		// Of those that came; what was written since waits for its turn.
		var hashed []string
		if err := here.Owner.QueryRow(t.Context(), "select array_agg(entry_id::text) from journal_leaves where tenant_id = $1", cast.Vaud.ID).Scan(&hashed); err != nil || len(hashed) == 0 {
			t.Fatal(hashed, err)
		}
		if n := count(t, there.Database, "select count(*) from journal_entries e where entry_id = any ($1::uuid[]) and not exists (select from journal_leaves l where l.transaction = e.transaction and l.entry_id = e.entry_id)", hashed); n > 0 {
			t.Errorf("%d entries have no leaf", n)
		}
		// Last: an application that is at work changes rows by itself.
		if before, after := papersOf(t, here), papersOf(t, there); len(before) == 0 || !maps.Equal(before, after) {
			t.Errorf("%d documents went, %d are there, or others", len(before), len(after))
		}
	})

	t.Run("what lies there is sealed under other keys", func(t *testing.T) {
		for _, sealed := range app.SealedRows {
			for _, column := range sealed.Columns {
				ask := "select coalesce(array_agg(encode(" + column + ", 'hex')) filter (where " + column + " is not null), '{}') from " + sealed.Table
				var before, after []string
				if err := errors.Join(here.Owner.QueryRow(t.Context(), ask).Scan(&before), there.Owner.QueryRow(t.Context(), ask).Scan(&after)); err != nil {
					t.Fatal(err)
				}
				for _, value := range after {
					if value != "" && slices.Contains(before, value) {
						t.Fatalf("%s.%s was copied as it lay", sealed.Table, column)
					}
				}
			}
		}
	})

	t.Run("people work there once it is resumed", func(t *testing.T) {
		a, b := here.app(t), there.app(t)
		there.Exec(t, "update tenants set suspended_at = null, suspended_for = '', resumed_at = now()")
		page, err := b.Dossiers.List(cast.Lea.Context(t.Context()), dossiers.Filter{})
		if err != nil || len(page.Rows) == 0 {
			t.Fatalf("%d dossiers: %v", len(page.Rows), err)
		}
		before, err := a.Dossiers.Find(cast.Lea.Context(t.Context()), page.Rows[0].DossierID)
		if err != nil {
			t.Fatal(err)
		}
		after, err := b.Dossiers.Find(cast.Lea.Context(t.Context()), page.Rows[0].DossierID)
		if err != nil || after.Beneficiary.FamilyName != before.Beneficiary.FamilyName {
			t.Errorf("it is %q here and %q there: %v", before.Beneficiary.FamilyName, after.Beneficiary.FamilyName, err)
		}
	})
}

// TestWhoComesThroughASharedConnection: people of offices come through a connection that is not the tenant's. Where another one takes
// its place, whom it knows already stays one account; whom another provider would name is invited anew.
func TestWhoComesThroughASharedConnection(t *testing.T) {
	t.Parallel()
	here, same, other := installed(t, pgtest.New(t)), installed(t, pgtest.New(t)), installed(t, pgtest.New(t))
	pgtest.Cast(t, here.Database)
	for _, who := range []cast.Person{cast.Noe, cast.Ines} {
		here.Exec(t, "insert into identities (identity_id, connection_id, issuer, subject) select md5($1)::uuid, connection_id, issuer, $1 from connections where connection_id = $2", who.Email, who.Connection.ID)
		here.Exec(t, "update office_members set identity_id = md5($1)::uuid where office_member_id = $2", who.Email, who.ID)
	}
	identity, err := crypt.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	here.give(t, identity)
	archive, exported := here.export(t)
	bringing := transfers.Bringing{Identity: identity.String(), Key: exported.Key, Offices: map[string]string{cast.Offices.Slug: "partners"}}

	same.Exec(t, "insert into connections (connection_id, slug, name, kind, issuer, client_id) select gen_random_uuid(), 'partners', 'Partners', 'office', issuer, 'x' from jsonb_to_record($1::jsonb) as c (issuer text)", issuerOf(t, here, cast.Offices.Slug))
	same.Exec(t, "insert into identities (identity_id, connection_id, issuer, subject) select md5('known here')::uuid, connection_id, issuer, $1 from connections", cast.Noe.Email)
	done, err := same.transfers.Import(t.Context(), bytes.NewReader(archive), bringing)
	if err != nil || done.Unbound != 0 {
		t.Fatalf("%+v: %v", done, err)
	}
	bound := "select count(*) from office_members m join identities i using (identity_id) join connections c on c.connection_id = i.connection_id and c.connection_id = m.connection_id where c.slug = 'partners' and m.ended_at is null and i.identity_id = md5($1)::uuid"
	if count(t, same.Database, bound, "known here") != 1 || count(t, same.Database, bound, cast.Ines.Email) != 1 || count(t, same.Database, "select count(*) from identities where subject = $1", cast.Noe.Email) != 1 {
		t.Error("who is known through the connection is not the same account, or not bound")
	}

	other.Exec(t, "insert into connections (connection_id, slug, name, kind, issuer, client_id) values (gen_random_uuid(), 'partners', 'Partners', 'office', 'https://another.example', 'x')")
	if done, err = other.transfers.Import(t.Context(), bytes.NewReader(archive), bringing); err != nil {
		t.Fatal(err)
	}
	people := count(t, other.Database, "select count(*) from office_members")
	if people == 0 || done.Unbound != people || count(t, other.Database, "select count(*) from office_members where identity_id is null and ended_at is not null") != people || count(t, other.Database, "select count(*) from identities") != 0 {
		t.Errorf("of %d people of offices, %d have to be invited anew", people, done.Unbound)
	}
}

// throwAway takes a document of Vaud away that was sent with a referral: its file stays with that.
func (i installation) throwAway(t *testing.T, title string) {
	t.Helper()
	a, lea := i.app(t), cast.Lea.Context(t.Context())
	for _, id := range i.every(t, "select document_id::text from documents where tenant_id = $1") {
		document := ids.MustParse[documents.Document](id)
		if shown, err := a.Documents.Find(lea, document); err != nil {
			t.Fatal(err)
		} else if shown.Title() != title {
			continue
		}
		if _, err := a.Documents.Destroy(lea, document); err != nil {
			t.Fatal(err)
		}
	}
}

// every is a column of text of Vaud's rows.
func (i installation) every(t *testing.T, query string) []string {
	t.Helper()
	rows, err := i.Owner.Query(t.Context(), query, cast.Vaud.ID)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}

// papersOf are what is in the documents of Vaud, and in those that its offices were sent, by their titles.
func papersOf(t *testing.T, at installation) map[string]string {
	t.Helper()
	a, lea, noe, found := at.app(t), cast.Lea.Context(t.Context()), cast.Noe.Context(t.Context()), map[string]string{}
	for _, text := range at.every(t, "select document_id::text from documents where tenant_id = $1") {
		id := ids.MustParse[documents.Document](text)
		ticket, err := a.Documents.Ticket(lea, id, "session")
		if err != nil {
			t.Fatal(err)
		}
		taken, err := a.Documents.Take(lea, id, "session", ticket)
		if err != nil {
			t.Fatal(err)
		}
		found[taken.Title()] = string(taken.Body)
	}
	for _, text := range at.every(t, "select enclosure_id::text from enclosures where tenant_id = $1") {
		id := ids.MustParse[documents.Enclosure](text)
		ticket, err := a.Inbox.Ticket(noe, id, "session")
		if err != nil {
			t.Fatal(err)
		}
		taken, err := a.Inbox.Unwrap(noe, id, "session", ticket)
		if err != nil {
			t.Fatal(err)
		}
		found["sent: "+taken.Title()] = string(taken.Body)
	}
	return found
}
