package arch

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// timed are the packages that may look at the clock; everywhere else time is handed in.
var timed = []string{
	"cmd/passerelle", "internal/app", "internal/console", "internal/bench", "internal/bite", "internal/demo", "internal/demo/idp", "internal/live", "internal/localpg",
	"internal/migrate", "internal/pgtest", "internal/progress", "internal/web", "internal/webtest",
}

// reaches finds code that looks at the clock or the environment by itself: rules take both as arguments.
func reaches(files []file) (found []string) {
	for _, f := range written(files) {
		construction := map[ast.Node]bool{} // time.Now as a value, where a service is made without a clock
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			if assigned, ok := node.(*ast.AssignStmt); ok && f.path == "internal/signin/signin.go" {
				for _, right := range assigned.Rhs {
					construction[right] = true
				}
			}
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			for _, member := range []string{"Now", "Since", "Until"} {
				if f.uses(selector, "time", member) && !slices.Contains(timed, f.dir()) && !construction[selector] {
					found = append(found, f.at(selector)+": time."+member+" where the time should be handed in")
				}
			}
			for _, member := range []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"} {
				if f.uses(selector, "os", member) && f.dir() != "internal/config" {
					found = append(found, f.at(selector)+": os."+member+" outside of internal/config")
				}
			}
			return true
		})
	}
	return found
}

func TestTimeAndEnvironmentAreHandedIn(t *testing.T) {
	guard(t, reaches, map[string]seed{
		"a rule and the clock":  {"-- internal/dossiers/closure.go --\npackage dossiers\nimport \"time\"\nvar at = time.Now()", "closure.go:3: time.Now where"},
		"a rule and an age":     {"-- internal/dossiers/closure.go --\npackage dossiers\nimport \"time\"\nfunc old(t time.Time) bool { return time.Since(t) > 1 }", "time.Since"},
		"the server":            {"-- internal/web/server.go --\npackage web\nimport \"time\"\nvar at = time.Now()", ""},
		"another Now":           {"-- internal/dossiers/a.go --\npackage dossiers\nvar at = clock.Now()", ""},
		"a signin clock":        {"-- internal/signin/signin.go --\npackage signin\nimport \"time\"\nfunc f() { clock = time.Now }", ""},
		"a signin rule":         {"-- internal/signin/session.go --\npackage signin\nimport \"time\"\nfunc f() { clock = time.Now }", "time.Now where"},
		"a hidden switch":       {"-- internal/web/a.go --\npackage web\nimport \"os\"\nvar debug = os.Getenv(\"DEBUG\")", "os.Getenv outside"},
		"the one configuration": {"-- internal/config/config.go --\npackage config\nimport \"os\"\nvar all = os.Environ()", ""},
	})
}

// unfinished finds what was left for later, and tests that do not run.
func unfinished(files []file) (found []string) {
	words := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"}
	for _, f := range files {
		for _, word := range words {
			for i, line := range strings.Split(string(f.content), "\n") {
				if strings.Contains(line, word) && (strings.Contains(line, "//") || strings.Contains(line, "<!--")) && !f.generated() {
					found = append(found, f.path+":"+itoa(i+1)+": a "+word)
				}
			}
		}
		if f.syntax == nil || !f.test() {
			continue
		}
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if method, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, method.Sel.Name) {
					found = append(found, f.at(call)+": a test that does not run")
				}
			}
			return true
		})
	}
	return found
}

func TestNothingIsLeftForLater(t *testing.T) {
	guard(t, unfinished, map[string]seed{
		"a note":    {"-- internal/dossiers/a.go --\npackage dossiers\n// TO" + "DO: later", "a.go:2: a TO" + "DO"},
		"a skip":    {"-- internal/dossiers/a_test.go --\npackage dossiers\nfunc TestA(t *testing.T) { t.Skip() }", "a test that does not run"},
		"all done":  {"-- internal/dossiers/a.go --\npackage dossiers\n// Done.", ""},
		"a message": {"-- internal/dossiers/a.go --\npackage dossiers\nvar name = \"TO" + "DO\"", ""},
	})
}
