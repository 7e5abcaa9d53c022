package housing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

func TestMoveIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.movedIn(t, h.amina, Arrival{PlaceID: h.tilleul, Beds: 1, On: on("2026-08-01"), Note: "Une chambre au calme."})
	sheet := h.sheetOf(t, h.amina)
	stay, ok := sheet.Running()
	if !ok || stay.StayID != id || stay.Kind != Shelter || stay.PlaceName != "Tilleul" || stay.Particulars.Get().Note != "Une chambre au calme." || !stay.AddressKnown {
		t.Errorf("%+v", stay)
	}
	if stay.PlannedEndOn == nil || !stay.PlannedEndOn.Equal(day("2027-02-01")) {
		t.Errorf("it is planned until %v", stay.PlannedEndOn)
	}
	for rule, want := range map[deadlines.RuleID]string{"shelter_stay": "2027-02-01", "shelter_first_review": "2026-12-16", "shelter_second_review": "2027-01-16", "immediate_help": "2026-09-05"} {
		if d, ok := sheet.Dates.Find(rule, id.String()); !ok || d.On.Format(time.DateOnly) != want {
			t.Errorf("%s is due on %v, want %s", rule, d.On, want)
		}
	}
	t.Run("the same form twice is one stay", func(t *testing.T) {
		if err := h.MoveIn(as(t, cast.Lea), h.amina, id, h.at(h.tilleul, "2026-08-01")); err != nil {
			t.Error(err)
		}
		if n := h.count(t, "select count(*) from housing_stays"); n != 1 {
			t.Errorf("%d stays", n)
		}
		if err := h.MoveIn(as(t, cast.Lea), h.marisol, id, h.at(h.tilleul, "2026-08-01")); !errors.Is(err, fault.NotFound()) {
			t.Errorf("with the identifier of another's: %v", err)
		}
	})
	t.Run("moving on ends the one before, and its months go on", func(t *testing.T) {
		bouleau := h.place(t, "Bouleau", 1)
		second := h.movedIn(t, h.amina, h.at(bouleau, "2026-11-01"))
		sheet := h.sheetOf(t, h.amina)
		if now, _ := sheet.Running(); now.StayID != second || !now.PlannedEndOn.Equal(day("2027-02-01")) {
			t.Errorf("%+v", now)
		}
		if before, _ := sheet.Stay(id); before.WentTo != AnotherPlace || !before.EndedOn.Equal(day("2026-11-01")) {
			t.Errorf("%+v", before)
		}
		if v, err := h.Place(as(t, cast.Lea), h.tilleul); err != nil || v.Taken != 0 {
			t.Errorf("%d beds are taken, %v", v.Taken, err)
		}
	})
	t.Run("what is over needs no bed, and ends nothing", func(t *testing.T) {
		past := Arrival{PlaceID: h.place(t, "Saule", 1), Beds: 1, On: on("2026-03-01"), EndedOn: on("2026-04-01"), WentTo: "other"}
		h.movedIn(t, h.marisol, Arrival{PlaceID: past.PlaceID, Beds: 1, On: &today})
		over := h.movedIn(t, h.amina, past)
		sheet := h.sheetOf(t, h.amina)
		if now, _ := sheet.Running(); now.StayID == over || now.StayID.Zero() || !now.PlannedEndOn.Equal(day("2027-02-01")) {
			t.Errorf("%+v", now)
		}
		if stay, _ := sheet.Stay(over); stay.Nights(today) != 31 || stay.WentTo != "other" {
			t.Errorf("%+v", stay)
		}
	})
	move := func(ctx context.Context) error {
		return h.MoveIn(ctx, h.amina, ids.New[Stay](), h.at(h.tilleul, "2026-11-24"))
	}
	noAuditor(t, move)
	nobodyElse(t, false, move)
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.OfDossier(ctx, h.amina); return err })
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Prepare(ctx, h.amina); return err })
	nobodyElse(t, false, func(ctx context.Context) error { _, _, err := h.Edit(ctx, id); return err })
	t.Run("nobody lives in a place of the other canton", func(t *testing.T) {
		theirs := ids.New[Place]()
		if err := h.OpenPlace(as(t, cast.Marc), theirs, Shelter, describe("Saule", 3), Address{}); err != nil {
			t.Fatal(err)
		}
		if got := wrong(h.MoveIn(as(t, cast.Lea), h.marisol, ids.New[Stay](), h.at(theirs, "2026-11-24"))); got != "housing.place.missing" {
			t.Errorf("%q", got)
		}
	})
}

