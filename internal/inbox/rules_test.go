package inbox

import (
	"errors"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
)

var (
	noe   = cast.Noe.Principal()
	nadia = cast.Ines.Principal() // here a colleague of Noé's
	noon  = time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
)

func in(state referrals.State) *Referral {
	r := &Referral{Line: Line{State: state}}
	if state != referrals.Sent {
		r.TakenBy, r.TakenByName = noe.Person, noe.Name
	}
	return r
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		t.Errorf("the answer is %v, want %v", err, want)
	}
}

var (
	gone    = fault.NotFound()
	refused = fault.Refused("")
	taken   = fault.Conflict("")
	invalid = fault.Invalid("", "")
)

func TestAccept(t *testing.T) {
	t.Parallel()
	for state, want := range map[referrals.State]error{
		referrals.Sent: nil, referrals.Taken: nil, referrals.Accepted: nil,
		referrals.Declined: refused, referrals.Closed: refused, referrals.Revoked: gone, referrals.Draft: gone,
	} {
		r := in(state)
		changed, err := r.Accept(noe, noon)
		wants(t, err, want)
		if changed != (state == referrals.Sent || state == referrals.Taken) {
			t.Errorf("accepting what is %s changed it: %t", state, changed)
		}
		if want == nil && (r.State != referrals.Accepted || !r.HeldBy(noe.Person)) {
			t.Errorf("from %s: %s, held by Noé: %t", state, r.State, r.HeldBy(noe.Person))
		}
	}
	t.Run("not while a colleague has it", func(t *testing.T) {
		r := in(referrals.Taken)
		_, err := r.Accept(nadia, noon)
		wants(t, err, taken)
		if r.State != referrals.Taken || !r.HeldBy(noe.Person) {
			t.Error("it changed all the same")
		}
	})
}

