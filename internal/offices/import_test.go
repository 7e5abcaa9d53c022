package offices_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/offices"
)

var update = flag.Bool("update", false, "write the golden files anew")

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// golden compares with a file, in which each identifier is a number in the order of appearance.
func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	met := map[string]string{}
	got := uuids.ReplaceAllFunc(body, func(id []byte) []byte {
		if met[string(id)] == "" {
			met[string(id)] = fmt.Sprintf("#%d", len(met)+1)
		}
		return []byte(met[string(id)])
	})
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; read the difference, then run with -update\n%s", file, got)
	}
}

// filled is a directory of two offices beside those of the cast, one of which a spreadsheet would compute.
func (h *house) filled() (clinicID, other offices.ID) {
	h.t.Helper()
	none := offices.BodyID{}
	authority := h.body(offices.Authority, "Direction de la santé", nil, nil, none, none)
	region := h.body(offices.Region, "Riviera", on("2015-01-01"), nil, none, authority)
	organisation := h.body(offices.Organisation, "Fondation du Léman", nil, nil, none, none)
	p := clinic()
	p.OrganisationID, p.ReachNote = organisation, "Le matin, sans nom"
	clinicID = h.added(p)
	h.must(h.Assign(h.as(cast.Karim), clinicID, region, on("2015-01-01")))
	q := clinic()
	q.Name, q.Place, q.PostAddress, q.Services, q.Contact, q.Capacity = "=HYPERLINK(\"http://evil.example\")", "'=Riviera", "", nil, "@SUM(1)", offices.Capacity{}
	return clinicID, h.added(q)
}

func (h *house) export(format offices.Format) []byte {
	h.t.Helper()
	body, err := h.Export(h.as(cast.Anna), format)
	h.must(err)
	return body
}

func TestExportsAreReadBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.filled()
	for format, name := range map[offices.Format]string{offices.CSV: "directory.csv", offices.HSDS: "hsds.json"} {
		body := h.export(format)
		golden(t, name, body)
		if again := h.export(format); !bytes.Equal(body, again) {
			t.Errorf("%s: two exports of the same differ", format)
		}
		report, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: body})
		if err != nil || !report.Clear() || len(report.Fresh) != 0 {
			t.Fatalf("%s: %+v, %v", format, report, err)
		}
		for _, row := range report.Rows {
			if row.Act != offices.Keeps {
				t.Errorf("%s: of %q an import of the export would be: %s\n%+v", format, row.Name, row.Act, row.Becomes)
			}
		}
	}
	if h.entries("offices_exported") != 4 {
		t.Errorf("%d exports are in the journal", h.entries("offices_exported"))
	}
	// Nothing that a spreadsheet would compute stands at the beginning of a cell.
	table, err := csv.NewReader(bytes.NewReader(h.export(offices.CSV)[3:])).ReadAll()
	h.must(err)
	for _, row := range table {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
	}
	if _, err := h.Export(h.as(cast.Anna), "xml"); !errors.Is(err, fault.NotFound()) {
		t.Errorf("another format: %v", err)
	}
	// Genève's is its own.
	theirs, err := h.Export(h.as(cast.Diane), offices.CSV)
	h.must(err)
	if bytes.Contains(theirs, []byte("Léman")) || !bytes.Contains(theirs, []byte(cast.Hospice.Name)) {
		t.Error("Genève exports Vaud's directory")
	}
}

