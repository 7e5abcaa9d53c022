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

var urgencyTones = map[referrals.Urgency]ui.Tone{referrals.Normal: ui.Neutral, referrals.Soon: ui.Waiting, referrals.Urgent: ui.Bad}

// UrgencyTag says how soon the beneficiary needs it.
func UrgencyTag(urgency referrals.Urgency) ui.Tagged {
	return ui.Tag("referrals.urgency."+string(urgency), urgencyTones[urgency])
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
