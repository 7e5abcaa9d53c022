package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/imports"
	"passerelle/internal/members"
	"passerelle/internal/pgtest"
)

func TestImport(t *testing.T) {
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	by, err := members.As(t.Context(), db.App, "vaud", "KARIM@vaud.example")
	if err != nil || by != cast.Karim.Principal() {
		t.Fatalf("%+v, %v", by, err)
	}
	for _, nobody := range [][2]string{{"vaud", "marc@geneve.example"}, {"zug", "karim@vaud.example"}, {"vaud", "noe@csr.example"}} {
		if _, err := members.As(t.Context(), db.App, nobody[0], nobody[1]); err == nil {
			t.Errorf("%s works for %s", nobody[1], nobody[0])
		}
	}
	ctx := i18n.With(access.WithPrincipal(t.Context(), by), i18n.EN)
	ring := db.Ring(t)
	service := imports.New(db.App, ring, dossiers.New(db.App, ring, time.Now), time.Now)
	file := filepath.Join(t.TempDir(), "list.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	count := func() (n int) {
		t.Helper()
		if err := db.Owner.QueryRow(t.Context(), "select count(*) from dossiers").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var out bytes.Buffer

	write("Nom;Genre;Notiz\nOkafor;Blume;x\nSantos;Homme;y\n")
	err = importCommand{File: file}.bring(ctx, service, &out)
	if err == nil || !strings.Contains(err.Error(), "1 of 2 rows") || !strings.Contains(out.String(), "2 gender: This word is not known") || !strings.Contains(out.String(), "Notiz is left out") || count() != 0 {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := (importCommand{File: file, DryRun: true, Map: map[string]string{"Genre": "", "Notiz": "contact_note"}}).bring(ctx, service, &out); err != nil || count() != 0 || !strings.Contains(out.String(), "Notiz -> contact_note") {
		t.Errorf("%v\n%s", err, out.String())
	}
	if left, err := service.List(ctx); err != nil || len(left) != 0 {
		t.Errorf("a look leaves %d files, %v", len(left), err)
	}
	out.Reset()
	if err := (importCommand{File: file, Map: map[string]string{"Genre": ""}}).bring(ctx, service, &out); err != nil || count() != 2 || !strings.Contains(out.String(), "Done: 2 dossiers") {
		t.Errorf("%v\n%s", err, out.String())
	}
	write("not a table")
	if err := (importCommand{File: file}).bring(ctx, service, &out); err == nil || !strings.Contains(err.Error(), "no row below") {
		t.Errorf("%v", err)
	}
}
