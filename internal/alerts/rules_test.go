package alerts

import (
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

var at = time.Date(2026, time.November, 26, 14, 40, 0, 0, time.UTC)

func TestJudge(t *testing.T) {
	t.Parallel()
	limit := access.Reading{AlertAt: 12, Ceiling: 15}
	for name, c := range map[string]struct {
		s    standing
		want verdict
	}{
		"the first":                       {standing{}, verdict{shown: true}},
		"the fifteenth":                   {standing{Opened: 14}, verdict{shown: true}},
		"the sixteenth":                   {standing{Opened: 15}, verdict{raised: Ceiling}},
		"one of the fifteen again":        {standing{Opened: 15, Again: true}, verdict{shown: true}},
		"a decoy":                         {standing{Opened: 2, Decoy: true}, verdict{shown: true, raised: Decoy}},
		"a decoy once more":               {standing{Opened: 2, Again: true, Decoy: true}, verdict{shown: true, raised: Decoy}},
		"a decoy beyond the ceiling":      {standing{Opened: 15, Decoy: true}, verdict{raised: Ceiling}},
		"somebody paused":                 {standing{Paused: true}, verdict{}},
		"somebody paused, again":          {standing{Paused: true, Opened: 3, Again: true}, verdict{}},
		"somebody paused, at a decoy":     {standing{Paused: true, Decoy: true}, verdict{}},
		"somebody paused, at the ceiling": {standing{Paused: true, Opened: 15}, verdict{}},
	} {
		if got := c.s.judge(limit); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	// Without a bound, which no table can say of an office, nothing new would be shown rather than everything.
	if got := (standing{}).judge(access.Reading{}); got.shown {
		t.Error("without a ceiling everything is shown")
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opened int
		limit  access.Reading
		want   bool
	}{
		"just below":             {59, access.Reading{AlertAt: 60}, false},
		"as many as named":       {60, access.Reading{AlertAt: 60}, true},
		"more":                   {90, access.Reading{AlertAt: 60}, true},
		"an office":              {12, access.Reading{AlertAt: 12, Ceiling: 15}, true},
		"a role nobody has":      {1000, access.Reading{}, false},
		"nothing, of that role":  {0, access.Reading{}, false},
		"nothing, of a real one": {0, access.Reading{AlertAt: 60}, false},
	} {
		if _, got := (reading{InHour: c.opened}).rate(c.limit); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestBeyondUsual: a newcomer, and small numbers, raise nothing.
func TestBeyondUsual(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		habit  habit
		opened int
		want   bool
	}{
		"as usual":                 {habit{Days: 30, PerDay: 8}, 9, false},
		"twice as much":            {habit{Days: 30, PerDay: 8}, 17, false},
		"three times":              {habit{Days: 30, PerDay: 8}, 24, false},
		"more than three times":    {habit{Days: 30, PerDay: 8}, 25, true},
		"small numbers":            {habit{Days: 30, PerDay: 1}, 14, false},
		"no longer small":          {habit{Days: 30, PerDay: 1}, 15, true},
		"a newcomer":               {habit{Days: 9, PerDay: 1}, 40, false},
		"no longer a newcomer":     {habit{Days: 10, PerDay: 1}, 40, true},
		"the first day of all":     {habit{}, 40, false},
		"somebody who reads a lot": {habit{Days: 40, PerDay: 30}, 60, false},
	} {
		if got := c.habit.exceededBy(c.opened); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestFresh(t *testing.T) {
	t.Parallel()
	lea, noe := ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	told := func(person tenantdb.PersonID, kind Kind, ago time.Duration) Alert {
		return Alert{PersonID: person, Kind: kind, Until: at.Add(-ago)}
	}
	for name, c := range map[string]struct {
		raised, former []Alert
		want           int
	}{
		"nothing":                       {nil, nil, 0},
		"the first":                     {[]Alert{told(lea, Rate, 0)}, nil, 1},
		"another kind":                  {[]Alert{told(lea, Rate, 0)}, []Alert{told(lea, Decoy, time.Minute)}, 1},
		"another person":                {[]Alert{told(lea, Rate, 0)}, []Alert{told(noe, Rate, time.Minute)}, 1},
		"told a minute ago":             {[]Alert{told(lea, Rate, 0)}, []Alert{told(lea, Rate, time.Minute)}, 0},
		"told an hour ago":              {[]Alert{told(lea, Rate, 0)}, []Alert{told(lea, Rate, time.Hour+time.Second)}, 1},
		"beyond usual, told today":      {[]Alert{told(lea, BeyondUsual, 0)}, []Alert{told(lea, BeyondUsual, 20*time.Hour)}, 0},
		"beyond usual, told before":     {[]Alert{told(lea, BeyondUsual, 0)}, []Alert{told(lea, BeyondUsual, 25*time.Hour)}, 1},
		"twice in one look":             {[]Alert{told(lea, Decoy, 2*time.Minute), told(lea, Decoy, 0)}, nil, 1},
		"looked at again, with no news": {[]Alert{told(lea, Decoy, time.Minute)}, []Alert{told(lea, Decoy, time.Minute)}, 0},
		// A watch that was away looks at what was before an alert as well.
		"two people in one look": {[]Alert{told(lea, Decoy, 0), told(noe, Decoy, 0)}, nil, 2},
	} {
		if got := fresh(c.raised, c.former); len(got) != c.want {
			t.Errorf("%s: %d, want %d", name, len(got), c.want)
		}
	}
}

// TestSteps: whatever was not watched is watched, without a gap, and no step is longer than a window may miss.
func TestSteps(t *testing.T) {
	t.Parallel()
	for name, length := range map[string]time.Duration{"fifteen seconds": 15 * time.Second, "a stride": stride, "an hour": time.Hour, "a weekend": 61 * time.Hour} {
		whole := span{at.Add(-length), at}
		steps := whole.steps()
		next := whole.From
		for _, step := range steps {
			if !step.From.Equal(next.Add(-overlap)) || step.Until.Sub(next) > stride {
				t.Errorf("%s: a step is from %s until %s, expected from %s", name, step.From, step.Until, next)
			}
			next = step.Until
		}
		if !next.Equal(at) {
			t.Errorf("%s ends at %s", name, next)
		}
	}
	if steps := (span{at, at.Add(-time.Second)}).steps(); len(steps) > 0 {
		t.Errorf("a clock that was set back gives %d steps", len(steps))
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	karim, other := ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	earlier := at.Add(-time.Hour)
	for name, c := range map[string]struct {
		alert   Alert
		as      Reason
		changed bool
		want    error
	}{
		"open":             {Alert{}, Discussed, true, nil},
		"without a reason": {Alert{}, NoReason, true, nil},
		"an unknown one":   {Alert{}, "bored", false, fault.Invalid("", "")},
		"already":          {Alert{AcknowledgedAt: &earlier, AcknowledgedBy: other}, Expected, false, nil},
		"somebody paused":  {Alert{PausedAt: &earlier}, Expected, false, fault.Refused("")},
	} {
		changed, err := c.alert.Acknowledge(karim, c.as, at)
		if changed != c.changed || !errors.Is(err, c.want) {
			t.Errorf("%s: %t, %v", name, changed, err)
		}
		if changed && (c.alert.Open() || c.alert.AcknowledgedBy != karim) || !changed && c.alert.AcknowledgedBy == karim {
			t.Errorf("%s: became %+v", name, c.alert)
		}
	}
}

func TestLift(t *testing.T) {
	t.Parallel()
	karim := ids.New[tenantdb.Person]()
	earlier := at.Add(-time.Hour)
	for name, c := range map[string]struct {
		alert   Alert
		as      Reason
		changed bool
		want    error
	}{
		"somebody paused":       {Alert{PausedAt: &earlier}, Discussed, true, nil},
		"with an unknown word":  {Alert{PausedAt: &earlier}, "bored", false, fault.Invalid("", "")},
		"already lifted":        {Alert{PausedAt: &earlier, LiftedAt: &earlier, AcknowledgedAt: &earlier}, Expected, false, nil},
		"nobody was ever there": {Alert{}, Expected, false, fault.NotFound()},
	} {
		changed, err := c.alert.Lift(karim, c.as, at)
		if changed != c.changed || !errors.Is(err, c.want) {
			t.Errorf("%s: %t, %v", name, changed, err)
		}
		if changed && (c.alert.Paused() || c.alert.Open()) {
			t.Errorf("%s: became %+v", name, c.alert)
		}
	}
	if !errors.Is(ErrPaused, fault.Refused("")) {
		t.Error("being paused is no refusal")
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	alert := Alert{AlertID: ids.New[Alert](), At: at, AcknowledgedAt: &at}
	if c := cursorOf(alert); ParseCursor(c.String()) != c {
		t.Errorf("%s is read as %+v", c, ParseCursor(c.String()))
	}
	for _, nonsense := range []string{"", ".", "true.1", "true.x." + alert.AlertID.String(), "true.-1." + alert.AlertID.String(), "maybe.1." + alert.AlertID.String(), "true.9999999999999999." + alert.AlertID.String(), "true.1.x"} {
		if !ParseCursor(nonsense).None() {
			t.Errorf("%q is a place", nonsense)
		}
	}
}

// TestOneRuleForUsual: what the report points out and what raises an alert is one rule, with measures of its own.
func TestOneRuleForUsual(t *testing.T) {
	t.Parallel()
	if reader := (journal.Reader{Dossiers: 8, Referrals: 4, Usual: 5}); !reader.Far() || !journal.InAWeek.Far(12, 5) || journal.InADay.Far(12, 1) || journal.InAWeek.Far(9, 1) {
		t.Error("the measures are others")
	}
}
