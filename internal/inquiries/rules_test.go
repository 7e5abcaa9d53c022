package inquiries

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
)

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

var (
	today = on(time.November, 24)
	// byDue is until when what came on 2 November has to be answered.
	byDue = on(time.December, 2)
)

func asked() Terms {
	return Terms{ReceivedOn: on(time.November, 2), Channel: "by_letter", AskedBy: Herself, Note: "Tout ce qui concerne le foyer."}
}

func byLawyer() Terms {
	terms := asked()
	terms.AskedBy, terms.Representative = Lawyer, "Me Rochat"
	return terms
}

func given() Answer { return Answer{On: today, Outcome: Given, Check: Known} }

func partial() Answer {
	return Answer{On: today, Outcome: Partial, Check: Document, Ground: "third_parties", Reason: "Des proches sont nommés.", LeftOut: "Leurs noms."}
}

// complains holds that an error is about fields, each with a problem; none is that there is no error.
func complains(t *testing.T, err error, want ...string) {
	t.Helper()
	if len(want) == 0 {
		if err != nil {
			t.Errorf("unexpected: %v", err)
		}
		return
	}
	problems, ok := fault.Correctable(err)
	if !ok || len(problems) != len(want) {
		t.Errorf("%v, want %v", err, want)
		return
	}
	for i, key := range want {
		if problems[i].Key != "inquiries."+key {
			t.Errorf("%s, want %s", problems[i].Key, key)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Terms)
		want   []string
	}{
		"as it came":                    {func(*Terms) {}, nil},
		"of today":                      {func(t *Terms) { t.ReceivedOn = today }, nil},
		"nothing":                       {func(t *Terms) { *t = Terms{} }, []string{"received_on.missing", "channel.missing", "asked_by.missing"}},
		"of tomorrow":                   {func(t *Terms) { t.ReceivedOn = today.AddDate(0, 0, 1) }, []string{"date.future"}},
		"by a lawyer":                   {func(t *Terms) { *t = byLawyer() }, nil},
		"by a lawyer without a name":    {func(t *Terms) { t.AskedBy = Lawyer }, []string{"representative.missing"}},
		"by herself, and somebody else": {func(t *Terms) { t.Representative = "Me Rochat" }, []string{"representative.herself"}},
	} {
		t.Run(name, func(t *testing.T) {
			terms := asked()
			c.change(&terms)
			complains(t, terms.Check(today), c.want...)
		})
	}
}

func TestExtend(t *testing.T) {
	t.Parallel()
	told := Extension{ToldOn: on(time.November, 20), Until: on(time.December, 18), Reason: "Des pièces manquent."}
	for name, c := range map[string]struct {
		change func(*Extension)
		today  time.Time
		want   []string
	}{
		"told in time":             {func(*Extension) {}, today, nil},
		"told on the last day":     {func(e *Extension) { e.ToldOn = byDue }, byDue, nil},
		"told the day after":       {func(e *Extension) { e.ToldOn = byDue.AddDate(0, 0, 1) }, byDue.AddDate(0, 0, 1), []string{"told_on.too_late"}},
		"told tomorrow":            {func(e *Extension) { e.ToldOn = today.AddDate(0, 0, 1) }, today, []string{"date.future"}},
		"told before it was asked": {func(e *Extension) { e.ToldOn = on(time.November, 1) }, today, []string{"date.before_request"}},
		"to no later a day":        {func(e *Extension) { e.Until = byDue }, today, []string{"until.not_later"}},
		"to the wrong year":        {func(e *Extension) { e.Until = byDue.AddDate(1, 0, 0) }, today, []string{"until.too_late"}},
		"nothing":                  {func(e *Extension) { *e = Extension{} }, today, []string{"told_on.missing", "until.missing", "reason.missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, inquiry := told, Inquiry{Particulars: Particulars{Terms: asked()}}
			c.change(&e)
			complains(t, inquiry.Extend(e, byDue, c.today), c.want...)
			if (inquiry.Extension != nil) != (c.want == nil) {
				t.Errorf("%+v", inquiry.Extension)
			}
		})
	}
	answer := given()
	inquiry := Inquiry{Particulars: Particulars{Terms: asked(), Answer: &answer}}
	complains(t, inquiry.Extend(told, byDue, today), "extension.answered")
	complains(t, inquiry.Retract(), "extension.answered")
}

