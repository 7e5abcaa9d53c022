package imports

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
)

type house struct {
	*Service
	db    *pgtest.Database
	clock time.Time
	// pace is by how much the clock goes on whenever somebody looks at it.
	pace time.Duration
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{db: db, clock: now}
	tell := func() time.Time {
		h.clock = h.clock.Add(h.pace)
		return h.clock
	}
	ring := db.Ring(t)
	h.Service = New(db.App, ring, dossiers.New(db.App, ring, tell), tell)
	return h
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

func (h *house) taken(t *testing.T, text string) ID {
	t.Helper()
	id := ids.New[Import]()
	if err := h.Take(as(t, cast.Karim), id, "liste.csv", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) found(t *testing.T, id ID) Look {
	t.Helper()
	look, err := h.Find(as(t, cast.Karim), id)
	if err != nil {
		t.Fatal(err)
	}
	return look
}

func (h *house) count(t *testing.T, question string) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const three = "Nom;Prénoms;Nom de code;Début de l’accompagnement;Santé\nCanaryokafor;Amina;Lomidak;3.2.2025;Suivi\nSantos;Rui;;;\nYilmaz;Ece;Beludok;;\n"

func TestACaseloadIsBroughtIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.taken(t, three)
	if err := h.Take(as(t, cast.Karim), id, "liste.csv", []byte(three)); err != nil {
		t.Errorf("the same form sent twice: %v", err)
	}
	if look := h.found(t, id); look.Report.Wrong != 0 || look.Total != 3 || look.Stage() != Prepared {
		t.Fatalf("%+v", look.Report)
	}
	if n := h.count(t, "select count(*) from dossiers"); n != 0 {
		t.Errorf("%d dossiers before anybody has begun", n)
	}
	done, err := h.Go(as(t, cast.Karim), id)
	if err != nil || done.Stage() != Finished || done.Done != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	again, err := h.Go(as(t, cast.Karim), id)
	if err != nil || again.Stage() != Finished {
		t.Errorf("once more: %+v, %v", again, err)
	}
	if n := h.count(t, "select count(*) from dossiers"); n != 3 {
		t.Errorf("%d dossiers", n)
	}
	if n := h.count(t, "select count(*) from dossiers where code_name = 'Lomidak' and opened_at::date = '2025-02-03'"); n != 1 {
		t.Error("nobody knows any more since when she has been accompanied")
	}
	if n := h.count(t, "select count(*) from events where kind = 'dossier_taken_over'"); n != 3 {
		t.Errorf("%d events", n)
	}
	if n := h.count(t, "select count(*) from imports where sheet is not null"); n != 0 {
		t.Error("the file is still there")
	}
	file, err := h.dossiers.Find(as(t, cast.Lea), dossierOf(id, 0))
	if err != nil || file.Beneficiary.FamilyName != "Canaryokafor" || file.Situation[access.Health] != "Suivi" || file.ResponsibleID != cast.Karim.ID {
		t.Errorf("%+v, %v", file.Beneficiary, err)
	}
}

func TestNothingIsImportedUntilAllIsClear(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.dossiers.Open(as(t, cast.Lea), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	id := h.taken(t, "Nom;Nom de code;Genre\nOkafor;lomidak;Femme\nSantos;Beludok;Homme\nYilmaz;Beludok;Femme\nReyes;Fenulat;Blume\n")
	look := h.found(t, id)
	var wrong []string
	for _, row := range look.Report.Rows {
		wrong = append(wrong, fmt.Sprint(row.Number, " ", row.Problems[0].Field, " ", row.Problems[0].Key))
	}
	if want := "2 code_name dossiers.code_name.taken, 4 code_name imports.code_name.twice, 5 gender imports.word.unknown"; strings.Join(wrong, ", ") != want {
		t.Errorf("%q", wrong)
	}
	if _, err := h.Go(as(t, cast.Karim), id); !errors.Is(err, fault.Refused("")) {
		t.Errorf("it begins: %v", err)
	}
	if n := h.count(t, "select count(*) from dossiers"); n != 1 {
		t.Errorf("%d dossiers", n)
	}
	// Without the columns that are wrong, all is clear.
	mapped, err := h.Map(as(t, cast.Karim), id, look.Version, Mapping{0: "family_name"})
	if err != nil || mapped.Report.Wrong != 0 {
		t.Fatalf("%+v, %v", mapped.Report, err)
	}
	if _, err := h.Map(as(t, cast.Karim), id, look.Version, Mapping{0: "given_names"}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("in another window: %v", err)
	}
	if _, err := h.Go(as(t, cast.Karim), id); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select count(*) from dossiers"); n != 5 {
		t.Errorf("%d dossiers", n)
	}
}

// A portion of time is over before all is imported; somebody closes the page, or the process is killed after a row was
// written and before the progress was.
func TestItGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	h := open(t)
	var text strings.Builder
	text.WriteString("Nom;Nom de code\n")
	for i := range 60 {
		fmt.Fprintf(&text, "Canary;Bofa%c%c\n", 'a'+i/26, 'a'+i%26)
	}
	id := h.taken(t, text.String())
	h.pace = portion / 20
	first, err := h.Go(as(t, cast.Karim), id)
	if err != nil || first.Stage() != Running || first.Done == 0 || first.Done >= 60 {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := h.db.Owner.Exec(t.Context(), "update imports set done = 0"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Map(as(t, cast.Karim), id, 1, Mapping{1: "code_name"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("the columns change half-way: %v", err)
	}
	for range 60 {
		if first, err = h.Go(as(t, cast.Karim), id); err != nil || first.Stage() == Finished {
			break
		}
	}
	if err != nil || first.Stage() != Finished {
		t.Fatalf("%+v, %v", first, err)
	}
	if n := h.count(t, "select count(*) from dossiers"); n != 60 {
		t.Errorf("%d dossiers of 60 rows", n)
	}
}

func TestAnImportIsItsSendersAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.taken(t, three)
	for name, act := range map[string]func(context.Context) error{
		"find":    func(ctx context.Context) error { _, err := h.Find(ctx, id); return err },
		"map":     func(ctx context.Context) error { _, err := h.Map(ctx, id, 1, Mapping{0: "family_name"}); return err },
		"go":      func(ctx context.Context) error { _, err := h.Go(ctx, id); return err },
		"discard": func(ctx context.Context) error { return h.Discard(ctx, id) },
	} {
		if err := act(as(t, cast.Marc)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s as Marc of the other canton: %v", name, err)
		}
		colleague := cast.Lea.Principal()
		colleague.Role = access.Coordinator
		if err := act(access.WithPrincipal(t.Context(), colleague)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s as another coordinator: %v", name, err)
		}
		for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Claire, cast.Noe} {
			if err := act(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s as %s: %v", name, stranger.Name, err)
			}
		}
	}
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
		if err := h.Take(as(t, stranger), ids.New[Import](), "x.csv", []byte(three)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s sends a file: %v", stranger.Name, err)
		}
		if _, err := h.List(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s lists: %v", stranger.Name, err)
		}
		if _, err := h.Template(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s has a template: %v", stranger.Name, err)
		}
	}
	if found, err := h.List(as(t, cast.Marc)); err != nil || len(found) > 0 {
		t.Errorf("Marc lists %v, %v", found, err)
	}
	if n := h.count(t, "select count(*) from imports where position('Canaryokafor'::bytea in sheet) > 0"); n != 0 {
		t.Error("the file lies in clear")
	}
	if err := h.Discard(as(t, cast.Karim), id); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select count(*) from imports"); n != 0 {
		t.Error("it is still there")
	}
}

func TestTheTemplateIsUnderstood(t *testing.T) {
	t.Parallel()
	h := open(t)
	body, err := h.Template(as(t, cast.Karim))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read("modele.xlsx", body); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("an empty template is a caseload: %v", err)
	}
	book := workbook(t, headerOf(t, body), []any{"Lomidak", "1.2.2025"})
	sheet, err := Read("modele.xlsx", book)
	if err != nil {
		t.Fatal(err)
	}
	if mapping := Guess(sheet.Header); len(mapping) != len(Fields) {
		t.Errorf("of %d columns %d are understood", len(Fields), len(mapping))
	}
}
