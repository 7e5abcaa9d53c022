package transfers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"passerelle/internal/files"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// documentsFolder is where in an archive the files of documents lie: as they lie in the store, each sealed with the key that stands in the
// row of its document.
const documentsFolder = "documents/"

// errNoFiles is told where documents would be left behind.
var errNoFiles = errors.New("the tenant has documents, and nothing says where they lie: set DOCUMENTS_FOLDER or DOCUMENTS_S3_BUCKET as for passerelle serve")

// exportFiles adds what is in the documents of a tenant.
func (t *Transfers) exportFiles(ctx context.Context, tx tenantdb.Tx, archive *writer, tenant tenantdb.TenantID) error {
	all, err := listFiles(ctx, tx, tenant)
	if err != nil || len(all) == 0 {
		return err
	}
	if t.files == nil {
		return errNoFiles
	}
	step := t.begin("Exporting documents", len(all))
	for _, id := range all {
		sealed, err := t.files.Get(ctx, tenant, id)
		if err != nil {
			return fmt.Errorf("export file %s: %w", id, err)
		}
		if err := archive.add(documentsFolder+id.String(), 0, sealed); err != nil {
			return err
		}
		step(1)
	}
	return nil
}

// bringFile puts one where documents lie here. Should the rest not come in, it is of no document, and nobody opens it.
func (a *arrival) bringFile(ctx context.Context, name string, sealed []byte) error {
	id, err := ids.Parse[files.File](strings.TrimPrefix(name, documentsFolder))
	if err != nil {
		return errArchive
	}
	if a.files == nil {
		return errNoFiles
	}
	a.brought[id] = true
	return a.files.Put(ctx, a.head.TenantID, id, sealed)
}

// allBrought says that each document that came has its file.
func (a *arrival) allBrought(ctx context.Context) error {
	all, err := listFiles(ctx, a.tx, a.head.TenantID)
	if err != nil {
		return err
	}
	for _, id := range all {
		if !a.brought[id] {
			return errors.New("the archive is not whole: it lacks the file of a document")
		}
	}
	return nil
}

// clearFiles takes away the files of a tenant that is gone. Their keys were destroyed with it: what cannot be reached now can be taken away
// by hand.
func (t *Transfers) clearFiles(ctx context.Context, tenant tenantdb.TenantID) error {
	if t.files == nil {
		return nil
	}
	return t.files.Clear(ctx, tenant)
}
