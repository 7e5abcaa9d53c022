package ui

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestUnfold(t *testing.T) {
	t.Parallel()
	sentence := strings.Repeat("Élan vital é. ", 40)
	for name, c := range map[string]struct{ text, ends string }{
		"nothing":               {"", ""},
		"as long as may be":     {strings.Repeat("é", longProse), ""},
		"one character more":    {strings.Repeat("é", longProse+1), "é"},
		"sentences":             {sentence, "é."},
		"a line that ends":      {strings.Repeat("mot ", 40) + "fin\n" + sentence, "fin"},
		"a line that ends soon": {"Non.\n" + strings.Repeat("mot ", 200), "mot"},
		"words":                 {strings.Repeat("mot ", 200) + "fin", "mot"},
	} {
		begins, rest := unfold(c.text)
		if c.ends == "" {
			if begins != c.text || rest != "" {
				t.Errorf("%s: what is short is folded: %q", name, rest)
			}
			continue
		}
		if n := utf8.RuneCountInString(begins); n > beginning || n < beginning/4 || rest == "" || !strings.HasSuffix(begins, c.ends) {
			t.Errorf("%s: it begins with %d characters: %q", name, n, begins)
		}
		if strings.Join(strings.Fields(begins+rest), "") != strings.Join(strings.Fields(c.text), "") || !utf8.ValidString(begins) {
			t.Errorf("%s: something is lost:\n%s\n%s", name, begins, rest)
		}
	}
}
