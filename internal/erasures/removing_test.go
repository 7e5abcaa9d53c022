package erasures_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/restrictions"
	"passerelle/internal/retention"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var morning = time.Date(2026, time.November, 28, 9, 0, 0, 0, time.UTC)

type house struct {
	*erasures.Service
	*erasures.Remover
	t        *testing.T
	db       *pgtest.Database
	dossiers *dossiers.Service
	now      time.Time
	names    map[dossiers.ID]dossiers.CodeName
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{t: t, db: db, now: morning, names: map[dossiers.ID]dossiers.CodeName{}}
	clock, ring := func() time.Time { return h.now }, db.Ring(t)
	h.Service, h.Remover, h.dossiers = erasures.New(db.App, ring, clock, 7), erasures.NewRemover(db.App, ring, clock, 7), dossiers.New(db.App, ring, clock)
	return h
}

func (h *house) as(who cast.Person) context.Context { return who.Context(h.t.Context()) }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// closed is a dossier of somebody's, closed so many months ago.
func (h *house) closed(who cast.Person, reason dossiers.ClosureReason, months int) dossiers.ID {
	h.t.Helper()
	name, err := h.dossiers.Propose(h.as(who))
	h.must(err)
	id := ids.New[dossiers.Dossier]()
	h.names[id] = name
	h.must(h.dossiers.Open(h.as(who), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: who.ID}))
	h.must(h.dossiers.Close(h.as(who), id, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: reason}))
	h.db.Exec(h.t, "update closures set closed_at = $2 where dossier_id = $1", id, h.now.AddDate(0, -months, 0))
	return id
}

func (h *house) kept(who cast.Person) erasures.Kept {
	h.t.Helper()
	kept, err := h.Retention(h.as(who), "")
	h.must(err)
	return kept
}

func of(lines []erasures.Line) (found []dossiers.ID) {
	for _, line := range lines {
		found = append(found, line.DossierID)
	}
	return found
}

func (h *house) count(query string, arguments ...any) (n int) {
	h.t.Helper()
	h.must(h.db.Owner.QueryRow(h.t.Context(), query, arguments...).Scan(&n))
	return n
}

func (h *house) there(id dossiers.ID) bool {
	return h.count("select count(*) from dossiers where dossier_id = $1", id) == 1
}

// left are the entries of the journal about a dossier, of what becomes of it.
func (h *house) left(id dossiers.ID) (found []string) {
	h.t.Helper()
	rows, err := h.db.Owner.Query(h.t.Context(), "select action || ' ' || reason from journal_entries where dossier_id = $1 and (action like 'dossier_removal%' or action = 'dossier_erased') order by at, entry_id", id)
	h.must(err)
	defer rows.Close()
	for rows.Next() {
		var entry string
		h.must(rows.Scan(&entry))
		found = append(found, entry)
	}
	return found
}

// job is the one that was planned for a dossier.
func (h *house) job(id dossiers.ID) erasures.Removing {
	h.t.Helper()
	job := erasures.Removing{Tenant: cast.Vaud.ID, Dossier: id}
	h.must(h.db.Owner.QueryRow(h.t.Context(), "select (args->>'by')::uuid, args->>'on' from jobs.river_job where kind = 'removal' and args->>'dossier' = $1 order by id desc limit 1", id.String()).Scan(&job.By, &job.On))
	return job
}

func (h *house) orders(id dossiers.ID, as retention.Outcome) {
	h.t.Helper()
	h.must(h.Order(h.as(cast.Karim), []dossiers.ID{id}, as))
}

// pass lets days go by and does what has come due.
func (h *house) pass(days int, id dossiers.ID) {
	h.t.Helper()
	h.now = h.now.AddDate(0, 0, days)
	h.must(h.Remove(h.t.Context(), h.job(id)))
}

