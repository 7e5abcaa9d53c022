package confidences

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/members"
	"passerelle/internal/pgtest"
	"passerelle/internal/restrictions"
	"passerelle/internal/tenantdb"
)

type house struct {
	*Service
	t            *testing.T
	db           *pgtest.Database
	dossiers     *dossiers.Service
	restrictions *restrictions.Service
	amina        dossiers.ID
	circle       CircleID
	note         NoteID
}

// nina is a second psychologist of Vaud, and nobody of the cast.
var nina = cast.Person{ID: ids.MustParse[tenantdb.Person]("9e050000-0000-4000-8000-0000000000aa"), Name: "Nina", Tenant: cast.Vaud, Role: access.Caseworker}

const secret = "She dreams of the crossing"

// open has Léa, a psychologist, keep a note on Amina. Karim coordinates and is a lawyer.
func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	clock := func() time.Time { return now }
	h := &house{New(db.App, ring, clock), t, db, dossiers.New(db.App, ring, clock), restrictions.New(db.App, ring, clock), ids.New[dossiers.Dossier](), ids.New[Circle](), ids.New[Note]()}
	h.do("insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, 'Nina', 'nina@vaud.example', 'caseworker', $3, 'nina')", cast.Vaud.ID, nina.ID, cast.VaudStaff.ID)
	for who, profession := range map[cast.Person]members.Profession{cast.Lea: members.Psychological, nina: members.Psychological, cast.Karim: members.Legal, cast.Ruth: members.Psychological} {
		h.practise(who, profession)
	}
	h.must(h.dossiers.Open(h.as(cast.Karim), h.amina, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Karim.ID}))
	h.must(h.Open(h.attended(cast.Lea), h.amina, h.circle, members.Psychological))
	h.must(h.Write(h.attended(cast.Lea), h.circle, h.note, Draft{day("2026-11-20"), secret}))
	return h
}

func (h *house) practise(who cast.Person, profession members.Profession) {
	h.t.Helper()
	h.do("insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at) values ($1, $2, $3, $4, now())", who.Tenant.ID, who.ID, profession, cast.Anna.ID)
}

func (h *house) do(statement string, arguments ...any) {
	h.t.Helper()
	h.db.Exec(h.t, statement, arguments...)
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) as(p cast.Person) context.Context { return p.Context(h.t.Context()) }

// attended is a context in which somebody asks as a request does: what is opened in it has to leave its entry in the journal.
func (h *house) attended(p cast.Person) context.Context {
	h.t.Helper()
	// What is still being committed when the test ends is heard afterwards.
	ctx, attendance := journal.Attend(context.WithoutCancel(h.as(p)), uuid.New())
	h.t.Cleanup(func() {
		if err := attendance.Err(); err != nil {
			h.t.Error(err)
		}
	})
	return ctx
}

func (h *house) count(question string, arguments ...any) (n int) {
	h.t.Helper()
	h.must(h.db.Owner.QueryRow(h.t.Context(), question, arguments...).Scan(&n))
	return n
}

// reads says what somebody reads of the circle.
func (h *house) reads(p cast.Person) string {
	h.t.Helper()
	sheet, err := h.Find(h.attended(p), h.circle, NoteID{})
	switch {
	case errors.Is(err, fault.NotFound()):
		return "nothing"
	case err != nil:
		h.t.Fatal(err)
	}
	var texts []string
	for _, n := range sheet.Notes {
		texts = append(texts, n.Text())
	}
	return strings.Join(texts, "|")
}

// outside holds that nobody but those within does something: to everybody else of the staff there is no such thing, and those who accompany
// nobody are turned away.
func (h *house) outside(what string, act func(context.Context) error) {
	h.t.Helper()
	for _, p := range []cast.Person{cast.Karim, nina, cast.Claire, cast.Marc} {
		if err := act(h.as(p)); !errors.Is(err, fault.NotFound()) {
			h.t.Errorf("%s by %s: %v, want not found", what, p.Name, err)
		}
	}
	for _, p := range []cast.Person{cast.Ruth, cast.Anna, cast.Sami, cast.Noe, cast.Ines, cast.Eva} {
		if err := act(h.as(p)); !errors.Is(err, fault.Refused("")) {
			h.t.Errorf("%s by %s: %v, want a refusal", what, p.Name, err)
		}
		forged := p.Principal()
		forged.Role = access.Caseworker
		if err := act(access.WithPrincipal(h.t.Context(), forged)); err == nil {
			h.t.Errorf("%s by %s, who calls herself or himself a caseworker, went through", what, p.Name)
		}
	}
}

