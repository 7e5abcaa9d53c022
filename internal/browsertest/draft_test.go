package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestDraftOfInterview writes an interview and is interrupted again and again. Nothing that was typed is lost, and once the
// interview is recorded nothing of the draft is left.
func TestDraftOfInterview(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	lea := sit(t, site, style{lang: i18n.FR, width: wide})
	lea.hasClock()
	lea.signedIn(cast.Lea)
	writing := story.dossier() + "/interviews/new"
	lea.visit(writing)
	lea.at("interviews.new.title")
	lea.fill("note", "Elle parle du voyage.")
	saved, _, _ := strings.Cut(lea.say("interviews.draft.saved", "At", "\x00"), "\x00")
	lea.sees(strings.TrimSpace(saved))

	// What was typed last is not saved yet when the page is loaded anew.
	lea.fill("note", "Elle parle du voyage, et d’une dette.")
	lea.do(page.Reload())
	lea.at("interviews.new.title")
	lea.draftIs("Elle parle du voyage, et d’une dette.")

	// The session runs out while she listens.
	lea.fill("note", "Elle parle du voyage, d’une dette, et de sa mère.")
	expire(t, site)
	lea.later(15)
	lea.sees(lea.say("ui.ended.title"))
	lea.seesNot("sa mère")
	lea.press(words(lea.say("ui.ended.sign_in")))
	lea.at("signin.title")
	lea.identify(cast.Lea)
	lea.at("interviews.new.title")
	if note := lea.value(field("note")); note != "Elle parle du voyage, d’une dette, et de sa mère." {
		t.Errorf("after signing in again the note is %q", note)
	}

	// The tab is closed at once, and everything goes on in another.
	lea.fill("note", "Elle parle de sa mère.")
	lea = lea.closesTab()
	lea.visit(writing)
	lea.at("interviews.new.title")
	lea.draftIs("Elle parle de sa mère.")

	lea.choose("kind", "individual")
	lea.fill("minutes", "45")
	lea.press(words(lea.say("interviews.new.submit")))
	lea.at("dossiers.parts.interviews")
	lea.sees("Elle parle de sa mère.")
	lea.visit(writing)
	lea.at("interviews.new.title")
	lea.seesNot(lea.say("interviews.draft.restored"))
	if note := lea.value(field("note")); note != "" {
		t.Errorf("the next interview begins with %q", note)
	}
	if n := story.count("select count(*) from drafts"); n != 0 {
		t.Errorf("%d drafts are left of an interview that is recorded", n)
	}
	lea.keepsNothing()
}

// draftIs says that the page gives back what was typed.
func (p *person) draftIs(note string) {
	p.t.Helper()
	p.until("the note "+note, func() bool { return p.count(field("note")) == 1 && p.value(field("note")) == note })
	p.sees(p.say("interviews.draft.restored"))
}

// closesTab closes the tab and opens another of the same window.
func (p *person) closesTab() *person {
	p.t.Helper()
	browser := chromedp.FromContext(p.ctx).Browser
	ask := cdp.WithExecutor(shared.start(p.t), browser)
	info, err := target.GetTargetInfo().WithTargetID(chromedp.FromContext(p.ctx).Target.TargetID).Do(ask)
	check(p.t, err)
	tab, err := target.CreateTarget("about:blank").WithBrowserContextID(info.BrowserContextID).Do(ask)
	check(p.t, err)
	p.do(page.Close())
	ctx, leave := chromedp.NewContext(shared.start(p.t), chromedp.WithTargetID(tab))
	p.t.Cleanup(leave)
	return sitBefore(p.t, ctx, p.site, p.style)
}
