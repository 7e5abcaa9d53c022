package signin

import (
	"errors"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// How often a provider is asked on behalf of one connection. Keys are looked for anew whenever a token names one that is not
// known, and anybody can send us tokens: what strangers cause is counted apart, so that they cannot keep anybody from signing in.
const (
	discoveriesAMinute = 12
	keySetsAMinute     = 12
	logoutKeysAMinute  = 4
	// knocksAMinute is how often one address may bring words that somebody has signed out, at one connection.
	knocksAMinute = 240
)

var errTooOften = errors.New("the provider has been asked too often")

// allowances are those of one connection.
type allowances struct {
	discovery, keys, logoutKeys *rate.Limiter
}

func perMinute(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(float64(n)/60), n) }

// allowed outlives what is remembered of the provider: describing itself anew buys nobody more.
func (p *providers) allowed(connection ConnectionID) *allowances {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.allowances[connection]
	if !ok {
		found = &allowances{perMinute(discoveriesAMinute), perMinute(keySetsAMinute), perMinute(logoutKeysAMinute)}
		p.allowances[connection] = found
	}
	return found
}

// within is the client, for as many requests as are allowed.
func (p *providers) within(allowed *rate.Limiter) *http.Client {
	client := *p.client
	client.Transport = spending{p.client.Transport, allowed, p.clock}
	return &client
}

type spending struct {
	next    http.RoundTripper
	allowed *rate.Limiter
	clock   func() time.Time
}

func (s spending) RoundTrip(request *http.Request) (*http.Response, error) {
	if !s.allowed.AllowN(s.clock(), 1) {
		return nil, errTooOften
	}
	return s.next.RoundTrip(request)
}
