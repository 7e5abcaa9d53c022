// Package statisticsview is the HTML of the year: charts, and the same numbers in tables.
package statisticsview

import (
	"context"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/i18n"
	"passerelle/internal/statistics"
	"passerelle/views/ui"
)

// URL is the page of the year; YearURL that of a certain one.
const URL = "/year"

// YearURL is the page of a year.
func YearURL(year int) string { return URL + "?year=" + strconv.Itoa(year) }

// series are the most that a chart tells apart by its patterns: what is beyond stands in the table alone.
const series = 5

// Sizes of a chart, in the units of its view box.
const (
	width, height = 720, 200
	left, top     = 36, 8
	floor         = height - 24
)

// bar is one part of a month's column.
type bar struct {
	X, Y, Width, Height int
	Series              int
}

// chart is stacked columns, one for each month.
type chart struct {
	Bars  []bar
	Lines []line
	Names []label
}

// line is a horizontal line with its number, label a month.
type line struct {
	Y    int
	Text string
}

type label struct {
	X    int
	Text string
}

// draw stacks the months of each series upon each other.
func draw(ctx context.Context, all []statistics.Months) chart {
	var highest int
	for month := range 12 {
		var sum int
		for _, months := range all {
			sum += months.N[month]
		}
		highest = max(highest, sum)
	}
	step := roundStep(highest)
	most := (highest/step + 1) * step
	scale := func(n int) int { return n * (floor - top) / most }
	var c chart
	for n := 0; n <= most; n += step {
		c.Lines = append(c.Lines, line{floor - scale(n), strconv.Itoa(n)})
	}
	column := (width - left) / 12
	for month := range 12 {
		x, y := left+month*column+column/6, floor
		c.Names = append(c.Names, label{left + month*column + column/2, monthName(ctx, month)})
		for i, months := range all {
			if tall := scale(months.N[month]); tall > 0 {
				y -= tall
				c.Bars = append(c.Bars, bar{x, y, column * 2 / 3, tall, min(i, series-1) + 1})
			}
		}
	}
	return c
}

// roundStep is a round number that goes into the highest about four times.
func roundStep(highest int) int {
	for unit := 1; ; unit *= 10 {
		for _, step := range []int{unit, 2 * unit, 5 * unit} {
			if step*4 >= highest {
				return step
			}
		}
	}
}

func monthName(ctx context.Context, month int) string {
	return i18n.ShortMonth(ctx, time.Month(month+1))
}

// hours is a length of time as people say it.
func hours(minutes int) int { return (minutes + 30) / 60 }

// share is how wide a bar is, of a hundred, beside the widest of its table.
func share(n int, counts []statistics.Count) string {
	most := 1
	for _, count := range counts {
		most = max(most, count.N)
	}
	return strconv.Itoa(100 * n / most)
}

// said is what a code is called: of a finding who found what, of an outcome what came of it.
func said(ctx context.Context, prefix, code string) string {
	if body, verdict, two := strings.Cut(code, ":"); two && prefix == finding {
		return i18n.T(ctx, "dossiers.finding.body."+body) + " – " + i18n.T(ctx, "dossiers.finding.verdict."+verdict)
	}
	if outcome, closed := strings.CutPrefix(code, "outcome:"); closed {
		return i18n.T(ctx, "referrals.outcome."+outcome)
	}
	return i18n.T(ctx, prefix+code)
}

// finding is the prefix of words that come in two parts.
const finding = "finding."

func viewBox() string { return "0 0 " + strconv.Itoa(width) + " " + strconv.Itoa(height) }

// swatch is the class that gives a series its colour.
func swatch(i int) string { return "pas-series-" + strconv.Itoa(min(i, series-1)+1) }

func sum(all []statistics.Months) (n int) {
	for _, months := range all {
		n += months.Sum()
	}
	return n
}

func counted(all []statistics.Count) (n int) {
	for _, count := range all {
		n += count.N
	}
	return n
}

// columns are the months, and their sum.
func columns(ctx context.Context) []ui.Column {
	all := []ui.Column{{Label: "statistics.kind"}}
	for month := range 12 {
		all = append(all, ui.Column{Label: monthName(ctx, month), Number: true, Extra: true})
	}
	return append(all, ui.Column{Label: "statistics.sum", Number: true})
}
