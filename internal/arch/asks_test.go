package arch

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// unasked are the methods of a service that ask no policy, and why.
var unasked = map[string]string{
	"signin.Connections":         "the door: nobody has a role before it",
	"signin.ConnectionOf":        "the door: nobody has a role before it",
	"signin.Begin":               "the door: nobody has a role before it",
	"signin.Finish":              "the door: nobody has a role before it",
	"signin.Find":                "finds out who asks",
	"signin.Memberships":         "which role to act in is chosen here",
	"signin.Choose":              "which role to act in is chosen here",
	"signin.End":                 "everybody may leave",
	"signin.EndAll":              "everybody may leave",
	"signin.KeepSecret":          "a step of writing a connection, which asks",
	"signin.SealSecrets":         "at start, before anybody asks, and when a secret was handed in",
	"signin.BeginTrial":          "a step of trying a connection, which asks",
	"signin.Inspect":             "a step of checking a connection, which asks",
	"signin.Watch":               "asks providers whether they answer, and shows nobody anything",
	"journal.Unreadable":         "tells of what failed, whoever met it",
	"signin.Park":                "the session has just ended; the fence binds the row to the person",
	"signin.Unpark":              "the fence binds the row to the person",
	"signin.SignedOutByProvider": "a provider speaks, and its token says for whom",
	"signin.SignedOutInFrame":    "a provider's page asks, and names the session",
	"signin.FramedBy":            "the door: which page may show it",
	"signin.SignOutAt":           "everybody may leave",
	"signin.SlugOf":              "everybody may leave",
	"signin.OwnSessions":         "one's own, whatever one's role",
	"signin.EndOwn":              "one's own, whatever one's role",
	"signin.EndOthers":           "one's own, whatever one's role",
	"signin.Confirm":             "passkeys asks before; it ends a session for its own person, and begins one for her",
	"signin.Administrators":      "counts people for passkeys, which asks before, and for whom no scope shows them",
	"signin.Address":             "for what is sent in the background, where nobody asks",
	"members.Join":               "nobody has a role yet: the code says which, and the rule of the invitation who may",
	"signin.Redeem":              "the code says in which role to act",
	"operators.Begin":            "the console's door: nobody has a role before it",
	"operators.Finish":           "the console's door: nobody has a role before it",
	"operators.Find":             "finds out who asks",
	"operators.End":              "everybody may leave",
	"operators.Redeem":           "the code says who may come in, and whom the provider vouches for",
	"operators.Ask":              "nobody has a role before a passkey was shown",
	"operators.Confirm":          "nobody has a role before a passkey was shown",
	"operators.OwnSessions":      "one's own",
	"operators.EndOwn":           "one's own",
	"signin.Paused":              "who has no role today is told why",
}

// asksLate finds the use cases that do not ask before everything else whether this role may do this. A helper may ask
// for them, when it is handed the action and asks first itself.
func asksLate(files []file) (found []string) {
	helpers := map[string]bool{} // folder and name of the methods that ask for the action they are given
	each(files, func(f file, method *ast.FuncDecl, key string) {
		if asks(f, method.Body, false) {
			helpers[key] = true
		}
	})
	each(files, func(f file, method *ast.FuncDecl, key string) {
		if !method.Name.IsExported() || !takesContext(f, method) {
			return
		}
		if _, ok := unasked[key]; ok || asks(f, method.Body, true) {
			return
		}
		delegates := false
		ast.Inspect(first(method.Body), func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if helper, ok := call.Fun.(*ast.SelectorExpr); ok && helpers[f.syntax.Name.Name+"."+helper.Sel.Name] {
					delegates = delegates || slices.ContainsFunc(call.Args, func(argument ast.Expr) bool { return isAction(f, argument) })
				}
			}
			return true
		})
		if !delegates {
			found = append(found, fmt.Sprintf("%s: %s does not ask first: its first statement should be access.Require", f.at(method), key))
		}
	})
	return found
}

// each visits the methods of every type called Service.
func each(files []file, visit func(f file, method *ast.FuncDecl, key string)) {
	for _, f := range written(files) {
		for _, declaration := range f.syntax.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Body == nil {
				continue
			}
			receiver := method.Recv.List[0].Type
			if pointer, ok := receiver.(*ast.StarExpr); ok {
				receiver = pointer.X
			}
			if name, ok := receiver.(*ast.Ident); ok && name.Name == "Service" {
				visit(f, method, f.syntax.Name.Name+"."+method.Name.Name)
			}
		}
	}
}

