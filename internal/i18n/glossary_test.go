package i18n

import (
	"os"
	"strings"
	"testing"
)

// TestOneWordForAState compares the words for the states of a referral on the NGO's pages, on the office's and in the
// timeline with the glossary.
func TestOneWordForAState(t *testing.T) {
	t.Parallel()
	all, _ := readCatalogues(t)
	glossary, err := os.ReadFile("../../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(glossary), "### States of a referral")
	section, _, _ = strings.Cut(section, "\n### ")
	states := 0
	for row := range strings.Lines(section) {
		cells := strings.Split(row, "|")
		if len(cells) != 7 || !strings.Contains(cells[5], "`") {
			continue
		}
		states++
		state := strings.ToLower(strings.Trim(strings.TrimSpace(cells[5]), "`"))
		for i, lang := range []Lang{FR, DE, IT, EN} {
			word, _, _ := strings.Cut(strings.TrimSpace(cells[i+1]), " (")
			for _, key := range []string{"referrals.state." + state, "inbox.state." + state, "timeline.kind.referral_" + state} {
				said, ok := all[lang][key]
				if ok && key != "inbox.state.sent" && !strings.HasSuffix(strings.ToLower(said["other"]), strings.ToLower(word)) {
					t.Errorf("%s: %s says %q, and the glossary %q", lang, key, said["other"], word)
				}
			}
		}
	}
	if !found || states != 7 {
		t.Errorf("the glossary has %d states", states)
	}
}
