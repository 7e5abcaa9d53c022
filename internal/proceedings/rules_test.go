package proceedings

import (
	"errors"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

var today = on(time.November, 24)

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
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
	tomorrow := ptr(today.AddDate(0, 0, 1))
	for name, test := range map[string]struct {
		terms      Terms
		field, key string
	}{
		"nothing is known":      {Terms{}, "", ""},
		"not filed":             {Terms{Complaint: NotFiled}, "", ""},
		"filed":                 {Terms{Complaint: Filed, ComplaintFiledOn: ptr(today)}, "", ""},
		"filed on no day":       {Terms{Complaint: Filed}, "complaint_filed_on", "proceedings.complaint_filed_on.missing"},
		"not filed, on a day":   {Terms{Complaint: NotFiled, ComplaintFiledOn: ptr(today)}, "complaint", "proceedings.complaint.not_filed_on"},
		"plaintiff":             {Terms{PlaintiffDeclaredOn: ptr(today), PlaintiffClaims: []Claim{"civil"}}, "", ""},
		"plaintiff on no day":   {Terms{PlaintiffClaims: []Claim{"civil"}}, "plaintiff_declared_on", "proceedings.plaintiff_declared_on.missing"},
		"offender known, later": {Terms{OffenderKnownOn: tomorrow}, "offender_known_on", "proceedings.date.future"},
		"final tomorrow":        {Terms{CivilClaimsFinalOn: tomorrow}, "civil_claims_final_on", "proceedings.date.future"},
	} {
		t.Run(name, func(t *testing.T) { wants(t, test.terms.Check(today), test.field, test.key) })
	}
}

func id() EntryID { return ids.New[Entry]() }

func TestEntries(t *testing.T) {
	t.Parallel()
	tomorrow := today.AddDate(0, 0, 1)
	for name, test := range map[string]struct {
		entry      Entry
		field, key string
	}{
		"a step":                      {Step{id(), "investigation", today}, "", ""},
		"a step to nothing":           {Step{id(), "", today}, "stage", "proceedings.stage.missing"},
		"a step on no day":            {Step{id(), "investigation", time.Time{}}, "on", "proceedings.on.missing"},
		"a step tomorrow":             {Step{id(), "investigation", tomorrow}, "on", "proceedings.date.future"},
		"a hearing to come":           {Hearing{EntryID: id(), Kind: "victim", On: tomorrow}, "", ""},
		"a hearing of nobody":         {Hearing{EntryID: id(), On: tomorrow}, "kind", "proceedings.hearing.kind.missing"},
		"a hearing on no day":         {Hearing{EntryID: id(), Kind: "victim"}, "on", "proceedings.on.missing"},
		"a penalty":                   {Penalty{EntryID: id(), Kind: "fine", On: today, ContestedOn: ptr(today)}, "", ""},
		"a penalty of no kind":        {Penalty{EntryID: id(), On: today}, "kind", "proceedings.penalty.kind.missing"},
		"a penalty on no day":         {Penalty{EntryID: id(), Kind: "fine"}, "on", "proceedings.on.missing"},
		"a penalty tomorrow":          {Penalty{EntryID: id(), Kind: "fine", On: tomorrow}, "on", "proceedings.date.future"},
		"contested before":            {Penalty{EntryID: id(), Kind: "fine", On: today, ContestedOn: ptr(on(time.May, 1))}, "contested_on", "proceedings.remedy.before_decision"},
		"contested tomorrow":          {Penalty{EntryID: id(), Kind: "fine", On: today, ContestedOn: &tomorrow}, "contested_on", "proceedings.date.future"},
		"a judgement, twice notified": {Ruling{EntryID: id(), Kind: Judgement, NotifiedOn: on(time.May, 1), ReasonedOn: ptr(on(time.June, 1)), AnnouncedOn: ptr(on(time.May, 2)), FiledOn: ptr(on(time.June, 2))}, "", ""},
		"a decision of no kind":       {Ruling{EntryID: id(), NotifiedOn: today}, "kind", "proceedings.ruling.kind.missing"},
		"a decision not notified":     {Ruling{EntryID: id(), Kind: Order}, "notified_on", "proceedings.notified_on.missing"},
		"notified tomorrow":           {Ruling{EntryID: id(), Kind: Order, NotifiedOn: tomorrow}, "notified_on", "proceedings.date.future"},
		"an order with reasons later": {Ruling{EntryID: id(), Kind: Order, NotifiedOn: today, ReasonedOn: ptr(today)}, "reasoned_on", "proceedings.reasoned_on.no_judgement"},
		"an objection, announced":     {Ruling{EntryID: id(), Kind: Order, NotifiedOn: today, AnnouncedOn: ptr(today)}, "announced_on", "proceedings.announced_on.no_judgement"},
		"filed before the decision":   {Ruling{EntryID: id(), Kind: Order, NotifiedOn: today, FiledOn: ptr(on(time.May, 1))}, "filed_on", "proceedings.remedy.before_decision"},
		"filed tomorrow":              {Ruling{EntryID: id(), Kind: Order, NotifiedOn: today, FiledOn: &tomorrow}, "filed_on", "proceedings.date.future"},
		"filed and done without":      {Ruling{EntryID: id(), Kind: Order, NotifiedOn: today, FiledOn: ptr(today), WaivedOn: ptr(today)}, "waived_on", "proceedings.waived_on.filed"},
	} {
		t.Run(name, func(t *testing.T) { wants(t, test.entry.check(today), test.field, test.key) })
	}
}

