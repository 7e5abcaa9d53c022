package arch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// speakers are the libraries through which text becomes SQL. bun puts every argument into the text, and quotes it; what is
// glued into the text itself runs.
var speakers = []string{"github.com/uptrace/bun", "github.com/jackc/pgx/v5", "database/sql"}

// doors are what runs text, or leads past the transaction that belongs to a scope.
var doors = map[string]string{
	"NewRaw": "runs text", "Raw": "runs text", "NewSelect": "leads past tenantdb", "NewInsert": "leads past tenantdb", "NewUpdate": "leads past tenantdb",
	"NewDelete": "leads past tenantdb", "NewMerge": "leads past tenantdb", "NewValues": "leads past tenantdb", "AddQueryHook": "shows statements to a log",
	"WithQueryHook": "shows statements to a log", "DB": "leads past the transaction", "Conn": "leads past the transaction",
	"Comment": "writes text into the statement", "WithComment": "writes text into the statement",
	"Safe": "passes text as SQL", "SafeQuery": "passes text as SQL", "UnsafeIdent": "passes text as SQL",
}

// words are what no SQL of a capability holds: whatever binds a scope, a mark within quotes, into which bun would put an argument
// that ends them, and escapes, by which names of settings and functions can be written.
var words = append([]string{"'?'", `u&"`, `u&'`}, bindings...)

var bindings = []string{"set_config", "app.scope", "app.tenant_id", "app.office_id", "app.person_id", "app.erases", "app.identity_id", "app.barred"}

// appenders are methods by which a type writes itself into a statement, past everything that quotes.
var appenders = []string{"AppendQuery", "AppendColumns", "AppendNamedArg", "AppendValue", "RewriteQuery"}

// trusted are structs of our own whose texts become SQL elsewhere.
var trusted = []string{module + "internal/keys.Rows", module + "internal/tenantdb.Scope"}

// composed are the places at which text reaches Postgres that is not written out in the call, each with the only thing that
// stands there and why it holds nothing that a person typed.
var composed = map[string]string{
	"internal/tenantdb bindIn: bind.text":                                      "one of two constants",
	"internal/tenantdb pack: statement.text":                                   "what Prepare wrote when the program started",
	"internal/tenantdb setOut: item.text":                                      "what bun wrote, its arguments quoted",
	"internal/tenantdb refuseHoles: coverage":                                  "embedded files",
	"internal/tenantdb listenOnce: \"listen \" + pgx.Identifier{…}.Sanitize()": "an identifier, quoted",
	"internal/tenantdb Argument: bun.Safe(\"$\" + strconv.Itoa(n))":            "a number",
	"internal/keys: bun.Ident(r.Table)":                                        "what a store declares in keys.Rows, in constants, and quoted",
	"internal/keys: bun.Ident(r.Holder)":                                       "the same",
	"internal/keys: bun.Ident(column)":                                         "the same", "internal/usage: bun.Ident(sealed.Table)": "the same", "internal/usage: bun.Ident(column)": "the same",
	"internal/migrate dumpOf: \"set local search_path = \" + schema":                                         "one of two constants",
	"internal/migrate up: of.rights":                                                                         "embedded files",
	"internal/migrate makeRoles: statement":                                                                  "embedded, and what Postgres' own format has quoted",
	"internal/migrate apply: of.history":                                                                     "a constant of the two parts",
	"internal/migrate apply: of.locks":                                                                       "the same",
	"internal/migrate apply: \"set local search_path = \" + of.schema":                                       "the same",
	"internal/migrate apply: \"insert into migrations.\" + of.history + \" (name, group_id) values (?, ?)\"": "the same",
}

// preparing are the functions that prepare statements when the program starts, other than the declarations themselves: what is
// prepared later could hold something of somebody's, and stays in the memory of the server.
var preparing = []string{"internal/journal seenIn"}