func TestNobodyElseReadsOrWrites(t *testing.T) {
	t.Parallel()
	h := open(t)
	if got := h.reads(cast.Lea); got != secret {
		t.Errorf("Léa reads %q", got)
	}
	h.outside("reading", func(ctx context.Context) error { _, err := h.Find(ctx, h.circle, NoteID{}); return err })
	h.outside("opening a note", func(ctx context.Context) error { _, err := h.FindNote(ctx, h.note); return err })
	h.outside("writing", func(ctx context.Context) error {
		return h.Write(ctx, h.circle, ids.New[Note](), Draft{day("2026-11-20"), "x"})
	})
	h.outside("correcting", func(ctx context.Context) error {
		_, err := h.Correct(ctx, h.note, 1, Draft{day("2026-11-20"), "x"})
		return err
	})
	h.outside("striking", func(ctx context.Context) error { _, err := h.Strike(ctx, h.note, 1, "a reason"); return err })
	h.outside("naming", func(ctx context.Context) error { return h.Name(ctx, h.circle, nina.ID) })
	h.outside("removing", func(ctx context.Context) error { return h.Remove(ctx, h.circle, cast.Lea.ID) })
	h.outside("closing", func(ctx context.Context) error { return h.Close(ctx, h.circle) })
	if _, err := h.Orphan(h.as(cast.Karim), h.amina, h.circle); !errors.Is(err, fault.NotFound()) {
		t.Errorf("what Léa holds looks as if nobody did: %v", err)
	}
	if err := h.HandOn(h.as(cast.Karim), h.amina, h.circle, Order{ids.New[Succession](), nina.ID, "It has to go on."}); !errors.Is(err, fault.NotFound()) {
		t.Errorf("what Léa holds is handed on: %v", err)
	}
	if n := h.count("select count(*) from notes where version > 1 or struck_at is not null") + h.count("select count(*) from circle_members") - 1; n != 0 {
		t.Errorf("%d things changed", n)
	}
	for _, p := range []cast.Person{cast.Karim, cast.Ruth, nina} {
		overview, err := h.OfDossier(h.attended(p), h.amina)
		if err != nil || len(overview.Circles) != 1 || !overview.Circles[0].Holds(cast.Lea.ID) {
			t.Errorf("%s does not see whom to ask: %+v, %v", p.Name, overview.Circles, err)
		}
	}
	if _, err := h.OfDossier(h.as(cast.Claire), h.amina); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire of the other canton: %v", err)
	}
}

