// Package app puts the application together: the database behind its fences, the services, and their pages. What
// serves real people, the demo, the tests and the benchmark all run exactly this.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/consents/consentsweb"
	"passerelle/internal/dossiers"
	"passerelle/internal/dossiers/dossiersweb"
	"passerelle/internal/erasures"
	"passerelle/internal/erasures/erasuresweb"
	"passerelle/internal/inbox"
	"passerelle/internal/inbox/inboxweb"
	"passerelle/internal/journal"
	"passerelle/internal/journal/journalweb"
	"passerelle/internal/keys"
	"passerelle/internal/live"
	"passerelle/internal/referrals"
	"passerelle/internal/referrals/referralsweb"
	"passerelle/internal/signin"
	"passerelle/internal/signin/signinweb"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
)

// Options are what the application has to be told.
type Options struct {
	// DatabaseURL reaches Postgres as the role passerelle_app.
	DatabaseURL string
	// MaxConns bounds the pool of connections.
	MaxConns int32
	// KeysDatabaseURL reaches the keys as the role passerelle_keys, which may be on another server; Master unwraps them.
	KeysDatabaseURL string
	Master          keys.Master
	// KeysBackupDays is for how many days backups of the keys are kept.
	KeysBackupDays int
	// Origin is the scheme and host at which browsers reach the application; Aliases are hosts that lead there.
	Origin  string
	Aliases []string
	// TrustedProxies are the addresses of proxies whose X-Real-IP is believed.
	TrustedProxies []string
	// AllowLoopbackHTTP lets people sign in through a provider on this machine, without https: for demo and tests.
	AllowLoopbackHTTP bool
	// Version is shown in the footer.
	Version string
	// Log is where the application tells what it did; ids only.
	Log *slog.Logger
	// Clock tells the time; nil is time.Now.
	Clock func() time.Time
}

// App is the application, ready to serve.
type App struct {
	Web       *web.Server
	DB        *tenantdb.DB
	Hub       *live.Hub
	SignIn    *signin.Service
	Dossiers  *dossiers.Service
	Consents  *consents.Service
	Referrals *referrals.Service
	Inbox     *inbox.Service
	Erasures  *erasures.Service
	Journal   *journal.Service

	keyDB         *tenantdb.DB
	stopListening context.CancelFunc
	listening     chan struct{}
}

// keyConns is how many connections the keys need: they are kept in memory for minutes.
const keyConns = 4

// shutdownTime is how long requests under way may take to finish.
const shutdownTime = 20 * time.Second

// heapGrowth is how much, in per cent, the heap grows before it is swept. What lives long is a few megabytes, so that
// Go's usual 100 would have the heap swept dozens of times a second while pages are served; this costs some megabytes more.
const heapGrowth = 400

// New opens the database, refuses to go on when its fences have a hole, and puts everything together.
func New(ctx context.Context, options Options) (*App, error) {
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	// Where the operator has set GOGC, that stays.
	if usual := debug.SetGCPercent(heapGrowth); usual != 100 {
		debug.SetGCPercent(usual)
	}
	db, err := tenantdb.Open(ctx, options.DatabaseURL, tenantdb.Options{MaxConns: options.MaxConns})
	if err != nil {
		return nil, err
	}
	if err := db.Check(ctx); err != nil {
		db.Close()
		return nil, err
	}
	keyDB, err := tenantdb.Open(ctx, options.KeysDatabaseURL, tenantdb.Options{MaxConns: keyConns})
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("the database of the keys: %w", err)
	}
	ring, err := keys.New(ctx, keyDB, options.Master)
	if err != nil {
		keyDB.Close()
		db.Close()
		return nil, err
	}
	door, err := signin.New(db, ring, signin.Options{Origin: options.Origin, AllowLoopbackHTTP: options.AllowLoopbackHTTP, Clock: options.Clock})
	if err != nil {
		keyDB.Close()
		db.Close()
		return nil, err
	}
	a := &App{
		DB: db, keyDB: keyDB, Hub: live.NewHub(), SignIn: door,
		Dossiers:  dossiers.New(db, ring, options.Clock),
		Consents:  consents.New(db, ring, options.Clock, referrals.EndSharing),
		Referrals: referrals.New(db, ring, options.Clock),
		Inbox:     inbox.New(db, ring, options.Clock),
		Erasures:  erasures.New(db, ring, options.Clock, options.KeysBackupDays),
		Journal:   journal.New(db, options.Clock),
		listening: make(chan struct{}),
	}
	a.Hub.OnSessionEnd(door.Forget)
	listen, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stopListening = stop
	go func() {
		defer close(a.listening)
		var both sync.WaitGroup
		both.Go(func() { a.Hub.Listen(listen, options.DatabaseURL) })
		both.Go(func() { ring.Listen(listen, options.KeysDatabaseURL, options.DatabaseURL) })
		both.Wait()
	}()

	pages := signinweb.New(door, options.Log)
	a.Web = web.New(web.Options{
		Origin: options.Origin, Aliases: options.Aliases, TrustedProxies: options.TrustedProxies,
		Session: pages.Session, Journal: a.Journal, Ready: db.Ready, Version: options.Version, Log: options.Log,
	})
	a.Web.Register(func(r *web.Routes) {
		r.Get("/", access.SignedIn, web.Home)
		r.Post("/language", access.Anyone, web.ChooseLanguage)
	})
	a.Web.Register(pages.Routes)
	a.Web.Register(func(r *web.Routes) {
		dossiersweb.Routes(r, a.Dossiers, a.Hub, options.Clock)
		consentsweb.Routes(r, a.Consents, a.Referrals)
		referralsweb.Routes(r, a.Referrals, a.Hub)
		inboxweb.Routes(r, a.Inbox, a.Hub)
		erasuresweb.Routes(r, a.Erasures, options.Clock)
		journalweb.Routes(r, a.Journal, options.Clock)
	})
	a.Web.Ready()
	return a, nil
}

// ListenAndServe serves at an address until ctx ends.
func (a *App) ListenAndServe(ctx context.Context, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return a.Serve(ctx, listener)
}

// Serve answers on the listener until ctx ends, and then lets the requests under way finish.
func (a *App) Serve(ctx context.Context, listener net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- a.Web.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return errors.Join(a.Web.Shutdown(closing), <-served)
}

// Close lets go of the database.
func (a *App) Close() {
	a.stopListening()
	<-a.listening
	a.keyDB.Close()
	a.DB.Close()
}
