package app

import (
	"context"
	"log/slog"
	"time"

	"passerelle/internal/documents"
	"passerelle/internal/files"
	"passerelle/internal/keys"
	"passerelle/internal/mail"
	"passerelle/internal/tracing"
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
	// SequencerDatabaseURL reaches Postgres as the role passerelle_sequencer, which hashes the journal.
	SequencerDatabaseURL string
	// KeysBackupDays is for how many days backups of the keys are kept.
	KeysBackupDays int
	// Origin is the scheme and host at which browsers reach the application; Aliases are hosts that lead there.
	Origin  string
	Aliases []string
	// Also are other origins at which the very same application is reached. The demo's alone: people have one.
	Also []string
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
	// Files is where documents lie; without it none can be added. Scanner looks for what is known to be bad in them; without it nobody does.
	Files   files.Store
	Scanner documents.Scanner
	// Room says, as an error, that there is hardly any room left to write; nil is never asked.
	Room func(context.Context) error
	// Post takes e-mails that say that something waits; nil sends none.
	Post mail.Post
	// Tracer is told where the time of requests and jobs went; nil is told nothing.
	Tracer *tracing.Tracer
	// Lead is for how long requests are still taken once the application is to end, and says that it is: who sends them needs a moment
	// to hear it.
	Lead time.Duration
	// ReachEvery is how often what others run is asked whether it is back; 0 is every fifteen seconds.
	ReachEvery time.Duration
	// RequestsAMinute is how often one account may ask, and a sixth of it at once; 0 is web.RequestsAMinute.
	RequestsAMinute int
	// WatchEvery is how often the journal is looked through for what raises an alert; 0 is every fifteen seconds.
	WatchEvery time.Duration
}