// Of many who want the last bed at the very same moment, one has it, and the others are told.
func TestTheLastBed(t *testing.T) {
	t.Parallel()
	h := open(t)
	last := h.place(t, "Bouleau", 1)
	waiting := []dossiers.ID{h.amina, h.marisol}
	for i := range 4 {
		waiting = append(waiting, h.dossier(t, dossiers.CodeName("Waiting"+string(rune('a'+i)))))
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	told := map[string]int{}
	for i, dossier := range waiting {
		ctx := as(t, cast.Lea)
		wait.Go(func() {
			var err error
			if i%2 == 0 {
				err = h.MoveIn(ctx, dossier, ids.New[Stay](), h.at(last, "2026-11-24"))
			} else {
				err = h.HoldBed(ctx, dossier, ids.New[Hold](), Wish{PlaceID: last, Beds: 1, FromOn: &today, UntilOn: on("2026-11-30")})
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				told["has it"]++
			} else {
				told[wrong(err)]++
			}
		})
	}
	wait.Wait()
	if told["has it"] != 1 || told["housing.place.full"] != 5 {
		t.Errorf("%v", told)
	}
}

func TestOwnFlat(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.movedIn(t, h.amina, h.at(h.tilleul, "2026-08-01"))
	flat := Arrival{Kind: OwnFlat, Beds: 1, On: &today, Address: Address{Where: canary}}
	move := func(a Arrival) error { return h.MoveIn(as(t, cast.Lea), h.amina, ids.New[Stay](), a) }
	if got := wrong(move(flat)); got != "housing.flat_reason.missing" {
		t.Errorf("without a permit, a path and a reason: %q", got)
	}
	h.report(t, h.amina, deadlines.Fact{Trigger: deadlines.StayValidUntil, On: day("2027-05-01")})
	if got := wrong(move(flat)); got != "housing.flat_reason.missing" {
		t.Errorf("with a permit alone: %q", got)
	}
	h.report(t, h.amina, deadlines.Fact{Trigger: deadlines.StayValidUntil, On: day("2027-05-01")}, deadlines.Fact{Trigger: deadlines.IntegrationBegun, On: day("2026-10-01")})
	if o := h.sheetOf(t, h.amina).Outlook; !o.Ready() || !o.Integration.On.Equal(day("2026-10-01")) {
		t.Errorf("%+v", o)
	}
	if err := move(flat); err != nil {
		t.Fatal(err)
	}
	stay, _ := h.sheetOf(t, h.amina).Running()
	if stay.Kind != OwnFlat || !stay.AddressKnown || stay.PlannedEndOn != nil || !stay.PlaceID.Zero() {
		t.Errorf("%+v", stay)
	}
	t.Run("with a reason it is moved into without them", func(t *testing.T) {
		id := h.movedIn(t, h.marisol, Arrival{Kind: OwnFlat, Beds: 1, On: &today, FlatReason: "Elle rejoint sa sœur."})
		if stay, _ := h.sheetOf(t, h.marisol).Stay(id); stay.Particulars.Get().FlatReason != "Elle rejoint sa sœur." || stay.AddressKnown {
			t.Errorf("%+v", stay)
		}
	})
	t.Run("its address goes with the dossier", func(t *testing.T) {
		shown, err := h.AddressOf(as(t, cast.Lea), stay.StayID, "visit")
		if err != nil || shown.Address.Where != canary || shown.Dossier.CodeName != "Lomidak" {
			t.Errorf("%+v, %v", shown, err)
		}
		if err := erasures.New(h.db.App, h.ring, h.now, 30).Erase(as(t, cast.Karim), h.amina, erasures.Order{Reason: "person_asked", CodeName: "Lomidak"}); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"housing_stays", "bed_holds", "housing_evaluations"} {
			if n := h.count(t, "select count(*) from "+table+" where dossier_id = $1", h.amina); n != 0 {
				t.Errorf("%d rows of %s are left", n, table)
			}
		}
		if n := h.count(t, "select count(*) from places"); n != 1 {
			t.Errorf("%d places are left", n)
		}
	})
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.movedIn(t, h.amina, h.at(h.tilleul, "2026-08-01"))
	mine := Correction{Beds: 1, BeginsOn: on("2026-08-10"), LeavesOn: on("2026-12-10"), HelpEndOn: on("2026-09-10"), Note: "mine"}
	for range 2 { // and the same form twice
		if _, err := h.Correct(as(t, cast.Lea), id, 1, mine); err != nil {
			t.Fatal(err)
		}
	}
	sheet := h.sheetOf(t, h.amina)
	stay, _ := sheet.Stay(id)
	if stay.Version != 2 || !stay.PlannedEndOn.Equal(day("2027-02-10")) || !stay.LeavesOn.Equal(day("2026-12-10")) || stay.Particulars.Get().Note != "mine" {
		t.Errorf("%+v", stay)
	}
	if d, ok := sheet.Dates.Find("immediate_help", id.String()); !ok || d.Open() {
		t.Errorf("immediate help goes on: %+v", d)
	}
	t.Run("two editors lose nothing", func(t *testing.T) {
		theirs := mine
		theirs.Note = "theirs"
		current, err := h.Correct(as(t, cast.Karim), id, 1, theirs)
		if !errors.Is(err, fault.Conflict("")) || current.Particulars.Get().Note != "mine" || current.Version != 2 {
			t.Errorf("%v, %+v", err, current)
		}
	})
	t.Run("more beds than there are", func(t *testing.T) {
		more := mine
		more.Beds = 3
		if _, err := h.Correct(as(t, cast.Lea), id, 2, more); wrong(err) != "housing.place.full" {
			t.Errorf("%v", err)
		}
	})
	change := func(ctx context.Context) error { _, err := h.Correct(ctx, id, 2, mine); return err }
	noAuditor(t, change)
	nobodyElse(t, false, change)
}

func TestEvaluateAndMoveOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.movedIn(t, h.amina, h.at(h.tilleul, "2026-06-01"))
	look := Look{Findings: Findings{Considered: []Solution{"own_flat", "network"}, Found: "Rien avant mars.", Reasons: "La famille de l’auteur habite le quartier."}, Decision: Prolonged, Until: on("2027-03-01")}
	evaluation := ids.New[Evaluation]()
	for range 2 {
		if err := h.Evaluate(as(t, cast.Lea), id, evaluation, look); err != nil {
			t.Fatal(err)
		}
	}
	sheet := h.sheetOf(t, h.amina)
	if len(sheet.Evaluations) != 1 || sheet.Evaluations[0].Document.Get().Reasons != look.Reasons || !sheet.Outlook.Considered.Met || !sheet.Outlook.Evaluated.Met {
		t.Errorf("%+v", sheet.Evaluations)
	}
	stay, _ := sheet.Running()
	if !stay.PlannedEndOn.Equal(day("2027-03-01")) || stay.Version != 2 {
		t.Errorf("%+v", stay)
	}
	six, _ := sheet.Dates.Find(deadlines.ShelterStay, id.String())
	longer, ok := sheet.Dates.Find("shelter_prolongation_end", id.String())
	if six.Open() || six.Late() || !ok || !longer.On.Equal(day("2027-03-01")) {
		t.Errorf("six months: %+v; the prolongation: %+v", six, longer)
	}
	evaluate := func(ctx context.Context) error { return h.Evaluate(ctx, id, ids.New[Evaluation](), look) }
	noAuditor(t, evaluate)
	nobodyElse(t, false, evaluate)

	departure := Departure{On: &today, WentTo: "family_friends", Word: "Chez sa tante."}
	leave := func(ctx context.Context) error { return h.MoveOut(ctx, id, departure) }
	noAuditor(t, leave)
	nobodyElse(t, false, leave)
	running := func() (n int) {
		err := h.db.App.View(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) (err error) { n, err = Open(ctx, tx, h.amina); return err })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := running(); n != 1 {
		t.Errorf("%d stays run", n)
	}
	for range 2 { // and the same form twice
		if err := leave(as(t, cast.Lea)); err != nil {
			t.Fatal(err)
		}
	}
	if n := running(); n != 0 {
		t.Errorf("%d stays run", n)
	}
	other := departure
	other.WentTo = "unknown"
	if got := wrong(h.MoveOut(as(t, cast.Lea), id, other)); got != "housing.stay.over" {
		t.Errorf("it ends again: %q", got)
	}
	sheet = h.sheetOf(t, h.amina)
	if gone, _ := sheet.Stay(id); gone.WentTo != "family_friends" || gone.Particulars.Get().Departure != "Chez sa tante." || gone.Nights(today) != 176 {
		t.Errorf("%+v", gone)
	}
	var now []Residence
	if err := h.db.App.Read(as(t, cast.Lea), Now(h.amina, &now)); err != nil || len(now) != 0 {
		t.Errorf("%+v, %v", now, err)
	}
	t.Run("the year counts its nights", func(t *testing.T) {
		nights, err := h.Nights(as(t, cast.Ruth), 2026)
		if err != nil || nights.Kinds[Shelter][5] != 30 || nights.Total.Total() != 176 || nights.Kinds[OwnFlat].Total() != 0 {
			t.Errorf("%+v, %v", nights, err)
		}
		if nights, err := h.Nights(as(t, cast.Claire), 2026); err != nil || nights.Total.Total() != 0 {
			t.Errorf("Genève counts %v, %v", nights.Total, err)
		}
		if _, err := h.Nights(as(t, cast.Noe), 2026); !errors.Is(err, fault.Refused("")) {
			t.Errorf("an office: %v", err)
		}
	})
}

