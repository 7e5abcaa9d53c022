package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// Olga works with Noé.
var olga = cast.Person{
	ID: ids.MustParse[tenantdb.Person]("9e050000-0000-4000-8000-0000000000f1"), Name: "Olga Meier", Email: "olga@csr.example",
	Tenant: cast.Vaud, Role: access.OfficeMember, Office: cast.CSR, Connection: cast.Offices,
}

// house is a database with the cast, one dossier in each canton, and the office's service.
type house struct {
	*pgtest.Database
	inbox    *inbox.Service
	dossiers map[*cast.Tenant]uuid.UUID
	consents map[*cast.Office]uuid.UUID
	ring     *keys.Ring
}

func open(t testing.TB) *house {
	t.Helper()
	h := &house{Database: pgtest.New(t), dossiers: map[*cast.Tenant]uuid.UUID{}, consents: map[*cast.Office]uuid.UUID{}}
	pgtest.Cast(t, h.Database)
	h.ring = h.Ring(t)
	h.inbox = inbox.New(h.App, h.ring, time.Now, nil)
	h.Exec(t, `insert into office_members (tenant_id, office_member_id, office_id, name, email, connection_id, expected_subject) values ($1, $2, $3, $4, $5, $6, $5)`,
		cast.Vaud.ID, olga.ID, cast.CSR.ID, olga.Name, olga.Email, cast.Offices.ID)
	for tenant, name := range map[*cast.Tenant]string{cast.Vaud: "Amina", cast.Geneve: "Zora"} {
		h.dossiers[tenant] = uuid.New()
		h.Exec(t, `insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ($1, $2, $3, $4)`,
			tenant.ID, h.dossiers[tenant], name, staff(tenant).ID)
	}
	return h
}

func staff(tenant *cast.Tenant) cast.Person {
	if tenant == cast.Vaud {
		return cast.Lea
	}
	return cast.Claire
}

// refer sends a referral to an office, as the NGO would, and says which.
func (h *house) refer(t testing.TB, to *cast.Office, urgency referrals.Urgency, answerBy string) inbox.ID {
	t.Helper()
	if h.consents[to] == uuid.Nil {
		h.consents[to] = uuid.New()
		h.Exec(t, `insert into consents (tenant_id, consent_id, dossier_id, office_id, purpose, data_classes, valid_from, valid_until, given_how, recorded_by)
			values ($1, $2, $3, $4, 'social', '{identity}', current_date, current_date + 90, 'orally', $5)`,
			to.Tenant.ID, h.consents[to], h.dossiers[to.Tenant], to.ID, staff(to.Tenant).ID)
	}
	id := ids.New[timeline.Referral]()
	ngo := as(t, staff(to.Tenant))
	must(t, h.ring.Create(ngo, referrals.HolderOf(id)))
	box, err := h.ring.Box(ngo, referrals.HolderOf(id))
	must(t, err)
	request, slice, err := referrals.SealContents(box, id, "Please help, "+to.Name, disclosure.Slice{Sections: []disclosure.Section{{
		Class: access.Identity, Facts: []disclosure.Fact{{Label: "x", Kind: disclosure.Text, Values: []string{"canary of " + to.Name}}},
	}}})
	must(t, err)
	h.Exec(t, `insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, urgency, answer_by, request, data_classes, state, slice, created_by, sent_at, sent_by_name, visible_until)
		values ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, '')::date, $10, '{identity}', 'sent', $11, $12, clock_timestamp(), $13, now() + interval '90 days')`,
		to.Tenant.ID, id, id.String()[:8], h.dossiers[to.Tenant], to.ID, h.consents[to], string(to.Kind), string(urgency), answerBy,
		request, slice,
		staff(to.Tenant).ID, staff(to.Tenant).Name)
	return id
}

func as(t testing.TB, person cast.Person) context.Context { return person.Context(t.Context()) }

