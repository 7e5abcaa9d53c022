package browsertest

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/webtest"
)

// slack is by how much what is above may grow or shrink in an act, such as by a notice or a message.
const slack = 200

// acts presses a button whose answer comes in place: another page is read, in the same document, at the same height.
func (p *person) acts(button, heading string, args ...any) {
	p.t.Helper()
	var before, after int
	var stayed bool
	p.ask(nil, "stay")
	p.point(words(p.say(button)))
	p.ask(&before, "scroll")
	p.press(words(p.say(button)))
	want := p.say(heading, args...)
	p.until("an answer in place", func() bool {
		s := p.state()
		return !s.Left && len(s.H1) == 1 && s.H1[0] == want
	})
	if p.ask(&stayed, "stayed"); !stayed {
		p.t.Errorf("%s loaded a page", button)
	}
	p.ask(&after, "scroll")
	if summary := p.count(on(".govuk-error-summary")) > 0; !summary && (after < before-slack || after > before+slack) {
		p.t.Errorf("%s scrolled from %d to %d", button, before, after)
	}
	p.lookOver(heading)
}

// hears says what has the focus after an act, and so is read out; it is in sight as well.
func (p *person) hears(what thing, text string) {
	p.t.Helper()
	p.until(what.String()+" has the focus", func() bool { return p.focused(what) })
	var said string
	if p.ask(&said, "text", what); !strings.Contains(said, text) {
		p.t.Errorf("what is read out is %q, want %q", said, text)
	}
	p.until(what.String()+" in sight", func() (is bool) { p.ask(&is, "inSight", what); return is })
}

// TestOfficeActsInPlace takes, accepts, writes and puts away without leaving the page.
func TestOfficeActsInPlace(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			story := begin(t, site, asTheyAre)
			story.send()
			noe := sit(t, site, s)
			noe.signedIn(cast.Noe)
			heading, args := "inbox.referral.title", []any{"Reference", story.draft.Reference}
			noe.visit(story.received())
			noe.at(heading, args...)

			// What is half written stays, whatever else is done.
			noe.fill("body", "À moitié écrit")
			noe.acts("inbox.taking.take", heading, args...)
			noe.hears(on("#notice"), noe.say("inbox.notice.taken"))
			noe.sees(noe.say("inbox.state.taken"))
			noe.writes("À moitié écrit")

			// What others do comes by itself, also to a part that an act has put there.
			noe.touchToType(field("body"))
			story.replies("Elle a déménagé.")
			noe.sees("Elle a déménagé.")
			noe.writes("À moitié écrit")
			if !noe.focused(field("body")) {
				t.Error("a message that came in took the focus")
			}
			noe.acts("inbox.news.acknowledge", heading, args...)
			noe.hears(on("#notice"), noe.say("inbox.notice.read"))
			noe.seesNot(noe.say("inbox.news.text"))

			noe.fill("body", "")
			noe.choose("kind", "question")
			noe.wanted = []int64{422}
			noe.acts("inbox.messages.send", heading, args...)
			noe.hears(on(".govuk-error-summary"), noe.say("messages.body.missing"))
			noe.wanted = nil
			if noe.value(field("kind", "question")) != "true" {
				t.Error("what was chosen is forgotten")
			}
			noe.fill("body", "Dans quelle commune ?")
			noe.acts("inbox.messages.send", heading, args...)
			noe.hears(on("#notice"), noe.say("inbox.notice.written"))
			noe.sees("Dans quelle commune ?")
			noe.writes("")

			noe.picture("before-accepting")
			noe.acts("inbox.acceptance.accept", heading, args...)
			noe.hears(on("#notice"), noe.say("inbox.notice.accepted"))
			noe.picture("accepted")
			if path := noe.path(); path != story.received() {
				t.Errorf("the address became %s", path)
			}
			noe.visit(story.received())
			noe.at(heading, args...)
			noe.seesNot(noe.say("inbox.notice.accepted"))
			noe.keepsNothing()
		})
	}
}

