package arch

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// unrecorded are the use cases of dossiers and referrals that leave no entry in the journal, and why.
var unrecorded = map[string]string{
	"dossiers.List":        "shows code names, phases and days: nothing that is sealed",
	"dossiers.Propose":     "shows code names that no dossier has",
	"dossiers.ListMembers": "shows the staff",
	"consents.Prepare":     "shows the code name of the dossier alone",
	"referrals.Prepare":    "shows the code name of the dossier alone",
	"referrals.RestingOn":  "shows which offices would no longer see something: nothing that is sealed",
	"referrals.Work":       "shows code names, states and days: nothing that is sealed",
	"erasures.Prepare":     "shows the code name and how much goes along: nothing that is sealed",
	"erasures.Retention":   "shows code names, reasons and days: nothing that is sealed",
	"erasures.Policy":      "shows what is decided for all dossiers",
	"erasures.Standing":    "shows the code name, reasons and days of one: nothing that is sealed",
	"erasures.List":        "shows which dossiers are no more",
	"erasures.Find":        "shows which dossier is no more",
	"claims.Show":          "asks dossiers.Find, which leaves it; the service's own test counts them",
	"claims.Chapter":       "asks claims.Show",
	"inbox.Follow":         "shows nothing: says whether a stream may be opened",
	"inbox.Waiting":        "a number",
	"interviews.Prepare":   "shows code names, and what the person has typed: nobody else's to see",
	"interviews.Keep":      "shows nothing: what somebody is typing is kept",
	"interviews.Discard":   "shows nothing",
	"interviews.List":      "shows code names, kinds and moments: nothing that is sealed under the keyset of a dossier",
	"tasks.Mine":           "shows code names, kinds and days, and words that are the person's own",
	"tasks.Prepare":        "shows the code name of the dossier alone",
	"moves.List":           "shows what another organisation asks, which says nothing of whom",
	"moves.Find":           "the same of one",
	"inbox.List":           "shows references, states and days: nothing that is sealed",
}

// recorded are the capabilities whose use cases are about dossiers and referrals.
var recorded = map[string]bool{
	"dossiers": true, "consents": true, "referrals": true, "inbox": true, "erasures": true,
	"reflections": true, "stays": true, "proceedings": true, "inquiries": true, "confidences": true, "moves": true,
	"interviews": true, "tasks": true,
	"projects": true, "returns": true, "claims": true,
}

// leavesNothing finds the use cases about a dossier or a referral that ask the database and leave no entry.
func leavesNothing(files []file) (found []string) {
	bodies := map[string]map[string][]*ast.BlockStmt{} // of a package, by the name of the function or method
	uses := map[*ast.BlockStmt]file{}
	for _, f := range written(files) {
		folder := f.syntax.Name.Name
		if bodies[folder] == nil {
			bodies[folder] = map[string][]*ast.BlockStmt{}
		}
		for _, declaration := range f.syntax.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && function.Body != nil {
				bodies[folder][function.Name.Name] = append(bodies[folder][function.Name.Name], function.Body)
				uses[function.Body] = f
			}
		}
	}
	// reaches follows calls within the package, and those of one capability by another.
	var reaches func(body *ast.BlockStmt, seen map[*ast.BlockStmt]bool) bool
	reaches = func(body *ast.BlockStmt, seen map[*ast.BlockStmt]bool) (yes bool) {
		if seen[body] {
			return false
		}
		seen[body] = true
		f := uses[body]
		ast.Inspect(body, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.SelectorExpr:
				for _, name := range []string{"Record", "Seen", "SeenReferral", "SeenConsent"} {
					yes = yes || f.uses(n, module+"internal/journal", name)
				}
				yes = yes || f.uses(n, module+"internal/timeline", "Record")
				if folder, ok := n.X.(*ast.Ident); ok && f.imported(folder.Name) {
					for _, other := range bodies[folder.Name][n.Sel.Name] {
						yes = yes || recorded[folder.Name] && reaches(other, seen)
					}
				} else {
					for _, own := range bodies[f.syntax.Name.Name][n.Sel.Name] {
						yes = yes || reaches(own, seen)
					}
				}
			case *ast.Ident:
				for _, own := range bodies[f.syntax.Name.Name][n.Name] {
					yes = yes || reaches(own, seen)
				}
			}
			return !yes
		})
		return yes
	}
	each(files, func(f file, method *ast.FuncDecl, key string) {
		if !recorded[f.syntax.Name.Name] || !method.Name.IsExported() || !takesContext(f, method) || unrecorded[key] != "" {
			return
		}
		if !reaches(method.Body, map[*ast.BlockStmt]bool{}) {
			found = append(found, fmt.Sprintf("%s: %s leaves no entry in the journal", f.at(method), key))
		}
	})
	return found
}

func TestEveryUseCaseLeavesAnEntry(t *testing.T) {
	const head = "-- internal/dossiers/service.go --\npackage dossiers\nimport (\n\"context\"\n\"passerelle/internal/journal\"\n\"passerelle/internal/timeline\"\n)\n"
	guard(t, leavesNothing, map[string]seed{
		"a look":         {head + "func (s *Service) Find(ctx context.Context) error { return s.db.Read(ctx, journal.Seen(ctx, id)) }", ""},
		"an act":         {head + "func (s *Service) Close(ctx context.Context) error { return timeline.Record(ctx, tx, by, event) }", ""},
		"by a helper":    {head + "func (s *Service) Close(ctx context.Context) error { return s.act(ctx) }\nfunc (s *Service) act(ctx context.Context) error { return journal.Record(ctx, tx, entry) }", ""},
		"by a function":  {head + "func (s *Service) Close(ctx context.Context) error { return act(ctx) }\nfunc act(ctx context.Context) error { return journal.Record(ctx, tx, entry) }", ""},
		"none":           {head + "func (s *Service) Find(ctx context.Context) error { return s.db.Read(ctx, question) }", "service.go:7: dossiers.Find leaves no entry"},
		"a lazy helper":  {head + "func (s *Service) Close(ctx context.Context) error { return s.act(ctx) }\nfunc (s *Service) act(ctx context.Context) error { return nil }", "leaves no entry"},
		"in circles":     {head + "func (s *Service) Close(ctx context.Context) error { return s.Close(ctx) }", "leaves no entry"},
		"another's":      {head + "func (s *Service) Close(ctx context.Context) error { return other.Record(ctx) }", "leaves no entry"},
		"not about them": {strings.ReplaceAll(head, "dossiers", "offices") + "func (s *Service) List(ctx context.Context) error { return nil }", ""},
	})
	t.Run("exceptions are real", func(t *testing.T) {
		methods := map[string]bool{}
		each(house(t), func(_ file, _ *ast.FuncDecl, key string) { methods[key] = true })
		for key, why := range unrecorded {
			if !methods[key] || strings.TrimSpace(why) == "" {
				t.Errorf("%s is no method, or its exception has no reason", key)
			}
		}
	})
}