func words(body string) inbox.Words {
	return inbox.Words{ID: ids.New[messages.Message](), Body: body}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// count asks behind the fences.
func (h *house) count(t testing.TB, question string, arguments ...any) (n int) {
	t.Helper()
	must(t, h.Owner.QueryRow(t.Context(), question, arguments...).Scan(&n))
	return n
}

func TestFromTheInboxToTheOutcome(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.refer(t, cast.CSR, referrals.Urgent, "2026-12-01")
	noe := as(t, cast.Noe)

	list, err := h.inbox.List(noe, inbox.Ask{})
	must(t, err)
	if len(list.Lines) != 1 || list.Lines[0].ReferralID != id || list.Count != 1 || list.Waiting != 1 || list.Tab != inbox.TabNew {
		t.Fatalf("Noé's inbox: %+v", list)
	}
	opened, err := h.inbox.Open(noe, id)
	must(t, err)
	if got := opened.Slice.Sections[0].Facts[0].Values[0]; got != "canary of CSR de Lausanne" {
		t.Errorf("the slice says %q", got)
	}
	if opened.Request != "Please help, CSR de Lausanne" || opened.AnswerBy.Format(time.DateOnly) != "2026-12-01" || opened.SentByName != cast.Lea.Name {
		t.Errorf("opened: %+v", opened.Referral)
	}

	must(t, h.inbox.Take(noe, id, tenantdb.PersonID{}))
	if n := h.count(t, `select count(*) from referrals where news_at is not null`); n != 0 {
		t.Error("that somebody took it is news to the NGO")
	}
	must(t, h.inbox.Write(noe, id, messages.Question, words("Which commune?")))
	must(t, h.inbox.Accept(noe, id))
	list, err = h.inbox.List(noe, inbox.Ask{Tab: inbox.TabInProgress})
	must(t, err)
	if len(list.Lines) != 1 || list.Lines[0].TakenByName != cast.Noe.Name || list.Count != 1 || list.Waiting != 0 {
		t.Errorf("in progress: %+v", list)
	}
	must(t, h.inbox.Close(noe, id, referrals.GotPartly, words("Rent, but no furniture.")))
	must(t, h.inbox.Write(noe, id, messages.Plain, words("She may come again.")))
	opened, err = h.inbox.Open(noe, id)
	must(t, err)
	if opened.State != referrals.Closed || opened.Outcome != referrals.GotPartly || opened.ClosedAt == nil || !opened.HeldBy(cast.Noe.ID) {
		t.Errorf("closed: %+v", opened.Referral)
	}
	var said []string
	for _, m := range opened.Messages {
		said = append(said, string(m.Kind)+": "+m.Body)
		if !m.FromOffice || m.AuthorName != cast.Noe.Name {
			t.Errorf("a message of nobody: %+v", m)
		}
	}
	if got, want := fmt.Sprint(said), "[question: Which commune? answer: Rent, but no furniture. message: She may come again.]"; got != want {
		t.Errorf("messages\n got %s\nwant %s", got, want)
	}
	var happened []string
	for _, e := range opened.Events {
		happened = append(happened, string(e.Kind)+":"+e.Detail)
	}
	if got, want := fmt.Sprint(happened), "[referral_taken: referral_asked:from_office referral_accepted: referral_closed:partly referral_message:from_office]"; got != want {
		t.Errorf("events\n got %s\nwant %s", got, want)
	}
	if n := h.count(t, `select count(*) from referrals where news_at is not null and dossier_id = $1`, h.dossiers[cast.Vaud]); n != 1 {
		t.Error("the NGO was not told")
	}
	list, err = h.inbox.List(noe, inbox.Ask{Tab: inbox.TabAnswered})
	must(t, err)
	if len(list.Lines) != 1 || list.Lines[0].SettledAt() == nil {
		t.Errorf("answered: %+v", list)
	}
}

// acts are everything that can be asked of one referral.
func (h *house) acts() map[string]func(ctx context.Context, id inbox.ID) error {
	return map[string]func(context.Context, inbox.ID) error{
		"open":   func(ctx context.Context, id inbox.ID) error { _, err := h.inbox.Open(ctx, id); return err },
		"take":   func(ctx context.Context, id inbox.ID) error { return h.inbox.Take(ctx, id, tenantdb.PersonID{}) },
		"accept": func(ctx context.Context, id inbox.ID) error { return h.inbox.Accept(ctx, id) },
		"decline": func(ctx context.Context, id inbox.ID) error {
			return h.inbox.Decline(ctx, id, referrals.NoCapacity, words("no"))
		},
		"close": func(ctx context.Context, id inbox.ID) error {
			return h.inbox.Close(ctx, id, referrals.Got, words("done"))
		},
		"ask": func(ctx context.Context, id inbox.ID) error {
			return h.inbox.Write(ctx, id, messages.Question, words("who?"))
		},
		"write": func(ctx context.Context, id inbox.ID) error {
			return h.inbox.Write(ctx, id, messages.Plain, words("well"))
		},
		"acknowledge": func(ctx context.Context, id inbox.ID) error { return h.inbox.Acknowledge(ctx, id, time.Now()) },
	}
}

func (h *house) untouched(t testing.TB) {
	t.Helper()
	if n := h.count(t, `select (select count(*) from messages) + (select count(*) from events) + (select count(*) from referrals where state <> 'sent' or taken_by is not null or news_at is not null)`); n != 0 {
		t.Errorf("%d things changed all the same", n)
	}
}

func TestNobodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.refer(t, cast.CSR, referrals.Normal, "")
	for name, act := range h.acts() {
		for _, person := range []cast.Person{cast.Ines, cast.Mia, cast.JoVaud, cast.Eva, cast.JoGeneve} {
			wants(t, person.Name+": "+name, act(as(t, person), id), fault.NotFound())
		}
		for _, person := range []cast.Person{cast.Lea, cast.Karim, cast.Ruth, cast.Claire} {
			wants(t, person.Name+": "+name, act(as(t, person), id), fault.Refused(""))
		}
		wants(t, "nobody: "+name, act(t.Context(), id), fault.Refused(""))
		wants(t, "what is not there: "+name, act(as(t, cast.Noe), ids.New[timeline.Referral]()), fault.NotFound())
	}
	for _, person := range []cast.Person{cast.Ines, cast.Eva} {
		for _, tab := range inbox.Tabs {
			list, err := h.inbox.List(as(t, person), inbox.Ask{Tab: tab})
			must(t, err)
			if len(list.Lines) != 0 || list.Count != 0 || list.Waiting != 0 {
				t.Errorf("%s has in %s: %+v", person.Name, tab, list)
			}
		}
	}
	_, err := h.inbox.List(as(t, cast.Claire), inbox.Ask{})
	wants(t, "Claire's inbox", err, fault.Refused(""))
	h.untouched(t)
}

