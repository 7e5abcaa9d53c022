// Package journalview is the pages of the journal: who opened a dossier, the sheet for the beneficiary, the weekly report.
package journalview

import (
	"context"
	"net/url"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/timeline"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// AccountPage is what the page of a dossier's journal shows.
type AccountPage struct {
	Dossier ids.ID[journal.Dossier]
	Account journal.Account
	// Query is the filter as it was typed, and Problems what is wrong with it.
	Query    url.Values
	Problems fault.Problems
}

func dossierOf(id ids.ID[journal.Dossier]) dossiers.ID { return ids.From[dossiers.Dossier](id.UUID()) }

func crumbs(id ids.ID[journal.Dossier], codeName string) []ui.Crumb {
	return []ui.Crumb{{Label: "dossiers.title", URL: dossiersview.ListURL}, {Label: codeName, URL: paths.Dossier(dossierOf(id))}}
}

func (p AccountPage) crumbs() []ui.Crumb { return crumbs(p.Dossier, p.Account.CodeName) }

func (p AccountPage) url() string { return paths.Journal(dossierOf(p.Dossier)) }

// at is the page from a place on, with the same filter.
func (p AccountPage) at(before journal.Cursor) string {
	query := url.Values{}
	for _, name := range []string{"side", "sort", "from", "until"} {
		if value := p.Query.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	if !before.None() {
		query.Set("before", before.String())
	}
	if len(query) == 0 {
		return p.url()
	}
	return p.url() + "?" + query.Encode()
}

func (p AccountPage) older() string {
	if p.Account.Next.None() {
		return ""
	}
	return p.at(p.Account.Next)
}

func (p AccountPage) newest() string {
	if p.Account.Filter.Before.None() {
		return ""
	}
	return p.at(journal.Cursor{})
}

var sides = []ui.Option{{Label: "journal.filter.anybody"}, {Value: string(journal.ByNGO), Label: "journal.filter.side.ngo"}, {Value: string(journal.ByOffice), Label: "journal.filter.side.office"}}

var sorts = []ui.Option{{Label: "journal.filter.anything"}, {Value: string(journal.Looks), Label: "journal.filter.sort.looks"}, {Value: string(journal.Acts), Label: "journal.filter.sort.acts"}}

// sentence tells an entry in plain words.
func sentence(ctx context.Context, line journal.Told) string {
	told := i18n.T(ctx, "journal.action."+string(line.Action), "Day", i18n.Date(ctx, line.At), "Time", i18n.Time(ctx, line.At), "Who", who(ctx, line.Line), "Referral", referral(ctx, line.Line), "To", line.SentTo)
	if (line.Action == journal.ReferralSeen || line.Action == journal.Action(timeline.ReferralSent)) && len(line.DataClasses) > 0 {
		told += i18n.T(ctx, "journal.classes", "Classes", classes(ctx, line.DataClasses))
	}
	if line.Times > 1 {
		told += i18n.T(ctx, "journal.times", "Times", line.Times, "Since", i18n.Time(ctx, line.First))
	}
	return told + "."
}

func who(ctx context.Context, line journal.Line) string {
	switch {
	case line.Role == "neighbour":
		return i18n.T(ctx, "access.role.neighbour")
	case line.PersonName == "" && line.OfficeName == "":
		return i18n.T(ctx, "journal.somebody")
	case line.PersonName == "":
		return line.OfficeName
	case line.OfficeName == "":
		return line.PersonName
	default:
		return i18n.T(ctx, "journal.at_office", "Office", line.OfficeName, "Name", line.PersonName)
	}
}

func referral(ctx context.Context, line journal.Line) string {
	if line.SentAt == nil {
		return line.Reference
	}
	return i18n.T(ctx, "journal.referral.sent", "Reference", line.Reference, "Day", i18n.Date(ctx, *line.SentAt))
}

func classes(ctx context.Context, all []access.DataClass) string {
	names := make([]string, len(all))
	for i, class := range all {
		names[i] = i18n.T(ctx, "access.data_class."+string(class))
	}
	return strings.Join(names, ", ")
}

func weekURL(week journal.Week) string {
	if week.None() {
		return ""
	}
	return ReportURL + "?week=" + week.String()
}

// ReportURL is the weekly report of the present week.
const ReportURL = "/access-report"

func days(ctx context.Context, week journal.Week) string {
	monday, sunday := week.Days()
	return i18n.T(ctx, "journal.report.week", "Monday", day(monday), "Sunday", day(sunday))
}

// day writes a day that is kept as midnight in UTC.
func day(t time.Time) string { return t.Format("02.01.2006") }
