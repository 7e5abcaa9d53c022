package retention_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/retention"
)

// Whatever a dossier can be closed for is kept for some time that we have said.
func TestEveryClosingHasItsRetention(t *testing.T) {
	var closings []retention.Reason
	for _, reason := range dossiers.ClosureReasons {
		closings = append(closings, retention.Reason(reason))
	}
	if !slices.Equal(closings, retention.Reasons()) {
		t.Errorf("policies/retention.csv knows %v, and dossiers are closed for %v", retention.Reasons(), closings)
	}
	if problems := retention.Usual().Check(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestUntil(t *testing.T) {
	schedule := retention.Usual()
	schedule["return"], schedule["moved"] = retention.Rule{Months: 1}, retention.Rule{Months: 25}
	day := func(text string) time.Time {
		on, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	for _, c := range []struct {
		reason        retention.Reason
		closed, until string
	}{
		{"return", "2027-01-31", "2027-02-28"}, {"return", "2028-01-31", "2028-02-29"}, {"return", "2027-12-15", "2028-01-15"},
		{"moved", "2027-03-31", "2029-04-30"}, {"other", "2027-06-01", "2037-06-01"}, {"not_trafficking", "2027-06-01", "2028-06-01"},
		{"unheard of", "2027-06-01", "2037-06-01"},
	} {
		if got := schedule.Until(c.reason, day(c.closed)); !got.Equal(day(c.until)) {
			t.Errorf("%s, closed on %s: until %s, want %s", c.reason, c.closed, got.Format(time.DateOnly), c.until)
		}
	}
}

func TestRead(t *testing.T) {
	typed := url.Values{}
	for _, reason := range retention.Reasons() {
		typed.Set(reason.Field(), " 24 ")
		typed.Set(reason.OutcomeField(), "anonymise")
	}
	schedule, problems := retention.Read(typed)
	if len(problems) > 0 || schedule["death"] != (retention.Rule{Months: 24, Outcome: retention.Anonymise}) {
		t.Errorf("%v: %v", schedule, problems)
	}
	for _, wrong := range []string{"", "0", "601", "-3", "ten", "1.5"} {
		typed.Set("months_death", wrong)
		if _, problems := retention.Read(typed); len(problems) != 1 || problems[0].Field != "months_death" {
			t.Errorf("%q: %v", wrong, problems)
		}
	}
	other := retention.Usual()
	if other.Seen() != retention.Usual().Seen() {
		t.Error("the same schedule is seen as another")
	}
	typed.Set("months_death", "24")
	for _, wrong := range []string{"", "burn"} {
		typed.Set("outcome_death", wrong)
		if _, problems := retention.Read(typed); len(problems) != 1 || problems[0].Field != "outcome_death" {
			t.Errorf("%q: %v", wrong, problems)
		}
	}
	typed.Set("outcome_death", "keep")
	for days, fits := range map[string]bool{"": false, "6": false, "7": true, "180": true, "181": false} {
		typed.Set("grace", days)
		if _, problems := retention.ReadPolicy(typed); (len(problems) == 0) != fits {
			t.Errorf("%q days: %v", days, problems)
		}
	}
	other["death"] = retention.Rule{Months: other["death"].Months, Outcome: retention.Keep}
	if other.Seen() == retention.Usual().Seen() {
		t.Error("another schedule is seen as the same")
	}
}

func TestLets(t *testing.T) {
	for outcome, want := range map[retention.Outcome][2]bool{retention.Keep: {}, retention.Review: {true, true}, retention.Anonymise: {true, false}, retention.Delete: {false, true}} {
		rule := retention.Rule{Outcome: outcome}
		if rule.Lets(retention.Anonymise) != want[0] || rule.Lets(retention.Delete) != want[1] || rule.Lets(retention.Review) {
			t.Errorf("%s lets %v and %v", outcome, rule.Lets(retention.Anonymise), rule.Lets(retention.Delete))
		}
	}
}