// TestNews follows what the NGO writes: it is news to the office until somebody there says that they have read it, or
// answers; what comes in meanwhile stays news, and it is no news to anybody else.
func TestNews(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, quiet := h.refer(t, cast.CSR, referrals.Urgent, ""), h.refer(t, cast.CSR, referrals.Normal, "")
	h.refer(t, cast.ORP, referrals.Normal, "")
	noe, ngo := as(t, cast.Noe), referrals.New(h.App, h.ring, time.Now)
	write := func() {
		t.Helper()
		must(t, ngo.Reply(as(t, cast.Lea), id, referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: "She moved."}))
	}
	// news reads it twice: in the list and on the referral.
	news := func(tab inbox.Tab, want bool) (seen time.Time) {
		t.Helper()
		list, err := h.inbox.List(noe, inbox.Ask{Tab: tab})
		must(t, err)
		for _, line := range list.Lines {
			if line.News() != (want && line.ReferralID == id) {
				t.Errorf("in the list, %s is news: %t", line.Reference, line.News())
			}
		}
		opened, err := h.inbox.Open(noe, id)
		must(t, err)
		if opened.News() != want {
			t.Errorf("the page says news: %t", opened.News())
		}
		if opened.News() {
			return *opened.OfficeNewsAt
		}
		return time.Time{}
	}
	news(inbox.TabNew, false)
	write()
	first := news(inbox.TabNew, true)
	write()
	must(t, h.inbox.Acknowledge(noe, id, first))
	second := news(inbox.TabNew, true)
	must(t, h.inbox.Take(noe, id, tenantdb.PersonID{}))
	news(inbox.TabInProgress, true)
	must(t, h.inbox.Acknowledge(noe, id, second))
	news(inbox.TabInProgress, false)

	write()
	third := news(inbox.TabInProgress, true)
	must(t, h.inbox.Write(noe, id, messages.Plain, words("I have not seen yours.")))
	news(inbox.TabInProgress, true)
	answer := words("Noted.")
	answer.Seen = third
	must(t, h.inbox.Write(noe, id, messages.Plain, answer))
	news(inbox.TabInProgress, false)
	write()
	must(t, h.inbox.Decline(noe, id, referrals.NoCapacity, words("")))
	news(inbox.TabAnswered, true)
	if n := h.count(t, `select count(*) from referrals where office_news_at is not null and referral_id <> $1`, id); n != 0 || quiet == id {
		t.Errorf("it is news about %d others", n)
	}
}

