package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestFolded reads a long text of a dossier by keyboard and without a script, and then on paper.
func TestFolded(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	const end = "Voilà la fin."
	story := begin(t, site, func(text string) string {
		if text == amina.health {
			return strings.Repeat(text+" ", 20) + end
		}
		return text
	})
	lea := sit(t, site, style{lang: i18n.FR, width: wide, keyboard: true, noScript: true})
	lea.signedIn(cast.Lea)
	lea.visit(story.dossier() + "/person")
	lea.at("dossiers.parts.person")
	lea.sees(amina.health)
	lea.seesNot(end)
	lea.touch(on("#situation .govuk-summary-list__row:first-child summary"))
	lea.sees(end)
	if n := lea.count(on(".pas-folded > .pas-prose")); n != 1 {
		t.Errorf("%d texts are unfolded", n)
	}
	lea.do(emulation.SetEmulatedMedia().WithMedia("print"))
	if n := lea.count(on(".pas-folded > .pas-prose")); n != len(dossiers.SituationClasses) {
		t.Errorf("on paper %d texts of %d are whole", n, len(dossiers.SituationClasses))
	}
	if strings.Contains(lea.state().Text, lea.say("ui.folded.more")) {
		t.Error("paper cannot be unfolded, and says so")
	}
}
