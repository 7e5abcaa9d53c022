package browsertest

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestItalianAndEnglish looks over the pages in the languages in which no journey goes.
func TestItalianAndEnglish(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	s := style{lang: i18n.IT, width: narrow}
	lea, noe, ruth := sit(t, site, s), sit(t, site, s), sit(t, site, s)
	lea.signedIn(cast.Lea)
	noe.signedIn(cast.Noe)
	ruth.signedIn(cast.Ruth)
	lea.visit(story.referral() + "/edit")
	lea.at("referrals.edit.title")
	lea.visit(story.referral() + "/preview")
	lea.at("referrals.preview.title")
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
		{lea, story.dossier() + "/consents/new", "consents.new.title", nil},
		{lea, story.dossier() + "/consents/new?office=" + cast.CSR.ID.String(), "consents.new.title", nil},
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
		other := i18n.EN
		if page.who.style.lang == i18n.EN {
			other = i18n.IT
		}
		page.who.speaks(other)
		page.who.at(page.heading, page.args...)
	}
}

// TestLanguageOnThePage changes the language where one is, with scripts and without.
func TestLanguageOnThePage(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		lea := sit(t, webtest.Start(t), s)
		lea.visit("/dossiers")
		lea.at("signin.title")
		lea.speaks(i18n.IT)
		lea.at("signin.title")
		lea.identify(cast.Lea)
		lea.at("dossiers.title")
		for _, lang := range i18n.Langs {
			lea.speaks(lang)
			lea.at("dossiers.title")
		}
	})
}

// speaks changes the language with the page's own button.
func (p *person) speaks(lang i18n.Lang) {
	p.t.Helper()
	p.press(on(`button[name=language][value=` + string(lang) + `]`))
	p.style.lang, p.words = lang, i18n.With(p.t.Context(), lang)
}
