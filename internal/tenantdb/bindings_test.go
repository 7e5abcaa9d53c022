package tenantdb

import (
	"regexp"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/ids"
)

// What binds a scope is the one text that is put together for each transaction: a setting of ours, and a constant or a UUID.
func TestBindingsHoldNothingElse(t *testing.T) {
	shape := regexp.MustCompile(`^set local app\.(scope = '[a-z]+'|(tenant_id|office_id|person_id|erases) = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')$`)
	tenant, office, person := ids.New[Tenant](), ids.New[Office](), ids.New[Person]()
	atOffice := AtOffice(tenant, office, person)
	for _, c := range []struct {
		scope Scope
		want  int
	}{
		{SignIn(), 1}, {Rotation(), 1}, {Staff(tenant, person), 3}, {atOffice, 4}, {atOffice.Shared(), 3},
		{ScopeFrom(Erasing(WithScope(t.Context(), atOffice), uuid.New())), 5},
	} {
		bound := c.scope.bindings()
		if len(bound) != c.want {
			t.Errorf("%d statements, want %d: %v", len(bound), c.want, bound)
		}
		for _, statement := range bound {
			if !shape.MatchString(statement) {
				t.Errorf("a scope is bound with %s", statement)
			}
		}
	}
}
