package letters

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

var now = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

// A letter is given what its template declares (FADP art. 6 para. 2 and 3), in every language, and no more.
func TestALetterUsesWhatItsTemplateDeclares(t *testing.T) {
	t.Parallel()
	all := map[Field]string{}
	for _, field := range Fields {
		all[field] = "canary of " + string(field)
	}
	for _, template := range Templates {
		if len(template.Fields()) == 0 {
			t.Errorf("%s declares nothing", template)
		}
		for _, lang := range i18n.Langs {
			draft := template.Draft(i18n.With(t.Context(), lang), all)
			text := draft.Subject + "\n" + draft.Body
			for _, field := range Fields {
				if declared, there := slices.Contains(template.Fields(), field), strings.Contains(text, all[field]); declared != there {
					t.Errorf("%s in %s: %s is declared: %t, and there: %t", template, lang, field, declared, there)
				}
			}
			if strings.Contains(text, "{{") || strings.Contains(text, "letters.") {
				t.Errorf("%s in %s reads\n%s", template, lang, text)
			}
			if blank := template.Draft(i18n.With(t.Context(), lang), nil); !strings.Contains(blank.Body, gap) {
				t.Errorf("%s in %s does not show what is missing", template, lang)
			}
		}
	}
}

func TestWhatIsKnown(t *testing.T) {
	t.Parallel()
	birth := time.Date(1998, time.March, 14, 0, 0, 0, 0, time.UTC)
	file := dossiers.File{
		Dossier:     dossiers.Dossier{CodeName: "Lomidak", OpenedAt: now},
		Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina", BirthDate: &birth, Nationalities: []string{"NG"}, Phone: "+41 78 600 00 01"},
		Situation:   dossiers.Situation{access.Housing: "Rue du Lac 7", access.Health: "Suivi"},
	}
	got := known(i18n.With(t.Context(), i18n.DE), file)
	for field, want := range map[Field]string{Name: "Amina Okafor", BirthDate: "14. März 1998", Nationality: "Nigeria", Since: "24. November 2026"} {
		if got[field] != want {
			t.Errorf("%s is %q, want %q", field, got[field], want)
		}
	}
	for field, text := range got {
		for _, secret := range []string{"Lomidak", "Rue du Lac", "Suivi", "600"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", field, secret)
			}
		}
	}
}

func contents() Contents {
	return Contents{Recipient: "CSR de Lausanne\nPlace de la Gare 1\n1003 Lausanne", Subject: "Demande", Body: "Madame, Monsieur,\n\nÇa s’écrit ainsi.", Sender: cast.Vaud.Name, Author: cast.Lea.Name}
}

func letter(c Contents) Letter {
	return Letter{Line{LetterID: ids.New[Letter](), Template: "income_support", Language: i18n.FR, WrittenAt: now}, keys.Of(c)}
}

func TestALetterHasSomethingToSay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Contents)
		want   []string
	}{
		"complete":  {func(*Contents) {}, nil},
		"to nobody": {func(c *Contents) { c.Recipient = "" }, []string{"recipient"}},
		"empty":     {func(c *Contents) { *c = Contents{} }, []string{"recipient", "subject", "body"}},
	} {
		written := contents()
		c.change(&written)
		var fields []string
		problems, _ := fault.Correctable(written.Check())
		for _, problem := range problems {
			fields = append(fields, problem.Field)
		}
		if !slices.Equal(fields, c.want) {
			t.Errorf("%s: problems of %v, want %v", name, fields, c.want)
		}
	}
}

// streams are what stands in the compressed parts of a PDF, one after the other.
func streams(t *testing.T, file []byte) []byte {
	t.Helper()
	var all []byte
	for rest := file; ; {
		_, after, ok := bytes.Cut(rest, []byte("stream\n"))
		if !ok {
			return all
		}
		part, next, _ := bytes.Cut(after, []byte("\nendstream"))
		if reader, err := zlib.NewReader(bytes.NewReader(part)); err == nil {
			plain, _ := io.ReadAll(reader)
			all = append(all, plain...)
		}
		rest = next
	}
}

