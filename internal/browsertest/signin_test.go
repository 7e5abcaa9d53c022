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

			jo.touch(words(jo.say("ui.switch")))
			jo.sees(cast.LegalVaud.Name)
			jo.press(words(cast.LegalVaud.Name))
			jo.at("inbox.title")
			jo.sees(cast.LegalVaud.Name)
			jo.seesNot(cast.LegalGeneve.Name)
		})
	}
}

// TestNoeSeesHisSessions ends one that he left open elsewhere, and signs out here and at his organisation.
func TestNoeSeesHisSessions(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, noScript: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide, noScript: true}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			elsewhere := site.SignIn(t, cast.Noe)
			noe := sit(t, site, s)
			noe.signIn(cast.Noe)
			noe.press(words(noe.say("sessions.title")))
			noe.at("sessions.title")
			noe.sees(noe.say("sessions.here"))
			noe.press(words(noe.say("sessions.end_others")))
			noe.at("sessions.title")
			noe.sees(noe.say("sessions.others_ended"))
			if page := elsewhere.Get("/inbox"); page.URL.Path != "/signin" {
				t.Errorf("the other session leads to %s", page.URL)
			}
			noe.press(words(noe.say("ui.sign_out")))
			noe.at("signin.title")
			noe.sees(noe.say("sessions.signed_out.title"))
		})
	}
}
