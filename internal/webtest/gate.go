package webtest

import (
	"io"
	"net"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
)

// Gate stands between the application and something that it needs, and can be shut: what goes through it breaks off, and nothing is
// reached any more until it opens again.
type Gate struct {
	// Address is where it listens.
	Address string

	t               testing.TB
	network, target string

	mu       sync.Mutex
	listener net.Listener
	stalled  bool
	under    map[net.Conn]bool
}

// NewGate is an open gate before a target, at an address or, where that is empty, a port of this machine that is free.
func NewGate(t testing.TB, network, address, target string) *Gate {
	t.Helper()
	if address == "" {
		address = "127.0.0.1:0"
	}
	g := &Gate{Address: address, t: t, network: network, target: target, under: map[net.Conn]bool{}}
	g.Open()
	t.Cleanup(g.Shut)
	return g
}

var postgresAt = regexp.MustCompile(`host=(\S+) port=(\S+)`)

// Postgres is a gate before a database, and how that is reached through it.
func Postgres(t testing.TB, connString string) (through string, gate *Gate) {
	t.Helper()
	at, folder := postgresAt.FindStringSubmatch(connString), t.TempDir()
	if at == nil {
		t.Fatal("a connection string names neither host nor port")
	}
	socket := ".s.PGSQL." + at[2]
	gate = NewGate(t, "unix", filepath.Join(folder, socket), filepath.Join(at[1], socket))
	return postgresAt.ReplaceAllString(connString, "host="+folder+" port="+at[2]), gate
}

// Shut lets nothing through.
func (g *Gate) Shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listener == nil {
		return
	}
	_ = g.listener.Close()
	g.listener = nil
	for conn := range g.under {
		_ = conn.Close()
	}
	clear(g.under)
}

// Stall takes what asks from now on and never answers: as a firewall that has forgotten where it leads.
func (g *Gate) Stall() { g.open(true) }

// Open lets through what asks from now on.
func (g *Gate) Open() { g.open(false) }

func (g *Gate) open(stalled bool) {
	g.t.Helper()
	g.Shut()
	listener, err := net.Listen(g.network, g.Address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.mu.Lock()
	g.listener, g.Address, g.stalled = listener, listener.Addr().String(), stalled
	g.mu.Unlock()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go g.pass(listener, conn)
		}
	}()
}

func (g *Gate) pass(by net.Listener, from net.Conn) {
	g.mu.Lock()
	if g.stalled && g.listener == by {
		g.under[from] = true
		g.mu.Unlock()
		return
	}
	g.mu.Unlock()
	to, err := net.Dial(g.network, g.target)
	if err != nil {
		_ = from.Close()
		return
	}
	g.mu.Lock()
	open := g.listener == by
	if open {
		g.under[from], g.under[to] = true, true
	}
	g.mu.Unlock()
	carry := func(to, from net.Conn) {
		if open {
			_, _ = io.Copy(to, from)
		}
		_, _ = from.Close(), to.Close()
	}
	go carry(to, from)
	carry(from, to)
	g.mu.Lock()
	delete(g.under, from)
	delete(g.under, to)
	g.mu.Unlock()
}
