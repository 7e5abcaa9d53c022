package arch

import (
	"go/ast"
	"slices"
	"testing"
)

// throughout are the packages and files that reach dossiers which are kept from whoever asks, and why each shows nothing of them.
var throughout = map[string]string{
	"internal/backups":              "compares what came back, and counts",
	"internal/dossiers/proposal.go": "finds a code name that nobody has",
	"internal/documents/porter.go":  "has files looked at, and shows nothing",
	"internal/erasures/remover.go":  "removes what was ordered, or finds out that it may not",
	"internal/handovers":            "hands over what somebody carries, and shows how much",
	"internal/houserules":           "computes dates anew",
	"internal/journal":              "counts what everybody opened in a week",
	"internal/keys":                 "seals anew",
	"internal/usage":                "counts what a tenant uses",
	"internal/tenantdb":             "makes the scope",
}

// bypasses finds what has restricted dossiers exist for somebody who is not named for them.
func bypasses(files []file) (found []string) {
	for _, f := range written(files) {
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Throughout", "Admittance"}, selector.Sel.Name) {
				return true
			}
			_, may := throughout[f.dir()]
			if _, file := throughout[f.path]; file {
				may = true
			}
			if selector.Sel.Name == "Admittance" {
				may = f.path == "internal/dossiers/admission_store.go"
			}
			if !may {
				found = append(found, f.at(selector)+": "+selector.Sel.Name+" where a restricted dossier should not exist")
			}
			return true
		})
	}
	return found
}

func TestRestrictedDossiersAreReachedByFew(t *testing.T) {
	guard(t, bypasses, map[string]seed{
		"a list of all":       {"-- internal/dossiers/list.go --\npackage dossiers\nvar ctx = tenantdb.Throughout(ctx)", "list.go:2: Throughout where"},
		"a scope of all":      {"-- internal/tasks/a.go --\npackage tasks\nvar s = tenantdb.Staff(a, b).Throughout()", "Throughout where"},
		"a look at the names": {"-- internal/referrals/a.go --\npackage referrals\nvar s = tenantdb.Admittance(a, b)", "Admittance where"},
		"new house rules":     {"-- internal/houserules/service.go --\npackage houserules\nvar ctx = tenantdb.Throughout(ctx)", ""},
	})
}
