package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestSearchByName looks for a person by a name that was heard: in place, or by a page of its own, and never by an address.
func TestSearchByName(t *testing.T) {
	for _, s := range []style{
		{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.DE, width: wide, noScript: true}, {lang: i18n.FR, width: narrow, noScript: true},
	} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			story := begin(t, site, asTheyAre)
			lea := sit(t, site, s)
			lea.secrets = []string{amina.family, amina.given}
			lea.signedIn(cast.Lea)
			lea.visit("/dossiers")
			lea.at("dossiers.title")
			search := func(typed string, announced string) {
				t.Helper()
				lea.fill("sought", typed)
				if s.noScript {
					lea.press(words(lea.say("dossiers.search.submit")))
					lea.at("dossiers.title")
				} else {
					lea.acts("dossiers.search.submit", "dossiers.title")
				}
				lea.sees(announced)
				if value := lea.value(field("sought")); value != typed {
					t.Errorf("%q stays in the field", value)
				}
				var said string
				if !s.noScript {
					if lea.do(chromedp.Evaluate(`document.getElementById("notice").textContent`, &said)); said == "" && len(lea.wanted) == 0 {
						t.Error("nothing is announced")
					}
				}
				if path := lea.path(); path != "/dossiers" && path != "/dossiers/search" {
					t.Errorf("the address is %s", path)
				}
			}
			search(amina.family, lea.say("dossiers.search.found", "Count", 1))
			lea.sees(story.name)
			lea.sees(amina.given)
			search("Tarquinia Bvumbe", lea.say("dossiers.search.none.title"))
			lea.seesNot(story.name)
			lea.wanted = []int64{422}
			search("x", lea.say("dossiers.search.too_short"))
			lea.hears(on(".govuk-error-summary"), lea.say("dossiers.search.too_short"))
			lea.wanted = nil
			search(amina.family[:3], lea.say("dossiers.search.found", "Count", 1))
			lea.press(words(story.name))
			lea.at(story.name)
			lea.keepsNothing()
		})
	}
}
