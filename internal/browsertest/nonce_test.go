package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// TestT22 puts elements for htmx into an open page, as a flaw might: without the nonce of this very answer they are
// dead, and one stolen from an earlier answer is not it.
func TestT22(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := sit(t, site, style{lang: i18n.FR, width: wide})
	lea.signedIn(cast.Lea)
	nonce := func() (nonce string) {
		lea.visit("/work")
		lea.at("work.title")
		lea.do(chromedp.Evaluate(`document.querySelector("script[nonce]").nonce`, &nonce))
		return nonce
	}
	stolen := nonce()
	now := nonce()
	if len(now) < 22 || now == stolen {
		t.Fatalf("the nonces are %q and %q", stolen, now)
	}
	asked := func(address string) func() bool {
		return func() bool {
			for _, url := range lea.journal.requests() {
				if strings.HasSuffix(url, address) {
					return true
				}
			}
			return false
		}
	}
	put := func(address, nonce string) {
		var done bool
		lea.do(chromedp.Evaluate(fmt.Sprintf(`(() => {
			const element = document.createElement("div")
			element.setAttribute("hx-get", %q)
			element.setAttribute("hx-trigger", "load")
			if (%q) element.setAttribute("hx-nonce", %q)
			document.getElementById("main").append(element)
			htmx.process(element)
			return true
		})()`, address, nonce, nonce), &done))
	}
	// The last one shows that the first two could have asked.
	put("/dossiers?injected=bare", "")
	put("/dossiers?injected=stolen", stolen)
	put("/dossiers?injected=now", now)
	lea.until("the element with the right nonce asks", asked("/dossiers?injected=now"))
	for _, address := range []string{"/dossiers?injected=bare", "/dossiers?injected=stolen"} {
		if asked(address)() {
			t.Errorf("%s was asked for", address)
		}
	}
}
