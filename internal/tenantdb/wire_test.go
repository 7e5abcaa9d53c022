package tenantdb_test

import (
	"net"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
)

// wire stands between an application and its database and counts round trips: how often the application, having heard
// something, speaks again.
type wire struct {
	trips atomic.Int64
	// spoken is set while the application has the word.
	mu     sync.Mutex
	spoken bool
}

func (w *wire) says(application bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if application && !w.spoken {
		w.trips.Add(1)
	}
	w.spoken = application
}

// tap gives a connection string that leads through the wire.
func tap(t *testing.T, connString string) (*wire, string) {
	t.Helper()
	w, dir := &wire{}, t.TempDir()
	host := regexp.MustCompile(`host=(\S+) port=(\S+)`).FindStringSubmatch(connString)
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL."+host[2]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			application, err := listener.Accept()
			if err != nil {
				return
			}
			database, err := net.Dial("unix", filepath.Join(host[1], ".s.PGSQL."+host[2]))
			if err != nil {
				_ = application.Close()
				return
			}
			carry := func(to, from net.Conn, fromApplication bool) {
				defer to.Close()
				buffer := make([]byte, 64<<10)
				for {
					n, err := from.Read(buffer)
					if n > 0 {
						w.says(fromApplication)
						if _, err := to.Write(buffer[:n]); err != nil {
							return
						}
					}
					if err != nil {
						return
					}
				}
			}
			go carry(database, application, true)
			go carry(application, database, false)
		}
	}()
	return w, regexp.MustCompile(`host=\S+`).ReplaceAllLiteralString(connString, "host="+dir)
}
