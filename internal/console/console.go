// Package console puts the console together: its own listener, its own way to sign in, and the role of the database that sees the
// registry of tenants. It has no key, and no service of the application's.
package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"passerelle/internal/announcements"
	"passerelle/internal/mandates"
	"passerelle/internal/operators"
	"passerelle/internal/operators/operatorsweb"
	"passerelle/internal/pace"
	"passerelle/internal/passkeys"
	"passerelle/internal/platform"
	"passerelle/internal/platform/platformweb"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
	"passerelle/internal/web"
)

// Options are what the console has to be told.
type Options struct {
	// DatabaseURL reaches Postgres as the role passerelle_platform.
	DatabaseURL string
	// Origin is the scheme and host at which browsers reach the console; Also are others. The demo's alone.
	Origin string
	Also   []string
	// Application is the origin at which the people of tenants sign in, for telling those who set a tenant up.
	Application string
	// TrustedProxies are the addresses of proxies whose X-Real-IP is believed.
	TrustedProxies []string
	// Issuer, ClientID and ClientSecret are how the console is registered with the provider of those who run the installation.
	Issuer, ClientID, ClientSecret string
	// AllowLoopbackHTTP lets people sign in through a provider on this machine, without https: for demo and tests.
	AllowLoopbackHTTP bool
	Version           string
	Log               *slog.Logger
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
}

// Console is the console, ready to serve.
type Console struct {
	Web         *web.Server
	Operators   *operators.Service
	Tenants     *platform.Service
	Onboardings *platform.Onboardings
	db          *tenantdb.DB
}

// conns is how many connections it needs: a handful of people use it.
const conns = 4

// shutdownTime is how long requests under way may take to finish.
const shutdownTime = 20 * time.Second

// New opens the database, refuses to go on as a role that may do more than it needs, and puts everything together.
func New(ctx context.Context, options Options) (*Console, error) {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	gate, err := signin.NewGate(signin.GateOptions{
		Origin: options.Origin, Also: options.Also, Issuer: options.Issuer, ClientID: options.ClientID, ClientSecret: options.ClientSecret,
		AllowLoopbackHTTP: options.AllowLoopbackHTTP, Clock: options.Clock,
	})
	if err != nil {
		return nil, fmt.Errorf("the provider of the console: %w", err)
	}
	factor, err := passkeys.NewFactor(append([]string{options.Origin}, options.Also...))
	if err != nil {
		return nil, err
	}
	db, err := tenantdb.Open(ctx, options.DatabaseURL, tenantdb.Options{MaxConns: conns})
	if err != nil {
		return nil, err
	}
	c := &Console{db: db}
	registry, err := platform.New(ctx, db, options.Clock)
	if err != nil {
		db.Close()
		return nil, err
	}
	c.Tenants = platform.NewService(registry)
	c.Onboardings = platform.NewOnboardings(registry, signin.NewInspector(options.AllowLoopbackHTTP), options.Application, options.AllowLoopbackHTTP)
	if c.Operators, err = operators.New(ctx, db, gate, factor, options.Clock); err != nil {
		db.Close()
		return nil, err
	}
	door := operatorsweb.New(c.Operators, gate, options.Log)
	c.Web = web.New(web.Options{
		Origin: options.Origin, Also: options.Also, TrustedProxies: options.TrustedProxies, Session: door.Session, StepUp: door.StepUp, Waiting: "/passkey",
		Ready: db.Ready, Pace: pace.New(web.RequestsAMinute, web.RequestsAMinute/6, options.Clock), Version: options.Version, Log: options.Log,
	})
	c.Web.Register(door.Routes)
	c.Web.Register(func(r *web.Routes) {
		platformweb.Routes(r, platformweb.Services{
			Tenants: c.Tenants, Onboardings: c.Onboardings, Operators: c.Operators,
			Announcements: announcements.New(db, options.Clock), Usage: usage.New(db, options.Clock), Mandates: mandates.New(db, options.Clock),
		})
	})
	c.Web.Ready()
	return c, nil
}

// Serve answers on the listener until ctx ends, and then lets the requests under way finish.
func (c *Console) Serve(ctx context.Context, listener net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- c.Web.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return errors.Join(c.Web.Shutdown(closing), <-served)
}

// Close lets go of the database.
func (c *Console) Close() { c.db.Close() }