// writes says what stands in the form for a message.
func (p *person) writes(text string) {
	p.t.Helper()
	if value := p.value(field("body")); value != text {
		p.t.Errorf("the text in the form is %q, want %q", value, text)
	}
}

// replies is Léa, elsewhere.
func (s story) replies(text string) {
	s.t.Helper()
	reply := referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: text}
	check(s.t, s.site.App.Referrals.Reply(cast.Lea.Context(s.t.Context()), s.draft.ReferralID, reply))
}

// TestNGOActsInPlace puts away what the office did, and writes to it.
func TestNGOActsInPlace(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	story.send()
	check(t, site.App.Inbox.Accept(cast.Noe.Context(t.Context()), story.draft.ReferralID))
	lea := sit(t, site, style{lang: i18n.DE, width: wide, keyboard: true})
	lea.signedIn(cast.Lea)
	lea.visit(story.referral())
	lea.at(story.draft.Reference)
	lea.acts("referrals.news.acknowledge", story.draft.Reference)
	lea.hears(on("#notice"), lea.say("referrals.news.read"))
	lea.seesNot(lea.say("referrals.news.text"))
	lea.choose("kind", "question")
	lea.fill("body", "Bis wann?")
	lea.acts("referrals.reply.submit", story.draft.Reference)
	lea.hears(on("#notice"), lea.say("referrals.reply.sent"))
	lea.sees("Bis wann?")
	lea.writes("")
}

// TestFilterInPlace narrows the list where it stands; the address says so, and the browser's button leads back.
func TestFilterInPlace(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	lea := sit(t, site, style{lang: i18n.FR, width: wide})
	lea.signedIn(cast.Lea)
	lea.visit("/dossiers")
	lea.at("dossiers.title")
	lea.fill("code_name", "zzz")
	lea.acts("dossiers.list.filter", "dossiers.title")
	lea.hears(on(".pas-filter button"), lea.say("dossiers.list.filter"))
	lea.sees(lea.say("dossiers.list.no_match.title"))
	lea.seesNot(story.name)
	var announced string
	if lea.do(chromedp.Evaluate(`document.getElementById("notice").textContent`, &announced)); !strings.Contains(announced, lea.say("dossiers.list.no_match.title")) {
		t.Errorf("what is announced is %q", announced)
	}
	lea.fill("code_name", story.name[:3])
	lea.acts("dossiers.list.filter", "dossiers.title")
	lea.sees(story.name)
	if path := lea.path(); path != "/dossiers?code_name="+story.name[:3]+"&phase=&responsible=" {
		t.Errorf("the address is %s", path)
	}
	lea.back()
	lea.at("dossiers.title")
	lea.sees(lea.say("dossiers.list.no_match.title"))
	if value := lea.value(field("code_name")); value != "zzz" {
		t.Errorf("Back asks for %q", value)
	}
	lea.back()
	lea.at("dossiers.title")
	lea.sees(story.name)
	if path := lea.path(); path != "/dossiers" {
		t.Errorf("back on %s", path)
	}
}