// TestItEnds shows that an office's very next statement finds nothing: no job runs in this test.
func TestItEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]string{
		"revoked":                          `update referrals set state = 'revoked', revoked_at = now(), visible_until = now()`,
		"expired":                          `update referrals set visible_until = now() - interval '1 second'`,
		"revoked by a clock that is ahead": `update referrals set state = 'revoked', revoked_at = now() + interval '1 minute', visible_until = now() + interval '1 minute'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			id := h.refer(t, cast.CSR, referrals.Normal, "")
			_, err := h.inbox.Open(as(t, cast.Noe), id)
			must(t, err)
			h.Exec(t, end)
			for act, do := range h.acts() {
				wants(t, act, do(as(t, cast.Noe), id), fault.NotFound())
			}
			for _, tab := range inbox.Tabs {
				list, err := h.inbox.List(as(t, cast.Noe), inbox.Ask{Tab: tab})
				must(t, err)
				if len(list.Lines) != 0 || list.Count != 0 || list.Waiting != 0 {
					t.Errorf("still in the inbox: %+v", list)
				}
			}
			if n := h.count(t, `select (select count(*) from messages) + (select count(*) from events)`); n != 0 {
				t.Errorf("%d things were written all the same", n)
			}
		})
	}
}

// TestRevokedWhileAnActWaits lets an act queue behind a revocation: it began before, and must not end after it.
func TestRevokedWhileAnActWaits(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.refer(t, cast.CSR, referrals.Normal, "")
	revocation, err := h.Owner.Begin(t.Context())
	must(t, err)
	_, err = revocation.Exec(t.Context(), `select from referrals for update`)
	must(t, err)
	answer := make(chan error)
	go func() { answer <- h.inbox.Accept(as(t, cast.Noe), id) }()
	for h.count(t, `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	_, err = revocation.Exec(t.Context(), `update referrals set state = 'revoked', revoked_at = clock_timestamp(), visible_until = clock_timestamp()`)
	must(t, err)
	must(t, revocation.Commit(t.Context()))
	wants(t, "accept", <-answer, fault.NotFound())
	if n := h.count(t, `select (select count(*) from messages) + (select count(*) from events) + (select count(*) from referrals where state <> 'revoked')`); n != 0 {
		t.Errorf("%d things changed all the same", n)
	}
}

