package transfers

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/migrations"
)

// largestPiece is how much of a table is put into one file, in bytes.
const largestPiece = 4 << 20

// Exported says what went into an archive.
type Exported struct {
	Name         string
	Tables, Rows int
	// Key verifies it: the one that verifies the checkpoints of the journal.
	Key string
}

// Export writes everything of a tenant, as it was at one moment, for the key that the tenant has given. The entry in its journal is
// there before anything leaves, and goes along.
func (t *Transfers) Export(ctx context.Context, slug string, out io.Writer) (done Exported, err error) {
	tenant, err := t.find(ctx, slug)
	if err != nil {
		return Exported{}, err
	}
	if tenant.Recipient == "" {
		return Exported{}, ErrNoKey
	}
	archive, err := newWriter(out, tenant.Recipient, t.now())
	if err != nil {
		return Exported{}, err
	}
	if err := t.db.Write(t.in(ctx, tenant.TenantID), func(ctx context.Context, tx tenantdb.Tx) error {
		return journal.RecordOperated(ctx, tx, tenant.TenantID, journal.TenantExported, "")
	}); err != nil {
		return Exported{}, fmt.Errorf("write down that tenant %s is exported: %w", slug, err)
	}
	done = Exported{Name: tenant.Name}
	sign := func(text string) (string, error) {
		signed, err := journal.Sign(ctx, t.ring, tenant.TenantID, text)
		done.Key = signed.Key
		return signed.Note, err
	}
	if _, err := sign("the key\n"); err != nil { // a tenant that has never signed anything is given one
		return Exported{}, err
	}
	err = t.db.Snapshot(t.in(ctx, tenant.TenantID), func(ctx context.Context, tx tenantdb.Tx) error {
		tables, err := t.moving(ctx, tx)
		if err != nil {
			return err
		}
		if err := t.introduce(ctx, tx, archive, tenant, tables, done.Key); err != nil {
			return err
		}
		carrier, step := t.ring.Carrier(tenant.TenantID), t.begin("Exporting tables", len(tables))
		for _, table := range tables {
			n, err := t.exportTable(ctx, tx, archive, carrier, tenant.TenantID, table)
			if err != nil {
				return err
			}
			done.Tables, done.Rows = done.Tables+1, done.Rows+n
			step(1)
		}
		if err := t.exportFiles(ctx, tx, archive, tenant.TenantID); err != nil {
			return err
		}
		return t.exportRest(ctx, tx, archive, tenant.TenantID)
	})
	if err != nil {
		return Exported{}, fmt.Errorf("export tenant %s: %w", slug, err)
	}
	return done, archive.close(sign)
}

// introduce writes what an archive says of itself.
func (t *Transfers) introduce(ctx context.Context, tx tenantdb.Tx, archive *writer, tenant leaving, tables []string, key string) error {
	head := header{
		Format: format, TenantID: tenant.TenantID, Slug: tenant.Slug, Name: tenant.Name, ExportedAt: t.now().UTC(), Schema: migrations.Last(), Key: key, Tables: []tableHeader{},
	}
	for _, table := range tables {
		one := tableHeader{Name: table}
		for _, sealed := range t.sealedIn(table) {
			one.Sealed = append(one.Sealed, sealed.Columns...)
		}
		head.Tables = append(head.Tables, one)
	}
	var err error
	if head.Shared, err = listShared(ctx, tx, tenant.TenantID); err != nil {
		return err
	}
	if err := archive.add(aboutName, 0, []byte(about)); err != nil {
		return err
	}
	return archive.addJSON(headerName, head)
}