// TestNotSent sends what gets no answer: nothing of it is lost, and sending it again makes one thing.
func TestNotSent(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	story.send()
	noe := sit(t, site, style{lang: i18n.DE, width: narrow})
	noe.hasClock()
	noe.signedIn(cast.Noe)
	heading, args := "inbox.referral.title", []any{"Reference", story.draft.Reference}
	noe.visit(story.received())
	noe.at(heading, args...)
	const text = "Bitte den Ausweis mitbringen."
	noe.fill("body", text)
	send := on("#writing button")
	posts := story.received() + "/messages"
	fails := func(words string) {
		t.Helper()
		noe.until("a sentence beside the form", func() bool {
			var said string
			noe.ask(&said, "text", on("#writing [role=alert]"))
			return strings.Contains(said, squeeze(words))
		})
		noe.until("the button again", func() bool { return noe.count(on("#writing button[aria-busy]")) == 0 })
		noe.writes(text)
		noe.picture("not-sent")
		// That it failed stands in the console, as it should.
		noe.journal.take()
		noe.lookOver(heading)
	}

	unreachable := network.SetBlockedURLs().WithURLPatterns([]*network.BlockPattern{{URLPattern: site.URL + posts, Block: true}})
	noe.do(unreachable)
	noe.press(send)
	fails(noe.say("ui.unsent"))
	noe.do(network.SetBlockedURLs())

	site.Database.Exec(t, "alter table messages rename to elsewhere")
	noe.press(send)
	fails(noe.say("ui.unsent"))
	site.Database.Exec(t, "alter table elsewhere rename to messages")

	noe.do(chromedp.Evaluate(`{ const token = document.querySelector("#writing [name=_csrf]"); globalThis.token = token.value; token.value = "of another session" }`, nil))
	noe.press(send)
	fails(noe.say("ui.error.refused.text"))
	noe.do(chromedp.Evaluate(`document.querySelector("#writing [name=_csrf]").value = token`, nil))

	locked := func() (release func()) {
		t.Helper()
		lock, err := site.Database.Owner.Begin(t.Context())
		check(t, err)
		_, err = lock.Exec(t.Context(), "lock table messages")
		check(t, err)
		return func() { check(t, lock.Rollback(t.Context())) }
	}
	release := locked()
	noe.do(chromedp.Evaluate(`htmx.config.defaultTimeout = 1500`, nil))
	before := noe.askedFor(posts)
	noe.press(send)
	noe.press(send)
	fails(noe.say("ui.unsent"))
	if n := noe.askedFor(posts) - before; n != 1 {
		t.Errorf("two presses were sent %d times", n)
	}
	release()
	noe.do(chromedp.Evaluate(`htmx.config.defaultTimeout = 15000`, nil))

	noe.acts("inbox.messages.send", heading, args...)
	noe.hears(on("#notice"), noe.say("inbox.notice.written"))
	noe.seesNot(noe.say("ui.unsent"))
	noe.writes("")
	if n := story.count("select count(*) from messages"); n != 1 {
		t.Errorf("sending until it went made %d messages", n)
	}

	// Two acts are sent one after the other, and both are seen in the end.
	noe.fill("body", "Und das Zeugnis.")
	release = locked()
	noe.press(send)
	noe.press(words(noe.say("inbox.taking.take")))
	time.Sleep(stare)
	if n := noe.askedFor(story.received() + "/taking"); n != 0 {
		t.Error("one act was sent before the other was answered")
	}
	release()
	noe.sees(noe.say("inbox.notice.taken"))
	noe.sees("Und das Zeugnis.")
	noe.sees(noe.say("inbox.state.taken"))
	noe.writes("")
	noe.lookOver(heading)

	// What was not sent is not lost with the session either.
	noe.fill("body", text)
	noe.do(unreachable)
	noe.press(send)
	fails(noe.say("ui.unsent"))
	expire(t, site)
	noe.later(15)
	noe.sees(noe.say("ui.ended.kept"))
}

