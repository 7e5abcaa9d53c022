package app

import (
	"context"
	"log/slog"

	"passerelle/internal/signin"
)

// sealing seals, beside whatever else is done, what those have handed in who set up the installation.
func sealing(ctx context.Context, door *signin.Service, log *slog.Logger) func() {
	return func() {
		go func() {
			// Where it fails, whoever is next at the door has it sealed.
			if err := door.SealSecrets(ctx); err != nil && ctx.Err() == nil {
				log.Warn("a secret that was handed in is not sealed yet", "error", err)
			}
		}()
	}
}
