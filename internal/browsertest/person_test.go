package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

const (
	wide   = 1280
	narrow = 360
	// patience is how long a person waits for something to appear; on a busy machine, that is long.
	patience = 20 * time.Second
	// glance is how long until the second look at the page, stare how long between two looks in the end.
	glance = 15 * time.Millisecond
	stare  = 150 * time.Millisecond
)

//go:embed testdata/drive.js
var drive string

// style is how somebody uses the product.
type style struct {
	lang     i18n.Lang
	width    int64
	noScript bool
	keyboard bool
}

func (s style) String() string {
	words := []string{string(s.lang), map[int64]string{wide: "wide", narrow: "narrow"}[s.width]}
	if s.noScript {
		words = append(words, "without JavaScript")
	}
	if s.keyboard {
		words = append(words, "by keyboard")
	}
	return strings.Join(words, ", ")
}

// person sits before a private window of Chromium.
type person struct {
	t     testing.TB
	site  *webtest.Site
	style style
	ctx   context.Context
	// words is a context in the person's language.
	words   context.Context
	journal *journal
	// wanted are the statuses of errors that this person's story is about.
	wanted []int64
	// secrets are words that stand in no title and no address.
	secrets []string
	// left is what stood on the page that was left, until something is seen of what comes next: to go on before that
	// overtakes an answer that is on its way, on one machine in a hundred.
	left string
}

// sit opens a private window.
func sit(t testing.TB, site *webtest.Site, s style) *person {
	t.Helper()
	return sitBefore(t, shared.window(t), site, s)
}

func sitBefore(t testing.TB, ctx context.Context, site *webtest.Site, s style) *person {
	t.Helper()
	p := &person{t: t, site: site, style: s, ctx: ctx, words: i18n.With(t.Context(), s.lang), journal: &journal{}}
	chromedp.ListenTarget(ctx, p.journal.listen)
	p.do(
		// Whoever asks in JavaScript need not be told of every element and rule.
		css.Disable(), dom.Disable(), page.SetLifecycleEventsEnabled(false),
		network.SetExtraHTTPHeaders(network.Headers{"Accept-Language": string(s.lang) + "-CH"}),
		emulation.SetScriptExecutionDisabled(s.noScript),
		p.screen(s.width),
	)
	return p
}

func (p *person) screen(width int64) chromedp.Action {
	return emulation.SetDeviceMetricsOverride(width, 900, 1, false)
}

// say is what a message reads in the person's language.
func (p *person) say(key string, args ...any) string { return i18n.T(p.words, key, args...) }

// visit goes to an address, as by typing it.
func (p *person) visit(path string) {
	p.t.Helper()
	p.arrived("one goes to " + path)
	p.leave()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		// Not chromedp.Navigate, which waits for a load that a redirect may have overtaken.
		var result struct {
			ErrorText string `json:"errorText"`
		}
		if err := chromedp.FromContext(ctx).Target.Execute(ctx, "Page.navigate", map[string]string{"url": p.site.URL + path}, &result); err != nil {
			return err
		}
		if result.ErrorText != "" && result.ErrorText != "net::ERR_ABORTED" {
			return fmt.Errorf("%s: %s", path, result.ErrorText)
		}
		return nil
	}))
}

// signIn goes the whole way: e-mail, the organisation's own page, and, for somebody with several workplaces, the choice
// of this one. It ends on the page where the person's day begins.
func (p *person) signIn(who cast.Person) {
	p.t.Helper()
	p.visit("/")
	p.at("signin.title")
	p.identify(who)
	if who.Email == cast.JoVaud.Email {
		p.at("signin.memberships.title")
		p.press(words(who.Office.Name))
	}
	p.at(home(who))
}

// signedIn is somebody who has signed in already, for stories that are not about that.
func (p *person) signedIn(who cast.Person) {
	p.t.Helper()
	for _, cookie := range p.site.SignIn(p.t, who).Cookies() {
		p.do(network.SetCookie(cookie.Name, cookie.Value).WithURL(p.site.URL).WithHTTPOnly(true).WithSameSite(network.CookieSameSiteLax))
	}
}

// identify goes from the sign-in page through the provider.
func (p *person) identify(who cast.Person) {
	p.t.Helper()
	p.fill("email", who.Email)
	p.press(words(p.say("signin.continue")))
	p.at("signin.demo.who")
	p.press(on(`button[value="` + who.Email + `"]`))
}

// home is the heading of the page where somebody's day begins.
func home(who cast.Person) string {
	switch {
	case who.Office != nil:
		return "inbox.title"
	case who.Role == "admin":
		return "members.title"
	case who.Role == "auditor":
		return "dossiers.title"
	default:
		return "work.title"
	}
}

