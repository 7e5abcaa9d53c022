// Package files keeps what is too large for a row: sealed bytes under a name that says nothing, in a folder or in an S3 bucket. It holds
// no key. What it gives back is believed by nobody before it has been opened.
package files

import (
	"context"
	"errors"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// File marks identifiers of files.
type File struct{}

// ID names a file. It is random, and of nothing else.
type ID = ids.ID[File]

// ErrMissing is that there is no such file.
var ErrMissing = errors.New("there is no such file in the store")

// Store keeps sealed files of tenants. A file never changes: it is put once, and deleted.
type Store interface {
	// Put keeps a file. When it returns, the file outlives a loss of power; half a file is never found.
	Put(ctx context.Context, tenant tenantdb.TenantID, id ID, sealed []byte) error
	// Get gives a file, or ErrMissing.
	Get(ctx context.Context, tenant tenantdb.TenantID, id ID) ([]byte, error)
	// Delete takes a file away; one that is not there is gone already.
	Delete(ctx context.Context, tenant tenantdb.TenantID, id ID) error
	// Clear takes away all files of a tenant that has left.
	Clear(ctx context.Context, tenant tenantdb.TenantID) error
	// Ready says whether files can be kept now.
	Ready(ctx context.Context) error
}

// name is where a file lies, in a folder and in a bucket: each tenant's apart, and no folder with too many.
func name(tenant tenantdb.TenantID, id ID) string {
	return tenant.String() + "/" + id.String()[:2] + "/" + id.String()
}
