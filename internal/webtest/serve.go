package webtest

import (
	"context"
	"net"
	"sync"
	"testing"

	"passerelle/internal/app"
)

// serve runs the application until the test ends.
func (s *Site) serve(t testing.TB, listener net.Listener) {
	t.Helper()
	options := s.options
	options.Origin = s.URL
	var err error
	if s.App, err = app.New(context.Background(), options); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.App.Serve(ctx, listener) }()
	application := s.App
	var once sync.Once
	s.Stop = func(t testing.TB) {
		once.Do(func() {
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			application.Close()
		})
	}
	end := s.Stop
	t.Cleanup(func() { end(t) })
}
