package browsertest

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestDoubleClick sends one referral and one message, whoever clicks how often.
func TestDoubleClick(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t)
		story := begin(t, site, asTheyAre)
		lea := sit(t, site, s)
		lea.signedIn(cast.Lea)

		lea.visit("/dossiers/new")
		lea.at("dossiers.new.title")
		name := lea.value(field("code_name"))
		lea.pressTwice(words(lea.say("dossiers.new.submit")))
		lea.at(name)
		if n := story.count("select count(*) from dossiers"); n != 2 {
			t.Errorf("two clicks opened %d dossiers", n-1)
		}

		lea.visit(story.referral() + "/preview")
		lea.at("referrals.preview.title")
		lea.pressTwice(words(lea.say("referrals.preview.send")))
		lea.at(story.draft.Reference)
		if n := story.count("select count(*) from events where kind = 'referral_sent'"); n != 1 {
			t.Errorf("two clicks sent %d referrals", n)
		}

		lea.choose("kind", "question")
		lea.fill("body", "Une seule fois ?")
		lea.pressTwice(words(lea.say("referrals.reply.submit")))
		lea.at(story.draft.Reference)
		lea.sees("Une seule fois ?")
		if n := story.count("select count(*) from messages"); n != 1 {
			t.Errorf("two clicks sent %d messages", n)
		}
	})
}

// TestTwoEditors change the same dossier: the second one sees both texts, and nothing is lost.
func TestTwoEditors(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t)
		story := begin(t, site, asTheyAre)
		lea, karim := sit(t, site, s), sit(t, site, s)
		lea.signedIn(cast.Lea)
		karim.signedIn(cast.Karim)
		for _, p := range []*person{lea, karim} {
			p.visit(story.dossier() + "/edit")
			p.at("dossiers.edit.title")
		}
		karim.fill("contact_note", "N’appeler que le matin.")
		karim.press(words(karim.say("dossiers.save")))
		karim.at("dossiers.parts.person")

		lea.fill("contact_note", "Écrire seulement.")
		lea.fill("given_names", "Amina Joy")
		lea.wanted = []int64{409}
		lea.press(words(lea.say("dossiers.save")))
		lea.at("dossiers.conflict.title")
		lea.wanted = nil
		lea.sees("N’appeler que le matin.")
		if mine := lea.value(field("contact_note")); mine != "Écrire seulement." {
			t.Errorf("Léa's text became %q", mine)
		}
		lea.touch(field("take_contact_note", "yes"))
		lea.press(words(lea.say("dossiers.save")))
		lea.at("dossiers.parts.person")
		lea.sees("N’appeler que le matin.")
		lea.sees("Amina Joy")
	})
}

// TestTwoWriters change the same draft.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	s := style{lang: i18n.FR, width: narrow}
	lea, karim := sit(t, site, s), sit(t, site, s)
	lea.signedIn(cast.Lea)
	karim.signedIn(cast.Karim)
	for _, p := range []*person{lea, karim} {
		p.visit(story.referral() + "/edit")
		p.at("referrals.edit.title")
	}
	karim.fill("request", "La version de Karim.")
	karim.press(words(karim.say("referrals.edit.save")))
	karim.at("referrals.edit.title")

	lea.fill("request", "La version de Léa.")
	lea.wanted = []int64{409}
	lea.press(words(lea.say("referrals.edit.preview")))
	lea.at("referrals.edit.title")
	lea.wanted = nil
	lea.sees("La version de Karim.")
	if mine := lea.value(field("request")); mine != "La version de Léa." {
		t.Errorf("Léa's text became %q", mine)
	}
	lea.press(words(lea.say("referrals.edit.preview")))
	lea.at("referrals.preview.title")
	lea.sees("La version de Léa.")
}