// TestActsThatEndElsewhere are sent in place and lead away: to sign-in, to a referral's own address, to nothing.
func TestActsThatEndElsewhere(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, asTheyAre)
	story.send()
	noe := sit(t, site, style{lang: i18n.FR, width: wide})
	noe.signedIn(cast.Noe)
	heading, args := "inbox.referral.title", []any{"Reference", story.draft.Reference}
	noe.visit(story.received())
	noe.at(heading, args...)

	// The second click of a double-click is none, also where it finds another button than the first one did.
	noe.pressTwice(words(noe.say("inbox.taking.take")))
	noe.at(heading, args...)
	noe.sees(noe.say("inbox.state.taken"))
	x, y := noe.point(words(noe.say("inbox.acceptance.accept")))
	noe.do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	time.Sleep(stare)
	if n := noe.askedFor(story.received()+"/taking") + noe.askedFor(story.received()+"/acceptance"); n != 1 {
		t.Errorf("two clicks were %d acts", n)
	}

	// A colleague was quicker, and no stream has said so.
	site.Database.Exec(t, "update referrals set taken_by = $1, taken_by_name = 'Olga Meier'", cast.Ines.ID)
	noe.wanted = []int64{409}
	noe.acts("inbox.acceptance.accept", heading, args...)
	noe.hears(on(".govuk-error-summary"), "Olga Meier")
	noe.wanted = nil
	noe.acts("inbox.taking.take_over", heading, args...)

	noe.fill("body", "Un long texte.")
	expire(t, site)
	noe.wanted = []int64{401}
	noe.press(words(noe.say("inbox.messages.send")))
	noe.at("signin.title")
	noe.wanted = nil
	noe.sees(noe.say("signin.kept"))
	noe.identify(cast.Noe)
	noe.at(heading, args...)
	noe.sees(noe.say("ui.restored"))
	noe.writes("Un long texte.")

	// Sent before the scripts were there, the form is shown again under its own address, from which an act leads back.
	noe.fill("body", "")
	noe.wanted = []int64{422}
	noe.leave()
	noe.do(chromedp.Evaluate(`document.querySelector("#writing form").submit()`, nil))
	noe.at(heading, args...)
	noe.wanted = nil
	noe.fill("body", "Un long texte.")
	noe.press(words(noe.say("inbox.messages.send")))
	noe.at(heading, args...)
	noe.sees(noe.say("inbox.notice.written"))
	if path := noe.path(); path != story.received() {
		t.Errorf("ended on %s", path)
	}

	site.Database.Exec(t, "update referrals set visible_until = now()")
	noe.wanted = []int64{404}
	noe.press(words(noe.say("inbox.acceptance.accept")))
	noe.at("ui.error.not_found.title")
}

// TestWhatAsksAnewMeetsTheEndFirst: something changes when the session has ended, while an answer is half written or already on its
// way. The part of the page that asks for itself anew must not lead to signing in past either.
func TestWhatAsksAnewMeetsTheEndFirst(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			story := begin(t, site, asTheyAre)
			story.send()
			noe := sit(t, site, s)
			noe.signedIn(cast.Noe)
			heading, args := "inbox.referral.title", []any{"Reference", story.draft.Reference}
			noe.visit(story.received())
			noe.at(heading, args...)
			noe.fill("body", "Un long texte.")
			expire(t, site)
			noe.wanted = []int64{401}
			story.replies("Elle a déménagé.")
			noe.sees(noe.say("ui.ended.kept"))
			noe.press(words(noe.say("ui.ended.sign_in")))
			noe.at("signin.title")
			noe.identify(cast.Noe)
			noe.at(heading, args...)
			noe.sees(noe.say("ui.restored"))
			noe.writes("Un long texte.")

			// The form is on its way, and slow, when the part asks.
			noe.do(chromedp.Evaluate(`{ const fetch = window.fetch; window.fetch = async (to, how) => {
				if (how?.method === "POST") await new Promise((go) => { window.passerelleGo = go })
				return fetch(to, how)
			} }`, nil))
			noe.press(words(noe.say("inbox.messages.send")))
			noe.until("the form is on its way", func() (is bool) {
				noe.do(chromedp.Evaluate(`"passerelleGo" in window`, &is))
				return is
			})
			asked := noe.askedFor(story.received())
			expire(t, site)
			story.replies("Elle est revenue.")
			noe.until("a part that has asked", func() bool { return noe.askedFor(story.received()) > asked })
			time.Sleep(stare)
			noe.do(chromedp.Evaluate(`passerelleGo()`, nil))
			noe.at("signin.title")
			noe.sees(noe.say("signin.kept"))
			noe.identify(cast.Noe)
			noe.at(heading, args...)
			noe.writes("Un long texte.")
		})
	}
}