func TestWhatIsDue(t *testing.T) {
	t.Parallel()
	h := open(t)
	known, older, unknown := h.closed(cast.Lea, "return", 121), h.closed(cast.Lea, "moved", 140), h.closed(cast.Lea, "not_trafficking", 13)
	h.closed(cast.Lea, "return", 119)
	theirs := h.closed(cast.Claire, "return", 130)
	for _, id := range []dossiers.ID{known, older} {
		h.db.Exec(t, "insert into findings (tenant_id, finding_id, dossier_id, body, verdict, found_on, words, recorded_by, recorded_at) values ($1, gen_random_uuid(), $2, 'ngo', 'identified', '2015-01-01', '', $3, now())", cast.Vaud.ID, id, cast.Lea.ID)
	}
	if got := of(h.kept(cast.Karim).Due); !slices.Equal(got, []dossiers.ID{unknown, older, known}) {
		t.Errorf("%v, want what was never identified first, then the oldest", got)
	}
	if got := of(h.kept(cast.Marc).Due); !slices.Equal(got, []dossiers.ID{theirs}) {
		t.Errorf("Genève sees %v", got)
	}
	// The rule is changed, which holds for what is closed already.
	policy, err := h.Policy(h.as(cast.Karim))
	h.must(err)
	seen := policy.Seen()
	policy.Schedule["moved"], policy.Grace = retention.Rule{Months: 12, Outcome: retention.Keep}, 14
	h.must(h.Decide(h.as(cast.Karim), seen, policy))
	if kept := h.kept(cast.Karim); !slices.Equal(of(kept.Due), []dossiers.ID{unknown, known}) || kept.Grace != 14 {
		t.Errorf("%v, %d days", of(kept.Due), kept.Grace)
	}
	if got := h.kept(cast.Marc); got.Grace != 30 || got.Schedule["moved"].Outcome != retention.Review {
		t.Errorf("Genève decides the same: %+v", got.Policy)
	}
	// More than a page holds.
	for range 52 {
		h.closed(cast.Lea, "death", 125)
	}
	first := h.kept(cast.Karim)
	second, err := h.Retention(h.as(cast.Karim), first.Next)
	h.must(err)
	all := append(of(first.Due), of(second.Due)...)
	slices.SortFunc(all, func(a, b dossiers.ID) int { return slices.Compare(a.UUID().NodeID(), b.UUID().NodeID()) })
	if len(first.Due) != 50 || len(all) != 54 || second.Next != "" || second.First || !first.First {
		t.Errorf("%d, then %d", len(first.Due), len(second.Due))
	}
	distinct := map[dossiers.ID]bool{}
	for _, id := range all {
		distinct[id] = true
	}
	if len(distinct) != 54 {
		t.Errorf("%d of 54 are shown", len(distinct))
	}
}

