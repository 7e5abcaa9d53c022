package dossiers

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// walked is a house whose dossiers may owe something.
func walked(t *testing.T, owed ...Owed) (*house, ID) {
	t.Helper()
	h := open(t)
	h.Service.owed = owed
	p := amina()
	p.Phase, p.Beneficiary.BirthDate = "", nil
	return h, h.opened(t, p)
}

// tell reports facts as a capability of the dossier would.
func (h *house) tell(t *testing.T, id ID, source agenda.Source, facts ...deadlines.Fact) {
	t.Helper()
	err := h.db.App.Write(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := Hold(ctx, tx, h.keys, id)
		if err != nil {
			return err
		}
		return Report(ctx, tx, box, id, source, facts, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) path(t *testing.T, id ID) Path {
	t.Helper()
	path, err := h.Path(as(t, cast.Lea), id)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// happened are the kinds of a dossier's events, the oldest first.
func (h *house) happened(t *testing.T, id ID) (kinds []string) {
	t.Helper()
	rows, err := h.db.Owner.Query(t.Context(), "select kind || ' ' || detail from events where dossier_id = $1 order by at", id)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var kind string
		if err := rows.Scan(&kind); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, kind)
	}
	return kinds
}

func refuses(t *testing.T, err error, kind error, key string) {
	t.Helper()
	problems, _ := fault.Correctable(err)
	if !errors.Is(err, kind) || len(problems) != 1 || problems[0].Key != key {
		t.Errorf("%v, want %v with %s", err, kind, key)
	}
}

// TestPhase: it follows from what capabilities report, until a person sets it, and again once it is given back.
func TestPhase(t *testing.T) {
	t.Parallel()
	h, id := walked(t)
	granted := deadlines.Fact{Trigger: deadlines.ReflectionGranted, On: day(2026, time.November, 2)}
	if phase := h.found(t, id).Phase; phase != FirstContact {
		t.Fatalf("a fresh dossier is in %s", phase)
	}
	h.tell(t, id, "reflection", granted)
	if path := h.path(t, id); path.Phase != Reflection || path.Standing.Phase() != Reflection || path.Standing.Course.Because.On != granted.On || path.PhaseSet {
		t.Errorf("granted: %+v", path)
	}
	page, err := h.List(as(t, cast.Lea), Filter{Phase: Reflection})
	if err != nil || len(page.Rows) != 1 {
		t.Errorf("the list does not find it: %v", err)
	}

	choice := Choice{ID: ids.New[Setting](), Phase: Return, Reason: "Elle a décidé de rentrer <b>bientôt</b>."}
	if err := h.SetPhase(as(t, cast.Lea), id, choice); err != nil {
		t.Fatal(err)
	}
	h.tell(t, id, "life", deadlines.Fact{Trigger: deadlines.IntegrationBegun, On: day(2026, time.November, 3)})
	path := h.path(t, id)
	if path.Phase != Return || !path.PhaseSet || path.Standing.Phase() != Return || path.Standing.Course.Phase != Reflection {
		t.Errorf("what a person has set does not hold: %+v", path.Dossier)
	}
	if held := path.Standing.Setting; held == nil || held.Words.Get() != choice.Reason || held.By != cast.Lea.Name || held.EndedAt != nil {
		t.Errorf("who set it, and why: %+v", held)
	}
	if overview, err := h.Overview(as(t, cast.Ruth), id); err != nil || overview.Standing.Phase() != Return || overview.Beneficiary.FamilyName != amina().Beneficiary.FamilyName {
		t.Errorf("the overview: %+v, %v", overview.Standing, err)
	}

	t.Run("the same form twice is one setting", func(t *testing.T) {
		if err := h.SetPhase(as(t, cast.Lea), id, choice); err != nil {
			t.Error(err)
		}
		if n := len(h.path(t, id).Settings); n != 1 {
			t.Errorf("%d settings", n)
		}
	})
	t.Run("two who set it at once", func(t *testing.T) {
		late := Choice{ID: ids.New[Setting](), Phase: Integration, Reason: "Cours."}
		refuses(t, h.SetPhase(as(t, cast.Karim), id, late), fault.Conflict(""), "dossiers.phase.set_meanwhile")
		late.Seen = choice.ID
		if err := h.SetPhase(as(t, cast.Karim), id, late); err != nil {
			t.Fatal(err)
		}
		if path := h.path(t, id); len(path.Settings) != 2 || path.Settings[0].By != cast.Karim.Name || path.Settings[1].EndedAt == nil || path.Phase != Integration {
			t.Errorf("the history: %+v", path.Settings)
		}
	})
	t.Run("a reason is asked for, and closing is no phase to choose", func(t *testing.T) {
		problems, _ := fault.Correctable(h.SetPhase(as(t, cast.Lea), id, Choice{ID: ids.New[Setting](), Phase: Closed}))
		if len(problems) != 2 || problems[0].Field != "phase" || problems[1].Field != "reason" {
			t.Errorf("%v", problems)
		}
	})
	if err := h.ReleasePhase(as(t, cast.Lea), id); err != nil {
		t.Fatal(err)
	}
	if err := h.ReleasePhase(as(t, cast.Lea), id); err != nil {
		t.Errorf("given back twice: %v", err)
	}
	if path := h.path(t, id); path.Phase != Reflection || path.PhaseSet || path.Standing.Setting != nil || path.Settings[0].EndedAt == nil {
		t.Errorf("given back: %+v", path.Dossier)
	}
	if got := h.happened(t, id); !slices.Equal(got[1:], []string{"phase_set return", "phase_set integration", "phase_released reflection"}) {
		t.Errorf("the timeline is %v", got)
	}

	for name, act := range map[string]func(context.Context) error{
		"set":  func(ctx context.Context) error { return h.SetPhase(ctx, id, choice) },
		"give": func(ctx context.Context) error { return h.ReleasePhase(ctx, id) },
	} {
		if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an auditor, %s: %v", name, err)
		}
		nobodyElse(t, act)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Path(ctx, id); return err })
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Overview(ctx, id); return err })
}

