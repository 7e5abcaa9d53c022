package arch

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// texts are the methods of bun whose first argument is SQL.
var texts = []string{
	"ColumnExpr", "DistinctOn", "For", "GroupExpr", "Having", "Join", "JoinOn", "JoinOnOr", "ModelTableExpr", "On",
	"OrderExpr", "Returning", "Set", "SetExpr", "TableExpr", "UsingExpr", "ValueExpr", "Where", "WhereOr",
}

// doors are the methods of bun that run text, or lead past the transaction that belongs to a scope.
var doors = map[string]string{
	"NewRaw": "runs text", "NewSelect": "leads past tenantdb", "NewInsert": "leads past tenantdb", "NewUpdate": "leads past tenantdb",
	"NewDelete": "leads past tenantdb", "NewMerge": "leads past tenantdb", "AddQueryHook": "shows statements to a log",
	"WithQueryHook": "shows statements to a log", "DB": "leads past the transaction", "Conn": "leads past the transaction",
	"Comment": "writes text into the statement", "Safe": "passes text as SQL", "SafeQuery": "passes text as SQL",
}

// glued finds SQL that is not written out: bun puts every argument into the text, so that what is glued into it runs.
func glued(files []file) (found []string) {
	constants := map[string][]string{} // of a folder
	for _, f := range written(files) {
		constants[f.dir()] = append(constants[f.dir()], constantsOf(f.syntax)...)
	}
	for _, f := range written(files) {
		if f.dir() == "internal/tenantdb" || f.importName("github.com/uptrace/bun") == "" && f.importName(module+"internal/tenantdb") == "" {
			continue
		}
		grouped := map[ast.Node]bool{} // calls within WhereGroup, where an OR stays within its parentheses
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				if text, ok := node.(*ast.BasicLit); ok && text.Kind == token.STRING {
					for _, word := range []string{"'?'", "set_config", "app.scope", "app.tenant_id", "app.office_id", "app.person_id", "app.erases"} {
						if strings.Contains(text.Value, word) {
							found = append(found, f.at(text)+": no SQL holds "+word+" outside of tenantdb")
						}
					}
				}
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if why, ok := doors[method.Sel.Name]; ok {
				found = append(found, f.at(call)+": "+method.Sel.Name+" "+why)
			}
			if method.Sel.Name == "WhereGroup" {
				ast.Inspect(call, func(inner ast.Node) bool { grouped[inner] = true; return true })
			}
			if method.Sel.Name == "WhereOr" && !grouped[call] {
				found = append(found, f.at(call)+": WhereOr outside of WhereGroup opens what every other condition closes")
			}
			if x, ok := method.X.(*ast.Ident); ok && f.imported(x.Name) {
				return true // strings.Join and the like
			}
			if slices.Contains(texts, method.Sel.Name) && len(call.Args) > 0 && !constant(call.Args[0], constants[f.dir()]) {
				found = append(found, f.at(call)+": the SQL of "+method.Sel.Name+" is not a constant")
			}
			return true
		})
	}
	return found
}

// imported says whether name is how the file calls a package.
func (f file) imported(name string) bool {
	return slices.ContainsFunc(f.imports(), func(imported string) bool { return f.importName(imported) == name })
}

// constantsOf lists the names in a file that always hold text which is written out: its constants, its lists and tables
// of constants, and what a loop over such a list is at; but none that is anything else anywhere.
func constantsOf(syntax *ast.File) (names []string) {
	var others []string
	loops := map[string]string{} // from what a loop is at to the list
	ast.Inspect(syntax, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				value, ok := spec.(*ast.ValueSpec)
				for i := 0; ok && i < len(value.Names); i++ {
					if n.Tok == token.CONST || i < len(value.Values) && listed(value.Values[i], names) {
						names = append(names, value.Names[i].Name)
					} else {
						others = append(others, value.Names[i].Name)
					}
				}
			}
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if element, ok := left.(*ast.IndexExpr); ok {
					left = element.X
				}
				if name, ok := left.(*ast.Ident); ok {
					others = append(others, name.Name)
				}
			}
		case *ast.RangeStmt:
			list, isName := n.X.(*ast.Ident)
			if value, ok := n.Value.(*ast.Ident); ok && isName && slices.Contains(names, list.Name) {
				names, loops[value.Name] = append(names, value.Name), list.Name
			} else if ok {
				others = append(others, value.Name)
			}
		case *ast.FuncType:
			for _, field := range n.Params.List {
				for _, name := range field.Names {
					others = append(others, name.Name)
				}
			}
		}
		return true
	})
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.Contains(others, name) || slices.Contains(others, loops[name])
	})
}

