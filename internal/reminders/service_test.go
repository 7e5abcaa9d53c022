package reminders

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/mail"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// house is both cantons, with the clock in the test's hands. Days are counted from the database's today, by which jobs are
// planned.
type house struct {
	*Service
	*Clock
	t        *testing.T
	db       *pgtest.Database
	ring     *keys.Ring
	dossiers *dossiers.Service
	clock    time.Time
	post     *outbox
}

func start(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{t: t, db: db, ring: db.Ring(t), clock: time.Now(), post: &outbox{}}
	now := func() time.Time { return h.clock }
	h.dossiers = dossiers.New(db.App, h.ring, now)
	h.Service = New(db.App, referrals.New(db.App, h.ring, now), now, true)
	h.Clock = NewClock(db.App, now, h.post, "https://passerelle.example")
	return h
}

// day is so many days from now on.
func (h *house) day(ahead int) time.Time { return forms.Today(h.clock).AddDate(0, 0, ahead) }

// opened is a dossier of somebody's.
func (h *house) opened(who cast.Person, name dossiers.CodeName) dossiers.ID {
	h.t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := h.dossiers.Open(who.Context(h.t.Context()), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: who.ID}); err != nil {
		h.t.Fatal(err)
	}
	return id
}

// report is a capability that reports what it knows of a dossier.
func (h *house) report(who cast.Person, dossier dossiers.ID, source agenda.Source, facts ...deadlines.Fact) error {
	return h.db.App.Write(who.Context(h.t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, h.ring, dossier)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, dossier, source, facts, h.clock)
	})
}

// until says that a reflection period ends on a day: reminders come 14, 7, 3 days and a day before.
func (h *house) until(who cast.Person, dossier dossiers.ID, end time.Time) {
	h.t.Helper()
	if err := h.report(who, dossier, "reflection", deadlines.Fact{Trigger: deadlines.ReflectionUntil, On: end}); err != nil {
		h.t.Fatal(err)
	}
}

// planned are the days for which reminders of a dossier are in the queue.
func (h *house) planned(dossier dossiers.ID) (days []string) {
	h.t.Helper()
	rows, err := h.db.Owner.Query(h.t.Context(), "select args->>'on' from jobs.river_job where kind = 'warning' and args->>'dossier' = $1 order by 1", dossier)
	if err != nil {
		h.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var day string
		if err := rows.Scan(&day); err != nil {
			h.t.Fatal(err)
		}
		days = append(days, day)
	}
	return days
}

// remind does the job of a day, as the queue would.
func (h *house) remind(dossier dossiers.ID, day time.Time) {
	h.t.Helper()
	job := agenda.Warning{Tenant: cast.Vaud.ID, Dossier: dossiers.TimelineID(dossier), On: day.Format(time.DateOnly)}
	if err := h.Remind(h.t.Context(), job); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) work(who cast.Person) Work {
	h.t.Helper()
	work, err := h.Work(who.Context(h.t.Context()))
	if err != nil {
		h.t.Fatal(err)
	}
	return work
}

func (h *house) count(query string, arguments ...any) (n int) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), query, arguments...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// outbox is the post of the tests.
type outbox struct {
	sent []mail.Message
	err  error
}

func (o *outbox) Send(_ context.Context, message mail.Message) error {
	if o.err != nil {
		return o.err
	}
	o.sent = append(o.sent, message)
	return nil
}

func names(due []Due) (names []string) {
	for _, d := range due {
		names = append(names, string(d.CodeName)+" "+string(d.Rule))
	}
	return names
}

