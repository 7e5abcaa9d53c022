// Package app puts the application together: the database behind its fences, the services, and their pages. What
// serves real people, the demo, the tests and the benchmark all run exactly this.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/announcements"
	"passerelle/internal/appointments"
	"passerelle/internal/claims"
	"passerelle/internal/confidences"
	"passerelle/internal/connections"
	"passerelle/internal/consents"
	"passerelle/internal/departures"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/exports"
	"passerelle/internal/handovers"
	"passerelle/internal/houserules"
	"passerelle/internal/housing"
	"passerelle/internal/identifications"
	"passerelle/internal/imports"
	"passerelle/internal/inbox"
	"passerelle/internal/inquiries"
	"passerelle/internal/interpreters"
	"passerelle/internal/interviews"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/letters"
	"passerelle/internal/live"
	"passerelle/internal/mail"
	"passerelle/internal/mandates"
	"passerelle/internal/members"
	"passerelle/internal/metrics"
	"passerelle/internal/minors"
	"passerelle/internal/moves"
	"passerelle/internal/offices"
	"passerelle/internal/outages"
	"passerelle/internal/pace"
	"passerelle/internal/passkeys"
	"passerelle/internal/passkeys/passkeysweb"
	"passerelle/internal/proceedings"
	"passerelle/internal/projects"
	"passerelle/internal/referrals"
	"passerelle/internal/reflections"
	"passerelle/internal/reminders"
	"passerelle/internal/restrictions"
	"passerelle/internal/returns"
	"passerelle/internal/risks"
	"passerelle/internal/signin"
	"passerelle/internal/signin/signinweb"
	"passerelle/internal/statistics"
	"passerelle/internal/stays"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
	"passerelle/internal/web"
)

// App is the application, ready to serve.
type App struct {
	Web             *web.Server
	DB              *tenantdb.DB
	Hub             *live.Hub
	SignIn          *signin.Service
	Dossiers        *dossiers.Service
	Consents        *consents.Service
	Referrals       *referrals.Service
	Inbox           *inbox.Service
	Erasures        *erasures.Service
	Restrictions    *restrictions.Service
	Journal         *journal.Service
	Alerts          *alerts.Service
	Passkeys        *passkeys.Service
	Imports         *imports.Service
	Exports         *exports.Service
	Statistics      *statistics.Service
	Reflections     *reflections.Service
	Inquiries       *inquiries.Service
	Confidences     *confidences.Service
	Moves           *moves.Service
	Stays           *stays.Service
	Proceedings     *proceedings.Service
	Housing         *housing.Service
	Tasks           *tasks.Service
	Interviews      *interviews.Service
	Projects        *projects.Service
	Returns         *returns.Service
	Claims          *claims.Service
	Minors          *minors.Service
	Risks           *risks.Service
	Identifications *identifications.Service
	Interpreters    *interpreters.Service
	Appointments    *appointments.Service
	Letters         *letters.Service
	Documents       *documents.Service
	HouseRules      *houserules.Service
	Offices         *offices.Service
	Reminders       *reminders.Service
	Clock           *reminders.Clock
	Remover         *erasures.Remover
	Connections     *connections.Service
	// ConnectionDoor is what becomes of changes of connections without anybody who asks.
	ConnectionDoor *connections.Door
	Members        *members.Service
	Handovers      *handovers.Service
	Mandates       *mandates.Service
	Departures     *departures.Service
	Meter          *usage.Meter
	Board          *announcements.Board
	// Metrics is what is told in numbers to those who run the installation.
	Metrics *metrics.Metrics

	outages       *outages.Board
	queue         *jobs.Queue
	stopJobs      sync.Once
	lead          time.Duration
	keyDB         *tenantdb.DB
	sequencerDB   *tenantdb.DB
	stopListening context.CancelFunc
	listening     chan struct{}
}

// keyConns is how many connections the keys need: they are kept in memory for minutes.
const keyConns = 4

// sequencerConns is how many the sequencer needs: one holds the lock by which it is alone.
const sequencerConns = 2

