package browsertest

import (
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// thing is something on the page: a link or button by its words, or anything by a selector.
type thing struct {
	Words    string `json:"words,omitempty"`
	Selector string `json:"selector,omitempty"`
}

func words(text string) thing  { return thing{Words: squeeze(text)} }
func on(selector string) thing { return thing{Selector: selector} }

func (t thing) String() string { return t.Words + t.Selector }

// field is a field by its name; with a value, that radio button or checkbox.
func field(name string, value ...string) thing {
	selector := `[name="` + name + `"]:not([type=hidden])`
	for _, v := range value {
		selector += `[value="` + v + `"]`
	}
	return on(selector)
}

// press follows a link or presses a button; at says what comes of it.
func (p *person) press(what thing) {
	p.t.Helper()
	if p.style.keyboard {
		p.reach(what)
		p.leave()
		p.key(kb.Enter)
		return
	}
	x, y := p.point(what)
	p.leave()
	p.do(chromedp.MouseClickXY(x, y))
}

// pressTwice is somebody who double-clicks on everything.
func (p *person) pressTwice(what thing) {
	p.t.Helper()
	x, y := p.point(what)
	p.leave()
	p.do(chromedp.MouseClickXY(x, y), chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
}

// touch is a click, or Space, that stays on the page.
func (p *person) touch(what thing) {
	p.t.Helper()
	if p.style.keyboard {
		p.reach(what)
		p.key(" ")
		return
	}
	x, y := p.point(what)
	p.do(chromedp.MouseClickXY(x, y))
}

// choose picks a radio button, tick a checkbox.
func (p *person) choose(name, value string) {
	p.t.Helper()
	what := field(name, value)
	if p.value(what) != "true" {
		p.touch(what)
	}
	p.until(what.String()+" chosen", func() bool { return p.value(what) == "true" })
}

func (p *person) tick(name string, values ...string) {
	p.t.Helper()
	for _, value := range values {
		p.choose(name, value)
	}
}

// fill replaces what stands in a field.
func (p *person) fill(name, text string) {
	p.t.Helper()
	what := field(name)
	p.touchToType(what)
	p.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)))
	switch {
	case text == "":
		p.key(kb.Backspace)
	case p.style.keyboard:
		// A new line is a key of its own, and typed keys are slow.
		p.do(chromedp.KeyEvent(text))
	default:
		p.do(input.InsertText(text))
	}
	p.until(what.String()+" filled", func() bool { return strings.TrimSpace(p.value(what)) == strings.TrimSpace(text) })
}

// pick chooses from a list, by typing the beginning of its words and going on with the arrow.
func (p *person) pick(what thing, value string) {
	p.t.Helper()
	if p.value(what) == value {
		return
	}
	if p.style.keyboard {
		p.reach(what)
	} else {
		// A click would open a window of the browser's own, out of the page's reach.
		p.ask(nil, "focus", what)
	}
	var label string
	p.ask(&label, "optionLabel", what, value)
	first, _, _ := strings.Cut(label, " ")
	p.do(chromedp.KeyEvent(first))
	for range 300 {
		if p.value(what) == value {
			return
		}
		p.key(kb.ArrowDown)
	}
	p.t.Fatalf("%s does not offer %s", what, value)
}

func (p *person) value(what thing) (value string) {
	p.t.Helper()
	p.ask(&value, "value", what)
	return value
}

// count is how many of a thing one sees.
func (p *person) count(what thing) (n int) {
	p.t.Helper()
	p.ask(&n, "count", what)
	return n
}

func (p *person) touchToType(what thing) {
	p.t.Helper()
	if p.style.keyboard {
		p.reach(what)
		return
	}
	x, y := p.point(what)
	p.do(chromedp.MouseClickXY(x, y))
	p.until(what.String()+" has the focus", func() bool { return p.focused(what) })
}

// reach goes to a thing with the keyboard: Tab by Tab, and among radio buttons by arrows.
func (p *person) reach(what thing) {
	p.t.Helper()
	p.until("one "+what.String(), func() bool { return p.count(what) == 1 })
	for range 400 {
		if p.focused(what) {
			p.checkFocus()
			return
		}
		var inGroup bool
		if p.ask(&inGroup, "inGroup", what); inGroup {
			p.key(kb.ArrowDown)
			continue
		}
		p.key(kb.Tab)
	}
	p.t.Fatalf("no number of Tabs leads to %s on %s", what, p.url())
}

func (p *person) focused(what thing) (focused bool) {
	p.t.Helper()
	p.ask(&focused, "focused", what)
	return focused
}

func (p *person) key(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key))
}

// point is where to click on a thing, once there is exactly one and nothing lies over it.
func (p *person) point(what thing) (x, y float64) {
	p.t.Helper()
	var found struct {
		X, Y    float64
		Problem string
	}
	p.until("a place to click on "+what.String(), func() bool {
		p.ask(&found, "point", what)
		return found.Problem == ""
	})
	return found.X, found.Y
}

func awaiting(params *runtime.EvaluateParams) *runtime.EvaluateParams {
	return params.WithAwaitPromise(true)
}
