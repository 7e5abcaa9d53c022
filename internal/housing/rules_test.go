package housing

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

func day(text string) time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return on
}

func on(text string) *time.Time { d := day(text); return &d }

// today is that of the tests.
var today = day("2026-11-24")

// wrong are the fields that a rule finds fault with, in order.
func wrong(err error) string {
	problems, _ := fault.Correctable(err)
	var fields []string
	for _, problem := range problems {
		fields = append(fields, problem.Key)
	}
	return strings.Join(fields, " ")
}

func TestDescription(t *testing.T) {
	t.Parallel()
	good := Description{CodeName: "Tilleul 2", Beds: 2, OpensOn: today}
	for want, change := range map[string]func(*Description){
		"":                                 func(*Description) {},
		"housing.code_name.missing":        func(d *Description) { d.CodeName = "" },
		"housing.code_name.form":           func(d *Description) { d.CodeName = "Rue du Lac 12" },
		"housing.code_name.address":        func(d *Description) { d.CodeName = "Seestrasse 12" },
		"housing.beds.number":              func(d *Description) { d.Beds = 0 },
		"housing.opens_on.missing":         func(d *Description) { d.OpensOn = time.Time{} },
		"housing.closes_on.before_opening": func(d *Description) { d.ClosesOn = on("2026-11-23") },
	} {
		d := good
		change(&d)
		if got := wrong(d.Check()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, name := range []string{"1003 Lausanne", "Lac, 12", "Quai 12", "Via", "ab", "Tilleul 100", "<b>"} {
		d := good
		if d.CodeName = name; d.Check() == nil {
			t.Errorf("a place may be called %s", name)
		}
	}
}

func TestVacancy(t *testing.T) {
	t.Parallel()
	place := Place{Kind: Shelter, Description: Description{CodeName: "Tilleul", Beds: 2, OpensOn: day("2026-01-01"), ClosesOn: on("2027-12-31")}}
	later := place
	later.OpensOn = day("2026-12-01")
	lives := func(until string) Guest { return Guest{Beds: 1, FromOn: day("2026-10-01"), UntilOn: on(until)} }
	leaves := lives("2027-03-01")
	leaves.LeavesOn = on("2026-12-10")
	kept := Guest{Beds: 1, Held: true, FromOn: day("2026-12-10"), UntilOn: on("2026-12-20")}
	for name, c := range map[string]struct {
		place                     Place
		guests                    []Guest
		taken, held, free, coming int
		next                      string
	}{
		"nobody is there":                         {place, nil, 0, 0, 2, 0, "2026-11-24"},
		"one lives there":                         {place, []Guest{lives("2027-03-01")}, 1, 0, 1, 0, "2026-11-24"},
		"full until the first plan ends":          {place, []Guest{lives("2027-03-01"), lives("2027-01-15")}, 2, 0, 0, 0, "2027-01-15"},
		"somebody has said when to leave":         {place, []Guest{lives("2027-01-15"), leaves}, 2, 0, 0, 1, "2026-12-10"},
		"and that bed is kept":                    {place, []Guest{lives("2027-01-15"), leaves, kept}, 2, 1, 0, 1, "2027-01-15"},
		"a plan that has passed tells nothing":    {place, []Guest{lives("2026-11-24"), lives("2026-11-01")}, 2, 0, 0, 0, ""},
		"a bed that is kept for later is not had": {place, []Guest{lives("2027-01-15"), kept}, 1, 1, 0, 0, "2027-01-15"},
		"it opens later":                          {later, []Guest{kept}, 0, 1, 0, 1, "2026-12-01"},
		"a family takes both":                     {place, []Guest{{Beds: 2, FromOn: today}}, 2, 0, 0, 0, ""},
	} {
		v := VacancyOf(c.place, c.guests, today)
		next := ""
		if v.NextFree != nil {
			next = v.NextFree.Format(time.DateOnly)
		}
		if v.Taken != c.taken || v.Held != c.held || v.Free != c.free || v.Coming != c.coming || next != c.next {
			t.Errorf("%s: taken %d, held %d, free %d, coming %d, next %q", name, v.Taken, v.Held, v.Free, v.Coming, next)
		}
	}
	v := VacancyOf(place, nil, day("2028-01-01"))
	if v.Free != 0 || v.NextFree != nil || wrong(v.Admits(1, day("2028-01-01"), day("2028-01-01"))) != "housing.place.retired" {
		t.Errorf("a retired place has %d beds", v.Free)
	}
	if got := wrong(VacancyOf(later, nil, today).Admits(1, today, today)); got != "housing.place.not_open_yet" {
		t.Errorf("before it opens: %q", got)
	}
}

// Nobody is ever promised a bed that is not there: whoever was admitted finds one, day by day, as long as plans hold.
func TestBedsAreNeverPromisedTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := VacancyOf(Place{Description: Description{Beds: rapid.IntRange(1, 3).Draw(t, "beds"), OpensOn: today}}, nil, today)
		for range rapid.IntRange(1, 12).Draw(t, "arrivals") {
			from := today.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "from"))
			guest := Guest{DossierID: ids.New[dossiers.Dossier](), Beds: rapid.IntRange(1, 3).Draw(t, "each"), FromOn: from, Held: rapid.Bool().Draw(t, "held")}
			if rapid.Bool().Draw(t, "planned") {
				until := from.AddDate(0, 0, rapid.IntRange(1, 20).Draw(t, "nights"))
				guest.UntilOn = &until
			}
			if v.Admits(guest.Beds, from, today) == nil {
				v = VacancyOf(v.Place, append(v.Guests, guest), today)
			}
		}
		for ahead := range 60 {
			taken, now := 0, today.AddDate(0, 0, ahead)
			for _, guest := range v.Guests {
				if guest.takes(now, today) {
					taken += guest.Beds
				}
			}
			if taken > v.Beds {
				t.Fatalf("%d of %d beds are taken on %s", taken, v.Beds, now.Format(time.DateOnly))
			}
		}
	})
}

