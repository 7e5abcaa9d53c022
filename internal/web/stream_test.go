package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/live"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// TestStreamsBeginWithTheirPage: what changed between a page and its stream, be it the end of the session, is told by the stream.
func TestStreamsBeginWithTheirPage(t *testing.T) {
	db := pgtest.New(t)
	for name, c := range map[string]struct {
		change live.Change
		since  func(string) string
		want   []string
	}{
		"a change":                        {live.Change{Tenant: lea.Tenant}, itself, []string{"ready", "changed"}},
		"the end of the session":          {live.Change{Session: session}, itself, []string{"ready", "changed"}},
		"the end of perhaps this session": {live.Change{Session: live.EverySession}, itself, []string{"ready", "changed"}},
		"the end of another session":      {live.Change{Session: "0b"}, itself, []string{"ready"}},
		"a page that was not told since":  {live.Change{Tenant: lea.Tenant}, func(string) string { return "" }, []string{"ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			until := func(is func() bool) {
				t.Helper()
				for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("nothing is heard")
					}
				}
			}
			hears, deaf := context.WithCancel(t.Context())
			var listening sync.WaitGroup
			listening.Go(func() { s.hub.Listen(hears, db.AppConnString) })
			defer listening.Wait()
			defer deaf()
			until(s.hub.Connected)

			_, page := s.ask(t, "GET", "/page", map[string]string{"As": "lea"}, "")
			if err := db.App.Write(access.WithPrincipal(t.Context(), lea), func(ctx context.Context, tx tenantdb.Tx) error {
				return live.Announce(ctx, tx, c.change)
			}); err != nil {
				t.Fatal(err)
			}
			until(func() bool { return s.hub.Position() != page })

			request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.address+"/live?since="+c.since(page), nil)
			request.Host = "passerelle.example"
			request.Header.Set("As", "lea")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var heard []string
			for lines := bufio.NewScanner(response.Body); lines.Scan() && lines.Text() != ":"; { // the first beat
				if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
					heard = append(heard, event)
				}
				if len(heard) > 1 {
					break
				}
			}
			if !slices.Equal(heard, c.want) {
				t.Errorf("heard %q", heard)
			}
		})
	}
}

func itself(position string) string { return position }

// TestShutdownEndsStreams holds that an open page does not keep the server from stopping.
func TestShutdownEndsStreams(t *testing.T) {
	s := start(t)
	request, _ := http.NewRequest("GET", "http://"+s.address+"/live", nil)
	request.Host = "passerelle.example"
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the stream is %q", kind)
	}
	first := make([]byte, 64)
	if _, err := response.Body.Read(first); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("stopping took %s", took)
	}
}
