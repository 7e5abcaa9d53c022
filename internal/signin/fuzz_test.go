package signin

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// FuzzFromOutside: what a stranger can send before anything of it is verified (where to come back to, a code, the header of a logout token,
// how a browser calls itself, claims) brings nothing down, leads to no other site, and leaves nothing that is not one of ours.
func FuzzFromOutside(f *testing.F) {
	code, _ := NewCode("vaud")
	for _, text := range []string{
		"/dossiers?sort=name", "//evil.example", "/\\evil.example", "/\t/evil.example", "/signin", "/%2f/evil.example", "/a?b#//c", code, strings.ToUpper(code),
		"vaud.aaaa-bbbb", "eyJ0eXAiOiJsb2dvdXQrand0In0.e30.x", "eyJ0eXAiOiJhdCtqd3QifQ.e30.x", "..", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		`{"name":["Léa"],"groups":[1],"azp":"x","auth_time":1e300,"sid":"s","tid":"t"}`, `{"name":{"a":1},"groups":["a","b"],"auth_time":-1}`, "a@b@example.ch",
	} {
		f.Add(text)
	}
	home, err := url.Parse("https://passerelle.example/signin")
	if err != nil {
		f.Fatal(err)
	}
	connections := []Connection{{Slug: "vaud", EmailDomains: []string{"example.ch"}}}
	f.Fuzz(func(t *testing.T, text string) {
		path := ReturnPath(text)
		if target, err := home.Parse(path); err != nil || target.Host != home.Host || target.Scheme != home.Scheme || target.User != nil || ReturnPath(path) != path {
			t.Errorf("%q leads to %v: %v", text, target, err)
		}
		if slug, hash, ok := ReadCode(text); ok {
			if again, same, ok := ReadCode(slug + "." + strings.ToUpper(strings.SplitN(strings.Join(strings.Fields(text), ""), ".", 2)[1])); !ok || again != slug || !slices.Equal(same, hash) {
				t.Errorf("the code %q is not the same in capitals", text)
			}
		}
		typedAsLogout(text)
		device := DeviceOf(text)
		for family, known := range map[string]map[string]string{device.Browser: browserFamilies, device.System: systemFamilies} {
			if family != otherDevice && !slices.Contains(valuesOf(known), family) {
				t.Errorf("the device %q is of the family %q", text, family)
			}
		}
		if _, err := choose(connections, text); err == nil && !strings.HasSuffix(strings.ToLower(strings.TrimSpace(text)), "@example.ch") {
			t.Errorf("%q is of example.ch", text)
		}
		var said claims
		var all map[string]any
		if json.Unmarshal([]byte(text), &said) != nil || json.Unmarshal([]byte(text), &all) != nil {
			return
		}
		connections[0].belongs(all)
		for _, shown := range append(shownGroups(said.Groups), shortened(textOf(all, "name"))) {
			if len([]rune(shown)) > longestDisplay || strings.ContainsFunc(shown, unicode.IsControl) {
				t.Errorf("%q would be shown as %q", text, shown)
			}
		}
	})
}

func valuesOf(families map[string]string) (values []string) {
	for _, family := range families {
		values = append(values, family)
	}
	return values
}
