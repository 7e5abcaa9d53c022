package browsertest

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// both ways: what scripts improve must hold without them as well.
var both = []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: wide, noScript: true}}

func inBoth(t *testing.T, test func(t *testing.T, s style)) {
	t.Helper()
	for _, s := range both {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

// TestT26 goes back after signing out: a browser may keep the page as it was, and must not show it.
func TestT26(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t)
		story := begin(t, site, asTheyAre)
		lea := sit(t, site, s)
		lea.signIn(cast.Lea)
		lea.visit(story.dossier())
		lea.at(story.name)
		lea.sees(amina.family)

		// Elsewhere and back: the page is asked for anew, which takes a script. Without one the browser may show its copy to
		// whoever is still signed in.
		if !s.noScript {
			asked := lea.askedFor(story.dossier())
			lea.visit("/work")
			lea.at("work.title")
			lea.back()
			lea.at(story.name)
			if now := lea.askedFor(story.dossier()); now <= asked {
				t.Errorf("the dossier was shown without asking for it: %d and then %d times", asked, now)
			}
		}

		lea.signsOut()
		lea.back()
		lea.until("signing in again", func() bool {
			page := lea.state()
			if strings.Contains(page.Text, amina.family) || strings.Contains(page.Text, amina.phone) {
				t.Fatalf("after signing out, Back shows the dossier: %s", page.Text)
			}
			return page.Ready && !page.Left && len(page.H1) == 1 && page.H1[0] == lea.say("signin.title")
		})
		lea.lookOver("signin.title")
	})
}

// back is the browser's button.
func (p *person) back() {
	p.t.Helper()
	p.leave()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		current, entries, err := page.GetNavigationHistory().Do(ctx)
		if err != nil {
			return err
		}
		return page.NavigateToHistoryEntry(entries[current-1].ID).Do(ctx)
	}))
}

// askedFor is how often the window asked the server for a path.
func (p *person) askedFor(path string) (n int) {
	for _, url := range p.journal.requests() {
		if url == p.site.URL+path {
			n++
		}
	}
	return n
}

// expire lets every session run out, as fifteen idle minutes do.
func expire(t testing.TB, site *webtest.Site) {
	t.Helper()
	site.Database.Exec(t, "update sessions set seen_at = seen_at - interval '20 minutes'")
	site.App.SignIn.Forget("")
}

// TestFormSurvivesSigningInAgain sends a form when the session has run out meanwhile.
func TestFormSurvivesSigningInAgain(t *testing.T) {
	inBoth(t, func(t *testing.T, s style) {
		site := webtest.Start(t)
		story := begin(t, site, asTheyAre)
		lea := sit(t, site, s)
		lea.signedIn(cast.Lea)
		lea.visit(story.referral() + "/edit")
		lea.at("referrals.edit.title")
		lea.fill("request", "Un texte long, \nsur deux lignes.")
		lea.choose("urgency", "urgent")

		expire(t, site)
		lea.press(words(lea.say("referrals.edit.preview")))
		lea.at("signin.title")
		lea.sees(lea.say("signin.kept"))
		lea.identify(cast.Lea)
		lea.at("referrals.edit.title")
		lea.sees(lea.say("ui.restored"))
		if text := lea.value(field("request")); text != "Un texte long, \nsur deux lignes." {
			t.Errorf("the text became %q", text)
		}
		lea.press(words(lea.say("referrals.edit.preview")))
		lea.at("referrals.preview.title")
		lea.sees("sur deux lignes.")
		lea.sees(lea.say("referrals.urgency.urgent"))
	})
}

// skew makes the page's clock one that tests can put forward.
const skew = `{ const now = Date.now; let ahead = 0; Date.now = () => now() + ahead; globalThis.passerelleAhead = (ms) => { ahead += ms } }`

// hasClock lets later put the clock of the pages to come forward.
func (p *person) hasClock() {
	p.t.Helper()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(skew).Do(ctx)
		return err
	}))
}

func (p *person) later(minutes int) {
	p.t.Helper()
	p.do(chromedp.Evaluate("passerelleAhead("+strconv.Itoa(minutes*60*1000)+")", nil))
}

// TestAbandonedScreen goes dark after five minutes and lets go of everything after fifteen, but for what was typed.
func TestAbandonedScreen(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	lea := sit(t, site, style{lang: i18n.FR, width: wide})
	lea.hasClock()
	lea.signedIn(cast.Lea)
	lea.visit(story.dossier() + "/situation/edit")
	lea.at("dossiers.situation.edit")
	lea.fill("health", "À moitié écrit")

	lea.later(5)
	lea.sees(lea.say("ui.curtain.title"))
	lea.picture("curtain")
	lea.seesNot(lea.say("dossiers.situation.income"))
	lea.touch(words(lea.say("ui.curtain.return")))
	lea.sees(lea.say("dossiers.situation.income"))
	if text := lea.value(field("health")); text != "À moitié écrit" {
		t.Errorf("behind the curtain the text became %q", text)
	}

	expire(t, site)
	lea.later(15)
	lea.sees(lea.say("ui.ended.title"))
	lea.sees(lea.say("ui.ended.kept"))
	lea.picture("ended")
	if fields := lea.count(field("health")); fields != 0 {
		t.Error("the form is still on the page")
	}
	lea.press(words(lea.say("ui.ended.sign_in")))
	lea.at("signin.title")
	lea.identify(cast.Lea)
	lea.at("dossiers.situation.edit")
	lea.sees(lea.say("ui.restored"))
	if text := lea.value(field("health")); text != "À moitié écrit" {
		t.Errorf("after signing in again the text became %q", text)
	}
	lea.keepsNothing()
}

// TestQuickExit leaves the page that a beneficiary may see, and the session with it.
func TestQuickExit(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	lea := sit(t, site, style{lang: i18n.DE, width: narrow})
	lea.signedIn(cast.Lea)
	lea.visit(story.referral() + "/preview")
	lea.at("referrals.preview.title")
	lea.sees(amina.family)
	for range 3 {
		lea.key(kb.Shift)
	}
	lea.until("the session's end", func() bool { return story.count("select count(*) from sessions where revoked_at is null") == 0 })
	lea.until("an empty page", func() bool { return !strings.Contains(lea.state().Text, amina.family) })
}