// TestADirectoryCrossesInHSDS: what one canton exports another imports; identifiers are new, the rest is the same.
func TestADirectoryCrossesInHSDS(t *testing.T) {
	t.Parallel()
	h := open(t)
	clinicID, _ := h.filled()
	body := h.export(offices.HSDS)
	report, err := h.Import(h.as(cast.Marc), offices.Upload{Body: body})
	h.must(err)
	if report.Count(offices.Adds) != 9 {
		t.Errorf("%d are new in Genève", report.Count(offices.Adds))
	}
	if _, err := h.Find(h.as(cast.Marc), clinicID); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Genève found Vaud's identifier: %v", err)
	}
	list, err := h.List(h.as(cast.Marc))
	h.must(err)
	at := slices.IndexFunc(list.Entries, func(e offices.Entry) bool { return e.Name == clinic().Name })
	if at < 0 {
		t.Fatal("the clinic did not cross")
	}
	e, want := list.Entries[at], clinic()
	if e.Kind != want.Kind || e.Phone != want.Phone || e.SecureMail != want.SecureMail || e.PostAddress != want.PostAddress || e.Website != want.Website || *e.Free != 3 ||
		e.CapacityUnit != "appointments" || len(e.Hours) != 2 || e.Hours[0].Note != "sans rendez-vous" || !slices.Equal(e.Services, want.Services) || !slices.Equal(e.Languages, want.Languages) ||
		list.Standing(e).Region.Name != "Riviera" || list.Standing(e).Organisation.Name != "Fondation du Léman" {
		t.Errorf("it crossed as %+v", e)
	}
	// Again, all of it is there already: no second one of anything.
	if _, err := h.Import(h.as(cast.Marc), offices.Upload{Body: body}); !errors.Is(err, fault.Invalid("file", "")) {
		t.Errorf("imported twice: %v", err)
	}
}

func TestImportOfATable(t *testing.T) {
	t.Parallel()
	h := open(t)
	table := "name;kind;place;organisation;region;region_from;languages;hours;capacity;capacity_unit;capacity_said_on;capacity_said_by;phone\n" +
		"Accueil du Rhône;social;Aigle;Fondation du Rhône;Chablais;01.01.2020;fra POR;MO 8h30-11.30 (guichet);4;places;25.11.2026;Accueil;'+41 24 000 00 00\n" +
		"Conseil du Rhône;legal_aid;Bex;fondation du rhône;Chablais;;fra;;;;;;\n"
	report, text, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(table)})
	h.must(err)
	if !report.Clear() || report.Count(offices.Adds) != 2 || len(report.Fresh) != 2 {
		t.Fatalf("%+v", report)
	}
	count := func() (n int) {
		h.must(h.db.Owner.QueryRow(t.Context(), "select (select count(*) from offices) + (select count(*) from bodies)").Scan(&n))
		return n
	}
	before := count()
	if _, err := h.Import(h.as(cast.Karim), offices.Upload{Body: []byte(text)}); err != nil {
		t.Fatal(err)
	}
	if count() != before+4 {
		t.Errorf("%d rows were added", count()-before)
	}
	list, err := h.List(h.as(cast.Lea))
	h.must(err)
	shown := list.Shown(offices.Filter{Words: "accueil du rhône"})
	if len(shown) != 1 || shown[0].Phone != "+41 24 000 00 00" || shown[0].Hours[0].From != "08:30" || shown[0].Languages[1] != "por" || list.Standing(shown[0]).Region.Name != "Chablais" {
		t.Fatalf("%+v", shown)
	}
	// What a file says nothing about stays; what it empties goes; the kind never changes.
	id := shown[0].OfficeID.String()
	change := "id,name,phone\n" + id + ",Accueil du Bas-Rhône,\n"
	if _, err := h.Import(h.as(cast.Anna), offices.Upload{Body: []byte(change)}); err != nil {
		t.Fatal(err)
	}
	sheet, err := h.Find(h.as(cast.Lea), shown[0].OfficeID)
	h.must(err)
	if e := sheet.Entry; e.Name != "Accueil du Bas-Rhône" || e.Phone != "" || e.Place != "Aigle" || *e.Free != 4 || len(e.Hours) != 1 {
		t.Errorf("%+v", e)
	}

	before = count()
	for name, c := range map[string]struct{ table, field, key string }{
		"another kind":        {"id,name,kind\n" + id + ",Accueil du Bas-Rhône,medical\n", "kind", "offices.import.kind.fixed"},
		"an unknown kind":     {"name,kind\nX,police\n", "kind", "offices.import.kind.unknown"},
		"no kind":             {"name\nX\n", "kind", "offices.kind.missing"},
		"a foreign id":        {"id,name,kind\n" + cast.Hospice.ID.String() + ",X,social\n", "id", "offices.import.id.unknown"},
		"an id of nobody":     {"id,name,kind\n00000000-0000-4000-8000-000000000001,X,social\n", "id", "offices.import.id.unknown"},
		"nonsense for an id":  {"id,name,kind\n' or 1=1 --,X,social\n", "id", "offices.import.id.unknown"},
		"an id twice":         {"id,name\n" + id + ",A\n" + id + ",B\n", "id", "offices.import.id.twice"},
		"a name twice":        {"name,kind,place\nX,social,Y\nx,social,y\n", "name", "offices.import.name.twice"},
		"a name that is here": {"name,kind,place\n" + cast.CSR.Name + ",social,Lausanne\n", "name", "offices.import.name.twice"},
		"a shelter's place":   {"name,kind,place\nFoyer X,shelter,Vevey\n", "place", "offices.place.shelter"},
		"hours":               {"name,kind,hours\nX,social,whenever\n", "hours", "offices.import.hours.unreadable"},
		"a language":          {"name,kind,languages\nX,social,français\n", "languages", "offices.import.languages.unknown"},
		"a day":               {"name,kind,valid_from\nX,social,soon\n", "valid_from", "forms.date.unreadable"},
		"a link":              {"name,kind,website\nX,social,javascript:alert(1)\n", "website", "offices.website.wrong"},
		"control characters":  {"name,kind\nX\u202e,social\n", "name", "forms.text.control_characters"},
		"too few cells":       {"name,kind,place\nX,social\n", "file", "offices.import.row.width"},
		"half a capacity":     {"name,kind,capacity\nX,social,3\n", "capacity_unit", "offices.capacity_unit.missing"},
		"more than one has":   {"name,kind,capacity\nX,social,99999999999999999999\n", "capacity", "forms.number.out_of_range"},
	} {
		report, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(c.table)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		problem, told := report.Rows[len(report.Rows)-1].Problems.Of(c.field)
		if report.Clear() || !told || problem.Key != c.key {
			t.Errorf("%s: %+v", name, report.Rows[len(report.Rows)-1].Problems)
		}
		if _, err := h.Import(h.as(cast.Karim), offices.Upload{Body: []byte(c.table)}); !errors.Is(err, fault.Invalid("file", "")) {
			t.Errorf("%s was imported: %v", name, err)
		}
	}
	if count() != before {
		t.Error("something was written of a file that was not clear")
	}
	if _, err := h.Import(h.as(cast.Karim), offices.Upload{Body: []byte("name\nSans genre\n"), Kind: access.Social}); err != nil {
		t.Errorf("a kind that was chosen on the page: %v", err)
	}
}

