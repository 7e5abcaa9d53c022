package browsertest

import (
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/app"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// calendar is the clock of a story that takes years: it runs as any clock does, and the story goes on to another day.
type calendar struct {
	t     testing.TB
	site  *webtest.Site
	ahead atomic.Int64
}

// startOver runs the application by such a clock, which begins as of now: people sign in before the story goes on to its
// first day.
func startOver(t testing.TB) (*webtest.Site, *calendar) {
	t.Helper()
	c := &calendar{t: t}
	c.site = webtest.Start(t, func(options *app.Options) { options.Clock = c.now })
	return c.site, c
}

func (c *calendar) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// firstDay is the next Tuesday from which the stories can count months: the days that they count from are in every month.
func (c *calendar) firstDay() time.Time {
	for day := forms.Today(c.now()).AddDate(0, 0, 1); ; day = day.AddDate(0, 0, 1) {
		everywhere := func(days int) bool { return day.AddDate(0, 0, days).Day() <= 28 }
		if day.Weekday() == time.Tuesday && everywhere(1) && everywhere(40) && everywhere(70) {
			return day
		}
	}
}

// goesTo goes on to four in the afternoon of a day. Whoever has signed in stays so, since nobody's story is about that; what
// the queue was to do on the way is done, each on its day.
func (c *calendar) goesTo(day time.Time) {
	c.t.Helper()
	afternoon := time.Date(day.Year(), day.Month(), day.Day(), 16, 0, 0, 0, i18n.Zone)
	if afternoon.Before(c.now()) {
		c.t.Fatalf("the story is past %s", day.Format(time.DateOnly))
	}
	c.ahead.Store(int64(time.Until(afternoon)))
	c.site.Database.Exec(c.t, "update sessions set seen_at = $1, expires_at = $1::timestamptz + interval '8 hours' where revoked_at is null", afternoon)
	c.site.App.SignIn.Forget("")
	c.remind(day)
}

// remind does the jobs of the queue that were planned up to a day.
func (c *calendar) remind(day time.Time) {
	c.t.Helper()
	rows, err := c.site.Database.Owner.Query(c.t.Context(), "update jobs.river_job set state = 'completed', finalized_at = now() "+
		"where kind = 'warning' and state in ('scheduled', 'available') and args->>'on' <= $1 returning args::text", day.Format(time.DateOnly))
	check(c.t, err)
	defer rows.Close()
	for rows.Next() {
		var text string
		check(c.t, rows.Scan(&text))
		var job agenda.Warning
		check(c.t, json.Unmarshal([]byte(text), &job))
		check(c.t, c.site.App.Clock.Remind(c.t.Context(), job))
	}
	check(c.t, rows.Err())
}