// shutdownTime is how long requests and jobs under way may take to finish, once nobody sends any more.
const shutdownTime = 15 * time.Second

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
	if options.Post != nil {
		options.Post = mail.Traced(options.Post)
	}
	a := &App{lead: options.Lead, Hub: live.NewHub(), Metrics: metrics.New(options.Version), listening: make(chan struct{})}
	ring, sequencer, err := a.open(ctx, options)
	if err != nil {
		a.closeDatabases()
		return nil, err
	}
	door, err := signin.New(a.DB, ring, signin.Options{Origin: options.Origin, Also: options.Also, AllowLoopbackHTTP: options.AllowLoopbackHTTP, Clock: options.Clock})
	if err != nil {
		a.closeDatabases()
		return nil, err
	}
	a.SignIn = door
	a.outages = outages.New(options.Clock, options.Log)
	door.OnReach(a.providerReached)
	// What was handed in by those who set the installation up is sealed before anybody is let in.
	if err := door.SealSecrets(ctx); err != nil {
		a.closeDatabases()
		return nil, err
	}
	a.ConnectionDoor = connections.NewDoor(a.DB, ring, options.Clock, options.Post, options.Origin)
	door.OnTrial(a.ConnectionDoor)
	a.Connections = connections.New(a.DB, ring, door, a.ConnectionDoor, options.Clock, options.Post != nil, options.AllowLoopbackHTTP)
	if a.Passkeys, err = passkeys.New(a.DB, door, append([]string{options.Origin}, options.Also...), options.Clock, options.Post != nil); err != nil {
		a.closeDatabases()
		return nil, err
	}
	if a.Passkeys.Origin() == "" {
		options.Log.Warn("the origin is a number: passkeys are bound to a name, so that nothing that needs one can be done", "origin", options.Origin)
	}
	a.Dossiers = dossiers.New(a.DB, ring, options.Clock,
		referrals.Owed, housing.Owed, tasks.Owed,
	)
	a.Consents = consents.New(a.DB, ring, options.Clock, referrals.EndSharing)
	a.Offices = offices.New(a.DB, options.Clock)
	a.HouseRules = houserules.New(a.DB, ring, options.Clock)
	a.Housing = housing.New(a.DB, ring, options.Clock)
	a.Projects = projects.New(a.DB, ring, options.Clock)
	a.Returns = returns.New(a.DB, ring, options.Clock)
	a.Claims = claims.New(a.DB, ring, options.Clock, a.Dossiers)
	a.Referrals = referrals.New(a.DB, ring, options.Clock)
	a.Inbox = inbox.New(a.DB, ring, options.Clock, options.Files)
	a.Restrictions = restrictions.New(a.DB, ring, options.Clock)
	a.Erasures = erasures.New(a.DB, ring, options.Clock, options.KeysBackupDays)
	a.Journal = journal.New(a.DB, options.Clock)
	a.Alerts = alerts.New(a.DB, options.Clock)
	a.Exports = exports.New(a.DB, a.Dossiers, options.Clock)
	a.Statistics = statistics.New(a.DB, options.Clock)
	a.Imports = imports.New(a.DB, ring, a.Dossiers, options.Clock)
	a.Reflections = reflections.New(a.DB, ring, options.Clock)
	a.Inquiries = inquiries.New(a.DB, ring, options.Clock)
	a.Confidences = confidences.New(a.DB, ring, options.Clock)
	a.Stays = stays.New(a.DB, ring, options.Clock)
	a.Proceedings = proceedings.New(a.DB, ring, options.Clock)
	a.Tasks = tasks.New(a.DB, ring, options.Clock)
	a.Interviews = interviews.New(a.DB, ring, options.Clock)
	a.Minors = minors.New(a.DB, ring, a.Dossiers, options.Clock)
	a.Risks = risks.New(a.DB, ring, a.Dossiers, options.Clock)
	a.Identifications = identifications.New(a.DB, ring, a.Dossiers, options.Clock)
	a.Interpreters = interpreters.New(a.DB, ring, options.Clock)
	a.Appointments = appointments.New(a.DB, ring, options.Clock)
	a.Letters = letters.New(a.DB, ring, options.Clock)
	a.Documents = documents.New(a.DB, ring, options.Clock, options.Files, options.Scanner != nil, options.KeysBackupDays)
	a.Moves = moves.New(a.DB, ring, options.Clock, a.Dossiers, a.Identifications, a.Minors, a.Risks, a.Reflections, a.Stays, a.Proceedings, a.Claims, a.Projects, a.Returns)
	a.Inquiries.Tells(a.Tellers()...)
	a.Reminders = reminders.New(a.DB, a.Referrals, options.Clock, options.Post != nil)
	a.Members = members.New(a.DB, door, options.Clock, options.Post != nil)
	a.Handovers = handovers.New(a.DB, options.Clock)
	a.Mandates = mandates.New(a.DB, options.Clock)
	a.Departures = departures.New(a.DB, options.Clock)
	a.Board = announcements.NewBoard(a.DB, options.Clock)
	a.Meter = usage.NewMeter(a.DB, door, SealedRows, sequencer.Behind, options.Clock)
	if a.queue, err = jobs.Open(ctx, options.DatabaseURL, options.Log, options.Tracer); err != nil {
		a.closeDatabases()
		return nil, err
	}
	a.Clock = reminders.NewClock(a.DB, options.Clock, options.Post, options.Origin)
	a.Clock.Handle(a.queue)
	a.Remover = erasures.NewRemover(a.DB, ring, options.Clock, options.KeysBackupDays)
	a.Remover.Handle(a.queue)
	a.ConnectionDoor.Handle(a.queue)
	passkeys.NewCourier(door, options.Post, options.Origin).Handle(a.queue)
	documents.NewPorter(a.DB, ring, options.Clock, options.Files, options.Scanner).Handle(a.queue)
	members.NewPostRoom(a.DB, options.Clock, options.Post, options.Origin).Handle(a.queue)
	if err := a.queue.Start(ctx); err != nil {
		a.closeDatabases()
		return nil, err
	}
	a.Hub.OnSessionEnd(door.Forget)
	listen, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.Hub.OnHandedIn(sealing(listen, door, options.Log))
	a.stopListening = stop
	go a.work(listen, ring, sequencer, options)

	pages := signinweb.New(door, options.Log, a.Inbox.Waiting)
	factor := passkeysweb.New(a.Passkeys, pages, options.Clock)
	aMinute := cmp.Or(options.RequestsAMinute, web.RequestsAMinute)
	a.Web = web.New(web.Options{
		Origin: options.Origin, Also: options.Also, Aliases: options.Aliases, TrustedProxies: options.TrustedProxies,
		Announcements: a.announced, Mandates: a.Mandates.Wait,
		Session: pages.Session, StepUp: factor.StepUp, Hub: a.Hub, Journal: a.Journal, Alerts: a.Alerts.Waiting, Ready: a.DB.Ready, Answered: a.Metrics.Answered, Outages: a.gone, ReadOnly: a.outages.ReadOnly, Failed: a.failed, Pace: pace.New(aMinute, aMinute/6, options.Clock), Tracer: options.Tracer, Version: options.Version, Log: options.Log,
	})
	a.Web.Register(func(r *web.Routes) {
		r.Get("/", access.SignedIn, web.Home)
		r.Post("/announcements/hiding", access.Anyone, web.HideAnnouncement)
	})
	a.Web.Register(pages.Routes)
	a.Web.Register(factor.Routes)
	a.Web.Register(func(r *web.Routes) { a.capabilities(r, pages, options) })
	a.Web.Ready()
	a.tell(ring, sequencer, options.Clock)
	return a, nil
}

