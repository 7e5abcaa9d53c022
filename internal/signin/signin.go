// Package signin lets people in: through their organisation's OpenID provider, into a session, at one of their
// workplaces. It is the only one that knows go-oidc, and the only one that reads what is known at the door
// (connections, identities, memberships, sessions). Who a person is, is (connection, issuer, subject); where they
// may work is said by memberships alone, never by what a provider asserts.
package signin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/pace"
	"passerelle/internal/tenantdb"
)

// Options is what the door needs to know.
type Options struct {
	// Origin is where the application is reached: scheme, host and port, as browsers see it.
	Origin string
	// Also are other origins at which the very same application is reached. The demo's alone: people have one.
	Also []string
	// AllowLoopbackHTTP lets it talk plain http with a provider on this machine's loopback: for the demo and the
	// tests, never for people.
	AllowLoopbackHTTP bool
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
}

// Service is the door.
type Service struct {
	db        *tenantdb.DB
	keys      *keys.Ring
	origin    string
	also      []string
	clock     func() time.Time
	providers *providers
	cache     *cache
	trials    Trials
	knocks    *pace.Bounds
	refusals  refusals
	shown     shown
}

// New makes the door.
func New(db *tenantdb.DB, ring *keys.Ring, options Options) (*Service, error) {
	origin, err := url.Parse(options.Origin)
	if err != nil || origin.Host == "" || (origin.Path != "" && origin.Path != "/") {
		return nil, fmt.Errorf("the origin %q is not a scheme and a host", options.Origin)
	}
	if spoken(origin, true) != nil && origin.Scheme+"://"+origin.Hostname() != "http://localhost" {
		return nil, fmt.Errorf("the origin %q must be https, unless it is this machine itself", options.Origin)
	}
	clock := options.Clock
	if clock == nil {
		clock = time.Now
	}
	return &Service{
		db:     db,
		keys:   ring,
		origin: origin.Scheme + "://" + origin.Host,
		also:   options.Also,
		clock:  clock,
		cache:  &cache{entries: map[string]cached{}},
		providers: &providers{
			client:            hardenedClient(options.AllowLoopbackHTTP),
			allowLoopbackHTTP: options.AllowLoopbackHTTP,
			clock:             clock,
			known:             map[ConnectionID]*provider{},
			allowances:        map[ConnectionID]*allowances{},
		},
		knocks: pace.New(knocksAMinute, knocksAMinute, clock),
		shown:  shown{of: map[ConnectionID]shownSecret{}},
	}, nil
}

// Now is the time by the door's clock.
func (s *Service) Now() time.Time { return s.clock() }

// Secure says whether browsers reach the application over https, so that cookies can be bound to it.
func (s *Service) Secure() bool { return strings.HasPrefix(s.origin, "https://") }

// RedirectURI is where the provider of a connection sends people back: every connection has its own, so that an
// answer cannot be carried from one door to another (RFC 9700 4.4).
func (s *Service) RedirectURI(slug string) string { return s.redirectURI("", slug) }

// redirectURI is that of somebody who is at an origin; one that is not ours is taken for the first.
func (s *Service) redirectURI(origin, slug string) string {
	if !slices.Contains(s.also, origin) {
		origin = s.origin
	}
	return RedirectURI(origin, slug)
}

// RedirectURI is that of the door at an origin.
func RedirectURI(origin, slug string) string {
	return origin + "/oidc/" + url.PathEscape(slug) + "/callback"
}

// Connections are the organisations whose people can sign in, by name.
func (s *Service) Connections(ctx context.Context) ([]Connection, error) {
	connections, err := s.all(ctx)
	return slices.DeleteFunc(connections, func(connection Connection) bool { return !connection.Live }), err
}

// ConnectionOf finds the organisation of a work e-mail. Whether the person exists is not asked.
func (s *Service) ConnectionOf(ctx context.Context, email string) (Connection, error) {
	connections, err := s.Connections(ctx)
	if err != nil {
		return Connection{}, err
	}
	return choose(connections, email)
}

// Departure is a sign-in about to begin.
type Departure struct {
	Connection string // slug
	Email      string // as typed, a hint for the provider
	Language   string // which language the provider's page should speak
	ReturnTo   string // the page that was asked for
	Browser    string // what binds the answer to this browser, if it holds one already
	Origin     string // at which of our origins the person is
	Fresh      bool   // the provider has to have the person sign in anew
}

// Begin writes down the attempt and gives the address of the provider's page, and the secret that the browser must
// bring back together with the answer.
func (s *Service) Begin(ctx context.Context, departure Departure) (target, browser string, err error) {
	connection, others, err := s.find(ctx, departure.Connection)
	if err == nil && !connection.Live {
		err = fault.NotFound()
	}
	if err != nil {
		return "", "", err
	}
	provider, err := s.providers.of(ctx, connection, others)
	if err != nil {
		return "", "", err
	}
	return s.depart(ctx, provider, departure, Trial{})
}

// depart writes the attempt down.
func (s *Service) depart(ctx context.Context, provider *provider, departure Departure, trial Trial) (target, browser string, err error) {
	connection := provider.of
	browser = departure.Browser
	if !wellFormed(browser) {
		browser = newSecret()
	}
	state, nonce, verifier := newSecret(), newSecret(), oauth2.GenerateVerifier()
	err = s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := deleteAttemptsBefore(ctx, tx, s.clock()); err != nil {
			return err
		}
		return insertAttempt(ctx, tx, attempt{
			stateHash:    hashOf(state),
			connectionID: connection.ID,
			browserHash:  hashOf(browser),
			nonce:        nonce,
			pkceVerifier: verifier,
			returnTo:     ReturnPath(departure.ReturnTo),
			fresh:        departure.Fresh,
			expiresAt:    s.clock().Add(attemptLifetime),
			trial:        trial,
		})
	})
	if err != nil {
		return "", "", fmt.Errorf("begin sign-in through %s: %w", connection.Slug, err)
	}
	return provider.page(s.redirectURI(departure.Origin, connection.Slug), departure, state, nonce, verifier), browser, nil
}