func TestFilter(t *testing.T) {
	t.Parallel()
	v := Vacancy{Free: 1, Place: Place{Kind: Shelter, Description: Description{Welcome: Welcome{Genders: []dossiers.Gender{"female"}, Children: true}}}}
	for name, c := range map[string]struct {
		filter Filter
		want   bool
	}{
		"anything":          {Filter{}, true},
		"for a woman":       {Filter{Gender: "female", Children: true, Vacant: true, Kind: Shelter}, true},
		"for a man":         {Filter{Gender: "male"}, false},
		"for a couple":      {Filter{Couples: true}, false},
		"for a child alone": {Filter{Minors: true}, false},
		"without stairs":    {Filter{Accessible: true}, false},
		"of another kind":   {Filter{Kind: Network}, false},
	} {
		if c.filter.Suits(v) != c.want {
			t.Errorf("%s: %t", name, !c.want)
		}
	}
	if (Filter{Gender: "male"}).Suits(Vacancy{}) != true || (Filter{Vacant: true}).Suits(Vacancy{}) {
		t.Error("a place for everybody refuses somebody, or one without a bed has one")
	}
}

func TestWish(t *testing.T) {
	t.Parallel()
	good := Wish{PlaceID: ids.New[Place](), Beds: 1, FromOn: &today, UntilOn: on("2026-12-24")}
	for want, change := range map[string]func(*Wish){
		"":                             func(*Wish) {},
		"housing.place.missing":        func(w *Wish) { w.PlaceID = PlaceID{} },
		"housing.beds.number":          func(w *Wish) { w.Beds = 13 },
		"housing.from_on.missing":      func(w *Wish) { w.FromOn = nil },
		"housing.from_on.past":         func(w *Wish) { w.FromOn, w.UntilOn = on("2026-11-23"), on("2026-12-20") },
		"housing.until_on.missing":     func(w *Wish) { w.UntilOn = nil },
		"housing.until_on.past":        func(w *Wish) { w.UntilOn = on("2026-11-23") },
		"housing.until_on.before_from": func(w *Wish) { w.FromOn, w.UntilOn = on("2026-11-26"), on("2026-11-25") },
		"housing.until_on.too_long":    func(w *Wish) { w.UntilOn = on("2026-12-25") },
	} {
		w := good
		change(&w)
		if got := wrong(w.Check(today)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// ready is an outlook with a permit and a path.
var ready = Outlook{Permit: Condition{Met: true}, Integration: Condition{Met: true}}

func TestArrival(t *testing.T) {
	t.Parallel()
	left := Stay{BeginsOn: day("2026-05-01"), EndedOn: on("2026-06-01")}
	runs := Stay{BeginsOn: day("2026-06-01")}
	good := Arrival{Kind: Shelter, PlaceID: ids.New[Place](), Beds: 1, On: &today}
	for name, c := range map[string]struct {
		change func(*Arrival)
		before []Stay
		look   Outlook
		want   string
	}{
		"the first":                     {func(*Arrival) {}, nil, Outlook{}, ""},
		"straight on from another":      {func(*Arrival) {}, []Stay{runs, left}, Outlook{}, ""},
		"on the day of leaving":         {func(a *Arrival) { a.On = on("2026-06-01") }, []Stay{left}, Outlook{}, ""},
		"while elsewhere":               {func(a *Arrival) { a.On = on("2026-05-31") }, []Stay{left}, Outlook{}, "housing.begins_on.overlaps"},
		"before the one that runs":      {func(a *Arrival) { a.On = on("2026-05-31") }, []Stay{runs}, Outlook{}, "housing.begins_on.overlaps"},
		"over before the next begins":   {func(a *Arrival) { a.On, a.EndedOn, a.WentTo = on("2026-04-01"), on("2026-05-01"), "other" }, []Stay{runs, left}, Outlook{}, ""},
		"over within another":           {func(a *Arrival) { a.On, a.EndedOn, a.WentTo = on("2026-04-01"), on("2026-05-02"), "other" }, []Stay{left}, Outlook{}, "housing.begins_on.overlaps"},
		"over while elsewhere":          {func(a *Arrival) { a.On, a.EndedOn, a.WentTo = on("2026-07-01"), on("2026-08-01"), "other" }, []Stay{runs}, Outlook{}, "housing.begins_on.overlaps"},
		"over tomorrow":                 {func(a *Arrival) { a.EndedOn, a.WentTo = on("2026-11-25"), "other" }, nil, Outlook{}, "housing.ended_on.future"},
		"over before it begins":         {func(a *Arrival) { a.EndedOn, a.WentTo = on("2026-11-23"), "other" }, nil, Outlook{}, "housing.stay.before_begin"},
		"over, and nobody says whither": {func(a *Arrival) { a.EndedOn = &today }, nil, Outlook{}, "housing.went_to.missing"},
		"gone, and nobody says when":    {func(a *Arrival) { a.WentTo = "other" }, nil, Outlook{}, "housing.ended_on.missing"},
		"tomorrow":                      {func(a *Arrival) { a.On = on("2026-11-25") }, nil, Outlook{}, "housing.begins_on.future"},
		"last century":                  {func(a *Arrival) { a.On = on("1996-01-01") }, nil, Outlook{}, "housing.begins_on.long_ago"},
		"no day":                        {func(a *Arrival) { a.On = nil }, nil, Outlook{}, "housing.begins_on.missing"},
		"nowhere":                       {func(a *Arrival) { a.Kind, a.PlaceID = "", PlaceID{} }, nil, Outlook{}, "housing.place.missing"},
		"an address for a place":        {func(a *Arrival) { a.Address.Where = "x" }, nil, Outlook{}, "housing.address.of_the_place"},
		"planned to end before":         {func(a *Arrival) { a.PlannedEndOn = on("2026-11-24") }, nil, Outlook{}, "housing.planned_end_on.before_begin"},
		"an own flat with all":          {func(a *Arrival) { a.Kind, a.PlaceID = OwnFlat, PlaceID{} }, nil, ready, ""},
		"an own flat without":           {func(a *Arrival) { a.Kind, a.PlaceID = OwnFlat, PlaceID{} }, nil, Outlook{Permit: ready.Permit}, "housing.flat_reason.missing"},
		"an own flat without, and why":  {func(a *Arrival) { a.Kind, a.PlaceID, a.FlatReason = OwnFlat, PlaceID{}, "with her sister" }, nil, Outlook{}, ""},
	} {
		a := good
		c.change(&a)
		if got := wrong(a.Check(c.before, c.look, today)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCorrectAndEnd(t *testing.T) {
	t.Parallel()
	runs := Stay{Kind: Shelter, Beds: 1, BeginsOn: day("2026-09-01")}
	others := []Stay{{BeginsOn: day("2026-05-01"), EndedOn: on("2026-06-01")}}
	good := Correction{Beds: 1, BeginsOn: on("2026-09-02"), LeavesOn: on("2026-12-10"), HelpEndOn: on("2026-10-06"), Note: "x"}
	for name, c := range map[string]struct {
		change func(*Stay, *Correction)
		want   string
	}{
		"as it was":                  {func(*Stay, *Correction) {}, ""},
		"into another stay":          {func(_ *Stay, c *Correction) { c.BeginsOn = on("2026-05-20") }, "housing.begins_on.overlaps"},
		"leaves before today":        {func(_ *Stay, c *Correction) { c.LeavesOn = on("2026-11-23") }, "housing.leaves_on.past"},
		"help ends before it begins": {func(_ *Stay, c *Correction) { c.HelpEndOn = on("2026-08-31") }, "housing.stay.before_begin"},
		"help has not ended yet":     {func(_ *Stay, c *Correction) { c.HelpEndOn = on("2026-11-25") }, "housing.help_ended_on.future"},
		"no beds":                    {func(_ *Stay, c *Correction) { c.Beds = 0 }, "housing.beds.number"},
		"an address of a shelter":    {func(_ *Stay, c *Correction) { c.Address = &Address{Where: "x"} }, "housing.address.of_the_place"},
		"one that is over":           {func(s *Stay, _ *Correction) { s.EndedOn = &today }, "housing.stay.over"},
	} {
		stay, correction := runs, good
		c.change(&stay, &correction)
		if got := wrong(stay.Correct(correction, others, today)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		departure Departure
		want      string
	}{
		"today":            {Departure{On: &today, WentTo: "own_flat"}, ""},
		"tomorrow":         {Departure{On: on("2026-11-25"), WentTo: "own_flat"}, "housing.ended_on.future"},
		"before it begins": {Departure{On: on("2026-08-31"), WentTo: "own_flat"}, "housing.stay.before_begin"},
		"nobody says":      {Departure{}, "housing.ended_on.missing housing.went_to.missing"},
	} {
		stay := runs
		if got := wrong(stay.End(c.departure, today)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if stay.Running() != (c.want != "") {
			t.Errorf("%s: it runs: %t", name, stay.Running())
		}
	}
	over := Stay{BeginsOn: day("2026-09-01"), EndedOn: &today}
	if got := wrong(over.End(Departure{On: &today, WentTo: "other"}, today)); got != "housing.stay.over" {
		t.Errorf("it ends twice: %q", got)
	}
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	good := Look{Findings: Findings{Considered: []Solution{"own_flat"}, Reasons: "x"}, Decision: Prolonged, Until: on("2027-03-01")}
	for name, c := range map[string]struct {
		change func(*Stay, *Look)
		want   string
	}{
		"prolonged":                    {func(*Stay, *Look) {}, ""},
		"nothing was considered":       {func(_ *Stay, l *Look) { l.Considered = nil }, "housing.considered.missing"},
		"without a reason":             {func(_ *Stay, l *Look) { l.Reasons = "" }, "housing.reasons.missing"},
		"until nobody knows when":      {func(_ *Stay, l *Look) { l.Until = nil }, "housing.prolonged_until.missing"},
		"until when it was to end":     {func(_ *Stay, l *Look) { l.Until = on("2027-01-10") }, "housing.prolonged_until.not_later"},
		"until today":                  {func(s *Stay, l *Look) { s.PlannedEndOn, l.Until = nil, &today }, "housing.prolonged_until.not_later"},
		"a day without a prolongation": {func(_ *Stay, l *Look) { l.Decision = NotProlonged }, "housing.prolonged_until.without_prolongation"},
		"nothing decided":              {func(_ *Stay, l *Look) { l.Decision, l.Until, l.Reasons = Undecided, nil, "" }, ""},
		"nothing said":                 {func(_ *Stay, l *Look) { l.Decision, l.Until = "", nil }, "housing.decision.missing"},
		"of an own flat":               {func(s *Stay, _ *Look) { s.Kind = OwnFlat }, "housing.evaluation.not_protected"},
		"of one that is over":          {func(s *Stay, _ *Look) { s.EndedOn = &today }, "housing.stay.over"},
	} {
		stay, look := Stay{Kind: Network, BeginsOn: day("2026-07-10"), PlannedEndOn: on("2027-01-10")}, good
		c.change(&stay, &look)
		if got := wrong(stay.Evaluate(look, today)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if moved := stay.PlannedEndOn != nil && stay.PlannedEndOn.Equal(day("2027-03-01")); moved != (name == "prolonged") {
			t.Errorf("%s: the end moved: %t", name, moved)
		}
	}
}

// The seed's rule: long-term solutions before the months are over; a flat on a valid permit and a path that has begun.
func TestOutlook(t *testing.T) {
	t.Parallel()
	permit := deadlines.Fact{Trigger: deadlines.StayValidUntil, On: day("2027-05-01"), Of: "L"}
	course := deadlines.Fact{Trigger: deadlines.IntegrationBegun, On: day("2026-10-01")}
	for name, c := range map[string]struct {
		facts                  []deadlines.Fact
		permitted, path, ready bool
		permitOn               string
	}{
		"nothing is known":           {nil, false, false, false, ""},
		"a permit and a course":      {[]deadlines.Fact{permit, course}, true, true, true, "2027-05-01"},
		"its last day counts":        {[]deadlines.Fact{{Trigger: deadlines.StayValidUntil, On: today}, course}, true, true, true, "2026-11-24"},
		"it ran out yesterday":       {[]deadlines.Fact{{Trigger: deadlines.StayValidUntil, On: day("2026-11-23")}, course}, false, true, false, "2026-11-23"},
		"it was replaced":            {[]deadlines.Fact{permit, {Trigger: deadlines.StayReplaced, On: day("2026-11-01"), Of: "L"}, course}, false, true, false, ""},
		"of two the longer one":      {[]deadlines.Fact{{Trigger: deadlines.StayValidUntil, On: day("2026-01-01"), Of: "N"}, permit}, true, false, false, "2027-05-01"},
		"a course that begins later": {[]deadlines.Fact{permit, {Trigger: deadlines.IntegrationBegun, On: day("2026-12-01")}}, true, false, false, "2027-05-01"},
	} {
		o := OutlookOf(c.facts, nil, nil, today)
		when := ""
		if !o.Permit.On.IsZero() {
			when = o.Permit.On.Format(time.DateOnly)
		}
		if o.Permit.Met != c.permitted || o.Integration.Met != c.path || o.Ready() != c.ready || when != c.permitOn || o.Considered != nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
	stay := Stay{StayID: ids.New[Stay](), Kind: Shelter, BeginsOn: day("2026-07-01")}
	looked := Evaluation{StayID: stay.StayID, EvaluatedOn: day("2026-11-10"), Decision: Undecided}
	other := Evaluation{StayID: ids.New[Stay](), EvaluatedOn: day("2026-11-20"), Decision: Prolonged}
	if o := OutlookOf(nil, []Stay{stay}, []Evaluation{other}, today); o.Considered == nil || o.Considered.Met || o.Evaluated.Met {
		t.Errorf("before anybody has looked: %+v", o)
	}
	if o := OutlookOf(nil, []Stay{stay}, []Evaluation{looked}, today); !o.Considered.Met || !o.Considered.On.Equal(looked.EvaluatedOn) || o.Evaluated.Met {
		t.Errorf("looked at, and nothing decided: %+v", o)
	}
	decided := looked
	decided.Decision = NotProlonged
	if o := OutlookOf(nil, []Stay{stay}, []Evaluation{decided, looked}, today); !o.Evaluated.Met {
		t.Errorf("decided: %+v", o)
	}
	stay.Kind = Transition
	if o := OutlookOf(nil, []Stay{stay}, nil, today); o.Considered != nil {
		t.Error("a transition flat is evaluated")
	}
}

func TestNights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, until string
		want        int
	}{{"2026-03-03", "2026-03-05", 2}, {"2026-03-03", "2026-03-03", 0}, {"2026-03-05", "2026-03-03", 0}, {"2026-03-28", "2026-03-30", 2}, {"2024-02-01", "2024-03-01", 29}} {
		if got := Nights(day(c.from), day(c.until)); got != c.want {
			t.Errorf("from %s until %s are %d nights", c.from, c.until, got)
		}
	}
	var year Year
	year.Add(2026, day("2025-12-30"), day("2026-02-02"))
	year.Add(2026, day("2026-12-31"), day("2027-01-05"))
	if year[0] != 31 || year[1] != 1 || year[11] != 1 || year.Total() != 33 {
		t.Errorf("%v", year)
	}
}

// Nights of the months are those of the whole, whatever the days.
func TestNightsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := today.AddDate(0, 0, rapid.IntRange(-1500, 0).Draw(t, "from"))
		until := from.AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "nights"))
		total := 0
		for number := from.Year(); number <= until.Year(); number++ {
			var year Year
			year.Add(number, from, until)
			total += year.Total()
		}
		if total != Nights(from, until) {
			t.Fatalf("%d nights in months, %d in all", total, Nights(from, until))
		}
	})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	first, second, third, flat := ids.New[Stay](), ids.New[Stay](), ids.New[Stay](), ids.New[Stay]()
	stays := []Stay{
		{StayID: flat, Kind: OwnFlat, BeginsOn: day("2026-11-01")},
		{StayID: third, Kind: Shelter, BeginsOn: day("2026-09-01"), EndedOn: on("2026-11-01")},
		{StayID: second, Kind: Network, BeginsOn: day("2026-03-10"), EndedOn: on("2026-08-01")},
		{StayID: first, Kind: Emergency, BeginsOn: day("2026-03-01"), EndedOn: on("2026-03-10"), HelpEndedOn: on("2026-03-05")},
	}
	evaluations := []Evaluation{{StayID: second, Decision: Prolonged, ProlongedUntil: on("2026-10-01")}, {StayID: second, Decision: Undecided}}
	var got []string
	for _, fact := range Facts(stays, evaluations) {
		of := map[string]string{first.String(): "first", second.String(): "second", third.String(): "third", flat.String(): "flat"}[fact.Of]
		got = append(got, string(fact.Trigger)+" "+fact.On.Format(time.DateOnly)+" "+of)
	}
	// Moved from one protected place to another on the same day, the months go on; after a gap they begin anew.
	want := "shelter_entered 2026-03-01 first, shelter_prolonged_until 2026-10-01 first, immediate_help_ended 2026-03-05 first, shelter_left 2026-08-01 first, " +
		"shelter_entered 2026-09-01 third, shelter_left 2026-11-01 third, own_flat_entered 2026-11-01 flat"
	if strings.Join(got, ", ") != want {
		t.Errorf("%s", strings.Join(got, ", "))
	}
}

func TestPlannedEnd(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	stay := Stay{StayID: ids.New[Stay](), Kind: Shelter, BeginsOn: day("2026-08-31")}
	// Six months by date from 31 August: February has no 31st.
	if end := plannedEnd(rules, Facts([]Stay{stay}, nil), []Stay{stay}); end == nil || !end.Equal(day("2027-02-28")) {
		t.Errorf("six months from 31 August end on %v", end)
	}
	longer := []Evaluation{{StayID: stay.StayID, Decision: Prolonged, ProlongedUntil: on("2027-05-31")}}
	if end := plannedEnd(rules, Facts([]Stay{stay}, longer), []Stay{stay}); end == nil || !end.Equal(day("2027-05-31")) {
		t.Errorf("prolonged it ends on %v", end)
	}
	if end := plannedEnd(rules, nil, []Stay{{Kind: Transition, BeginsOn: today}}); end != nil {
		t.Errorf("a transition flat ends on %v", end)
	}
	known := rules.IDs()
	for _, rule := range Rules {
		if !strings.Contains(strings.Join(ruleNames(known), " ")+" ", string(rule)+" ") {
			t.Errorf("nobody computes %s", rule)
		}
	}
	if agenda.Only(rules.Deadlines(Facts([]Stay{stay}, longer)), Rules...) == nil {
		t.Error("no date follows from a stay")
	}
}

func ruleNames(rules []deadlines.RuleID) (names []string) {
	for _, rule := range rules {
		names = append(names, string(rule))
	}
	return names
}

func TestForget(t *testing.T) {
	t.Parallel()
	place := Place{Description: Description{OpensOn: day("2020-01-01"), ClosesOn: on("2026-11-23")}}
	if err := place.Forget(today, []Guest{{Held: true}}); err != nil {
		t.Error(err)
	}
	if got := wrong(place.Forget(today, []Guest{{}})); got != "housing.forgetting.somebody_there" {
		t.Errorf("with somebody there: %q", got)
	}
	place.ClosesOn = &today
	if got := wrong(place.Forget(today, nil)); got != "housing.forgetting.still_open" {
		t.Errorf("on its last day: %q", got)
	}
}
