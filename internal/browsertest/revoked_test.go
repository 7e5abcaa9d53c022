package browsertest

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestT11 revokes while the office has the page open: it goes by itself, or at the next click.
func TestT11(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t)
		story := begin(t, site, asTheyAre)
		story.send()
		noe := sit(t, site, s)
		noe.signedIn(cast.Noe)
		noe.visit(story.received())
		noe.at("inbox.referral.title", "Reference", story.draft.Reference)
		noe.sees(amina.family)

		noe.wanted = []int64{404}
		_, err := site.App.Referrals.Revoke(cast.Lea.Context(t.Context()), story.draft.ReferralID)
		check(t, err)
		if s.noScript {
			noe.press(words(noe.say("inbox.taking.take")))
		}
		noe.at("ui.error.not_found.title")
		noe.seesNot(amina.family)
	})
}

// TestWithdrawal takes the consent back in one act, and the office finds nothing from then on.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	story.send()
	s := style{lang: i18n.DE, width: narrow, noScript: true}
	lea, noe := sit(t, site, s), sit(t, site, s)
	noe.signedIn(cast.Noe)
	lea.signedIn(cast.Lea)
	lea.visit(story.dossier())
	lea.at(story.name)
	lea.press(words(lea.say("consents.panel.withdraw")))
	lea.at("consents.withdrawal.title")
	lea.sees(story.draft.Reference)
	lea.press(words(lea.say("consents.withdrawal.submit")))
	lea.at(story.name)
	lea.sees(lea.say("consents.withdrawn"))

	noe.wanted = []int64{404}
	noe.visit(story.received())
	noe.at("ui.error.not_found.title")
}
