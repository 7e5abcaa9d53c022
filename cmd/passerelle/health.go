package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"passerelle/internal/config"
)

type healthCommand struct{}

// Run asks the server on this machine whether it is ready. The image holds no shell and no other program that could.
func (healthCommand) Run(ctx context.Context, settings config.Config) error {
	host, port, err := net.SplitHostPort(settings.Listen)
	if err != nil {
		return fmt.Errorf("LISTEN has to be an address and a port, such as 127.0.0.1:8080; it is %q", settings.Listen)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask for health: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	return nil
}