// An address is shown to whoever says what for, and each time is written down in two places.
func TestAddresses(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.movedIn(t, h.amina, h.at(h.tilleul, "2026-08-01"))
	if _, err := h.AddressOf(as(t, cast.Lea), id, ""); wrong(err) != "housing.address.reason_missing" {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := h.AddressOfPlace(as(t, cast.Karim), h.tilleul, ""); wrong(err) != "housing.address.reason_missing" {
		t.Errorf("without a reason: %v", err)
	}
	if n := h.count(t, "select count(*) from place_showings"); n != 0 {
		t.Errorf("%d showings of nothing", n)
	}
	shown, err := h.AddressOf(as(t, cast.Lea), id, "transport")
	if err != nil || shown.Address != shelterAddress || shown.PlaceName != "Tilleul" || shown.Dossier.DossierID != h.amina {
		t.Errorf("%+v, %v", shown, err)
	}
	if shown, err := h.AddressOfPlace(as(t, cast.Karim), h.tilleul, "repair"); err != nil || shown.Address != shelterAddress {
		t.Errorf("%+v, %v", shown, err)
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'address_shown' and reason = 'transport' and dossier_id = $1 and person_id = $2", h.amina, cast.Lea.ID); n != 1 {
		t.Errorf("%d entries of Léa's", n)
	}
	if n := h.count(t, "select count(*) from journal_entries where action = 'address_shown' and reason = 'repair' and dossier_id is null and person_id = $1", cast.Karim.ID); n != 1 {
		t.Errorf("%d entries of Karim's", n)
	}
	sheet, err := h.Place(as(t, cast.Karim), h.tilleul)
	if err != nil || len(sheet.Showings) != 2 || sheet.Showings[0].PersonName == "" {
		t.Errorf("%+v, %v", sheet.Showings, err)
	}
	if sheet, err := h.Place(as(t, cast.Lea), h.tilleul); err != nil || len(sheet.Showings) != 0 {
		t.Errorf("Léa sees who else looked: %+v, %v", sheet.Showings, err)
	}
	ofStay := func(ctx context.Context) error { _, err := h.AddressOf(ctx, id, "visit"); return err }
	ofPlace := func(ctx context.Context) error { _, err := h.AddressOfPlace(ctx, h.tilleul, "visit"); return err }
	noAuditor(t, ofStay)
	noAuditor(t, ofPlace)
	nobodyElse(t, false, ofStay)
	nobodyElse(t, false, ofPlace)

	t.Run("nothing else gives it away", func(t *testing.T) {
		board, _ := h.Board(as(t, cast.Karim), Filter{})
		prepared, _ := h.Prepare(as(t, cast.Lea), h.amina)
		if text := fmt.Sprintf("%+v %+v %+v %+v", board, prepared, h.sheetOf(t, h.amina), sheet); strings.Contains(text, "Canary") {
			t.Error("an address was given along")
		}
	})
	t.Run("it is replaced unseen", func(t *testing.T) {
		if _, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 1, describe("Tilleul", 2), &Address{Where: "Ailleurs"}); err != nil {
			t.Fatal(err)
		}
		if shown, err := h.AddressOfPlace(as(t, cast.Karim), h.tilleul, "repair"); err != nil || shown.Address != (Address{Where: "Ailleurs"}) {
			t.Errorf("%+v, %v", shown, err)
		}
	})
	t.Run("it is destroyed once the place is given up", func(t *testing.T) {
		forget := func(ctx context.Context) error { return h.ForgetAddress(ctx, h.tilleul) }
		if got := wrong(forget(as(t, cast.Karim))); got != "housing.forgetting.still_open" {
			t.Errorf("%q", got)
		}
		if err := h.MoveOut(as(t, cast.Lea), id, Departure{On: &today, WentTo: "other"}); err != nil {
			t.Fatal(err)
		}
		closed := describe("Tilleul", 2)
		closed.ClosesOn = on("2026-11-23")
		if _, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 2, closed, nil); err != nil {
			t.Fatal(err)
		}
		if err := forget(as(t, cast.Lea)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("a caseworker forgets it: %v", err)
		}
		nobodyElse(t, true, forget)
		for range 2 {
			if err := forget(as(t, cast.Karim)); err != nil {
				t.Fatal(err)
			}
		}
		if shown, err := h.AddressOf(as(t, cast.Lea), id, "administration"); err != nil || shown.Address != (Address{}) {
			t.Errorf("%+v, %v", shown, err)
		}
		if n := h.count(t, "select count(*) from keys.keysets where kind = 'lodging'"); n != 0 {
			t.Errorf("%d keysets are left", n)
		}
		if _, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 3, closed, &shelterAddress); wrong(err) != "housing.address.forgotten" {
			t.Errorf("it comes back: %v", err)
		}
	})
}

