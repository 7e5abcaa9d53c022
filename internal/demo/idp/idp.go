// Package idp is the identity provider of the demo and of the tests: a real OpenID provider (authorisation
// code with PKCE, signed ID tokens) whose sign-in page lets one pick an invented person instead of asking
// for a password. Each connection has an issuer of its own, so that staff and offices truly arrive by
// different doors. Nothing outside the demo and the tests imports it.
package idp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Options says where the provider listens, what it remembers, and whom it knows.
type Options struct {
	Listen     string // host and port of loopback; port 0 picks a free one
	Identities *Identities
	Issuers    []Issuer
}

// Issuer is one organisation's provider: its people, and the one client that it knows.
type Issuer struct {
	Path     string // its place below the provider's address, such as "vaud"
	Name     string // the organisation, as shown on the sign-in page
	ClientID string
	// RedirectURIs are where it may send people back to, exactly.
	RedirectURIs []string
	// BackChannelLogoutURI is told when somebody signs out here; SignedOutURI is where the browser then goes. Without the
	// latter nobody can sign out here.
	BackChannelLogoutURI, SignedOutURI string
	People                             []Person
}

// Person is somebody who can be picked on the sign-in page.
type Person struct {
	Email, Name, Role string
}

// Provider is a running identity provider.
type Provider struct {
	address string
	server  *http.Server
	stopped chan error
}

// Start listens and serves until ctx ends or Stop is called.
func Start(ctx context.Context, options Options) (*Provider, error) {
	listener, err := net.Listen("tcp", options.Listen)
	if err != nil {
		return nil, fmt.Errorf("identity provider: %w", err)
	}
	if !listener.Addr().(*net.TCPAddr).IP.IsLoopback() {
		_ = listener.Close()
		return nil, fmt.Errorf("identity provider: %s is not a loopback address; anyone who reaches it signs in as anyone", options.Listen)
	}
	provider := &Provider{address: "http://" + listener.Addr().String(), stopped: make(chan error, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /style.css", style)
	for _, issuer := range options.Issuers {
		handler, err := issuer.handler(provider.Issuer(issuer.Path), options.Identities)
		if err != nil {
			_ = listener.Close()
			return nil, fmt.Errorf("identity provider: issuer %s: %w", issuer.Path, err)
		}
		mux.Handle("/"+issuer.Path+"/", http.StripPrefix("/"+issuer.Path, handler))
	}
	provider.server = &http.Server{
		Handler:           headers(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	go func() { provider.stopped <- provider.server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = provider.Stop() })
	return provider, nil
}

// Issuer is the identifier of the issuer at that path, as its tokens name it.
func (p *Provider) Issuer(path string) string { return p.address + "/" + path }

// Stop ends the provider; calling it again does no harm.
func (p *Provider) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := p.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop identity provider: %w", err)
	}
	return nil
}

// Wait returns when the provider has stopped, with the reason if it was not asked to.
func (p *Provider) Wait() error {
	err := <-p.stopped
	p.stopped <- err
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("identity provider: %w", err)
}

func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("X-Robots-Tag", "noindex")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}
