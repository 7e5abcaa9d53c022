// Package migrations embeds the schema's history: one change a file, applied in order, never edited once shipped.
package migrations

import (
	"embed"
	"io/fs"
)

// Files holds every migration of the data, named NNN_one_change.tx.up.sql.
//
//go:embed *.sql
var Files embed.FS

//go:embed keys/*.sql
var keys embed.FS

// Keys holds those of the keys, which have a history of their own since they may lie elsewhere.
var Keys = func() fs.FS {
	files, err := fs.Sub(keys, "keys")
	if err != nil {
		panic(err)
	}
	return files
}()
