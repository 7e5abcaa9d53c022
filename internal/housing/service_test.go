package housing

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// canary is an address, which stands nowhere but where somebody has asked for it.
const canary = "Canaryaddress 7"

var shelterAddress = Address{Where: canary + "\n1000 Lausanne", Contact: "+41 21 000 00 00", Access: "Code 4711"}

type house struct {
	*Service
	db    *pgtest.Database
	ring  *keys.Ring
	clock time.Time
	// amina and marisol are dossiers of Vaud; tilleul is a shelter there with two beds.
	amina, marisol dossiers.ID
	tilleul        PlaceID
	// told are the entries of the journal that a test has met.
	told []string
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{db: db, ring: db.Ring(t), clock: time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return h.clock }
	h.Service = New(db.App, h.ring, now)
	h.amina, h.marisol = h.dossier(t, "Lomidak"), h.dossier(t, "Fenulat")
	h.tilleul = h.place(t, "Tilleul", 2)
	return h
}

func (h *house) dossier(t *testing.T, name dossiers.CodeName) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := dossiers.New(h.db.App, h.ring, h.now).Open(as(t, cast.Lea), id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return id
}

func describe(name string, beds int) Description {
	return Description{CodeName: name, Beds: beds, OpensOn: day("2026-01-01"), Welcome: Welcome{Genders: []dossiers.Gender{"female"}, Children: true, Languages: []string{"fra"}}}
}

func (h *house) place(t *testing.T, name string, beds int) PlaceID {
	t.Helper()
	id := ids.New[Place]()
	if err := h.OpenPlace(as(t, cast.Karim), id, Shelter, describe(name, beds), shelterAddress); err != nil {
		t.Fatal(err)
	}
	return id
}

func as(t *testing.T, p cast.Person) context.Context {
	t.Helper()
	return p.Context(t.Context())
}

