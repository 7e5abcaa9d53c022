package signin

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"passerelle/internal/ids"
)

// GateOptions say through which provider those come who run the installation, and where their console is reached.
type GateOptions struct {
	// Origin and Also are as in Options.
	Origin string
	Also   []string
	// Issuer, ClientID and ClientSecret are how the console is registered with the provider.
	Issuer, ClientID, ClientSecret string
	// AllowLoopbackHTTP is as in Options.
	AllowLoopbackHTTP bool
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
}

// Gate is the way in for those who run the installation: one provider, which the settings name, with every check that the door
// makes, and into nothing of a tenant. It keeps nothing: what it is given back is kept by whoever asks.
type Gate struct {
	door       *Service
	connection Connection
	secret     string
}

// gateSlug is the place of the gate's connection in its redirect address.
const gateSlug = "console"

// NewGate makes it.
func NewGate(options GateOptions) (*Gate, error) {
	door, err := New(nil, nil, Options{Origin: options.Origin, Also: options.Also, AllowLoopbackHTTP: options.AllowLoopbackHTTP, Clock: options.Clock})
	if err != nil {
		return nil, err
	}
	issuer, err := url.Parse(options.Issuer)
	if err != nil || spoken(issuer, options.AllowLoopbackHTTP) != nil {
		return nil, fmt.Errorf("the issuer %q is no address with https", options.Issuer)
	}
	if options.ClientID == "" {
		return nil, fmt.Errorf("the client id is missing")
	}
	connection := Connection{
		ID: ids.New[Connection](), Slug: gateSlug, Name: issuer.Host, Issuer: options.Issuer, ClientID: options.ClientID,
		Scopes: []string{"openid", "profile", "email"}, NameClaim: "name", EmailClaim: "email", Live: true,
	}
	if options.ClientSecret != "" {
		connection.SecretID = ids.New[Secret]()
	}
	return &Gate{door, connection, options.ClientSecret}, nil
}

// Provider is what people are told of it: the host of its address.
func (g *Gate) Provider() string { return g.connection.Name }

// RedirectURI is where the provider sends people back.
func (g *Gate) RedirectURI() string { return g.door.RedirectURI(gateSlug) }

// Secure says whether browsers reach the console over https.
func (g *Gate) Secure() bool { return g.door.Secure() }

// Left is somebody on the way to the provider: what the answer is compared with. It is used once.
type Left struct {
	StateHash, BrowserHash []byte
	Nonce, PKCEVerifier    string
	ReturnTo               string
	ExpiresAt              time.Time
}

// Begin gives the address of the provider's page, the secret that the browser must bring back, and what is to be kept meanwhile.
func (g *Gate) Begin(ctx context.Context, departure Departure) (target, browser string, left Left, err error) {
	provider, err := g.door.providers.of(ctx, g.connection, nil)
	if err != nil {
		return "", "", Left{}, err
	}
	browser = departure.Browser
	if !wellFormed(browser) {
		browser = newSecret()
	}
	state := newSecret()
	left = Left{
		StateHash: hashOf(state), BrowserHash: hashOf(browser), Nonce: newSecret(), PKCEVerifier: oauth2.GenerateVerifier(),
		ReturnTo: ReturnPath(departure.ReturnTo), ExpiresAt: g.door.clock().Add(attemptLifetime),
	}
	return provider.page(g.door.redirectURI(departure.Origin, gateSlug), departure, state, left.Nonce, left.PKCEVerifier), browser, left, nil
}

// Vouched is whom the provider vouches for. The subject says who it is; name and e-mail are display text.
type Vouched struct{ Issuer, Subject, Name, Email string }

// Finish checks the answer against what was kept of its departure. Any doubt is a Refusal.
func (g *Gate) Finish(ctx context.Context, left Left, answer Answer) (Vouched, error) {
	refuse := func(reason Reason) (Vouched, error) { return Vouched{}, &Refusal{reason, gateSlug, left.ReturnTo} }
	if !equalHash(left.StateHash, answer.State) || !g.door.clock().Before(left.ExpiresAt) {
		return refuse(ReasonNoAttempt)
	}
	if !equalHash(left.BrowserHash, answer.Browser) {
		return refuse(ReasonOtherBrowser)
	}
	provider, err := g.door.providers.of(ctx, g.connection, nil)
	if refusal, ok := Refused(err); ok {
		return refuse(refusal.Reason)
	}
	if err != nil {
		return Vouched{}, err
	}
	if reason := provider.doubt(answer); reason != "" {
		return refuse(reason)
	}
	who, reason := g.door.providers.redeem(ctx, provider, g.door.redirectURI(answer.Origin, gateSlug), g.secret, answer, attempt{nonce: left.Nonce, pkceVerifier: left.PKCEVerifier})
	if reason != "" {
		return refuse(reason)
	}
	return Vouched{g.connection.Issuer, who.subject, who.name, who.email}, nil
}

// NewToken is 256 random bits for a cookie or a form, and the hash that is kept of it.
func NewToken() (token string, hash []byte) {
	token = newSecret()
	return token, hashOf(token)
}

// HashToken is the hash of a token; ok is false for what cannot be one.
func HashToken(token string) (hash []byte, ok bool) { return hashOf(token), wellFormed(token) }