// A phase that was noted when the dossier was opened holds, and says that.
func TestPhase_NotedAtOpening(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.opened(t, amina())
	h.tell(t, id, "reflection", deadlines.Fact{Trigger: deadlines.ReflectionGranted, On: day(2026, time.November, 2)})
	if path := h.path(t, id); path.Phase != Identification || path.Standing.Setting == nil || path.Standing.Setting.Words.Get() != "" || path.Standing.Setting.By != cast.Lea.Name {
		t.Errorf("%+v", path)
	}
	if err := h.ReleasePhase(as(t, cast.Karim), id); err != nil || h.found(t, id).Phase != Reflection {
		t.Errorf("given back: %v", err)
	}
	t.Run("in a dossier that is older than its reason", func(t *testing.T) {
		old := bare()
		old.CodeName, old.Phase = "Fenulat", Integration
		id := h.opened(t, old)
		if _, err := h.db.Owner.Exec(t.Context(), "delete from phase_settings where dossier_id = $1", id); err != nil {
			t.Fatal(err)
		}
		if path := h.path(t, id); path.Standing.Phase() != Integration || path.Standing.Setting.By != "" {
			t.Errorf("%+v", path.Standing)
		}
		if err := h.SetPhase(as(t, cast.Lea), id, Choice{ID: ids.New[Setting](), Phase: Return, Reason: "Départ."}); err != nil {
			t.Error(err)
		}
	})
	p := bare()
	p.CodeName, p.Phase = "Beludok", Aftercare
	if err := h.Open(as(t, cast.Lea), ids.New[Dossier](), p); !errors.Is(err, fault.Invalid("", "")) {
		t.Errorf("opened in aftercare: %v", err)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	h, id := walked(t)
	presumed := Statement{Body: ByNGO, Verdict: Presumed, On: ptr(day(2026, time.May, 3)), Basis: "Récit <script>, passeport confisqué."}
	police := Statement{Body: ByPolice, Verdict: NotRecognised, On: ptr(day(2026, time.June, 1)), Basis: "Rapport de police."}
	first, second := ids.New[Finding](), ids.New[Finding]()
	for range 2 { // the form is sent twice
		if err := h.RecordFinding(as(t, cast.Lea), id, first, presumed); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.RecordFinding(as(t, cast.Karim), id, second, police); err != nil {
		t.Fatal(err)
	}
	path := h.path(t, id)
	if len(path.Findings) != 2 || path.Phase != Identification || path.Findings[0].Body != ByPolice || path.Findings[1].Words.Get().Basis != presumed.Basis || path.Findings[1].By != cast.Lea.Name {
		t.Fatalf("%s, %+v", path.Phase, path.Findings)
	}
	if course := path.Standing.Course; !course.Because.On.Equal(*presumed.On) || course.Because.Of != first.String() {
		t.Errorf("because of %+v", course.Because)
	}
	mention, shown, err := h.FindFinding(as(t, cast.Lea), first)
	if err != nil || mention.CodeName != "Lomidak" || shown.Of().Basis != presumed.Basis {
		t.Errorf("%+v, %+v, %v", mention, shown, err)
	}

	identified, instead := presumed, ids.New[Finding]()
	identified.Verdict = Identified
	for range 2 {
		if err := h.CorrectFinding(as(t, cast.Lea), first, instead, identified, "Mal saisi."); err != nil {
			t.Fatal(err)
		}
	}
	path = h.path(t, id)
	if len(path.Findings) != 3 {
		t.Fatalf("%d findings", len(path.Findings))
	}
	for _, f := range path.Findings {
		switch f.FindingID {
		case first:
			if f.Stands() || f.Words.Get() != (FindingWords{presumed.Basis, "Mal saisi."}) || f.WithdrawnBy != cast.Lea.Name {
				t.Errorf("what was corrected is %+v", f)
			}
		case instead:
			if !f.Stands() || f.Corrects != first || f.Verdict != Identified {
				t.Errorf("what stands instead is %+v", f)
			}
		}
	}
	t.Run("somebody else was quicker", func(t *testing.T) {
		refuses(t, h.CorrectFinding(as(t, cast.Karim), first, ids.New[Finding](), identified, "Autre."), fault.Conflict(""), "dossiers.finding.changed_meanwhile")
		refuses(t, h.WithdrawFinding(as(t, cast.Karim), first, "Mal saisi."), fault.Conflict(""), "dossiers.finding.changed_meanwhile")
	})
	t.Run("a reason is asked for", func(t *testing.T) {
		refuses(t, h.WithdrawFinding(as(t, cast.Lea), second, ""), fault.Invalid("", ""), "dossiers.finding.why_missing")
		refuses(t, h.CorrectFinding(as(t, cast.Lea), second, ids.New[Finding](), police, ""), fault.Invalid("", ""), "dossiers.finding.why_missing")
	})
	for range 2 {
		if err := h.WithdrawFinding(as(t, cast.Lea), instead, "Autre personne."); err != nil {
			t.Fatal(err)
		}
	}
	if course := h.path(t, id).Standing.Course; course.Because.Of != second.String() {
		t.Errorf("the finding of the police is what remains, not %+v", course.Because)
	}
	if got := h.happened(t, id); !slices.Equal(got[1:], []string{
		"finding_recorded presumed", "finding_recorded not_recognised", "finding_corrected identified", "finding_withdrawn identified",
	}) {
		t.Errorf("the timeline is %v", got)
	}

	for name, act := range map[string]func(context.Context) error{
		"record":   func(ctx context.Context) error { return h.RecordFinding(ctx, id, ids.New[Finding](), presumed) },
		"see":      func(ctx context.Context) error { _, _, err := h.FindFinding(ctx, second); return err },
		"correct":  func(ctx context.Context) error { return h.CorrectFinding(ctx, second, ids.New[Finding](), police, "x") },
		"withdraw": func(ctx context.Context) error { return h.WithdrawFinding(ctx, second, "x") },
	} {
		if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an auditor, %s: %v", name, err)
		}
		nobodyElse(t, act)
	}
}

// pressing gives a dossier a date that presses: the end of a reflection period of which somebody has decided the last day.
func (h *house) pressing(t *testing.T, id ID) (deadlines.RuleID, string) {
	t.Helper()
	h.tell(t, id, "reflection", deadlines.Fact{Trigger: deadlines.ReflectionGranted, On: day(2026, time.November, 2), Of: "a"},
		deadlines.Fact{Trigger: deadlines.ReflectionUntil, On: day(2026, time.December, 20), Of: "a"})
	return "reflection_end", "a"
}

func TestWaive(t *testing.T) {
	t.Parallel()
	h, id := walked(t)
	rule, about := h.pressing(t, id)
	calendar := func() Calendar {
		c, err := h.Calendar(as(t, cast.Ruth), id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	open := func() bool { d, _ := calendar().List.Find(rule, about); return d.Open() }
	if c := calendar(); len(c.List) != len(c.List.Next())+len(c.Known())+len(c.Settled()) || len(c.Known()) == 0 || !open() {
		t.Fatalf("%+v", c)
	}
	for range 2 {
		if err := h.Waive(as(t, cast.Lea), id, rule, about, "Elle est partie."); err != nil {
			t.Fatal(err)
		}
	}
	c := calendar()
	d, _ := c.List.Find(rule, about)
	if waiver, ok := c.Waiver(d); !ok || waiver.Words.Get() != "Elle est partie." || waiver.By != cast.Lea.Name || d.Open() || d.Settled.Trigger != deadlines.Waived {
		t.Errorf("%+v of %+v", waiver, d)
	}
	var settled bool
	if err := h.db.Owner.QueryRow(t.Context(), "select settled_on is not null from deadlines where rule = $1", rule).Scan(&settled); err != nil || !settled {
		t.Errorf("lists see it open: %v", err)
	}
	t.Run("what is to know, and what is not there, cannot be waived", func(t *testing.T) {
		refuses(t, h.Waive(as(t, cast.Lea), id, deadlines.ReflectionMinimum, about, "x"), fault.Refused(""), "dossiers.waiver.not_open")
		refuses(t, h.Waive(as(t, cast.Lea), id, rule, "b", "x"), fault.Refused(""), "dossiers.waiver.no_such_date")
		refuses(t, h.Waive(as(t, cast.Lea), id, rule, about, ""), fault.Invalid("", ""), "dossiers.waiver.reason_missing")
	})
	for range 2 {
		if err := h.TakeUp(as(t, cast.Karim), id, rule, about); err != nil {
			t.Fatal(err)
		}
	}
	if !open() {
		t.Error("it does not count again")
	}
	if got := h.happened(t, id); !slices.Equal(got[1:], []string{"deadline_waived reflection_end", "waiver_taken_back reflection_end"}) {
		t.Errorf("the timeline is %v", got)
	}
	for name, act := range map[string]func(context.Context) error{
		"waive":   func(ctx context.Context) error { return h.Waive(ctx, id, rule, about, "x") },
		"take up": func(ctx context.Context) error { return h.TakeUp(ctx, id, rule, about) },
	} {
		if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an auditor, %s: %v", name, err)
		}
		nobodyElse(t, act)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Calendar(ctx, id); return err })
}

// TestClose walks a dossier to its end and on: what is owed keeps it open, closed it takes nothing, aftercare lets contacts
// in, and reopened it goes on where the facts have it.
func TestClose(t *testing.T) {
	t.Parallel()
	owes := true
	h, id := walked(t, func(context.Context, tenantdb.Tx, ID) ([]Obligation, error) {
		if owes {
			return []Obligation{{Key: "referrals.owed.waiting", Args: []any{"Reference", "AB12", "Office", "CSR"}}}, nil
		}
		return nil, nil
	})
	rule, about := h.pressing(t, id)
	ending := Ending{ID: ids.New[Closure](), Reason: "return", Note: "Partie <b>le 20</b>."}
	if c, err := h.Closing(as(t, cast.Ruth), id); err != nil || len(c.Owed.Dates) == 0 || len(c.Owed.Others) != 1 || c.Closed() {
		t.Fatalf("%+v, %v", c, err)
	}
	refuses(t, h.Close(as(t, cast.Lea), id, ending), fault.Refused(""), "dossiers.closure.owed")
	owes = false
	refuses(t, h.Close(as(t, cast.Lea), id, ending), fault.Refused(""), "dossiers.closure.owed")
	c, err := h.Closing(as(t, cast.Lea), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Owed.Dates {
		if err := h.Waive(as(t, cast.Lea), id, d.ID, d.Of, "Elle est partie."); err != nil {
			t.Fatal(err)
		}
	}
	refuses(t, h.Close(as(t, cast.Lea), id, Ending{ID: ending.ID}), fault.Invalid("", ""), "dossiers.closure.reason_missing")
	if err := h.SetPhase(as(t, cast.Lea), id, Choice{ID: ids.New[Setting](), Phase: Return, Reason: "Départ."}); err != nil {
		t.Fatal(err)
	}
	refuses(t, h.Reopen(as(t, cast.Lea), id, "x"), fault.Refused(""), "dossiers.closure.not_closed")
	refuses(t, h.BeginAftercare(as(t, cast.Lea), id, "x"), fault.Refused(""), "dossiers.closure.not_closed")
	for range 2 {
		if err := h.Close(as(t, cast.Lea), id, ending); err != nil {
			t.Fatal(err)
		}
	}
	closed, err := h.Closing(as(t, cast.Lea), id)
	if err != nil || !closed.Closed() || closed.Phase != Closed || closed.PhaseSet || closed.Closures[0].Words.Get().Note != ending.Note || closed.Closures[0].By != cast.Lea.Name {
		t.Fatalf("%+v, %v", closed, err)
	}
	if path := h.path(t, id); path.Standing.Phase() != Closed {
		t.Errorf("its phase is %s", path.Standing.Phase())
	}
	refuses(t, h.Close(as(t, cast.Karim), id, Ending{ID: ids.New[Closure](), Reason: "death"}), fault.Conflict(""), "dossiers.closure.already")

	contact := func(ctx context.Context) error {
		return h.db.App.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
			_, _, err := HoldForContact(ctx, tx, h.keys, id)
			return err
		})
	}
	hold := func(ctx context.Context) error {
		return h.db.App.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
			_, _, err := Hold(ctx, tx, h.keys, id)
			return err
		})
	}
	load := func(ctx context.Context) error {
		return h.db.App.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
			_, err := Load(ctx, tx, h.keys, id)
			return err
		})
	}
	edit := func(ctx context.Context) error { _, err := h.Edit(ctx, id, 1, bare()); return err }
	describe := func(ctx context.Context) error {
		_, err := h.Describe(ctx, id, 1, Situation{access.Health: "x"})
		return err
	}
	changes := map[string]func(context.Context) error{
		"a capability's change": hold,
		"sending":               load,
		"setting the phase": func(ctx context.Context) error {
			return h.SetPhase(ctx, id, Choice{ID: ids.New[Setting](), Phase: Return, Reason: "x"})
		},
		"giving it back": func(ctx context.Context) error { return h.ReleasePhase(ctx, id) },
		"a finding": func(ctx context.Context) error {
			return h.RecordFinding(ctx, id, ids.New[Finding](), Statement{ByNGO, Presumed, ptr(day(2026, time.May, 3)), "x"})
		},
		"waiving":   func(ctx context.Context) error { return h.Waive(ctx, id, rule, about, "x") },
		"taking up": func(ctx context.Context) error { return h.TakeUp(ctx, id, rule, about) },
	}
	contacts := map[string]func(context.Context) error{"a contact": contact, "the particulars": edit, "the situation": describe}
	for name, act := range changes {
		if problems, _ := fault.Correctable(act(as(t, cast.Lea))); len(problems) != 1 || problems[0].Key != "dossiers.closure.refused" {
			t.Errorf("closed, %s: %v", name, problems)
		}
	}
	for name, act := range contacts {
		if problems, _ := fault.Correctable(act(as(t, cast.Lea))); len(problems) != 1 || problems[0].Key != "dossiers.closure.refused_contact" {
			t.Errorf("closed, %s: %v", name, problems)
		}
	}

	for range 2 {
		if err := h.BeginAftercare(as(t, cast.Karim), id, "Elle a rappelé."); err != nil {
			t.Fatal(err)
		}
	}
	for name, act := range contacts {
		if err := act(as(t, cast.Lea)); err != nil {
			t.Errorf("in aftercare, %s: %v", name, err)
		}
	}
	for name, act := range changes {
		if err := act(as(t, cast.Lea)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("in aftercare, %s: %v", name, err)
		}
	}
	if path := h.path(t, id); path.Phase != Aftercare || path.Standing.Phase() != Aftercare {
		t.Errorf("in aftercare: %s, %s", path.Phase, path.Standing.Phase())
	}

	refuses(t, h.Reopen(as(t, cast.Lea), id, ""), fault.Invalid("", ""), "dossiers.closure.why_missing")
	if err := h.Reopen(as(t, cast.Karim), id, "Elle est revenue."); err != nil {
		t.Fatal(err)
	}
	again, err := h.Closing(as(t, cast.Lea), id)
	if err != nil || again.Closed() || again.Phase != Reflection || len(again.Closures) != 1 ||
		again.Closures[0].Words.Get() != (ClosureWords{ending.Note, "Elle a rappelé.", "Elle est revenue."}) || again.Closures[0].ReopenedBy != cast.Karim.Name || again.Closures[0].AftercareBy != cast.Karim.Name {
		t.Errorf("%+v, %v", again, err)
	}
	if err := hold(as(t, cast.Lea)); err != nil {
		t.Errorf("reopened: %v", err)
	}
	got := h.happened(t, id)
	if got = got[len(got)-5:]; !slices.Equal(got, []string{"dossier_closed return", "aftercare_begun return", "dossier_changed ", "situation_changed ", "dossier_reopened return"}) &&
		!slices.Equal(got, []string{"dossier_closed return", "aftercare_begun return", "situation_changed ", "dossier_changed ", "dossier_reopened return"}) {
		t.Errorf("the timeline is %v", got)
	}
	if err := h.Close(as(t, cast.Lea), id, Ending{ID: ids.New[Closure](), Reason: "own_wish"}); err != nil {
		t.Errorf("closed a second time: %v", err)
	}

	for name, act := range map[string]func(context.Context) error{
		"close":     func(ctx context.Context) error { return h.Close(ctx, id, ending) },
		"aftercare": func(ctx context.Context) error { return h.BeginAftercare(ctx, id, "") },
		"reopen":    func(ctx context.Context) error { return h.Reopen(ctx, id, "x") },
	} {
		if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an auditor, %s: %v", name, err)
		}
		nobodyElse(t, act)
	}
	nobodyElse(t, func(ctx context.Context) error { _, err := h.Closing(ctx, id); return err })
}

