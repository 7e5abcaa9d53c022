package browsertest

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestFourLanguages shows each page in each language, changing on the page itself.
func TestFourLanguages(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t)
		story := begin(t, site, asTheyAre)
		lea, noe, ruth := sit(t, site, s), sit(t, site, s), sit(t, site, s)
		for _, lang := range []i18n.Lang{i18n.IT, i18n.EN, i18n.DE, i18n.FR} {
			lea.visit("/signin")
			lea.at("signin.title")
			lea.speaks(lang)
			lea.at("signin.title")
		}
		lea.signIn(cast.Lea)
		noe.signIn(cast.Noe)
		ruth.signIn(cast.Ruth)
		story.send()
		for _, page := range []struct {
			who           *person
			path, heading string
			args          []any
		}{
			{lea, "/work", "work.title", nil},
			{lea, "/dossiers?code_name=zzz", "dossiers.title", nil},
			{lea, "/dossiers/new", "dossiers.new.title", nil},
			{lea, story.dossier(), story.name, nil},
			{lea, story.dossier() + "/edit", "dossiers.edit.title", nil},
			{lea, story.dossier() + "/consents/new", "consents.new.title", nil},
			{lea, story.dossier() + "/referrals/new", "referrals.new.title", nil},
			{lea, story.referral(), story.draft.Reference, nil},
			{lea, story.referral() + "/revocation", "referrals.revocation.title", nil},
			{noe, "/inbox", "inbox.title", nil},
			{noe, story.received(), "inbox.referral.title", []any{"Reference", story.draft.Reference}},
			{noe, story.received() + "/decline", "inbox.decline.title", nil},
			{ruth, "/dossiers", "dossiers.title", nil},
			{ruth, story.dossier(), story.name, nil},
		} {
			page.who.visit(page.path)
			page.who.at(page.heading, page.args...)
			for _, lang := range i18n.Langs {
				if lang != page.who.style.lang {
					page.who.speaks(lang)
					page.who.at(page.heading, page.args...)
				}
			}
		}
	})
}

// speaks changes the language with the page's own button.
func (p *person) speaks(lang i18n.Lang) {
	p.t.Helper()
	p.press(on(`button[name=language][value=` + string(lang) + `]`))
	p.style.lang, p.words = lang, i18n.With(p.t.Context(), lang)
}
