package main

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
)

// module is how our own packages are imported.
const module = "passerelle/"

// source is one file that a person wrote, no test.
type source struct {
	path    string // from the root, with slashes
	content []byte
	syntax  *ast.File
	set     *token.FileSet
}

func (s source) folder() string { return path.Dir(s.path) }

// readSources reads what belongs to the program, below internal.
func readSources(root string) (sources []source, err error) {
	err = filepath.WalkDir(filepath.Join(root, "internal"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(name) // #nosec G122 -- our own sources
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		read, err := readSource(filepath.ToSlash(relative), content)
		if err == nil && !strings.HasPrefix(read.path, "internal/bite/") {
			sources = append(sources, read)
		}
		return err
	})
	return sources, err
}

func readSource(path string, content []byte) (source, error) {
	s := source{path: path, content: content, set: token.NewFileSet()}
	var err error
	s.syntax, err = parser.ParseFile(s.set, path, content, parser.SkipObjectResolution)
	return s, err
}

// site is one place from which something can be taken away: the function that is called there.
type site struct {
	source source
	callee ast.Expr
	name   string
}

// recorder is a function of a package that does nothing but leave an entry: what calls it leaves one.
type recorder struct{ folder, name string }

// entrySites finds every place at which an entry is left in the journal. A function that is nothing but such a place, and
// those of the journal and the timeline that are there for it, are looked at where they are called: so the entry of each
// use case goes by itself, also where several share a helper.
func entrySites(sources []source) (sites []site) {
	recorders := map[recorder]bool{}
	for found := true; found; {
		found = false
		for _, s := range sources {
			for _, function := range functionsOf(s) {
				key := recorder{s.folder(), function.Name.Name}
				ours := s.folder() == "internal/journal" || s.folder() == "internal/timeline"
				if function.Recv != nil || recorders[key] || !answersOnly(function, "error", "tenantdb.Question") || !ours && len(function.Body.List) > 1 {
					continue
				}
				if len(callsOf(s, function, recorders)) > 0 {
					recorders[key], found = true, true
				}
			}
		}
	}
	for _, s := range sources {
		for _, function := range functionsOf(s) {
			calls := callsOf(s, function, recorders)
			for i, callee := range calls {
				// Where a function is nothing but a call of another, whoever calls it is looked at instead.
				if recorders[recorder{s.folder(), function.Name.Name}] && function.Recv == nil && len(function.Body.List) == 1 || leaves(callee) {
					continue
				}
				name := fmt.Sprintf("%s.%s %s", strings.TrimPrefix(s.folder(), "internal/"), function.Name.Name, text(s, callee))
				if same := slices.ContainsFunc(calls[:i], func(other ast.Expr) bool { return text(s, other) == text(s, callee) }); same {
					name = fmt.Sprintf("%s (line %d)", name, s.set.Position(callee.Pos()).Line)
				}
				sites = append(sites, site{s, callee, name})
			}
		}
	}
	return sites
}

func functionsOf(s source) (functions []*ast.FuncDecl) {
	for _, declaration := range s.syntax.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
			functions = append(functions, function)
		}
	}
	return functions
}

func answersOnly(function *ast.FuncDecl, kinds ...string) bool {
	results := function.Type.Results
	if results == nil || len(results.List) != 1 || len(results.List[0].Names) > 1 {
		return false
	}
	switch kind := results.List[0].Type.(type) {
	case *ast.Ident:
		return slices.Contains(kinds, kind.Name)
	case *ast.SelectorExpr:
		x, ok := kind.X.(*ast.Ident)
		return ok && slices.Contains(kinds, x.Name+"."+kind.Sel.Name)
	default:
		return false
	}
}

// leaves says whether something is what a row is left with in the end, in whichever package.
func leaves(callee ast.Expr) bool {
	selector, ok := callee.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Leave"
}

// callsOf are the functions called in a body that leave an entry.
func callsOf(s source, function *ast.FuncDecl, recorders map[recorder]bool) (found []ast.Expr) {
	ast.Inspect(function.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch callee := call.Fun.(type) {
		case *ast.Ident:
			if recorders[recorder{s.folder(), callee.Name}] && callee.Name != function.Name.Name {
				found = append(found, callee)
			}
		case *ast.SelectorExpr:
			x, ok := callee.X.(*ast.Ident)
			if leaves(callee) || ok && recorders[recorder{imported(s, x.Name), callee.Sel.Name}] {
				found = append(found, callee)
			}
		}
		return true
	})
	return found
}

// imported is the folder of the package that a file knows by a name.
func imported(s source, name string) string {
	for _, spec := range s.syntax.Imports {
		whole, _ := strconv.Unquote(spec.Path.Value) // the parser has read it
		folder, ours := strings.CutPrefix(whole, module)
		if known := spec.Name; ours && (known == nil && path.Base(folder) == name || known != nil && known.Name == name) {
			return folder
		}
	}
	return ""
}

func text(s source, node ast.Node) string {
	return string(s.content[s.set.Position(node.Pos()).Offset:s.set.Position(node.End()).Offset])
}

// edit is a text that stands between the letters of a file.
type edit struct {
	at   int
	text string
}

// alias is what a file calls the package taken: a name that nothing else has.
const alias = "takenByBite"

// edited is a file with taken imported and its edits made. It keeps its lines.
func edited(s source, edits []edit) []byte {
	edits = append(edits, edit{s.set.Position(s.syntax.Name.End()).Offset, "; import " + alias + " \"" + module + "internal/bite/taken\""})
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at - b.at })
	var out bytes.Buffer
	last := 0
	for _, e := range edits {
		out.Write(s.content[last:e.at])
		out.WriteString(e.text)
		last = e.at
	}
	out.Write(s.content[last:])
	return out.Bytes()
}

// around puts something before and after a node.
func around(s source, node ast.Node, before, after string) []edit {
	return []edit{{s.set.Position(node.Pos()).Offset, before}, {s.set.Position(node.End()).Offset, after}}
}

// entryMutations take away one entry each. The tests of the package should notice, or those of its pages, or those of
// the whole.
func entryMutations(sites []site, packages []string) (found []Mutation) {
	for _, s := range sites {
		folder := s.source.folder()
		steps := []Step{{"internal/app", "^TestEveryUseCaseLeavesItsEntry$"}, {"internal/app", "^TestEveryLookIsInTheJournal$"}}
		for _, name := range packages {
			if name == folder || path.Dir(name) == folder {
				steps = append(steps, Step{name, ""})
			}
		}
		found = append(found, Mutation{Kind: "entry", Name: s.name, Steps: append(steps, Step{"internal/app", ""})})
	}
	return found
}