func (h *house) movedIn(t *testing.T, dossier dossiers.ID, a Arrival) StayID {
	t.Helper()
	id := ids.New[Stay]()
	if err := h.MoveIn(as(t, cast.Lea), dossier, id, a); err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) sheetOf(t *testing.T, dossier dossiers.ID) Sheet {
	t.Helper()
	sheet, err := h.OfDossier(as(t, cast.Lea), dossier)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func (h *house) at(id PlaceID, begins string) Arrival {
	return Arrival{PlaceID: id, Beds: 1, On: on(begins)}
}

// count asks the database, past all fences.
func (h *house) count(t *testing.T, question string, arguments ...any) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), question, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// report is another capability that reports facts.
func (h *house) report(t *testing.T, dossier dossiers.ID, facts ...deadlines.Fact) {
	t.Helper()
	err := h.db.App.Write(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, h.ring, dossier)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, dossier, "others", facts, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// nobodyElse holds that an act on a thing of Vaud's finds nothing for Genève, and that offices are turned away. Marc acts
// where only a coordinator may.
func nobodyElse(t *testing.T, coordinator bool, act func(context.Context) error) {
	t.Helper()
	for _, stranger := range []cast.Person{cast.Claire, cast.Marc} {
		want := fault.NotFound()
		if coordinator && stranger.Role != access.Coordinator {
			want = fault.Refused("")
		}
		if err := act(as(t, stranger)); !errors.Is(err, want) {
			t.Errorf("%s of the other canton: %v", stranger.Name, err)
		}
	}
	for _, stranger := range []cast.Person{cast.Noe, cast.Eva, cast.JoVaud} {
		if err := act(as(t, stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s of an office: %v, want a refusal", stranger.Name, err)
		}
	}
	// Were the role's fence to fall, the database's would still stand.
	forged := cast.Noe.Principal()
	forged.Role = access.Coordinator
	if err := act(access.WithPrincipal(t.Context(), forged)); err == nil {
		t.Error("an office member who calls himself a coordinator got through")
	}
}

// noAuditor holds that whoever only looks changes nothing.
func noAuditor(t *testing.T, act func(context.Context) error) {
	t.Helper()
	if err := act(as(t, cast.Ruth)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an auditor: %v", err)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	h := open(t)
	sheet, err := h.Place(as(t, cast.Lea), h.tilleul)
	if err != nil {
		t.Fatal(err)
	}
	if sheet.CodeName != "Tilleul" || sheet.Kind != Shelter || sheet.Free != 2 || !sheet.AddressKnown || len(sheet.Languages) != 1 || sheet.Version != 1 {
		t.Errorf("a fresh place is %+v", sheet)
	}
	t.Run("the same form twice opens one", func(t *testing.T) {
		if err := h.OpenPlace(as(t, cast.Karim), h.tilleul, Shelter, describe("Tilleul", 2), Address{}); err != nil {
			t.Error(err)
		}
		if n := h.count(t, "select count(*) from places"); n != 1 {
			t.Errorf("%d places", n)
		}
	})
	t.Run("refuses a name that another place has, in whatever capitals", func(t *testing.T) {
		if got := wrong(h.OpenPlace(as(t, cast.Karim), ids.New[Place](), Network, describe("TILLEUL", 1), Address{})); got != "housing.code_name.taken" {
			t.Errorf("%q", got)
		}
		if err := h.OpenPlace(as(t, cast.Marc), ids.New[Place](), Network, describe("Tilleul", 1), Address{}); err != nil {
			t.Errorf("the name is free in Genève: %v", err)
		}
	})
	t.Run("an own flat is no place", func(t *testing.T) {
		if got := wrong(h.OpenPlace(as(t, cast.Karim), ids.New[Place](), OwnFlat, describe("Bouleau", 1), Address{})); got != "housing.kind.missing" {
			t.Errorf("%q", got)
		}
	})
	t.Run("changes, and two editors lose nothing", func(t *testing.T) {
		mine, theirs := describe("Tilleul", 3), describe("Tilleul", 4)
		if _, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 1, mine, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 1, mine, nil); err != nil {
			t.Errorf("the same form twice: %v", err)
		}
		current, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 1, theirs, nil)
		if !errors.Is(err, fault.Conflict("")) || current.Beds != 3 {
			t.Errorf("%v, and there are %d beds", err, current.Beds)
		}
	})
	t.Run("keeps the beds in which somebody sleeps", func(t *testing.T) {
		h.movedIn(t, h.amina, Arrival{PlaceID: h.tilleul, Beds: 3, On: on("2026-11-20")})
		if _, err := h.ChangePlace(as(t, cast.Karim), h.tilleul, 2, describe("Tilleul", 2), nil); wrong(err) != "housing.beds.taken" {
			t.Errorf("%v", err)
		}
	})
	t.Run("caseworkers manage no places", func(t *testing.T) {
		if err := h.OpenPlace(as(t, cast.Lea), ids.New[Place](), Shelter, describe("Bouleau", 1), Address{}); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%v", err)
		}
	})
	change := func(ctx context.Context) error {
		_, err := h.ChangePlace(ctx, h.tilleul, 2, describe("Chêne", 3), nil)
		return err
	}
	noAuditor(t, change)
	nobodyElse(t, true, change)
	nobodyElse(t, false, func(ctx context.Context) error { _, err := h.Place(ctx, h.tilleul); return err })
}

