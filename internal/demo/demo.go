// Package demo runs the whole product on one machine with nothing set up: a Postgres of its own, an identity provider
// of its own, and two invented cantons. Nothing that serves real people imports it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/console"
	"passerelle/internal/demo/idp"
	"passerelle/internal/files"
	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/mail"
	"passerelle/internal/migrate"
)

// keysBackupDays is what the demo says of backups, of which it makes none.
const keysBackupDays = 7

// Options say where the demo listens and what it keeps.
type Options struct {
	Listen, IDPListen, ConsoleListen string
	// Data holds the database and the provider's keys; it survives a restart.
	Data string
	// Fresh throws away what Data holds.
	Fresh bool
	// PostgresBin is the folder of initdb and postgres; empty looks for them.
	PostgresBin string
	// Version is shown in the footer.
	Version string
	// Out is told of progress, the address, and whom one can sign in as.
	Out io.Writer
}

const database = "postgres"

// masterFile is where the demo keeps the key that wraps all others.
func masterFile(options Options) string { return filepath.Join(options.Data, "master.key") }

// mails is where e-mails go instead of away.
func mails(options Options) string { return filepath.Join(options.Data, "mails") }

// Run serves until ctx ends, then stops everything that it started. Errors are sentences for the console.
func Run(ctx context.Context, options Options) (err error) {
	say := func(line string) { fmt.Fprintln(options.Out, line) }

	// The ports first: what is taken is known in a moment, and nothing has been started yet.
	listener, err := listen(options.Listen, "--listen")
	if err != nil {
		return err
	}
	defer listener.Close()
	consoleListener, err := listen(options.ConsoleListen, "--console-listen")
	if err != nil {
		return err
	}
	defer consoleListener.Close()
	if err := prepare(options); err != nil {
		return err
	}
	provider, identities, err := startProvider(ctx, options, append(Issuers(originsOf(listener)...), ConsoleIssuer(originsOf(consoleListener)...)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, provider.Stop()) }()

	cluster, err := localpg.Start(ctx, localpg.Options{
		DataDir: filepath.Join(options.Data, "postgres"), BinDir: options.PostgresBin, Fresh: options.Fresh, Progress: say,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()

	owner := cluster.ConnString(database, localpg.Superuser)
	say("Bringing the database to this version's schema.")
	if err := migrate.Up(ctx, owner, migrate.Options{Progress: say}); err != nil {
		return fmt.Errorf("%w; --fresh begins anew, without what was entered", err)
	}
	if err := migrate.UpKeys(ctx, owner, migrate.Options{Progress: say}); err != nil {
		return err
	}
	master, err := keys.MasterFile(masterFile(options), true)
	if err != nil {
		return err
	}
	if err := insertCast(ctx, owner, provider, identities); err != nil {
		return err
	}

	folder, err := files.OpenFolder(filepath.Join(options.Data, "documents"))
	if err != nil {
		return err
	}
	application, err := app.New(ctx, app.Options{
		Files:       folder,
		DatabaseURL: cluster.ConnString(database, migrate.App), MaxConns: 20,
		KeysDatabaseURL: cluster.ConnString(database, migrate.Keys), Master: master, KeysBackupDays: keysBackupDays,
		SequencerDatabaseURL: cluster.ConnString(database, migrate.Sequencer),
		Origin:               "http://" + listener.Addr().String(), Also: localNames(listener), AllowLoopbackHTTP: true,
		Version: options.Version, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Post: mail.Folder(mails(options)),
	})
	if err != nil {
		return err
	}
	defer application.Close()
	if err := fill(ctx, application, say); err != nil {
		return fmt.Errorf("fill in the invented dossiers: %w", err)
	}

	operating, err := console.New(ctx, console.Options{
		DatabaseURL: cluster.ConnString(database, migrate.Platform), Origin: originsOf(consoleListener)[0], Also: localNames(consoleListener),
		Application: originsOf(listener)[0],
		Issuer:      provider.Issuer(cast.ConsoleSlug), ClientID: "passerelle-" + cast.ConsoleSlug, ClientSecret: identities.ClientSecret(cast.ConsoleSlug),
		AllowLoopbackHTTP: true, Version: options.Version, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return err
	}
	defer operating.Close()

	say("E-mails are not sent but written into " + mails(options) + ".")
	announce(options.Out, listener, consoleListener)
	announceUnclaimed(options.Out, provider, identities)
	serving, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-cluster.Exited():
			say("Postgres has stopped; stopping as well.")
			stop()
		case <-serving.Done():
		}
	}()
	// Whichever of the two ends takes the other along.
	var both sync.WaitGroup
	var failed [2]error
	for i, serve := range []func() error{
		func() error { return application.Serve(serving, listener) },
		func() error { return operating.Serve(serving, consoleListener) },
	} {
		both.Go(func() {
			defer stop()
			failed[i] = serve()
		})
	}
	both.Wait()
	if err := errors.Join(failed[:]...); err != nil {
		return err
	}
	say("Stopped. What was entered is kept in " + options.Data + ".")
	return nil
}

func listen(address, flag string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err == nil {
		return listener, nil
	}
	return nil, portRefusal(err, address, flag)
}

func portRefusal(err error, address, flag string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("the address %s is taken: stop what listens there, or choose another with %s", address, flag)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this account may not listen on %s: choose a port above 1023 with %s", address, flag)
	default:
		return fmt.Errorf("cannot listen on %s (%s): choose another address with %s", address, plain(err), flag)
	}
}

