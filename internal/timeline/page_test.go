package timeline

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// kindsOf are the kinds that a file of this package names.
func kindsOf(t *testing.T, path string) (found []Kind) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			value := spec.(*ast.ValueSpec)
			if named, ok := value.Type.(*ast.Ident); !ok || named.Name != "Kind" {
				continue
			}
			text, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, Kind(text))
		}
	}
	return found
}

// Every kind of event is found by the filter of the timeline: a new one is put into a group.
func TestEveryKindHasAGroup(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	met := 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		for _, kind := range kindsOf(t, entry.Name()) {
			met++
			if !slices.Contains(Groups, groups[kind]) {
				t.Errorf("%s: %s is in no group", entry.Name(), kind)
			}
		}
	}
	if met != len(groups) || met == 0 {
		t.Errorf("%d kinds, and %d are in groups", met, len(groups))
	}
	for _, group := range Offered() {
		if len(group.kinds()) == 0 {
			t.Errorf("%s finds nothing", group)
		}
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	const there = "1790000000123456.d0551e00-0000-4000-8000-000000000001"
	if got := ParseCursor(there); got.None() || got.String() != there {
		t.Errorf("%q came back as %q", there, got)
	}
	for _, nonsense := range []string{"", "x", ".", "1.", "-1.d0551e00-0000-4000-8000-000000000001", "99999999999999999999.d0551e00-0000-4000-8000-000000000001", "7258118400000001.d0551e00-0000-4000-8000-000000000001", "1790000000123456.x"} {
		if got := ParseCursor(nonsense); !got.None() {
			t.Errorf("%q is a place: %v", nonsense, got)
		}
	}
}
