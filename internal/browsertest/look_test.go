package browsertest

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe-core/axe.min.js
var axe string

// pictures is where a picture of each page is left, for people to look at: go test ./internal/browsertest -pictures dir.
var pictures = flag.String("pictures", "", "leave a picture of each page in this folder")

// reflow is the narrowest screen on which nothing may scroll sideways (WCAG 1.4.10).
const reflow = 320

// key is what a message looks like that somebody forgot to say in a language.
var key = regexp.MustCompile(`\b(access|agenda|alerts|appointments|claims|confidences|consents|deadlines|dossiers|erasures|exports|forms|housing|identifications|imports|inbox|inquiries|interpreters|` +
	`interviews|journal|letters|members|messages|minors|offices|passkeys|proceedings|projects|referrals|reflections|reminders|restrictions|returns|risks|signin|statistics|stays|tasks|timeline|ui|work)\.[a-z_]+[a-z_.]*`)

// lookOver finds what no page may have.
func (p *person) lookOver(name string) {
	p.t.Helper()
	p.picture(name)
	var frame struct {
		Title, Lang, URL string
		H1               int
		Text             string
	}
	p.ask(&frame, "frame")
	wrong := func(format string, args ...any) {
		p.t.Helper()
		p.t.Errorf("%s (%s): %s", frame.URL, name, fmt.Sprintf(format, args...))
	}
	ours := strings.HasPrefix(frame.URL, p.site.URL)
	if frame.H1 != 1 {
		wrong("%d h1", frame.H1)
	}
	if frame.Lang != string(p.style.lang) {
		wrong("the page is in %q", frame.Lang)
	}
	if ours && !strings.HasSuffix(frame.Title, " – Passerelle") {
		wrong("the title is %q", frame.Title)
	}
	for _, secret := range p.secrets {
		if strings.Contains(frame.Title, secret) || strings.Contains(frame.URL, secret) {
			wrong("title or address say %q", secret)
		}
	}
	if untranslated := key.FindAllString(frame.Text, -1); len(untranslated) > 0 && ours {
		wrong("words are missing: %q", untranslated)
	}
	if overflow := p.overflow(); overflow != "" {
		wrong("scrolls sideways at %d pixels: %s", reflow, overflow)
	}
	if p.isNew() {
		for _, violation := range p.axe() {
			wrong("axe: %s", violation)
		}
	}
	for _, problem := range p.journal.take() {
		if !p.wants(problem) {
			wrong("%s", problem)
		}
	}
}

func (p *person) wants(problem string) bool {
	return slices.ContainsFunc(p.wanted, func(status int64) bool { return strings.HasPrefix(problem, fmt.Sprintf("status %d ", status)) })
}

// looked are the pages that axe has seen.
var looked sync.Map

// isNew says whether nobody has been on a page that is made the same; axe takes long.
func (p *person) isNew() bool {
	p.t.Helper()
	var shape string
	p.ask(&shape, "shape")
	_, before := looked.LoadOrStore(sha256.Sum256(fmt.Append(nil, p.style.width, p.style.noScript, shape)), true)
	return !before
}

// overflow names what is too wide for a very narrow screen.
func (p *person) overflow() (overflow string) {
	p.t.Helper()
	p.do(p.screen(reflow))
	p.ask(&overflow, "overflow")
	p.do(p.screen(p.style.width))
	return overflow
}

// axe looks with scripts on, after those of the page have had, or not had, their turn.
func (p *person) axe() (violations []string) {
	p.t.Helper()
	p.do(emulation.SetScriptExecutionDisabled(false), chromedp.Evaluate(axe+";null", nil))
	p.ask(&violations, "axe")
	p.do(emulation.SetScriptExecutionDisabled(p.style.noScript))
	return violations
}

// checkFocus looks whether somebody without a mouse sees where they are.
func (p *person) checkFocus() {
	p.t.Helper()
	var problem string
	if p.ask(&problem, "focusProblem"); problem != "" {
		p.t.Errorf("%s: %s", p.url(), problem)
	}
}

// picture leaves one for people to look at, if they asked for it.
func (p *person) picture(name string) {
	p.t.Helper()
	if *pictures == "" {
		return
	}
	var png []byte
	p.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).Do(ctx)
		return err
	}))
	test := strings.NewReplacer("/", "-", ",", "", " ", "_").Replace(p.t.Name())
	file := filepath.Join(*pictures, fmt.Sprintf("%s-%02d-%s.png", test, taken.next(test), strings.ReplaceAll(name, "/", "-")))
	check(p.t, os.MkdirAll(*pictures, 0o755))
	check(p.t, os.WriteFile(file, png, 0o644))
}

var taken = counter{counts: map[string]int{}}

// counter numbers the pictures of a test.
type counter struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *counter) next(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[name]++
	return c.counts[name]
}

// journal keeps what went wrong in a window since it was last read: errors in the console, among them whatever the
// Content-Security-Policy stopped, and answers that are errors. It remembers every address that was asked for.
type journal struct {
	mu       sync.Mutex
	problems []string
	asked    []string
}

func (j *journal) listen(event any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		j.problems = append(j.problems, "exception "+e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			j.problems = append(j.problems, fmt.Sprintf("console %s %s", e.Type, said(e.Args)))
		}
	case *log.EventEntryAdded:
		// What the network answered is looked at below.
		if e.Entry.Source != log.SourceNetwork && (e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning) {
			j.problems = append(j.problems, fmt.Sprintf("console %s %s", e.Entry.Source, e.Entry.Text))
		}
	case *network.EventRequestWillBeSent:
		j.asked = append(j.asked, e.Request.URL)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			j.problems = append(j.problems, fmt.Sprintf("status %d %s", e.Response.Status, e.Response.URL))
		}
	}
}

func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		words = append(words, string(arg.Value)+arg.Description)
	}
	return strings.Join(words, " ")
}

// take gives what went wrong, once.
func (j *journal) take() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	problems := j.problems
	j.problems = nil
	return problems
}

// requests are the addresses that were asked for so far.
func (j *journal) requests() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.asked)
}