// utf16 is a text as it stands in a page of a PDF whose font is a Unicode one.
func utf16(text string) []byte {
	var written []byte
	for _, r := range text {
		written = append(written, byte(r>>8), byte(r))
	}
	return written
}

func TestPDF(t *testing.T) {
	t.Parallel()
	file, err := letter(contents()).PDF(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(file, []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(file), []byte("%%EOF")) || bytes.Count(file, []byte("/Type /Page\n")) != 1 {
		t.Errorf("%d bytes are no PDF of one page", len(file))
	}
	// The words are those that were written; spaces are set apart.
	plain := streams(t, file)
	for _, word := range []string{"Lausanne", "Demande", "Monsieur", "novembre", "s’écrit", "Ça", "Morel"} {
		if !bytes.Contains(plain, utf16(word)) {
			t.Errorf("%q does not stand on the page", word)
		}
	}
	for _, info := range []string{"/Title", "/Author", "/Subject", "/Keywords"} {
		if bytes.Contains(file, []byte(info)) {
			t.Errorf("the file says %s of itself", info)
		}
	}
	again, err := letter(contents()).PDF(t.Context())
	if err != nil || len(again) != len(file) {
		t.Errorf("the same letter is another file: %v", err)
	}

	t.Run("what is long goes on", func(t *testing.T) {
		long := contents()
		long.Body = strings.Repeat("Une ligne qui se répète, encore et encore.\n", 110)
		file, err := letter(long).PDF(t.Context())
		if err != nil || bytes.Count(file, []byte("/Type /Page\n")) != 3 {
			t.Errorf("%d pages: %v", bytes.Count(file, []byte("/Type /Page\n")), err)
		}
	})
	t.Run("what is hostile is text", func(t *testing.T) {
		for _, hostile := range []string{
			`) Tj ET /JavaScript (app.alert(1)) \( \) \`, "endstream\nendobj\n1 0 obj << /OpenAction << /S /JavaScript >> >>", "<script>alert(1)</script>", "{{.BirthDate}} %s %n", "\x00\x07\u202e", "مرحبا 你好 🙂", strings.Repeat("x", 5000),
		} {
			written := contents()
			written.Recipient, written.Subject, written.Body = hostile, hostile, hostile
			file, err := letter(written).PDF(t.Context())
			if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
				t.Errorf("%.20q: %v", hostile, err)
			}
			if bytes.Contains(file, []byte("/OpenAction << /S")) || bytes.Contains(file, []byte("/JavaScript")) {
				t.Errorf("%.20q acts when the file is opened", hostile)
			}
		}
	})
}

type house struct {
	*Service
	db       *pgtest.Database
	dossiers *dossiers.Service
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	ring := db.Ring(t)
	return &house{New(db.App, ring, func() time.Time { return now }), db, dossiers.New(db.App, ring, func() time.Time { return now })}
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

func (h *house) amina(t *testing.T) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	name, err := h.dossiers.Propose(as(t, cast.Lea))
	if err == nil {
		err = h.dossiers.Open(as(t, cast.Lea), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID,
			Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina", Nationalities: []string{"NG"}}})
	}
	if err == nil {
		_, err = h.dossiers.Describe(as(t, cast.Lea), id, 1, dossiers.Situation{access.Housing: "Rue du Lac 7", access.Health: "Suivi psychologique"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// nobodyElse holds that an act on what is Vaud's finds nothing for Genève, and that offices are turned away.
func nobodyElse(t *testing.T, act func(context.Context) error) {
	t.Helper()
	for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s of the other canton: %v, want not found", stranger.Name, err)
		}
	}
	for _, stranger := range []cast.Person{cast.Noe, cast.Eva, cast.JoVaud} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s of an office: %v, want a refusal", stranger.Name, err)
		}
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier, other := h.amina(t), h.amina(t)
	proposal, err := h.Propose(as(t, cast.Lea), dossier, "income_support", i18n.IT)
	if err != nil || !strings.Contains(proposal.Contents.Body, "Amina Okafor") || !strings.Contains(proposal.Contents.Body, "accompagniamo") || !strings.Contains(proposal.Contents.Body, gap) {
		t.Fatalf("%+v: %v", proposal, err)
	}
	if proposal.Contents.Recipient != "Centre social régional (CSR)" {
		t.Errorf("to %q", proposal.Contents.Recipient)
	}
	for _, secret := range []string{"Rue du Lac", "psycho", string(proposal.Dossier.CodeName)} {
		if strings.Contains(proposal.Contents.Subject+proposal.Contents.Body, secret) {
			t.Errorf("the proposal holds %q", secret)
		}
	}
	id, written := ids.New[Letter](), contents()
	written.Author, written.Sender = "Somebody Else", "Somewhere"
	for range 2 { // the same form twice
		if err := h.Write(as(t, cast.Lea), dossier, id, "income_support", i18n.FR, written); err != nil {
			t.Fatal(err)
		}
	}
	letter, mention, err := h.Find(as(t, cast.Ruth), id)
	if err != nil || mention.DossierID != dossier || letter.Contents.Get() != contents() {
		t.Errorf("%+v: %v", letter.Contents.Get(), err)
	}
	if err := h.Write(as(t, cast.Lea), other, id, "income_support", i18n.FR, written); !errors.Is(err, fault.NotFound()) {
		t.Errorf("the identifier of another dossier's letter: %v", err)
	}
	folder, err := h.OfDossier(as(t, cast.Ruth), dossier)
	if err != nil || len(folder.Letters) != 1 || folder.Letters[0].LetterID != id {
		t.Errorf("%+v: %v", folder, err)
	}
	var sealed []byte
	var events, looks int
	if err := h.db.Owner.QueryRow(t.Context(), `select (select contents from letters), (select count(*) from events where kind = 'letter_written' and detail = 'income_support'),
		(select count(*) from journal_entries where dossier_id = $1 and person_id = $2 and action = 'dossier_seen')`, dossier, cast.Ruth.ID).Scan(&sealed, &events, &looks); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("Lausanne")) || events != 1 || looks != 2 {
		t.Errorf("in clear, or %d events and %d looks of Ruth's", events, looks)
	}
	if err := h.Write(as(t, cast.Lea), dossier, ids.New[Letter](), "income_support", i18n.FR, Contents{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("an empty letter: %v", err)
	}
	for template, lang := range map[Template]i18n.Lang{"ransom": i18n.FR, "income_support": "xx"} {
		if err := h.Write(as(t, cast.Lea), dossier, ids.New[Letter](), template, lang, written); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%s in %s: %v", template, lang, err)
		}
		if _, err := h.Propose(as(t, cast.Lea), dossier, template, lang); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s in %s is proposed: %v", template, lang, err)
		}
	}
	write := func(ctx context.Context) error {
		return h.Write(ctx, dossier, ids.New[Letter](), "accompaniment", i18n.FR, written)
	}
	propose := func(ctx context.Context) error {
		_, err := h.Propose(ctx, dossier, "accompaniment", i18n.FR)
		return err
	}
	for name, act := range map[string]func(context.Context) error{
		"write": write, "propose": propose,
		"choose": func(ctx context.Context) error { _, err := h.Propose(ctx, dossier, "", ""); return err },
		"list":   func(ctx context.Context) error { _, err := h.OfDossier(ctx, dossier); return err },
		"find":   func(ctx context.Context) error { _, _, err := h.Find(ctx, id); return err },
	} {
		t.Run(name, func(t *testing.T) { nobodyElse(t, act) })
	}
	for name, act := range map[string]func(context.Context) error{"writes": write, "proposes": propose} {
		if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an auditor %s: %v", name, err)
		}
	}
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", dossier)
	var left int
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from letters").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d letters outlive their dossier: %v", left, err)
	}
}
