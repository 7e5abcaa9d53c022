package identifications

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// small is a set that has everything and no more.
const small = `group,element,code,strength,fr,de,it,en
act,act,,,Acte,Tat,,Act
act,,recruited,strong,Recrutée,Angeworben,,Recruited
act,,moved,medium,Déplacée,,,
means,means,,,Moyen,Mittel,,Means
means,,threats,strong,Menaces,Drohungen,,Threats
means,,debt,medium,Dette,Schulden,,Debt
means,,fear,weak,Peur,Angst,,Fear
purpose,purpose,,,But,Zweck,,Purpose
purpose,,pay,strong,Sans salaire,Ohne Lohn,,No pay
purpose,,hours,medium,Longues journées,Lange Tage,,Long days
`

func TestWhatWeShip(t *testing.T) {
	t.Parallel()
	set, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, group := range set.Groups {
		asked += len(group.Indicators)
		for _, texts := range append([]Texts{group.Texts}, func() (all []Texts) {
			for _, indicator := range group.Indicators {
				all = append(all, indicator.Texts)
			}
			return all
		}()...) {
			for _, lang := range i18n.Langs {
				if texts[lang] == "" || strings.Contains(texts[lang], "ß") {
					t.Errorf("%s says %q in %s", group.Code, texts[lang], lang)
				}
			}
		}
	}
	if asked < 20 || asked > 40 {
		t.Errorf("%d indicators: it should be small", asked)
	}
	if template, err := Template(); err != nil || string(template) != set.Definition {
		t.Errorf("the template is another file: %v", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	groups, err := Parse([]byte(small))
	if err != nil || len(groups) != 3 || len(groups[1].Indicators) != 3 || groups[1].Indicators[1].Strength != Medium || groups[0].Element != Act {
		t.Fatalf("%v, %+v", err, groups)
	}
	if text := groups[0].Indicators[1].Texts; text.In(i18n.IT) != "Déplacée" || text.In(i18n.FR) != "Déplacée" || groups[0].Texts.In(i18n.DE) != "Tat" {
		t.Errorf("%+v", text)
	}
	for name, file := range map[string]string{
		"semicolons, as spreadsheets here write": strings.ReplaceAll(small, ",", ";"),
		"with a mark at its beginning":           "\uFEFF" + small,
		"with a comment":                         "# ours; by hand\n" + small,
		"with the line ends of Windows":          strings.ReplaceAll(small, "\n", "\r\n"),
	} {
		if got, err := Parse([]byte(file)); err != nil || len(got) != 3 {
			t.Errorf("%s: %v, %d groups", name, err, len(got))
		}
	}
}

// TestParseRefuses: a file comes from anywhere, and each problem is told with its line.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	many := small
	for i := range maxIndicators + 1 {
		many += "act,,more_" + strconv.Itoa(i) + ",weak,Encore,,,\n"
	}
	for name, test := range map[string]struct {
		file, problem string
		line          int
	}{
		"nothing":                 {"", "incomplete", 0},
		"no header":               {"a,b\n", "header", 0},
		"latin 1":                 {small + "act,,x,weak,Pay\xe9e,,,\n", "not_utf8", 0},
		"utf 16":                  {"g\x00r\x00o\x00u\x00p\x00", "not_utf8", 0},
		"too large":               {small + strings.Repeat("# x\n", MaxBytes/4), "too_large", 0},
		"a formula":               {small + "act,,x,weak,=HYPERLINK(1),,,\n", "formula", 12},
		"another formula":         {small + "act,,x,weak,A,@SUM(1),,\n", "formula", 12},
		"a script's control":      {small + "act,,x,weak,A\x1b,,,\n", "control", 12},
		"turned around":           {small + "act,,x,weak,A\u202e,,,\n", "control", 12},
		"a line within a cell":    {small + "act,,x,weak,\"A\nB\",,,\n", "control", 12},
		"a cell without end":      {small + "act,,x,weak,\"A,,,\n", "broken", 12},
		"a long cell":             {small + "act,,x,weak," + strings.Repeat("a", maxText+1) + ",,,\n", "long", 12},
		"columns missing":         {small + "act,,x,weak\n", "columns", 12},
		"no words":                {small + "act,,x,weak,,,,\n", "wordless", 12},
		"a code of another kind":  {small + "act,,<b>,weak,A,,,\n", "code", 12},
		"a strength unheard of":   {small + "act,,x,certain,A,,,\n", "strength", 12},
		"a group that is not":     {small + "nobody,,x,weak,A,,,\n", "group", 12},
		"an element unheard of":   {small + "more,guilt,,,A,,,\n", "element", 12},
		"an indicator twice":      {small + "purpose,,fear,weak,A,,,\n", "twice", 12},
		"a group twice":           {small + "act,act,,,A,,,\n", "twice", 12},
		"a group that asks not":   {small + "more,act,,,A,,,\n", "empty_group", 0},
		"nothing of the purpose":  {strings.Split(small, "purpose,purpose")[0], "incomplete", 0},
		"more than anybody asks":  {many, "too_many", 0},
		"all problems of its own": {small + "act,,x,certain,A,,,\nnobody,,y,weak,A,,,\n", "strength", 12},
	} {
		_, err := Parse([]byte(test.file))
		problems, _ := fault.Correctable(err)
		if len(problems) == 0 || problems[0].Key != "identifications.file."+test.problem {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if test.line > 0 && !slices.Equal(problems[0].Args, []any{"Line", test.line}) {
			t.Errorf("%s: told as of %v", name, problems[0].Args)
		}
		if name == "all problems of its own" && len(problems) != 2 {
			t.Errorf("%d problems are told", len(problems))
		}
	}
	wrong := small + strings.Repeat("act,,x,certain,A,,,\n", 3*maxTold)
	if problems, _ := fault.Correctable(func() error { _, err := Parse([]byte(wrong)); return err }()); len(problems) != maxTold {
		t.Errorf("%d problems are told", len(problems))
	}
}

// FuzzParse: no file makes the reader panic or hang, and what it accepts can be asked.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(strings.ReplaceAll(small, ",", ";")))
	f.Add([]byte("group,element,code,strength,fr,de,it,en\n\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		groups, err := Parse(file)
		if err != nil {
			return
		}
		for _, group := range groups {
			if len(group.Indicators) == 0 || group.Texts.In(i18n.FR) == "" {
				t.Errorf("%+v", group)
			}
		}
	})
}