// Answer is what came back from a provider, with what the browser brought along.
type Answer struct {
	Connection string // slug of the address at which it arrived
	State      string
	Code       string
	Issuer     string // RFC 9207
	Denied     bool   // the provider answered with an error
	Browser    string // what Begin gave the browser
	Origin     string // at which of our origins it arrived
	Previous   string // a session that the browser still holds, which ends here
	UserAgent  string // how the browser calls itself, of which only the family is kept
}

// Arrival is somebody let in. After a trial nobody is: there is no token then, and only a page to go on to.
type Arrival struct {
	Token    string // for the session cookie; only its hash is kept
	Session  Session
	ReturnTo string
}

// Finish checks the answer and makes a session. Any doubt is a Refusal.
func (s *Service) Finish(ctx context.Context, answer Answer) (Arrival, error) {
	connection, others, err := s.find(ctx, answer.Connection)
	if err != nil {
		return Arrival{}, err
	}
	started, err := s.takeAttempt(ctx, answer.State)
	refuse := func(reason Reason) (Arrival, error) {
		s.refusals.count(connection.TenantID, reason)
		return Arrival{}, &Refusal{reason, connection.Slug, started.returnTo}
	}
	if errors.Is(err, fault.NotFound()) {
		return refuse(ReasonNoAttempt)
	}
	if err != nil {
		return Arrival{}, err
	}
	if started.connectionID != connection.ID {
		return refuse(ReasonOtherDoor)
	}
	if !equalHash(started.browserHash, answer.Browser) {
		return refuse(ReasonOtherBrowser)
	}
	if started.trial.under() {
		return s.finishTrial(ctx, connection, others, started, answer)
	}
	if !connection.Live {
		return refuse(ReasonNoAttempt)
	}
	provider, err := s.providers.of(ctx, connection, others)
	if refusal, ok := Refused(err); ok {
		return refuse(refusal.Reason)
	}
	if err != nil {
		return Arrival{}, err
	}
	who, reason, err := s.judge(ctx, provider, answer, started)
	if err != nil {
		return Arrival{}, fmt.Errorf("finish sign-in through %s: %w", connection.Slug, err)
	}
	if reason != "" {
		return refuse(reason)
	}
	arrival, err := s.admit(ctx, connection, who, started.fresh, answer)
	if err != nil {
		return Arrival{}, fmt.Errorf("finish sign-in through %s: %w", connection.Slug, err)
	}
	arrival.ReturnTo = started.returnTo
	return arrival, nil
}

// judge looks at what came back, and redeems it.
func (s *Service) judge(ctx context.Context, provider *provider, answer Answer, started attempt) (vouched, Reason, error) {
	if reason := provider.doubt(answer); reason != "" {
		return vouched{}, reason, nil
	}
	return s.redeem(ctx, provider, answer, started)
}

// redeem turns the code into what the provider vouches for. What we show for it is opened here and nowhere else.
func (s *Service) redeem(ctx context.Context, provider *provider, answer Answer, started attempt) (vouched, Reason, error) {
	secret, err := s.openSecret(ctx, provider.of)
	if err != nil {
		return vouched{}, "", err
	}
	who, reason := s.providers.redeem(ctx, provider, s.redirectURI(answer.Origin, provider.of.Slug), secret, answer, started)
	return who, reason, nil
}

// all gives every connection, live or not. A secret that was handed in meanwhile is sealed first.
func (s *Service) all(ctx context.Context) ([]Connection, error) {
	connections, handedIn, err := s.list(ctx)
	if err == nil && len(handedIn) > 0 {
		if err := s.sealAll(ctx, handedIn); err != nil {
			return nil, err
		}
		connections, _, err = s.list(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	return connections, nil
}

func (s *Service) list(ctx context.Context) (connections []Connection, handedIn []handedIn, err error) {
	err = s.db.View(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		connections, handedIn, err = listConnections(ctx, tx)
		return err
	})
	return connections, handedIn, err
}

// find gives a connection, live or not, and all others that are.
func (s *Service) find(ctx context.Context, slug string) (connection Connection, others []Connection, err error) {
	connections, err := s.all(ctx)
	if err != nil {
		return Connection{}, nil, err
	}
	for _, candidate := range connections {
		if candidate.Slug == slug {
			connection = candidate
		} else if candidate.Live {
			others = append(others, candidate)
		}
	}
	if connection.ID.Zero() {
		return Connection{}, nil, fault.NotFound()
	}
	return connection, others, nil
}

// takeAttempt uses an attempt up: whatever becomes of it, its state is worth nothing afterwards.
func (s *Service) takeAttempt(ctx context.Context, state string) (attempt, error) {
	var taken attempt
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		taken, err = deleteAttempt(ctx, tx, hashOf(state), s.clock())
		return err
	})
	if err != nil {
		return attempt{}, fmt.Errorf("take attempt: %w", err)
	}
	return taken, nil
}

// door is the scope in which sign-in reads and writes.
func door(ctx context.Context) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.SignIn())
}
