package referralsview

import (
	"context"
	"time"

	"passerelle/internal/i18n"
	"passerelle/internal/referrals"
	"passerelle/views/ui"
)

var stateTones = map[referrals.State]ui.Tone{
	referrals.Draft: ui.Neutral, referrals.Sent: ui.Active, referrals.Taken: ui.Active, referrals.Accepted: ui.Good,
	referrals.Declined: ui.Bad, referrals.Closed: ui.Neutral, referrals.Revoked: ui.Neutral,
}

// lastDay is the day with whose end access ends: the end itself, midnight, belongs to the day after.
func lastDay(ctx context.Context, end time.Time) string {
	return i18n.Date(ctx, end.Add(-time.Nanosecond))
}

// dayOf is a day, or nothing where none is wanted.
func dayOf(ctx context.Context, day *time.Time) string {
	if day == nil {
		return ""
	}
	return i18n.Date(ctx, *day)
}
