// Package migrations embeds the schema's history: one change a file, applied in order, never edited once shipped.
package migrations

import "embed"

// Files holds every migration, named NNN_one_change.tx.up.sql.
//
//go:embed *.sql
var Files embed.FS