func TestReminders(t *testing.T) {
	t.Parallel()
	h := start(t)
	amina := h.opened(cast.Lea, "Lomidak")
	h.until(cast.Lea, amina, h.day(20))

	t.Run("are planned for each day that the rule names, with the change", func(t *testing.T) {
		var want []string
		for _, ahead := range []int{6, 13, 17, 19} {
			want = append(want, h.day(ahead).Format(time.DateOnly))
		}
		// Of the same period the migration office is to be told something, 14 days before which is reminded as well.
		for _, day := range want {
			if got := h.planned(amina); !slices.Contains(got, day) {
				t.Errorf("nothing is planned for %s: %v", day, got)
			}
		}
		if n := h.count("select count(*) from jobs.river_job where args::text ~ 'reflection' or kind !~ '^(warning|summary)$'"); n > 0 {
			t.Errorf("%d jobs say of what they remind", n)
		}
	})
	t.Run("and not at all where the change fails", func(t *testing.T) {
		before := h.planned(amina)
		failed := errors.New("it fails")
		err := h.db.App.Write(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
			_, box, err := dossiers.Hold(ctx, tx, h.ring, amina)
			if err != nil {
				return err
			}
			if err := dossiers.Report(ctx, tx, box, amina, "stays", []deadlines.Fact{{Trigger: deadlines.StayValidUntil, On: h.day(300)}}, time.Now()); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		if after := h.planned(amina); !slices.Equal(before, after) {
			t.Errorf("planned without the change: %v, %v", before, after)
		}
	})
	t.Run("a change that is made twice plans once", func(t *testing.T) {
		before := h.planned(amina)
		h.until(cast.Lea, amina, h.day(20))
		if after := h.planned(amina); !slices.Equal(before, after) {
			t.Errorf("%v, %v", before, after)
		}
	})
	t.Run("on the day whoever is responsible is reminded, and nobody else", func(t *testing.T) {
		h.remind(amina, h.day(13))
		work := h.work(cast.Lea)
		if len(work.Reminders) != 1 || work.Reminders[0].CodeName != "Lomidak" || work.Reminders[0].Rule != "reflection_end" {
			t.Errorf("Léa is reminded of %v", work.Reminders)
		}
		for _, other := range []cast.Person{cast.Karim, cast.Claire} {
			if work := h.work(other); len(work.Reminders) > 0 {
				t.Errorf("%s is reminded of %v", other.Name, work.Reminders)
			}
		}
	})
	t.Run("a job that is done twice reminds once", func(t *testing.T) {
		h.remind(amina, h.day(13))
		if n := h.count("select count(*) from reminders"); n != 1 {
			t.Errorf("%d reminders", n)
		}
	})
	t.Run("several of one date are one line, and seen together", func(t *testing.T) {
		h.remind(amina, h.day(17))
		work := h.work(cast.Lea)
		if len(work.Reminders) != 1 {
			t.Fatalf("%v", work.Reminders)
		}
		if err := h.Acknowledge(cast.Lea.Context(t.Context()), work.Reminders[0].ReminderID); err != nil {
			t.Fatal(err)
		}
		if work := h.work(cast.Lea); len(work.Reminders) > 0 {
			t.Errorf("seen, and shown still: %v", work.Reminders)
		}
		if err := h.Acknowledge(cast.Lea.Context(t.Context()), work.Reminders[0].ReminderID); err != nil {
			t.Errorf("seen twice: %v", err)
		}
	})
	t.Run("the next day reminds anew", func(t *testing.T) {
		h.remind(amina, h.day(19))
		if work := h.work(cast.Lea); len(work.Reminders) != 1 {
			t.Errorf("%v", work.Reminders)
		}
	})
	t.Run("only of what still holds", func(t *testing.T) {
		n := h.count("select count(*) from reminders")
		h.until(cast.Lea, amina, h.day(50))
		if work := h.work(cast.Lea); len(work.Reminders) > 0 {
			t.Errorf("the date has moved, and is shown still: %v", work.Reminders)
		}
		h.remind(amina, h.day(13))
		if after := h.count("select count(*) from reminders"); after != n {
			t.Error("reminded of a date that no longer holds")
		}
		if !slices.Contains(h.planned(amina), h.day(43).Format(time.DateOnly)) {
			t.Error("the new date is not planned for")
		}
	})
	t.Run("of what is settled nobody is reminded", func(t *testing.T) {
		n := h.count("select count(*) from reminders")
		if err := h.report(cast.Lea, amina, "reflection", deadlines.Fact{Trigger: deadlines.ReflectionUntil, On: h.day(50)}, deadlines.Fact{Trigger: deadlines.ReflectionEnded, On: h.day(0)}); err != nil {
			t.Fatal(err)
		}
		h.remind(amina, h.day(43))
		if after := h.count("select count(*) from reminders"); after != n {
			t.Error("reminded of what is settled")
		}
	})
	t.Run("they follow the dossier when somebody else becomes responsible", func(t *testing.T) {
		h.until(cast.Lea, amina, h.day(30))
		h.remind(amina, h.day(23))
		file, err := h.dossiers.Find(cast.Lea.Context(t.Context()), amina)
		if err != nil {
			t.Fatal(err)
		}
		p := file.Particulars()
		p.ResponsibleID = cast.Karim.ID
		if _, err := h.dossiers.Edit(cast.Lea.Context(t.Context()), amina, file.Version, p); err != nil {
			t.Fatal(err)
		}
		if len(h.work(cast.Lea).Reminders) != 0 || len(h.work(cast.Karim).Reminders) != 1 {
			t.Errorf("Léa has %v, Karim %v", h.work(cast.Lea).Reminders, h.work(cast.Karim).Reminders)
		}
	})
	t.Run("nobody else says that it is seen", func(t *testing.T) {
		id := h.work(cast.Karim).Reminders[0].ReminderID
		for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
			if err := h.Acknowledge(stranger.Context(t.Context()), id); !errors.Is(err, fault.NotFound()) {
				t.Errorf("%s: %v", stranger.Name, err)
			}
		}
		for _, stranger := range []cast.Person{cast.Ruth, cast.Noe, cast.Eva} {
			if err := h.Acknowledge(stranger.Context(t.Context()), id); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s: %v", stranger.Name, err)
			}
		}
		forged := cast.Noe.Principal()
		forged.Role = access.Caseworker
		if err := h.Acknowledge(access.WithPrincipal(t.Context(), forged), id); err == nil {
			t.Error("an office member who calls himself a caseworker got through")
		}
	})
	t.Run("they go with the dossier", func(t *testing.T) {
		h.db.Exec(t, "delete from dossiers where dossier_id = $1", amina)
		if n := h.count("select count(*) from reminders"); n != 0 {
			t.Errorf("%d reminders of a dossier that is no more", n)
		}
		h.remind(amina, h.day(29)) // its jobs find nothing
	})
}

