package housing

import "time"

// Nights are those between two days: whoever comes on the 3rd and leaves on the 5th has slept there twice.
func Nights(from, until time.Time) int {
	return max(0, int(until.Sub(from)/(24*time.Hour))) // both are midnight UTC, which knows no summer time
}

// Year is how many nights fell into each month of a year. A night belongs to the day on which it begins.
type Year [12]int

// Total are the nights of the year.
func (y Year) Total() (nights int) {
	for _, n := range y {
		nights += n
	}
	return nights
}

// Add counts the nights of one stay, from its first day until the day of leaving.
func (y *Year) Add(year int, from, until time.Time) {
	for month := range y {
		begins := time.Date(year, time.Month(month+1), 1, 0, 0, 0, 0, time.UTC)
		y[month] += Nights(later(from, begins), earlier(until, begins.AddDate(0, 1, 0)))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
