// Package browsertest goes through the product in Chromium as its people do: with a mouse or by keyboard alone, with
// scripts and without, on a wide screen and a narrow one. Every page that somebody arrives at is looked over: axe finds
// nothing, nothing is wrong in the console, nothing scrolls sideways, no word is untranslated, nothing personal is in the
// title or the address.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"passerelle/internal/config"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, shared.stop) }

var shared chromium

// chromium is the browser of the test binary; each person has a context of their own in it, as in a private window.
type chromium struct {
	once    sync.Once
	ctx     context.Context
	close   []context.CancelFunc
	profile string
	err     error
}

func (c *chromium) start(t testing.TB) context.Context {
	t.Helper()
	c.once.Do(func() { c.ctx, c.err = c.begin() })
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.ctx
}

func (c *chromium) begin() (context.Context, error) {
	program, err := program()
	if err != nil {
		return nil, err
	}
	if c.profile, err = os.MkdirTemp("", "passerelle-chromium-"); err != nil {
		return nil, err
	}
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(), flags(program, c.profile)...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	c.close = []context.CancelFunc{closeBrowser, closeAllocator}
	if err := chromedp.Run(ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return ctx, nil
}

// window opens a private window for one test. Chromium wants a window of its own for what shares nothing.
func (c *chromium) window(t testing.TB) context.Context {
	t.Helper()
	browser := c.start(t)
	ask := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	private, err := target.CreateBrowserContext().Do(ask)
	if err != nil {
		t.Fatalf("open a private window: %v", err)
	}
	tab, err := target.CreateTarget("about:blank").WithBrowserContextID(private).WithNewWindow(true).Do(ask)
	if err != nil {
		t.Fatalf("open a private window: %v", err)
	}
	ctx, leave := chromedp.NewContext(browser, chromedp.WithTargetID(tab))
	t.Cleanup(func() {
		leave()
		if err := target.DisposeBrowserContext(private).Do(ask); err != nil {
			t.Errorf("close a private window: %v", err)
		}
	})
	return ctx
}

// quit closes the browser, which then writes what it still has to.
func (c *chromium) quit() {
	c.once.Do(func() {})
	for _, end := range c.close {
		end()
	}
	c.close = nil
}

func (c *chromium) stop() {
	c.quit()
	if c.profile != "" {
		os.RemoveAll(c.profile)
	}
}

func program() (string, error) {
	settings, err := config.Read()
	if err != nil {
		return "", err
	}
	if settings.Chromium != "" {
		return settings.Chromium, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no browser: install Chromium (on Debian: apt-get install chromium), or say with CHROMIUM where one is")
}

// flags make Chromium keep to itself: no sandbox, since root and containers have none; no talking to its maker.
func flags(program, profile string) []chromedp.ExecAllocatorOption {
	return []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-extensions", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-renderer-backgrounding", true), chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("password-store", "basic"), chromedp.Flag("force-color-profile", "srgb"),
	}
}
