package clamd_test

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"passerelle/internal/clamd"
	"passerelle/internal/clamd/clamdtest"
)

// eicar is what every scanner takes for bad by agreement, put together here so that no scanner minds this file.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

func TestFinds(t *testing.T) {
	daemon := clamdtest.Start(t)
	d, err := clamd.Open(daemon.Address)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte("paper "), 1<<20)
	for body, want := range map[string]bool{"paper": false, "": false, eicar: true, string(large): false, string(large) + eicar: true} {
		if bad, err := d.Finds(t.Context(), []byte(body)); err != nil || bad != want {
			t.Errorf("%d bytes: %t, %v", len(body), bad, err)
		}
	}
	daemon.Limit(1000)
	if bad, err := d.Finds(t.Context(), large); bad || err == nil {
		t.Error("what is too large for the daemon is clean")
	}
	daemon.Stop()
	if _, err := d.Finds(t.Context(), []byte("paper")); err == nil || d.Ready(t.Context()) == nil {
		t.Error("a daemon that is not there found nothing")
	}
}

// A daemon that says nothing holds nobody up for longer than whoever asks waits.
func TestSilence(t *testing.T) {
	silent, err := net.Listen("unix", filepath.Join(t.TempDir(), "clamd"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	d, err := clamd.Open("unix:" + silent.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := d.Finds(ctx, []byte("paper")); err == nil {
		t.Error("silence is clean")
	}
}

func TestOpen(t *testing.T) {
	for _, address := range []string{"", "/run/clamd", "http://x", "unix:", "tcp:"} {
		if _, err := clamd.Open(address); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}