// plain is the innermost reason, without the address that the sentence has said already.
func plain(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}

// prepare makes the folder, and empties it of what the demo itself keeps there when it is to begin anew.
func prepare(options Options) error {
	if err := os.MkdirAll(options.Data, 0o755); err != nil {
		return fmt.Errorf("the folder %s cannot be made (%s): choose another with --data", options.Data, cause(err))
	}
	probe := filepath.Join(options.Data, ".writable")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		return fmt.Errorf("the folder %s cannot be written to (%s): choose another with --data, or change its owner", options.Data, cause(err))
	}
	if err := os.Remove(probe); err != nil {
		return fmt.Errorf("the folder %s cannot be written to (%s): choose another with --data, or change its owner", options.Data, cause(err))
	}
	if !options.Fresh {
		return nil
	}
	for _, file := range []string{identitiesFile(options), masterFile(options)} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the folder %s cannot be emptied (%s)", options.Data, cause(err))
		}
	}
	return nil
}

func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func identitiesFile(options Options) string { return filepath.Join(options.Data, "identities.json") }

// startProvider runs the identity provider with one issuer for each connection of the cast.
func startProvider(ctx context.Context, options Options, issuers []idp.Issuer) (*idp.Provider, *idp.Identities, error) {
	identities, err := idp.Remember(identitiesFile(options))
	if err != nil {
		return nil, nil, err
	}
	provider, err := idp.Start(ctx, idp.Options{Listen: options.IDPListen, Identities: identities, Issuers: issuers})
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			return nil, nil, portRefusal(err, options.IDPListen, "--idp-listen")
		}
		return nil, nil, err
	}
	return provider, identities, nil
}

// originsOf are where a listener's server is reached: first by the number, which never changes.
func originsOf(listener net.Listener) []string {
	return append([]string{"http://" + listener.Addr().String()}, localNames(listener)...)
}

// ConsoleIssuer is the provider of those who run the installation, for a console at the origins.
func ConsoleIssuer(origins ...string) idp.Issuer {
	issuer := idp.Issuer{Path: cast.ConsoleSlug, Name: "Passerelle, exploitation", ClientID: "passerelle-" + cast.ConsoleSlug}
	for _, origin := range origins {
		issuer.RedirectURIs = append(issuer.RedirectURIs, origin+"/oidc/console/callback")
	}
	for _, operator := range cast.Operators {
		issuer.People = append(issuer.People, idp.Person{Email: operator.Email, Name: operator.Name, Role: "access.role." + string(access.Operator)})
	}
	return issuer
}

// Issuers are the providers of the cast's connections, for an application at the origins.
func Issuers(origins ...string) []idp.Issuer {
	issuers := make([]idp.Issuer, 0, len(cast.Connections))
	for _, connection := range cast.Connections {
		issuer := idp.Issuer{
			Path: connection.Slug, Name: connection.Name, ClientID: "passerelle-" + connection.Slug,
			SignedOutURI: origins[0] + "/signin", BackChannelLogoutURI: origins[0] + "/oidc/" + connection.Slug + "/backchannel-logout",
		}
		for _, origin := range origins {
			issuer.RedirectURIs = append(issuer.RedirectURIs, origin+"/oidc/"+connection.Slug+"/callback")
		}
		seen := map[string]bool{}
		for _, person := range everybody() {
			if person.Connection == connection && !seen[person.Email] {
				seen[person.Email] = true
				issuer.People = append(issuer.People, idp.Person{Email: person.Email, Name: person.Name, Role: describe(person)})
			}
		}
		if connection == cast.Offices {
			issuer.People = append(issuer.People, newcomer)
		}
		issuers = append(issuers, issuer)
	}
	return append(issuers, unclaimed(origins))
}

