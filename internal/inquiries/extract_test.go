package inquiries

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// preparing is a request of Amina's, whose dossier names somebody else.
func preparing(t *testing.T) (*house, ID) {
	t.Helper()
	h := open(t)
	h.Tells(h.dossiers, h.Service)
	file, err := h.dossiers.Find(as(t, cast.Lea), h.amina)
	if err != nil {
		t.Fatal(err)
	}
	particulars := file.Particulars()
	particulars.Beneficiary = dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina", Nationalities: []string{"NG"}}
	if _, err := h.dossiers.Edit(as(t, cast.Lea), h.amina, file.Version, particulars); err != nil {
		t.Fatal(err)
	}
	h.write(t, dossiers.Situation{access.Health: "Victor Osei l’a frappée.", access.Housing: "Elle dort chez sa tante."})
	return h, h.recorded(t, Terms{ReceivedOn: today, Channel: "in_person", AskedBy: Herself, Note: "Tout, sauf Victor Osei."})
}

func (h *house) write(t *testing.T, situation dossiers.Situation) {
	t.Helper()
	file, err := h.dossiers.Find(as(t, cast.Lea), h.amina)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.dossiers.Describe(as(t, cast.Lea), h.amina, file.SituationVersion, situation); err != nil {
		t.Fatal(err)
	}
}

