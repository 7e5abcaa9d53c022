package main

import (
	"context"
	"os"

	"passerelle/internal/config"
	"passerelle/internal/demo"
)

type demoCommand struct {
	Listen        string `default:"127.0.0.1:8080" help:"Where the application listens."`
	ConsoleListen string `name:"console-listen" default:"127.0.0.1:8081" help:"Where the console of those who run the installation listens."`
	IDPListen     string `name:"idp-listen" default:"127.0.0.1:8082" help:"Where the demo identity provider listens; loopback only."`
	Data          string `default:".data" help:"The folder that holds the demo's database and keys; it survives a restart."`
	Fresh         bool   `help:"Begin anew: throw away what the folder holds."`
}

// Run runs the demo until a signal ends ctx.
func (c demoCommand) Run(ctx context.Context, settings config.Config) error {
	return demo.Run(ctx, demo.Options{
		Listen: c.Listen, IDPListen: c.IDPListen, ConsoleListen: c.ConsoleListen, Data: c.Data, Fresh: c.Fresh,
		PostgresBin: settings.PostgresBin, Version: version, Out: os.Stdout,
	})
}
