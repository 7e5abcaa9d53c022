package statistics

import (
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

// within narrows a question to the months from the first argument up to the second.
func within(query *bun.SelectQuery) *bun.SelectQuery {
	return query.Where("month >= ?", tenantdb.Argument(1)).Where("month < ?", tenantdb.Argument(2))
}

func counts() *bun.SelectQuery { return tenantdb.Select().TableExpr("year_counts") }

// sums are the counts of some measures, by code.
func sums() *bun.SelectQuery {
	return counts().ColumnExpr("measure, code, sum(n) as n").GroupExpr("measure, code").OrderExpr("measure, code")
}

var (
	countsStatement = tenantdb.Prepare(within(sums()).Where("measure in ('opened', 'closed', 'finding', 'referral', 'outcome', 'permit')"))
	beforeStatement = tenantdb.Prepare(sums().Where("measure in ('opened', 'closed')").Where("month < ?", tenantdb.Argument(1)))
	phasesStatement = tenantdb.Prepare(counts().ColumnExpr("code, n").Where("measure = 'phase'").Where("n > 0").OrderExpr("code"))
	nightsStatement = tenantdb.Prepare(within(counts()).ColumnExpr("code, month, n").Where("measure = 'nights'").Where("n > 0").OrderExpr("code, month"))
	// A month of a stay begins on the first or when she moved in, and ends on the next first or today ($3).
	runningStatement = tenantdb.Prepare(tenantdb.Select().
				TableExpr("housing_stays as stay, generate_series(greatest(date_trunc('month', stay.begins_on::timestamp), ?::timestamp), least(?::timestamp, ?::timestamp) - interval '1 day', interval '1 month') as first",
			tenantdb.Argument(1), tenantdb.Argument(2), tenantdb.Argument(3)).
		ColumnExpr("stay.kind as code, first::date as month, sum(least(?::date, (first + interval '1 month')::date) - greatest(stay.begins_on, first::date)) as n", tenantdb.Argument(3)).
		Where("stay.ended_on is null").Where("stay.begins_on < ?", tenantdb.Argument(3)).GroupExpr("1, 2").OrderExpr("1, 2"))
	interviewsStatement = tenantdb.Prepare(within(tenantdb.Select().TableExpr("interview_counts")).
				ColumnExpr("kind as code, month, sum(interviews) as n, sum(minutes) as minutes").GroupExpr("1, 2").OrderExpr("1, 2"))
)

func countsOf(begins, ends time.Time, into *[]counted) tenantdb.Question {
	return tenantdb.Many(into, countsStatement.With(begins, ends))
}

// countsBefore are those that began or ended before the year: a row a month.
func countsBefore(begins time.Time, into *[]counted) tenantdb.Question {
	return tenantdb.Many(into, beforeStatement.With(begins))
}

func phasesNow(into *[]Count) tenantdb.Question { return tenantdb.Many(into, phasesStatement.With()) }

func nightsOver(begins, ends time.Time, into *[]monthly) tenantdb.Question {
	return tenantdb.Many(into, nightsStatement.With(begins, ends))
}

// nightsRunning are those of stays that go on, until today: they cannot be counted before they are spent.
func nightsRunning(begins, ends, today time.Time, into *[]monthly) tenantdb.Question {
	return tenantdb.Many(into, runningStatement.With(begins, ends, today))
}

// interviewed is what was held of a kind in a month, and how long it took together.
type interviewed struct {
	Code       string
	Month      time.Time
	N, Minutes int
}

func interviewsOf(begins, ends time.Time, into *[]interviewed) tenantdb.Question {
	return tenantdb.Many(into, interviewsStatement.With(begins, ends))
}
