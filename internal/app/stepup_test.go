package app_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, lost) }

// lost is a recovery that somebody of Vaud has asked the admins for.
func lost(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	id, identity := uuid.NewString(), uuid.NewString()
	site.Database.Exec(t, `insert into identities (identity_id, connection_id, issuer, subject) select $1::uuid, connection_id, issuer, 'who has lost ' || $1::uuid from connections where connection_id = $2`, identity, cast.VaudStaff.ID)
	site.Database.Exec(t, `insert into passkey_recoveries (tenant_id, recovery_id, identity_id, person_id, asked_at) values ($1, $2, $3, $4, now())`, cast.Vaud.ID, id, identity, cast.Ruth.ID)
	return map[string]string{"/passkey-recoveries/": id}
}

// TestWhatAdminsDoNeedsAFactor: whatever changes something and is an admin's alone stands in policies/step_up.csv.
func TestWhatAdminsDoNeedsAFactor(t *testing.T) {
	site := webtest.Start(t)
	for _, route := range site.App.Web.Routes() {
		if route.Method != http.MethodPost || !access.May(access.Admin, route.Action) || access.NeedsFactor(route.Action) {
			continue
		}
		switch route.Action {
		case access.PasskeyKeep: // One's own passkeys ask by themselves, where they have to.
		case access.MandateList: // Ending what somebody else may do takes nothing but the wish to.
		case access.OfficeManage, access.AgreementManage: // A directory is kept every day, and tells nobody anything about a person.
		default:
			t.Errorf("%s %s (%s) changes something as an admin, without a second factor: add it to policies/step_up.csv", route.Method, route.Path, route.Action)
		}
	}
}
