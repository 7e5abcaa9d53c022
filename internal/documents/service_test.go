package documents_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/cleaning"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// shelf is a folder that can be away, and counts what lies in it.
type shelf struct {
	files.Store
	mu   sync.Mutex
	away error
	kept map[files.ID]bool
}

func (s *shelf) Put(ctx context.Context, tenant tenantdb.TenantID, id files.ID, sealed []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	s.kept[id] = true
	return s.Store.Put(ctx, tenant, id, sealed)
}

func (s *shelf) Get(ctx context.Context, tenant tenantdb.TenantID, id files.ID) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return nil, s.away
	}
	return s.Store.Get(ctx, tenant, id)
}

func (s *shelf) Delete(ctx context.Context, tenant tenantdb.TenantID, id files.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, id)
	return s.Store.Delete(ctx, tenant, id)
}

// scanner finds what it was told to, or is away.
type scanner struct{ bad, away bool }

func (s *scanner) Finds(context.Context, []byte) (bool, error) {
	if s.away {
		return false, errors.New("the scanner is away")
	}
	return s.bad, nil
}

type house struct {
	*documents.Service
	*documents.Porter
	t       *testing.T
	db      *pgtest.Database
	ring    *keys.Ring
	shelf   *shelf
	scanner *scanner
	clock   time.Time
	amina   dossiers.ID
}

func (h *house) now() time.Time { return h.clock }

func (h *house) as(who cast.Person) context.Context { return who.Context(h.t.Context()) }

