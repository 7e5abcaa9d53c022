// Package arch holds what the compiler cannot check: who may import whom, that every use case asks first, that SQL is
// written and never glued together. It reads the source and, for the SQL, its types, and so takes moments.
package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const (
	root   = "../.."
	module = "passerelle/"
)

// file is a source file of the house. Only Go files are parsed.
type file struct {
	path    string // from the root, with slashes
	content []byte
	syntax  *ast.File
	set     *token.FileSet
}

func read(path string, content []byte) (file, error) {
	f := file{path: path, content: content, set: token.NewFileSet()}
	if !strings.HasSuffix(path, ".go") {
		return f, nil
	}
	var err error
	f.syntax, err = parser.ParseFile(f.set, path, content, parser.ParseComments|parser.SkipObjectResolution)
	return f, err
}

func (f file) dir() string     { return path.Dir(f.path) }
func (f file) test() bool      { return strings.HasSuffix(f.path, "_test.go") }
func (f file) generated() bool { return f.syntax != nil && ast.IsGenerated(f.syntax) }

// at names a place in the file.
func (f file) at(node ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(node.Pos()).Line)
}

// imports lists what the file imports.
func (f file) imports() (paths []string) {
	for _, spec := range f.syntax.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser has read it
		paths = append(paths, imported)
	}
	return paths
}

// importName is how the file calls a package, or "" if it does not import it.
func (f file) importName(imported string) string {
	for _, spec := range f.syntax.Imports {
		if spec.Path.Value != strconv.Quote(imported) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		base := path.Base(imported)
		if strings.HasPrefix(base, "v") && strings.Trim(base[1:], "0123456789") == "" {
			base = path.Base(path.Dir(imported))
		}
		return base
	}
	return ""
}

// uses says whether node is name.member, where name is how the file calls a package.
func (f file) uses(node ast.Node, imported, member string) bool {
	selector, ok := node.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != member {
		return false
	}
	x, ok := selector.X.(*ast.Ident)
	return ok && x.Name == f.importName(imported)
}

// imported says whether name is how the file calls a package.
func (f file) imported(name string) bool {
	return slices.ContainsFunc(f.imports(), func(imported string) bool { return f.importName(imported) == name })
}

// written leaves the Go files that a person wrote and that are no tests.
func written(files []file) (kept []file) {
	for _, f := range files {
		if f.syntax != nil && !f.test() && !f.generated() {
			kept = append(kept, f)
		}
	}
	return kept
}

// house reads every Go and templ file of the module.
func house(t *testing.T) (files []file) {
	t.Helper()
	if err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); name != root && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".templ"}, filepath.Ext(name)) {
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		f, err := read(filepath.ToSlash(relative), content)
		files = append(files, f)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d files: is this the house?", len(files))
	}
	return files
}

// rule names each place that breaks it.
type rule func([]file) []string

// seed is a small piece of source, as a txtar archive, and what the rule should say of it: "" is nothing.
type seed struct{ source, want string }

// planted reads the files of a seed.
func planted(t *testing.T, source string) (files []file) {
	t.Helper()
	for _, part := range txtar.Parse([]byte(source)).Files {
		f, err := read(part.Name, bytes.TrimSpace(part.Data))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatal("the seed has no file")
	}
	return files
}

// guard holds the house to a rule, after the seeds have shown that the rule bites.
func guard(t *testing.T, name rule, seeds map[string]seed) {
	t.Helper()
	for title, s := range seeds {
		t.Run(title, func(t *testing.T) {
			found := strings.Join(name(planted(t, s.source)), "\n")
			if s.want == "" && found != "" || !strings.Contains(found, s.want) {
				t.Errorf("says %q, want %q", found, s.want)
			}
		})
	}
	for _, finding := range name(house(t)) {
		t.Error(finding)
	}
}