func takesContext(f file, method *ast.FuncDecl) bool {
	return slices.ContainsFunc(method.Type.Params.List, func(field *ast.Field) bool { return f.uses(field.Type, "context", "Context") })
}

// first is the first statement, without the body of an if.
func first(body *ast.BlockStmt) ast.Node {
	if len(body.List) == 0 {
		return body
	}
	if condition, ok := body.List[0].(*ast.IfStmt); ok && condition.Init != nil {
		return condition.Init
	}
	return body.List[0]
}

// asks says whether the first statement calls access.Require; for a named action, or for one that was handed over.
func asks(f file, body *ast.BlockStmt, named bool) (yes bool) {
	ast.Inspect(first(body), func(node ast.Node) bool {
		if _, ok := node.(*ast.FuncLit); ok {
			return false
		}
		if call, ok := node.(*ast.CallExpr); ok && f.uses(call.Fun, module+"internal/access", "Require") && len(call.Args) == 2 {
			_, handed := call.Args[1].(*ast.Ident)
			yes = yes || named && isAction(f, call.Args[1]) || !named && handed
		}
		return true
	})
	return yes
}

// isAction says whether the expression is access.Something.
func isAction(f file, expression ast.Expr) bool {
	selector, ok := expression.(*ast.SelectorExpr)
	return ok && f.uses(selector, module+"internal/access", selector.Sel.Name) && !slices.Contains([]string{"Anyone", "SignedIn"}, selector.Sel.Name)
}

func TestEveryUseCaseAsksFirst(t *testing.T) {
	const head = "-- internal/dossiers/service.go --\npackage dossiers\nimport (\n\"context\"\n\"passerelle/internal/access\"\n)\n"
	guard(t, asksLate, map[string]seed{
		"asks":           {head + "func (s *Service) Close(ctx context.Context) error {\nby, err := access.Require(ctx, access.DossierClose)\nreturn err }", ""},
		"asks in an if":  {head + "func (s *Service) Close(ctx context.Context) error {\nif _, err := access.Require(ctx, access.DossierClose); err != nil { return err }\nreturn nil }", ""},
		"never":          {head + "func (s *Service) Close(ctx context.Context) error { return nil }", "service.go:6: dossiers.Close does not ask first"},
		"late":           {head + "func (s *Service) Close(ctx context.Context) error {\ns.count++\n_, err := access.Require(ctx, access.DossierClose)\nreturn err }", "does not ask first"},
		"later":          {head + "func (s *Service) Close(ctx context.Context) error {\nreturn s.db.Write(ctx, func() error { _, err := access.Require(ctx, access.DossierClose); return err }) }", "does not ask first"},
		"for anyone":     {head + "func (s *Service) Close(ctx context.Context) error {\n_, err := access.Require(ctx, access.Anyone)\nreturn err }", "does not ask first"},
		"by a helper":    {head + "func (s *Service) Close(ctx context.Context) error { return s.act(ctx, access.DossierClose) }\nfunc (s *Service) act(ctx context.Context, action access.Action) error {\n_, err := access.Require(ctx, action)\nreturn err }", ""},
		"a lazy helper":  {head + "func (s *Service) Close(ctx context.Context) error { return s.act(ctx, access.DossierClose) }\nfunc (s *Service) act(ctx context.Context, action access.Action) error { return nil }", "does not ask first"},
		"no context":     {head + "func (s *Service) Secure() bool { return true }", ""},
		"not exported":   {head + "func (s *Service) find(ctx context.Context) error { return nil }", ""},
		"another type's": {head + "func (d *Dossier) Close(ctx context.Context) error { return nil }", ""},
	})
	t.Run("exceptions are real", func(t *testing.T) {
		methods := map[string]bool{}
		each(house(t), func(_ file, _ *ast.FuncDecl, key string) { methods[key] = true })
		for key, why := range unasked {
			if !methods[key] || strings.TrimSpace(why) == "" {
				t.Errorf("%s is no method, or its exception has no reason", key)
			}
		}
	})
}
