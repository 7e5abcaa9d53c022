package exports_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/exports"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type house struct {
	*exports.Service
	t        *testing.T
	db       *pgtest.Database
	dossiers *dossiers.Service
	clock    time.Time
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{t: t, db: db, clock: time.Now()}
	now := func() time.Time { return h.clock }
	h.dossiers = dossiers.New(db.App, db.Ring(t), now)
	h.Service = exports.New(db.App, h.dossiers, now)
	return h
}

func (h *house) as(who cast.Person) context.Context {
	return i18n.With(who.Context(h.t.Context()), i18n.FR)
}

// amina is a dossier with all that an export could tell.
func (h *house) amina() dossiers.ID {
	h.t.Helper()
	id := ids.New[dossiers.Dossier]()
	birth, since := time.Date(1998, time.March, 14, 0, 0, 0, 0, time.UTC), time.Date(2025, time.February, 3, 0, 0, 0, 0, time.UTC)
	if err := h.dossiers.TakeOver(h.as(cast.Karim), id, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{
			FamilyName: "Canaryname", GivenNames: "Amina", BirthDate: &birth, Gender: "female", Nationalities: []string{"NG", "CH"}, Languages: []string{"eng", "pcm", "fra"},
			Phone: "+41 78 600 00 01", ExploitationForms: []dossiers.ExploitationForm{"sexual", "forced_crime", "other"},
		},
	}, dossiers.Situation{access.Health: "Canaryhealth"}, &since); err != nil {
		h.t.Fatal(err)
	}
	if err := h.dossiers.Open(h.as(cast.Marc), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: "Fenulat", Phase: dossiers.Reflection, ResponsibleID: cast.Marc.ID}); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// many opens so many dossiers more.
func (h *house) many(n int) {
	h.t.Helper()
	taken := map[dossiers.CodeName]bool{"Lomidak": true}
	for n > 0 {
		name := dossiers.Propose()
		if taken[name] {
			continue
		}
		taken[name] = true
		if err := h.dossiers.Open(h.as(cast.Lea), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: name, ResponsibleID: cast.Lea.ID}); err != nil {
			h.t.Fatal(err)
		}
		n--
	}
}

// asked is an export that somebody has asked for.
func (h *house) asked(who cast.Person, order exports.Order) exports.ID {
	h.t.Helper()
	id := ids.New[exports.Export]()
	for range 2 { // the same form, twice
		if err := h.Ask(h.as(who), id, order); err != nil {
			h.t.Fatal(err)
		}
	}
	return id
}

