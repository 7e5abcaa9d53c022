package blueprints_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"passerelle/internal/access"
	"passerelle/internal/blueprints"
	"passerelle/internal/i18n"
	"passerelle/tenants"
)

func of(t *testing.T, canton string) blueprints.Blueprint {
	t.Helper()
	blueprint, err := blueprints.For(canton)
	if err != nil {
		t.Fatal(err)
	}
	return blueprint
}

func TestEveryCantonHasOne(t *testing.T) {
	t.Parallel()
	if len(blueprints.Cantons) != 26 {
		t.Fatalf("%d cantons", len(blueprints.Cantons))
	}
	files, err := fs.Glob(tenants.Files, "ch-*.yaml")
	if err != nil || len(files) != 26 {
		t.Errorf("%d files, %v", len(files), err)
	}
	for _, canton := range blueprints.Cantons {
		blueprint := of(t, canton)
		for _, lang := range i18n.Langs {
			ctx := i18n.With(t.Context(), lang)
			for _, which := range blueprint.Authorities() {
				if named, ok := blueprint.Authority(which); !ok || named.Full(ctx) == "" {
					t.Errorf("%s: %s has no name in %s", canton, which, lang)
				}
			}
			for _, regime := range []blueprints.Regime{blueprints.Cantonal, blueprints.Federal} {
				if law, supervisor := blueprint.Of(regime); law.Full(ctx) == "" || supervisor.Full(ctx) == "" {
					t.Errorf("%s: no law or no supervisor in %s", canton, lang)
				}
			}
		}
		for _, kind := range blueprint.Offices() {
			if !slices.Contains(access.OfficeKinds, access.OfficeKind(kind)) {
				t.Errorf("%s: %s is no kind of office", canton, kind)
			}
		}
	}
	if _, err := blueprints.For("XX"); err == nil || !strings.Contains(err.Error(), `no canton "XX"`) {
		t.Errorf("a canton that does not exist: %v", err)
	}
}

// Facts that anybody can look up, and what is known to be unsure.
func TestWhatTheCantonsAreCalled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		canton    string
		lang      i18n.Lang
		which     blueprints.Authority
		want      string
		confirmed bool
	}{
		{"VD", i18n.FR, blueprints.Migration, "Service de la population (SPOP)", true},
		{"VD", i18n.DE, blueprints.Migration, "Service de la population (SPOP)", true}, // Vaud has no German name of it
		{"GE", i18n.FR, blueprints.Migration, "Office cantonal de la population et des migrations (OCPM)", true},
		{"GE", i18n.FR, blueprints.SocialAssistance, "Hospice général", true},
		{"GE", i18n.FR, blueprints.Protection, "Tribunal de protection de l’adulte et de l’enfant (TPAE)", true},
		{"FR", i18n.FR, blueprints.Protection, "Justice de paix", false},
		{"FR", i18n.DE, blueprints.Protection, "Friedensgericht", false},
		{"BE", i18n.DE, blueprints.Protection, "Kindes- und Erwachsenenschutzbehörde (KESB)", false},
		{"BE", i18n.FR, blueprints.JobPlacement, "Office régional de placement (ORP)", true},
		{"TI", i18n.IT, blueprints.JobPlacement, "Ufficio regionale di collocamento (URC)", true},
		{"TI", i18n.IT, blueprints.Protection, "Autorità regionale di protezione (ARP)", false},
		{"VS", i18n.DE, blueprints.SocialAssistance, "Dienststelle für Sozialwesen (DSW)", true},
		{"GR", i18n.IT, blueprints.Migration, "Ufficio della migrazione e del diritto civile", false},
		{"ZH", i18n.DE, blueprints.Migration, "Migrationsamt", true},
	} {
		named, ok := of(t, c.canton).Authority(c.which)
		if got := named.Full(i18n.With(t.Context(), c.lang)); !ok || got != c.want || named.Confirmed != c.confirmed {
			t.Errorf("%s: %s is %q, confirmed %v; want %q, %v", c.canton, c.which, got, named.Confirmed, c.want, c.confirmed)
		}
	}
	ctx := i18n.With(context.Background(), i18n.FR)
	for canton, want := range map[string]string{"VD": "Centre social régional (CSR)", "VS": "Centre médico-social (CMS)"} {
		if named, _ := of(t, canton).Office("income_support"); named.Full(ctx) != want {
			t.Errorf("%s: %q", canton, named.Full(ctx))
		}
	}
	for canton, want := range map[string]int{"VD": 10, "ZH": 12, "BE": 10, "VS": 14, "TI": 8, "FR": 7, "GE": 0} {
		if got := len(of(t, canton).Regions("district")); got != want {
			t.Errorf("%s has %d districts, want %d", canton, got, want)
		}
	}
	// Eighteen cantons have a round table, by the federal police's page.
	var tables []string
	for _, canton := range blueprints.Cantons {
		if _, ok := of(t, canton).Authority(blueprints.RoundTable); ok {
			tables = append(tables, canton)
		}
	}
	slices.Sort(tables)
	if got := strings.Join(tables, " "); got != "AG BE BL BS FR GE LU NE NW OW SG SO SZ TG TI VD VS ZH" {
		t.Errorf("round tables: %s", got)
	}
	if _, supervisor := of(t, "VD").Of(blueprints.Cantonal); supervisor.Short.In(ctx) != "APDI" {
		t.Errorf("the supervisor of Vaud is %q", supervisor.Full(ctx))
	}
	if law, supervisor := of(t, "VD").Of(blueprints.Federal); law.Short.In(ctx) != "LPD" || supervisor.Short.In(ctx) != "PFPDT" {
		t.Errorf("federal: %q, %q", law.Full(ctx), supervisor.Full(ctx))
	}
	if got := of(t, "GR"); !slices.Equal(got.Languages, []string{"de", "rm", "it"}) || !slices.Equal(got.Spoken(), []i18n.Lang{i18n.DE, i18n.IT}) {
		t.Errorf("Graubünden speaks %v, the program of those %v", got.Languages, got.Spoken())
	}
}

