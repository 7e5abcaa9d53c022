package access

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/policies"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestDecisions compares the whole of both tables with decisions.golden, which is reviewed as a diff.
func TestDecisions(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Who may do what, decided. Generated: go test ./internal/access -update\n\n")
	for _, action := range Actions {
		fmt.Fprintf(&b, "%-20s", action)
		for _, role := range Roles {
			mark := "-"
			if May(role, action) {
				mark = string(role)
			}
			fmt.Fprintf(&b, " %-13s", mark)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n# What nobody does without having confirmed with a passkey just before.\n\n")
	for _, action := range Actions {
		if NeedsFactor(action) {
			fmt.Fprintf(&b, "%s\n", action)
		}
	}
	b.WriteString("\n# What a kind of office may ever receive.\n\n")
	for _, kind := range OfficeKinds {
		fmt.Fprintf(&b, "%-20s", kind)
		for _, class := range DataClasses {
			mark := "-"
			if Disclosable(kind, class) {
				mark = string(class)
			}
			fmt.Fprintf(&b, " %-11s", mark)
		}
		b.WriteString("\n")
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	got := strings.Join(lines, "\n") + "\n"
	const golden = "../../policies/decisions.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the decisions differ from policies/decisions.golden; read the difference, then run with -update\n%s", got)
	}
}

func TestRequire(t *testing.T) {
	tenant, person, office := ids.New[tenantdb.Tenant](), ids.New[tenantdb.Person](), ids.New[tenantdb.Office]()
	lea := Principal{Role: Caseworker, Tenant: tenant, Person: person, Name: "Léa"}
	noe := Principal{Role: OfficeMember, Tenant: tenant, Office: office, Person: person, Name: "Noé"}

	if got, err := Require(WithPrincipal(context.Background(), lea), DossierCreate); err != nil || got.Person != person {
		t.Errorf("Léa opening a dossier: %v, %v", got, err)
	}
	refused := map[string]context.Context{
		"nobody":                        context.Background(),
		"a role that is empty":          WithPrincipal(context.Background(), Principal{Tenant: tenant}),
		"a role that nobody knows":      WithPrincipal(context.Background(), Principal{Role: "admin", Tenant: tenant}),
		"a role named like a rule":      WithPrincipal(context.Background(), Principal{Role: "role:caseworker", Tenant: tenant}),
		"Noé of the office":             WithPrincipal(context.Background(), noe),
		"a role with a capital":         WithPrincipal(context.Background(), Principal{Role: "Caseworker", Tenant: tenant}),
		"Ruth the auditor, who changes": WithPrincipal(context.Background(), Principal{Role: Auditor, Tenant: tenant}),
	}
	for who, ctx := range refused {
		if _, err := Require(ctx, DossierCreate); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s opening a dossier: %v, want a refusal", who, err)
		}
	}
	for _, special := range []Action{Anyone, SignedIn, {}} {
		if Can(WithPrincipal(context.Background(), lea), special) {
			t.Errorf("%v was granted to a role", special)
		}
	}
}

func TestScope(t *testing.T) {
	tenant, person, office := ids.New[tenantdb.Tenant](), ids.New[tenantdb.Person](), ids.New[tenantdb.Office]()
	empty := map[string]Principal{
		"nobody":                            {},
		"an office member without office":   {Role: OfficeMember, Tenant: tenant, Person: person},
		"staff who carry an office":         {Role: Caseworker, Tenant: tenant, Person: person, Office: office},
		"staff without a tenant":            {Role: Caseworker, Person: person},
		"an office member without a tenant": {Role: OfficeMember, Office: office, Person: person},
	}
	for who, principal := range empty {
		if !principal.Scope().Empty() {
			t.Errorf("%s has a scope", who)
		}
	}
	if (Principal{Role: Caseworker, Tenant: tenant, Person: person}).Scope() != tenantdb.Staff(tenant, person) {
		t.Error("a caseworker's scope is not the staff's")
	}
	if (Principal{Role: OfficeMember, Tenant: tenant, Office: office, Person: person}).Scope() != tenantdb.AtOffice(tenant, office, person) {
		t.Error("an office member's scope is not the office's")
	}
}

// TestDecideRefuses shows that what makes casbin fail open, or break, is refused before anybody asks.
func TestDecideRefuses(t *testing.T) {
	known := []decision{{"role:caseworker", "dossier", "list"}}
	for name, rules := range map[string]string{
		"no rule":                "",
		"a short row":            "p, role:caseworker, dossier, list\n",
		"an effect in capitals":  "p, role:caseworker, dossier, list, Deny\n",
		"an empty field":         "p, role:caseworker, , list, allow\n",
		"an unknown role":        "p, role:chief, dossier, list, allow\n",
		"a grouping of a rule":   "g, role:caseworker, dossier, list, allow\n",
		"of an unknown role":     "p, role:caseworker, dossier, list, allow\ng, role:chief, role:caseworker\n",
		"of a role with itself":  "p, role:caseworker, dossier, list, allow\ng, role:caseworker, role:caseworker\n",
		"a person as a role":     "p, role:caseworker, dossier, list, allow\ng, lea, role:caseworker\n",
		"a rule too many":        strings.Repeat("p, role:caseworker, dossier, list, allow\n", maxRules),
		"a wildcard for an act":  "p, role:caseworker, dossier, *, allow\n",
		"a subject with no role": "p, caseworker, dossier, list, allow\n",
	} {
		if _, err := decide(policies.Model, rules, known); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	two := append(known, decision{"role:coordinator", "dossier", "list"}, decision{"role:auditor", "dossier", "list"})
	if _, err := decide(policies.Model, "p, role:caseworker, dossier, list, allow\ng, role:coordinator, role:caseworker\ng, role:auditor, role:coordinator\n", two); err == nil {
		t.Error("a second step was accepted")
	}
	led, err := decide(policies.Model, "p, role:caseworker, dossier, list, allow\ng, role:coordinator, role:caseworker\n", two)
	if err != nil || !led[two[0]] || !led[two[1]] || led[two[2]] {
		t.Errorf("who may do all that another may: %v, %v", led, err)
	}
	denied, err := decide(policies.Model, "p, role:caseworker, dossier, list, allow\np, role:caseworker, dossier, list, deny\n", known)
	if err != nil || denied[known[0]] {
		t.Errorf("a deny beside an allow: %v, %v; deny has to win", denied, err)
	}
}
