package demo

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	crypt "filippo.io/age"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/files"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/transfers"
)

// installation is one at which a tenant is, or arrives.
type installation struct {
	*pgtest.Database
	transfers *transfers.Transfers
	sequencer *journal.Sequencer
	files     files.Store
}

func installed(t *testing.T, database *pgtest.Database) installation {
	t.Helper()
	open := func(connect func(context.Context, string, tenantdb.Options) (*tenantdb.DB, error), connString string) *tenantdb.DB {
		db, err := connect(t.Context(), connString, tenantdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		return db
	}
	ring, err := keys.New(t.Context(), open(tenantdb.OpenKeys, database.KeysConnString), pgtest.Master())
	if err != nil {
		t.Fatal(err)
	}
	folder, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	moves, err := transfers.New(t.Context(), open(tenantdb.Open, database.TransferConnString), ring, transfers.Options{Files: folder, Sealed: app.SealedRows, Now: time.Now, KeysBackupDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	sequencer, err := journal.NewSequencer(t.Context(), open(tenantdb.Open, database.SequencerConnString), ring, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return installation{database, moves, sequencer, folder}
}

func (i installation) app(t *testing.T) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), app.Options{
		DatabaseURL: i.AppConnString, MaxConns: 4, KeysDatabaseURL: i.KeysConnString, Master: pgtest.Master(),
		Files: i.files, SequencerDatabaseURL: i.SequencerConnString, Origin: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// filled is what the demo tells, by an application that is at work no more: what it does by itself would change rows meanwhile.
func (i installation) filled(t *testing.T) {
	t.Helper()
	t.Run("what the demo tells", func(t *testing.T) {
		if err := fill(t.Context(), i.app(t), func(string) {}); err != nil {
			t.Fatal(err)
		}
	})
}

// give has Anna enter the key of an archive.
func (i installation) give(t *testing.T, identity *crypt.X25519Identity) {
	t.Helper()
	i.Exec(t, "insert into handover_keys (tenant_id, recipient, version, written_by, written_at, confirmed_by, confirmed_at) values ($1, $2, 1, $3, now(), $4, now())", cast.Vaud.ID, identity.Recipient().String(), cast.Anna.ID, cast.Boris.ID)
}

func (i installation) export(t *testing.T) ([]byte, transfers.Exported) {
	t.Helper()
	var archive bytes.Buffer
	done, err := i.transfers.Export(t.Context(), "vaud", &archive)
	if err != nil {
		t.Fatal(err)
	}
	return archive.Bytes(), done
}

// unpacked is an archive, file by file.
func unpacked(t *testing.T, archive []byte, identity crypt.Identity) map[string][]byte {
	t.Helper()
	decrypted, err := crypt.Decrypt(bytes.NewReader(archive), identity)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(decrypted)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string][]byte{}
	for in := tar.NewReader(zipped); ; {
		at, err := in.Next()
		if errors.Is(err, io.EOF) {
			return contents
		}
		if err != nil {
			t.Fatal(err)
		}
		if contents[at.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
}

// rowsOf are the rows of the tables of an archive, of whatever piece, by table.
func rowsOf(files map[string][]byte) map[string][]string {
	rows := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if table, ok := strings.CutPrefix(name, "tables/"); ok {
			table, _, _ = strings.Cut(table, ".")
			rows[table] = append(rows[table], strings.Split(strings.TrimSuffix(string(files[name]), "\n"), "\n")...)
		}
	}
	return rows
}

// issuerOf is where people of a connection sign in, as JSON.
func issuerOf(t *testing.T, at installation, slug string) string {
	t.Helper()
	var found string
	if err := at.Owner.QueryRow(t.Context(), "select jsonb_build_object('issuer', issuer)::text from connections where slug = $1", slug).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

// packed makes an archive of files, as whoever knows the public key can.
func packed(t *testing.T, files map[string][]byte, to crypt.Recipient) []byte {
	t.Helper()
	var archive bytes.Buffer
	encrypted, err := crypt.Encrypt(&archive, to)
	if err != nil {
		t.Fatal(err)
	}
	zipped := gzip.NewWriter(encrypted)
	out := tar.NewWriter(zipped)
	names := slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		first := func(name string) int { return slices.Index([]string{"about.txt", "tenant.json"}, name) }
		if by := first(b) - first(a); by != 0 && (first(a) >= 0 || first(b) >= 0) {
			if first(a) >= 0 && first(b) >= 0 {
				return -by
			}
			return by
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		err = errors.Join(err, out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name]))}))
		_, wrong := out.Write(files[name])
		err = errors.Join(err, wrong)
	}
	if err := errors.Join(err, out.Close(), zipped.Close(), encrypted.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// normalised is a table without what is another at each place.
func normalised(t *testing.T, table string, lines []string) []string {
	t.Helper()
	var all []string
	for _, line := range lines {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if table == "tenants" {
			delete(row, "suspended_at")
			delete(row, "suspended_for")
		}
		if table == "office_members" || table == "invitations" || table == "identities" {
			delete(row, "connection_id")
		}
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func firstDifference(a, b []string) string {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return a[i]
		}
	}
	return ""
}

// dossierIn is a dossier of an archive.
func dossierIn(t *testing.T, rows map[string][]string) string {
	t.Helper()
	var row struct {
		ID string `json:"dossier_id"`
	}
	if err := json.Unmarshal([]byte(rows["dossiers"][0]), &row); err != nil || row.ID == "" {
		t.Fatal(err)
	}
	return row.ID
}
