package live

import (
	"net"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/pgtest"
)

// A connection that is cut without a word, as by a firewall that forgot it, is noticed, and one on which nothing happens
// is kept.
func TestSilenceIsToldFromBeingCutOff(t *testing.T) {
	address := regexp.MustCompile(`host=(\S+) port=(\S+)`)
	connString := pgtest.New(t).AppConnString
	real, dir := address.FindStringSubmatch(connString), t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL."+real[2]))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var cut atomic.Bool
	var connections atomic.Int32
	carry := func(to, from net.Conn) {
		buffer := make([]byte, 4096)
		for {
			n, err := from.Read(buffer)
			if err != nil {
				_ = to.Close()
				return
			}
			if !cut.Load() {
				_, _ = to.Write(buffer[:n])
			}
		}
	}
	go func() {
		for {
			hub, err := listener.Accept()
			if err != nil {
				return
			}
			database, err := net.Dial("unix", filepath.Join(real[1], ".s.PGSQL."+real[2]))
			if err != nil {
				_ = hub.Close()
				continue
			}
			connections.Add(1)
			go carry(database, hub)
			go carry(hub, database)
		}
	}()

	hub := NewHub()
	hub.silence = 50 * time.Millisecond
	go hub.Listen(t.Context(), address.ReplaceAllString(connString, "host="+dir+" port="+real[2]))
	until := func(what string, is func() bool) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("never: " + what)
			}
		}
	}
	until("connected", hub.Connected)
	time.Sleep(6 * hub.silence)
	if !hub.Connected() || connections.Load() != 1 {
		t.Errorf("a quiet connection was given up: %d", connections.Load())
	}
	cut.Store(true)
	until("the cut is noticed", func() bool { return !hub.Connected() })
	cut.Store(false)
	until("connected again", hub.Connected)
}
