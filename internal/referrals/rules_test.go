package referrals

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

var noon = time.Date(2026, time.November, 24, 11, 0, 0, 0, time.UTC)

func day(offset int) *time.Time {
	day := time.Date(2026, time.November, 24+offset, 0, 0, 0, 0, time.UTC)
	return &day
}

// A placement office, a consent for it, and a draft that may be sent.
func ready() (*Referral, offices.Office, consents.Consent) {
	orp := offices.Office{OfficeID: ids.New[tenantdb.Office](), Name: "ORP", Kind: access.JobPlacement}
	consent := consents.Consent{
		ConsentID: ids.New[consents.Consent](), OfficeID: orp.OfficeID, Purpose: access.JobPlacement,
		DataClasses: []access.DataClass{access.Identity, access.Skills}, ValidFrom: *day(-1), ValidUntil: *day(30),
	}
	r := &Referral{
		Line:    Line{OfficeID: orp.OfficeID, OfficeKind: orp.Kind, Service: access.JobPlacement, Urgency: Normal, State: Draft},
		Request: "Cherche un stage en cuisine.", DataClasses: []access.DataClass{access.Identity, access.Skills}, Version: 1,
	}
	return r, orp, consent
}

func sliceOf(classes ...access.DataClass) Slice {
	var slice Slice
	for _, class := range classes {
		slice.Sections = append(slice.Sections, disclosure.Section{Class: class})
	}
	return slice
}

func problemKeys(err error) []string {
	problems, _ := fault.Correctable(err)
	var found []string
	for _, problem := range problems {
		found = append(found, problem.Key)
	}
	return found
}