// What is written lies sealed, and leaves its entries in the journal without a word of it.
func TestWhatIsLeft(t *testing.T) {
	t.Parallel()
	h := open(t)
	_ = h.reads(cast.Lea)
	if n := h.count("select count(*) from journal_entries where person_id = $1 and dossier_id = $2 and action = 'notes_read' and reason = 'psychological'", cast.Lea.ID, h.amina); n != 1 {
		t.Errorf("%d entries that Léa read", n)
	}
	if n := h.count("select count(*) from events where dossier_id = $1 and kind in ('circle_opened', 'note_written') and detail = 'psychological'", h.amina); n != 2 {
		t.Errorf("%d events", n)
	}
	if n := h.count("select count(*) from notes where position(convert_to($1, 'UTF8') in contents) > 0", secret); n != 0 {
		t.Error("a note lies in clear")
	}
	before := h.count("select count(*) from journal_entries")
	_ = h.reads(cast.Karim)
	if n := h.count("select count(*) from journal_entries"); n != before {
		t.Error("who reads nothing leaves an entry")
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.Open(h.as(cast.Lea), h.amina, h.circle, members.Psychological); err != nil {
		t.Errorf("the form sent twice: %v", err)
	}
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("a second of the profession", h.Open(h.as(nina), h.amina, ids.New[Circle](), members.Psychological))
	refused("of a profession that is not hers", h.Open(h.as(cast.Lea), h.amina, ids.New[Circle](), members.Medical))
	refused("by who only looks", h.Open(h.as(cast.Ruth), h.amina, ids.New[Circle](), members.Psychological))
	if err := h.Open(h.as(cast.Claire), h.amina, ids.New[Circle](), members.Psychological); !errors.Is(err, fault.NotFound()) {
		t.Errorf("from the other canton: %v", err)
	}
	if err := h.Open(h.as(cast.Karim), h.amina, ids.New[Circle](), members.Legal); err != nil {
		t.Errorf("another profession has its own: %v", err)
	}
	if got := h.reads(cast.Karim); got != "nothing" {
		t.Errorf("who is in another circle reads %q", got)
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	h := open(t)
	if err := h.Name(h.as(cast.Lea), h.circle, cast.Karim.ID); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("a lawyer among psychologists: %v", err)
	}
	if err := h.Name(h.as(cast.Lea), h.circle, cast.Ruth.ID); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("who only looks: %v", err)
	}
	if err := h.Remove(h.as(cast.Lea), h.circle, cast.Lea.ID); !errors.Is(err, fault.Refused("")) {
		t.Errorf("the last one leaves: %v", err)
	}
	h.must(h.Name(h.attended(cast.Lea), h.circle, nina.ID))
	h.must(h.Name(h.attended(cast.Lea), h.circle, nina.ID))
	if got := h.reads(nina); got != secret {
		t.Errorf("Nina, who is named, reads %q", got)
	}
	h.must(h.Remove(h.attended(nina), h.circle, cast.Lea.ID))
	if got := h.reads(cast.Lea); got != "nothing" {
		t.Errorf("Léa, who was removed, reads %q", got)
	}
	h.must(h.Close(h.attended(nina), h.circle))
	if err := h.Write(h.as(nina), h.circle, ids.New[Note](), Draft{day("2026-11-20"), "x"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("what is closed takes a note: %v", err)
	}
	if got := h.reads(nina); got != secret {
		t.Errorf("of what is closed Nina reads %q", got)
	}
	h.must(h.Open(h.attended(cast.Lea), h.amina, ids.New[Circle](), members.Psychological))
	if got := h.reads(cast.Lea); got != "nothing" {
		t.Errorf("by opening another, Léa reads %q", got)
	}
	h.must(h.Remove(h.attended(nina), h.circle, nina.ID))
	if got := h.reads(nina); got != "nothing" {
		t.Errorf("Nina, who has left, reads %q", got)
	}
}

// Whoever leaves the house, is of the profession no more, or takes another role reads nothing from that moment; somebody who coordinates
// hands on what nobody holds, and reads nothing by it.
func TestSuccession(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]string{
		"she leaves":                    "update members set ended_at = now(), ended_as = 'left' where member_id = $1",
		"she is a psychologist no more": "delete from member_professions where member_id = $1",
		"she only looks":                "update members set role = 'auditor' where member_id = $1",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.do(end, cast.Lea.ID)
			if got := h.reads(cast.Lea); got != "nothing" {
				t.Errorf("Léa reads %q", got)
			}
			for _, p := range []cast.Person{cast.Lea, nina} {
				if err := h.HandOn(h.as(p), h.amina, h.circle, Order{ids.New[Succession](), nina.ID, "It has to go on."}); !errors.Is(err, fault.Refused("")) {
					t.Errorf("handed on by %s: %v", p.Name, err)
				}
			}
			if err := h.HandOn(h.as(cast.Marc), h.amina, h.circle, Order{ids.New[Succession](), nina.ID, "It has to go on."}); !errors.Is(err, fault.NotFound()) {
				t.Errorf("handed on by Marc of the other canton: %v", err)
			}
			// Karim becomes a psychologist, by whoever administers: he does not name himself.
			h.practise(cast.Karim, members.Psychological)
			if err := h.HandOn(h.as(cast.Karim), h.amina, h.circle, Order{ids.New[Succession](), cast.Karim.ID, "It has to go on."}); !errors.Is(err, fault.Invalid("", "")) {
				t.Errorf("to himself: %v", err)
			}
			file, err := h.Orphan(h.attended(cast.Karim), h.amina, h.circle)
			if err != nil || file.Note.Text() != "" {
				t.Errorf("%+v, %v", file, err)
			}
			waits := func(p cast.Person) []Waiting {
				t.Helper()
				var list []Waiting
				h.must(h.db.App.Read(h.as(p), AskWaiting(p.Principal(), &list)))
				return list
			}
			if got := waits(cast.Karim); len(got) != 1 || got[0].Handed || got[0].CircleID != h.circle || len(waits(nina))+len(waits(cast.Lea))+len(waits(cast.Marc)) > 0 {
				t.Errorf("told are Karim of %+v, Nina of %+v", got, waits(nina))
			}
			order := Order{ids.New[Succession](), nina.ID, "Léa goes on leave for a year."}
			for range 2 { // the form is sent twice
				h.must(h.HandOn(h.attended(cast.Karim), h.amina, h.circle, order))
			}
			h.do("update successions set named_at = now()") // the clock of the test stands still, and pages count from the database's
			if got := waits(nina); len(got) != 1 || !got[0].Handed || len(waits(cast.Karim))+len(waits(cast.Lea)) > 0 {
				t.Errorf("told is Nina of %+v, Karim of %+v", got, waits(cast.Karim))
			}
			if got := h.reads(cast.Karim); got != "nothing" {
				t.Errorf("Karim, who handed it on, reads %q", got)
			}
			sheet, err := h.Find(h.attended(nina), h.circle, NoteID{})
			if err != nil || len(sheet.Notes) != 1 || sheet.Notes[0].Text() != secret || len(sheet.Successions) != 1 || sheet.Successions[0].Words.Get() != order.Words {
				t.Errorf("Nina reads %+v, %v", sheet, err)
			}
			if n := h.count("select count(*) from journal_entries where person_id = $1 and action = 'circle_handed_on'", cast.Karim.ID); n != 1 {
				t.Errorf("%d entries that it was handed on", n)
			}
		})
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(h.Name(h.as(cast.Lea), h.circle, nina.ID))
	_, err := h.Correct(h.attended(nina), h.note, 1, Draft{day("2026-11-19"), "She dreams no more"})
	h.must(err)
	file, err := h.Correct(h.attended(cast.Lea), h.note, 1, Draft{day("2026-11-20"), "Something else"})
	if !errors.Is(err, fault.Conflict("")) || file.Note.Text() != "She dreams no more" {
		t.Errorf("of the version before: %v, %q", err, file.Note.Text())
	}
	if _, err := h.Correct(h.attended(cast.Lea), h.note, 1, Draft{day("2026-11-19"), "She dreams no more"}); err != nil {
		t.Errorf("the same once more: %v", err)
	}
	sheet, err := h.Find(h.attended(cast.Lea), h.circle, NoteID{})
	h.must(err)
	if got := sheet.Notes[0]; len(got.Earlier) != 1 || got.Earlier[0].Contents.Get().Text != secret || got.AuthorID != cast.Lea.ID || got.WrittenBy != nina.ID {
		t.Errorf("%+v", got)
	}
	_, err = h.Strike(h.attended(cast.Lea), h.note, 2, "It is about somebody else")
	h.must(err)
	if _, err := h.Correct(h.as(cast.Lea), h.note, 3, Draft{day("2026-11-19"), "x"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("what was struck changes: %v", err)
	}
	if got := h.reads(nina); got != "She dreams no more" {
		t.Errorf("of what was struck Nina reads %q", got)
	}
	if n := h.count("select count(*) from note_versions"); n != 1 {
		t.Errorf("%d versions", n)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	for range PageSize + 4 {
		h.must(h.Write(h.as(cast.Lea), h.circle, ids.New[Note](), Draft{day("2026-11-21"), "x"}))
	}
	first, err := h.Find(h.as(cast.Lea), h.circle, NoteID{})
	h.must(err)
	second, err := h.Find(h.as(cast.Lea), h.circle, first.Next)
	h.must(err)
	if len(first.Notes) != PageSize || len(second.Notes) != 5 || !second.Next.Zero() || second.Notes[4].NoteID != h.note {
		t.Errorf("%d, then %d", len(first.Notes), len(second.Notes))
	}
	seen := map[NoteID]bool{}
	for _, n := range append(first.Notes, second.Notes...) {
		seen[n.NoteID] = true
	}
	if len(seen) != PageSize+5 {
		t.Errorf("%d notes on two pages", len(seen))
	}
}

// A restricted dossier is not there for whoever is not named for it, within a circle as well; and whoever opens it in an emergency reads no note.
func TestARestrictedDossier(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(h.restrictions.Restrict(h.as(cast.Karim), h.amina, 0, []tenantdb.PersonID{cast.Karim.ID}))
	if got := h.reads(cast.Lea); got != "nothing" {
		t.Errorf("Léa, who is not named for the dossier, reads %q", got)
	}
	for _, p := range []cast.Person{cast.Lea, nina} {
		_, err := h.restrictions.Open(h.as(p), restrictions.Order{ID: ids.New[restrictions.Emergency](), CodeName: "Lomidak", Reason: "danger", Words: "She calls from the station."})
		h.must(err)
	}
	if got := h.reads(nina); got != "nothing" {
		t.Errorf("in an emergency, Nina reads %q", got)
	}
	if got := h.reads(cast.Lea); got != secret {
		t.Errorf("in an emergency, Léa, whose note it is, reads %q", got)
	}
}
