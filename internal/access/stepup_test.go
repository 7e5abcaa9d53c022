package access

import (
	"context"
	"errors"
	"testing"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// TestRequireAsksForTheFactor: what needs a second factor is refused without one to everybody, and to nobody is it granted by one.
func TestRequireAsksForTheFactor(t *testing.T) {
	for _, role := range Roles {
		ctx := WithPrincipal(context.Background(), Principal{Role: role, Tenant: ids.New[tenantdb.Tenant](), Person: ids.New[tenantdb.Person](), Office: officeOf(role)})
		for _, action := range Actions {
			_, without := Require(ctx, action)
			_, with := Require(WithConfirmation(ctx), action)
			if NeedsFactor(action) && !errors.Is(without, fault.Refused("")) {
				t.Errorf("%s does %s without a second factor: %v", role, action, without)
			}
			if !NeedsFactor(action) && (without == nil) != May(role, action) {
				t.Errorf("%s is asked for a second factor for %s: %v", role, action, without)
			}
			if (with == nil) != May(role, action) {
				t.Errorf("%s, with a second factor, may %s: %v; the table says %t", role, action, with, May(role, action))
			}
			if Can(ctx, action) != May(role, action) {
				t.Errorf("whether %s is shown %s depends on the second factor", role, action)
			}
		}
	}
	for _, action := range []Action{AddressShow, ExportCreate, PasskeyRecoveryGrant} {
		if !NeedsFactor(action) {
			t.Errorf("%s needs no second factor", action)
		}
	}
}

func officeOf(role Role) (office tenantdb.OfficeID) {
	if (Principal{Role: role}).AtOffice() {
		return ids.New[tenantdb.Office]()
	}
	return office
}

func TestParseStepUpRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":              "# nothing\n",
		"what is no action":    "adress, show\n",
		"a line twice":         "address, show\naddress, show\n",
		"a role in it":         "role:admin, address, show\n",
		"a field too few":      "address\n",
		"what is of no role":   "route, anyone\n",
		"an action with stars": "address, *\n",
	} {
		if _, err := parseStepUp(text); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
