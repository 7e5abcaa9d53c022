package main

import (
	"context"
	"os"
	"time"

	"passerelle/internal/bench"
	"passerelle/internal/config"
)

type benchCommand struct {
	Tenants     int    `default:"50" help:"How many invented NGOs."`
	Dossiers    int    `default:"200000" help:"How many dossiers they have together; growth is measured from a tenth of it."`
	Referrals   int    `default:"500000" help:"How many referrals they have together."`
	Small       bool   `help:"A quick look: few dossiers, a second a measurement."`
	Data        string `default:".data/bench" help:"The folder that holds the database; a filled one is used again."`
	JSON        string `name:"json" placeholder:"FILE" help:"Write the figures into this file as well."`
	Connections []int  `default:"1,16,64" help:"How many ask at once; one measurement each."`
	Seconds     int    `default:"5" help:"How long each measurement takes."`
}

// Run fills, measures and prints. That a goal is missed is a figure and not a failure.
func (c benchCommand) Run(ctx context.Context, settings config.Config) error {
	size := bench.Size{Tenants: c.Tenants, Dossiers: c.Dossiers, Referrals: c.Referrals}
	if c.Small {
		size, c.Seconds = bench.Small, 1
	}
	report, err := bench.Run(ctx, bench.Options{
		Size: size, Data: c.Data, Connections: c.Connections, Lasting: time.Duration(c.Seconds) * time.Second,
		MaxConns: settings.MaxConns, PostgresBin: settings.PostgresBin, Out: os.Stdout,
	})
	if err != nil {
		return err
	}
	if c.JSON != "" {
		if err := writeFigures(c.JSON, report); err != nil {
			return err
		}
	}
	return report.Write(os.Stdout)
}