// glued finds SQL that is not written out.
func glued(files []file) (found []string) {
	packages, found := typesOf(files)
	for _, p := range packages {
		if slices.Contains(unserved, p.dir) || p.dir == "internal/browsertest" {
			continue // serves nobody: no form of a person reaches it
		}
		reader := sqlReader{p: p, fixed: fixedOf(p)}
		for _, f := range written(p.files) {
			reader.f = f
			reader.read()
		}
		found = append(found, reader.found...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

type sqlReader struct {
	p     typed
	f     file
	fixed map[types.Object]bool
	// function is the one that is being read, and grouped the calls within a WhereGroup, where an OR stays within its parentheses.
	function string
	grouped  map[ast.Node]bool
	called   map[ast.Expr]bool
	found    []string
}

func (r *sqlReader) home() bool { return r.p.dir == "internal/tenantdb" }

func (r *sqlReader) say(at ast.Node, what string) { r.found = append(r.found, r.f.at(at)+": "+what) }

func (r *sqlReader) read() {
	r.grouped, r.called = map[ast.Node]bool{}, map[ast.Expr]bool{}
	for _, declaration := range r.f.syntax.Decls {
		r.function = ""
		if function, ok := declaration.(*ast.FuncDecl); ok {
			r.function = function.Name.Name
			if function.Recv != nil && slices.Contains(appenders, function.Name.Name) && !r.home() {
				r.say(function, "a type that writes itself into a statement")
			}
		}
		ast.Inspect(declaration, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.CallExpr:
				r.call(n)
			case *ast.SelectorExpr:
				r.value(n, n.Sel)
				if r.p.info.Uses[n.Sel] != nil && r.packageOf(r.p.info.Uses[n.Sel]) == "reflect" && (n.Sel.Name == "Method" || n.Sel.Name == "MethodByName") {
					r.say(n, "a method that is looked up by its name is not seen")
				}
			case *ast.CompositeLit:
				r.literal(n)
			case *ast.AssignStmt:
				r.assignment(n)
			case *ast.InterfaceType:
				r.contract(n)
			}
			if expression, ok := node.(ast.Expr); ok {
				r.wording(expression)
			}
			return true
		})
	}
}

func (r *sqlReader) packageOf(object types.Object) string {
	if object == nil || object.Pkg() == nil {
		return ""
	}
	return object.Pkg().Path()
}

// speaks says whether an object is a library's that makes text into SQL.
func (r *sqlReader) speaks(object types.Object) bool {
	of := r.packageOf(object)
	return slices.ContainsFunc(speakers, func(library string) bool { return of == library || strings.HasPrefix(of, library+"/") })
}

func (r *sqlReader) bun(object types.Object) bool {
	of := r.packageOf(object)
	return of == speakers[0] || strings.HasPrefix(of, speakers[0]+"/")
}

// takes are the places of a function's parameters that become SQL. bun's are all of its texts, the names of tables and columns
// included; those of the others are called sql or query.
func (r *sqlReader) takes(function *types.Func) (places []int) {
	parameters := function.Type().(*types.Signature).Params()
	for i := range parameters.Len() {
		of := parameters.At(i).Type()
		if list, ok := of.Underlying().(*types.Slice); ok {
			of = list.Elem()
		}
		basic, ok := of.Underlying().(*types.Basic)
		if ok && basic.Info()&types.IsString != 0 && (r.bun(function) || slices.Contains([]string{"sql", "query"}, parameters.At(i).Name())) {
			places = append(places, i)
		}
	}
	return places
}

// function is a library's function or method that a selector names, or nil.
func (r *sqlReader) named(name *ast.Ident) *types.Func {
	function, ok := r.p.info.Uses[name].(*types.Func)
	if !ok || !r.speaks(function) {
		return nil
	}
	return function.Origin()
}

func (r *sqlReader) call(call *ast.CallExpr) {
	callee := ast.Unparen(call.Fun)
	if index, ok := callee.(*ast.IndexExpr); ok {
		callee = index.X
	}
	r.called[callee] = true
	if of := r.p.info.Types[callee]; of.IsType() {
		r.conversion(call, of.Type)
		return
	}
	selector, ok := callee.(*ast.SelectorExpr)
	if !ok {
		return
	}
	if object := r.p.info.Uses[selector.Sel]; r.packageOf(object) == module+"internal/tenantdb" && object.Name() == "Prepare" &&
		r.function != "" && !slices.Contains(preparing, r.p.dir+" "+r.function) {
		r.say(call, "a statement is prepared while the program runs")
	}
	if object := r.p.info.Uses[selector.Sel]; r.packageOf(object) == module+"internal/tenantdb" && object.Name() == "Join" && r.p.dir != "internal/jobs" {
		r.say(call, "Join leads past what tenantdb writes: it is the queue's")
	}
	function := r.named(selector.Sel)
	if function == nil {
		return
	}
	name := function.Name()
	if why, ok := doors[name]; ok && !r.home() {
		r.say(call, name+" "+why)
	}
	if name == "WhereGroup" {
		ast.Inspect(call, func(inner ast.Node) bool { r.grouped[inner] = true; return true })
	}
	if name == "WhereOr" && !r.grouped[call] {
		r.say(call, "WhereOr outside of WhereGroup opens what every other condition closes")
	}
	if name == "Model" && r.bun(function) && len(call.Args) == 1 && !r.structured(call.Args[0]) {
		r.say(call, "the columns of Model are not those of a struct")
	}
	places := r.takes(function)
	variadic := function.Type().(*types.Signature).Variadic()
	last := function.Type().(*types.Signature).Params().Len() - 1
	for i, argument := range call.Args {
		if slices.Contains(places, i) || variadic && i > last && slices.Contains(places, last) {
			r.text(call, name, argument)
		}
	}
}

// text has to be written out, or one of those that are composed.
func (r *sqlReader) text(call *ast.CallExpr, name string, argument ast.Expr) {
	if r.constant(argument) {
		return
	}
	if r.composed(argument) {
		return
	}
	r.say(call, "the SQL of "+name+" is not a constant")
}

func (r *sqlReader) composed(expression ast.Expr) bool {
	text := types.ExprString(expression)
	return composed[r.p.dir+" "+r.function+": "+text] != "" || composed[r.p.dir+": "+text] != ""
}

func (r *sqlReader) conversion(call *ast.CallExpr, to types.Type) {
	named, ok := types.Unalias(to).(*types.Named)
	if !ok || !r.bun(named.Obj()) || len(call.Args) != 1 {
		return
	}
	name := named.Obj().Name()
	if r.composed(call) {
		return
	}
	if why, ok := doors[name]; ok {
		r.say(call, name+" "+why)
	} else if r.textual(call) && !r.constant(call.Args[0]) {
		r.say(call, "the text of "+name+" is not a constant")
	}
}

// value finds methods that are handed on: what they are called with is not seen.
func (r *sqlReader) value(selector *ast.SelectorExpr, name *ast.Ident) {
	if r.called[selector] {
		return
	}
	if function := r.named(name); function != nil && (len(r.takes(function)) > 0 || doors[function.Name()] != "") {
		r.say(selector, function.Name()+" is taken as a value, so that its SQL is not seen")
	}
}

// structured says whether a model is a struct, or a list of structs: the keys of a map would become names of columns.
func (r *sqlReader) structured(argument ast.Expr) bool {
	of := r.p.info.TypeOf(argument)
	for {
		switch t := types.Unalias(of).Underlying().(type) {
		case *types.Pointer:
			of = t.Elem()
		case *types.Slice:
			of = t.Elem()
		case *types.Struct:
			return true
		default:
			return false
		}
	}
}

// literal finds texts in structs of the libraries (a transaction's own first statement, a query with its arguments), and
// anything in keys.Rows or tenantdb.Scope: what tables and columns are called by whoever seals anew, and what a scope is bound with.
func (r *sqlReader) literal(literal *ast.CompositeLit) {
	named, ok := types.Unalias(r.p.info.TypeOf(literal)).(*types.Named)
	if !ok {
		return
	}
	if !r.speaks(named.Obj()) && !slices.Contains(trusted, named.String()) {
		return
	}
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		if _, list := r.p.info.TypeOf(element).Underlying().(*types.Slice); (r.textual(element) || list) && !r.constant(element) {
			r.say(literal, "a text in "+named.Obj().Name()+" is not a constant")
		}
	}
}

