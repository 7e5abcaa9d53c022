package dossiers

import (
	"testing"
	"unicode/utf8"

	"passerelle/internal/fault"
)

// FuzzSought: whatever is typed into a search, or was written down of a person, brings no search down; what is a code name is read as the
// same again, in letters that every keyboard has.
func FuzzSought(f *testing.F) {
	f.Add("Blessing O", "Blessing Okafor")
	f.Add("محمد", "Mohamed")
	f.Add("王秀英 4.3.01", "Wang Xiu Ying")
	f.Add("+41 (0)79 123 45 67 b.okafor@example.ch", "0041791234567")
	f.Add("lomidak", "Lomidak")
	f.Add("\xff '", "a b c d e f g h i j k l m n o p q r s t u v w x y z")
	f.Fuzz(func(t *testing.T, typed, written string) {
		if name, err := ParseCodeName(typed); err == nil {
			if again, err := ParseCodeName(string(name)); err != nil || again != name || ParsePrefix(string(name)) != name.Key() {
				t.Errorf("%q is %q, and that %q, %q: %v", typed, name, again, ParsePrefix(string(name)), err)
			}
		}
		sought, err := ParseSought(typed)
		if err != nil {
			if _, ours := fault.Correctable(err); !ours {
				t.Errorf("no fault of what was typed: %v", err)
			}
			return
		}
		if len(sought.words) > mostWords || !utf8.ValidString(string(sought.name)) {
			t.Errorf("%q is %+v", typed, sought)
		}
		sought.fit(CodeName(written), known{FamilyName: written, GivenNames: typed, Phone: written, Email: written})
	})
}
