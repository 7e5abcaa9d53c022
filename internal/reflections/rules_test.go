package reflections

import (
	"errors"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
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

// granted is a period of 30 days, asked for by the NGO and granted by Vaud.
func granted() Terms {
	return Terms{
		Kind: Period, As: "victim", RequestedOn: ptr(on(time.October, 28)), RequestedBy: "ngo", Decision: Granted, DecidedOn: ptr(on(time.November, 2)),
		Authority: "VD", StartsOn: ptr(on(time.November, 2)), EndsOn: ptr(on(time.December, 2)),
	}
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
	for name, test := range map[string]struct {
		change     func(*Terms)
		field, key string
	}{
		"thirty days":       {func(*Terms) {}, "", ""},
		"asked for alone":   {func(t *Terms) { t.Decision, t.DecidedOn, t.Authority, t.StartsOn, t.EndsOn = "", nil, "", nil, nil }, "", ""},
		"no maximum":        {func(t *Terms) { t.EndsOn = ptr(on(time.December, 31).AddDate(1, 0, 0)) }, "", ""},
		"a witness":         {func(t *Terms) { t.As = "witness" }, "", ""},
		"no kind":           {func(t *Terms) { t.Kind = "" }, "kind", "reflections.kind.missing"},
		"as nobody":         {func(t *Terms) { t.As = "" }, "as", "reflections.as.missing"},
		"29 days (35(1))":   {func(t *Terms) { t.EndsOn = ptr(on(time.December, 1)) }, "ends_on", "reflections.ends_on.too_short"},
		"a later start":     {func(t *Terms) { t.StartsOn = ptr(on(time.November, 10)) }, "ends_on", "reflections.ends_on.too_short"},
		"no request":        {func(t *Terms) { t.RequestedOn = nil }, "requested_on", "reflections.requested_on.missing"},
		"nobody asked":      {func(t *Terms) { t.RequestedBy = "" }, "requested_by", "reflections.requested_by.missing"},
		"decided no day":    {func(t *Terms) { t.DecidedOn = nil }, "decided_on", "reflections.decided_on.missing"},
		"decided before":    {func(t *Terms) { t.DecidedOn = ptr(on(time.October, 27)) }, "decided_on", "reflections.decided_on.before_request"},
		"decided nothing":   {func(t *Terms) { t.Decision, t.StartsOn, t.EndsOn = "", nil, nil }, "decision", "reflections.decision.missing"},
		"no authority":      {func(t *Terms) { t.Authority = "" }, "authority", "reflections.authority.missing"},
		"refused, yet runs": {func(t *Terms) { t.Decision = Refused }, "starts_on", "reflections.starts_on.not_granted"},
		"no end":            {func(t *Terms) { t.EndsOn = nil }, "ends_on", "reflections.ends_on.missing"},
		"no start":          {func(t *Terms) { t.StartsOn = nil }, "starts_on", "reflections.starts_on.missing"},
		"ties cut tomorrow": {func(t *Terms) { t.TiesCutOn = ptr(today.AddDate(0, 0, 1)) }, "ties_cut_on", "reflections.date.future"},
		"refuses tomorrow":  {func(t *Terms) { t.CooperationRefusedOn = ptr(today.AddDate(0, 0, 1)) }, "cooperation_refused_on", "reflections.date.future"},
		"needed, unsaid":    {func(t *Terms) { t.PresenceNeeded = dossiers.Yes }, "presence_notified_on", "reflections.presence_notified_on.missing"},
		"not needed, until": {func(t *Terms) {
			t.PresenceNotifiedOn, t.PresenceNeeded, t.PresenceUntil = ptr(today), dossiers.No, ptr(today)
		}, "presence_until", "reflections.presence_until.not_needed"},
		"needed until": {func(t *Terms) {
			t.PresenceNotifiedOn, t.PresenceNeeded, t.PresenceUntil = ptr(today), dossiers.Yes, ptr(today)
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			terms := granted()
			test.change(&terms)
			wants(t, terms.Check(rules(t), today), test.field, test.key)
		})
	}
}

// A pause is nobody's decision, and needs neither a length nor an end.
func TestPause(t *testing.T) {
	t.Parallel()
	pause := Terms{Kind: Pause, As: "victim", StartsOn: ptr(on(time.November, 20))}
	wants(t, pause.Check(rules(t), today), "", "")
	pause.EndsOn = ptr(on(time.November, 22))
	wants(t, pause.Check(rules(t), today), "", "")
	decided := pause
	decided.Decision = Granted
	wants(t, decided.Check(rules(t), today), "decision", "reflections.decision.pause")
	pause.StartsOn = nil
	wants(t, pause.Check(rules(t), today), "starts_on", "reflections.starts_on.missing")
	if reported := (Reflection{Particulars: Particulars{Terms: Terms{Kind: Pause, StartsOn: ptr(today)}}}).facts(); len(reported) > 0 {
		t.Errorf("a pause sets a clock of OASA 35 going: %v", reported)
	}
}

func running() Reflection { return Reflection{Particulars: Particulars{Terms: granted()}, Version: 1} }

func TestExtend(t *testing.T) {
	t.Parallel()
	r := running()
	first := Extension{ids.New[Extension](), on(time.November, 20), on(time.December, 31)}
	wants(t, r.Extend(first, today), "", "")
	wants(t, r.Extend(first, today), "", "")
	if len(r.Extensions) != 1 || !r.Until().Equal(first.Until) {
		t.Fatalf("%d extensions, until %v", len(r.Extensions), r.Until())
	}
	wants(t, r.Extend(Extension{ids.New[Extension](), on(time.November, 20), first.Until}, today), "until", "reflections.until.not_later")
	wants(t, r.Extend(Extension{ids.New[Extension](), on(time.November, 25), on(time.December, 31).AddDate(0, 1, 0)}, today), "decided_on", "reflections.date.future")

	shorter := granted()
	shorter.EndsOn = ptr(first.Until)
	changed := r
	wants(t, changed.Change(shorter, today), "ends_on", "reflections.ends_on.extended")

	r.Retract(ids.New[Extension]())
	r.Retract(first.ExtensionID)
	r.Retract(first.ExtensionID)
	if len(r.Extensions) != 0 || !r.Until().Equal(on(time.December, 2)) {
		t.Errorf("%v", r.Extensions)
	}
	waiting := Reflection{Particulars: Particulars{Terms: Terms{Kind: Period}}}
	wants(t, waiting.Extend(first, today), "", "reflections.extension.not_running")
}

func TestEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change     func(*Terms)
		on         time.Time
		reason     Reason
		field, key string
	}{
		"35(2): both declarations": {func(t *Terms) {
			t.CooperationDeclaredOn, t.TiesCutOn = ptr(on(time.November, 10)), ptr(on(time.November, 12))
		}, on(time.November, 12), Cooperates, "", ""},
		"35(2): the later of both": {func(t *Terms) {
			t.CooperationDeclaredOn, t.TiesCutOn = ptr(on(time.November, 10)), ptr(on(time.November, 12))
		}, on(time.November, 11), Cooperates, "ended_on", "reflections.ended_on.before_declarations"},
		"35(2): the links are not cut":     {func(t *Terms) { t.CooperationDeclaredOn = ptr(on(time.November, 10)) }, on(time.November, 12), Cooperates, "reason", "reflections.reason.both_declarations"},
		"35(2): cooperation not declared":  {func(t *Terms) { t.TiesCutOn = ptr(on(time.November, 10)) }, on(time.November, 12), Cooperates, "reason", "reflections.reason.both_declarations"},
		"35(3)(a): on that day":            {func(*Terms) {}, on(time.November, 12), Refuses, "", ""},
		"35(3)(b): contact resumed before": {func(t *Terms) { t.ContactResumedOn = ptr(on(time.November, 10)) }, on(time.November, 12), ContactResumed, "", ""},
		"35(3)(c): known later only":       {func(t *Terms) { t.NoVictimOn = ptr(on(time.November, 13)) }, on(time.November, 12), NoVictim, "ended_on", "reflections.ended_on.before_ground"},
		"35(3)(d)":                         {func(*Terms) {}, on(time.November, 12), SecurityThreat, "", ""},
		"a permit":                         {func(*Terms) {}, on(time.November, 12), PermitGranted, "", ""},
		"an asylum claim":                  {func(*Terms) {}, on(time.November, 12), AsylumClaim, "", ""},
		"a return":                         {func(*Terms) {}, on(time.November, 12), Returned, "", ""},
		"expired while it runs":            {func(*Terms) {}, on(time.November, 24), Expired, "ended_on", "reflections.ended_on.before_until"},
		"expired": {func(t *Terms) {
			t.RequestedOn, t.DecidedOn, t.StartsOn, t.EndsOn = ptr(on(time.September, 1)), ptr(on(time.September, 1)), ptr(on(time.September, 1)), ptr(on(time.October, 15))
		}, on(time.October, 15), Expired, "", ""},
		"tomorrow":       {func(*Terms) {}, today.AddDate(0, 0, 1), Returned, "ended_on", "reflections.date.future"},
		"before it ran":  {func(*Terms) {}, on(time.November, 1), Returned, "ended_on", "reflections.ended_on.before_start"},
		"for no reason":  {func(*Terms) {}, on(time.November, 12), "", "reason", "reflections.reason.missing"},
		"on no day":      {func(*Terms) {}, time.Time{}, Returned, "ended_on", "reflections.ended_on.missing"},
		"never granted":  {func(t *Terms) { t.Decision, t.StartsOn, t.EndsOn = "", nil, nil }, on(time.November, 12), Returned, "", "reflections.ending.not_granted"},
		"a pause, early": {func(t *Terms) { *t = Terms{Kind: Pause, StartsOn: ptr(on(time.November, 2))} }, on(time.November, 5), Cooperates, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := running()
			test.change(&r.Terms)
			err := r.End(Ending{On: test.on, Reason: test.reason}, today)
			wants(t, err, test.field, test.key)
			if (err == nil) == r.Open() {
				t.Errorf("open: %t after %v", r.Open(), err)
			}
		})
	}
}