func TestDecline(t *testing.T) {
	t.Parallel()
	for state, want := range map[referrals.State]error{
		referrals.Sent: nil, referrals.Taken: nil, referrals.Accepted: refused,
		referrals.Declined: refused, referrals.Closed: refused, referrals.Revoked: gone,
	} {
		r := in(state)
		_, err := r.Decline(noe, referrals.NoCapacity, false, noon)
		wants(t, err, want)
		if want == nil && (r.State != referrals.Declined || r.DeclineReason != referrals.NoCapacity || r.AnsweredAt == nil || r.TakenByName != noe.Name) {
			t.Errorf("from %s: %+v", state, r)
		}
	}
	t.Run("the same no twice is one", func(t *testing.T) {
		r := in(referrals.Sent)
		if changed, err := r.Decline(noe, referrals.NoCapacity, false, noon); !changed || err != nil {
			t.Fatal(changed, err)
		}
		if changed, err := r.Decline(noe, referrals.NoCapacity, false, noon.Add(time.Hour)); changed || err != nil || !r.AnsweredAt.Equal(noon) {
			t.Error(changed, err, r.AnsweredAt)
		}
		_, err := r.Decline(noe, referrals.NotCompetent, false, noon)
		wants(t, err, refused)
		_, err = r.Decline(nadia, referrals.NoCapacity, false, noon)
		wants(t, err, refused)
	})
	t.Run("says why", func(t *testing.T) {
		for why, explained := range map[referrals.DeclineReason]bool{"": true, "because": true, referrals.OtherReason: false} {
			_, err := in(referrals.Sent).Decline(noe, why, explained, noon)
			wants(t, err, invalid)
		}
		_, err := in(referrals.Sent).Decline(noe, referrals.OtherReason, true, noon)
		wants(t, err, nil)
	})
	t.Run("not while a colleague has it", func(t *testing.T) {
		_, err := in(referrals.Taken).Decline(nadia, referrals.NoCapacity, false, noon)
		wants(t, err, taken)
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	for state, want := range map[referrals.State]error{
		referrals.Sent: refused, referrals.Taken: refused, referrals.Accepted: nil,
		referrals.Declined: refused, referrals.Closed: refused, referrals.Revoked: gone,
	} {
		r := in(state)
		_, err := r.Close(noe, referrals.Got, false, noon)
		wants(t, err, want)
		if want == nil && (r.State != referrals.Closed || r.Outcome != referrals.Got || r.ClosedAt == nil) {
			t.Errorf("from %s: %+v", state, r)
		}
	}
	t.Run("the same outcome twice is one, another is not", func(t *testing.T) {
		r := in(referrals.Accepted)
		_, _ = r.Close(noe, referrals.GotPartly, false, noon)
		if changed, err := r.Close(noe, referrals.GotPartly, false, noon); changed || err != nil {
			t.Error(changed, err)
		}
		_, err := r.Close(noe, referrals.Got, false, noon)
		wants(t, err, refused)
	})
	t.Run("says what came of it", func(t *testing.T) {
		for outcome, explained := range map[referrals.Outcome]bool{"": true, "fine": true, referrals.OtherOutcome: false} {
			_, err := in(referrals.Accepted).Close(noe, outcome, explained, noon)
			wants(t, err, invalid)
		}
	})
	t.Run("not while a colleague has it", func(t *testing.T) {
		_, err := in(referrals.Accepted).Close(nadia, referrals.Got, false, noon)
		wants(t, err, taken)
	})
}

func TestTake(t *testing.T) {
	t.Parallel()
	nobody := in(referrals.Sent).TakenBy
	t.Run("what is new", func(t *testing.T) {
		r := in(referrals.Sent)
		if changed, err := r.Take(noe, nobody, noon); !changed || err != nil || r.State != referrals.Taken || !r.HeldBy(noe.Person) {
			t.Error(changed, err, r.State)
		}
		if changed, err := r.Take(noe, nobody, noon); changed || err != nil {
			t.Error("twice:", changed, err)
		}
	})
	t.Run("over from a colleague, knowingly", func(t *testing.T) {
		r := in(referrals.Accepted)
		_, err := r.Take(nadia, nobody, noon)
		wants(t, err, taken)
		if !r.HeldBy(noe.Person) {
			t.Fatal("taken from Noé unseen")
		}
		if changed, err := r.Take(nadia, noe.Person, noon); !changed || err != nil || !r.HeldBy(nadia.Person) || r.State != referrals.Accepted {
			t.Error(changed, err, r.State)
		}
	})
	t.Run("not what is settled or gone", func(t *testing.T) {
		for state, want := range map[referrals.State]error{referrals.Declined: refused, referrals.Closed: refused, referrals.Revoked: gone} {
			_, err := in(state).Take(nadia, noe.Person, noon)
			wants(t, err, want)
		}
	})
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for state, want := range map[referrals.State][2]error{
		referrals.Sent: {nil, nil}, referrals.Taken: {nil, nil}, referrals.Accepted: {nil, nil},
		referrals.Declined: {nil, refused}, referrals.Closed: {nil, refused}, referrals.Revoked: {gone, gone},
	} {
		wants(t, in(state).Write(messages.Plain), want[0])
		wants(t, in(state).Write(messages.Question), want[1])
		wants(t, in(state).Write("shout"), invalid)
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	news := noon
	for name, c := range map[string]struct {
		seen time.Time
		left bool
	}{
		"what the page showed":           {noon, false},
		"a page opened later":            {noon.Add(time.Minute), false},
		"a page from before":             {noon.Add(-time.Microsecond), true},
		"a form that says nothing of it": {time.Time{}, true},
	} {
		r := in(referrals.Taken)
		r.OfficeNewsAt = &news
		if r.Acknowledge(c.seen); r.News() != c.left {
			t.Errorf("%s: still news is %t", name, r.News())
		}
	}
	r := in(referrals.Taken)
	if r.Acknowledge(noon); r.News() {
		t.Error("nothing was written, and it is news")
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	on := func(days int) *time.Time { day := today.AddDate(0, 0, days); return &day }
	for _, c := range []struct {
		state referrals.State
		by    *time.Time
		want  Due
	}{
		{referrals.Sent, nil, ""}, {referrals.Sent, on(-1), Overdue}, {referrals.Taken, on(-1), Overdue}, {referrals.Sent, on(0), DueSoon},
		{referrals.Sent, on(3), DueSoon}, {referrals.Sent, on(4), ""}, {referrals.Accepted, on(-1), ""}, {referrals.Declined, on(-1), ""},
	} {
		if got := (Line{State: c.state, AnswerBy: c.by}).Due(today); got != c.want {
			t.Errorf("%s by %v is %q, want %q", c.state, c.by, got, c.want)
		}
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, line := range []Line{
		{ReferralID: ids.New[timeline.Referral](), Urgency: referrals.Urgent, AnswerBy: &day, State: referrals.Sent, SentAt: noon},
		{ReferralID: ids.New[timeline.Referral](), Urgency: referrals.Normal, State: referrals.Taken, SentAt: noon.Add(time.Microsecond)},
	} {
		c := place(TabNew, line)
		if back := ParseCursor(c.String()); back != c {
			t.Errorf("%v became %v", c, back)
		}
	}
	id := ids.New[timeline.Referral]().String()
	for _, nonsense := range []string{
		"", "x", "0.2026-11-30.1", "9.2026-11-30.1." + id, "0.30.11.2026.1." + id, "0.2026-11-30.x." + id, "0.2026-11-30.-1." + id,
		"0.2026-11-30.9223372036854775807." + id, "0.2026-11-30.1.nobody", "0.'; drop table referrals.1." + id, "0.infinity.1." + id + "x",
	} {
		if c := ParseCursor(nonsense); !c.Zero() {
			t.Errorf("%q is %v", nonsense, c)
		}
	}
}
