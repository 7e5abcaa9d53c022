package disclosureview

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/i18n"
)

// TestSlice shows that codes are read in the reader's language, and what was typed stays text.
func TestSlice(t *testing.T) {
	t.Parallel()
	slice := disclosure.Slice{Sections: []disclosure.Section{
		{Class: access.Identity, Facts: []disclosure.Fact{
			{Label: "dossiers.family_name.label", Kind: disclosure.Text, Values: []string{`<script>alert(1)</script>`}},
			{Label: "dossiers.birth_date.label", Kind: disclosure.Date, Values: []string{"1998-04-03"}},
			{Label: "dossiers.nationalities.label", Kind: disclosure.Country, Values: []string{"NG", "RO"}},
		}},
		{Class: access.Skills, Facts: []disclosure.Fact{{Label: "dossiers.languages.label", Kind: disclosure.Language, Values: []string{"ron"}}}},
		{Class: access.Health, Facts: []disclosure.Fact{{Label: "access.data_class.health", Kind: disclosure.Message, Values: []string{"dossiers.disclosure.nothing_recorded"}}}},
	}}
	for lang, words := range map[i18n.Lang][]string{
		i18n.FR: {"Identité", "03.04.1998", "Nigéria, Roumanie", "roumain", "Santé"},
		i18n.DE: {"Identität", "03.04.1998", "Nigeria, Rumänien", "Rumänisch", "Gesundheit"},
	} {
		var page bytes.Buffer
		ctx := i18n.With(context.Background(), lang)
		if err := Slice(slice).Render(ctx, &page); err != nil {
			t.Fatal(err)
		}
		for _, word := range append(words, "&lt;script&gt;alert(1)&lt;/script&gt;", i18n.T(ctx, "dossiers.disclosure.nothing_recorded")) {
			if !strings.Contains(page.String(), word) {
				t.Errorf("%s: %q is missing:\n%s", lang, word, page.String())
			}
		}
	}
}
