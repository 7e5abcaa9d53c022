package app_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/inquiries"
	"passerelle/internal/webtest"
)

// untoldTables are those with a dossier_id of which no chapter of an extract tells, and why.
var untoldTables = map[string]string{
	"agendas":       "dates that follow from what the chapters tell",
	"facts":         "dates that the chapters tell, once more for the agenda",
	"deadlines":     "dates that follow from what the chapters tell",
	"reminders":     "that a date which follows is near",
	"drafts":        "what one of the staff is still writing, for herself or himself alone; the extract says that it is not there",
	"uploads":       "a file under way, which whoever sends it sees alone",
	"upload_parts":  "a piece of a file under way",
	"decoys":        "a dossier about nobody; whoever opens it is not to know",
	"alerts":        "how the staff and offices have read, and not what is kept about the person",
	"removals":      "when the dossier is removed, which follows from its closing",
	"postponements": "that a removal was put off",
}

// TestExtractTellsOfEveryTable: what the application keeps with a dossier is told to its person, or somebody has said why not.
func TestExtractTellsOfEveryTable(t *testing.T) {
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	ctx := cast.Lea.Context(t.Context())
	if err := site.App.Dossiers.Open(ctx, id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	told, names := map[string]bool{}, map[string]bool{}
	for _, teller := range site.App.Tellers() {
		chapter, err := teller.Chapter(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if names[chapter.Name] {
			t.Errorf("two chapters are called %s", chapter.Name)
		}
		names[chapter.Name] = true
		for _, table := range chapter.Tables {
			told[table] = true
		}
	}
	rows, err := site.Database.Owner.Query(t.Context(), "select distinct table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'dossier_id'")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		there[table] = true
	}
	if err := rows.Err(); err != nil || len(there) < 40 {
		t.Fatalf("%d tables, %v", len(there), err)
	}
	for _, table := range slices.Sorted(maps.Keys(there)) {
		reason, excepted := untoldTables[table]
		switch {
		case told[table] && excepted:
			t.Errorf("%s is told, and needs no reason", table)
		case !told[table] && reason == "":
			t.Errorf("%s has a dossier_id: no chapter of an extract tells of it. Tell of it (Chapter of its capability), or say in untoldTables why not", table)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(untoldTables)) {
		if !there[table] {
			t.Errorf("%s is no table of dossiers", table)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(told)) {
		if !there[table] && table != "messages" && table != "task_texts" {
			t.Errorf("a chapter tells of %s, which is no table of dossiers", table)
		}
	}
}

// written is what stands on the pages of a PDF that our own paper wrote, without spaces: lines are broken anywhere.
func written(t *testing.T, pdf []byte) string {
	t.Helper()
	var said strings.Builder
	for _, stream := range regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(pdf, -1) {
		opened, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue // a font
		}
		content, err := io.ReadAll(opened)
		if err != nil {
			t.Fatal(err)
		}
		for _, shown := range regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\) ?Tj`).FindAllSubmatch(content, -1) {
			plain := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(string(shown[1]))
			units := make([]uint16, len(plain)/2)
			for i := range units {
				units[i] = uint16(plain[2*i])<<8 | uint16(plain[2*i+1])
			}
			said.WriteString(string(utf16.Decode(units)))
		}
	}
	return strings.Join(strings.Fields(said.String()), "")
}

// TestExtractIsWrittenWithoutOthers takes all that is kept about Amina, on paper and as a file: of her what somebody has read and given,
// of others nothing, of addresses nothing.
func TestExtractIsWrittenWithoutOthers(t *testing.T) {
	site := webtest.Start(t)
	about := amina(t, site)
	dossier, inquiry := ids.MustParse[dossiers.Dossier](about.dossier), ids.MustParse[inquiries.Inquiry](about.others[":inquiry"])
	lea := cast.Lea.Context(t.Context())
	both := func(there, absent []string) {
		t.Helper()
		for _, format := range inquiries.Formats {
			file, err := site.App.Inquiries.Take(lea, dossier, inquiry, inquiries.Order{Language: i18n.DE, Format: format})
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(strings.Fields(string(file.Body)), "")
			if format == inquiries.PDF {
				text = written(t, file.Body)
			}
			for _, word := range there {
				if !strings.Contains(text, strings.ReplaceAll(word, " ", "")) {
					t.Errorf("%s: %s is not in it", format, word)
				}
			}
			for _, word := range absent {
				if strings.Contains(text, strings.ReplaceAll(word, " ", "")) {
					t.Errorf("%s: %s is in it", format, word)
				}
			}
		}
	}
	// Those who are not her, and where she lives with others.
	others := []string{"Canarysecret", "Canaryguardian", "Mirela", "Canaryaddress", cast.Lea.Name, cast.Karim.Name, cast.Noe.Name}
	texts := []string{"Canarynote", "Canarybasis", "Canaryreport", "Canaryjudgement", "Canarysteps", "Canaryreason", "Canarybody", "Canaryplace", "Canarytask", "Canaryrequest"}
	both([]string{"Canaryname", "Amina", "Drittperson"}, slices.Concat(others, texts))

	extract, err := site.App.Inquiries.Prepare(lea, dossier, inquiry)
	if err != nil {
		t.Fatal(err)
	}
	chosen := map[string]inquiries.Choice{}
	for _, chapter := range extract.Chapters {
		for _, text := range extract.Texts(chapter.Name) {
			choice := inquiries.Choice{Digest: text.Digest(), Decision: inquiries.Whole}
			if text.Body == "Canarybasis" {
				choice.Decision, choice.Passages = inquiries.Struck, []string{"canaryb"}
			}
			chosen[text.Ref] = choice
		}
		// Of what the matrix needs nothing hangs on some chapters.
		if empty := []string{"assistance", "projects", "returns", "restrictions", "documents"}; len(chapter.Things) == 0 && !slices.Contains(empty, chapter.Name) {
			t.Errorf("%s tells nothing", chapter.Name)
		}
	}
	if len(chosen) < len(texts) {
		t.Errorf("there are %d texts", len(chosen))
	}
	if err := site.App.Inquiries.Choose(lea, dossier, inquiry, extract.Inquiry.Version, chosen); err != nil {
		t.Fatal(err)
	}
	struck := []string{"Canarybasis", "Canarybody"} // what was struck in one is struck in the other
	both(slices.DeleteFunc(append(slices.Clone(texts), "Canaryname", "[Drittperson]"), func(text string) bool { return slices.Contains(struck, text) }), slices.Concat(others, struck))
}
