package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"passerelle/internal/config"
)

func TestHealth(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	ask := func(listen string) error {
		return healthCommand{}.Run(t.Context(), config.Config{Listen: listen})
	}

	address := strings.TrimPrefix(server.URL, "http://")
	everywhere := ":" + address[strings.LastIndex(address, ":")+1:]
	for _, listen := range []string{address, everywhere, "0.0.0.0" + everywhere} {
		if err := ask(listen); err != nil {
			t.Errorf("a server that is ready on %s: %v", listen, err)
		}
	}
	status = http.StatusServiceUnavailable
	if ask(address) == nil {
		t.Error("a server that is not ready passed")
	}
	server.Close()
	if ask(address) == nil {
		t.Error("a server that is gone passed")
	}
	if ask("8080") == nil {
		t.Error("a port without an address passed")
	}
}
