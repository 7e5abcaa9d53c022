package deadlines

import "time"

// count applies a rule's arithmetic to the day of its trigger: the date before and after it is moved, and the days over
// which it was moved.
func (c Calendar) count(rule Rule, from time.Time) (counted, on time.Time, passed []Closed) {
	counted = c.span(rule, from)
	if rule.Roll != forward {
		return counted, counted, nil
	}
	on = counted
	for {
		closed, ok := c.Closed(on)
		if !ok {
			return counted, on, passed
		}
		passed = append(passed, closed)
		on = on.AddDate(0, 0, 1)
	}
}

func (c Calendar) span(rule Rule, from time.Time) time.Time {
	sign := 1
	if rule.Direction == before {
		sign = -1
	}
	switch rule.Unit {
	case Months:
		day := AddMonths(from, sign*rule.Amount)
		if rule.Half {
			day = day.AddDate(0, 0, 15)
		}
		return day
	case Years:
		return AddMonths(from, sign*12*rule.Amount)
	case WorkingDays:
		return c.work(rule, from, sign)
	default:
		amount := rule.Amount
		if rule.StartDay == included {
			amount--
		}
		return from.AddDate(0, 0, sign*amount)
	}
}

// work walks over working days. The day of the trigger is counted only where the rule includes it, and only if it is one.
func (c Calendar) work(rule Rule, from time.Time, sign int) time.Time {
	day, left := from, rule.Amount
	if _, closed := c.Closed(day); rule.StartDay == included && !closed {
		left--
	}
	for left > 0 {
		day = day.AddDate(0, 0, sign)
		if _, closed := c.Closed(day); !closed {
			left--
		}
	}
	return day
}

// AddMonths goes to the day with the same number; where the month has none, to its last (CO 77 para. 1 no. 3, for
// criminal law CP 110 para. 6 with BGE 144 IV 161).
func AddMonths(from time.Time, months int) time.Time {
	year, month, day := from.Date()
	first := time.Date(year, month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(day, end.Day())-1)
}
