package importsview

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

const hostile = `"><script>alert(1)</script>`

func TestGolden(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	id := ids.MustParse[imports.Import]("1e900000-0000-4000-8000-000000000001")
	sheet := imports.Sheet{FileName: hostile + ".csv", Header: []string{"Nom", hostile, ""}, Rows: [][]string{{"Okafor", "Blume", "x"}, {hostile, "Femme", ""}}, Mapping: imports.Mapping{0: "family_name", 1: "gender"}}
	prepared := imports.Import{ImportID: id, Total: 2, CreatedAt: at, Version: 1}
	running, finished := prepared, prepared
	running.BegunAt, running.Done = &at, 1
	finished.BegunAt, finished.FinishedAt, finished.Done = &at, &at, 2
	wrong := imports.Report{Total: 2, Wrong: 3, Rows: []imports.Row{{Number: 2, Problems: fault.Problems{{Field: "gender", Key: "imports.word.unknown"}}}}}
	page := func(i imports.Import, report imports.Report, problems fault.Problems) templ.Component {
		return Show(Page{Look: imports.Look{Import: i, Sheet: sheet, Report: report}, Mapping: sheet.Mapping, Problems: problems})
	}
	for name, component := range map[string]templ.Component{
		"list_empty": List(New{ID: id.String(), Problems: fault.Problems{{Field: "file", Key: "imports.file.unreadable"}}}),
		"list":       List(New{ID: id.String(), Imports: []imports.Import{prepared, running, finished}}),
		"wrong":      page(prepared, wrong, fault.Problems{{Field: "column_1", Key: "imports.mapping.twice"}}),
		"clear":      page(prepared, imports.Report{Total: 2}, nil),
		"running":    page(running, imports.Report{Total: 2}, nil),
		"stopped":    page(running, imports.Report{Total: 2}, fault.Problems{{Key: "imports.row.refused", Args: []any{"Row", 3}}}),
		"finished":   page(finished, imports.Report{Total: 2}, nil),
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			ctx := access.WithPrincipal(i18n.With(t.Context(), lang), cast.Karim.Principal())
			var out bytes.Buffer
			if err := component.Render(ui.WithRequest(ctx, ui.Request{Nonce: "n", Path: "/imports", CSRF: "token"}), &out); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			if strings.Contains(text, "<script>alert") {
				t.Errorf("%s: what the file says is markup", name)
			}
			text = text[strings.Index(text, "<main"):strings.Index(text, "</main>")]
			text = strings.ReplaceAll(text, "><", ">\n<")
			path := filepath.Join("testdata", name+"_"+string(lang)+".html")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if want, err := os.ReadFile(path); err != nil || string(want) != text {
				t.Errorf("%s differs (%v): make goldens, and read the difference", path, err)
			}
		}
	}
}