// listed says whether the expression is a list or a table of constant texts.
func listed(expression ast.Expr, names []string) bool {
	literal, ok := expression.(*ast.CompositeLit)
	return ok && !slices.ContainsFunc(literal.Elts, func(element ast.Expr) bool {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		return !constant(element, names)
	})
}

func constant(expression ast.Expr, names []string) bool {
	switch e := expression.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.Ident:
		return slices.Contains(names, e.Name)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && constant(e.X, names) && constant(e.Y, names)
	case *ast.ParenExpr:
		return constant(e.X, names)
	case *ast.IndexExpr:
		return constant(e.X, names)
	default:
		return false
	}
}

func TestSQLIsWrittenOut(t *testing.T) {
	const head = "-- internal/dossiers/store.go --\npackage dossiers\nimport (\n\"fmt\"\n\"strings\"\n\"passerelle/internal/tenantdb\"\n)\nconst recent = \"updated_at desc\"\nvar columns = []string{\"name\", recent}\nvar tabs = map[string]string{\"new\": \"state = 'sent'\"}\nvar mixed = []string{fmt.Sprint(1)}\nvar _, _ = fmt.Sprint, strings.Join\n"
	in := func(body string) string {
		return head + "func find(tx tenantdb.Tx, name string) {\n" + body + "\n}"
	}
	guard(t, glued, map[string]seed{
		"written":             {in(`tx.Select().Where("name = ?", name).OrderExpr(recent + ", id")`), ""},
		"Sprintf":             {in(`tx.Select().Where(fmt.Sprintf("name = %s", name))`), "store.go:13: the SQL of Where is not a constant"},
		"a sum":               {in(`tx.Select().OrderExpr("name " + name)`), "the SQL of OrderExpr is not a constant"},
		"a variable":          {in(`tx.Select().ColumnExpr(name)`), "the SQL of ColumnExpr is not a constant"},
		"a shadowed constant": {in("recent := name\ntx.Select().OrderExpr(recent)"), "the SQL of OrderExpr is not a constant"},
		"a list":              {in("for _, column := range columns { tx.Select().ColumnExpr(column) }"), ""},
		"a table":             {in("tx.Select().Where(tabs[name])"), ""},
		"a list that is made": {in("for _, column := range mixed { tx.Select().ColumnExpr(column) }"), "the SQL of ColumnExpr is not a constant"},
		"a list that changes": {in("columns[0] = name\nfor _, column := range columns { tx.Select().ColumnExpr(column) }"), "the SQL of ColumnExpr is not a constant"},
		"raw":                 {in(`tx.NewRaw("select 1")`), "NewRaw runs text"},
		"a way past":          {in(`tx.Select().DB()`), "DB leads past the transaction"},
		"an open or":          {in(`tx.Select().Where("a").WhereOr("b")`), "WhereOr outside of WhereGroup"},
		"a grouped or":        {in(`tx.Select().WhereGroup(" and ", func(q Q) Q { return q.Where("a").WhereOr("b") })`), ""},
		"a quoted mark":       {in(`tx.Select().Where("name = '?'", name)`), "no SQL holds '?'"},
		"another scope":       {in(`tx.Select().ColumnExpr("set_config('app' || '.tenant', ?, true)", name)`), "no SQL holds set_config"},
		"no SQL at all":       {in(`_ = strings.Join([]string{name}, ", ")`), ""},
	})
}