func TestBoard(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.movedIn(t, h.amina, h.at(h.tilleul, "2026-08-01"))
	if err := h.HoldBed(as(t, cast.Lea), h.marisol, ids.New[Hold](), Wish{PlaceID: h.tilleul, Beds: 1, FromOn: &today, UntilOn: on("2026-11-27")}); err != nil {
		t.Fatal(err)
	}
	board, err := h.Board(as(t, cast.Ruth), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if len(board.Vacancies) != 1 {
		t.Fatalf("%d places", len(board.Vacancies))
	}
	v := board.Vacancies[0]
	// Six months from 1 August, as the house has it.
	if v.Taken != 1 || v.Held != 1 || v.Free != 0 || v.NextFree == nil || !v.NextFree.Equal(day("2027-02-01")) || v.Guests[0].CodeName != "Lomidak" {
		t.Errorf("%+v", v)
	}
	t.Run("a hold ends by itself", func(t *testing.T) {
		h.clock = h.clock.AddDate(0, 0, 4)
		defer func() { h.clock = h.clock.AddDate(0, 0, -4) }()
		board, err := h.Board(as(t, cast.Lea), Filter{Vacant: true})
		if err != nil || len(board.Vacancies) != 1 || board.Vacancies[0].Held != 0 || board.Vacancies[0].Free != 1 {
			t.Errorf("%+v, %v", board.Vacancies, err)
		}
	})
	t.Run("narrowed", func(t *testing.T) {
		board, err := h.Board(as(t, cast.Lea), Filter{Gender: "male"})
		if err != nil || len(board.Vacancies) != 0 || board.All != 1 {
			t.Errorf("%+v, %v", board, err)
		}
	})
	for _, who := range []cast.Person{cast.Claire, cast.Marc} {
		if board, err := h.Board(as(t, who), Filter{}); err != nil || len(board.Vacancies) != 0 {
			t.Errorf("%s sees %+v, %v", who.Name, board.Vacancies, err)
		}
	}
	if _, err := h.Board(as(t, cast.Noe), Filter{}); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office sees the board: %v", err)
	}
}

func TestHoldBed(t *testing.T) {
	t.Parallel()
	h := open(t)
	wish := Wish{PlaceID: h.tilleul, Beds: 2, FromOn: &today, UntilOn: on("2026-11-30")}
	id := ids.New[Hold]()
	for range 2 {
		if err := h.HoldBed(as(t, cast.Lea), h.amina, id, wish); err != nil {
			t.Fatal(err)
		}
	}
	if holds := h.sheetOf(t, h.amina).Holds; len(holds) != 1 || holds[0].Beds != 2 || holds[0].PlaceName != "Tilleul" {
		t.Errorf("%+v", holds)
	}
	t.Run("nobody else has them", func(t *testing.T) {
		wish := wish
		wish.Beds = 1
		if got := wrong(h.HoldBed(as(t, cast.Lea), h.marisol, ids.New[Hold](), wish)); got != "housing.place.full" {
			t.Errorf("%q", got)
		}
		if got := wrong(h.MoveIn(as(t, cast.Lea), h.marisol, ids.New[Stay](), h.at(h.tilleul, "2026-11-24"))); got != "housing.place.full" {
			t.Errorf("%q", got)
		}
		if err := h.HoldBed(as(t, cast.Lea), h.marisol, id, wish); !errors.Is(err, fault.NotFound()) {
			t.Errorf("with the identifier of another's: %v", err)
		}
	})
	t.Run("a place that is none", func(t *testing.T) {
		wish := wish
		wish.PlaceID = ids.New[Place]()
		if got := wrong(h.HoldBed(as(t, cast.Lea), h.amina, ids.New[Hold](), wish)); got != "housing.place.missing" {
			t.Errorf("%q", got)
		}
	})
	release := func(ctx context.Context) error { _, err := h.ReleaseBed(ctx, id); return err }
	hold := func(ctx context.Context) error { return h.HoldBed(ctx, h.amina, ids.New[Hold](), wish) }
	noAuditor(t, release)
	noAuditor(t, hold)
	nobodyElse(t, false, release)
	nobodyElse(t, false, hold)
	t.Run("moving in uses them up", func(t *testing.T) {
		h.movedIn(t, h.amina, Arrival{PlaceID: h.tilleul, Beds: 2, On: &today})
		if n := h.count(t, "select count(*) from bed_holds"); n != 0 {
			t.Errorf("%d are kept", n)
		}
	})
	other := h.place(t, "Bouleau", 1)
	again := ids.New[Hold]()
	if err := h.HoldBed(as(t, cast.Lea), h.marisol, again, Wish{PlaceID: other, Beds: 1, FromOn: &today, UntilOn: &today}); err != nil {
		t.Fatal(err)
	}
	if dossier, err := h.ReleaseBed(as(t, cast.Karim), again); err != nil || dossier != h.marisol {
		t.Errorf("%v, %v", dossier, err)
	}
	if holds := h.sheetOf(t, h.marisol).Holds; len(holds) != 0 {
		t.Errorf("%+v", holds)
	}
}