// What an end rests on is not taken from under it.
func TestChangeKeepsTheEndTrue(t *testing.T) {
	t.Parallel()
	r := running()
	r.CooperationDeclaredOn, r.TiesCutOn = ptr(on(time.November, 10)), ptr(on(time.November, 12))
	wants(t, r.End(Ending{On: on(time.November, 12), Reason: Cooperates}, today), "", "")
	terms := r.Terms
	terms.Note = "remark"
	kept := r
	wants(t, kept.Change(terms, today), "", "")
	terms.TiesCutOn = nil
	wants(t, kept.Change(terms, today), "", "reflections.ending.rests_on_it")
}

// What a period reports: with both declarations the engine finds the early end, and an end settles all.
func TestFacts(t *testing.T) {
	t.Parallel()
	r := running()
	r.ReflectionID = ids.New[Reflection]()
	r.CooperationDeclaredOn, r.TiesCutOn, r.PresenceNotifiedOn = ptr(on(time.November, 12)), ptr(on(time.November, 10)), ptr(on(time.November, 20))
	wants(t, r.Extend(Extension{ids.New[Extension](), on(time.November, 20), on(time.December, 31)}, today), "", "")
	of := r.ReflectionID.String()
	list := rules(t).Deadlines(facts([]Reflection{r}))
	for rule, want := range map[deadlines.RuleID]time.Time{
		deadlines.ReflectionMinimum: on(time.December, 2), "reflection_end": on(time.December, 31), "reflection_early_end": on(time.November, 12),
		"presence_notice": on(time.December, 31),
	} {
		if d, ok := list.Find(rule, of); !ok || !d.On.Equal(want) || d.Open() == (rule == "presence_notice") {
			t.Errorf("%s is %v, open %t", rule, d.On, d.Open())
		}
	}
	r.SecurityThreatOn, r.NoVictimOn, r.ContactResumedOn, r.CooperationRefusedOn = ptr(on(time.November, 21)), ptr(on(time.November, 22)), ptr(on(time.November, 20)), ptr(on(time.November, 23))
	if d, ok := rules(t).Deadlines(facts([]Reflection{r})).Find("reflection_lapse", of); !ok || !d.On.Equal(on(time.November, 20)) || len(d.With) != 3 {
		t.Errorf("the lapse is %+v", d)
	}
	if err := r.End(Ending{On: on(time.November, 20), Reason: ContactResumed}, today); err != nil {
		t.Fatal(err)
	}
	if next := rules(t).Deadlines(facts([]Reflection{r})).Next(); len(next) > 0 {
		t.Errorf("after the end something still presses: %v", next)
	}
	refused := running()
	refused.Decision = Refused
	if reported := refused.facts(); len(reported) > 0 {
		t.Errorf("what was refused sets clocks going: %v", reported)
	}
	if !errors.Is(refused.End(Ending{On: today, Reason: Returned}, today), fault.Refused("")) {
		t.Error("what was refused ends")
	}
}
