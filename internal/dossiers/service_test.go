package dossiers

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/pgtest"
	"passerelle/internal/timeline"
)

type house struct {
	*Service
	db    *pgtest.Database
	clock time.Time
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{db: db, clock: time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)}
	h.Service = New(db.App, db.Ring(t), func() time.Time {
		h.clock = h.clock.Add(time.Second)
		return h.clock
	})
	return h
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

// amina is a dossier in which everything is known.
func amina() Particulars {
	birth := day(2001, time.March, 4)
	return Particulars{
		CodeName: "Lomidak", Phase: Identification, ResponsibleID: cast.Lea.ID, ReachedThrough: "hotline",
		Beneficiary: Beneficiary{
			FamilyName: "O’Kafor-<b>", GivenNames: "Amina \"Grace\"", BirthDate: &birth, Gender: "female",
			Nationalities: []string{"NG", "XX"}, Languages: []string{"bin", "pcm"}, NeedsInterpreter: Yes,
			Phone: "+41 79 000 00 00", Email: "a@example.ch",
			SafeContact: SafeContact{
				ContactChannels: []Channel{"sms", "third_person"}, ContactDays: []Day{"mon", "fri"},
				ContactFrom: "09:00", ContactUntil: "11:30", ContactIdentify: No, ContactCodeWord: "la bibliothèque",
				ContactNote: "Ne jamais laisser de message.\n'; drop table dossiers; --",
			},
			ExploitationForms: []ExploitationForm{"sexual", "forced_crime"}, ExploitationCantons: []string{"VD", "GE"},
			ExploitationPlaces: []ExploitationPlace{"abroad"},
		},
	}
}

func (h *house) opened(t *testing.T, p Particulars) ID {
	t.Helper()
	id := ids.New[Dossier]()
	if err := h.Open(as(t, cast.Lea), id, p); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) found(t *testing.T, id ID) File {
	t.Helper()
	file, err := h.Find(as(t, cast.Lea), id)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// nobodyElse holds that an act on a dossier of Vaud's finds nothing for Genève, and that offices are turned away.
func nobodyElse(t *testing.T, act func(context.Context) error) {
	t.Helper()
	for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s of the other canton: %v, want not found", stranger.Name, err)
		}
	}
	for _, stranger := range []cast.Person{cast.Noe, cast.Eva, cast.JoVaud} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s of an office: %v, want a refusal", stranger.Name, err)
		}
	}
	// Were the role's fence to fall, the database's would still stand.
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a caseworker got through")
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	h := open(t)

	id := h.opened(t, amina())
	file := h.found(t, id)
	if got := file.Particulars(); !reflect.DeepEqual(got, amina()) {
		t.Errorf("what was typed came back otherwise:\n%+v\n%+v", got, amina())
	}
	if file.Responsible != cast.Lea.Name || file.Version != 1 || len(file.Situation) != 0 {
		t.Errorf("a fresh file is %+v", file.Dossier)
	}

	t.Run("with nothing but a code name", func(t *testing.T) {
		p := bare()
		p.CodeName = "Beludok"
		if file := h.found(t, h.opened(t, p)); file.Beneficiary.FamilyName != "" || file.Beneficiary.BirthDate != nil {
			t.Errorf("something was made up: %+v", file.Beneficiary)
		}
	})
	t.Run("refuses a code name that is taken, in whatever capitals", func(t *testing.T) {
		p := bare()
		p.CodeName = "LOMIDAK"
		err := h.Open(as(t, cast.Karim), ids.New[Dossier](), p)
		if problems, _ := fault.Correctable(err); len(problems) != 1 || problems[0].Key != "dossiers.code_name.taken" {
			t.Errorf("%v", err)
		}
	})
	t.Run("a code name of Vaud's is free in Genève, and the other way round", func(t *testing.T) {
		p := bare()
		p.ResponsibleID = cast.Claire.ID
		if err := h.Open(as(t, cast.Claire), ids.New[Dossier](), p); err != nil {
			t.Error(err)
		}
	})
	t.Run("nobody of the other canton becomes responsible", func(t *testing.T) {
		p := bare()
		p.CodeName, p.ResponsibleID = "Fenulat", cast.Claire.ID
		if err := h.Open(as(t, cast.Lea), ids.New[Dossier](), p); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
	})
	t.Run("an auditor opens none", func(t *testing.T) {
		if err := h.Open(as(t, cast.Ruth), ids.New[Dossier](), bare()); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%v", err)
		}
	})
	t.Run("the id of a dossier elsewhere makes one here and leaves that one alone", func(t *testing.T) {
		p := bare()
		p.ResponsibleID, p.CodeName = cast.Claire.ID, "Nepolum"
		if err := h.Open(as(t, cast.Claire), id, p); err != nil {
			t.Fatal(err)
		}
		if h.found(t, id).CodeName != "Lomidak" {
			t.Error("Vaud's dossier changed")
		}
	})
}

