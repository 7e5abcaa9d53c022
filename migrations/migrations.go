// Package migrations embeds the schema's history: one change a file, applied in order, never edited once shipped.
package migrations

import (
	"embed"
	"io/fs"
	"strings"
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

// Last names the newest migrations of the data and of the keys: two installations at which they are the same have the same tables.
func Last() []string {
	var last []string
	for _, files := range []fs.FS{Files, Keys} {
		names, err := fs.Glob(files, "*.up.sql")
		if err != nil || len(names) == 0 {
			panic("there are no migrations")
		}
		last = append(last, strings.TrimSuffix(names[len(names)-1], ".tx.up.sql"))
	}
	return last
}