// TestABirthdayIsNotToldByItsReminders: what follows from a date of birth is known to lists by its month, and the days of
// reminders are counted from that, so that nobody counts back.
func TestABirthdayIsNotToldByItsReminders(t *testing.T) {
	t.Parallel()
	h := start(t)
	// A minor's claim to compensation can be made for some years after the coming of age.
	born := time.Date(h.clock.Year()-20, time.March, 14, 0, 0, 0, 0, time.UTC)
	id := ids.New[dossiers.Dossier]()
	if err := h.dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Beludok", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{BirthDate: &born}}); err != nil {
		t.Fatal(err)
	}
	if err := h.report(cast.Lea, id, "proceedings", deadlines.Fact{Trigger: deadlines.Offence, On: born.AddDate(15, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	if n := h.count("select count(*) from deadlines where to_the_month and presses and cardinality(warn_on) > 0"); n == 0 {
		t.Fatal("there is nothing to remind of")
	}
	if n := h.count("select count(*) from deadlines, unnest(warn_on) as warned where to_the_month and (due_on - warned) not in (366, 365, 180, 90, 60, 30, 14, 7, 3, 1)"); n > 0 {
		t.Errorf("%d days of reminders are not counted from the first of the month", n)
	}
}

// In a closed dossier nothing waits, whatever was known of it: neither on my work, nor in a summary, nor as a date that is missing.
func TestAClosedDossierWaitsForNobody(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.until(cast.Lea, h.opened(cast.Lea, "Lomidak"), h.day(-4))
	h.opened(cast.Claire, "Fenulat")
	weekly := func() (told bool) {
		t.Helper()
		h.db.Exec(t, "delete from digests")
		if err := h.Summarise(t.Context(), Summary{h.day(0).Format(time.DateOnly)}); err != nil {
			t.Fatal(err)
		}
		return h.count("select count(*) from digests where kind = 'weekly' and member_id = $1", cast.Marc.ID) > 0
	}
	overdue := func() int {
		t.Helper()
		work, err := h.Work(cast.Lea.Context(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		return len(work.Overdue)
	}
	if !weekly() || overdue() == 0 {
		t.Fatal("of open dossiers nobody is told")
	}
	h.db.Exec(t, "update dossiers set phase = 'closed', closed_at = now()")
	if weekly() || overdue() > 0 {
		t.Error("closed dossiers wait for somebody")
	}
}

// An agreement of which the end presses waits for those who coordinate that canton, and for nobody else.
func TestAnAgreementThatEnds(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.db.Exec(t, "insert into agreements (tenant_id, agreement_id, office_id, subject, valid_from, valid_until, remind_days, changed_at, changed_by) values ($1, gen_random_uuid(), $2, 'Orientation', $3, $4, 60, now(), $5)",
		cast.Vaud.ID, cast.CSR.ID, h.day(-300), h.day(30), cast.Karim.ID)
	if err := h.Summarise(t.Context(), Summary{h.day(0).Format(time.DateOnly)}); err != nil {
		t.Fatal(err)
	}
	told := func(who cast.Person) bool {
		return h.count("select count(*) from digests where kind = 'weekly' and member_id = $1", who.ID) > 0
	}
	if !told(cast.Karim) || told(cast.Marc) || told(cast.Lea) || told(cast.Anna) {
		t.Errorf("told are Karim %v, Marc %v, Léa %v, Anna %v", told(cast.Karim), told(cast.Marc), told(cast.Lea), told(cast.Anna))
	}
	team, err := h.Team(cast.Karim.Context(t.Context()))
	if err != nil || len(team.Agreements) != 1 || team.Agreements[0].OfficeName != cast.CSR.Name {
		t.Errorf("%+v: %v", team.Agreements, err)
	}
	if theirs, err := h.Team(cast.Marc.Context(t.Context())); err != nil || len(theirs.Agreements) != 0 {
		t.Errorf("Genève is shown %+v: %v", theirs.Agreements, err)
	}
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.until(cast.Lea, h.opened(cast.Lea, "Lomidak"), h.day(3))
	h.opened(cast.Claire, "Fenulat")
	if err := h.Speak(cast.Lea.Context(t.Context()), i18n.DE); err != nil {
		t.Fatal(err)
	}
	morning := func() {
		t.Helper()
		if err := h.Summarise(t.Context(), Summary{h.day(0).Format(time.DateOnly)}); err != nil {
			t.Fatal(err)
		}
	}
	letters := func() (jobs []Letter) {
		t.Helper()
		rows, err := h.db.Owner.Query(t.Context(), "select tenant_id, digest_id from digests order by kind, member_id")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var job Letter
			if err := rows.Scan(&job.Tenant, &job.Digest); err != nil {
				t.Fatal(err)
			}
			jobs = append(jobs, job)
		}
		return jobs
	}
	morning()
	// Léa has something to do, some of it overdue, which Karim is told of; Marc, who coordinates Genève, finds a dossier of which
	// no date is known.
	if n := h.count("select count(*) from digests where kind = 'daily' and member_id = $1", cast.Lea.ID); n != 1 || len(letters()) != 3 {
		t.Fatalf("%d for Léa, %d in all", n, len(letters()))
	}
	if n := h.count("select count(*) from digests where kind = 'weekly' and member_id = $1 and extract(isodow from day) = 1", cast.Marc.ID); n != 1 {
		t.Errorf("%d for Marc", n)
	}
	t.Run("a morning that is done again tells nobody twice", func(t *testing.T) {
		morning()
		if n := h.count("select count(*) from jobs.river_job where kind = 'letter'"); n != 3 {
			t.Errorf("%d letters are planned", n)
		}
	})
	lea := letters()[0]
	t.Run("where it has certainly not gone, it is tried again", func(t *testing.T) {
		h.post.err = errors.New("refused")
		if err := h.Send(t.Context(), lea); err == nil {
			t.Error("nobody hears of it")
		}
		h.post.err = nil
	})
	t.Run("the e-mail says that something waits, and nothing else", func(t *testing.T) {
		for _, job := range letters() {
			for range 2 { // done twice, it goes once
				if err := h.Send(t.Context(), job); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(h.post.sent) != 3 {
			t.Fatalf("%d went", len(h.post.sent))
		}
		german, french, other := h.post.sent[0], h.post.sent[2], h.post.sent[1]
		other.To, other.ID = french.To, french.ID
		if other != french || strings.Count(french.Text, "https://passerelle.example/work") != 1 {
			t.Errorf("what is said differs by what waits: %+v, %+v", other, french)
		}
		if german.To != cast.Lea.Email || german.Subject != "Etwas wartet auf Sie" || french.To != cast.Marc.Email || french.Subject != "Quelque chose vous attend" {
			t.Errorf("%+v, %+v", german, french)
		}
	})
	t.Run("what was begun by somebody who was killed is not sent again", func(t *testing.T) {
		h.clock = h.clock.AddDate(0, 0, 1)
		morning()
		var killed Letter
		if err := h.db.Owner.QueryRow(t.Context(), "update digests set begun_at = now() where sent_at is null and kind = 'daily' returning tenant_id, digest_id").Scan(&killed.Tenant, &killed.Digest); err != nil {
			t.Fatal(err)
		}
		before := len(h.post.sent)
		if err := h.Send(t.Context(), killed); err != nil || len(h.post.sent) != before {
			t.Errorf("it went, maybe a second time: %v", err)
		}
	})
	t.Run("nor what nobody knows to have gone", func(t *testing.T) {
		h.clock = h.clock.AddDate(0, 0, 1)
		morning()
		var job Letter
		if err := h.db.Owner.QueryRow(t.Context(), "select tenant_id, digest_id from digests where begun_at is null and kind = 'daily'").Scan(&job.Tenant, &job.Digest); err != nil {
			t.Fatal(err)
		}
		h.post.err = mail.ErrUncertain
		if err := h.Send(t.Context(), job); err != nil {
			t.Error(err)
		}
		before := len(h.post.sent)
		h.post.err = nil
		if err := h.Send(t.Context(), job); err != nil || len(h.post.sent) != before {
			t.Errorf("it went, maybe a second time: %v", err)
		}
	})
	t.Run("whoever has left hears nothing", func(t *testing.T) {
		h.clock = h.clock.AddDate(0, 0, 1)
		morning()
		var job Letter
		if err := h.db.Owner.QueryRow(t.Context(), "select tenant_id, digest_id from digests where begun_at is null and kind = 'daily'").Scan(&job.Tenant, &job.Digest); err != nil {
			t.Fatal(err)
		}
		h.db.Exec(t, "update members set ended_at = now() where member_id = $1", cast.Lea.ID)
		before := len(h.post.sent)
		if err := h.Send(t.Context(), job); err != nil || len(h.post.sent) != before {
			t.Errorf("it went: %v", err)
		}
	})
	t.Run("strangers choose no language", func(t *testing.T) {
		for _, stranger := range []cast.Person{cast.Ruth, cast.Noe} {
			if err := h.Speak(stranger.Context(t.Context()), i18n.IT); !errors.Is(err, fault.Refused("")) {
				t.Errorf("%s: %v", stranger.Name, err)
			}
		}
	})
}

// What is known ahead turns the phase on its day, in the lists as well, without anybody opening the dossier.
func TestPhasesTurn(t *testing.T) {
	t.Parallel()
	h := start(t)
	turning := ids.New[dossiers.Dossier]()
	opened := func(who cast.Person, id dossiers.ID, name dossiers.CodeName) {
		t.Helper()
		if err := h.dossiers.Open(who.Context(t.Context()), id, dossiers.Particulars{CodeName: name, ResponsibleID: who.ID}); err != nil {
			t.Fatal(err)
		}
		if err := h.report(who, id, "others",
			deadlines.Fact{Trigger: deadlines.IdentificationBegun, On: h.day(-3)},
			deadlines.Fact{Trigger: deadlines.ShortStayIssued, On: h.day(7)},
			deadlines.Fact{Trigger: deadlines.ReturnDeparted, On: h.day(20)}); err != nil {
			t.Fatal(err)
		}
	}
	opened(cast.Lea, turning, "Lomidak")
	foreign := ids.New[dossiers.Dossier]()
	opened(cast.Claire, foreign, "Belinda")
	phase := func(id dossiers.ID) (phase string) {
		t.Helper()
		if err := h.db.Owner.QueryRow(t.Context(), "select phase from dossiers where dossier_id = $1", id).Scan(&phase); err != nil {
			t.Fatal(err)
		}
		return phase
	}
	turn := func(ahead int) {
		t.Helper()
		if err := h.Turn(t.Context(), Turns{On: h.day(ahead).Format(time.DateOnly)}); err != nil {
			t.Fatal(err)
		}
	}
	events := func(id dossiers.ID) int {
		return h.count("select count(*) from events where kind = 'phase_turned' and dossier_id = $1", id)
	}
	for _, c := range []struct {
		ahead  int
		phase  dossiers.Phase
		events int
	}{{0, dossiers.Identification, 0}, {6, dossiers.Identification, 0}, {7, dossiers.Proceedings, 1}, {7, dossiers.Proceedings, 1}, {19, dossiers.Proceedings, 1}, {22, dossiers.Return, 2}} {
		turn(c.ahead)
		if phase(turning) != string(c.phase) || events(turning) != c.events {
			t.Errorf("after %d days: %s with %d events, want %s with %d", c.ahead, phase(turning), events(turning), c.phase, c.events)
		}
	}
	if phase(foreign) != string(dossiers.Return) {
		t.Errorf("the other canton's does not turn: %s", phase(foreign))
	}
	if n := h.count("select n from year_counts where tenant_id = $1 and measure = 'phase' and code = 'return'", cast.Vaud.ID); n != 1 {
		t.Errorf("the year counts %d", n)
	}

	t.Run("a phase that a person has set holds", func(t *testing.T) {
		held := ids.New[dossiers.Dossier]()
		opened(cast.Lea, held, "Rubina")
		if err := h.dossiers.SetPhase(cast.Lea.Context(t.Context()), held, dossiers.Choice{ID: ids.New[dossiers.Setting](), Phase: dossiers.Integration, Reason: "She works"}); err != nil {
			t.Fatal(err)
		}
		turn(8)
		if phase(held) != string(dossiers.Integration) || events(held) != 0 {
			t.Errorf("%s, %d events", phase(held), events(held))
		}
		h.clock = h.clock.AddDate(0, 0, 8)
		if err := h.dossiers.ReleasePhase(cast.Lea.Context(t.Context()), held); err != nil {
			t.Fatal(err)
		}
		if phase(held) != string(dossiers.Proceedings) {
			t.Errorf("given back, it is %s", phase(held))
		}
	})
	t.Run("the clock changes nothing else", func(t *testing.T) {
		scoped := tenantdb.WithScope(t.Context(), tenantdb.Clock(cast.Vaud.ID))
		for what, set := range map[string]string{"its name": "code_name = 'Other'", "a phase of its own": "phase = 'integration'", "whose it is": "responsible_id = responsible_id, phase_set = true"} {
			err := h.db.App.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Update().TableExpr("dossiers").Set(set).Where("dossier_id = ?", turning).Exec(ctx)
				return err
			})
			if !tenantdb.Violates(err, "dossiers_are_turned_and_not_changed_by_the_clock") {
				t.Errorf("the clock changes %s: %v", what, err)
			}
		}
	})
}