func TestSend(t *testing.T) {
	t.Parallel()
	r, orp, consent := ready()
	if err := r.Send("Léa Morel", noon, orp, []consents.Consent{consent}, sliceOf(r.DataClasses...)); err != nil {
		t.Fatal(err)
	}
	if r.State != Sent || r.ConsentID != consent.ConsentID || r.SentByName != "Léa Morel" || !r.SentAt.Equal(noon) || r.Slice == nil {
		t.Errorf("sent as %+v", r)
	}
	if want := time.Date(2026, time.December, 25, 0, 0, 0, 0, i18n.Zone); !r.VisibleUntil.Equal(want) {
		t.Errorf("visible until %s, want the end of the consent's last day in Zurich, %s", r.VisibleUntil, want)
	}
	if got := problemKeys(r.Send("Léa Morel", noon, orp, []consents.Consent{consent}, sliceOf(r.DataClasses...))); !slices.Equal(got, []string{"referrals.draft.sent_already"}) {
		t.Errorf("sent a second time: %v", got)
	}
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	type facts struct {
		referral *Referral
		office   *offices.Office
		consent  *consents.Consent
		given    *[]consents.Consent
	}
	for name, c := range map[string]struct {
		change func(facts)
		want   string
	}{
		"a request that says nothing":    {func(f facts) { f.referral.Request = " \n" }, "referrals.sending.says_nothing"},
		"an answer wanted yesterday":     {func(f facts) { f.referral.AnswerBy = day(-1) }, "referrals.answer_by.past"},
		"a closed office":                {func(f facts) { f.office.ClosedAt = &noon }, "referrals.sending.office_closed"},
		"no consent":                     {func(f facts) { *f.given = nil }, "referrals.sending.no_consent"},
		"a consent for another office":   {func(f facts) { f.consent.OfficeID = ids.New[tenantdb.Office]() }, "referrals.sending.no_consent"},
		"a consent for something else":   {func(f facts) { f.consent.Purpose = access.Training }, "referrals.sending.no_consent"},
		"a consent for less":             {func(f facts) { f.consent.DataClasses = f.consent.DataClasses[:1] }, "referrals.sending.no_consent"},
		"a consent that is over":         {func(f facts) { f.consent.ValidUntil = *day(-1) }, "referrals.sending.consent_ended"},
		"a consent that was withdrawn":   {func(f facts) { f.consent.WithdrawnAt = &noon }, "referrals.sending.consent_ended"},
		"a consent that is for tomorrow": {func(f facts) { f.consent.ValidFrom = *day(1) }, "referrals.sending.consent_not_begun"},
		"health to a placement office, even with consent": {func(f facts) {
			f.referral.DataClasses = []access.DataClass{access.Health}
			f.consent.DataClasses = []access.DataClass{access.Health}
		}, "referrals.sending.above_ceiling"},
		"two consents that would only do together": {func(f facts) {
			second := *f.consent
			second.DataClasses, f.consent.DataClasses = []access.DataClass{access.Skills}, []access.DataClass{access.Identity}
			*f.given = append(*f.given, second)
		}, "referrals.sending.no_consent"},
	} {
		r, office, consent := ready()
		given := append(make([]consents.Consent, 0, 2), consent)
		c.change(facts{r, &office, &given[0], &given})
		got := problemKeys(r.Send("Léa", noon, office, given, sliceOf(r.DataClasses...)))
		if !slices.Equal(got, []string{c.want}) || r.State != Draft || r.SentAt != nil {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestSendChecksTheSlice: whatever cut the slice, no class goes along that was not decided on.
func TestSendChecksTheSlice(t *testing.T) {
	t.Parallel()
	for _, slice := range []Slice{sliceOf(), sliceOf(access.Identity), sliceOf(access.Identity, access.Skills, access.Health)} {
		r, orp, consent := ready()
		if err := r.Send("Léa", noon, orp, []consents.Consent{consent}, slice); err == nil || r.State != Draft {
			t.Errorf("sent with %v instead of %v", slice.Classes(), r.DataClasses)
		}
	}
}

// TestSendRestsOnTheLongest: of several consents that cover everything, access ends with the last one.
func TestSendRestsOnTheLongest(t *testing.T) {
	t.Parallel()
	r, orp, short := ready()
	long, withdrawn := short, short
	long.ConsentID, long.ValidUntil = ids.New[consents.Consent](), *day(60)
	withdrawn.ValidUntil, withdrawn.WithdrawnAt = *day(90), &noon
	if err := r.Send("Léa", noon, orp, []consents.Consent{withdrawn, short, long}, sliceOf(r.DataClasses...)); err != nil || r.ConsentID != long.ConsentID {
		t.Errorf("rests on %v, %v", r.ConsentID, err)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	r, orp, consent := ready()
	given := []consents.Consent{consent}
	good := Contents{Service: access.JobPlacement, Urgency: Urgent, AnswerBy: day(7), DataClasses: []access.DataClass{access.Skills, access.Identity, access.Skills}}
	if err := r.Write(good, orp, given, nil, noon); err != nil {
		t.Fatal(err)
	}
	if r.Version != 2 || r.Urgency != Urgent || !slices.Equal(r.DataClasses, []access.DataClass{access.Identity, access.Skills}) {
		t.Errorf("written as %+v", r)
	}
	for name, c := range map[string]struct {
		change func(*Contents)
		want   string
	}{
		"no service":             {func(c *Contents) { c.Service, c.DataClasses = "", nil }, "referrals.service.missing"},
		"no urgency":             {func(c *Contents) { c.Urgency = "" }, "referrals.urgency.missing"},
		"an answer yesterday":    {func(c *Contents) { c.AnswerBy = day(-1) }, "referrals.answer_by.past"},
		"an answer in two years": {func(c *Contents) { c.AnswerBy = day(700) }, "referrals.answer_by.far_away"},
		"another service":        {func(c *Contents) { c.Service = access.Training }, "referrals.sending.no_consent"},
		"a class without":        {func(c *Contents) { c.DataClasses = []access.DataClass{access.Permit} }, "referrals.sending.no_consent"},
		"a class above":          {func(c *Contents) { c.DataClasses = []access.DataClass{access.Health} }, "referrals.sending.above_ceiling"},
	} {
		contents := good
		c.change(&contents)
		before := *r
		if got := problemKeys(r.Write(contents, orp, given, nil, noon)); !slices.Equal(got, []string{c.want}) || r.Version != before.Version {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	contents := good
	contents.DataClasses = access.DataClasses
	if got := contents.Permitted(orp, given, nil, noon).DataClasses; !slices.Equal(got, []access.DataClass{access.Identity, access.Skills}) {
		t.Errorf("permitted: %v", got)
	}
	sent := &Referral{Line: Line{State: Sent}}
	if got := problemKeys(sent.Write(good, orp, given, nil, noon)); !slices.Equal(got, []string{"referrals.draft.sent_already"}) {
		t.Errorf("written after sending: %v", got)
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	until := noon.AddDate(0, 1, 0)
	for state, want := range map[State]State{Sent: Revoked, Taken: Revoked, Accepted: Revoked, Declined: Declined, Closed: Closed} {
		r := &Referral{Line: Line{State: state, SentAt: &noon, VisibleUntil: &until}}
		if err := r.Revoke(noon); err != nil || r.State != want || r.VisibleAt(noon) {
			t.Errorf("%s, revoked: %v, %s, still visible: %v", state, err, r.State, r.VisibleAt(noon))
		}
		if problemKeys(r.Revoke(noon)) == nil {
			t.Errorf("%s was revoked twice", state)
		}
	}
	if draft := (&Referral{Line: Line{State: Draft}}); problemKeys(draft.Revoke(noon)) == nil {
		t.Error("a draft was revoked")
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	first, second := noon, noon.Add(time.Minute)
	r := &Referral{Line: Line{NewsAt: &first}}
	r.Acknowledge(time.Time{})
	if !r.News() {
		t.Error("acknowledged without having seen anything")
	}
	r.NewsAt = &second
	r.Acknowledge(first)
	if !r.News() {
		t.Error("what came in after the page was opened is no news any more")
	}
	r.Acknowledge(second.AddDate(1, 0, 0))
	if r.News() || !r.AcknowledgedAt.Equal(second) {
		t.Errorf("acknowledged until %v", r.AcknowledgedAt)
	}
	r.Acknowledge(first)
	if r.News() {
		t.Error("an acknowledgement was taken back")
	}
}

func TestWorkPutsEachReferralInOneList(t *testing.T) {
	t.Parallel()
	yesterday, tomorrow := day(-1), day(1)
	waiting := []Line{
		{Reference: "late", State: Sent, AnswerBy: yesterday},
		{Reference: "today", State: Taken, AnswerBy: day(0)},
		{Reference: "asked", State: Taken, AnswerBy: yesterday, NewsAt: &noon},
		{Reference: "some day", State: Sent},
		{Reference: "soon", State: Sent, AnswerBy: tomorrow},
	}
	work := arrange([]Line{waiting[2]}, waiting, nil, noon)
	got := func(lines []Line) string {
		var names []string
		for _, line := range lines {
			names = append(names, line.Reference)
		}
		return strings.Join(names, ", ")
	}
	if got(work.Overdue) != "late" || got(work.Unanswered) != "today, some day, soon" || got(work.News) != "asked" || work.More || work.Empty() {
		t.Errorf("news %s; overdue %s; unanswered %s", got(work.News), got(work.Overdue), got(work.Unanswered))
	}
	if work := arrange(make([]Line, maxWork+1), nil, nil, noon); !work.More || len(work.News) != maxWork {
		t.Errorf("%d of many, more: %v", len(work.News), work.More)
	}
	// Just before midnight in Zurich it is still the day on which the answer is wanted.
	line := Line{State: Sent, AnswerBy: day(0)}
	if line.OverdueAt(time.Date(2026, time.November, 24, 22, 59, 0, 0, time.UTC)) || !line.OverdueAt(time.Date(2026, time.November, 24, 23, 0, 0, 0, time.UTC)) {
		t.Error("overdue does not begin with the day after, in Zurich")
	}
}

func TestWritable(t *testing.T) {
	t.Parallel()
	until := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		line Line
		want bool
	}{
		"a draft":             {Line{State: Draft}, false},
		"what the office has": {Line{State: Taken, SentAt: &noon, VisibleUntil: &until}, true},
		"what it answered":    {Line{State: Closed, SentAt: &noon, VisibleUntil: &until}, true},
		"what expired":        {Line{State: Taken, SentAt: &noon, VisibleUntil: &noon}, false},
		"what was revoked":    {Line{State: Revoked, SentAt: &noon, VisibleUntil: &until, RevokedAt: &noon}, false},
	} {
		if err := c.line.Writable(noon); (err == nil) != c.want || err != nil && !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		reference := newReference()
		if len(reference) != referenceLength || strings.Trim(reference, referenceLetters) != "" || strings.ContainsAny(reference, "0O1ILSBUAE") {
			t.Fatalf("%q", reference)
		}
		seen[reference] = true
	}
	if len(seen) < 990 {
		t.Errorf("%d different ones of 1000", len(seen))
	}
}
