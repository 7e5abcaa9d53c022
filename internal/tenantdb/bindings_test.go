package tenantdb

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/ids"
)

// What a scope is bound with travels beside the text. What it has not is bound as none: a setting that something left on the
// connection shows nothing.
func TestSettings(t *testing.T) {
	tenant, office, person, dossier := ids.New[Tenant](), ids.New[Office](), ids.New[Person](), uuid.New()
	atOffice := AtOffice(tenant, office, person)
	for _, c := range []struct {
		scope Scope
		want  []any
	}{
		{SignIn(), []any{"signin", "", "", "", "", "", ""}},
		{SignInOf(tenant), []any{"signin", tenant.String(), "", "", "", "", ""}},
		{Rotation(), []any{"rotation", "", "", "", "", "", ""}},
		{Staff(tenant, person), []any{"staff", tenant, "", person, "", "", ""}},
		{atOffice, []any{"office", tenant, office, person, "", "", ""}},
		{Factor(tenant, office, person, dossier), []any{"factor", tenant, office, person, "", dossier, ""}},
		{Factor(tenant, office, person, dossier).Shared(), []any{"factor", tenant, office, "", "", "", ""}},
		{atOffice.Shared(), []any{"office", tenant, office, "", "", "", ""}},
		{ScopeFrom(Anonymising(WithScope(t.Context(), atOffice), dossier)), []any{"office", tenant, office, person, dossier, "", "stay"}},
		{ScopeFrom(Anonymising(WithScope(t.Context(), atOffice), dossier)).Shared(), []any{"office", tenant, office, "", "", "", ""}},
		{ScopeFrom(Erasing(WithScope(t.Context(), atOffice), dossier)), []any{"office", tenant, office, person, dossier, "", ""}},
	} {
		if got := fmt.Sprint(c.scope.settings()); got != fmt.Sprint(c.want) {
			t.Errorf("bound is %v, want %v", got, c.want)
		}
	}
}