// Nothing goes that nobody has ordered, and what was ordered goes when the days of grace are over.
func TestOrder(t *testing.T) {
	t.Parallel()
	for _, as := range retention.Removals {
		t.Run(string(as), func(t *testing.T) {
			h := open(t)
			id := h.closed(cast.Lea, "return", 121)
			for name, who := range map[string]cast.Person{"a caseworker": cast.Lea, "an auditor": cast.Ruth, "an office": cast.Noe} {
				if err := h.Order(h.as(who), []dossiers.ID{id}, as); !errors.Is(err, fault.Refused("")) {
					t.Errorf("%s orders: %v", name, err)
				}
			}
			if err := h.Order(h.as(cast.Marc), []dossiers.ID{id}, as); !errors.Is(err, fault.NotFound()) {
				t.Errorf("Genève orders: %v", err)
			}
			for range 2 { // sent twice
				h.orders(id, as)
			}
			kept := h.kept(cast.Karim)
			if len(kept.Due) != 0 || len(kept.Ordered) != 1 || kept.Ordered[0].OrderedBy != cast.Karim.Name || !kept.Ordered[0].DueOn.Equal(forms.Today(h.now).AddDate(0, 0, 30)) {
				t.Errorf("%+v", kept.Ordered)
			}
			var ahead []erasures.Ahead
			h.must(h.db.App.Read(h.as(cast.Lea), erasures.AskAhead(cast.Lea.Principal(), &ahead)))
			if len(ahead) != 1 || ahead[0].DossierID != id || ahead[0].As != as {
				t.Errorf("Léa, who is responsible, is told of %+v", ahead)
			}
			h.pass(29, id)
			if !h.there(id) {
				t.Fatal("it is gone before its day")
			}
			h.pass(1, id)
			h.pass(0, id) // the job is done twice
			reason := map[retention.Outcome]string{retention.Anonymise: "anonymised", retention.Delete: "retention_over"}[as]
			if h.there(id) || !slices.Equal(h.left(id), []string{"dossier_removal_ordered " + string(as), "dossier_erased " + reason}) {
				t.Errorf("it is there: %v, %q", h.there(id), h.left(id))
			}
			certificate, err := h.Find(h.as(cast.Karim), id)
			h.must(err)
			if (certificate.CodeName == "") != (as == retention.Anonymise) || certificate.Reason != reason || certificate.ErasedByName != cast.Karim.Name || certificate.Keysets != 1 {
				t.Errorf("%+v", certificate)
			}
		})
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.closed(cast.Lea, "return", 121)
	h.orders(id, retention.Delete)
	if err := h.Withdraw(h.as(cast.Marc), id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Genève takes it back: %v", err)
	}
	if err := h.Withdraw(h.as(cast.Lea), id); !errors.Is(err, fault.Refused("")) {
		t.Errorf("a caseworker takes it back: %v", err)
	}
	for range 2 {
		h.must(h.Withdraw(h.as(cast.Karim), id))
	}
	stale := h.job(id)
	h.now = h.now.AddDate(0, 0, 10)
	h.orders(id, retention.Anonymise) // ordered anew: the first job does not take it
	h.now = h.now.AddDate(0, 0, 20)
	h.must(h.Remove(t.Context(), stale))
	if !h.there(id) || !slices.Equal(h.left(id), []string{"dossier_removal_ordered delete", "dossier_removal_withdrawn ", "dossier_removal_ordered anonymise"}) {
		t.Errorf("it is there: %v, %q", h.there(id), h.left(id))
	}
	h.pass(10, id)
	if h.there(id) {
		t.Error("what was ordered anew is not done")
	}
}

func TestPostpone(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.closed(cast.Lea, "return", 121)
	until := forms.Today(h.now).AddDate(1, 0, 0)
	p := erasures.Postponement{PostponedUntil: &until, Ground: "claim_possible"}
	h.orders(id, retention.Delete)
	for who, want := range map[*cast.Person]error{&cast.Marc: fault.NotFound(), &cast.Claire: fault.NotFound(), &cast.Ruth: fault.Refused("")} {
		if err := h.Postpone(h.as(*who), id, "none", p); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", who.Name, err, want)
		}
	}
	for range 2 { // Léa, who is responsible, sends it twice
		h.must(h.Postpone(h.as(cast.Lea), id, "none", p))
	}
	kept := h.kept(cast.Karim)
	if len(kept.Due)+len(kept.Ordered) != 0 || len(kept.Postponed) != 1 || kept.Postponed[0].PostponedBy != cast.Lea.Name || kept.Postponed[0].Ground != "claim_possible" {
		t.Errorf("%+v", kept)
	}
	if got := h.left(id); !slices.Equal(got, []string{"dossier_removal_ordered delete", "dossier_removal_withdrawn claim_possible", "dossier_removal_postponed claim_possible"}) {
		t.Errorf("%q", got)
	}
	h.pass(30, id)
	if !h.there(id) {
		t.Fatal("what is kept on is gone")
	}
	later := until.AddDate(0, 1, 0)
	if err := h.Postpone(h.as(cast.Karim), id, "none", erasures.Postponement{PostponedUntil: &later, Ground: "audit"}); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("Karim, who has not seen Léa's: %v", err)
	}
	h.now = h.now.AddDate(1, 0, 0)
	if got := of(h.kept(cast.Karim).Due); !slices.Equal(got, []dossiers.ID{id}) {
		t.Errorf("it does not come back: %v", got)
	}
	hers := ids.New[dossiers.Dossier]()
	name, err := h.dossiers.Propose(h.as(cast.Karim))
	h.must(err)
	h.must(h.dossiers.Open(h.as(cast.Karim), hers, dossiers.Particulars{CodeName: name, ResponsibleID: cast.Karim.ID}))
	later = forms.Today(h.now).AddDate(0, 1, 0)
	if err := h.Postpone(h.as(cast.Karim), hers, "none", erasures.Postponement{PostponedUntil: &later, Ground: "audit"}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an open dossier: %v", err)
	}
}