// TestHostileFiles: what no directory is, is refused as a whole, in words, and quickly.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	rows := "name,kind\n" + strings.Repeat("X,social\n", offices.MostRows+1)
	var many []map[string]string
	for i := range offices.MostRows + 1 {
		many = append(many, map[string]string{"id": fmt.Sprint(i), "name": fmt.Sprint(i), "status": "active"})
	}
	services, err := json.Marshal(many)
	h.must(err)
	for name, c := range map[string]struct{ body, key string }{
		"nothing":            {"", "offices.import.file.unreadable"},
		"no rows":            {"name,kind\n", "offices.import.file.no_rows"},
		"a workbook":         {"PK\x03\x04\x00\x00", "offices.import.file.unknown_kind"},
		"too large":          {strings.Repeat("a", offices.MostBytes+1), "forms.file.too_large"},
		"too many rows":      {rows, "offices.import.file.too_many_rows"},
		"too many services":  {string(services), "offices.import.file.too_many_rows"},
		"an unknown column":  {"name,kind,tenant_id\nX,social,1\n", "offices.import.file.unknown_column"},
		"a column twice":     {"name,kind,name\nX,social,Y\n", "offices.import.file.column_twice"},
		"no name":            {"kind\nsocial\n", "offices.import.file.no_name"},
		"an open quote":      {"name,kind\n\"X,social\n", "offices.import.file.line_unreadable"},
		"deep":               {strings.Repeat("[", 100_000), "offices.import.file.too_deep"},
		"deep objects":       {strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30), "offices.import.file.too_deep"},
		"half a document":    {`{"contents": [`, "offices.import.file.unreadable"},
		"another type":       {`{"contents": [{"id": "a", "name": 12}]}`, "offices.import.file.wrong_type"},
		"a list as contents": {`{"contents": "none"}`, "offices.import.file.wrong_type"},
		"an empty page":      {`{"contents": []}`, "offices.import.file.no_rows"},
		"something else":     {`{"hello": "world"}`, "offices.import.file.no_rows"},
	} {
		_, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(c.body)})
		problems, ok := fault.Correctable(err)
		if !ok || len(problems) != 1 || problems[0].Field != "file" || problems[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}

	// Within a file: identifiers twice, times that are none, numbers that are none, words where hours should be.
	service := func(more string) string {
		return `[{"id":"s1","name":"Accueil","status":"active","attributes":[{"taxonomy_term":{"taxonomy":"passerelle-office-kind","code":"social"}}]` + more + `}]`
	}
	for name, c := range map[string]struct{ body, field string }{
		"hours":           {service(`,"schedules":[{"freq":"WEEKLY","byday":"MO","opens_at":"25:00","closes_at":"26:00"}]`), "hours"},
		"another rhythm":  {service(`,"schedules":[{"freq":"MONTHLY","byday":"1MO","opens_at":"08:00","closes_at":"09:00"}]`), "hours"},
		"a day":           {service(`,"schedules":[{"freq":"WEEKLY","byday":"XX","opens_at":"08:00","closes_at":"09:00"}]`), "hours"},
		"endless days":    {service(`,"schedules":[{"byday":"` + strings.Repeat("MO,", 1000) + `","opens_at":"08:00","closes_at":"09:00"}]`), "hours"},
		"a huge capacity": {service(`,"capacities":[{"unit":{"name":"places"},"available":1e300,"updated":"2026-11-20"}]`), "capacity"},
		"half a place":    {service(`,"capacities":[{"unit":{"name":"places"},"available":0.5,"updated":"2026-11-20"}]`), "capacity"},
		"a day in it":     {service(`,"capacities":[{"unit":{"name":"places"},"available":1,"updated":"x"}]`), "capacity"},
		"another kind":    {strings.Replace(service(""), "social", "police", 1), "kind"},
		"a link":          {service(`,"url":"javascript:alert(1)"`), "website"},
		"a mail":          {service(`,"email":"a@b.example,c@d.example"`), "secure_mail"},
		"a language":      {service(`,"languages":[{"code":"klingon"}]`), "languages"},
	} {
		report, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(c.body)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, told := report.Rows[0].Problems.Of(c.field); !told || report.Clear() {
			t.Errorf("%s: %+v", name, report.Rows[0].Problems)
		}
	}
	twice := strings.TrimSuffix(service(""), "]") + "," + strings.TrimPrefix(service(""), "[")
	if report, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(twice)}); err != nil || report.Clear() {
		t.Errorf("an identifier twice: %+v, %v", report, err)
	}
	closed := strings.Replace(service(""), "active", "defunct", 1)
	if report, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(closed)}); err != nil || report.Rows[0].Act != offices.Skips {
		t.Errorf("what has ended elsewhere: %+v, %v", report, err)
	}
	good := service(`,"languages":[{"code":"fr"},{"code":"de"}],"schedules":[{"byday":"MO,TU","opens_at":"08:00:00+01:00","closes_at":"12:00Z"}]`)
	report, _, err := h.Check(h.as(cast.Karim), offices.Upload{Body: []byte(good)})
	if err != nil || !report.Clear() || len(report.Rows[0].Hours) != 2 || !slices.Equal(report.Rows[0].Languages, []string{"fra", "deu"}) {
		t.Errorf("%+v, %v", report, err)
	}
}
