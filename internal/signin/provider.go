package signin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

const (
	metadataLifetime = time.Hour
	// longestSignedIn is how long ago the person may have signed in to the provider: a session's own limit.
	longestSignedIn = 8 * time.Hour
)

// acceptedAlgorithms are asymmetric only: with a symmetric one the client secret, or a public key, could sign.
var acceptedAlgorithms = []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.EdDSA}

// provider is what a connection's issuer says of itself, checked.
type provider struct {
	described *oidc.Provider
	// verifier checks ID tokens, and logout the words that somebody has signed out: two sets of the same keys, since
	// anybody may send us the latter, and have keys looked for that there are not.
	verifier, logout *oidc.IDTokenVerifier
	authStyle        oauth2.AuthStyle
	namesIssuer      bool
	signOut          *url.URL // where people sign out of the provider itself; nil where it does not say
	read             time.Time
	of               Connection
}

// config holds no secret: that is opened at the moment when a code is redeemed.
func (p *provider) config(redirectURI string) *oauth2.Config {
	endpoint := p.described.Endpoint()
	endpoint.AuthStyle = p.authStyle
	return &oauth2.Config{ClientID: p.of.ClientID, Endpoint: endpoint, RedirectURL: redirectURI, Scopes: p.of.Scopes}
}

// providers remembers what issuers say of themselves, for an hour.
type providers struct {
	client            *http.Client
	allowLoopbackHTTP bool
	clock             func() time.Time
	// asking makes one question of many who want to know the same at once.
	asking singleflight.Group

	mu         sync.Mutex
	known      map[ConnectionID]*provider
	allowances map[ConnectionID]*allowances
	told       Reachable
}

