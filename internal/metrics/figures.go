package metrics

// Figure is something that is told in numbers.
type Figure struct {
	Name, Help string
	// Labels are what tells the values of one figure apart.
	Labels []string
	// Counts says that it only grows, for as long as the program runs.
	Counts bool
}

// All figures that are this program's own. Beside them stand those of Go (go_…) and of the process (process_…).
var (
	Build            = figure("passerelle_build_info", "Which version runs; always 1.", "version")
	Requests         = figure("passerelle_request_duration_seconds", "How long requests took, by the pattern of their route.", "method", "route", "status")
	SourceFailed     = figure("passerelle_source_failed", "1 where figures of this source could not be told: they are missing, and not zero.", "source")
	Connections      = figure("passerelle_pool_connections", "Connections to a database, by what they do.", "pool", "use")
	ConnectionsMost  = figure("passerelle_pool_connections_max", "How many connections a pool may hold.", "pool")
	Waits            = counter("passerelle_pool_waits_total", "How often somebody had to wait for a connection.", "pool")
	WaitSeconds      = counter("passerelle_pool_wait_seconds_total", "For how long, all together.", "pool")
	WaitsGivenUp     = counter("passerelle_pool_waits_given_up_total", "How often somebody gave up waiting for one.", "pool")
	Outages          = figure("passerelle_out_of_reach", "1 for what does not answer, as this process sees it.", "what")
	Streams          = figure("passerelle_streams_open", "Pages that listen for changes.")
	Notified         = figure("passerelle_notifications_connected", "1 while this process hears what others change.")
	Jobs             = figure("passerelle_jobs", "Jobs of the whole installation, by kind: waiting for their time, late by it, failed for good.", "kind", "stage")
	Mails            = figure("passerelle_mails_waiting", "E-mails that were promised and have not gone, of the whole installation.")
	JournalWaiting   = figure("passerelle_journal_entries_waiting", "Entries of all journals that are not in their tree yet.")
	JournalLag       = figure("passerelle_journal_lag_seconds", "For how long the oldest of them waits.")
	CheckpointAge    = figure("passerelle_checkpoint_age_seconds", "How old the oldest last checkpoint is, of journals that hold entries since; 0 where all is signed.")
	JournalsUnsigned = figure("passerelle_journals_unsigned", "Journals with entries that were never signed.")
	SealingFailures  = counter("passerelle_sealing_failures_total", "How often something could not be sealed or opened, by why.", "why")
	RefusedSignIns   = counter("passerelle_signins_refused_total", "Sign-ins that were refused, by why.", "reason")
)

// All lists them, in the order of the program.
func All() []Figure { return all }

var all []Figure

func figure(name, help string, labels ...string) Figure {
	f := Figure{Name: name, Help: help, Labels: labels}
	all = append(all, f)
	return f
}

func counter(name, help string, labels ...string) Figure {
	f := figure(name, help, labels...)
	f.Counts = true
	return f
}
