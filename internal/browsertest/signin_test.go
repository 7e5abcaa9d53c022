package browsertest

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestJoHasTwoWorkplaces chooses between cantons, and changes from one to the other.
func TestJoHasTwoWorkplaces(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, noScript: true}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			jo := sit(t, webtest.Start(t), s)
			jo.signIn(cast.JoGeneve)
			jo.sees(cast.LegalGeneve.Name)
			jo.seesNot(cast.LegalVaud.Name)

			jo.press(words(jo.say("ui.switch")))
			jo.sees(cast.LegalVaud.Name)
			jo.press(words(cast.LegalVaud.Name))
			jo.at("inbox.title")
			jo.sees(cast.LegalVaud.Name)
			jo.seesNot(cast.LegalGeneve.Name)
		})
	}
}