func (t *Transfers) exportTable(ctx context.Context, tx tenantdb.Tx, archive *writer, carrier *keys.Carrier, tenant tenantdb.TenantID, table string) (total int, err error) {
	var (
		buffer  bytes.Buffer
		pieces  int
		waiting int
		sealed  = t.sealedIn(table)
	)
	flush := func() error {
		if waiting == 0 {
			return nil
		}
		pieces++
		err := archive.add(piece(table, pieces), waiting, buffer.Bytes())
		buffer.Reset()
		waiting = 0
		return err
	}
	err = eachRow(ctx, tx, tenant, table, func(line []byte) error {
		if len(sealed) > 0 {
			var r row
			if err := json.Unmarshal(line, &r); err != nil {
				return fmt.Errorf("read a row of %s: %w", table, err)
			}
			if err := opened(ctx, carrier, sealed, r); err != nil {
				return err
			}
			if line, err = json.Marshal(r); err != nil {
				return fmt.Errorf("write a row of %s: %w", table, err)
			}
		}
		buffer.Write(line)
		buffer.WriteByte('\n')
		waiting++
		total++
		if buffer.Len() >= largestPiece {
			return flush()
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return total, flush()
}

// placeOf is where a row stands, as it is sealed along.
func placeOf(of keys.Rows, r row) string {
	var parts []string
	for _, column := range of.Key {
		if text, ok := r.text(column); ok {
			parts = append(parts, text)
			continue
		}
		parts = append(parts, strings.Trim(string(r[column]), `"`))
	}
	return strings.Join(parts, " ")
}

// enclosed is what was sealed, as it stands in an archive: it may be null, which a column without anything sealed is as well.
type enclosed struct {
	Sealed json.RawMessage `json:"sealed"`
}

// opened opens what is sealed in a row.
func opened(ctx context.Context, carrier *keys.Carrier, sealed []keys.Rows, r row) error {
	return eachSealed(sealed, r, func(of keys.Rows, column string) error {
		holder, ok := r.id(of.Holder)
		text, bytea := r.text(column)
		ciphertext, err := hex.DecodeString(strings.TrimPrefix(text, `\x`))
		if !ok || !bytea || err != nil {
			return fmt.Errorf("%s of %s is not sealed: %w", column, of.Table, errArchive)
		}
		plain, err := carrier.Open(ctx, of, holder, placeOf(of, r), column, ciphertext)
		if err != nil {
			return err
		}
		r.set(column, enclosed{plain})
		return nil
	})
}

// closed seals them anew.
func closed(ctx context.Context, carrier *keys.Carrier, sealed []keys.Rows, r row) error {
	return eachSealed(sealed, r, func(of keys.Rows, column string) error {
		holder, ok := r.id(of.Holder)
		if !ok {
			return errArchive
		}
		var plain enclosed
		if json.Unmarshal(r[column], &plain) != nil || plain.Sealed == nil {
			return errArchive
		}
		ciphertext, err := carrier.Seal(ctx, of, holder, placeOf(of, r), column, plain.Sealed)
		if err != nil {
			return err
		}
		r.set(column, `\x`+hex.EncodeToString(ciphertext))
		return nil
	})
}

func eachSealed(sealed []keys.Rows, r row, do func(of keys.Rows, column string) error) error {
	for _, of := range sealed {
		for _, column := range of.Columns {
			if len(r[column]) == 0 {
				return errArchive
			}
			if r.null(column) {
				continue
			}
			if err := do(of, column); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportRest writes what does not stand in a table of the data: what was destroyed, and what is planned.
func (t *Transfers) exportRest(ctx context.Context, tx tenantdb.Tx, archive *writer, tenant tenantdb.TenantID) error {
	remains, err := t.ring.Remains(ctx, tenant)
	if err != nil {
		return err
	}
	if err := archive.addJSON(remainsName, remains); err != nil {
		return err
	}
	planned, err := listJobs(ctx, tx, tenant)
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, job := range planned {
		if err := encoder.Encode(job); err != nil {
			return fmt.Errorf("write what is planned: %w", err)
		}
	}
	return archive.add(jobsName, len(planned), slices.Clone(lines.Bytes()))
}