// text is the free text that begins so.
func (h *house) text(t *testing.T, id ID, begins string) (Text, int) {
	t.Helper()
	extract, err := h.Prepare(attended(t, cast.Lea), h.amina, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, chapter := range extract.Chapters {
		for _, text := range extract.Texts(chapter.Name) {
			if strings.HasPrefix(text.Body, begins) {
				return text, extract.Inquiry.Version
			}
		}
	}
	t.Fatalf("no text begins with %q", begins)
	return Text{}, 0
}

// decide is a decision of Léa's about the text that begins so.
func (h *house) decide(t *testing.T, id ID, begins string, c Choice) {
	t.Helper()
	text, version := h.text(t, id, begins)
	c.Digest = text.Digest()
	if err := h.Choose(attended(t, cast.Lea), h.amina, id, version, map[string]Choice{text.Ref: c}); err != nil {
		t.Fatal(err)
	}
}

// taken is the file that programs read, which says what the paper says.
func (h *house) taken(t *testing.T, id ID) string {
	t.Helper()
	file, err := h.Take(as(t, cast.Lea), h.amina, id, Order{i18n.FR, JSON})
	if err != nil {
		t.Fatal(err)
	}
	var read jsonExtract
	if err := json.Unmarshal(file.Body, &read); err != nil || read.Format != "passerelle-extract" || len(read.Chapters) != 2 || file.Name != "document.json" {
		t.Fatalf("%s: %+v, %v", file.Name, read, err)
	}
	return string(file.Body)
}

func holds(t *testing.T, file string, there, absent []string) {
	t.Helper()
	for _, text := range there {
		if !strings.Contains(file, text) {
			t.Errorf("%q is not in it", text)
		}
	}
	for _, text := range absent {
		if strings.Contains(file, text) {
			t.Errorf("%q is in it", text)
		}
	}
}

// What nobody has looked at is left out, and said to be; what was struck in one text is struck in all; what has changed since is
// looked at again.
func TestExtract(t *testing.T) {
	t.Parallel()
	h, id := preparing(t)
	holds(t, h.taken(t, id), []string{"Okafor", `"NG"`, `"left_out": "unread"`}, []string{"Victor", "Osei", "frappée", "tante"})
	h.decide(t, id, "Victor", Choice{Decision: Struck, Passages: []string{"victor osei"}})
	h.decide(t, id, "Tout", Choice{Decision: Whole})
	h.decide(t, id, "Elle dort", Choice{Decision: Omitted, Ground: "third_parties"})
	holds(t, h.taken(t, id), []string{"[tierce personne] l’a frappée.", "Tout, sauf [tierce personne].", `"left_out": "third_parties"`}, []string{"Victor", "Osei", "tante", `"unread"`})

	h.write(t, dossiers.Situation{access.Health: "Victor Osei l’a frappée, et Joy aussi.", access.Housing: "Elle dort chez sa tante."})
	text, _ := h.text(t, id, "Victor")
	if !text.Changed || text.Choice != nil {
		t.Errorf("a text that has changed is still decided: %+v", text)
	}
	holds(t, h.taken(t, id), []string{`"left_out": "unread"`, "Tout, sauf [tierce personne]."}, []string{"Victor", "Joy"})

	area, version := Area("dossier", nil), h.version(t, id)
	leave := func(c Choice) {
		t.Helper()
		c.Digest = area.Digest()
		if err := h.Choose(attended(t, cast.Lea), h.amina, id, version, map[string]Choice{area.Ref: c}); err != nil {
			t.Fatal(err)
		}
		version++
	}
	leave(Choice{Decision: Omitted, Ground: "secrecy"})
	holds(t, h.taken(t, id), []string{`"left_out": "secrecy"`, "Tout, sauf [tierce personne]."}, []string{"Okafor", "Amina", "inquiries.thing.person", `"unread"`})
	leave(Choice{Decision: Whole})
	holds(t, h.taken(t, id), []string{"Okafor"}, []string{`"secrecy"`})

	for _, lang := range i18n.Langs {
		file, err := h.Take(as(t, cast.Karim), h.amina, id, Order{lang, PDF})
		if err != nil || !bytes.HasPrefix(file.Body, []byte("%PDF-")) || bytes.Contains(file.Body, []byte("/Author")) || file.Name != "document.pdf" {
			t.Errorf("%s: %s, %v", lang, file.Name, err)
		}
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'inquiry_extracted' and dossier_id = $1", h.amina); n != 5+len(i18n.Langs) {
		t.Errorf("%d entries say that it was taken", n)
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'extract_prepared' and person_id = $1", cast.Lea.ID); n != 5 {
		t.Errorf("%d entries say that it was prepared", n)
	}
	if inquiry, err := h.sheet(t).Of(id); err != nil || !inquiry.Open() {
		t.Error("taking it has answered the request")
	}
	if err := h.Change(as(t, cast.Lea), h.amina, id, h.version(t, id), Terms{ReceivedOn: today, Channel: "by_letter", AskedBy: Herself}); err != nil {
		t.Fatal(err)
	}
	if inquiry, _ := h.sheet(t).Of(id); len(inquiry.Choices) != 4 {
		t.Errorf("a change of the request has left %d decisions", len(inquiry.Choices))
	}
}

func (h *house) version(t *testing.T, id ID) int {
	t.Helper()
	inquiry, err := h.sheet(t).Of(id)
	if err != nil {
		t.Fatal(err)
	}
	return inquiry.Version
}

// Two who decide at once: the second is told. What was answered is prepared no more, and what nobody has asked for is not there.
func TestExtractIsOfAnOpenRequest(t *testing.T) {
	t.Parallel()
	h, id := preparing(t)
	text, version := h.text(t, id, "Victor")
	choice := map[string]Choice{text.Ref: {Digest: text.Digest(), Decision: Whole}}
	if err := h.Choose(as(t, cast.Lea), h.amina, id, version, choice); err != nil {
		t.Fatal(err)
	}
	if err := h.Choose(as(t, cast.Karim), h.amina, id, version, choice); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("the second who decides: %v", err)
	}
	if err := h.Choose(as(t, cast.Lea), h.amina, id, version+1, map[string]Choice{"elsewhere": {}}); problem(err) != "inquiries.text.gone" {
		t.Errorf("about a text that is not there: %v", err)
	}
	if _, err := h.Take(as(t, cast.Lea), h.amina, id, Order{"rm", "docx"}); problem(err) != "inquiries.language.missing" {
		t.Errorf("in no language: %v", err)
	}
	if err := h.Reply(as(t, cast.Lea), h.amina, id, version+1, Answer{On: today, Outcome: Given, Check: Known}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Take(as(t, cast.Lea), h.amina, id, Order{i18n.FR, PDF}); problem(err) != "inquiries.extract.answered" {
		t.Errorf("of a request that is answered: %v", err)
	}
	if err := h.Choose(as(t, cast.Lea), h.amina, id, version+2, choice); problem(err) != "inquiries.extract.answered" {
		t.Errorf("of a request that is answered: %v", err)
	}
}

func problem(err error) string {
	problems, _ := fault.Correctable(err)
	if len(problems) == 0 {
		return ""
	}
	return problems[0].Key
}

// Nobody takes it but who answers for the dossier, and nobody without a passkey.
func TestNobodyElseTakesIt(t *testing.T) {
	t.Parallel()
	h, id := preparing(t)
	text, version := h.text(t, id, "Victor")
	acts := map[string]func(context.Context) error{
		"prepare": func(ctx context.Context) error { _, err := h.Prepare(ctx, h.amina, id); return err },
		"choose": func(ctx context.Context) error {
			return h.Choose(ctx, h.amina, id, version, map[string]Choice{text.Ref: {Digest: text.Digest(), Decision: Whole}})
		},
		"look": func(ctx context.Context) error {
			_, err := h.Taking(access.WithConfirmation(ctx), h.amina, id)
			return err
		},
		"take": func(ctx context.Context) error {
			file, err := h.Take(access.WithConfirmation(ctx), h.amina, id, Order{i18n.FR, JSON})
			if err != nil && file.Body != nil {
				t.Error("an error, and the file")
			}
			return err
		},
	}
	for _, name := range slices.Sorted(maps.Keys(acts)) {
		nobodyElse(t, true, acts[name])
		if err := acts[name](as(t, cast.Boris)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s as Boris, who administers: %v", name, err)
		}
	}
	if _, err := h.Take(access.WithPrincipal(t.Context(), cast.Lea.Principal()), h.amina, id, Order{i18n.FR, PDF}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("without a passkey: %v", err)
	}
	// Somebody of the staff who accompanies others.
	other := cast.Lea.Principal()
	other.Person = cast.Karim.ID
	for _, name := range slices.Sorted(maps.Keys(acts)) {
		if err := acts[name](access.WithPrincipal(t.Context(), other)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s as a caseworker who is not responsible: %v", name, err)
		}
	}
	if n := h.count(t, "select count(*) from journal_entries where action in ('inquiry_extracted', 'extract_prepared')"); n != 0 {
		t.Errorf("%d entries of what nobody did", n)
	}
}

// What would be too large is refused with a word.
func TestExtractFits(t *testing.T) {
	t.Parallel()
	h, id := preparing(t)
	extract, err := h.Prepare(as(t, cast.Lea), h.amina, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := extract.fits(); err != nil {
		t.Fatal(err)
	}
	extract.Chapters[0].Things[0].Facts.Words("x", strings.Repeat("a", mostBytes))
	if err := extract.fits(); problem(err) != "inquiries.extract.too_large" {
		t.Errorf("two megabytes: %v", err)
	}
}