// assignment finds the same, set later.
func (r *sqlReader) assignment(assigned *ast.AssignStmt) {
	for i, left := range assigned.Lhs {
		selector, ok := left.(*ast.SelectorExpr)
		if !ok || !r.textual(selector) {
			continue
		}
		of := strings.TrimPrefix(r.p.info.TypeOf(selector.X).String(), "*")
		if !r.speaks(r.p.info.Uses[selector.Sel]) && !slices.Contains(trusted, of) {
			continue
		}
		if i >= len(assigned.Rhs) || !r.constant(assigned.Rhs[i]) {
			r.say(assigned, "a text in "+selector.Sel.Name+" is not a constant")
		}
	}
}

func (r *sqlReader) textual(expression ast.Expr) bool {
	of := r.p.info.TypeOf(expression)
	if of == nil {
		return false
	}
	basic, ok := of.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

// contract finds interfaces of our own which a library's query would fulfil: a call through one has no library's name.
func (r *sqlReader) contract(contract *ast.InterfaceType) {
	if r.home() {
		return
	}
	of, ok := r.p.info.TypeOf(contract).(*types.Interface)
	if !ok {
		return
	}
	for i := range of.NumExplicitMethods() {
		method := of.ExplicitMethod(i)
		signature := method.Type().(*types.Signature)
		for _, list := range []*types.Tuple{signature.Params(), signature.Results()} {
			for j := range list.Len() {
				t := types.Unalias(list.At(j).Type())
				if pointer, ok := t.(*types.Pointer); ok {
					t = pointer.Elem()
				}
				if named, ok := types.Unalias(t).(*types.Named); ok && r.speaks(named.Obj()) {
					r.say(contract, method.Name()+" of an interface hides the SQL of whoever fulfils it")
				}
			}
		}
	}
}

// wording looks at what a text comes to, put together as it may be.
func (r *sqlReader) wording(expression ast.Expr) {
	value := r.p.info.Types[expression].Value
	if value == nil || value.Kind() != constant.String {
		return
	}
	text := strings.ToLower(constant.StringVal(value))
	for _, word := range words {
		if strings.Contains(text, word) && !(r.home() && slices.Contains(bindings, word)) {
			r.say(expression, "no SQL holds "+word+" outside of tenantdb")
		}
	}
}

// constant says whether an expression is always a text that is written out.
func (r *sqlReader) constant(expression ast.Expr) bool {
	return constantIn(r.p.info, r.fixed, expression)
}

func constantIn(info *types.Info, fixed map[types.Object]bool, expression ast.Expr) bool {
	if info.Types[expression].Value != nil {
		return true
	}
	switch e := ast.Unparen(expression).(type) {
	case *ast.Ident:
		return fixed[info.ObjectOf(e)]
	case *ast.BinaryExpr:
		return e.Op == token.ADD && constantIn(info, fixed, e.X) && constantIn(info, fixed, e.Y)
	case *ast.IndexExpr:
		return constantIn(info, fixed, e.X)
	case *ast.CompositeLit:
		return !slices.ContainsFunc(e.Elts, func(element ast.Expr) bool {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				element = pair.Value
			}
			return !constantIn(info, fixed, element)
		})
	default:
		return false
	}
}