func (p *providers) of(ctx context.Context, connection Connection, others []Connection) (*provider, error) {
	p.mu.Lock()
	found, ok := p.known[connection.ID]
	p.mu.Unlock()
	if ok && p.clock().Sub(found.read) < metadataLifetime && found.of.Issuer == connection.Issuer &&
		found.of.ClientID == connection.ClientID && found.of.SecretID == connection.SecretID {
		found := *found
		found.of = connection // scopes and claims may have changed
		return &found, nil
	}
	// Who asks first may go away; the others still want to know. The client bounds how long it takes.
	asked := p.asking.DoChan(connection.ID.String()+" "+connection.Issuer+" "+connection.ClientID, func() (any, error) {
		read, err := p.discover(context.WithoutCancel(ctx), connection, others)
		p.reached(connection, err)
		if err != nil {
			return nil, err
		}
		p.mu.Lock()
		p.known[connection.ID] = read
		p.mu.Unlock()
		return read, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case answer := <-asked:
		read, _ := answer.Val.(*provider)
		return read, answer.Err
	}
}

func (p *providers) discover(ctx context.Context, connection Connection, others []Connection) (*provider, error) {
	allowed := p.allowed(connection.ID)
	described, err := oidc.NewProvider(oidc.ClientContext(ctx, p.within(allowed.discovery)), connection.Issuer)
	if errors.Is(err, errTooOften) {
		return nil, errors.Join(&Refusal{Reason: ReasonProvider, Connection: connection.Slug}, errTooOften)
	}
	if err != nil {
		return nil, &Refusal{Reason: ReasonProvider, Connection: connection.Slug}
	}
	var metadata struct {
		AuthorizationEndpoint string   `json:"authorization_endpoint"`
		TokenEndpoint         string   `json:"token_endpoint"`
		KeySet                string   `json:"jwks_uri"`
		NamesIssuer           bool     `json:"authorization_response_iss_parameter_supported"`
		AuthMethods           []string `json:"token_endpoint_auth_methods_supported"`
		SignOutEndpoint       string   `json:"end_session_endpoint"`
	}
	if err := described.Claims(&metadata); err != nil {
		return nil, &Refusal{Reason: ReasonProvider, Connection: connection.Slug}
	}
	for _, endpoint := range []string{metadata.AuthorizationEndpoint, metadata.TokenEndpoint, metadata.KeySet} {
		address, err := url.Parse(endpoint)
		if err != nil || spoken(address, p.allowLoopbackHTTP) != nil {
			return nil, &Refusal{Reason: ReasonProvider, Connection: connection.Slug}
		}
		// A hostile issuer could have another's codes sent to itself, or its own people vouched for by another's
		// keys (mix-up, RFC 9700 4.4): an endpoint that belongs to another connection's issuer is refused unread.
		for _, other := range others {
			if other.Issuer != connection.Issuer && below(endpoint, other.Issuer) && !below(endpoint, connection.Issuer) {
				return nil, &Refusal{Reason: ReasonForeignAddress, Connection: connection.Slug}
			}
		}
	}
	keys := func(allowed *rate.Limiter) oidc.KeySet {
		return oidc.NewRemoteKeySet(oidc.ClientContext(ctx, p.within(allowed)), metadata.KeySet)
	}
	config := &oidc.Config{ClientID: connection.ClientID, SupportedSigningAlgs: acceptedAlgorithms, Now: p.clock}
	read := &provider{
		described:   described,
		verifier:    oidc.NewVerifier(connection.Issuer, keys(allowed.keys), config),
		logout:      oidc.NewVerifier(connection.Issuer, keys(allowed.logoutKeys), config),
		authStyle:   oauth2.AuthStyleInHeader,
		namesIssuer: metadata.NamesIssuer,
		read:        p.clock(),
		of:          connection,
	}
	// That one cannot sign out there does no harm to who signs in: an address that we would not lead to is left out.
	if address, err := url.Parse(metadata.SignOutEndpoint); err == nil && spoken(address, p.allowLoopbackHTTP) == nil {
		read.signOut = address
	}
	if connection.SecretID.Zero() || (len(metadata.AuthMethods) > 0 && !slices.Contains(metadata.AuthMethods, "client_secret_basic")) {
		read.authStyle = oauth2.AuthStyleInParams
	}
	return read, nil
}

// below says whether an address lies under an issuer.
func below(address, issuer string) bool {
	return strings.HasPrefix(address, strings.TrimSuffix(issuer, "/")+"/")
}

// page is the provider's own, where somebody signs in: the address holds what has to come back with the answer.
func (p *provider) page(redirectURI string, departure Departure, state, nonce, verifier string) string {
	parameters := []oauth2.AuthCodeOption{
		oidc.Nonce(nonce),
		oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("max_age", fmt.Sprint(int(longestSignedIn.Seconds()))),
	}
	if departure.Fresh {
		parameters = append(parameters, oauth2.SetAuthURLParam("max_age", "0"), oauth2.SetAuthURLParam("prompt", "login"))
	}
	if departure.Language != "" {
		parameters = append(parameters, oauth2.SetAuthURLParam("ui_locales", departure.Language))
	}
	if departure.Email != "" {
		parameters = append(parameters, oauth2.SetAuthURLParam("login_hint", departure.Email))
	}
	return p.config(redirectURI).AuthCodeURL(state, parameters...)
}

// doubt is why an answer is not worth redeeming; empty is none.
func (p *provider) doubt(answer Answer) Reason {
	switch {
	case (answer.Issuer != "" || p.namesIssuer) && answer.Issuer != p.of.Issuer:
		return ReasonOtherIssuer
	case answer.Denied:
		return ReasonDenied
	}
	return ""
}

// redeem turns a code into what the provider vouches for.
func (p *providers) redeem(ctx context.Context, provider *provider, redirectURI, secret string, answer Answer, started attempt) (vouched, Reason) {
	config := provider.config(redirectURI)
	config.ClientSecret = secret
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := config.Exchange(ctx, answer.Code, oauth2.VerifierOption(started.pkceVerifier))
	if err != nil {
		return vouched{}, ReasonCode
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return vouched{}, ReasonToken
	}
	verified, err := provider.verifier.Verify(ctx, raw)
	if err != nil {
		return vouched{}, ReasonToken
	}
	return examine(verified, token.AccessToken, started.nonce, provider.of, started.earliest(), p.clock())
}
