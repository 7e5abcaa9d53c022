// Package alertsview is what the coordinator sees of alerts: the list with its acts, how many wait, and decoys.
package alertsview

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/alerts"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// ShowAll is what the address says of the page that shows everything.
const ShowAll = "all"

// listURL is the list from a place on.
func listURL(all bool, after alerts.Cursor) string {
	query := url.Values{}
	if all {
		query.Set("show", ShowAll)
	}
	if !after.None() {
		query.Set("after", after.String())
	}
	if len(query) == 0 {
		return paths.Alerts
	}
	return paths.Alerts + "?" + query.Encode()
}

func tabs(list alerts.List) []ui.NavItem {
	return []ui.NavItem{
		{Key: "alerts.tab.open", URL: listURL(false, alerts.Cursor{}), Current: !list.Ask.All},
		{Key: "alerts.tab.all", URL: listURL(true, alerts.Cursor{}), Current: list.Ask.All},
	}
}

// refreshed makes a part of a page fetch it anew when alerts change, and take only itself out of it.
func refreshed(ctx context.Context, page, part string) templ.Attributes {
	return ui.Hx(ctx, "hx-get", page, "hx-trigger", ui.AlertsEvent+" from:#live", "hx-select", part, "hx-swap", "outerHTML")
}

func dossierOf(id ids.ID[journal.Dossier]) dossiers.ID { return ids.From[dossiers.Dossier](id.UUID()) }

// sentence tells an alert in plain words.
func sentence(ctx context.Context, line alerts.Line) string {
	key := "alerts.kind." + string(line.Kind)
	if line.Kind == alerts.Decoy && line.OfficeName != "" {
		key += ".office"
	}
	return i18n.T(ctx, key, "Who", who(ctx, line), "Opened", line.Opened, "Usual", line.Usual, "When", when(ctx, line.Since, line.Until),
		"CodeName", named(ctx, line.CodeName), "Reference", named(ctx, line.Reference))
}

func who(ctx context.Context, line alerts.Line) string {
	name := line.PersonName
	if name == "" {
		name = i18n.T(ctx, "alerts.somebody")
	}
	if line.OfficeName == "" {
		return name
	}
	return i18n.T(ctx, "alerts.who", "Name", name, "Office", line.OfficeName)
}

// named is what pages call a dossier or a referral, where it is still there.
func named(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "alerts.gone")
	}
	return name
}

// when says from when until when, in as few words as it takes.
func when(ctx context.Context, since, until time.Time) string {
	day, last := i18n.Date(ctx, since), i18n.Date(ctx, until)
	from, to := i18n.Time(ctx, since), i18n.Time(ctx, until)
	switch {
	case day == last && from == to:
		return moment(ctx, since)
	case day == last:
		return i18n.T(ctx, "alerts.when.within", "Day", day, "Since", from, "Until", to)
	default:
		return i18n.T(ctx, "alerts.when.days", "Day", day, "Since", from, "Last", last, "Until", to)
	}
}

func moment(ctx context.Context, at time.Time) string {
	return i18n.T(ctx, "alerts.when.at", "Day", i18n.Date(ctx, at), "Time", i18n.Time(ctx, at))
}

// settled says who put an alert away, when, and what came of it.
func settled(ctx context.Context, line alerts.Line) string {
	key := "alerts.acknowledged"
	if line.LiftedAt != nil {
		key = "alerts.lifted"
	}
	told := i18n.T(ctx, key, "Who", line.AcknowledgedByName, "When", moment(ctx, *line.AcknowledgedAt))
	if line.AcknowledgedAs != alerts.NoReason {
		told += " " + i18n.T(ctx, "alerts.reason."+string(line.AcknowledgedAs)+".told")
	}
	return told
}
