// Package clamd has ClamAV look at what was handed in, through the socket of its daemon (clamd(8), INSTREAM).
package clamd

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// patience is how long the daemon may take for one file.
const patience = 40 * time.Second

// piece is how much is sent at once.
const piece = 64 << 10

// Daemon is where clamd listens.
type Daemon struct{ network, address string }

// Open reads an address: unix:/run/clamav/clamd.ctl or tcp:host:3310. The daemon has no password: nothing but this machine, or a
// network of its own, should reach it.
func Open(address string) (*Daemon, error) {
	network, at, _ := strings.Cut(address, ":")
	if network != "unix" && network != "tcp" || at == "" {
		return nil, errors.New("the address of clamd has to be such as unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310")
	}
	return &Daemon{network, at}, nil
}

// Finds says whether the daemon knows something bad in a file; what it could not look at to its end is an error, and never clean.
func (d *Daemon) Finds(ctx context.Context, body []byte) (bad bool, err error) {
	answer, err := d.ask(ctx, "zINSTREAM\x00", body)
	switch {
	case err != nil:
		return false, err
	case answer == "stream: OK":
		return false, nil
	case strings.HasPrefix(answer, "stream: ") && strings.HasSuffix(answer, " FOUND"):
		return true, nil
	default:
		// What the daemon says may quote the file.
		return false, errors.New("clamd did not look at the file to its end")
	}
}

// Ready asks whether the daemon answers.
func (d *Daemon) Ready(ctx context.Context) error {
	answer, err := d.ask(ctx, "zPING\x00", nil)
	if err == nil && answer != "PONG" {
		err = errors.New("clamd answers something else")
	}
	return err
}

func (d *Daemon) ask(ctx context.Context, command string, body []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, d.network, d.address)
	if err != nil {
		return "", fmt.Errorf("reach clamd: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	defer func() { _ = conn.Close() }()
	var sent bytes.Buffer
	sent.WriteString(command)
	if body != nil {
		for part := range slices.Chunk(body, piece) {
			_ = binary.Write(&sent, binary.BigEndian, uint32(len(part))) // #nosec G115 -- a piece is 64 KiB at most
			sent.Write(part)
		}
		sent.Write([]byte{0, 0, 0, 0})
	}
	// The daemon may answer and close before it has taken everything: its answer counts, and not that it listened no longer.
	_, sending := conn.Write(sent.Bytes())
	answer, err := io.ReadAll(io.LimitReader(conn, 4<<10))
	if len(answer) == 0 {
		return "", fmt.Errorf("ask clamd: %w", errors.Join(sending, err, io.ErrUnexpectedEOF))
	}
	return strings.TrimRight(string(answer), "\x00\n"), nil
}