// A form that is sent several times at once opens one dossier, and everybody lands on it.
func TestOpenOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[Dossier]()
	ctx := as(t, cast.Lea)
	now := h.clock
	service := New(h.db.App, h.db.Ring(t), func() time.Time { return now })
	var wait sync.WaitGroup
	failures := make(chan error, 8)
	for range 8 {
		wait.Go(func() {
			if err := service.Open(ctx, id, amina()); err != nil {
				failures <- err
			}
		})
	}
	wait.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	var dossiers, events int
	if err := h.db.Owner.QueryRow(ctx, "select (select count(*) from dossiers), (select count(*) from events)").Scan(&dossiers, &events); err != nil {
		t.Fatal(err)
	}
	if dossiers != 1 || events != 1 {
		t.Errorf("%d dossiers and %d events", dossiers, events)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.opened(t, amina())
	var entries []timeline.Entry
	if _, err := h.Find(as(t, cast.Ruth), id, timeline.OfDossier(TimelineID(id), &entries)); err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Kind != timeline.DossierOpened || entries[0].ActorName != cast.Lea.Name {
		t.Errorf("the timeline is %+v", entries)
	}
	if _, err := h.Find(as(t, cast.Lea), ids.New[Dossier]()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("a dossier that nobody opened: %v", err)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Find(ctx, id); return err })
}

func TestEdit(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.opened(t, amina())

	mine := amina()
	mine.Beneficiary.GivenNames, mine.Phase = "Amina", Return // the phase is no matter of the form
	if _, err := h.Edit(as(t, cast.Lea), id, 1, mine); err != nil {
		t.Fatal(err)
	}
	file := h.found(t, id)
	if file.Beneficiary.GivenNames != "Amina" || file.Phase != Identification || file.Version != 2 || !file.UpdatedAt.After(file.OpenedAt) {
		t.Errorf("%+v", file)
	}

	t.Run("the same form twice is done once", func(t *testing.T) {
		if _, err := h.Edit(as(t, cast.Lea), id, 1, mine); err != nil {
			t.Error(err)
		}
		if v := h.found(t, id).Version; v != 2 {
			t.Errorf("version %d", v)
		}
	})
	t.Run("what is emptied is empty", func(t *testing.T) {
		p := bare()
		if _, err := h.Edit(as(t, cast.Lea), id, 2, p); err != nil {
			t.Fatal(err)
		}
		if b := h.found(t, id).Beneficiary; b.FamilyName != "" || len(b.Languages) != 0 || b.BirthDate != nil || b.Known() {
			t.Errorf("%+v", b)
		}
	})
	t.Run("refuses the code name of another dossier", func(t *testing.T) {
		p := bare()
		p.CodeName = "Fenulat"
		h.opened(t, p)
		if _, err := h.Edit(as(t, cast.Lea), id, 3, p); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%v", err)
		}
	})
	if _, err := h.Edit(as(t, cast.Ruth), id, 3, bare()); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v", err)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Edit(ctx, id, 3, amina()); return err })
}