// What comes between an order and its day makes the order lapse: somebody has to give it again.
func TestWhatComesBetween(t *testing.T) {
	t.Parallel()
	h := open(t)
	vaud := cast.Vaud.ID
	for name, c := range map[string]struct {
		happens func(id dossiers.ID)
		why     string
	}{
		"it is reopened":           {func(id dossiers.ID) { h.must(h.dossiers.Reopen(h.as(cast.Lea), id, "elle est revenue")) }, "reopened"},
		"somebody looks after her": {func(id dossiers.ID) { h.must(h.dossiers.BeginAftercare(h.as(cast.Lea), id, "")) }, "reopened"},
		"reopened and closed again": {func(id dossiers.ID) {
			h.db.Exec(t, "update closures set closed_at = $2 where dossier_id = $1", id, h.now)
		}, "held"},
		"a claim": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into claims (tenant_id, claim_id, dossier_id, kind, asked_on, version, details) values ($1, gen_random_uuid(), $2, 'compensation', '2026-11-01', 1, '')", vaud, id)
		}, "held"},
		"proceedings": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into proceedings (tenant_id, proceeding_id, dossier_id, stage, complaint, particulars, version, recorded_at, changed_at, changed_by, changed_by_name) values ($1, gen_random_uuid(), $2, 'report', '', '', 1, now(), now(), $3, '')", vaud, id, cast.Lea.ID)
		}, "held"},
		"a deadline": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into deadlines (tenant_id, dossier_id, rule, about, due_on, to_the_month, presses) values ($1, $2, 'compensation_claim', '', '2027-06-01', false, false)", vaud, id)
		}, "held"},
		"an answer that is owed, and late": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into deadlines (tenant_id, dossier_id, rule, about, due_on, to_the_month, presses) values ($1, $2, 'access_answer', '', '2026-01-01', false, true)", vaud, id)
		}, "held"},
		"a child of no certain age": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into age_records (tenant_id, age_record_id, dossier_id, finding, found_on, particulars, written_by, written_at) values ($1, gen_random_uuid(), $2, 'minor', '2014-01-01', '', $3, now())", vaud, id, cast.Lea.ID)
		}, "held"},
		"a task": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into tasks (tenant_id, task_id, dossier_id, assignee_id, kind, due_on, anchor_on, made_at, made_by, changed_by) values ($1, gen_random_uuid(), $2, $3, 'call', '2027-01-01', '2027-01-01', now(), $3, $3)", vaud, id, cast.Lea.ID)
		}, "held"},
		"notes of a profession": {func(id dossiers.ID) {
			h.db.Exec(t, "insert into circles (tenant_id, circle_id, dossier_id, profession, opened_by, opened_at) values ($1, gen_random_uuid(), $2, 'medical', $3, now())", vaud, id, cast.Lea.ID)
		}, "held"},
		"the rule keeps it": {func(dossiers.ID) {
			h.db.Exec(t, "insert into retention_rules (tenant_id, reason, months, outcome, decided_at) values ($1, 'death', 12, 'keep', now())", vaud)
		}, "held"},
		"Karim is no coordinator any": {func(dossiers.ID) {
			h.db.Exec(t, "update members set role = 'caseworker' where member_id = $1", cast.Karim.ID)
		}, "orderer_gone"},
	} {
		t.Run(name, func(t *testing.T) {
			reason := dossiers.ClosureReason("return")
			if name == "the rule keeps it" {
				reason = "death"
			}
			id := h.closed(cast.Lea, reason, 200)
			h.orders(id, retention.Delete)
			now := h.now
			defer func() {
				h.now = now
				h.db.Exec(t, "update members set role = 'coordinator' where member_id = $1", cast.Karim.ID)
			}()
			c.happens(id)
			h.pass(30, id)
			if !h.there(id) || !slices.Equal(h.left(id), []string{"dossier_removal_ordered delete", "dossier_removal_lapsed " + c.why}) || h.count("select count(*) from removals where dossier_id = $1", id) != 0 {
				t.Errorf("it is there: %v, %q", h.there(id), h.left(id))
			}
			if c.why != "held" || name == "the rule keeps it" || name == "reopened and closed again" {
				return
			}
			if err := h.Order(h.as(cast.Karim), []dossiers.ID{id}, retention.Delete); err == nil {
				t.Error("what is held up is ordered anew")
			}
		})
	}
}

