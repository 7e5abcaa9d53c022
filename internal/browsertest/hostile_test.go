package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// hostile is text that would do something if it were ever taken for more than text. Each stands where as much fits.
var hostile = struct{ short, long string }{
	`"><img src=/steal onerror=pwn=1>`,
	`</textarea></div><script>window.pwn=1</script><img src="/steal" onerror="window.pwn=1"><svg onload="window.pwn=1">` +
		`<div hx-get="/steal" hx-trigger="load"></div><div data-hx-get="/steal" data-hx-trigger="load" hx-vals="js:{a:window.pwn=1}"></div>` +
		`<div data-hx-on:load="window.pwn=1"></div><base href="/steal/"><form action="/steal"><button>Envoyer</button></form>` +
		`<iframe srcdoc="<script>parent.pwn=1</script>"></iframe><a href="javascript:window.pwn=1">ici</a>{{constructor.constructor('pwn=1')()}}`,
}

func inHostileWords(text string) string {
	if len(text) > len("Okonkwo-Brügger") {
		return hostile.long
	}
	return hostile.short
}

// TestT21 puts hostile text into every field and looks at every page that shows it: it is text, and nothing else.
func TestT21(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	story := begin(t, site, inHostileWords)
	lea, noe := sit(t, site, style{lang: i18n.FR, width: wide}), sit(t, site, style{lang: i18n.DE, width: narrow})
	lea.signedIn(cast.Lea)
	noe.signedIn(cast.Noe)
	shown := func(p *person, path, heading string, args ...any) {
		p.t.Helper()
		p.visit(path)
		p.at(heading, args...)
		p.sees("<img src")
	}

	shown(lea, story.dossier(), story.name)
	shown(lea, story.dossier()+"/person", "dossiers.parts.person")
	lea.sees(hostile.short)
	lea.sees(hostile.long)
	lea.visit(story.dossier() + "/edit")
	lea.at("dossiers.edit.title")
	if value := lea.value(field("family_name")); value != hostile.short {
		t.Errorf("the field holds %q", value)
	}
	// What is wrong is shown again as it was typed.
	lea.fill("birth_date", hostile.short[:10])
	lea.wanted = []int64{422}
	lea.press(words(lea.say("dossiers.save")))
	lea.at("dossiers.edit.title")
	lea.visit("/dossiers?code_name=%3Cimg%20src%3D%2Fsteal%20onerror%3Dpwn%3D1%3E&sort=%22%3E%3Cscript%3E")
	lea.at("dossiers.title")
	lea.wanted = nil

	shown(lea, story.referral()+"/preview", "referrals.preview.title")
	lea.press(words(lea.say("referrals.preview.send")))
	lea.at(story.draft.Reference)
	lea.choose("kind", "question")
	lea.fill("body", hostile.long)
	lea.press(words(lea.say("referrals.reply.submit")))
	lea.at(story.draft.Reference)

	title := []any{"Reference", story.draft.Reference}
	shown(noe, story.received(), "inbox.referral.title", title...)
	noe.fill("body", hostile.long)
	noe.press(words(noe.say("inbox.messages.send")))
	noe.at("inbox.referral.title", title...)
	noe.press(words(noe.say("inbox.decline.link")))
	noe.at("inbox.decline.title")
	noe.choose("reason", "other")
	noe.fill("body", hostile.long)
	noe.press(words(noe.say("inbox.decline.decline")))
	noe.at("inbox.referral.title", title...)

	lea.visit(story.referral())
	lea.at(story.draft.Reference)
	if n := strings.Count(lea.state().Text, squeeze(hostile.long)); n < 4 {
		t.Errorf("hostile text stands %d times on the page, want the request, two messages and the reason", n)
	}
	shown(lea, story.dossier(), story.name)
	for _, p := range []*person{lea, noe} {
		var pwned bool
		p.do(chromedp.Evaluate("'pwn' in window", &pwned))
		if pwned {
			t.Error("hostile text ran")
		}
		for _, url := range p.journal.requests() {
			if strings.Contains(strings.TrimPrefix(url, site.URL), "steal") && !strings.HasPrefix(url, site.URL+"/dossiers?") {
				t.Errorf("hostile text asked for %s", url)
			}
		}
		p.keepsNothing()
	}
}