// Unclaimed is the path of an issuer that no tenant uses yet, and the short name of the tenant that is to be made for it.
const Unclaimed = "fribourg"

// newcomer works at an office that nobody has invited yet, and would come by the connection that offices share.
var newcomer = idp.Person{Email: "denis@csr-fribourg.example", Name: "Denis Mauron", Role: "access.role.office_member"}

// unclaimed is a provider for trying how a tenant is set up, of Fribourg: two who are to administer it, and a caseworker.
func unclaimed(origins []string) idp.Issuer {
	issuer := idp.Issuer{
		Path: Unclaimed, Name: "Passerelle Fribourg", ClientID: "passerelle-" + Unclaimed,
		SignedOutURI: origins[0] + "/signin", BackChannelLogoutURI: origins[0] + "/oidc/" + Unclaimed + "/backchannel-logout",
		People: []idp.Person{
			{Email: "aline@fribourg.example", Name: "Aline Python", Role: "access.role.admin"},
			{Email: "beat@fribourg.example", Name: "Beat Roggo", Role: "access.role.admin"},
			{Email: "colette@fribourg.example", Name: "Colette Aebischer", Role: "access.role.caseworker"},
		},
	}
	for _, origin := range origins {
		issuer.RedirectURIs = append(issuer.RedirectURIs, origin+"/oidc/"+Unclaimed+"/callback")
	}
	return issuer
}

// Provider tells the cast how its connections reach the running provider.
func Provider(provider *idp.Provider, identities *idp.Identities) cast.Provider {
	return cast.Provider{
		Issuer:       provider.Issuer,
		ClientID:     func(connection string) string { return "passerelle-" + connection },
		ClientSecret: identities.ClientSecret,
		Subject:      identities.Subject,
	}
}

func insertCast(ctx context.Context, owner string, provider *idp.Provider, identities *idp.Identities) error {
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return cast.Insert(ctx, conn, Provider(provider, identities))
}

func everybody() []cast.Person {
	return append(append([]cast.Person{}, cast.Staff...), cast.OfficeMembers...)
}

// describe is the office of a person, or the message key of a role.
func describe(person cast.Person) string {
	if person.Office != nil {
		return person.Office.Name
	}
	return "access.role." + string(person.Role)
}

// localNames are the other origins of a demo on this machine. By its name it is the whole application as well, and passkeys work
// there alone: none is bound to a number. Whoever signs in at the number can do everything that asks for none.
func localNames(listener net.Listener) (origins []string) {
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok || !address.IP.IsLoopback() && !address.IP.IsUnspecified() {
		return nil
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if origin := fmt.Sprintf("http://%s:%d", host, address.Port); origin != "http://"+address.String() {
			origins = append(origins, origin)
		}
	}
	return origins
}

// announceUnclaimed tells what a tenant of Fribourg is set up with.
func announceUnclaimed(out io.Writer, provider *idp.Provider, identities *idp.Identities) {
	fmt.Fprintf(out, "A provider that no organisation uses yet, for setting up Fribourg (aline@, beat@, colette@fribourg.example; denis@csr-fribourg.example works at an office):\n\n"+
		"  Issuer          %s\n  Client ID       %s\n  Client secret   %s\n  Short name      %s\n\n",
		provider.Issuer(Unclaimed), "passerelle-"+Unclaimed, identities.ClientSecret(Unclaimed), Unclaimed)
}

func announce(out io.Writer, listener, consoleListener net.Listener) {
	fmt.Fprintf(out, "\nPasserelle runs at http://%s (Ctrl-C stops it).\n", listener.Addr())
	if names := localNames(listener); len(names) > 0 {
		fmt.Fprintf(out, "Open it as %s: passkeys, which addresses, exports and administration ask for, work by a name and not by a number.\n", names[0])
	}
	fmt.Fprint(out, "Sign in with one of these e-mails:\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  E-MAIL\tNAME\tWHERE\tAS")
	for _, person := range everybody() {
		where, as := person.Tenant.Name, string(person.Role)
		if person.Office != nil {
			where, as = person.Office.Name+" ("+person.Tenant.Canton+")", string(person.Office.Kind)
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", person.Email, person.Name, where, as)
	}
	_ = table.Flush()
	at := originsOf(consoleListener)
	fmt.Fprintf(out, "\nThe console of those who run the installation is at %s, for:\n\n", at[len(at)-1])
	for _, operator := range cast.Operators {
		fmt.Fprintf(table, "  %s\t%s\n", operator.Email, operator.Name)
	}
	_ = table.Flush()
	fmt.Fprintln(out)
}
