package browsertest

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestNothingStaysOnDisk (T36, of the browser) works in an ordinary window, whose profile outlives the browser, as the NGO and, at
// the same computer, as the office, and then searches the profile.
func TestNothingStaysOnDisk(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	var own chromium
	window := own.start(t)
	t.Cleanup(own.stop)
	lea := sitBefore(t, window, site, style{lang: i18n.FR, width: wide})
	lea.signIn(cast.Lea)
	lea.visit(story.dossier())
	lea.at(story.name)
	lea.sees(amina.family)
	lea.visit(story.dossier() + "/situation/edit")
	lea.at("dossiers.situation.edit")
	lea.fill("housing", amina.answer)
	lea.press(words(lea.say("dossiers.save")))
	lea.at("dossiers.parts.person")
	lea.visit(story.dossier() + "/edit")
	lea.at("dossiers.edit.title")
	lea.fill("contact_note", amina.request)
	lea.visit("/dossiers")
	lea.at("dossiers.title")
	lea.fill("sought", amina.family)
	lea.acts("dossiers.search.submit", "dossiers.title")
	lea.visit(story.referral() + "/edit")
	lea.at("referrals.edit.title")
	lea.visit(story.referral() + "/preview")
	lea.sees(amina.family)
	story.send()
	lea.signsOut()
	lea.signedIn(cast.Noe)
	lea.visit(story.received())
	lea.sees(amina.family)
	own.quit()

	// The address is what a browser remembers: finding it shows that the search finds something.
	found := search(t, own.profile, story.id.String(), amina.family, amina.phone, amina.health, amina.answer, amina.request)
	if len(found[story.id.String()]) == 0 {
		t.Error("not even the address is in the profile: is this the right folder?")
	}
	delete(found, story.id.String())
	for text, files := range found {
		t.Errorf("%q is in %q", text, files)
	}
}

// search finds texts in the files below a folder, in the encodings in which Chromium writes.
func search(t *testing.T, folder string, texts ...string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	if err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, text := range texts {
			wide, err := binary.Append(nil, binary.LittleEndian, utf16.Encode([]rune(text)))
			if err != nil {
				return err
			}
			if bytes.Contains(content, []byte(text)) || bytes.Contains(content, wide) {
				found[text] = append(found[text], filepath.Base(path))
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
