package stays

import (
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

var today = on(2026, time.November, 24)

func on(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func ptr[T any](v T) *T { return &v }

func rules(t *testing.T) *deadlines.Rules {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// short is a permit L of one year for the time of proceedings.
func short() Terms {
	return Terms{Kind: ShortStay, Canton: "VD", LegalGround: "proceedings", ValidFrom: ptr(on(2026, time.January, 15)), ValidUntil: ptr(on(2027, time.January, 14)), Work: "requested"}
}

func stay(terms Terms) Stay { return Stay{StayID: ids.New[Stay](), Terms: terms, Version: 1} }

// wants holds that a rule refuses, for one field and with one key.
func wants(t *testing.T, err error, field, key string) {
	t.Helper()
	if key == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	problems, _ := fault.Correctable(err)
	if len(problems) != 1 || problems[0].Field != field || problems[0].Key != key {
		t.Errorf("%v, want %s at %q", err, key, field)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change     func(*Terms)
		field, key string
	}{
		"a year":                {func(*Terms) {}, "", ""},
		"nothing but a kind":    {func(t *Terms) { *t = Terms{Kind: None} }, "", ""},
		"no kind":               {func(t *Terms) { t.Kind = "" }, "kind", "stays.kind.missing"},
		"none, and runs out":    {func(t *Terms) { t.Kind = None }, "valid_until", "stays.valid_until.no_title"},
		"Swiss, and renewed":    {func(t *Terms) { *t = Terms{Kind: Swiss, RenewalRequestedOn: ptr(today)} }, "valid_until", "stays.valid_until.no_title"},
		"ends before it begins": {func(t *Terms) { t.ValidUntil = ptr(on(2026, time.January, 14)) }, "valid_until", "stays.valid_until.before_from"},
		"asked for":             {func(t *Terms) { t.RenewalRequestedOn, t.RenewalUntil = ptr(today), ptr(on(2028, time.January, 14)) }, "", ""},
		"asked until, not when": {func(t *Terms) { t.RenewalUntil = ptr(on(2028, time.January, 14)) }, "renewal_requested_on", "stays.renewal_requested_on.missing"},
		"asked for less":        {func(t *Terms) { t.RenewalRequestedOn, t.RenewalUntil = ptr(today), t.ValidUntil }, "renewal_until", "stays.renewal_until.not_later"},
		"asked tomorrow":        {func(t *Terms) { t.RenewalRequestedOn = ptr(today.AddDate(0, 0, 1)) }, "renewal_requested_on", "stays.date.future"},
		"opinion without a day": {func(t *Terms) { t.Opinion = "favourable" }, "opinion_on", "stays.opinion_on.missing"},
		"a day of no opinion":   {func(t *Terms) { t.OpinionOn = ptr(today) }, "opinion", "stays.opinion.missing"},
		"SEM without a day":     {func(t *Terms) { t.Approval = "refused" }, "approval_on", "stays.approval_on.missing"},
		"a day of no decision":  {func(t *Terms) { t.ApprovalOn = ptr(today) }, "approval", "stays.approval.missing"},
		"the two apart":         {func(t *Terms) { t.Opinion, t.OpinionOn = "favourable", ptr(today) }, "", ""},
		"ended somehow":         {func(t *Terms) { t.EndedOn = ptr(today) }, "end", "stays.end.missing"},
		"ended sometime":        {func(t *Terms) { t.End = Replaced }, "ended_on", "stays.ended_on.missing"},
		"ended before it began": {func(t *Terms) { t.End, t.EndedOn = Replaced, ptr(on(2026, time.January, 1)) }, "ended_on", "stays.ended_on.before_from"},
	} {
		t.Run(name, func(t *testing.T) {
			terms := short()
			test.change(&terms)
			wants(t, terms.Check(today), test.field, test.key)
		})
	}
}

// OASA 36(2): the canton of the offence; where inquiries run in several cantons, the one of the last stay.
func TestCompetent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		known Circumstances
		want  Competence
	}{
		"the offence":                     {Circumstances{OffenceCanton: "VD"}, Competence{"VD", PlaceOfOffence}},
		"one inquiry, elsewhere":          {Circumstances{OffenceCanton: "VD", InquiryCantons: []string{"GE"}, LastCanton: "ZH"}, Competence{"VD", PlaceOfOffence}},
		"several inquiries":               {Circumstances{OffenceCanton: "VD", InquiryCantons: []string{"GE", "VD"}, LastCanton: "ZH"}, Competence{"ZH", LastStay}},
		"several, last stay unknown":      {Circumstances{OffenceCanton: "VD", InquiryCantons: []string{"GE", "VD"}}, Competence{"", LastStayUnknown}},
		"the same inquiry said twice":     {Circumstances{OffenceCanton: "VD", InquiryCantons: []string{"GE", "GE"}, LastCanton: "ZH"}, Competence{"VD", PlaceOfOffence}},
		"nothing is known":                {Circumstances{}, Competence{"", OffenceUnknown}},
		"only where the person last was":  {Circumstances{LastCanton: "ZH"}, Competence{"", OffenceUnknown}},
		"one inquiry, offence not placed": {Circumstances{InquiryCantons: []string{"GE"}}, Competence{"", OffenceUnknown}},
	} {
		if got := test.known.Competent(); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestCircumstances(t *testing.T) {
	t.Parallel()
	notified := ptr(on(2026, time.November, 20))
	for name, test := range map[string]struct {
		known      Circumstances
		field, key string
	}{
		"nothing":               {Circumstances{}, "", ""},
		"decided and appealed":  {Circumstances{AsylumDecision: "extended", AsylumNotifiedOn: notified, AsylumAppealedOn: ptr(today)}, "", ""},
		"decided on no day":     {Circumstances{AsylumDecision: "extended"}, "asylum_notified_on", "stays.asylum_notified_on.missing"},
		"notified of nothing":   {Circumstances{AsylumNotifiedOn: notified}, "asylum_decision", "stays.asylum_decision.missing"},
		"appealed before":       {Circumstances{AsylumDecision: "extended", AsylumNotifiedOn: notified, AsylumAppealedOn: ptr(on(2026, time.November, 19))}, "asylum_appealed_on", "stays.asylum_appealed_on.before_decision"},
		"appealed to nothing":   {Circumstances{AsylumAppealedOn: ptr(today)}, "asylum_appealed_on", "stays.asylum_appealed_on.before_decision"},
		"enters tomorrow":       {Circumstances{EnteredOn: ptr(today.AddDate(0, 0, 1))}, "entered_on", "stays.date.future"},
		"asks for hardship, on": {Circumstances{HardshipRequested: ptr(today.AddDate(0, 0, 1))}, "hardship_requested", "stays.date.future"},
	} {
		t.Run(name, func(t *testing.T) { wants(t, test.known.Check(today), test.field, test.key) })
	}
}

// The year that is renewed and the two years in all, where they meet (OASA 36(2), LEI 32(3)).
func TestCollisions(t *testing.T) {
	t.Parallel()
	first := short() // from 15.1.2026: two years end on 15.1.2028
	for name, test := range map[string]struct {
		change func(*Terms)
		want   int
		asked  bool
	}{
		"the first year":                  {func(*Terms) {}, 0, false},
		"renewed to the last day":         {func(t *Terms) { t.RenewalUntil = ptr(on(2028, time.January, 15)) }, 0, false},
		"asked for a day more":            {func(t *Terms) { t.RenewalUntil = ptr(on(2028, time.January, 16)) }, 1, true},
		"valid for a day more":            {func(t *Terms) { t.ValidUntil = ptr(on(2028, time.January, 16)) }, 1, false},
		"a permit B may":                  {func(t *Terms) { t.Kind, t.ValidUntil = "b", ptr(on(2030, time.January, 1)) }, 0, false},
		"one that was replaced by a B is": {func(t *Terms) { t.ValidUntil, t.EndedOn = ptr(on(2028, time.January, 16)), ptr(today) }, 0, false},
	} {
		terms := first
		test.change(&terms)
		all := []Stay{stay(terms)}
		found := Collisions(all, rules(t).Deadlines(Facts(all, Circumstances{})))
		if len(found) != test.want || test.want == 1 && (found[0].Asked != test.asked || !found[0].Ceiling.Equal(on(2028, time.January, 15))) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// From the first of several permits the two years run; that a year follows on another does not begin them anew.
func TestFacts(t *testing.T) {
	t.Parallel()
	old, next := stay(short()), stay(short().Next())
	old.EndedOn, old.End = ptr(on(2027, time.January, 14)), Replaced
	next.ValidUntil = ptr(on(2028, time.January, 14))
	list := rules(t).Deadlines(Facts([]Stay{next, old}, Circumstances{EnteredOn: ptr(on(2022, time.May, 1)), AsylumAppliedOn: ptr(on(2022, time.May, 2))}))
	if d, ok := list.Find(deadlines.ShortStayTotal, ""); !ok || !d.On.Equal(on(2028, time.January, 15)) || !d.Open() {
		t.Errorf("the ceiling is %v, open %t", d.On, d.Open())
	}
	if d, ok := list.Find("stay_end", old.StayID.String()); !ok || d.Open() {
		t.Error("what was replaced is still waited for")
	}
	if d, ok := list.Find("renewal_request", next.StayID.String()); !ok || !d.On.Equal(on(2027, time.December, 31)) {
		t.Errorf("a renewal is asked for until %v", d.On)
	}
	if d, ok := list.Find("asylum_hardship", ""); !ok || !d.On.Equal(on(2027, time.May, 2)) {
		t.Errorf("LAsi 14(2) opens on %v", d.On)
	}
	if _, ok := list.Find("provisional_hardship", ""); ok {
		t.Error("LEI 84(5) opens something to who is not provisionally admitted")
	}
	next.EndedOn, next.End = ptr(on(2028, time.January, 1)), Replaced
	b := stay(Terms{Kind: "b", ValidFrom: ptr(on(2028, time.January, 1))})
	if d, ok := rules(t).Deadlines(Facts([]Stay{b, next, old}, Circumstances{})).Find(deadlines.ShortStayTotal, ""); !ok || d.Open() {
		t.Error("a permit B stands, and the ceiling of the L still presses")
	}
	f := stay(Terms{Kind: ProvisionalF})
	if d, ok := rules(t).Deadlines(Facts([]Stay{f}, Circumstances{EnteredOn: ptr(on(2022, time.May, 1))})).Find("provisional_hardship", ""); !ok || !d.On.Equal(on(2027, time.May, 1)) {
		t.Errorf("LEI 84(5) opens on %v", d.On)
	}
	letter := stay(Terms{Kind: ReflectionLetter, ValidUntil: ptr(today)})
	if reported := Facts([]Stay{letter, stay(Terms{Kind: None})}, Circumstances{}); len(reported) > 0 {
		t.Errorf("a letter and nothing report %v", reported)
	}
}

// LAsi 108: the kind of the decision sets the time, and an appeal settles it.
func TestAsylumDecisions(t *testing.T) {
	t.Parallel()
	for decision, want := range map[AsylumDecision]deadlines.RuleID{
		"accelerated": "asylum_appeal_accelerated", "inadmissible": "asylum_appeal_inadmissible", "extended": "asylum_appeal_extended",
	} {
		known := Circumstances{AsylumDecision: decision, AsylumNotifiedOn: ptr(on(2026, time.November, 20))}
		if d, ok := rules(t).Deadlines(Facts(nil, known)).Find(want, asylum); !ok || !d.Open() {
			t.Errorf("%s gives no time for an appeal", decision)
		}
		known.AsylumAppealedOn = ptr(today)
		if d, _ := rules(t).Deadlines(Facts(nil, known)).Find(want, asylum); d.Open() {
			t.Errorf("%s: the appeal was filed, and is still waited for", decision)
		}
	}
}

func TestRenewable(t *testing.T) {
	t.Parallel()
	l, opened, closed := stay(short()), deadlines.Fact{Trigger: deadlines.ProceedingsOpened, Of: "a"}, deadlines.Fact{Trigger: deadlines.ProceedingsClosed, Of: "a"}
	ended := l
	ended.EndedOn = ptr(today)
	other := deadlines.Fact{Trigger: deadlines.ProceedingsOpened, Of: "b"}
	for name, test := range map[string]struct {
		all   []Stay
		facts []deadlines.Fact
		want  bool
	}{
		"proceedings run":            {[]Stay{l}, []deadlines.Fact{opened}, true},
		"they are closed":            {[]Stay{l}, []deadlines.Fact{opened, closed}, false},
		"closed, told first":         {[]Stay{l}, []deadlines.Fact{closed, opened}, false},
		"others run":                 {[]Stay{l}, []deadlines.Fact{opened, closed, other}, true},
		"there are none":             {[]Stay{l}, nil, false},
		"there is no permit":         {nil, []deadlines.Fact{opened}, false},
		"there is no such permit":    {[]Stay{stay(Terms{Kind: "b"})}, []deadlines.Fact{opened}, false},
		"the permit has been ended ": {[]Stay{ended}, []deadlines.Fact{opened}, false},
	} {
		if got := renewable(test.all, test.facts); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestReplaced(t *testing.T) {
	for name, test := range map[string]struct {
		from *time.Time
		want time.Time
	}{
		"by one that began months ago":            {ptr(on(2026, time.June, 1)), on(2026, time.May, 31)},
		"by one that begins today":                {&today, on(2026, time.November, 23)},
		"by one that is still to begin":           {ptr(on(2026, time.December, 1)), today},
		"by one of which nobody knows since when": {nil, today},
		"by one that began before it":             {ptr(on(2026, time.January, 2)), on(2026, time.January, 15)},
	} {
		old := stay(short())
		old.replace(Terms{Kind: "b", ValidFrom: test.from}, today)
		if !old.EndedOn.Equal(test.want) || old.End != Replaced || old.Version != 2 {
			t.Errorf("%s: ended on %v (%s, version %d), want %v", name, old.EndedOn, old.End, old.Version, test.want)
		}
	}
}