func TestTheSameFormTwice(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, act := range map[string]struct {
		before func(ctx context.Context, id inbox.ID) error
		do     func(ctx context.Context, id inbox.ID, words inbox.Words) error
		kind   timeline.Kind
	}{
		"accept": {nil, func(ctx context.Context, id inbox.ID, _ inbox.Words) error { return h.inbox.Accept(ctx, id) }, timeline.ReferralAccepted},
		"decline": {nil, func(ctx context.Context, id inbox.ID, w inbox.Words) error {
			return h.inbox.Decline(ctx, id, referrals.NotCompetent, w)
		}, timeline.ReferralDeclined},
		"close": {h.acts()["accept"], func(ctx context.Context, id inbox.ID, w inbox.Words) error {
			return h.inbox.Close(ctx, id, referrals.DidNotCome, w)
		}, timeline.ReferralClosed},
		"ask": {nil, func(ctx context.Context, id inbox.ID, w inbox.Words) error {
			return h.inbox.Write(ctx, id, messages.Question, w)
		}, timeline.ReferralAsked},
		"write": {nil, func(ctx context.Context, id inbox.ID, w inbox.Words) error {
			return h.inbox.Write(ctx, id, messages.Plain, w)
		}, timeline.ReferralMessage},
	} {
		t.Run(name, func(t *testing.T) {
			id := h.refer(t, cast.CSR, referrals.Normal, "")
			if act.before != nil {
				must(t, act.before(as(t, cast.Noe), id))
			}
			form := words("once is enough")
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if err := act.do(as(t, cast.Noe), id, form); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := h.count(t, `select count(*) from messages where referral_id = $1 and message_id = $2`, id, form.ID); n != 1 && act.kind != timeline.ReferralAccepted {
				t.Errorf("%d messages", n)
			}
			if n := h.count(t, `select count(*) from events where referral_id = $1 and kind = $2`, id, string(act.kind)); n != 1 {
				t.Errorf("%d events", n)
			}
		})
	}
}

func TestWordsAreNeverLost(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.refer(t, cast.CSR, referrals.Normal, "")
	noe, form := as(t, cast.Noe), words("Try the commune.")
	must(t, h.inbox.Decline(noe, id, referrals.NotCompetent, words("")))
	must(t, h.inbox.Decline(noe, id, referrals.NotCompetent, form))
	form.Body = "No: try the canton."
	wants(t, "other words from the same form", h.inbox.Decline(noe, id, referrals.NotCompetent, form), fault.Conflict(""))
	wants(t, "a message of nothing", h.inbox.Write(noe, id, messages.Plain, words("")), fault.Invalid("", ""))
	opened, err := h.inbox.Open(noe, id)
	must(t, err)
	if len(opened.Messages) != 1 || opened.Messages[0].Body != "Try the commune." {
		t.Errorf("messages: %+v", opened.Messages)
	}
	if len(opened.Events) != 2 || opened.Events[1].Kind != timeline.ReferralMessage || !opened.Events[1].FromOffice() {
		t.Errorf("events: %+v", opened.Events)
	}
}

func TestColleagues(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.refer(t, cast.CSR, referrals.Normal, "")
	errs := make(chan error, 2)
	for _, person := range []cast.Person{cast.Noe, olga} {
		go func() { errs <- h.inbox.Take(as(t, person), id, tenantdb.PersonID{}) }()
	}
	first, second := <-errs, <-errs
	if (first == nil) == (second == nil) {
		t.Fatalf("both wanted it, and were told %v and %v", first, second)
	}
	opened, err := h.inbox.Open(as(t, cast.Noe), id)
	must(t, err)
	holder, other := cast.Noe, olga
	if opened.HeldBy(olga.ID) {
		holder, other = olga, cast.Noe
	}
	wants(t, "the other accepts", h.inbox.Accept(as(t, other), id), fault.Conflict(""))
	must(t, h.inbox.Write(as(t, other), id, messages.Plain, words("My colleague is away until Monday.")))
	must(t, h.inbox.Take(as(t, other), id, holder.ID))
	must(t, h.inbox.Take(as(t, other), id, holder.ID))
	must(t, h.inbox.Accept(as(t, other), id))
	wants(t, "the first closes", h.inbox.Close(as(t, holder), id, referrals.Got, words("")), fault.Conflict(""))
	if n := h.count(t, `select count(*) from events where kind = 'referral_taken'`); n != 2 {
		t.Errorf("it was taken %d times", n)
	}
}

