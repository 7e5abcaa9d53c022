// Package clamdtest is a clamd that knows one thing to be bad: the test file that all scanners agree on (EICAR). It stands at the edge,
// where ClamAV would, and speaks its protocol.
package clamdtest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
)

// Daemon is a running one.
type Daemon struct {
	// Address is as clamd.Open reads it.
	Address string

	path     string
	t        testing.TB
	mu       sync.Mutex
	listener net.Listener
	limit    int
}

// Start listens until the test ends.
func Start(t testing.TB) *Daemon {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clamd.ctl")
	d := &Daemon{Address: "unix:" + path, path: path, t: t, limit: 26 << 20}
	d.Resume()
	t.Cleanup(d.Stop)
	return d
}

// Limit is as many bytes of a file as it takes from now on.
func (d *Daemon) Limit(most int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.limit = most
}

// Stop has it answer nobody any more.
func (d *Daemon) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		_ = d.listener.Close()
		d.listener = nil
	}
}

// Resume has it answer again.
func (d *Daemon) Resume() {
	d.t.Helper()
	listener, err := net.Listen("unix", d.path)
	if err != nil {
		d.t.Fatal(err)
	}
	d.mu.Lock()
	d.listener = listener
	d.mu.Unlock()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go d.answer(conn)
		}
	}()
}

func (d *Daemon) answer(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	command, err := in.ReadString(0)
	switch {
	case err != nil:
	case command == "zPING\x00":
		_, _ = io.WriteString(conn, "PONG\x00")
	case command == "zINSTREAM\x00":
		_, _ = io.WriteString(conn, d.look(in)+"\x00")
	}
}

func (d *Daemon) look(in io.Reader) string {
	d.mu.Lock()
	limit := d.limit
	d.mu.Unlock()
	var body bytes.Buffer
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return "stream: ERROR"
		}
		if size == 0 {
			break
		}
		if _, err := io.CopyN(&body, in, int64(size)); err != nil || body.Len() > limit {
			return "INSTREAM size limit exceeded. ERROR"
		}
	}
	if bytes.Contains(body.Bytes(), []byte("EICAR"+"-STANDARD-ANTIVIRUS-TEST-FILE")) {
		return "stream: Eicar-Test-Signature FOUND"
	}
	return "stream: OK"
}
