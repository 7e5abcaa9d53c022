// Command passerelle is the whole product: the application, its migrations, its demo and its benchmark.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"passerelle/internal/config"
)

// version is set by the release build.
var version = "dev"

type cli struct {
	Serve    serveCommand    `cmd:"" help:"Serve the application against DATABASE_URL, at ORIGIN."`
	Console  consoleCommand  `cmd:"" help:"Serve the console of those who run the installation, at CONSOLE_ORIGIN. It sees the registry of tenants, and no dossier."`
	Operator operatorCommand `cmd:"" help:"Say who runs the installation, and may use the console."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database at DATABASE_URL to this version's schema, roles and fences."`
	Keys     keysCommand     `cmd:"" help:"Make and look after the keys."`
	Journal  journalCommand  `cmd:"" help:"Sign, export and verify the journal: who saw and did what."`
	Tenant   tenantCommand   `cmd:"" help:"Make tenants, and let them go live, pause and go on. It sees the registry of tenants and not one row of anything else."`
	Import   importCommand   `cmd:"" help:"Take over an existing caseload from a CSV file or an Excel workbook. Nothing is imported until every row is clear."`
	Backup   backupCommand   `cmd:"" help:"Copy a whole cluster into a folder, sealed, and keep the log that follows."`
	Restore  restoreCommand  `cmd:"" help:"Bring a backup back as it was at a moment, in a new folder, and hold data, journals and keys against each other."`
	Drill    drillCommand    `cmd:"" help:"Rehearse a restore, and print how long it took: of invented people, or of the backups in a folder."`
	Health   healthCommand   `cmd:"" help:"Ask the server that listens at LISTEN whether it is ready: exit code 0 if it is."`
	Demo     demoCommand     `cmd:"" help:"Run everything on this machine: a private Postgres, a demo identity provider, two invented cantons."`
	Bench    benchCommand    `cmd:"" help:"Fill a database with invented data and measure whole pages against the raw database."`
	Soak     soakCommand     `cmd:"" help:"Have a server answer at a steady rate for long, and see whether it answers all of it and holds no more than in the beginning."`
}

func main() {
	var commands cli
	parser := kong.Parse(&commands, kong.Name("passerelle"),
		kong.Description("Passerelle accompanies victims of human trafficking: dossiers, referrals, and the fences between them."),
		kong.UsageOnError(), kong.Vars{"version": version})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, err := config.Read()
	if err == nil {
		parser.BindTo(ctx, (*context.Context)(nil))
		err = parser.Run(settings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "passerelle:", err)
		stop()
		os.Exit(1)
	}
}
