package tenantdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Silence is how long nothing may be heard before a connection is asked whether it still stands.
const Silence = 15 * time.Second

// Ear hears what Tx.Notify tells, on a connection of its own.
type Ear struct {
	ConnString, Channel string
	// Silence is Silence where it is zero.
	Silence time.Duration
	// Connected is told when notifications begin and cease to arrive; Heard is given each.
	Connected func(bool)
	Heard     func(payload string) error
}

// Listen hears until ctx ends, and connects again when the connection breaks.
func (e Ear) Listen(ctx context.Context) {
	if e.Silence == 0 {
		e.Silence = Silence
	}
	for ctx.Err() == nil {
		err := e.listenOnce(ctx)
		e.Connected(false)
		if ctx.Err() != nil {
			return
		}
		slog.WarnContext(ctx, "notifications are interrupted", "channel", e.Channel, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (e Ear) listenOnce(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, e.ConnString)
	if err != nil {
		return errors.New("connect for notifications") // the cause holds the URL
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{e.Channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", redact(err))
	}
	e.Connected(true)
	for {
		notification, err := e.await(ctx, conn)
		if err != nil {
			return fmt.Errorf("wait for notifications: %w", redact(err))
		}
		if err := e.Heard(notification.Payload); err != nil {
			return fmt.Errorf("read a notification: %w", err)
		}
	}
}

// await waits for a notification, and asks now and then whether there is still anybody at the other end: a connection
// that was cut without a word is silent, and so is one on which nothing happens.
func (e Ear) await(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	for {
		waiting, cancel := context.WithTimeout(ctx, e.Silence)
		notification, err := conn.WaitForNotification(waiting)
		cancel()
		if err == nil || ctx.Err() != nil || !pgconn.Timeout(err) {
			return notification, err
		}
		asking, cancel := context.WithTimeout(ctx, e.Silence)
		err = conn.Ping(asking)
		cancel()
		if err != nil {
			return nil, err
		}
	}
}