// fixedOf finds the variables that always hold texts which are written out: lists and tables of constants, and what a loop
// over one of them is at; none that is anything else anywhere, or whose address somebody has.
func fixedOf(p typed) map[types.Object]bool {
	fixed, loops, changed := map[types.Object]bool{}, map[types.Object]types.Object{}, map[types.Object]bool{}
	change := func(expression ast.Expr) {
		expression = ast.Unparen(expression)
		if index, ok := expression.(*ast.IndexExpr); ok {
			expression = index.X
		}
		if slice, ok := expression.(*ast.SliceExpr); ok {
			expression = slice.X
		}
		if name, ok := expression.(*ast.Ident); ok {
			if object := p.info.Uses[name]; object != nil {
				changed[object] = true
			}
		}
	}
	// Twice: a loop may stand in a file before its list.
	for range 2 {
		for _, f := range p.files {
			ast.Inspect(f.syntax, func(node ast.Node) bool {
				switch n := node.(type) {
				case *ast.GenDecl:
					// A file that is embedded is as constant as what is written here.
					if n.Tok == token.VAR && n.Doc != nil && slices.ContainsFunc(n.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
						fixed[p.info.Defs[n.Specs[0].(*ast.ValueSpec).Names[0]]] = true
					}
				case *ast.ValueSpec:
					for i, name := range n.Names {
						if i < len(n.Values) && constantIn(p.info, fixed, n.Values[i]) {
							fixed[p.info.Defs[name]] = true
						}
					}
				case *ast.AssignStmt:
					for i, left := range n.Lhs {
						name, ok := left.(*ast.Ident)
						if object := p.info.Defs[name]; ok && object != nil && len(n.Lhs) == len(n.Rhs) && constantIn(p.info, fixed, n.Rhs[i]) {
							fixed[object] = true
							if _, list := p.info.TypeOf(n.Rhs[i]).Underlying().(*types.Basic); !list {
								change(n.Rhs[i]) // two names for one list
							}
							continue
						}
						change(left)
					}
				case *ast.UnaryExpr:
					if n.Op == token.AND {
						change(n.X)
					}
				case *ast.RangeStmt:
					if key, ok := n.Key.(*ast.Ident); ok && n.Tok == token.DEFINE {
						if table, ok := n.X.(*ast.CompositeLit); ok && !slices.ContainsFunc(table.Elts, func(element ast.Expr) bool {
							pair, ok := element.(*ast.KeyValueExpr)
							return !ok || !constantIn(p.info, fixed, pair.Key)
						}) {
							fixed[p.info.Defs[key]] = true
						}
					}
					if value, ok := n.Value.(*ast.Ident); ok && n.Tok == token.DEFINE && constantIn(p.info, fixed, n.X) {
						fixed[p.info.Defs[value]] = true
						if list, ok := ast.Unparen(n.X).(*ast.Ident); ok {
							loops[p.info.Defs[value]] = p.info.Uses[list]
						}
					} else if n.Value != nil {
						change(n.Value)
					}
				case *ast.CallExpr:
					// What is handed to a function that is not the libraries' may be changed there: sort, copy, clear.
					for _, argument := range n.Args {
						if _, ok := p.info.TypeOf(argument).(*types.Slice); ok && !n.Ellipsis.IsValid() {
							change(argument)
						}
						if _, ok := p.info.TypeOf(argument).(*types.Map); ok {
							change(argument)
						}
					}
				}
				return true
			})
		}
	}
	for object := range changed {
		delete(fixed, object)
	}
	for value, list := range loops {
		if !fixed[list] {
			delete(fixed, value)
		}
	}
	return fixed
}