// entries are what somebody's use case leaves in the journal about a dossier, in order, and each is taken once.
func (h *house) entries(t *testing.T) string {
	t.Helper()
	var found string
	if err := h.db.Owner.QueryRow(t.Context(), `select coalesce(string_agg(action || ' ' || reason, ', ' order by at, action), '') from journal_entries
		where dossier_id = $1 and not entry_id = any($2::uuid[])`, h.amina, h.told).Scan(&found); err != nil {
		t.Fatal(err)
	}
	if err := h.db.Owner.QueryRow(t.Context(), "select coalesce(array_agg(entry_id::text), '{}') from journal_entries").Scan(&h.told); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEachUseCaseLeavesItsEntry(t *testing.T) {
	t.Parallel()
	h := open(t)
	lea := as(t, cast.Lea)
	hold, stay := ids.New[Hold](), ids.New[Stay]()
	h.entries(t)
	for _, c := range []struct {
		want string
		do   func() error
	}{
		{"bed_held shelter", func() error {
			return h.HoldBed(lea, h.amina, hold, Wish{PlaceID: h.tilleul, Beds: 1, FromOn: &today, UntilOn: &today})
		}},
		{"bed_released ", func() error { _, err := h.ReleaseBed(lea, hold); return err }},
		{"housing_begun shelter", func() error { return h.MoveIn(lea, h.amina, stay, h.at(h.tilleul, "2026-08-01")) }},
		{"dossier_seen ", func() error { _, err := h.OfDossier(as(t, cast.Ruth), h.amina); return err }},
		{"dossier_seen ", func() error { _, err := h.Prepare(lea, h.amina); return err }},
		{"dossier_seen ", func() error { _, _, err := h.Edit(lea, stay); return err }},
		{"", func() error { _, err := h.Board(lea, Filter{}); return err }},
		{"", func() error { _, err := h.Place(lea, h.tilleul); return err }},
		{"housing_changed shelter", func() error {
			_, err := h.Correct(lea, stay, 1, Correction{Beds: 1, BeginsOn: on("2026-08-02")})
			return err
		}},
		{"housing_evaluated open", func() error {
			return h.Evaluate(lea, stay, ids.New[Evaluation](), Look{Findings: Findings{Considered: []Solution{"return"}}, Decision: Undecided})
		}},
		{"address_shown visit", func() error { _, err := h.AddressOf(lea, stay, "visit"); return err }},
		{"housing_ended unknown", func() error { return h.MoveOut(lea, stay, Departure{On: &today, WentTo: "unknown"}) }},
		// Whoever is refused has seen what the refusal rests on.
		{"dossier_seen ", func() error {
			if got := wrong(h.MoveIn(lea, h.amina, ids.New[Stay](), Arrival{Kind: OwnFlat, Beds: 1, On: &today})); got != "housing.flat_reason.missing" {
				return errors.New(got)
			}
			return nil
		}},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.want, err)
		}
		if got := h.entries(t); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
