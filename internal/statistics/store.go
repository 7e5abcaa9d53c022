package statistics

import (
	"time"

	"passerelle/internal/tenantdb"
)

func countsOf(begins, ends time.Time, into *[]counted) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("year_counts").ColumnExpr("measure, code, sum(n) as n").Where("month >= ?", begins).Where("month < ?", ends).
		Where("measure in ('opened', 'closed', 'finding', 'referral', 'permit')").
		GroupExpr("measure, code").OrderExpr("measure, code"))
}

// countsBefore are those that began or ended before the year: a row a month.
func countsBefore(begins time.Time, into *[]counted) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("year_counts").ColumnExpr("measure, code, sum(n) as n").
		Where("measure in ('opened', 'closed')").Where("month < ?", begins).GroupExpr("measure, code").OrderExpr("measure, code"))
}

func phasesNow(into *[]Count) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("year_counts").ColumnExpr("code, n").Where("measure = 'phase'").Where("n > 0").OrderExpr("code"))
}

// outcomesOf counts the referrals of the year by where they stand. The office says so, in whose scope nothing is counted.
func outcomesOf(begins, ends time.Time, into *[]Count) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("referrals").
		ColumnExpr("case when state = 'closed' then 'outcome:' || outcome else state end as code, count(*) as n").
		Where("sent_at >= ?::timestamp at time zone 'Europe/Zurich'", begins).Where("sent_at < ?::timestamp at time zone 'Europe/Zurich'", ends).
		GroupExpr("1").OrderExpr("n desc, code"))
}

func nightsOver(begins, ends time.Time, into *[]monthly) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("year_counts").ColumnExpr("code, month, n").Where("month >= ?", begins).Where("month < ?", ends).
		Where("measure = 'nights'").Where("n > 0").OrderExpr("code, month"))
}

// nightsRunning are those of stays that go on, until today: they cannot be counted before they are spent.
func nightsRunning(begins, ends, today time.Time, into *[]monthly) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().
		TableExpr("housing_stays as stay, generate_series(greatest(date_trunc('month', stay.begins_on::timestamp), ?::timestamp), least(?::timestamp, ?::timestamp) - interval '1 day', interval '1 month') as first", begins, ends, today).
		ColumnExpr("stay.kind as code, first::date as month, sum(least(?::date, (first + interval '1 month')::date) - greatest(stay.begins_on, first::date)) as n", today).
		Where("stay.ended_on is null").Where("stay.begins_on < ?", today).GroupExpr("1, 2").OrderExpr("1, 2"))
}

func interviewsOf(begins, ends time.Time, into *[]monthly) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("interview_counts").ColumnExpr("kind as code, month, sum(interviews) as n").
		Where("month >= ?", begins).Where("month < ?", ends).GroupExpr("1, 2").OrderExpr("1, 2"))
}

// spent is how long interviews took together.
type spent struct{ Minutes int }

func minutesOf(begins, ends time.Time, into *spent) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("interview_counts").ColumnExpr("coalesce(sum(minutes), 0) as minutes").
		Where("month >= ?", begins).Where("month < ?", ends))
}