// Two editors at once lose nothing: the second learns what the first wrote, and then decides.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.opened(t, amina())
	karims, leas := amina(), amina()
	karims.Beneficiary.Phone, leas.Beneficiary.ContactNote = "+41 78 111 11 11", "Appeler la voisine."

	if _, err := h.Edit(as(t, cast.Karim), id, 1, karims); err != nil {
		t.Fatal(err)
	}
	current, err := h.Edit(as(t, cast.Lea), id, 1, leas)
	if !errors.Is(err, fault.Conflict("")) {
		t.Fatalf("the second editor: %v", err)
	}
	if current.Version != 2 || current.Beneficiary.Phone != "+41 78 111 11 11" {
		t.Errorf("the second editor is shown %+v", current)
	}
	if got := h.found(t, id).Beneficiary; got.Phone != "+41 78 111 11 11" || got.ContactNote != amina().Beneficiary.ContactNote {
		t.Errorf("the first editor's work is lost: %+v", got)
	}
	leas.Beneficiary.Phone = current.Beneficiary.Phone
	if _, err := h.Edit(as(t, cast.Lea), id, current.Version, leas); err != nil {
		t.Fatal(err)
	}

	t.Run("at the very same moment", func(t *testing.T) {
		now := h.clock
		service := New(h.db.App, h.db.Ring(t), func() time.Time { return now })
		var wait sync.WaitGroup
		var mu sync.Mutex
		won, lost := 0, 0
		for i := range 6 {
			p := amina()
			p.Beneficiary.ContactCodeWord = strings.Repeat("x", i+1)
			ctx := as(t, cast.Lea)
			wait.Go(func() {
				_, err := service.Edit(ctx, id, 3, p)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case errors.Is(err, fault.Conflict("")):
					lost++
				default:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if won != 1 || lost != 5 {
			t.Errorf("%d won and %d were told", won, lost)
		}
	})
	t.Run("a text of the situation stands in nobody's way", func(t *testing.T) {
		version := h.found(t, id).Version
		if _, err := h.Describe(as(t, cast.Karim), id, 1, Situation{access.Permit: "Permis L"}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Edit(as(t, cast.Lea), id, version, amina()); err != nil {
			t.Error(err)
		}
	})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.opened(t, amina())
	before := Situation{access.Health: "Suivi <script>", access.Housing: "Foyer"}
	if _, err := h.Describe(as(t, cast.Lea), id, 1, before); err != nil {
		t.Fatal(err)
	}
	after := Situation{access.Health: "Suivi terminé", access.Income: "RI"}
	if _, err := h.Describe(as(t, cast.Lea), id, 2, after); err != nil {
		t.Fatal(err)
	}
	if file := h.found(t, id); !file.Situation.same(after) || file.SituationVersion != 3 || file.Version != 1 {
		t.Errorf("%+v", file)
	}
	if current, err := h.Describe(as(t, cast.Karim), id, 2, before); !errors.Is(err, fault.Conflict("")) || !current.Situation.same(after) {
		t.Errorf("a late editor: %v, %+v", err, current.Situation)
	}
	if _, err := h.Describe(as(t, cast.Lea), id, 2, after); err != nil {
		t.Errorf("the same form twice: %v", err)
	}
	if _, err := h.Describe(as(t, cast.Ruth), id, 3, before); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v", err)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Describe(ctx, id, 3, before); return err })
}

func TestPropose_IsFree(t *testing.T) {
	t.Parallel()
	h := open(t)
	name, err := h.Service.Propose(as(t, cast.Lea))
	if err != nil {
		t.Fatal(err)
	}
	p := bare()
	p.CodeName = name
	h.opened(t, p)
	for _, stranger := range []cast.Person{cast.Ruth, cast.Noe} {
		if _, err := h.Service.Propose(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", stranger.Name, err)
		}
	}
}

// A name that is proposed is free even where the dossier that has it is kept from whoever asks.
func TestPropose_PassesOverRestricted(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := bare()
	p.CodeName = "Lomidak"
	h.db.Exec(t, "insert into restrictions (tenant_id, dossier_id, restricted_by, restricted_at) values ($1, $2, $3, now())", cast.Vaud.ID, h.opened(t, p), cast.Lea.ID)
	names := []CodeName{"Lomidak", "Lomidak", "LOMIDAK", "Lomidak", "Lomidak", "Bofadu", "Lomidak", "Lomidak"}
	propose := func() (next CodeName) {
		next, names = names[0], names[1:]
		return next
	}
	if name, err := h.free(as(t, cast.Karim), propose); err != nil || name != "Bofadu" {
		t.Errorf("%q, %v", name, err)
	}
}

func TestListMembers(t *testing.T) {
	t.Parallel()
	h := open(t)
	names := func(p cast.Person) []string {
		staff, err := h.ListMembers(as(t, p))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range staff {
			names = append(names, m.Name)
		}
		return names
	}
	if got := names(cast.Lea); !slices.Equal(got, []string{cast.Anna.Name, cast.Boris.Name, cast.Karim.Name, cast.Lea.Name, cast.Ruth.Name, cast.Sami.Name}) {
		t.Errorf("Vaud's staff: %v", got)
	}
	if got := names(cast.Claire); !slices.Equal(got, []string{cast.Claire.Name, cast.Diane.Name, cast.Marc.Name}) {
		t.Errorf("Genève's staff: %v", got)
	}
	if _, err := h.ListMembers(as(t, cast.Noe)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office asks for the staff: %v", err)
	}
}

// fill opens n dossiers of Léa's, phases in turn, code names in an order other than the time's.
func (h *house) fill(t *testing.T, n int) {
	t.Helper()
	_, err := h.db.Owner.Exec(t.Context(), `
			insert into dossiers (tenant_id, dossier_id, code_name, phase, responsible_id, updated_at)
			select $1, gen_random_uuid(),
				'Q' || chr(97 + (i * 7) % 26) || chr(97 + (i * 11 / 26) % 26) || chr(97 + i % 26) || chr(97 + i / 26 % 26) || chr(97 + i / 676),
				case when i % 5 = 0 then 'reflection' else 'integration' end, case when i % 3 = 0 then $3::uuid else $2::uuid end,
				timestamptz '2026-01-01' + (i / 2) * interval '1 minute'
			from generate_series(0, $4::int - 1) i`,
		cast.Vaud.ID, cast.Lea.ID, cast.Karim.ID, n)
	if err != nil {
		t.Fatal(err)
	}
}

// TestList turns every page of every list, there and back: each dossier is seen once, in order, both ways.
func TestList(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := as(t, cast.Lea)
	if page, err := h.List(ctx, Filter{}); err != nil || len(page.Rows) != 0 || page.Count != 0 || !page.Next.None() || !page.Previous.None() {
		t.Fatalf("an empty list: %+v, %v", page, err)
	}
	h.fill(t, 530)
	for name, test := range map[string]struct {
		filter Filter
		want   int
	}{
		"all":                    {Filter{Sort: Recent}, 530},
		"all, by code name":      {Filter{Sort: ByCodeName}, 530},
		"a phase":                {Filter{Sort: Recent, Phase: Reflection}, 106},
		"Karim's, by code name":  {Filter{Sort: ByCodeName, Responsible: cast.Karim.ID}, 177},
		"Karim's of a phase":     {Filter{Sort: Recent, Responsible: cast.Karim.ID, Phase: Reflection}, 36},
		"a beginning":            {Filter{Sort: ByCodeName, CodeName: "qa"}, 21},
		"a beginning, by recent": {Filter{Sort: Recent, CodeName: "q"}, 530},
		"nothing":                {Filter{Sort: Recent, CodeName: "zz"}, 0},
		"of somebody elsewhere":  {Filter{Sort: Recent, Responsible: cast.Claire.ID}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var there [][]Row
			seen := map[ID]bool{}
			filter := test.filter
			for {
				page, err := h.List(ctx, filter)
				if err != nil {
					t.Fatal(err)
				}
				if page.Count != min(test.want, CountedUpTo+1) || page.MoreThanCounted() != (test.want > CountedUpTo) {
					t.Fatalf("counted %d of %d", page.Count, test.want)
				}
				if len(there) > 0 == page.Previous.None() {
					t.Fatalf("page %d: the way back is %v", len(there)+1, page.Previous)
				}
				for _, row := range page.Rows {
					if seen[row.DossierID] {
						t.Fatalf("%s is seen twice", row.CodeName)
					}
					seen[row.DossierID] = true
					if page.Responsible(row) == "" {
						t.Fatalf("nobody is responsible for %s", row.CodeName)
					}
				}
				there = append(there, page.Rows)
				if page.Next.None() {
					filter.Before, filter.After = page.Previous, Cursor{}
					break
				}
				filter.After = ParseCursor(filter.Sort, page.Next.String())
			}
			if len(seen) != test.want {
				t.Fatalf("%d seen of %d", len(seen), test.want)
			}
			var all []Row
			for _, rows := range there {
				all = append(all, rows...)
			}
			sorted := slices.IsSortedFunc(all, func(a, b Row) int {
				if test.filter.Sort == ByCodeName {
					return strings.Compare(a.CodeName.Key(), b.CodeName.Key())
				}
				return b.UpdatedAt.Compare(a.UpdatedAt)
			})
			if !sorted {
				t.Error("out of order")
			}
			for i := len(there) - 2; i >= 0; i-- {
				page, err := h.List(ctx, filter)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(page.Rows, there[i]) {
					t.Fatalf("on the way back page %d is another", i+1)
				}
				if page.Next.None() || (i == 0) != page.Previous.None() {
					t.Fatalf("on the way back page %d leads to %q and %q", i+1, page.Previous, page.Next)
				}
				filter.Before = page.Previous
			}
		})
	}
	if page, err := h.List(as(t, cast.Claire), Filter{}); err != nil || len(page.Rows) != 0 || page.Count != 0 {
		t.Errorf("Genève sees %d rows of %d, %v", len(page.Rows), page.Count, err)
	}
	if _, err := h.List(as(t, cast.Noe), Filter{}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office: %v", err)
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Caseworker
	if page, err := h.List(access.WithPrincipal(t.Context(), forged), Filter{}); err == nil && (len(page.Rows) > 0 || page.Count > 0) {
		t.Error("an office member who calls himself a caseworker sees dossiers")
	}
}

func TestPage_NamesThoseWhoLeft(t *testing.T) {
	t.Parallel()
	page := Page{Staff: []members.Member{{MemberID: lea(), Name: "Léa", EndedAt: &today}}}
	if got := page.Responsible(Row{ResponsibleID: lea()}); got != "Léa" {
		t.Errorf("%q", got)
	}
}
