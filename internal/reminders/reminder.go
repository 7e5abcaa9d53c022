// Package reminders is what keeps a deadline from being forgotten: on the mornings that its rule names, whoever is
// responsible for the dossier is reminded; "my work" shows what is due, "team" how much everybody carries; and an e-mail says
// that something waits, and nothing else.
package reminders

import (
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
)

// ID identifies a reminder.
type ID = ids.ID[Reminder]

// Reminder is that somebody was reminded of a deadline on one of its days.
type Reminder struct {
	ReminderID ID
	Due
	WarnOn time.Time
}

// Due is a deadline as lists show it: by the dossier's code name, and by its rule.
type Due struct {
	dossiers.Mention
	Rule deadlines.RuleID
	// About is which stay, decision or other thing of the dossier it concerns.
	About string
	// DueOn is the day, or the first of its month where lists are told the month alone.
	DueOn      time.Time
	ToTheMonth bool
}

// lastDay is the one after which it is overdue for certain.
func (d Due) lastDay() time.Time {
	if d.ToTheMonth {
		return d.DueOn.AddDate(0, 1, -1)
	}
	return d.DueOn
}

// Left is how many days there are from today; below zero it is overdue. Of a month that has begun there is none.
func (d Due) Left(today time.Time) int {
	until := d.DueOn
	if !until.After(today) {
		until = d.lastDay()
		if !until.Before(today) {
			return 0
		}
	}
	return int(until.Sub(today) / (24 * time.Hour))
}

// same says whether two lines are about the same deadline.
func (d Due) same(other Due) bool {
	return d.DossierID == other.DossierID && d.Rule == other.Rule && d.About == other.About
}
