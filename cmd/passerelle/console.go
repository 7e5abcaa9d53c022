package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/internal/config"
	"passerelle/internal/console"
	"passerelle/internal/operators"
	"passerelle/internal/passkeys"
	"passerelle/internal/tenantdb"
)

type consoleCommand struct{}

// Run serves the console until a signal ends ctx, then lets the requests under way finish.
func (consoleCommand) Run(ctx context.Context, settings config.Config) error {
	if err := settings.ForConsole(); err != nil {
		return err
	}
	secret, err := settings.ConsoleSecret()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	slog.SetDefault(log)
	c, err := console.New(ctx, console.Options{
		DatabaseURL: settings.PlatformDatabaseURL, Origin: settings.ConsoleOrigin, Application: settings.Origin, TrustedProxies: settings.TrustedProxies,
		Issuer: settings.ConsoleIssuer, ClientID: settings.ConsoleClientID, ClientSecret: secret, Version: version, Log: log,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	listener, err := net.Listen("tcp", settings.ConsoleListen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", settings.ConsoleListen, err)
	}
	return c.Serve(ctx, listener)
}

type operatorCommand struct {
	Add    operatorAddCommand    `cmd:"" help:"Make room for somebody who runs the installation, and print the code by which she or he comes in, once."`
	List   operatorListCommand   `cmd:"" help:"List those who run the installation."`
	Remove operatorRemoveCommand `cmd:"" help:"Take somebody's access to the console away. Two have to stay."`
}

type operatorAddCommand struct {
	Name  string `required:"" help:"As colleagues know her or him."`
	Email string `required:"" help:"Where she or he is reached; it lets nobody in."`
}

// Run adds one.
func (c operatorAddCommand) Run(ctx context.Context, settings config.Config) error {
	return withOperators(ctx, settings, func(commands operators.Commands) error {
		handed, err := commands.Add(ctx, operators.Draft{Name: c.Name, Email: c.Email}, "", "")
		if err != nil {
			return plainly(ctx, err)
		}
		fmt.Printf("%s is expected until %s. Hand this code over in person or by telephone; it is printed once:\n\n  %s\n",
			handed.Operator.Name, handed.Operator.CodeExpiresAt.Format(time.DateTime), handed.Code)
		return nil
	})
}

type operatorListCommand struct{}

// Run lists them.
func (operatorListCommand) Run(ctx context.Context, settings config.Config) error {
	return withOperators(ctx, settings, func(commands operators.Commands) error {
		all, err := commands.List(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
		fmt.Fprintln(table, "E-MAIL\tNAME\tPASSKEYS\tSTATE")
		for _, one := range all {
			state := "has come"
			if !one.CodeExpiresAt.IsZero() {
				state = "expected until " + one.CodeExpiresAt.Format(time.DateTime)
			} else if one.ArrivedAt.IsZero() {
				state = "expected"
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", one.Email, one.Name, one.Keys, state)
		}
		return table.Flush()
	})
}

type operatorRemoveCommand struct {
	Email string `arg:"" help:"Whose access is taken away."`
}

// Run removes one.
func (c operatorRemoveCommand) Run(ctx context.Context, settings config.Config) error {
	return withOperators(ctx, settings, func(commands operators.Commands) error {
		return plainly(ctx, commands.Remove(ctx, strings.TrimSpace(c.Email)))
	})
}

// withOperators connects as those who run the installation.
func withOperators(ctx context.Context, settings config.Config, do func(operators.Commands) error) error {
	if err := settings.ForPlatform(); err != nil {
		return err
	}
	db, err := tenantdb.Open(ctx, settings.PlatformDatabaseURL, tenantdb.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer db.Close()
	service, err := operators.New(ctx, db, nil, passkeys.Factor{}, time.Now)
	if err != nil {
		return err
	}
	return do(operators.NewCommands(service))
}
