package keys

import (
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

type removalRow struct {
	bun.BaseModel `bun:"table:removals"`
	TenantID      tenantdb.TenantID
	Slug          string
	Keysets       int
	CompleteOn    time.Time `bun:"type:date"`
	Note          string
}

type tombstoneRow struct {
	bun.BaseModel `bun:"table:tombstones"`
	TenantID      tenantdb.TenantID
	Tombstone
}

type broughtCertificateRow struct {
	certificateRow `bun:",extend"`
	ErasedAt       time.Time
}
