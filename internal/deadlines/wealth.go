package deadlines

import (
	"errors"
	"time"
)

// Wealth is what a household may own and still be given income support, in whole francs. It is no date; it stands here
// because the same files hold it, with the same bounds in time and the same doubt.
type Wealth struct {
	Single, Couple, Child int
	// Most is what a family may own in all.
	Most int
	// FromAge is the age from which FromAgeLimit applies to a person who lives alone.
	FromAge, FromAgeLimit int
	Basis                 Basis
	ValidFrom, ValidTo    time.Time
	Confirmed             bool
}

// wealthRow is how a file writes it.
type wealthRow struct {
	Row          string `yaml:"row"`
	Single       int    `yaml:"single"`
	Couple       int    `yaml:"couple"`
	Child        int    `yaml:"child"`
	Most         int    `yaml:"most"`
	FromAge      int    `yaml:"from_age"`
	FromAgeLimit int    `yaml:"from_age_limit"`
	Basis        Basis  `yaml:"basis"`
	ValidFrom    date   `yaml:"valid_from"`
	ValidTo      date   `yaml:"valid_to"`
	Confirmed    *bool  `yaml:"confirmed"`
}

func (row wealthRow) wealth() (Wealth, error) {
	switch {
	case row.Single <= 0 || row.Couple < row.Single || row.Child < 0 || row.Most < row.Couple || row.FromAgeLimit < row.Single || row.FromAge < 18:
		return Wealth{}, errors.New("an amount is missing, or too small beside the others")
	case row.Basis == Basis{}:
		return Wealth{}, errors.New("there is no basis")
	case row.Confirmed == nil:
		return Wealth{}, errors.New("say whether it is confirmed")
	}
	return Wealth{row.Single, row.Couple, row.Child, row.Most, row.FromAge, row.FromAgeLimit, row.Basis, row.ValidFrom.Time, row.ValidTo.Time, *row.Confirmed}, nil
}

// bounds are the days on which the row is valid.
func (w Wealth) bounds() Rule { return Rule{ValidFrom: w.ValidFrom, ValidTo: w.ValidTo} }

// Wealth is the row that applies on a day; not every canton has one.
func (r *Rules) Wealth(on time.Time) (Wealth, bool) {
	for _, wealth := range r.wealth {
		if wealth.bounds().covers(dayOf(on)) {
			return wealth, true
		}
	}
	return Wealth{}, false
}

// Limit is what a household of one or two adults, the elder of whom has an age, and so many minor children may own.
func (w Wealth) Limit(adults, children, age int) int {
	limit := w.Single
	if adults > 1 {
		limit = w.Couple
	}
	limit = min(limit+children*w.Child, w.Most)
	if age >= w.FromAge {
		limit = max(limit, w.FromAgeLimit)
	}
	return limit
}