// What is kept from somebody is on none of her lists, and she orders nothing about it; limited after it was ordered, the order lapses.
func TestRestrictedDossiersStayInvisible(t *testing.T) {
	t.Parallel()
	h := open(t)
	mine, before := h.closed(cast.Lea, "return", 121), h.closed(cast.Lea, "return", 121)
	h.orders(before, retention.Delete)
	limits := restrictions.New(h.db.App, h.db.Ring(t), func() time.Time { return h.now })
	for _, id := range []dossiers.ID{mine, before} {
		h.must(limits.Restrict(h.as(cast.Lea), id, 0, nil))
	}
	if kept := h.kept(cast.Karim); len(kept.Due)+len(kept.Ordered) != 0 {
		t.Errorf("Karim sees %v and %v", of(kept.Due), of(kept.Ordered))
	}
	if err := h.Order(h.as(cast.Karim), []dossiers.ID{mine}, retention.Delete); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Karim orders it: %v", err)
	}
	if _, err := h.Standing(h.as(cast.Karim), mine); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Karim sees it: %v", err)
	}
	h.pass(30, before)
	if got := h.left(before); !h.there(before) || !slices.Equal(got, []string{"dossier_removal_ordered delete", "dossier_removal_lapsed orderer_gone"}) {
		t.Errorf("%q", got)
	}
}

// A removal that was stopped after the keys were destroyed goes on, whatever has come between.
func TestARemovalThatIsStoppedGoesOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.closed(cast.Lea, "return", 121)
	h.orders(id, retention.Anonymise)
	h.now = h.now.AddDate(0, 0, 30)
	h.db.Exec(t, "create function stop() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$; create trigger stop before delete on dossiers for each row execute function stop()")
	if err := h.Remove(t.Context(), h.job(id)); err == nil {
		t.Fatal("nothing stopped it")
	}
	if n := h.count("select count(*) from keys.certificates where dossier_id = $1", id); n != 1 || !h.there(id) {
		t.Fatalf("%d certificates, it is there: %v", n, h.there(id))
	}
	h.db.Exec(t, "drop trigger stop on dossiers")
	h.db.Exec(t, "insert into tasks (tenant_id, task_id, dossier_id, assignee_id, kind, due_on, anchor_on, made_at, made_by, changed_by) values ($1, gen_random_uuid(), $2, $3, 'call', '2027-01-01', '2027-01-01', now(), $3, $3)", cast.Vaud.ID, id, cast.Lea.ID)
	h.must(h.Remove(t.Context(), h.job(id)))
	if n := h.count("select count(*) from keys.certificates where dossier_id = $1", id); n != 1 || h.there(id) {
		t.Errorf("%d certificates, it is there: %v", n, h.there(id))
	}
}
