package journal

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/forms"
	"passerelle/internal/tenantdb"
)

// Report is how much everybody looked at in one week, for the coordinator.
type Report struct {
	Week Week
	// Next is the week after, zero while it has not begun.
	Next    Week
	Readers []Reader
}

// Reader is what one person looked at in a week.
type Reader struct {
	PersonID   tenantdb.PersonID
	PersonName string
	Role       access.Role
	OfficeName string
	// Dossiers were opened, Others of them are another's responsibility; Referrals were opened. Each counts once.
	Dossiers, Others, Referrals int
	// Usual is how many dossiers and referrals the person opened in a week, on average of the eight weeks before.
	Usual float64
	// Unreadable is how often something sealed could not be opened.
	Unreadable int
}

// Far says that somebody opened far more than usual.
func (r Reader) Far() bool { return InAWeek.Far(r.Dossiers+r.Referrals, r.Usual) }

// weeksBefore is how many weeks tell what is usual.
const weeksBefore = 8

// Week is a calendar week (ISO 8601), which begins on Monday in Zurich.
type Week struct{ monday time.Time }

// WeekOf is the week in which a moment lies.
func WeekOf(at time.Time) Week {
	day := forms.Today(at)
	return Week{day.AddDate(0, 0, -(int(day.Weekday())+6)%7)}
}

// ParseWeek reads a week as String writes it; anything else is the week of now, as is one that has not begun.
func ParseWeek(text string, now time.Time) Week {
	monday, err := time.Parse(time.DateOnly, text)
	if err != nil || WeekOf(monday.Add(12*time.Hour)).monday != monday || monday.After(WeekOf(now).monday) || monday.Year() < 2000 {
		return WeekOf(now)
	}
	return Week{monday}
}

// String is the week's Monday, as the address of a page holds it.
func (w Week) String() string { return w.monday.Format(time.DateOnly) }

// Days are the first and the last day of the week.
func (w Week) Days() (monday, sunday time.Time) { return w.monday, w.monday.AddDate(0, 0, 6) }

// Plus is the week n weeks later.
func (w Week) Plus(n int) Week { return Week{w.monday.AddDate(0, 0, 7*n)} }

// None says that no week is meant.
func (w Week) None() bool { return w.monday.IsZero() }

func (w Week) begins() time.Time { return startOf(w.monday) }

// Report tells how much everybody looked at in a week.
func (s *Service) Report(ctx context.Context, week Week) (Report, error) {
	if _, err := access.Require(ctx, access.JournalReport); err != nil {
		return Report{}, err
	}
	report := Report{Week: week}
	if next := week.Plus(1); !next.begins().After(s.now()) {
		report.Next = next
	}
	// Numbers of people, and no dossier: what is kept from whoever reads the report counts as well.
	if err := s.db.Read(tenantdb.Throughout(ctx), readersOf(week, &report.Readers)); err != nil {
		return Report{}, fmt.Errorf("report who looked at what: %w", err)
	}
	return report, nil
}