func TestJoSeesEachCantonApart(t *testing.T) {
	t.Parallel()
	h := open(t)
	vaud, geneve := h.refer(t, cast.LegalVaud, referrals.Normal, ""), h.refer(t, cast.LegalGeneve, referrals.Normal, "")
	for _, side := range []struct {
		jo           cast.Person
		own, foreign inbox.ID
	}{{cast.JoVaud, vaud, geneve}, {cast.JoGeneve, geneve, vaud}} {
		list, err := h.inbox.List(as(t, side.jo), inbox.Ask{})
		must(t, err)
		if len(list.Lines) != 1 || list.Lines[0].ReferralID != side.own || list.Waiting != 1 {
			t.Errorf("in %s: %+v", side.jo.Tenant.Name, list)
		}
		for name, act := range h.acts() {
			wants(t, "the other canton's: "+name, act(as(t, side.jo), side.foreign), fault.NotFound())
		}
	}
	h.untouched(t)
}

func TestPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.refer(t, cast.CSR, referrals.Urgent, "2026-12-01")
	h.Exec(t, `insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, urgency, answer_by, state, slice, created_by, sent_at, visible_until, answered_at, closed_at, request)
		select tenant_id, gen_random_uuid(), n::text, dossier_id, office_id, consent_id, service, (array['normal', 'soon', 'urgent'])[1 + n % 3],
			case when n % 4 = 0 then null else date '2026-12-02' + n % 7 end,
			(array['sent', 'sent', 'taken', 'accepted', 'declined', 'closed'])[1 + n % 6], slice, created_by, sent_at + n / 10 * interval '1 second', visible_until,
			case when n % 6 >= 3 then now() + n / 12 * interval '1 second' end, case when n % 6 = 5 then now() + n / 9 * interval '1 second' end, request
		from referrals, generate_series(1, 999) n where referral_id = $1`, first)
	for tab, expected := range map[inbox.Tab]struct {
		order string
		n     int
	}{
		inbox.TabNew:        {`state = 'sent' order by urgency = 'normal', urgency = 'soon', answer_by nulls last, sent_at, referral_id`, 334},
		inbox.TabInProgress: {`state in ('taken', 'accepted') order by urgency = 'normal', urgency = 'soon', answer_by nulls last, sent_at, referral_id`, 334},
		inbox.TabAnswered:   {`state in ('declined', 'closed') order by case state when 'closed' then closed_at else answered_at end desc, referral_id desc`, 332},
	} {
		var want []string
		must(t, h.Owner.QueryRow(t.Context(), `select array_agg(x.reference) from (select reference from referrals where `+expected.order+`) x`).Scan(&want))
		var forward, backward []string
		ask := inbox.Ask{Tab: tab}
		for {
			list, err := h.inbox.List(as(t, cast.Noe), ask)
			must(t, err)
			if list.Count != inbox.MaxCount+1 || list.Waiting != inbox.MaxCount+1 {
				t.Fatalf("%s: counted %d of %d, and %d waiting", tab, list.Count, expected.n, list.Waiting)
			}
			for _, line := range list.Lines {
				forward = append(forward, line.Reference)
			}
			if list.Next.Zero() {
				ask = inbox.Ask{Tab: tab, Before: list.Previous}
				for i := len(list.Lines) - 1; i >= 0; i-- {
					backward = append(backward, list.Lines[i].Reference)
				}
				break
			}
			ask.After = inbox.ParseCursor(list.Next.String())
		}
		for !ask.Before.Zero() {
			list, err := h.inbox.List(as(t, cast.Noe), ask)
			must(t, err)
			if list.Next.Zero() {
				t.Fatalf("%s: there is no way forward from a page reached backwards", tab)
			}
			for i := len(list.Lines) - 1; i >= 0; i-- {
				backward = append(backward, list.Lines[i].Reference)
			}
			ask.Before = list.Previous
		}
		for i, j := 0, len(backward)-1; i < j; i, j = i+1, j-1 {
			backward[i], backward[j] = backward[j], backward[i]
		}
		if fmt.Sprint(forward) != fmt.Sprint(want) {
			t.Errorf("%s forward\n got %v\nwant %v", tab, forward, want)
		}
		if fmt.Sprint(backward) != fmt.Sprint(want) {
			t.Errorf("%s backward\n got %v\nwant %v", tab, backward, want)
		}
	}
}
