package inboxview

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var main = regexp.MustCompile(`(?s)<main .*</main>`)

const hostile = `"><script>alert(1)</script>`

var (
	sent    = time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	today   = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	monday  = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	tuesday = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	id      = ids.MustParse[timeline.Referral]("4ef30000-0000-4000-8000-000000000001")
	words   = ids.MustParse[messages.Message]("3e550000-0000-4000-8000-000000000001")
)

func line(state referrals.State, answerBy *time.Time) inbox.Line {
	l := inbox.Line{ReferralID: id, Reference: "K7M2QX", Service: access.IncomeSupport, Urgency: referrals.Urgent, AnswerBy: answerBy, State: state, SentAt: sent}
	if state != referrals.Sent {
		l.TakenByName = cast.Noe.Name
	}
	if state == referrals.Declined || state == referrals.Closed {
		l.AnsweredAt, l.ClosedAt = &sent, &sent
	}
	return l
}

func withNews(l inbox.Line) inbox.Line {
	l.OfficeNewsAt = &sent
	return l
}

func opened(state referrals.State, holder cast.Person) inbox.Opened {
	o := inbox.Opened{Today: today, Referral: inbox.Referral{
		Line: line(state, &tuesday), Request: hostile, SentByName: cast.Lea.Name, VisibleUntil: time.Date(2027, 5, 31, 22, 0, 0, 0, time.UTC),
		Slice: disclosure.Slice{Sections: []disclosure.Section{{Class: access.Identity, Facts: []disclosure.Fact{
			{Label: "dossiers.family_name.label", Kind: disclosure.Text, Values: []string{hostile}},
			{Label: "dossiers.nationalities.label", Kind: disclosure.Country, Values: []string{"NG"}},
		}}}},
	}}
	o.Events = []timeline.Entry{{Kind: timeline.ReferralSent, At: sent, ActorName: cast.Lea.Name}}
	if state != referrals.Sent {
		o.TakenBy, o.TakenByName = holder.ID, holder.Name
		o.Events = append(o.Events, timeline.Entry{Kind: timeline.ReferralTaken, At: sent.Add(time.Hour), ActorName: holder.Name})
		o.Line = withNews(o.Line)
		o.Messages = []messages.Message{
			{Kind: messages.Question, FromOffice: true, AuthorName: holder.Name, Body: hostile, SentAt: sent.Add(time.Hour)},
			{Kind: messages.Answer, AuthorName: cast.Lea.Name, Body: "Lausanne.\nDepuis mai.", SentAt: sent.Add(2 * time.Hour)},
		}
	}
	switch state {
	case referrals.Declined:
		o.DeclineReason = referrals.NoCapacity
		o.Events = append(o.Events, timeline.Entry{Kind: timeline.ReferralDeclined, At: sent.Add(3 * time.Hour), ActorName: holder.Name, Detail: "no_capacity"})
	case referrals.Closed:
		o.Outcome = referrals.GotPartly
		o.Events = append(o.Events, timeline.Entry{Kind: timeline.ReferralClosed, At: sent.Add(3 * time.Hour), ActorName: holder.Name, Detail: "partly"})
	}
	return o
}

func problems(field, key string, args ...any) (p fault.Problems) {
	p.Add(field, key, args...)
	return p
}

// TestPages keeps what each page says as a file, and compares.
func TestPages(t *testing.T) {
	t.Parallel()
	empty := Form{MessageID: words}
	for name, page := range map[string]struct {
		lang      i18n.Lang
		component templ.Component
	}{
		"list": {i18n.FR, List(inbox.List{Tab: inbox.TabNew, Today: today, Count: 51, Waiting: 51,
			Lines:    []inbox.Line{line(referrals.Sent, &monday), withNews(line(referrals.Sent, &tuesday)), line(referrals.Sent, nil)},
			Previous: inbox.ParseCursor("0.2026-11-24.1.4ef30000-0000-4000-8000-000000000001"), Next: inbox.ParseCursor("2.infinity.2.4ef30000-0000-4000-8000-000000000001")})},
		"list-in-progress": {i18n.DE, List(inbox.List{Tab: inbox.TabInProgress, Today: today, Count: 2,
			Lines: []inbox.Line{line(referrals.Taken, &monday), line(referrals.Accepted, &monday)}})},
		"list-answered": {i18n.EN, List(inbox.List{Tab: inbox.TabAnswered, Today: today, Count: 2,
			Lines: []inbox.Line{line(referrals.Closed, &monday), line(referrals.Declined, nil)}})},
		"list-empty":        {i18n.IT, List(inbox.List{Tab: inbox.TabNew, Today: today})},
		"referral-new":      {i18n.FR, Referral(opened(referrals.Sent, cast.Noe), empty)},
		"referral-mine":     {i18n.DE, Referral(opened(referrals.Taken, cast.Noe), empty)},
		"referral-theirs":   {i18n.FR, Referral(opened(referrals.Taken, cast.Paul), Form{MessageID: words, Problems: problems("", "inbox.taking.colleague_has_it", "Name", cast.Paul.Name)})},
		"referral-accepted": {i18n.EN, Referral(opened(referrals.Accepted, cast.Noe), Form{MessageID: words, Choice: "question", Body: hostile, Problems: problems("body", "messages.body.too_long", "Max", messages.MaxBody)})},
		"referral-declined": {i18n.IT, Referral(opened(referrals.Declined, cast.Noe), empty)},
		"referral-closed":   {i18n.FR, Referral(opened(referrals.Closed, cast.Noe), empty)},
		"decline":           {i18n.FR, Decline(opened(referrals.Taken, cast.Noe), empty)},
		"decline-again":     {i18n.DE, Decline(opened(referrals.Taken, cast.Noe), Form{MessageID: words, Choice: "other", Body: hostile, Problems: problems("body", "inbox.decline.words_missing")})},
		"paused":            {i18n.FR, Paused("/inbox", false)},
		"paused-kept":       {i18n.DE, Paused("/inbox?parked=x", true)},
		"paused-it":         {i18n.IT, Paused("/inbox", true)},
		"paused-en":         {i18n.EN, Paused("/inbox", true)},
		"outcome":           {i18n.EN, Outcome(opened(referrals.Accepted, cast.Noe), empty)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			noe := cast.Noe.Principal()
			ctx := ui.WithRequest(i18n.With(access.WithPrincipal(context.Background(), noe), page.lang), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/inbox", Version: "1.0",
				Person: &ui.Person{Name: noe.Name, TenantName: noe.TenantName, OfficeName: noe.OfficeName, RoleKey: "access.role.office_member"},
			})
			var whole bytes.Buffer
			if err := page.component.Render(ctx, &whole); err != nil {
				t.Fatal(err)
			}
			// The frame around it has goldens of its own.
			got := append(main.Find(whole.Bytes()), '\n')
			golden := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the page differs from %s; look at the difference, then run with -update", golden)
			}
			if bytes.Contains(got, []byte("<script>alert")) {
				t.Error("what was typed became markup")
			}
			if !bytes.Contains(got, []byte(cast.CSR.Name)) || !bytes.Contains(got, []byte("(VD)")) {
				t.Error("the page does not say for which office and canton one works")
			}
		})
	}
}
