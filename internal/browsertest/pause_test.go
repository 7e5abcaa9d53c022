package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
	"passerelle/views/inboxview"
	"passerelle/views/paths"
)

// another sends one more referral of Amina's to the CSR.
func (s story) another() referrals.ID {
	s.t.Helper()
	lea := cast.Lea.Context(s.t.Context())
	draft, err := s.site.App.Referrals.Draft(lea, s.id, ids.New[timeline.Referral](), cast.CSR.ID)
	check(s.t, err)
	draft, err = s.site.App.Referrals.Write(lea, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: cast.CSR.Kind, Urgency: referrals.Soon, Request: amina.request, DataClasses: classes,
	}})
	check(s.t, err)
	preview, err := s.site.App.Referrals.Preview(lea, draft.ReferralID)
	check(s.t, err)
	_, err = s.site.App.Referrals.Send(lea, draft.ReferralID, preview.Seal())
	check(s.t, err)
	return draft.ReferralID
}

// TestPause: Noé has a referral open and asks for too many others. His page goes, Karim sees the alert come without loading
// anything, lifts the pause, and Noé goes on with what he had typed.
func TestPause(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t, func(options *app.Options) { options.WatchEvery = 100 * time.Millisecond })
		story := begin(t, site, asTheyAre)
		story.send()
		karim, noe := sit(t, site, s), sit(t, site, s)
		karim.signedIn(cast.Karim)
		karim.visit(paths.Work)
		karim.at("work.title")
		noe.signedIn(cast.Noe)
		noe.visit(story.received())
		noe.at("inbox.referral.title", "Reference", story.draft.Reference)
		noe.sees(amina.family)

		noe.wanted = []int64{403}
		atOffice := cast.Noe.Context(t.Context())
		var refused referrals.ID
		for n := 2; ; n++ {
			id := story.another()
			if _, err := site.App.Inbox.Open(atOffice, id); err != nil {
				if n != access.ReadingOf(access.OfficeMember).Ceiling+1 {
					t.Fatalf("refused at %d: %v", n, err)
				}
				refused = id
				break
			}
		}
		if s.noScript {
			noe.fill("body", "Elle peut venir lundi.")
			noe.press(words(noe.say("inbox.messages.send")))
		}
		noe.at("alerts.paused.title")
		noe.seesNot(amina.family)
		noe.sees(noe.say("alerts.paused.call", "NGO", cast.Vaud.Name))
		if s.noScript {
			noe.sees(noe.say("alerts.paused.kept"))
			karim.visit(paths.Work)
			karim.at("work.title")
		}
		karim.sees(karim.say("alerts.waiting.link"))
		karim.until("the number in the navigation", func() bool { return karim.count(on(`.pas-nav a[href="/alerts"] .pas-count`)) == 1 })
		karim.lookOver("alerts.waiting")
		karim.press(words(karim.say("alerts.waiting.link")))
		karim.at("alerts.title")
		karim.sees(cast.Noe.Name)
		karim.press(on(`form[action$="/lifting"] button[value="discussed"]`))
		karim.sees(karim.say("alerts.notice.lifted"))
		karim.lookOver("alerts.lifted")

		noe.press(words(noe.say("alerts.paused.again")))
		noe.at("inbox.referral.title", "Reference", story.draft.Reference)
		noe.sees(amina.family)
		if s.noScript {
			if typed := noe.value(on("#body")); typed != "Elle peut venir lundi." {
				t.Errorf("what was typed became %q", typed)
			}
		}
		noe.visit(inboxview.ReferralURL(refused))
		noe.until("the referral that was refused", func() bool { return noe.path() == inboxview.ReferralURL(refused) })
		noe.sees(amina.family)
	})
}
