package webtest

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/console"
)

// Console serves the console of the same installation until the test ends, as another site: at a host of the same name, with its
// own port and its own cookies.
func (s *Site) Console(t testing.TB) (*Site, *console.Console) {
	t.Helper()
	c, err := console.New(context.Background(), s.operated)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Serve(ctx, s.console) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		c.Close()
	})
	other := *s
	other.URL = named(s.console)
	return &other, c
}

// Arrive is a browser in which the provider has vouched for an operator, and the page to which that led: one that asks for more.
func (s *Site) Arrive(t testing.TB, operator cast.Operator) (*Browser, *Page) {
	t.Helper()
	b := s.Open(t)
	b.Passkey = nil
	page := b.continueTo(b.Get("/signin").Submit("form[action='/signin']", nil))
	page = page.SubmitButton("button:contains('" + operator.Email + "')")
	if page.Status != http.StatusOK || page.URL.Path == "/signin" {
		t.Fatalf("%s signed in and landed on %d %s\n%s", operator.Name, page.Status, page.URL, page.Text())
	}
	return b, page
}

// Operate is a browser in which an operator is in, having registered or shown the key.
func (s *Site) Operate(t testing.TB, operator cast.Operator, key *Passkey) *Browser {
	t.Helper()
	b, page := s.Arrive(t, operator)
	page = s.Answer(t, page, key)
	if page.Status != http.StatusOK || page.URL.Path != "/tenants" {
		t.Fatalf("%s confirmed and landed on %d %s\n%s", operator.Name, page.Status, page.URL, page.Text())
	}
	return b
}

// Answer gives a page that asks for a key what it asks for.
func (s *Site) Answer(t testing.TB, page *Page, key *Passkey) *Page {
	t.Helper()
	options := page.Document.Find("form[data-passkey]").AttrOr("data-options", "")
	answer := ""
	if page.Has("form[data-passkey=register]") {
		answer = key.Register(t, s, options)
	} else {
		answer = key.Sign(t, s, options)
	}
	return page.Submit("form[data-passkey]", url.Values{"answer": {answer}})
}
