package platform_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/i18n"
	"passerelle/internal/platform"
)

func TestTheExampleIsRight(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../tenants/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := platform.ReadPlan(text)
	if err == nil {
		err = plan.Check(false)
	}
	if err != nil {
		t.Fatal(err)
	}
	// What is left out follows from the rest.
	short := strings.NewReplacer("  languages: [fr, de]", "#", "  slug: fribourg # in the address", "# ", "  name: Passerelle Fribourg # left", "# ").Replace(string(text))
	again, err := platform.ReadPlan([]byte(short))
	if err != nil || again.Connection.Slug != "fribourg" || again.Connection.Name != "Passerelle Fribourg" || len(again.Tenant.Languages) != 2 {
		t.Errorf("%+v, %v", again, err)
	}
	if strings.Contains(string(text), "client_secret:") {
		t.Error("the example has a word for a secret itself")
	}
}

func TestAPlanThatIsWrongSaysAllOfIt(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../tenants/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"a word misspelt":      {"  regime:", "  regimen:", "field regimen not found"},
		"a secret in the file": {"  client_secret_env: FRIBOURG_CLIENT_SECRET", "  client_secret: hunter2", "field client_secret not found"},
		"a slug with a space":  {"slug: fribourg # in addresses", "slug: le fribourg # in addresses", `tenant.slug is "le fribourg"`},
		"a slug that climbs":   {"slug: fribourg # in the address", "slug: ../x # in the address", `connection.slug is "../x"`},
		"no canton":            {"canton: FR", "canton: FX", `there is no canton "FX"`},
		"an unknown language":  {"[fr, de]", "[fr, rm]", `the pages are not written in "rm"`},
		"a language twice":     {"[fr, de]", "[fr, fr]", "one is named twice"},
		"an unknown law":       {"regime: cantonal", "regime: european", `tenant.regime is "european"`},
		"plain http":           {"https://login", "http://login", "connection.issuer is"},
		"a question":           {"/realms/passerelle", "/realms?x=1", "connection.issuer is"},
		"this machine":         {"https://login.fribourg.example/realms/passerelle", "http://127.0.0.1:9090/x", "connection.issuer is"},
		"no client":            {"client_id: passerelle", `client_id: ""`, "connection.client_id is missing"},
		"no secret":            {"  client_secret_env: FRIBOURG_CLIENT_SECRET", "  #", "client_secret_env or client_secret_file, one of them"},
		"two secrets":          {"  client_id:", "  client_secret_file: /x\n  client_id:", "one of them"},
		"an address as domain": {"[fribourg.example]", "[a@fribourg.example]", `"a@fribourg.example" is no domain`},
		"one administrator":    {"  - name: Beat Roggo\n    email: beat@fribourg.example\n    subject:", "#", "there are 1, and two are needed"},
		"the same twice":       {"beat@fribourg.example", "ALINE@fribourg.example", "number 2 is somebody who is there already"},
		"no e-mail":            {"email: beat@fribourg.example", "email: Beat", "the e-mail of number 2 is none"},
		"no name":              {"name: Beat Roggo", `name: ""`, "the name of number 2 is missing"},
		"several things":       {"canton: FR", "canton: FX\n  regimen: x", "field regimen not found"},
	} {
		if !strings.Contains(string(text), c.old) {
			t.Fatalf("%s: %q is not in the example", name, c.old)
		}
		plan, err := platform.ReadPlan([]byte(strings.Replace(string(text), c.old, c.new, 1)))
		if err == nil {
			err = plan.Check(false)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := platform.ReadPlan(nil); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Errorf("empty: %v", err)
	}
	if _, err := platform.ReadPlan([]byte("{}\n---\n{}")); err == nil || !strings.Contains(err.Error(), "more than one document") {
		t.Errorf("two: %v", err)
	}
	var empty platform.Plan
	if lines := strings.Count(empty.Check(false).Error(), "\n"); lines < 6 {
		t.Errorf("an empty plan has %d things wrong: %v", lines+1, empty.Check(false))
	}
}

// ready is a tenant of which nothing is missing, but for what change takes away.
func ready(change func(*platform.Tenant)) platform.Tenant {
	digest, err := blueprints.Digest("FR")
	if err != nil {
		panic(err)
	}
	tenant := platform.Tenant{
		Name: "Passerelle Fribourg", Canton: "FR", Languages: []i18n.Lang{i18n.FR, i18n.DE}, ConfirmedSteps: []platform.Step{platform.Languages, platform.Protection, platform.Retention},
		BlueprintHash: digest, Connections: 1, Administrators: 2, Arrived: 2,
	}
	change(&tenant)
	return tenant
}

func TestHowFarATenantIs(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct {
		tenant  platform.Tenant
		state   platform.State
		missing []platform.Step
	}{
		{platform.Tenant{}, platform.Preparing, platform.Steps},
		{ready(func(t *platform.Tenant) { t.Arrived = 1 }), platform.Preparing, []platform.Step{platform.Trial}},
		{ready(func(t *platform.Tenant) { t.Administrators = 1 }), platform.Preparing, []platform.Step{platform.Administrators}},
		{ready(func(t *platform.Tenant) { t.Connections = 0 }), platform.Preparing, []platform.Step{platform.Connection}},
		{ready(func(t *platform.Tenant) { t.ConfirmedSteps = t.ConfirmedSteps[:1] }), platform.Preparing, []platform.Step{platform.Protection, platform.Retention}},
		{ready(func(t *platform.Tenant) { t.Languages = nil }), platform.Preparing, []platform.Step{platform.Languages}},
		// What was accepted is the blueprint of another canton, or one that has become another since.
		{ready(func(t *platform.Tenant) { t.Canton = "VD" }), platform.Preparing, []platform.Step{platform.Blueprint}},
		{ready(func(*platform.Tenant) {}), platform.Preparing, nil},
		{ready(func(t *platform.Tenant) { t.LiveAt = &now }), platform.Live, nil},
		{ready(func(t *platform.Tenant) { t.LiveAt, t.SuspendedAt = &now, &now }), platform.Suspended, nil},
		{ready(func(t *platform.Tenant) { t.SuspendedAt = &now }), platform.Suspended, nil},
	} {
		if c.tenant.State() != c.state || !slices.Equal(c.tenant.Missing(), c.missing) {
			t.Errorf("%+v is %s and misses %v", c.tenant, c.tenant.State(), c.tenant.Missing())
		}
	}
}
