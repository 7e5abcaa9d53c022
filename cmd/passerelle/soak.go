package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"passerelle/internal/bench"
	"passerelle/internal/config"
)

type soakCommand struct {
	Tenants   int           `default:"50" help:"How many invented NGOs."`
	Dossiers  int           `default:"20000" help:"How many dossiers they have together."`
	Referrals int           `default:"50000" help:"How many referrals they have together."`
	Data      string        `default:".data/bench" help:"The folder that holds the database; a filled one is used again."`
	JSON      string        `name:"json" placeholder:"FILE" help:"Write the figures into this file as well."`
	Lasting   time.Duration `default:"1h" help:"How long requests are sent."`
	Rate      int           `default:"30" help:"How many requests a second."`
}

// Run fills, has a server of this program answer, and prints. A server that did not bear it is a failure.
func (c soakCommand) Run(ctx context.Context, settings config.Config) error {
	if c.Rate < 1 || c.Rate > 10_000 || c.Lasting <= 0 {
		return errors.New("a soak takes some time (--lasting), and 1 to 10000 requests a second (--rate)")
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	soaked, err := bench.Soak(ctx, bench.SoakOptions{
		Size: bench.Size{Tenants: c.Tenants, Dossiers: c.Dossiers, Referrals: c.Referrals}, Data: c.Data, Lasting: c.Lasting, Rate: c.Rate,
		MaxConns: settings.MaxConns, PostgresBin: settings.PostgresBin, Program: []string{program, "serve"}, Out: os.Stdout,
	})
	if err != nil {
		return err
	}
	if c.JSON != "" {
		if err := writeFigures(c.JSON, soaked); err != nil {
			return err
		}
	}
	if err := soaked.Write(os.Stdout); err != nil {
		return err
	}
	if !soaked.Held() {
		return errors.New("the server did not bear it")
	}
	return nil
}

// writeFigures leaves figures in a file, for programs to read.
func writeFigures(file string, figures any) error {
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil { // #nosec G306 -- figures
		return fmt.Errorf("the file %s cannot be written: choose another with --json", file)
	}
	return nil
}