// TestSQLIsWrittenOut holds that no statement which reaches Postgres is made of anything but constants (T17, C-DB-11): an
// argument stays an argument, and nothing but tenantdb binds a scope. Each seed is a way past that somebody could try.
func TestSQLIsWrittenOut(t *testing.T) {
	const head = `-- internal/dossiers/store.go --
package dossiers
import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/uptrace/bun"
	named "github.com/uptrace/bun/schema"

	"passerelle/internal/tenantdb"
)
const recent = "updated_at desc"
var columns = []string{"name", recent}
var tabs = map[string]string{"new": "state = 'sent'"}
var mixed = []string{fmt.Sprint(1)}
var _, _, _ = strings.Join, reflect.ValueOf, named.NewNopQueryGen
type Q = *bun.SelectQuery
type row struct{ bun.BaseModel }
`
	in := func(body string) string {
		return head + "func find(ctx context.Context, tx tenantdb.Tx, name string) {\n" + body + "\n}"
	}
	beside := func(declarations, body string) string { return in(body) + "\n" + declarations }
	door := func(body string) string {
		return "-- internal/tenantdb/tenantdb.go --\npackage tenantdb\nimport (\n\"context\"\n\"fmt\"\n\"github.com/jackc/pgx/v5\"\n\"github.com/jackc/pgx/v5/pgxpool\"\n\"github.com/uptrace/bun\"\n)\n" +
			"var _, _, _ = fmt.Sprint, pgx.Connect, bun.NewDB\ntype Scope struct{ kind string }\nfunc ask(ctx context.Context, pool *pgxpool.Pool, btx bun.Tx, name string) {\n" + body + "\n}"
	}
	guard(t, glued, map[string]seed{
		"written":             {in(`tx.Select().Where("name = ?", name).OrderExpr(recent + ", id")`), ""},
		"Sprintf":             {in(`tx.Select().Where(fmt.Sprintf("name = %s", name))`), "store.go:21: the SQL of Where is not a constant"},
		"a sum":               {in(`tx.Select().OrderExpr("name " + name)`), "the SQL of OrderExpr is not a constant"},
		"a variable":          {in(`tx.Select().ColumnExpr(name)`), "the SQL of ColumnExpr is not a constant"},
		"a shadowed constant": {in("recent := name\ntx.Select().OrderExpr(recent)"), "the SQL of OrderExpr is not a constant"},
		"shadowed elsewhere":  {in("{ recent := name; _ = recent }\ntx.Select().OrderExpr(recent)"), ""},
		"a list":              {in("for _, column := range columns { tx.Select().ColumnExpr(column) }"), ""},
		"a whole list":        {in("tx.Select().Column(columns...)"), ""},
		"a table":             {in("tx.Select().Where(tabs[name])"), ""},
		"the keys of a table": {in(`for table := range map[string]int{"members": 1} { tx.Select().TableExpr("?", bun.Ident(table)) }`), ""},
		"a list that is made": {in("for _, column := range mixed { tx.Select().ColumnExpr(column) }"), "the SQL of ColumnExpr is not a constant"},
		"a list that changes": {in("columns[0] = name\nfor _, column := range columns { tx.Select().ColumnExpr(column) }"), "the SQL of ColumnExpr is not a constant"},
		"by another name":     {in("same := columns\nsame[0] = name\ntx.Select().Column(columns...)"), "the SQL of Column is not a constant"},
		"by its address":      {in("*(&columns[0]) = name\ntx.Select().Column(columns...)"), "the SQL of Column is not a constant"},
		"by another function": {in("put(columns, name)\ntx.Select().Column(columns...)") + "\nfunc put(list []string, name string) { list[0] = name }", "the SQL of Column is not a constant"},
		"a constant, changed": {in("text := \"a\"\ntext += name\ntx.Select().Where(text)"), "the SQL of Where is not a constant"},

		"Order":                 {in("tx.Select().Order(name)"), "the SQL of Order is not a constant"},
		"Column":                {in("tx.Select().Column(name)"), "the SQL of Column is not a constant"},
		"Table":                 {in("tx.Select().Table(name)"), "the SQL of Table is not a constant"},
		"Value":                 {in(`tx.Insert().Value("name", name)`), "the SQL of Value is not a constant"},
		"On":                    {in("tx.Insert().On(name)"), "the SQL of On is not a constant"},
		"With":                  {in("tx.Select().With(name, tx.Select())"), "the SQL of With is not a constant"},
		"a later argument":      {in(`tx.Select().OrderBy("name", bun.Order(name))`), "is not a constant"},
		"a model that is a map": {in("tx.Insert().Model(&map[string]any{name: 1})"), "the columns of Model are not those of a struct"},
		"a model":               {in("tx.Insert().Model(&[]row{})"), ""},
		"raw":                   {in(`tx.Select().NewRaw("select 1")`), "NewRaw runs text"},
		"Safe":                  {in(`tx.Select().Where("?", bun.Safe(name))`), "Safe passes text as SQL"},
		"SafeQuery":             {in(`tx.Select().Where("?", bun.SafeQuery(name))`), "SafeQuery passes text as SQL"},
		"Ident":                 {in(`tx.Select().ColumnExpr("?", bun.Ident(name))`), "the text of Ident is not a constant"},
		"Name":                  {in(`tx.Select().ColumnExpr("?", bun.Name(name))`), "the text of Name is not a constant"},
		"Ident, by an alias":    {beside("type quoted = named.Ident", `tx.Select().ColumnExpr("?", quoted(name))`), "the text of Ident is not a constant"},
		"another import":        {in(`tx.Select().Where("?", named.SafeQuery(name))`), "SafeQuery passes text as SQL"},
		"a method value":        {in("where := tx.Select().Where\nwhere(name)"), "Where is taken as a value"},
		"a method expression":   {in("(*bun.SelectQuery).Where(tx.Select(), name)"), "the SQL of Where is not a constant"},
		"one that is handed on": {in("where := (*bun.SelectQuery).Where\nwhere(tx.Select(), name)"), "Where is taken as a value"},
		"in parentheses":        {in("(tx.Select().Where)(name)"), "the SQL of Where is not a constant"},
		"a helper":              {beside("func by(q Q, order string) Q { return q.OrderExpr(order) }", "by(tx.Select(), name)"), "the SQL of OrderExpr is not a constant"},
		"a generic helper":      {beside("func by[T ~string](q Q, order T) Q { return q.OrderExpr(string(order)) }", "by(tx.Select(), name)"), "the SQL of OrderExpr is not a constant"},
		"a closure":             {in("by := func(order string) { tx.Select().OrderExpr(order) }\nby(name)"), "the SQL of OrderExpr is not a constant"},
		"an interface":          {beside("type asks interface{ Where(string, ...any) Q }", "asks(tx.Select()).Where(name)"), "Where of an interface hides the SQL"},
		"a type set":            {beside("func by[T interface{ OrderExpr(string, ...any) Q }](q T, order string) { q.OrderExpr(order) }", "by(tx.Select(), name)"), "OrderExpr of an interface hides the SQL"},
		"a query builder":       {in("tx.Select().QueryBuilder().Where(name)"), "the SQL of Where is not a constant"},
		"embedded":              {beside("type mine struct{ *bun.SelectQuery }", "mine{tx.Select()}.Where(name)"), "the SQL of Where is not a constant"},
		"by reflection":         {in(`reflect.ValueOf(tx.Select()).MethodByName("Where")`), "a method that is looked up by its name is not seen"},
		"writing itself":        {beside("type mine string\nfunc (m mine) AppendQuery(_ named.QueryGen, text []byte) ([]byte, error) { return append(text, m...), nil }", `tx.Select().Where("?", mine(name))`), "a type that writes itself into a statement"},
		"a query of fields":     {in(`tx.Select().Where("?", named.QueryWithArgs{Query: name})`), "a text in QueryWithArgs is not a constant"},
		"a way past":            {in(`tx.Select().DB()`), "DB leads past the transaction"},
		"an open or":            {in(`tx.Select().Where("a").WhereOr("b")`), "WhereOr outside of WhereGroup"},
		"a grouped or":          {in(`tx.Select().WhereGroup(" and ", func(q Q) Q { return q.Where("a").WhereOr("b") })`), ""},
		"a quoted mark":         {in(`tx.Select().Where("name = '?'", name)`), "no SQL holds '?'"},
		"another scope":         {in(`tx.Select().ColumnExpr("set_config('app' || '.tenant', ?, true)", name)`), "no SQL holds set_config"},
		"in pieces":             {in(`const set = "SET_"` + "\n" + `tx.Select().ColumnExpr(set + "config(?, ?, true)", name, name)`), "no SQL holds set_config"},
		"escaped":               {in("tx.Select().ColumnExpr(`U&\"set\\005fconfig\"(?, ?, true)`, name, name)"), "no SQL holds u&"},
		"prepared later":        {in(`tenantdb.Prepare(tx.Select().Where("name = ?", name))`), "a statement is prepared while the program runs"},
		"joined":                {in(`tx.Join(nil)`), "Join leads past what tenantdb writes"},
		"no SQL at all":         {in(`_ = strings.Join([]string{name}, ", ")`), ""},

		"pgx in a capability":           {"-- internal/dossiers/store.go --\npackage dossiers\nimport (\n\"context\"\n\"github.com/jackc/pgx/v5\"\n)\nfunc find(ctx context.Context, conn *pgx.Conn, name string) { conn.Exec(ctx, name) }", "the SQL of Exec is not a constant"},
		"database/sql":                  {"-- internal/dossiers/store.go --\npackage dossiers\nimport (\n\"context\"\n\"database/sql\"\n)\nfunc find(ctx context.Context, db *sql.DB, name string) { db.QueryContext(ctx, name) }", "the SQL of QueryContext is not a constant"},
		"written, at the door":          {door(`pool.Exec(ctx, "select $1", name)`), ""},
		"glued at the door":             {door(`pool.Exec(ctx, fmt.Sprintf("select '%s'", name))`), "the SQL of Exec is not a constant"},
		"queried at the door":           {door("pool.QueryRow(ctx, name)"), "the SQL of QueryRow is not a constant"},
		"run by bun at the door":        {door("btx.ExecContext(ctx, name)"), "the SQL of ExecContext is not a constant"},
		"queued at the door":            {door("batch := &pgx.Batch{}\nbatch.Queue(name)"), "the SQL of Queue is not a constant"},
		"in the batch":                  {door("batch := &pgx.Batch{}\nbatch.Queue(\"select 1\").SQL = name"), "a text in SQL is not a constant"},
		"copied at the door":            {door("conn, _ := pool.Acquire(ctx)\nconn.Conn().PgConn().CopyFrom(ctx, nil, name)"), "the SQL of CopyFrom is not a constant"},
		"a transaction's own beginning": {door("pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: name})"), "a text in TxOptions is not a constant"},
		"prepared at the door":          {door("conn, _ := pool.Acquire(ctx)\nconn.Conn().Prepare(ctx, \"s\", name)"), "the SQL of Prepare is not a constant"},
		"handed on at the door":         {door("exec := pool.Exec\nexec(ctx, name)"), "Exec is taken as a value"},
		"a scope of any kind":           {door("_ = Scope{kind: name}"), "a text in Scope is not a constant"},
		"Safe at the door":              {door("_ = bun.Safe(name)"), "Safe passes text as SQL"},
		"a declared table":              {"-- internal/dossiers/store.go --\npackage dossiers\nimport \"passerelle/internal/keys\"\nfunc rows(name string) keys.Rows { return keys.Rows{Table: name} }", "a text in Rows is not a constant"},
		"declared columns":              {"-- internal/dossiers/store.go --\npackage dossiers\nimport \"passerelle/internal/keys\"\nfunc rows(name string) keys.Rows { return keys.Rows{Columns: []string{name}} }", "a text in Rows is not a constant"},
	})
}
