package statistics

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/forms"
	"passerelle/internal/tenantdb"
)

// Service is what can be counted.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Of gives the numbers of a year, in one round trip.
func (s *Service) Of(ctx context.Context, year int) (Year, error) {
	if _, err := access.Require(ctx, access.StatisticsShow); err != nil {
		return Year{}, err
	}
	today := forms.Today(s.now())
	y := YearOf(year, today)
	begins := time.Date(y.Year, time.January, 1, 0, 0, 0, 0, time.UTC)
	ends := begins.AddDate(1, 0, 0)
	var counts, before []counted
	var phases []Count
	var nights, running []monthly
	var held []interviewed
	err := s.db.Read(ctx,
		countsOf(begins, ends, &counts), countsBefore(begins, &before), phasesNow(&phases),
		nightsOver(begins, ends, &nights), nightsRunning(begins, ends, today, &running), interviewsOf(begins, ends, &held))
	if err != nil {
		return Year{}, fmt.Errorf("count the year: %w", err)
	}
	y.Opened, y.Closed = total(measured(counts, "opened")), total(measured(counts, "closed"))
	// Whoever was there when the year began: opened before, and not closed before.
	y.Accompanied = total(measured(before, "opened")) - total(measured(before, "closed")) + y.Opened
	y.Findings, y.Referrals, y.Permits = measured(counts, "finding"), measured(counts, "referral"), measured(counts, "permit")
	for _, finding := range y.Findings {
		if finding.Code == "ngo:identified" {
			y.Identified = finding.N
		}
	}
	y.Phases, y.Outcomes = phases, measured(counts, "outcome")
	y.Nights = byMonth(append(nights, running...))
	var interviews []monthly
	for _, h := range held {
		interviews = append(interviews, monthly{h.Code, h.Month, h.N})
		y.Minutes += h.Minutes
	}
	y.Interviews = byMonth(interviews)
	return y, nil
}