func open(t *testing.T, scans bool) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	folder, err := files.OpenFolder(filepath.Join(t.TempDir(), "documents"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, ring: db.Ring(t), shelf: &shelf{Store: folder, kept: map[files.ID]bool{}}, scanner: &scanner{}, clock: time.Now(), amina: ids.New[dossiers.Dossier]()}
	h.Service = documents.New(db.App, h.ring, h.now, h.shelf, scans, 7)
	h.Porter = documents.NewPorter(db.App, h.ring, h.now, h.shelf, h.scanner)
	if err := dossiers.New(db.App, h.ring, h.now).Open(h.as(cast.Lea), h.amina, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return h
}

func picture(t testing.TB, side int) []byte {
	t.Helper()
	var body bytes.Buffer
	noisy := image.NewGray(image.Rect(0, 0, side, side))
	// What cannot be packed smaller.
	_, _ = rand.NewChaCha8([32]byte{}).Read(noisy.Pix)
	if err := png.Encode(&body, noisy); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

var permit = documents.Label{Title: "Permis B", DataClass: access.Permit}

func (h *house) handed(label documents.Label) documents.Handed {
	return documents.Handed{Label: label, File: documents.File{Name: "scan.png", Type: "image/png", Body: picture(h.t, 30)}}
}

// added is a document of Amina's.
func (h *house) added() documents.ID {
	h.t.Helper()
	id := ids.New[documents.Document]()
	if err := h.Add(h.as(cast.Lea), h.amina, id, h.handed(permit)); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// taken is what somebody gets who asks for a document, with a ticket of the same session.
func (h *house) taken(who cast.Person, id documents.ID) ([]byte, error) {
	ticket, err := h.Ticket(h.as(who), id, "session")
	if err != nil {
		return nil, err
	}
	taken, err := h.Take(h.as(who), id, "session", ticket)
	return taken.Body, err
}

func (h *house) count(query string, arguments ...any) (n int) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), query, arguments...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// scan does what the queue would.
func (h *house) scan(id documents.ID) error {
	return h.Scan(h.t.Context(), documents.Scan{Tenant: cast.Vaud.ID, Document: id, Person: cast.Lea.ID})
}

func problem(err error) string {
	problems, ok := fault.Correctable(err)
	if !ok {
		return ""
	}
	return problems[0].Key
}

// nobodyElse has another canton, an office and an auditor try the same: for the first two there is nothing, and the third may not.
func (h *house) nobodyElse(do func(ctx context.Context) error) {
	h.t.Helper()
	for _, who := range []cast.Person{cast.Claire, cast.Noe, cast.Ines, cast.Ruth} {
		if err := do(h.as(who)); !errors.Is(err, fault.NotFound()) && !errors.Is(err, fault.Refused("")) {
			h.t.Errorf("%s: %v", who.Name, err)
		}
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	id, handed := ids.New[documents.Document](), h.handed(permit)
	for range 2 { // the same form twice
		if err := h.Add(h.as(cast.Lea), h.amina, id, handed); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := h.OfDossier(h.as(cast.Karim), h.amina)
	if err != nil || len(folder.Documents) != 1 || !folder.Stored || folder.Scanned {
		t.Fatalf("%+v, %v", folder, err)
	}
	d := folder.Documents[0]
	if d.Title() != "Permis B" || d.Kind != cleaning.PNG || d.State != documents.Unscanned || d.FileName() != "document.png" || d.AddedBy != cast.Lea.ID {
		t.Errorf("%+v", d)
	}
	body, err := h.taken(cast.Karim, id)
	if err != nil || len(body) != d.Bytes {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if sealed, err := h.shelf.Get(t.Context(), cast.Vaud.ID, d.FileID); err != nil || bytes.Contains(sealed, body[:64]) {
		t.Errorf("the file lies open: %v", err)
	}
	if n := h.count("select count(*) from journal_entries where action = 'document_taken' and person_id = $1 and data_classes = array['permit']", cast.Karim.ID); n != 1 {
		t.Errorf("%d entries of whoever took it", n)
	}
	if n := h.count("select count(*) from events where kind = 'document_added' and detail = 'permit'"); n != 1 {
		t.Errorf("%d events", n)
	}
	if h.count("select count(*) from documents where particulars like '%Permis%'") != 0 {
		t.Error("the title lies in clear")
	}
	h.nobodyElse(func(ctx context.Context) error {
		return h.Add(ctx, h.amina, ids.New[documents.Document](), h.handed(permit))
	})
	h.nobodyElse(func(ctx context.Context) error { _, err := h.Ticket(ctx, id, "session"); return err })
	for _, who := range []cast.Person{cast.Claire, cast.Noe, cast.Ines} {
		if _, err := h.Find(h.as(who), id); err == nil {
			t.Errorf("%s finds it", who.Name)
		}
	}
	if _, err := h.Find(h.as(cast.Ruth), id); err != nil {
		t.Errorf("an auditor sees that it is there: %v", err)
	}
}

func TestWhatIsNotAdded(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	for want, handed := range map[string]documents.Handed{
		"documents.title.missing":      {Label: documents.Label{DataClass: access.Permit}, File: documents.File{Name: ".png", Body: picture(t, 3)}},
		"documents.data_class.missing": {Label: documents.Label{Title: "x", DataClass: "secrets"}, File: documents.File{Name: "a.png", Body: picture(t, 3)}},
		"documents.file.kind":          {Label: permit, File: documents.File{Name: "a.svg", Body: []byte("<svg/>")}},
		"ui.file.missing":              {Label: permit},
	} {
		if err := h.Add(h.as(cast.Lea), h.amina, ids.New[documents.Document](), handed); problem(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	bare := open(t, false)
	bare.Service = documents.New(bare.db.App, bare.ring, bare.now, nil, false, 7)
	if err := bare.Add(bare.as(cast.Lea), bare.amina, ids.New[documents.Document](), bare.handed(permit)); problem(err) != "documents.store.none" {
		t.Errorf("without a store: %v", err)
	}
	// Nothing is stored of what was refused.
	if h.count("select count(*) from documents") != 0 || len(h.shelf.kept) != 0 {
		t.Error("something was kept")
	}
	h.shelf.away = errors.New("the disk is full")
	if err := h.Add(h.as(cast.Lea), h.amina, ids.New[documents.Document](), h.handed(permit)); problem(err) != "documents.store.away" {
		t.Errorf("while the store is away: %v", err)
	}
	if h.count("select count(*) from documents") != 0 {
		t.Error("a document has no file")
	}
}

// TestQuarantine keeps a document back until the scanner has looked at it, for good where it finds something.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	h := open(t, true)
	id := h.added()
	state := func() documents.State {
		t.Helper()
		shown, err := h.Find(h.as(cast.Lea), id)
		if err != nil {
			t.Fatal(err)
		}
		return shown.State
	}
	if _, err := h.taken(cast.Lea, id); problem(err) != "documents.ticket.quarantined" {
		t.Errorf("out of quarantine: %v", err)
	}
	h.scanner.away = true
	if err := h.scan(id); err == nil || state() != documents.Quarantined {
		t.Errorf("nobody looked, and it is %s", state())
	}
	h.scanner.away = false
	for range 2 {
		if err := h.scan(id); err != nil || state() != documents.Clean {
			t.Errorf("%s, %v", state(), err)
		}
	}
	if body, err := h.taken(cast.Lea, id); err != nil || len(body) == 0 {
		t.Errorf("clean, and not given: %v", err)
	}
	h.scanner.bad = true
	id = h.added()
	file := h.fileOf(id)
	// Who handed it in may not see the dossier any more: it is looked at all the same.
	h.db.Exec(t, "insert into restrictions (tenant_id, dossier_id, restricted_by, restricted_at) values ($1, $2, $3, now())", cast.Vaud.ID, h.amina, cast.Lea.ID)
	if err := h.Scan(t.Context(), documents.Scan{Tenant: cast.Vaud.ID, Document: id, Person: cast.Karim.ID}); err != nil || state() != documents.Infected {
		t.Errorf("%s, %v", state(), err)
	}
	if _, err := h.taken(cast.Lea, id); problem(err) != "documents.ticket.infected" {
		t.Errorf("something bad is given out: %v", err)
	}
	if err := h.Discard(t.Context(), documents.Discard{Tenant: cast.Vaud.ID, File: file}); err != nil || h.shelf.kept[file] {
		t.Errorf("what is bad still lies there: %v", err)
	}
	if _, err := h.taken(cast.Karim, id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("a restricted dossier's document: %v", err)
	}
}

func (h *house) fileOf(id documents.ID) (file files.ID) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), "select file_id from documents where document_id = $1", id).Scan(&file); err != nil {
		h.t.Fatal(err)
	}
	return file
}

func TestRelabelAndDestroy(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	id := h.added()
	file, health := h.fileOf(id), documents.Label{Title: "Certificat", DataClass: access.Health}
	if err := h.Relabel(h.as(cast.Karim), id, 1, health); err != nil {
		t.Fatal(err)
	}
	if err := h.Relabel(h.as(cast.Lea), id, 1, permit); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("a late editor: %v", err)
	}
	if err := h.Relabel(h.as(cast.Lea), id, 1, health); err != nil {
		t.Errorf("the same: %v", err)
	}
	if shown, err := h.Find(h.as(cast.Lea), id); err != nil || shown.Title() != "Certificat" || shown.DataClass != access.Health || shown.Version != 2 {
		t.Errorf("%+v, %v", shown, err)
	}
	if body, err := h.taken(cast.Lea, id); err != nil || len(body) == 0 {
		t.Errorf("it does not open any more: %v", err)
	}
	h.nobodyElse(func(ctx context.Context) error { return h.Relabel(ctx, id, 2, permit) })
	h.nobodyElse(func(ctx context.Context) error { _, err := h.Destroy(ctx, id); return err })
	// A file that a document has is not thrown away, whoever plans it.
	discard := documents.Discard{Tenant: cast.Vaud.ID, File: file}
	if err := h.Discard(t.Context(), discard); err != nil || !h.shelf.kept[file] {
		t.Fatalf("a document lost its file: %v", err)
	}
	if of, err := h.Destroy(h.as(cast.Lea), id); err != nil || of != h.amina {
		t.Fatal(err)
	}
	if due := h.count("select (scheduled_at::date - now()::date) from jobs.river_job where kind = 'file_discard' order by scheduled_at desc limit 1"); due < 7 {
		t.Errorf("the file goes after %d days, before backups of keys do", due)
	}
	if err := h.Discard(t.Context(), discard); err != nil || h.shelf.kept[file] {
		t.Errorf("its file stays: %v", err)
	}
	if _, err := h.Find(h.as(cast.Lea), id); !errors.Is(err, fault.NotFound()) {
		t.Error(err)
	}
}

// Whoever erases a dossier has its files thrown away, and nobody opens them meanwhile.
func TestErasedDocumentsStayClosed(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	id := h.added()
	file := h.fileOf(id)
	if err := erasures.New(h.db.App, h.ring, h.now, 7).Erase(h.as(cast.Karim), h.amina, erasures.Order{Reason: "person_asked", CodeName: "Lomidak"}); err != nil {
		t.Fatal(err)
	}
	if h.count("select count(*) from documents")+h.count("select count(*) from uploads") != 0 {
		t.Error("a row is left")
	}
	if h.count("select count(*) from jobs.river_job where kind = 'file_discard' and args->>'file' = $1 and scheduled_at > now() + interval '6 days'", file.String()) != 1 {
		t.Error("nothing throws the file away")
	}
}

func TestNoMoreThanAreShown(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	h.added()
	h.db.Exec(t, "insert into documents (tenant_id, document_id, dossier_id, data_class, kind, bytes, state, file_id, particulars, added_by, added_at) select tenant_id, gen_random_uuid(), dossier_id, data_class, kind, bytes, state, gen_random_uuid(), particulars, added_by, added_at from documents, generate_series(2, $1)", documents.Most)
	if err := h.Add(h.as(cast.Lea), h.amina, ids.New[documents.Document](), h.handed(permit)); problem(err) != "documents.full" {
		t.Error(err)
	}
}

func TestTitleOf(t *testing.T) {
	for name, want := range map[string]string{
		"Permis B.pdf": "Permis B", `C:\Users\Lea\scan.png`: "scan", "/tmp/a.b.c.pdf": "a.b.c", "": "", ".pdf": "", "é" + strings.Repeat("x", 300) + ".pdf": "é" + strings.Repeat("x", documents.LongestTitle-1),
	} {
		if got := documents.TitleOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if !slices.Contains([]string{".pdf", ".docx"}, cleaning.DOCX.Extension()) {
		t.Error(cleaning.DOCX.Extension())
	}
}