// at waits until the next page is there whose heading is that message, and looks it over.
func (p *person) at(heading string, args ...any) {
	p.t.Helper()
	want := p.say(heading, args...)
	var seen state
	p.until("the page «"+want+"»", func() bool {
		seen = p.state()
		return seen.Ready && !seen.Left && slices.Contains(seen.H1, want)
	})
	p.lookOver(heading)
}

// state is what a page looks like at the moment.
type state struct {
	Ready, Left bool
	URL         string
	H1          []string
	Text        string
}

func (p *person) state() (s state) {
	p.t.Helper()
	p.ask(&s, "state")
	return s
}

// sees waits until a text stands on the page.
func (p *person) sees(text string) {
	p.t.Helper()
	if strings.Contains(p.left, squeeze(text)) {
		p.t.Errorf("«%s» stood on the page that was left as well: to see it does not say that the next one is there", text)
	}
	p.until("the text «"+text+"»", func() bool {
		var has bool
		p.ask(&has, "has", squeeze(text))
		return has
	})
}

// seesNot says that a text does not stand on the page now.
func (p *person) seesNot(text string) {
	p.t.Helper()
	p.arrived("nothing is seen of «" + text + "»")
	if s := p.state(); strings.Contains(s.Text, squeeze(text)) {
		p.t.Errorf("«%s» stands on %s", text, s.URL)
	}
}

// url is the page's address.
func (p *person) url() string { return p.state().URL }

// path is the page's address within the site.
func (p *person) path() string { return strings.TrimPrefix(p.url(), p.site.URL) }

// leave marks what one reads, so that at knows what comes next.
func (p *person) leave() {
	p.t.Helper()
	p.ask(&p.left, "leave")
}

// arrived says that what was left was followed by something that was seen.
func (p *person) arrived(what string) {
	p.t.Helper()
	if p.left != "" {
		p.t.Errorf("%s before anything was seen of what follows what was pressed", what)
	}
}

// until looks at the page again and again until something is true.
func (p *person) until(what string, is func() bool) {
	p.t.Helper()
	patient, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for pause := glance; !is(); pause = wait(patient, pause) {
		if patient.Err() != nil {
			s := p.state()
			p.picture("waiting-in-vain")
			p.t.Fatalf("%s did not come; on %s (%q, loaded %t, left %t) one reads:\n%s\n%s", what, s.URL, s.H1, s.Ready, s.Left, s.Text, strings.Join(p.journal.take(), "\n"))
		}
	}
	p.left = ""
}

// wait lets a moment pass and says how long the next one is: whoever has looked often looks less often.
func wait(ctx context.Context, pause time.Duration) time.Duration {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return min(pause*3/2, stare)
}

// ask evaluates a question of drive.js on the page.
func (p *person) ask(answer any, name string, args ...any) {
	p.t.Helper()
	if err := p.tryAsk(answer, name, args...); err != nil {
		p.t.Fatalf("ask the page %s: %v", name, err)
	}
}

// tryAsk asks again while one page gives way to the next.
func (p *person) tryAsk(answer any, name string, args ...any) error {
	patient, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for pause := glance; ; pause = wait(patient, pause) {
		if err := p.evaluate(patient, answer, name, args...); err == nil || !between(err) || patient.Err() != nil {
			return err
		}
	}
}

// between says whether an evaluation failed because the page it was asked of is gone.
func between(err error) bool {
	return slices.ContainsFunc([]string{"context was destroyed", "Cannot find context", "navigated or closed", "default execution context", "Cannot find default", "passerelleAsk is not defined"},
		func(s string) bool { return strings.Contains(err.Error(), s) })
}

// evaluate tells each document once what it can be asked.
func (p *person) evaluate(ctx context.Context, answer any, name string, args ...any) error {
	call, err := expression(name, args...)
	if err != nil {
		return err
	}
	err = chromedp.Run(ctx, chromedp.Evaluate(call, answer, awaiting))
	if err != nil && strings.Contains(err.Error(), "passerelleAsk is not defined") {
		err = chromedp.Run(ctx, chromedp.Evaluate("globalThis.passerelleAsk = "+drive+";null", nil), chromedp.Evaluate(call, answer, awaiting))
	}
	return err
}

func expression(name string, args ...any) (string, error) {
	list, err := json.Marshal(append([]any{name}, args...))
	return "passerelleAsk(..." + string(list) + ")", err
}

func (p *person) do(actions ...chromedp.Action) {
	p.t.Helper()
	// The window's own context: the first call of Run binds the window to it.
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }
