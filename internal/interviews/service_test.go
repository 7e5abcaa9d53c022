package interviews

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

type house struct {
	*Service
	tasks    *tasks.Service
	dossiers *dossiers.Service
	db       *pgtest.Database
	amina    dossiers.ID
	now      time.Time
}

// open is Vaud with Amina's dossier.
func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{db: db, now: now}
	clock := func() time.Time { return h.now }
	ring := db.Ring(t)
	h.Service, h.tasks, h.dossiers = New(db.App, ring, clock), tasks.New(db.App, ring, clock), dossiers.New(db.App, ring, clock)
	h.amina = h.opened(t, cast.Lea, "Lomidak")
	return h
}

func (h *house) opened(t *testing.T, who cast.Person, name dossiers.CodeName) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := h.dossiers.Open(as(t, who), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Integration, ResponsibleID: who.ID}); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) recorded(t *testing.T, who cast.Person, dossier dossiers.ID, c Contents, steps ...Step) ID {
	t.Helper()
	id := ids.New[Interview]()
	if _, err := h.Record(as(t, who), Whose{Dossier: dossier}, id, c, steps); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) erased(t *testing.T, dossier dossiers.ID) {
	t.Helper()
	h.db.Exec(t, "select set_config('app.erases', $1, false)", dossier.String())
	h.db.Exec(t, "delete from dossiers where dossier_id = $1", dossier)
}

func (h *house) count(t *testing.T, what string) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), "select count(*) from "+what).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// nobodyElse holds that an act on something of Vaud's finds nothing for Genève, and that offices are turned away.
func nobodyElse(t *testing.T, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Claire)); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire of the other canton: %v, want not found", err)
	}
	if err := act(as(t, cast.Noe)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("Noé of an office: %v, want a refusal", err)
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
}

func noAuditor(t *testing.T, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v, want a refusal", err)
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[Interview]()
	record := func(ctx context.Context) error {
		_, err := h.Record(ctx, Whose{Dossier: h.amina}, id, talk(), []Step{{Text: "Appeler le foyer"}, {}})
		return err
	}
	for range 2 { // the same form twice makes one
		if err := record(as(t, cast.Lea)); err != nil {
			t.Fatal(err)
		}
	}
	part, err := h.OfDossier(as(t, cast.Ruth), h.amina, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(part.Interviews) != 1 || part.Interviews[0].Account.Get() != talk().Account || part.Interviews[0].MemberID != cast.Lea.ID || part.Tally.Of(time.Time{}, "individual") != (Count{1, 45}) {
		t.Errorf("%+v", part)
	}
	t.Run("its next steps are tasks", func(t *testing.T) {
		list, err := h.tasks.OfDossier(as(t, cast.Lea), h.amina)
		if err != nil || len(list.Open) != 1 || list.Open[0].Body.Get() != "Appeler le foyer" || list.Open[0].AssigneeID != cast.Lea.ID {
			t.Errorf("%+v, %v", list, err)
		}
	})
	t.Run("all of it or nothing", func(t *testing.T) {
		far := h.now.AddDate(50, 0, 0)
		if _, err := h.Record(as(t, cast.Lea), Whose{Dossier: h.amina}, ids.New[Interview](), talk(), []Step{{Text: "x", DueOn: &far}}); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
		if n := h.count(t, "interviews"); n != 1 {
			t.Errorf("%d interviews", n)
		}
	})
	t.Run("from anywhere, by the code name in whatever capitals", func(t *testing.T) {
		dossier, err := h.Record(as(t, cast.Karim), Whose{CodeName: "LOMIDAK"}, ids.New[Interview](), talk(), nil)
		if err != nil || dossier != h.amina {
			t.Errorf("%v, %v", dossier, err)
		}
		for field, whose := range map[string]Whose{"dossier": {}, "code_name": {CodeName: "Nobodi"}} {
			_, err := h.Record(as(t, cast.Karim), whose, ids.New[Interview](), talk(), nil)
			if problems, _ := fault.Correctable(err); len(problems) != 1 || problems[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
	t.Run("a code name of Vaud's is none in Genève", func(t *testing.T) {
		if _, err := h.Record(as(t, cast.Claire), Whose{CodeName: "Lomidak"}, ids.New[Interview](), talk(), nil); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
	})
	t.Run("the identifier of another dossier's interview makes none", func(t *testing.T) {
		other := h.opened(t, cast.Lea, "Belamit")
		if _, err := h.Record(as(t, cast.Lea), Whose{Dossier: other}, id, talk(), nil); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%v", err)
		}
	})
	t.Run("the timeline knows of what kind it was", func(t *testing.T) {
		var entries []timeline.Entry
		if err := h.db.App.Read(as(t, cast.Lea), timeline.OfDossier(dossiers.TimelineID(h.amina), &entries)); err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, entry := range entries {
			kinds = append(kinds, string(entry.Kind)+" "+entry.Detail)
		}
		if all := strings.Join(kinds, ", "); !strings.Contains(all, "interview_recorded individual") || !strings.Contains(all, "task_added follow_up") {
			t.Errorf("%v", all)
		}
	})
	noAuditor(t, record)
	nobodyElse(t, record)
	nobodyElse(t, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.amina, Filter{}); return err })
}

func TestCorrecting(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.recorded(t, cast.Lea, h.amina, talk())
	better := talk()
	better.Account.Note, better.Hard, better.Kind = "Elle a raconté la fuite.", true, "crisis"
	h.now = h.now.Add(time.Hour)
	if _, err := h.Correct(as(t, cast.Karim), id, 1, better); err != nil {
		t.Fatal(err)
	}
	file, err := h.Find(as(t, cast.Ruth), id)
	if err != nil {
		t.Fatal(err)
	}
	if file.Account != better.Account || !file.Hard || file.Version != 2 || file.WrittenBy != cast.Karim.ID || file.MemberID != cast.Lea.ID {
		t.Errorf("%+v", file)
	}
	if len(file.Earlier) != 1 || !file.Earlier[0].Contents.Get().same(talk()) || file.Earlier[0].WrittenBy != cast.Lea.ID || file.Name(cast.Lea.ID) != cast.Lea.Name {
		t.Errorf("what it said before is %+v", file.Earlier)
	}
	t.Run("two editors: the second is shown what the first wrote", func(t *testing.T) {
		late := talk()
		late.Account.Note = "Autre chose."
		current, err := h.Correct(as(t, cast.Lea), id, 1, late)
		if !errors.Is(err, fault.Conflict("")) || current.Account.Note != better.Account.Note {
			t.Errorf("%v, %+v", err, current)
		}
		if _, err := h.Correct(as(t, cast.Lea), id, 1, better); err != nil {
			t.Errorf("the same form twice: %v", err)
		}
		if _, err := h.Correct(as(t, cast.Lea), id, current.Version, late); err != nil {
			t.Error(err)
		}
		if file, _ := h.Find(as(t, cast.Lea), id); len(file.Earlier) != 2 {
			t.Errorf("%d versions are kept", len(file.Earlier))
		}
	})
	if _, err := h.Correct(as(t, cast.Lea), id, 3, Contents{}); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("nothing at all: %v", err)
	}
	find := func(ctx context.Context) error { _, err := h.Find(ctx, id); return err }
	correct := func(ctx context.Context) error { _, err := h.Correct(ctx, id, 3, better); return err }
	nobodyElse(t, find)
	nobodyElse(t, correct)
	noAuditor(t, correct)
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[Interview]()
	keep := func(ctx context.Context) error {
		_, err := h.Keep(ctx, id, h.amina, url.Values{"note": {"Elle dit"}})
		return err
	}
	prepared := func(who cast.Person, dossier dossiers.ID) Occasion {
		occasion, err := h.Prepare(as(t, who), dossier)
		if err != nil {
			t.Fatal(err)
		}
		return occasion
	}
	for _, note := range []string{"Elle", "Elle dit"} {
		if _, err := h.Keep(as(t, cast.Lea), id, h.amina, url.Values{"note": {note}}); err != nil {
			t.Fatal(err)
		}
	}
	occasion := prepared(cast.Lea, h.amina)
	if occasion.Draft == nil || occasion.Draft.DraftID != id || occasion.Draft.FormValues.Get().Get("note") != "Elle dit" || occasion.Dossier.CodeName != "Lomidak" {
		t.Fatalf("%+v", occasion)
	}
	t.Run("it is that person's alone", func(t *testing.T) {
		if occasion := prepared(cast.Karim, h.amina); occasion.Draft != nil || len(occasion.Others) > 0 {
			t.Errorf("Karim reads on: %+v", occasion)
		}
		if err := keep(as(t, cast.Karim)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("Karim writes on: %v", err)
		}
		if err := h.Discard(as(t, cast.Karim), id); err != nil || h.count(t, "drafts") != 1 {
			t.Errorf("Karim throws it away: %v", err)
		}
	})
	t.Run("elsewhere it is mentioned", func(t *testing.T) {
		occasion := prepared(cast.Lea, dossiers.ID{})
		if occasion.Draft != nil || len(occasion.Others) != 1 || occasion.Others[0].CodeName != "Lomidak" {
			t.Errorf("%+v", occasion)
		}
		if len(occasion.Recent) != 1 || occasion.Recent[0].DossierID != h.amina {
			t.Errorf("the recent dossiers are %+v", occasion.Recent)
		}
	})
	t.Run("handed in, it is one no more, and no late save brings it back", func(t *testing.T) {
		if _, err := h.Record(as(t, cast.Lea), Whose{Dossier: h.amina}, id, talk(), nil); err != nil {
			t.Fatal(err)
		}
		if err := keep(as(t, cast.Lea)); err != nil || h.count(t, "drafts") != 0 {
			t.Errorf("%v, %d drafts", err, h.count(t, "drafts"))
		}
	})
	t.Run("it waits for a week", func(t *testing.T) {
		if _, err := h.Keep(as(t, cast.Lea), ids.New[Interview](), dossiers.ID{}, url.Values{}); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(keptFor + time.Minute)
		if occasion := prepared(cast.Lea, dossiers.ID{}); occasion.Draft != nil {
			t.Error("it is still there")
		}
		if _, err := h.Keep(as(t, cast.Lea), ids.New[Interview](), h.amina, url.Values{}); err != nil || h.count(t, "drafts") != 1 {
			t.Errorf("%v, %d drafts", err, h.count(t, "drafts"))
		}
	})
	t.Run("it goes with the dossier that it is about", func(t *testing.T) {
		h.erased(t, h.amina)
		if n := h.count(t, "drafts"); n != 0 {
			t.Errorf("%d outlive it", n)
		}
	})
	foreign := h.opened(t, cast.Lea, "Belamit")
	keepForeign := func(ctx context.Context) error { _, err := h.Keep(ctx, ids.New[Interview](), foreign, nil); return err }
	nobodyElse(t, keepForeign)
	noAuditor(t, keepForeign)
	prepare := func(ctx context.Context) error { _, err := h.Prepare(ctx, foreign); return err }
	nobodyElse(t, prepare)
	noAuditor(t, prepare)
	noAuditor(t, func(ctx context.Context) error { return h.Discard(ctx, id) })
	if err := h.Discard(as(t, cast.Noe), id); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office discards: %v", err)
	}
}

