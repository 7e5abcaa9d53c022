package browsertest

import (
	"testing"

	crypt "filippo.io/age"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestLeavingForGood: the coordination decides how long dossiers are kept; one who administers gives the key of an archive, another confirms it;
// an operator plans that everything is deleted, and takes it back.
func TestLeavingForGood(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			house := webtest.Start(t)
			karim := sit(t, house, s)
			karim.signedIn(cast.Karim)
			karim.visit("/retention")
			karim.at("retention.title")
			karim.press(words(karim.say("retention.edit.link")))
			karim.at("retention.edit.title")
			karim.fill("months_return", "0")
			karim.press(words(karim.say("retention.edit.submit")))
			karim.wanted = []int64{422}
			karim.at("retention.edit.title")
			karim.wanted = nil
			karim.sees(karim.say("retention.months.wrong", "Longest", "600"))
			karim.fill("months_return", "66")
			karim.press(words(karim.say("retention.edit.submit")))
			karim.at("retention.title")
			karim.sees(karim.say("retention.span", "Count", 66))

			identity, err := crypt.GenerateX25519Identity()
			if err != nil {
				t.Fatal(err)
			}
			anna := sit(t, house, s)
			anna.plugIn()
			anna.signIn(cast.Anna)
			anna.visit("/departure")
			anna.at("departures.title")
			anna.sees(anna.say("departures.key.none"))
			anna.fill("recipient", identity.Recipient().String())
			anna.press(words(anna.say("departures.key.submit")))
			anna.registers(cast.Anna)
			anna.at("departures.title")
			anna.sees(anna.say("departures.key.waits"))

			boris := sit(t, house, s)
			boris.plugIn()
			boris.signIn(cast.Boris)
			boris.visit("/departure")
			boris.at("departures.title")
			boris.sees(identity.Recipient().String())
			boris.press(words(boris.say("departures.key.confirm")))
			boris.registers(cast.Boris)
			boris.at("departures.title")
			boris.sees(boris.say("departures.notice.confirmed"))

			site, _ := house.Console(t)
			ada := sit(t, site, s)
			ada.operates(cast.Ada)
			ada.press(words(cast.Vaud.Name))
			ada.at(cast.Vaud.Name)
			ada.press(words(ada.say("console.removal.plan")))
			ada.at("console.removal.plan")
			ada.tick("reason", "asked")
			ada.fill("slug", cast.Vaud.Slug)
			ada.press(words(ada.say("console.removal.submit")))
			ada.at(cast.Vaud.Name)
			ada.sees(ada.say("console.removal.planned"))
			ada.press(words(ada.say("console.removal.withdraw")))
			ada.at(cast.Vaud.Name)
			ada.sees(ada.say("console.removal.withdrawn"))
		})
	}
}
