package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"passerelle/internal/tracing"
)

const (
	providerTimeout = 5 * time.Second
	providerBody    = 512 << 10
	providerHeaders = 64 << 10
)

var (
	errNotHTTPS   = errors.New("only https is spoken to an identity provider")
	errPrivate    = errors.New("the address belongs to a private network")
	errRedirected = errors.New("an identity provider must not redirect")
	errTooLong    = errors.New("the answer is too long")
)

// hardenedClient talks to identity providers whose addresses a tenant's administrator typed: it reaches nothing
// inside our own network, follows no redirect, and neither waits nor reads for long.
func hardenedClient(allowLoopbackHTTP bool) *http.Client {
	dialer := &net.Dialer{
		Timeout: providerTimeout,
		// Asked with the resolved address, so that a name which points inwards is refused as well.
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return outward(address, allowLoopbackHTTP)
		},
	}
	return &http.Client{
		Timeout: providerTimeout,
		Transport: bounded{
			allowLoopbackHTTP: allowLoopbackHTTP,
			next: &http.Transport{
				DialContext:            dialer.DialContext,
				TLSHandshakeTimeout:    providerTimeout,
				ResponseHeaderTimeout:  providerTimeout,
				MaxResponseHeaderBytes: providerHeaders,
				MaxIdleConnsPerHost:    2,
				MaxConnsPerHost:        16,
				IdleConnTimeout:        30 * time.Second,
				ForceAttemptHTTP2:      true,
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
	}
}

// carrierNAT is RFC 6598: not private by name, but never a public provider either.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// outward refuses every address that is not on the public internet.
func outward(address string, allowLoopback bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	ip := at.Addr().Unmap()
	if allowLoopback && ip.IsLoopback() {
		return nil
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || carrierNAT.Contains(ip) {
		return errPrivate
	}
	return nil
}

// spoken says whether a URL may be used for talking to a provider, by us or by the browser.
func spoken(address *url.URL, allowLoopbackHTTP bool) error {
	if address.Scheme == "https" && address.Host != "" {
		return nil
	}
	ip, err := netip.ParseAddr(address.Hostname())
	if allowLoopbackHTTP && address.Scheme == "http" && err == nil && ip.IsLoopback() {
		return nil
	}
	return errNotHTTPS
}

// bounded caps what is read of an answer: discovery and key sets are read whole by the libraries.
type bounded struct {
	allowLoopbackHTTP bool
	next              http.RoundTripper
}

func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := spoken(request.URL, b.allowLoopbackHTTP); err != nil {
		return nil, err
	}
	// Neither which provider nor what is asked of it: that would say whose people sign in.
	_, span := tracing.Begin(request.Context(), "provider")
	response, err := b.next.RoundTrip(request)
	if err == nil {
		span.Status(response.StatusCode)
	}
	span.End(err)
	if err != nil {
		return nil, err
	}
	response.Body = &cappedBody{response.Body, providerBody}
	return response, nil
}

type cappedBody struct {
	io.ReadCloser
	left int
}

func (c *cappedBody) Read(into []byte) (int, error) {
	if len(into) > c.left+1 {
		into = into[:c.left+1]
	}
	n, err := c.ReadCloser.Read(into)
	if n > c.left {
		return c.left, errTooLong
	}
	c.left -= n
	return n, err
}
