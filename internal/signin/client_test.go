package signin

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestOutward(t *testing.T) {
	for _, inward := range []string{
		"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:100.64.0.1",
	} {
		if outward(netip.AddrPortFrom(netip.MustParseAddr(inward), 443).String(), false) == nil {
			t.Errorf("%s was reached", inward)
		}
		if loopback := netip.MustParseAddr(inward).Unmap().IsLoopback(); (outward(netip.AddrPortFrom(netip.MustParseAddr(inward), 443).String(), true) == nil) != loopback {
			t.Errorf("%s: the demo reaches its own machine and nothing else inside", inward)
		}
	}
	for _, out := range []string{"193.5.216.100:443", "[2a00:1128::1]:443"} {
		if err := outward(out, false); err != nil {
			t.Errorf("%s: %v", out, err)
		}
	}
}

// TestHardenedClient is what no provider can have us do, whatever it is called (T33).
func TestHardenedClient(t *testing.T) {
	long := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/big":
			chunk := []byte(strings.Repeat("x", 64<<10))
			for range 1 << 14 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/slow":
			select {
			case <-long:
			case <-r.Context().Done():
			}
		}
	}))
	defer server.Close()
	defer close(long)
	get := func(client *http.Client, address string) (int, error) {
		response, err := client.Get(address)
		if err != nil {
			return 0, err
		}
		defer func() { _ = response.Body.Close() }()
		n, err := io.Copy(io.Discard, response.Body)
		return int(n), err
	}
	demo := hardenedClient(true)
	if _, err := get(demo, server.URL); err != nil {
		t.Fatal(err)
	}
	if _, err := get(demo, server.URL+"/redirect"); err == nil {
		t.Error("followed a redirect")
	}
	if n, err := get(demo, server.URL+"/big"); err == nil || n > providerBody {
		t.Errorf("read %d bytes, %v", n, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*providerTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/slow", nil)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if response, err := demo.Do(request); err == nil {
		_ = response.Body.Close()
		t.Error("waited for an answer that does not come")
	} else if waited := time.Since(began); waited > providerTimeout+2*time.Second {
		t.Errorf("waited %s", waited)
	}
	for _, address := range []string{server.URL, "http://provider.example/", strings.Replace(server.URL, "http:", "https:", 1), "https://localhost:1/", "https://169.254.169.254/"} {
		if _, err := get(hardenedClient(false), address); err == nil {
			t.Errorf("reached %s", address)
		}
	}
	// What decides is the address that is dialled: a name that leads inward is refused at that moment, whatever it led to before.
	for _, address := range []string{strings.Replace(server.URL, "http:", "https:", 1), "https://localhost:1/", "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/"} {
		if _, err := get(hardenedClient(false), address); err == nil || !strings.Contains(err.Error(), errPrivate.Error()) {
			t.Errorf("%s: %v, want refused because the address is private", address, err)
		}
	}
}

type spy struct{ asked bool }

func (s *spy) RoundTrip(*http.Request) (*http.Response, error) {
	s.asked = true
	return nil, errTooLong
}

func TestOnlyHTTPS(t *testing.T) {
	for address, reached := range map[string]bool{
		"https://193.5.216.100/": true, "http://193.5.216.100/": false, "http://provider.example/": false, "http://127.0.0.1/": false, "ftp://provider.example/": false,
	} {
		next := &spy{}
		if _, err := (&http.Client{Transport: bounded{next: next}}).Get(address); err == nil || next.asked != reached {
			t.Errorf("%s was asked: %v", address, next.asked)
		}
	}
}

func TestReturnPath(t *testing.T) {
	for _, kept := range []string{"/", "/dossiers", "/dossiers/0193/closure?a=b&c=d%2F#part", "/referrals/new?dossier=%2F%2Fevil"} {
		if got := ReturnPath(kept); got != kept {
			t.Errorf("%q became %q", kept, got)
		}
	}
	for _, evil := range []string{
		"", "dossiers", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "https:evil.example",
		"javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", " /dossiers", "/ /evil", "/%zz", "/\x00", "/signin?return=/", "/oidc/vaud/callback", "/session/destroy",
		"/" + strings.Repeat("a", 600),
	} {
		if got := ReturnPath(evil); got != "/" {
			t.Errorf("%q became %q", evil, got)
		}
	}
}

func TestShortened(t *testing.T) {
	if got := shortened("Lé\x00a\n" + strings.Repeat("ü", 500)); !strings.HasPrefix(got, "Léaü") || len([]rune(got)) > longestDisplay {
		t.Errorf("%q", got)
	}
}
