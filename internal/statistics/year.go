// Package statistics is the year in numbers: who was accompanied, how, and what came of it. It opens no dossier: what it
// shows was counted when it happened, in the same transaction.
package statistics

import (
	"slices"
	"time"
)

// Year is what happened in a year, as far as it is over.
type Year struct {
	Year int
	// First and Last say that there is no year before or after it.
	First, Last bool
	// Accompanied are the people whose dossier was open on some day of the year; Opened and Closed those that were opened and
	// closed in it.
	Accompanied, Opened, Closed int
	// Identified is how many findings of the NGO say that somebody was identified as a victim.
	Identified int
	// Phases are the dossiers by phase as they are now, whatever the year.
	Phases []Count
	// Findings are those that stand, by who found what.
	Findings []Count
	// Interviews are by kind, a number for each month; Minutes is how long they took together.
	Interviews []Months
	Minutes    int
	// Nights are by kind of housing, a number for each month, of stays that are over and of those that go on until today.
	Nights []Months
	// Referrals are by the kind of help that was asked for; Outcomes by where those of the year stand, or what came of them.
	Referrals []Count
	Outcomes  []Count
	// Permits are titles of stay that began in the year, by kind.
	Permits []Count
}

// Count is how many there are of something, by its code.
type Count struct {
	Code string
	N    int
}

// Months are numbers for each month of a year, from January on.
type Months struct {
	Code string
	N    [12]int
}

// Sum is the whole year.
func (m Months) Sum() (sum int) {
	for _, n := range m.N {
		sum += n
	}
	return sum
}

// total is the sum of counts.
func total(counts []Count) (sum int) {
	for _, count := range counts {
		sum += count.N
	}
	return sum
}

// monthly is a number of one month, as the database has it.
type monthly struct {
	Code  string
	Month time.Time
	N     int
}

// byMonth puts numbers into months, the codes in order.
func byMonth(numbers []monthly) (all []Months) {
	for _, number := range numbers {
		i := slices.IndexFunc(all, func(m Months) bool { return m.Code == number.Code })
		if i < 0 {
			all, i = append(all, Months{Code: number.Code}), len(all)
		}
		all[i].N[number.Month.Month()-1] += number.N
	}
	slices.SortFunc(all, func(a, b Months) int { return b.Sum() - a.Sum() })
	return all
}

// counted is one number of the year's counts.
type counted struct {
	Measure string
	Code    string
	N       int
}

// measured are the counts of one measure, those with most first; none is left out.
func measured(counts []counted, measure string) (found []Count) {
	for _, count := range counts {
		if count.Measure == measure && count.N > 0 {
			found = append(found, Count{count.Code, count.N})
		}
	}
	slices.SortStableFunc(found, func(a, b Count) int { return b.N - a.N })
	return found
}

// first is the first year that there can be.
const first = 2000

// YearOf is a year without its numbers, the nearest that there can be.
func YearOf(year int, now time.Time) Year {
	year = Between(year, now)
	return Year{Year: year, First: year == first, Last: year == now.Year()}
}

// Between bounds a year to those that there can be: none before the law, none that has not begun.
func Between(year int, now time.Time) int { return min(max(year, first), now.Year()) }
