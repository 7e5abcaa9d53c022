package arch

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
)

// typed is the files of one folder, with the types of everything in them: what a name means, however it was imported,
// shadowed or handed on.
type typed struct {
	dir   string
	files []file // no tests
	info  *types.Info
}

// exports says where the compiler has put what each package of the program exports.
var exports = sync.OnceValues(func() (map[string]string, error) {
	list := exec.Command("go", "list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}\t{{.Export}}{{end}}", "./...")
	list.Dir = root
	var problem bytes.Buffer
	list.Stderr = &problem
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages: %w: %s", err, problem.String())
	}
	found := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(output)); lines.Scan(); {
		imported, place, _ := strings.Cut(lines.Text(), "\t")
		found[imported] = place
	}
	return found, nil
})

// typesOf reads files as the compiler does. What does not compile is a finding.
func typesOf(files []file) (packages []typed, found []string) {
	places, err := exports()
	if err != nil {
		return nil, []string{err.Error()}
	}
	set := token.NewFileSet()
	imports := importer.ForCompiler(set, "gc", func(imported string) (io.ReadCloser, error) { return os.Open(places[imported]) })
	folders := map[string][]file{}
	for _, f := range files {
		if f.syntax == nil || f.test() || !builtHere(f) {
			continue
		}
		syntax, err := parser.ParseFile(set, f.path, f.content, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, []string{err.Error()}
		}
		f.syntax, f.set = syntax, set
		folders[f.dir()] = append(folders[f.dir()], f)
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
		config := types.Config{Importer: imports, Error: func(err error) { found = append(found, err.Error()) }}
		var syntax []*ast.File
		for _, f := range folders[dir] {
			syntax = append(syntax, f.syntax)
		}
		_, _ = config.Check(path.Join(module, dir), set, syntax, info) // errors were found
		packages = append(packages, typed{dir, folders[dir], info})
	}
	return packages, found
}

// builtHere says whether a file belongs to the program on this system.
func builtHere(f file) bool {
	here := build.Default
	here.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.content)), nil }
	matches, err := here.MatchFile(f.dir(), path.Base(f.path))
	return err == nil && matches
}