// What is written of the path goes with the dossier.
func TestPath_Erased(t *testing.T) {
	t.Parallel()
	h, id := walked(t)
	h.tell(t, id, "stays", deadlines.Fact{Trigger: deadlines.StayValidUntil, On: day(2026, time.December, 20), Of: "a"})
	calendar, err := h.Calendar(as(t, cast.Lea), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range calendar.List.Next() {
		if err := h.Waive(as(t, cast.Lea), id, d.ID, d.Of, "x"); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		h.RecordFinding(as(t, cast.Lea), id, ids.New[Finding](), Statement{ByNGO, Presumed, ptr(day(2026, time.May, 3)), "x"}),
		h.SetPhase(as(t, cast.Lea), id, Choice{ID: ids.New[Setting](), Phase: Return, Reason: "x"}),
		h.Close(as(t, cast.Lea), id, Ending{ID: ids.New[Closure](), Reason: "death"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const left = "select (select count(*) from findings) + (select count(*) from phase_settings) + (select count(*) from waivers) + (select count(*) from closures)"
	var rows int
	if err := h.db.Owner.QueryRow(t.Context(), left).Scan(&rows); err != nil || rows < 4 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	if _, err := h.db.Owner.Exec(t.Context(), "delete from dossiers where dossier_id = $1", id); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Owner.QueryRow(t.Context(), left).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}

// TestTimeline turns the pages of a long timeline: each event is met once, in order, and a filter leaves out the others.
func TestTimeline(t *testing.T) {
	t.Parallel()
	h, id := walked(t)
	// Several events of one moment, so that the moment alone is no place.
	if _, err := h.db.Owner.Exec(t.Context(), `
		insert into events (tenant_id, event_id, dossier_id, kind, actor_id, actor_name, at)
		select $1, gen_random_uuid(), $2, case when i % 4 = 0 then 'phase_set' else 'situation_changed' end,
			case when i % 5 = 0 then $4::uuid else $3::uuid end, case when i % 5 = 0 then $6 else $5 end, timestamptz '2026-01-01' + (i / 7) * interval '1 hour'
		from generate_series(1, 520) i`, cast.Vaud.ID, id, cast.Lea.ID, cast.Karim.ID, cast.Lea.Name, cast.Karim.Name); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		filter timeline.Filter
		want   int
	}{
		"everything":         {timeline.Filter{}, 521},
		"a group":            {timeline.Filter{Group: "path"}, 131},
		"somebody":           {timeline.Filter{Actor: cast.Karim.ID}, 104},
		"both":               {timeline.Filter{Group: "path", Actor: cast.Karim.ID}, 26},
		"somebody else":      {timeline.Filter{Actor: cast.Claire.ID}, 0},
		"what never happens": {timeline.Filter{Group: "referrals"}, 0},
	} {
		met := map[ids.ID[timeline.Event]]bool{}
		var last time.Time
		for filter := test.filter; ; {
			mention, page, err := h.Timeline(as(t, cast.Ruth), id, filter)
			if err != nil {
				t.Fatal(err)
			}
			if mention.CodeName != "Lomidak" || len(page.Actors) != 2 || len(page.Entries) > timeline.PageSize {
				t.Fatalf("%s: %+v, %d entries, actors %v", name, mention, len(page.Entries), page.Actors)
			}
			for _, entry := range page.Entries {
				if met[entry.EventID] || !last.IsZero() && entry.At.After(last) {
					t.Fatalf("%s: %v comes again, or too late", name, entry)
				}
				met[entry.EventID], last = true, entry.At
			}
			if filter.Before = page.Next; filter.Before.None() {
				break
			}
		}
		if len(met) != test.want {
			t.Errorf("%s: %d events, want %d", name, len(met), test.want)
		}
	}
	nobodyElse(t, func(ctx context.Context) error { _, _, err := h.Timeline(ctx, id, timeline.Filter{}); return err })
}