// TestList turns the pages of a list, narrowed in every way: each interview once, the newest first, and the counts are theirs.
func TestList(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 130 {
		c := talk()
		c.Kind, c.HeldAt = Kinds[i%len(Kinds)], pointer(now.AddDate(0, 0, -i/2))
		h.recorded(t, []cast.Person{cast.Lea, cast.Karim}[i%2], h.amina, c)
	}
	november := ParseMonth("2026-11")
	for name, filter := range map[string]Filter{
		"all": {}, "a month": {Month: november}, "a kind": {Kind: "phone"}, "a member": {Member: cast.Karim.ID},
		"all three": {Month: november, Kind: "phone", Member: cast.Karim.ID}, "nothing": {Month: ParseMonth("1999-01")},
	} {
		seen, last, want := map[ID]bool{}, time.Time{}, 0
		for {
			page, err := h.List(as(t, cast.Ruth), filter)
			if err != nil {
				t.Fatal(err)
			}
			want = page.Tally.Of(filter.Month, filter.Kind).Interviews
			for _, row := range page.Rows {
				if seen[row.InterviewID] || !last.IsZero() && row.HeldAt.After(last) {
					t.Fatalf("%s: %+v is twice, or in the wrong place", name, row)
				}
				seen[row.InterviewID], last = true, row.HeldAt
				if row.CodeName != "Lomidak" || filter.Kind != "" && row.Kind != filter.Kind || !filter.Member.Zero() && row.MemberID != filter.Member {
					t.Errorf("%s: %+v", name, row)
				}
			}
			if filter.Before = page.Next; page.Next.None() {
				break
			}
		}
		if len(seen) != want {
			t.Errorf("%s: %d are listed and %d counted", name, len(seen), want)
		}
	}
	t.Run("of one dossier as well", func(t *testing.T) {
		seen, filter := 0, Filter{Kind: "crisis"}
		for {
			part, err := h.OfDossier(as(t, cast.Lea), h.amina, filter)
			if err != nil {
				t.Fatal(err)
			}
			if seen += len(part.Interviews); part.Next.None() {
				if seen != part.Tally.Of(time.Time{}, "crisis").Interviews || seen != 26 {
					t.Errorf("%d are listed", seen)
				}
				break
			}
			filter.Before = part.Next
		}
	})
	if page, err := h.List(as(t, cast.Claire), Filter{}); err != nil || len(page.Rows) > 0 || len(page.Tally) > 0 {
		t.Errorf("Genève sees %+v, %v", page, err)
	}
	if _, err := h.List(as(t, cast.Noe), Filter{}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office lists: %v", err)
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	h := open(t)
	earlier := talk()
	earlier.HeldAt, earlier.Account.Note = pointer(now.AddDate(0, 0, -3)), ""
	h.recorded(t, cast.Lea, h.amina, talk())
	without := h.recorded(t, cast.Lea, h.amina, earlier)
	var latest, unnoted []Line
	ctx := as(t, cast.Lea)
	if err := h.db.App.Read(ctx, Latest(h.amina, &latest), WithoutNote(ctx, &unnoted)); err != nil {
		t.Fatal(err)
	}
	if len(latest) != 1 || !latest[0].HeldAt.Equal(*talk().HeldAt) {
		t.Errorf("the last one is %+v", latest)
	}
	if len(unnoted) != 1 || unnoted[0].InterviewID != without || unnoted[0].CodeName != "Lomidak" {
		t.Errorf("without a note are %+v", unnoted)
	}
}

// TestCountsAreTrue lives through random histories of recording, correcting and erasing, in two cantons: after each, what the
// transactions have counted is what a full count finds.
func TestCountsAreTrue(t *testing.T) {
	t.Parallel()
	h := open(t)
	random := rand.New(rand.NewPCG(22, 30))
	type known struct {
		who     cast.Person
		dossier dossiers.ID
		id      ID
		version int
	}
	people := []cast.Person{cast.Lea, cast.Karim, cast.Claire, cast.Marc}
	open, n := map[string][]dossiers.ID{}, 0
	var all []known
	any := func() Contents {
		// Midnight, in Zurich and in UTC, where a month begins for the one and not yet for the other.
		at := time.Date(2026, time.Month(1+random.IntN(11)), 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(5)-3) * 30 * time.Minute)
		return Contents{Kind: Kinds[random.IntN(len(Kinds))], HeldAt: &at, Minutes: pointer(1 + random.IntN(LongestMinutes)), Account: Account{Note: "x"}}
	}
	for step := range 150 {
		who := people[random.IntN(len(people))]
		mine := open[who.Tenant.Slug]
		switch act := random.IntN(10); {
		case len(mine) == 0 || act == 0:
			n++
			open[who.Tenant.Slug] = append(mine, h.opened(t, who, dossiers.CodeName("Rasum"+strings.Repeat("a", n/20)+string(rune('a'+n%20)))))
		case act == 1 && len(mine) > 1:
			h.erased(t, mine[0])
			open[who.Tenant.Slug] = mine[1:]
			var left []known
			for _, k := range all {
				if k.dossier != mine[0] {
					left = append(left, k)
				}
			}
			all = left
		case act < 5 && len(all) > 0:
			k := &all[random.IntN(len(all))]
			if _, err := h.Correct(as(t, k.who), k.id, k.version, any()); err != nil {
				t.Fatal(err)
			}
			k.version++
		default:
			dossier := mine[random.IntN(len(mine))]
			all = append(all, known{who, dossier, h.recorded(t, who, dossier, any()), 1})
		}
		const differ = `(select tenant_id, month, kind, member_id, interviews, minutes from interview_counts where interviews > 0 or minutes > 0
			except select tenant_id, date_trunc('month', held_at at time zone 'Europe/Zurich')::date, kind, member_id, count(*), sum(minutes) from interviews group by 1, 2, 3, 4)`
		const missing = `(select tenant_id, date_trunc('month', held_at at time zone 'Europe/Zurich')::date, kind, member_id, count(*), sum(minutes) from interviews group by 1, 2, 3, 4
			except select tenant_id, month, kind, member_id, interviews, minutes from interview_counts)`
		if d, m := h.count(t, differ+" as differ"), h.count(t, missing+" as missing"); d > 0 || m > 0 {
			t.Fatalf("after step %d, %d counts are wrong and %d missing", step, d, m)
		}
	}
	if len(all) == 0 || h.count(t, "interviews") != len(all) || h.count(t, "interview_versions") == 0 {
		t.Errorf("%d interviews are left, and %d are known", h.count(t, "interviews"), len(all))
	}
}

// TestThirteenThousand: at the number that a house holds after eight years, no question of a list reads more than its page.
func TestThirteenThousand(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.db.Exec(t, `insert into interviews (tenant_id, interview_id, dossier_id, kind, held_at, minutes, member_id, hard, noted, account, recorded_at, written_at, written_by)
		select $1, gen_random_uuid(), $2, (array['individual', 'office', 'phone', 'crisis', 'network'])[1 + i % 5], $4::timestamptz - i * interval '5 hours', 30, $3, false, true, '', now(), now(), $3
		from generate_series(1, 13000) i`, cast.Vaud.ID, h.amina, cast.Lea.ID, now)
	h.db.Exec(t, "analyze interviews")
	page, err := h.List(as(t, cast.Lea), Filter{})
	if err != nil || page.Tally.Of(time.Time{}, "").Interviews != 13000 || page.Tally.Of(time.Time{}, "").Minutes != 13000*30 {
		t.Fatalf("%v, %v", page.Tally.Of(time.Time{}, ""), err)
	}
	old := Filter{Before: Line{HeldAt: now.AddDate(-6, 0, 0), InterviewID: page.Rows[0].InterviewID}.cursor()}
	for name, filter := range map[string]Filter{
		"the newest": {}, "six years back": old, "a kind": {Kind: "crisis"}, "a member": {Member: cast.Lea.ID},
		"a kind in a month": {Kind: "crisis", Month: ParseMonth("2021-03")}, "another member's": {Member: cast.Karim.ID},
	} {
		if got := h.touched(t, filter); got > 2*PageSize {
			t.Errorf("%s: %d rows are read for a page of %d", name, got, PageSize)
		}
	}
}