func written(t *testing.T, entries ...Entry) (p Particulars) {
	t.Helper()
	for _, entry := range entries {
		if _, err := entry.write(&p); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// The stage is the one reached last, in whatever order the steps were written down; a report opens nothing.
func TestStages(t *testing.T) {
	t.Parallel()
	report, inquiry, suspended, final := Step{id(), Report, on(time.March, 1)}, Step{id(), "police_inquiry", on(time.April, 1)}, Step{id(), Suspended, on(time.June, 1)}, Step{id(), Final, on(time.July, 1)}
	for name, test := range map[string]struct {
		steps          []Entry
		stage          Stage
		opened, closed *time.Time
	}{
		"none":                 {nil, "", nil, nil},
		"a report":             {[]Entry{report}, Report, nil, nil},
		"an inquiry":           {[]Entry{inquiry, report}, "police_inquiry", &inquiry.On, nil},
		"suspended":            {[]Entry{suspended, inquiry}, Suspended, &inquiry.On, nil},
		"final":                {[]Entry{final, suspended, inquiry}, Final, &inquiry.On, &final.On},
		"reopened after final": {[]Entry{final, inquiry, Step{id(), "investigation", on(time.August, 1)}}, "investigation", &inquiry.On, nil},
	} {
		p := written(t, test.steps...)
		if p.Stage() != test.stage || !sameDay(p.OpenedOn(), test.opened) || !sameDay(p.ClosedOn(), test.closed) {
			t.Errorf("%s: %s, %v, %v", name, p.Stage(), p.OpenedOn(), p.ClosedOn())
		}
	}
}

func sameDay(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

func TestWriteAndRemove(t *testing.T) {
	t.Parallel()
	first, second := Hearing{EntryID: id(), Kind: "victim", On: today, At: "14:00"}, Hearing{EntryID: id(), Kind: "trial", On: today, At: "09:30"}
	p := written(t, first, second)
	if p.Hearings[0].EntryID != second.EntryID {
		t.Error("hearings are not in the order of the day")
	}
	first.Place = "Lausanne"
	if known, err := first.write(&p); !known || err != nil || len(p.Hearings) != 2 || p.Hearings[1].Place != "Lausanne" {
		t.Errorf("corrected: %t, %v, %+v", known, err, p.Hearings)
	}
	p.remove(second.EntryID)
	p.remove(second.EntryID)
	if len(p.Hearings) != 1 {
		t.Errorf("%+v", p.Hearings)
	}
	for range most {
		_, _ = Step{id(), "appeal", today}.write(&p)
	}
	if _, err := (Step{id(), "appeal", today}).write(&p); !errors.Is(err, fault.Refused("")) {
		t.Errorf("more than %d steps: %v", most, err)
	}
}

// What each decision reports, the engine makes a time for a remedy of; and what was done about it settles it.
func TestRemedies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ruling  Ruling
		rule    deadlines.RuleID
		want    time.Time
		settled func(*Ruling)
	}{
		"CPP 396":    {Ruling{Kind: Order, NotifiedOn: on(time.November, 2)}, "objection", on(time.November, 12), func(r *Ruling) { r.FiledOn = ptr(on(time.November, 11)) }},
		"CPP 354":    {Ruling{Kind: PenalRuling, NotifiedOn: on(time.November, 2)}, "penal_order_opposition", on(time.November, 12), func(r *Ruling) { r.FiledOn = ptr(on(time.November, 11)) }},
		"CPP 399(1)": {Ruling{Kind: Judgement, NotifiedOn: on(time.November, 2)}, "appeal_announcement", on(time.November, 12), func(r *Ruling) { r.AnnouncedOn = ptr(on(time.November, 11)) }},
		"CPP 399(3)": {Ruling{Kind: Judgement, NotifiedOn: on(time.October, 2), ReasonedOn: ptr(on(time.November, 2))}, "appeal_declaration", on(time.November, 23), func(r *Ruling) { r.FiledOn = ptr(on(time.November, 11)) }},
		"LTF 100":    {Ruling{Kind: LastInstance, NotifiedOn: on(time.November, 2)}, "federal_appeal", on(time.December, 2), func(r *Ruling) { r.FiledOn = ptr(on(time.November, 11)) }},
	} {
		test.ruling.EntryID = id()
		of := test.ruling.EntryID.String()
		if d, ok := rules(t).Deadlines(test.ruling.facts()).Find(test.rule, of); !ok || !d.On.Equal(test.want) || !d.Open() {
			t.Errorf("%s: until %v", name, d.On)
		}
		done, waived := test.ruling, test.ruling
		test.settled(&done)
		waived.WaivedOn = ptr(on(time.November, 10))
		for _, r := range []Ruling{done, waived} {
			if d, _ := rules(t).Deadlines(r.facts()).Find(test.rule, of); d.Open() {
				t.Errorf("%s: it is done, and still waited for", name)
			}
		}
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	p := Proceeding{ProceedingID: ids.New[Proceeding](), Particulars: written(t,
		Step{id(), Report, on(time.March, 1)}, Step{id(), "investigation", on(time.April, 1)}, Step{id(), ClosingNotice, on(time.November, 10)},
		Penalty{EntryID: id(), Kind: PenalOrder, On: on(time.November, 16)}, Penalty{EntryID: id(), Kind: "fine", On: on(time.November, 16)})}
	p.OffenderKnownOn, p.CivilClaimsFinalOn = ptr(on(time.October, 1)), ptr(on(time.November, 20))
	of := p.ProceedingID.String()
	list := rules(t).Deadlines(facts([]Proceeding{p}))
	for rule, want := range map[deadlines.RuleID]struct {
		on time.Time
		of string
	}{
		"criminal_complaint":           {time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC), of},
		"plaintiff_declaration":        {on(time.November, 10), of},
		"compensation_after_judgement": {on(time.November, 20).AddDate(1, 0, 0), ""},
		"penal_order_opposition":       {on(time.November, 26), p.Penalties[0].EntryID.String()},
	} {
		if d, ok := list.Find(rule, want.of); !ok || !d.On.Equal(want.on) || !d.Open() {
			t.Errorf("%s is %v", rule, d.On)
		}
	}
	p.Complaint, p.ComplaintFiledOn, p.PlaintiffDeclaredOn = Filed, ptr(on(time.November, 1)), ptr(on(time.November, 9))
	p.Penalties[0].ContestedOn = ptr(on(time.November, 17))
	list = rules(t).Deadlines(facts([]Proceeding{p}))
	for rule, about := range map[deadlines.RuleID]string{"criminal_complaint": of, "plaintiff_declaration": of, "penal_order_opposition": p.Penalties[0].EntryID.String()} {
		if d, ok := list.Find(rule, about); !ok || d.Open() {
			t.Errorf("%s is done, and still waited for", rule)
		}
	}
	told := map[deadlines.Trigger]time.Time{}
	p.Steps = append(p.Steps, Step{id(), Final, on(time.November, 24)})
	for _, fact := range facts([]Proceeding{p}) {
		told[fact.Trigger] = fact.On
	}
	if !told[deadlines.ProceedingsOpened].Equal(on(time.April, 1)) || !told[deadlines.ProceedingsClosed].Equal(on(time.November, 24)) {
		t.Errorf("%v", told)
	}
}