func TestReply(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		terms  Terms
		answer Answer
		want   []string
	}{
		"all":                       {asked(), given(), nil},
		"a part":                    {asked(), partial(), nil},
		"refused":                   {asked(), Answer{On: today, Outcome: Refused, Ground: "unfounded", Reason: "Non."}, nil},
		"taken back":                {asked(), Answer{On: today, Outcome: Withdrawn}, nil},
		"nothing":                   {asked(), Answer{}, []string{"outcome.missing", "answered_on.missing"}},
		"to whom nobody knows":      {asked(), Answer{On: today, Outcome: Given}, []string{"check.missing"}},
		"a part, without a word":    {asked(), Answer{On: today, Outcome: Partial, Check: Known}, []string{"ground.missing", "reason.missing", "left_out.missing"}},
		"refused, without a word":   {asked(), Answer{On: today, Outcome: Refused}, []string{"ground.missing", "reason.missing"}},
		"all, for a ground":         {asked(), Answer{On: today, Outcome: Given, Check: Known, Ground: "secrecy"}, []string{"ground.nothing_kept"}},
		"all, with what is missing": {asked(), Answer{On: today, Outcome: Given, Check: Known, LeftOut: "x"}, []string{"left_out.given"}},
		"a part is unfounded":       {asked(), Answer{On: today, Outcome: Partial, Check: Known, Ground: "unfounded", Reason: "x", LeftOut: "x"}, []string{"ground.all_or_nothing"}},
		"before it was asked":       {asked(), Answer{On: on(time.November, 1), Outcome: Withdrawn}, []string{"date.before_request"}},
		"tomorrow":                  {asked(), Answer{On: today.AddDate(0, 0, 1), Outcome: Withdrawn}, []string{"date.future"}},
		"a mandate on paper":        {byLawyer(), Answer{On: today, Outcome: Given, Check: Document}, []string{"check.insufficient"}},
		"a mandate, confirmed":      {byLawyer(), Answer{On: today, Outcome: Given, Check: Confirmed}, nil},
		"a lawyer is not appointed": {byLawyer(), Answer{On: today, Outcome: Given, Check: Appointed}, []string{"check.insufficient"}},
		"she is not her own lawyer": {asked(), Answer{On: today, Outcome: Given, Check: Confirmed}, []string{"check.insufficient"}},
	} {
		t.Run(name, func(t *testing.T) {
			inquiry := Inquiry{Particulars: Particulars{Terms: c.terms}}
			complains(t, inquiry.Reply(c.answer, today), c.want...)
			if inquiry.Open() != (c.want != nil) {
				t.Errorf("%+v", inquiry.Answer)
			}
		})
	}
	guardian := byLawyer()
	guardian.AskedBy = Guardian
	for check, want := range map[Check]bool{Known: false, Document: false, Confirmed: true, Appointed: true} {
		if got := check.suffices(guardian.AskedBy); got != want {
			t.Errorf("%s of a guardian: %t", check, got)
		}
	}
}

func TestChangeStandsUnderWhatFollowed(t *testing.T) {
	t.Parallel()
	answer := given()
	answer.On = on(time.November, 20)
	inquiry := Inquiry{Particulars: Particulars{Terms: asked(), Answer: &answer}}
	later := asked()
	later.ReceivedOn = on(time.November, 21)
	complains(t, inquiry.Change(later, byDue, today), "answer.rests_on_it")
	complains(t, inquiry.Change(byLawyer(), byDue, today), "answer.rests_on_it")
	inquiry = Inquiry{Particulars: Particulars{Terms: asked(), Extension: &Extension{ToldOn: on(time.November, 20), Until: on(time.December, 10), Reason: "x"}}}
	complains(t, inquiry.Change(later, on(time.December, 21), today), "received_on.extended")
}

func TestMayAnswer(t *testing.T) {
	t.Parallel()
	for who, want := range map[cast.Person]bool{cast.Lea: true, cast.Karim: true, cast.Ruth: false, cast.Noe: false} {
		if got := MayAnswer(who.Principal(), cast.Lea.ID); got != want {
			t.Errorf("%s: %t", who.Name, got)
		}
	}
	other := cast.Karim.Principal()
	other.Role = access.Caseworker
	if MayAnswer(other, cast.Lea.ID) {
		t.Error("a colleague of hers answers")
	}
}