// touched is how many rows of interviews the question of a page reads, as Postgres explains it to the application's role.
func (h *house) touched(t *testing.T, filter Filter) (rows int) {
	t.Helper()
	tx, err := h.db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	for _, statement := range []string{
		"set local role passerelle_app", "set local app.scope = 'staff'", "set local app.barred = '{}'", "set local app.tenant_id = '" + cast.Vaud.ID.String() + "'", "set local app.person_id = '" + cast.Lea.ID.String() + "'",
	} {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := tx.Query(t.Context(), "explain (analyze, timing off) "+filter.narrow(named(tenantdb.Select())).Limit(PageSize+1).String())
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(plan, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	met := false
	for _, line := range lines {
		if found := scanned.FindStringSubmatch(line); found != nil {
			n, _ := strconv.ParseFloat(found[1], 64)
			rows, met = rows+int(n), true
		}
		if found := removed.FindStringSubmatch(line); found != nil {
			n, _ := strconv.Atoi(found[1])
			rows += n
		}
	}
	if !met {
		t.Fatalf("nothing is said of interviews:\n%s", strings.Join(lines, "\n"))
	}
	return rows
}

var (
	scanned = regexp.MustCompile(`Scan .*on interviews.*\(actual rows=([0-9.]+)`)
	removed = regexp.MustCompile(`Rows Removed by Filter: ([0-9]+)`)
)
