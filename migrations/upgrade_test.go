package migrations_test

import (
	"io/fs"
	"regexp"
	"testing"

	"passerelle/migrations"
)

// firstBorne are the first files, of the data and of the keys, that have servers at work to think of: before them, nobody ran any.
var firstBorne = map[string]fs.FS{"057": migrations.Files, "010": migrations.Keys}

// taking is what takes something away from servers that are at work while a migration runs, and go on after it: they are of the
// version before. What is no longer needed goes one version after the last that uses it.
var taking = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bdrop\s+(table|column)\b`),
	regexp.MustCompile(`(?i)\brename\b`),
	regexp.MustCompile(`(?i)\balter\s+column\s+\w+\s+(set\s+data\s+)?type\b`),
	regexp.MustCompile(`(?i)\bset\s+not\s+null\b`),
	regexp.MustCompile(`(?i)\badd\s+column\s+[^,;]*\bnot\s+null\b[^,;]*`),
	regexp.MustCompile(`(?i)\brevoke\b`),
}

var (
	comment = regexp.MustCompile(`(?m)--.*$`)
	borne   = regexp.MustCompile(`(?m)^-- Servers at work bear it: \S.*$`)
	backed  = regexp.MustCompile(`(?i)\bdefault\b`)
)

// takes is what a file takes away, unless it says why servers at work bear that.
func takes(sql string) (found []string) {
	if borne.MatchString(sql) {
		return nil
	}
	for _, form := range taking {
		for _, match := range form.FindAllString(comment.ReplaceAllString(sql, ""), -1) {
			if !backed.MatchString(match) {
				found = append(found, match)
			}
		}
	}
	return found
}

func TestServersAtWorkBearEachFile(t *testing.T) {
	for first, files := range firstBorne {
		names, err := fs.Glob(files, "*.tx.up.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%d files, %v", len(names), err)
		}
		for _, name := range names {
			content, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			if found := takes(string(content)); name >= first && len(found) > 0 {
				t.Errorf("%s: %q is taken from servers of the version before; do it a version later, or say in the file: -- Servers at work bear it: …", name, found)
			}
		}
	}
	for sql, want := range map[string]int{
		"create table a (x int not null, y int)":                                                        0,
		"alter table a add column y int":                                                                0,
		"alter table a add column y int not null default 0":                                             0,
		"alter table a add column y int not null":                                                       1,
		"alter table a\n\tadd column y text not null check (y <> ''),\n\tadd column z int":              1,
		"alter table a alter column x set not null":                                                     1,
		"alter table a alter column x type bigint":                                                      1,
		"alter table a drop column x; Drop table b":                                                     2,
		"alter table a rename to b":                                                                     1,
		"revoke select on a from passerelle_app":                                                        1,
		"-- drop table a\nalter policy p on a using (true)":                                             0,
		"drop policy p on a; create policy p on a using (true)":                                         0,
		"-- Servers at work bear it: none has read it since 057.\ndrop table a":                         0,
		"-- Servers at work bear it:\nalter table a drop column x, add column z int not null default 0": 1,
	} {
		if found := takes(sql); len(found) != want {
			t.Errorf("%s\ntakes %q, want %d", sql, found, want)
		}
	}
}
