package arch

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

const fiber = "github.com/gofiber/fiber/v2"

// never are the methods of fiber that no one calls, and why.
var never = map[string]string{
	"Format": "writes what the person sent unescaped", "SendFile": "reads the disk", "Download": "reads the disk",
	"Static": "serves a folder", "Render": "leads past templ",
}

// offstage are the methods that only internal/web may call on a request, and why.
var offstage = map[string]string{
	"Context":    "services take c.UserContext(), which carries who asks",
	"Body":       "forms are read by web.Values, which copies and bounds them",
	"BodyRaw":    "forms are read by web.Values, which copies and bounds them",
	"BodyParser": "forms name their fields one by one",
	"Request":    "internal/web alone touches the raw request",
	"Response":   "internal/web alone touches the raw response",
	"Redirect":   "web.See answers a success, and checks where to",
	"Locals":     "what a request carries is in c.UserContext()",
	"IP":         "who asks is the session, not an address",
	"SendString": "pages are shown by web.Show",
	"Path":       "what may be done is decided by the route, not by the path that was typed",
}

// beforeRoutes is where the middleware of sessions stands, which runs before a route is known: that of the application, and that of
// the console. What each asks for there is named.
var beforeRoutes = map[string][]string{"internal/signin/signinweb": {"Locals", "Path"}, "internal/operators/operatorsweb": {"Path"}}

// unsafeHandlers finds uses of fiber that keep, leak or go past something.
func unsafeHandlers(files []file) (found []string) {
	for _, f := range written(files) {
		if f.importName(fiber) == "" {
			continue
		}
		pages, _ := path.Match("internal/*/*web", f.dir())
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncDecl:
				if n.Body != nil && pages {
					found = append(found, backstage(f, n.Type, n.Body)...)
				}
			case *ast.FuncLit:
				if pages {
					found = append(found, backstage(f, n.Type, n.Body)...)
				}
			case *ast.CallExpr:
				if method, ok := n.Fun.(*ast.SelectorExpr); ok {
					if x, ok := method.X.(*ast.Ident); ok && f.imported(x.Name) {
						return true
					}
					if why, ok := never[method.Sel.Name]; ok && !(method.Sel.Name == "Format" && len(n.Args) == 1 && layout(n.Args[0])) &&
						!(method.Sel.Name == "Render" && len(n.Args) == 2) { // time's Format, and templ's Render
						found = append(found, f.at(n)+": "+method.Sel.Name+" "+why)
					}
				}
			case *ast.CompositeLit:
				if f.uses(n.Type, fiber, "Config") && !immutable(n) {
					found = append(found, f.at(n)+": without Immutable, what a handler keeps becomes another request's")
				}
			case *ast.GoStmt:
				if pages {
					found = append(found, f.at(n)+": a handler leaves nothing running")
				}
			}
			return true
		})
	}
	return found
}

// backstage finds calls, on the request that a handler was given, that are not the handler's.
func backstage(f file, signature *ast.FuncType, body *ast.BlockStmt) (found []string) {
	var names []string
	for _, field := range signature.Params.List {
		if pointer, ok := field.Type.(*ast.StarExpr); ok && f.uses(pointer.X, fiber, "Ctx") {
			for _, name := range field.Names {
				names = append(names, name.Name)
			}
		}
	}
	ast.Inspect(body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := method.X.(*ast.Ident); ok && slices.Contains(names, x.Name) {
			if why, ok := offstage[method.Sel.Name]; ok && !slices.Contains(beforeRoutes[f.dir()], method.Sel.Name) {
				found = append(found, f.at(call)+": "+x.Name+"."+method.Sel.Name+": "+why)
			}
		}
		return true
	})
	return found
}

// layout says whether the argument is one that time's Format takes: a text, or a constant such as time.DateOnly.
func layout(argument ast.Expr) bool {
	switch argument.(type) {
	case *ast.BasicLit, *ast.SelectorExpr:
		return true
	default:
		return false
	}
}

func immutable(config *ast.CompositeLit) bool {
	return slices.ContainsFunc(config.Elts, func(element ast.Expr) bool {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		key, isKey := pair.Key.(*ast.Ident)
		value, isValue := pair.Value.(*ast.Ident)
		return isKey && isValue && key.Name == "Immutable" && value.Name == "true"
	})
}

func TestHandlersKeepToTheirPart(t *testing.T) {
	in := func(dir, body string) string {
		return "-- " + dir + "/a.go --\npackage a\nimport \"github.com/gofiber/fiber/v2\"\nfunc (h *handlers) show(c *fiber.Ctx) error {\n" + body + "\n}"
	}
	const pages, web = "internal/dossiers/dossiersweb", "internal/web"
	guard(t, unsafeHandlers, map[string]seed{
		"as it should be":       {in(pages, "return h.dossiers.Find(c.UserContext(), c.Params(\"id\"))"), ""},
		"the wrong context":     {in(pages, "return h.dossiers.Find(c.Context())"), "a.go:4: c.Context: services take"},
		"in a nested handler":   {in(pages, "return wrap(func(d *fiber.Ctx) error { return d.SendString(\"\") })"), "d.SendString"},
		"the raw body":          {in(pages, "keep(c.Body())\nreturn nil"), "c.Body: forms are read by"},
		"web may":               {in(web, "return check(c.Context().Host())"), ""},
		"Format":                {in(web, "return c.Format(c.Query(\"x\"))"), "Format writes what the person sent"},
		"the Format of a time":  {in(web, "print(at.Format(\"15:04\"))\nreturn nil"), ""},
		"a file":                {in(web, "return c.SendFile(\"/etc/passwd\")"), "SendFile reads the disk"},
		"left running":          {in(pages, "go keep(c.Params(\"id\"))\nreturn nil"), "a handler leaves nothing running"},
		"a mutable server":      {in(web, "fiber.New(fiber.Config{AppName: \"x\"})\nreturn nil"), "without Immutable"},
		"an immutable server":   {in(web, "fiber.New(fiber.Config{Immutable: true})\nreturn nil"), ""},
		"another's method name": {in(pages, "return h.tour.Path()"), ""},
	})
}

// sees finds views that know more than they show: a use case, a database, the one who asks of the environment.
func sees(files []file) (found []string) {
	for _, f := range written(files) {
		if !strings.HasPrefix(f.path, "views/") {
			continue
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Service", "DB", "Tx"}, selector.Sel.Name) {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && f.imported(x.Name) {
				found = append(found, f.at(selector)+": a view shows what it is given, and knows no "+selector.Sel.Name)
			}
			return true
		})
	}
	return found
}

func TestViewsOnlyShow(t *testing.T) {
	guard(t, sees, map[string]seed{
		"a type":    {"-- views/dossiersview/a.go --\npackage dossiersview\nimport \"passerelle/internal/dossiers\"\ntype Page struct{ Dossier dossiers.Dossier }", ""},
		"a field":   {"-- views/dossiersview/a.go --\npackage dossiersview\nfunc of(r Referral) string { return r.Service }", ""},
		"a service": {"-- views/dossiersview/a.go --\npackage dossiersview\nimport \"passerelle/internal/dossiers\"\ntype Page struct{ Dossiers *dossiers.Service }", "knows no Service"},
	})
}