func TestAFileThatIsWrongSaysWhat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"as it is":               {"", "", ""},
		"a word misspelt":        {"authorities:", "autorities:", "ch-vd.yaml: unmarshal errors:\n  line 8: field autorities not found"},
		"an authority too few":   {"    police:", "    polize:", "authorities: police is missing"},
		"an authority of no use": {"    children:", "    church:", `nobody asks for "church"`},
		"silent":                 {"name: {fr: Police cantonale vaudoise}, confirmed: false", "name: {fr: Police cantonale vaudoise}", "authorities: police: say whether it is confirmed"},
		"another language":       {"{fr: Police cantonale vaudoise}", "{de: Kantonspolizei}", `police: name: it is not named in "fr"`},
		"a language too many":    {"{fr: Police cantonale vaudoise}", "{fr: Police, de: Polizei}", `police: name: "de" is no language of the canton`},
		"no name":                {"{fr: Police cantonale vaudoise}", "Police", "it is no name by language"},
		"a foreign letter":       {"{fr: Police cantonale vaudoise}", "{fr: Strasße}", "a letter that is not written here"},
		"no language":            {"languages: [fr]", "languages: []", "languages: there is none"},
		"an unknown language":    {"languages: [fr]", "languages: [fr, en]", `languages: "en" is no official language`},
		"a chair of the police":  {"{fr: Police cantonale vaudoise}, confirmed", "{fr: Police cantonale vaudoise}, chair: {fr: X}, confirmed", "it is no round table"},
		"an office too few":      {"    social: {name: {fr: Service social privé}, confirmed: false}\n", "", "offices: social is missing"},
		"an office of no use":    {"  offices:\n", "  offices:\n    church: {name: {fr: Église}, confirmed: false}\n", "offices: only income_support"},
		"no supervisor":          {"    supervisor:", "    superviser:", "field superviser not found"},
		"a region of nothing":    {"kind: district, id: aigle", "kind: valley, id: aigle", `regions: aigle: kind is "valley"`},
		"a region twice":         {"kind: district, id: aigle", "kind: district, id: morges", "regions: district morges is there twice"},
		"a successor of nothing": {"id: riviera, name", "id: riviera, successor: est_vaudois, name", `its successor "est_vaudois" is no other region`},
		"its own successor":      {"id: riviera, name", "id: riviera, successor: riviera, name", `its successor "riviera" is no other region`},
	} {
		files := fstest.MapFS{}
		all, err := fs.Glob(tenants.Files, "*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range all {
			text, err := tenants.Files.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if file == "ch-vd.yaml" {
				if !strings.Contains(string(text), c.old) {
					t.Fatalf("%s: %q is not in the file", name, c.old)
				}
				text = []byte(strings.Replace(string(text), c.old, c.new, 1))
			}
			files[file] = &fstest.MapFile{Data: text}
		}
		_, err = blueprints.Read(files)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	files := fstest.MapFS{"federal.yaml": {Data: []byte("{}")}}
	if _, err := blueprints.Read(files); err == nil || !strings.Contains(err.Error(), "ch-zh.yaml is missing") {
		t.Errorf("no canton: %v", err)
	}
}
