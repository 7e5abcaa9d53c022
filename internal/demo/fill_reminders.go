package demo

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/app"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/reminders"
)

// remindOfTheWeek has the mornings of the last days remind of what they would have, had the invented dossiers been there, and
// today's tell for whom something waits.
func remindOfTheWeek(ctx context.Context, a *app.App, made map[dossiers.CodeName]madeBy) error {
	today := forms.Today(time.Now())
	for name, dossier := range made {
		by, _ := access.From(dossier.ctx)
		for ago := range 8 {
			job := agenda.Warning{Tenant: by.Tenant, Dossier: dossiers.TimelineID(dossier.id), On: today.AddDate(0, 0, -ago).Format(time.DateOnly)}
			if err := a.Clock.Remind(ctx, job); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return a.Clock.Summarise(ctx, reminders.Summary{On: today.Format(time.DateOnly)})
}
