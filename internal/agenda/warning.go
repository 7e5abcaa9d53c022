package agenda

import (
	"slices"
	"time"

	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Warning is the job of a day on which to remind of something in a dossier. It says neither of what nor of which date: that
// is looked up when the day has come, so that nobody is reminded of what no longer holds.
type Warning struct {
	Tenant  tenantdb.TenantID        `json:"tenant"`
	Dossier ids.ID[timeline.Dossier] `json:"dossier"`
	// On is the day, as 2026-11-30.
	On string `json:"on"`
}

// Kind names the job.
func (Warning) Kind() string { return "warning" }

// Day is the day; a job that names none is a defect.
func (w Warning) Day() (time.Time, error) { return time.Parse(time.DateOnly, w.On) }

// hour is when the day of whoever is reminded begins, in Zurich.
const hour = 7

// Morning is when reminders of a day are sent.
func Morning(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, i18n.Zone)
}

// warnings are a job for each morning yet to come on which to remind of one of the lines.
func warnings(tenant tenantdb.TenantID, dossier ids.ID[timeline.Dossier], lines []Line, now time.Time) (planned []jobs.Planned) {
	var days []time.Time
	for _, line := range lines {
		days = append(days, line.WarnOn...)
	}
	slices.SortFunc(days, time.Time.Compare)
	for _, day := range slices.CompactFunc(days, time.Time.Equal) {
		if at := Morning(day); at.After(now) {
			planned = append(planned, jobs.Planned{Job: Warning{tenant, dossier, day.Format(time.DateOnly)}, At: at})
		}
	}
	return planned
}
