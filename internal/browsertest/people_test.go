package browsertest

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestPeople has an admin, who registers her passkey on the way, invite somebody and shut somebody out.
func TestPeople(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			anna := sit(t, webtest.Start(t), s)
			anna.plugIn()
			anna.signIn(cast.Anna)
			anna.visit("/members")
			anna.at("members.title")
			anna.sees(cast.Karim.Name)
			anna.press(words(anna.say("members.invite.staff")))
			anna.registers(cast.Anna)
			anna.at("members.invite.staff")
			anna.fill("name", "Nina Roth")
			anna.fill("email", "nina@vaud.example")
			anna.tick("role", "caseworker")
			anna.press(words(anna.say("members.invite.submit")))
			anna.at("members.code.title")
			anna.press(words(anna.say("members.code.done")))
			anna.at("members.title")
			anna.sees("Nina Roth")
			anna.press(words(cast.Lea.Name))
			anna.at(cast.Lea.Name)
			anna.press(words(anna.say("members.ending.disable")))
			anna.at(cast.Lea.Name)
			anna.sees(anna.say("members.state.disabled"))
			anna.visit("/members/log")
			anna.at("members.log.title")
			anna.sees(cast.Lea.Name)
		})
	}
}

// TestCodes: the code of an invitation fills the field by itself where there are scripts.
func TestCodes(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		claire := sit(t, webtest.Start(t), s)
		claire.signedIn(cast.Claire)
		code := "vaud." + strings.Repeat("a", 52)
		claire.visit("/join#" + code)
		claire.at("signin.join.title")
		want := code
		if s.noScript {
			want = ""
		}
		if got := claire.value(on("[name=code]")); got != want {
			t.Errorf("the field holds %q, want %q", got, want)
		}
	})
}
