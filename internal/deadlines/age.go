package deadlines

import "time"

// Age is the number of years that somebody has completed on a day.
func Age(born, on time.Time) int {
	born, on = dayOf(born), dayOf(on)
	years := on.Year() - born.Year()
	if on.Before(AddMonths(born, 12*years)) {
		years--
	}
	return years
}

// Minor says whether somebody is a child on a day: of age is who certainly is. Nobody knows the birthday, or it is
// disputed: pass nil, and the person is a child (Council of Europe Convention art. 10(3)).
func (r *Rules) Minor(born *time.Time, on time.Time) bool {
	if born == nil {
		return true
	}
	d, ok := r.Deadlines([]Fact{{Trigger: Born, On: *born}}).Find(Majority, "")
	return !ok || dayOf(on).Before(d.On)
}