// open opens the databases and refuses to go on where the fences of one have a hole.
func (a *App) open(ctx context.Context, options Options) (ring *keys.Ring, sequencer *journal.Sequencer, err error) {
	if a.DB, err = tenantdb.Open(ctx, options.DatabaseURL, tenantdb.Options{MaxConns: options.MaxConns}); err != nil {
		return nil, nil, err
	}
	if err := a.DB.Check(ctx); err != nil {
		return nil, nil, err
	}
	if a.keyDB, err = tenantdb.OpenKeys(ctx, options.KeysDatabaseURL, tenantdb.Options{MaxConns: keyConns}); err != nil {
		return nil, nil, fmt.Errorf("the database of the keys: %w", err)
	}
	if ring, err = keys.New(ctx, a.keyDB, options.Master); err != nil {
		return nil, nil, err
	}
	if a.sequencerDB, err = tenantdb.Open(ctx, options.SequencerDatabaseURL, tenantdb.Options{MaxConns: sequencerConns}); err != nil {
		return nil, nil, fmt.Errorf("the sequencer of the journal: %w", err)
	}
	sequencer, err = journal.NewSequencer(ctx, a.sequencerDB, ring, options.Log, options.Clock)
	return ring, sequencer, err
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
	a.Web.Leave()
	go a.endJobs() // another process takes over what is planned
	select {
	case err := <-served:
		return err
	case <-time.After(a.lead):
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return errors.Join(a.Web.Shutdown(closing), <-served)
}

// Close lets go of the database.
func (a *App) Close() {
	a.stopListening()
	<-a.listening
	a.closeDatabases()
}

func (a *App) endJobs() {
	if a.queue == nil {
		return
	}
	a.stopJobs.Do(func() {
		stopping, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		a.queue.Stop(stopping)
	})
}

// closeDatabases lets jobs under way finish first; what cannot is done again, by this process or another.
func (a *App) closeDatabases() {
	a.endJobs()
	for _, db := range []*tenantdb.DB{a.sequencerDB, a.keyDB, a.DB} {
		if db != nil {
			db.Close()
		}
	}
}
