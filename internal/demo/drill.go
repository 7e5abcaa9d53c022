package demo

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/app"
	"passerelle/internal/backups"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
)

// Invent fills the empty installation of a drill with the invented people, into whose accounts nobody comes.
func Invent(ctx context.Context, in backups.Installation) error {
	conn, err := pgx.Connect(ctx, in.Data(localpg.Superuser))
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := cast.Insert(ctx, conn, cast.NoProvider); err != nil {
		return err
	}
	return inside(ctx, in, func(a *app.App) error { return fill(ctx, a, func(string) {}) })
}

// OpenOne has somebody of each canton open one more dossier.
func OpenOne(ctx context.Context, in backups.Installation) error {
	return inside(ctx, in, func(a *app.App) error {
		for _, by := range []cast.Person{cast.Lea, cast.Claire} {
			id := ids.New[dossiers.Dossier]()
			if err := a.Dossiers.Open(by.Context(ctx), id, dossiers.Particulars{
				CodeName: lettered(id), Phase: dossiers.Phases[0], ResponsibleID: by.ID, ReachedThrough: inventions()[0].reached,
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lettered is a code name that nobody has, since its letters come from an identifier.
func lettered(id dossiers.ID) dossiers.CodeName {
	return dossiers.CodeName("Drill" + strings.Map(func(digit rune) rune {
		if digit <= '9' {
			return 'q' + digit - '0'
		}
		return digit
	}, strings.ReplaceAll(id.String(), "-", "")[16:]))
}

func inside(ctx context.Context, in backups.Installation, do func(*app.App) error) error {
	a, err := app.New(ctx, app.Options{
		DatabaseURL: in.Data(migrate.App), MaxConns: 4, KeysDatabaseURL: in.Keys(migrate.Keys), Master: in.Master,
		SequencerDatabaseURL: in.Data(migrate.Sequencer), Origin: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}
