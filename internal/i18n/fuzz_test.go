package i18n

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// FuzzMessages: whatever stands in a placeholder stands in the sentence as it is, and is never taken for a placeholder or a template itself;
// and whatever a browser says that it reads, the answer is in a language of ours.
func FuzzMessages(f *testing.F) {
	f.Add("de-CH,de;q=0.9", "Léa", 1)
	f.Add("%%%", "{{.Count}}", 1_000_000)
	f.Add("*;q=1e9", "{{ .Name }}{{end}}", -1)
	f.Add(strings.Repeat("a-", 500), "{{template \"x\"}}", 0)
	f.Fuzz(func(t *testing.T, accepted, word string, count int) {
		if !Match(accepted).Known() {
			t.Errorf("%q is answered in %q", accepted, Match(accepted))
		}
		for _, lang := range Langs {
			ctx := With(t.Context(), lang)
			keys := slices.Sorted(maps.Keys(messages.filled[lang]))
			key := keys[uint(count)%uint(len(keys))]
			var args []any
			for _, name := range messages.filled[lang][key].names {
				args = append(args, name, word)
			}
			said := T(ctx, key, args...)
			for rest, texts := said, messages.filled[lang][key].texts; len(texts) > 0; texts = texts[1:] {
				found := false
				if rest, found = strings.CutPrefix(rest, texts[0]); !found {
					t.Fatalf("%s in %s with %q is %q", key, lang, word, said)
				}
				rest = strings.TrimPrefix(rest, word)
			}
			plurals := slices.Sorted(maps.Keys(messages.plural))
			if key := plurals[uint(count)%uint(len(plurals))]; T(ctx, key, "Count", count, "Name", word) == key {
				t.Errorf("%s in %s says nothing of %d", key, lang, count)
			}
			if T(ctx, word) == "" && word != "" {
				t.Errorf("nothing is said of %q", word)
			}
		}
	})
}