func (h *house) state(id exports.ID) exports.State {
	h.t.Helper()
	shown, err := h.Find(h.as(cast.Karim), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return shown.StateAt(h.clock)
}

func problem(err error) string {
	problems, _ := fault.Correctable(err)
	if len(problems) == 0 {
		return fmt.Sprint(err)
	}
	return problems[0].Key
}

var research = exports.Order{Subject: exports.HTCDS, Format: exports.CSV, Reason: "research"}

// A file for statistics names nobody, and says on each line who had it made.
func TestHTCDS(t *testing.T) {
	t.Parallel()
	h := open(t)
	amina := h.amina()
	file, err := h.Take(h.as(cast.Karim), h.asked(cast.Karim, research))
	if err != nil || file.Name != "htcds.csv" {
		t.Fatal(file.Name, err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Body, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v, %v", rows, err)
	}
	if want := []string{"1", "Feminine", "NG;CH", "eng", "pcm", "SexualExploitation;Other", "Active", "2025-02-01"}; !slices.Equal(rows[1][:8], want) || !strings.Contains(rows[1][8], "Karim Benali") {
		t.Errorf("%q", rows[1])
	}
	for _, secret := range []string{"Canary", "Amina", "1998", "600", "Lomidak", amina.String()} {
		if bytes.Contains(file.Body, []byte(secret)) {
			t.Errorf("the file holds %s", secret)
		}
	}
	var entries int
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action = 'dossier_exported' and reason = 'research' and dossier_id = $1 and person_id = $2", amina.UUID(), cast.Karim.ID.UUID()).Scan(&entries); err != nil || entries != 1 {
		t.Errorf("%d entries, %v", entries, err)
	}
	sheet, err := imports.Read("htcds.csv", file.Body)
	if err != nil {
		t.Fatal(err)
	}
	if mapping := imports.Guess(sheet.Header); len(mapping) != len(sheet.Header)-3 { // the number, the state and the origin are ours alone
		t.Errorf("of %q are understood %v", sheet.Header, mapping)
	}
	other, err := h.Take(h.as(cast.Marc), h.asked(cast.Marc, research))
	if err != nil || bytes.Count(other.Body, []byte("\n")) != 2 || bytes.Contains(other.Body, []byte("SexualExploitation")) {
		t.Errorf("Marc of the other canton: %s, %v", other.Body, err)
	}
}

// A list for a meeting has code names, and is a workbook of texts.
func TestList(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.amina()
	file, err := h.Take(h.as(cast.Karim), h.asked(cast.Karim, exports.Order{Subject: exports.List, Format: exports.XLSX, Reason: "own_use"}))
	if err != nil || file.Name != "list.xlsx" {
		t.Fatal(file.Name, err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 2 || !slices.Equal(rows[1][:4], []string{"Lomidak", "Intégration", "Léa Morel", "03.02.2025"}) || !strings.Contains(rows[1][4], "Karim Benali") {
		t.Errorf("%q, %v", rows, err)
	}
}

// On paper each page says who had it made; a name that is long is wrapped, and many take several pages.
func TestOnPaper(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.amina()
	h.many(exports.Alone - 1)
	for _, subject := range exports.Subjects {
		file, err := h.Take(h.as(cast.Karim), h.asked(cast.Karim, exports.Order{Subject: subject, Format: exports.PDF, Reason: "own_use"}))
		if err != nil || !bytes.HasPrefix(file.Body, []byte("%PDF-")) {
			t.Fatal(err)
		}
		if pages := bytes.Count(file.Body, []byte("/Type /Page\n")); pages < 2 || bytes.Contains(file.Body, []byte("/Author")) || bytes.Contains(file.Body, []byte("Karim")) {
			t.Errorf("%s: %d pages, or somebody is named in its properties", subject, pages)
		}
	}
}

// waits holds that an export is told of on the pages of these people, and of nobody else.
func (h *house) waits(id exports.ID, people ...cast.Person) {
	h.t.Helper()
	for _, who := range []cast.Person{cast.Anna, cast.Boris, cast.Karim, cast.Lea, cast.Ruth, cast.Marc, cast.Diane} {
		var told []exports.Export
		if err := h.db.App.Read(h.as(who), exports.AskWaiting(who.Principal(), &told)); err != nil {
			h.t.Fatal(err)
		}
		is := slices.ContainsFunc(told, func(e exports.Export) bool { return e.ExportID == id })
		if want := slices.ContainsFunc(people, func(p cast.Person) bool { return p.ID == who.ID }); is != want || len(told) > 1 {
			h.t.Errorf("%s is told of %d exports, among them this one: %t, want %t", who.Name, len(told), is, want)
		}
	}
}

// TestT16: nobody has a file of more than fifty people alone. Somebody else has to grant it, it is taken once, in time, by whoever asked, and
// tells of no more people than were granted.
func TestT16(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.amina()
	h.many(exports.Alone)
	id := h.asked(cast.Karim, research)
	take := func(who cast.Person, id exports.ID) error {
		file, err := h.Take(h.as(who), id)
		if err != nil && file.Body != nil {
			t.Errorf("%v, and the file", err)
		}
		return err
	}
	if err := take(cast.Karim, id); problem(err) != "exports.take.waiting" {
		t.Errorf("alone: %v", err)
	}
	if err := h.Answer(h.as(cast.Karim), id, true); problem(err) != "exports.answer.own" {
		t.Errorf("granted by oneself: %v", err)
	}
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
		if err := h.Answer(h.as(stranger), id, true); !errors.Is(err, fault.Refused("")) {
			t.Errorf("granted by %s: %v", stranger.Name, err)
		}
	}
	for _, stranger := range []cast.Person{cast.Marc, cast.Diane} {
		if err := h.Answer(h.as(stranger), id, true); !errors.Is(err, fault.NotFound()) {
			t.Errorf("granted by %s: %v", stranger.Name, err)
		}
	}
	// Whoever could grant it is told on her or his own page, and then whoever asked.
	h.waits(id, cast.Anna, cast.Boris)
	for range 2 {
		if err := h.Answer(h.as(cast.Anna), id, true); err != nil {
			t.Fatal(err)
		}
	}
	h.waits(id, cast.Karim)
	if err := h.Answer(h.as(cast.Boris), id, false); problem(err) != "exports.answer.ready" {
		t.Errorf("answered again: %v", err)
	}
	if err := take(cast.Marc, id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("taken in another canton: %v", err)
	}
	if err := take(cast.Anna, id); !errors.Is(err, fault.Refused("")) {
		t.Errorf("taken by who granted it: %v", err)
	}
	h.many(1)
	if err := take(cast.Karim, id); problem(err) != "exports.take.more" {
		t.Errorf("of one person more: %v", err)
	}
	again := h.asked(cast.Karim, research)
	if err := h.Answer(h.as(cast.Boris), again, true); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	got := 0
	for range 3 {
		wg.Go(func() {
			if file, err := h.Take(h.as(cast.Karim), again); err == nil && file.Body != nil {
				mu.Lock()
				got++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got != 1 || h.state(again) != exports.Taken {
		t.Errorf("given out %d times", got)
	}
	if err := take(cast.Karim, again); problem(err) != "exports.take.taken" {
		t.Errorf("taken again: %v", err)
	}

	refused, late, tooLate := h.asked(cast.Karim, research), h.asked(cast.Karim, research), h.asked(cast.Karim, research)
	if err := errors.Join(h.Answer(h.as(cast.Anna), refused, false), h.Answer(h.as(cast.Anna), late, true)); err != nil {
		t.Fatal(err)
	}
	if err := take(cast.Karim, refused); problem(err) != "exports.take.refused" {
		t.Errorf("refused: %v", err)
	}
	h.clock = h.clock.Add(24 * time.Hour)
	if err := take(cast.Karim, late); problem(err) != "exports.take.expired" {
		t.Errorf("a day later: %v", err)
	}
	if err := h.Answer(h.as(cast.Anna), tooLate, true); problem(err) != "exports.answer.expired" {
		t.Errorf("granted a day later: %v", err)
	}
	listing, err := h.List(h.as(cast.Anna))
	if err != nil || len(listing.Exports) != 5 {
		t.Errorf("%d, %v", len(listing.Exports), err)
	}
	var entries string
	if err := h.db.Owner.QueryRow(t.Context(), "select string_agg(action, ' ' order by action) from journal_entries where action like 'export\\_%'").Scan(&entries); err != nil ||
		entries != "export_asked export_asked export_asked export_asked export_asked export_granted export_granted export_granted export_refused" {
		t.Errorf("%s, %v", entries, err)
	}
}

func TestWhatIsNotExported(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.Ask(h.as(cast.Karim), ids.New[exports.Export](), research); problem(err) != "exports.nobody" {
		t.Errorf("of nobody: %v", err)
	}
	h.amina()
	for want, order := range map[string]exports.Order{
		"exports.reason.missing":  {Subject: exports.HTCDS, Format: exports.CSV, Reason: "because"},
		"exports.format.missing":  {Subject: exports.HTCDS, Format: "docx", Reason: "research"},
		"exports.subject.missing": {Subject: "everything", Format: exports.CSV, Reason: "research"},
	} {
		if err := h.Ask(h.as(cast.Karim), ids.New[exports.Export](), order); problem(err) != want {
			t.Errorf("%v: %v", order, err)
		}
	}
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe, cast.Anna} {
		if err := h.Ask(h.as(stranger), ids.New[exports.Export](), research); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", stranger.Name, err)
		}
		if err := h.dossiers.Roll(h.as(stranger), "research", func(dossiers.Entry) error { return nil }); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s reads the roll: %v", stranger.Name, err)
		}
	}
}
