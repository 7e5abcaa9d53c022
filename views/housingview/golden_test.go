package housingview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/housing"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	today = time.Date(2026, time.November, 24, 0, 0, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

func in(days int) time.Time { return today.AddDate(0, 0, days) }

func on(days int) *time.Time {
	day := in(days)
	return &day
}

func place(id, name string, kind housing.Kind, beds int, guests ...housing.Guest) housing.Vacancy {
	return housing.VacancyOf(housing.Place{
		PlaceID: ids.MustParse[housing.Place]("91ace000-0000-4000-8000-00000000000" + id), Kind: kind, AddressKnown: true, Version: 1,
		Description: housing.Description{
			CodeName: name, Beds: beds, OpensOn: in(-300), Welcome: housing.Welcome{Genders: []dossiers.Gender{"female"}, Children: true, Languages: []string{"fra"}},
		},
	}, guests, today)
}

func places() []housing.Vacancy {
	full := place("1", "Tilleul", housing.Shelter, 2, housing.Guest{DossierID: amina.DossierID, CodeName: amina.CodeName, Beds: 1, FromOn: in(-100), UntilOn: on(84)},
		housing.Guest{DossierID: amina.DossierID, CodeName: "Fenulat", Beds: 1, Held: true, FromOn: in(0), UntilOn: on(3)})
	free := place("2", "Bouleau", housing.Network, 3, housing.Guest{DossierID: amina.DossierID, CodeName: "Nobetim", Beds: 2, FromOn: in(-20), UntilOn: on(60), LeavesOn: on(12)})
	later := place("3", "Saule", housing.Transition, 1)
	later.Place.OpensOn, later.Place.Genders = in(30), nil
	retired := place("4", "Frêne", housing.Emergency, 1)
	retired.Place.ClosesOn = on(-1)
	return []housing.Vacancy{full, free, housing.VacancyOf(later.Place, nil, today), housing.VacancyOf(retired.Place, nil, today)}
}

func sheet(t *testing.T) housing.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	id := ids.MustParse[housing.Stay]("57a40000-0000-4000-8000-000000000001")
	before := ids.MustParse[housing.Stay]("57a40000-0000-4000-8000-000000000002")
	stays := []housing.Stay{
		{StayID: id, DossierID: amina.DossierID, PlaceID: places()[0].PlaceID, PlaceName: "Tilleul", Kind: housing.Shelter, Beds: 2, BeginsOn: in(-100), PlannedEndOn: on(84),
			LeavesOn: on(10), AddressKnown: true, Version: 3, Particulars: keys.Of(housing.Particulars{Note: hostile + strings.Repeat(" Elle dort mal.", 40)})},
		{StayID: before, DossierID: amina.DossierID, Kind: housing.OwnFlat, Beds: 1, BeginsOn: in(-200), EndedOn: on(-150), WentTo: "unknown",
			Particulars: keys.Of(housing.Particulars{Departure: "Sans laisser de nouvelles. " + hostile})},
	}
	return housing.Sheet{
		Dossier: amina, Stays: stays, Today: today, Vacancies: places(),
		Evaluations: []housing.Evaluation{{StayID: id, EvaluatedOn: in(-4), Decision: housing.Prolonged, ProlongedUntil: on(150), Document: keys.Of(housing.Findings{
			Considered: []housing.Solution{"own_flat", "shared_flat"}, Found: "Rien avant mars. " + hostile, Reasons: "Elle n’est pas encore en sécurité ailleurs.",
		})}},
		Holds:   []housing.Hold{{HoldID: ids.MustParse[housing.Hold]("401d0000-0000-4000-8000-000000000001"), PlaceID: places()[1].PlaceID, PlaceName: "Bouleau", Kind: housing.Network, Beds: 2, FromOn: in(10), UntilOn: in(20)}},
		Dates:   rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.ShelterEntered, On: in(-100), Of: id.String()}}),
		Outlook: housing.Outlook{Considered: &housing.Condition{Met: true, On: in(-4)}, Evaluated: &housing.Condition{}, Permit: housing.Condition{Met: true, On: in(200)}, Integration: housing.Condition{On: in(20)}},
	}
}

func about(t *testing.T, values url.Values, problems fault.Problems) Form {
	t.Helper()
	s := sheet(t)
	return Form{Sheet: s, Stay: s.Stays[0], ID: "57a40000-0000-4000-8000-000000000009", Version: 3, Typed: values, Problems: problems}
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	s := sheet(t)
	nobody := housing.Sheet{Dossier: amina, Today: today}
	tilleul := housing.PlaceSheet{Vacancy: places()[0], Today: today, Showings: []housing.Showing{{PersonName: "Léa Morel", Reason: "visit", ShownAt: now}}}
	gone := housing.PlaceSheet{Vacancy: places()[3], Today: today}
	gone.AddressKnown, gone.AddressForgottenAt = false, &now
	wrong := about(t, url.Values{"place": {"own_flat"}, "beds": {"x"}, "begins_on": {"31.2.2026"}, "note": {hostile}, "address": {hostile}},
		fault.Problems{{Field: "beds", Key: "forms.number.out_of_range", Args: []any{"Min", 1, "Max", 60}}, {Field: "flat_reason", Key: "housing.flat_reason.missing"}})
	conflict := about(t, url.Values{"note": {"mine"}, "beds": {"1"}}, nil)
	conflict.Conflict = true
	flat := about(t, TypedOfStay(s.Stays[1]), nil)
	flat.Stay = s.Stays[1]
	year := housing.NightsOf{Year: 2026, Kinds: map[housing.Kind]*housing.Year{}}
	for i, kind := range housing.Kinds {
		year.Kinds[kind] = &housing.Year{i, 2 * i}
	}
	shown := housing.Shown{PlaceID: places()[0].PlaceID, PlaceName: "Tilleul", Kind: housing.Shelter, Address: housing.Address{Where: "Rue " + hostile, Contact: "+41 21 000 00 00", Access: "Code"}}
	ofDossier := shown
	ofDossier.Dossier, ofDossier.Address = amina, housing.Address{}
	asked := Asked{Problems: fault.Problems{{Field: "address_reason", Key: "housing.address.reason_missing"}}}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"board":           {cast.Lea, Board(housing.Board{Vacancies: places(), All: 4, Today: today, Filter: housing.Filter{Kind: housing.Shelter, Children: true}})},
		"board_none":      {cast.Karim, Board(housing.Board{Today: today})},
		"board_no_match":  {cast.Lea, Board(housing.Board{All: 4, Today: today})},
		"place":           {cast.Karim, Place(tilleul, asked)},
		"place_an_audit":  {cast.Ruth, Place(tilleul, Asked{})},
		"place_forgotten": {cast.Karim, Place(gone, Asked{})},
		"place_new":       {cast.Karim, PlacePage(PlaceForm{ID: "91ace000-0000-4000-8000-000000000009", Typed: NewPlaceTyped(today)})},
		"place_edit":      {cast.Karim, PlacePage(PlaceForm{Changes: &tilleul, Version: 1, Typed: TypedOfPlace(tilleul.Description), Conflict: true})},
		"forgetting":      {cast.Karim, ForgettingPage(gone, Asked{})},
		"nights":          {cast.Ruth, NightsPage(year)},
		"page":            {cast.Lea, Page(s, asked, now)},
		"page_an_audit":   {cast.Ruth, Page(s, Asked{}, now)},
		"page_none":       {cast.Lea, Page(nobody, Asked{}, now)},
		"stay_new":        {cast.Lea, StayPage(about(t, NewStayTyped(today), nil))},
		"stay_new_wrong":  {cast.Lea, StayPage(wrong)},
		"stay_edit":       {cast.Lea, EditStayPage(about(t, TypedOfStay(s.Stays[0]), nil))},
		"stay_edit_flat":  {cast.Lea, EditStayPage(flat)},
		"stay_conflict":   {cast.Lea, EditStayPage(conflict)},
		"hold_new":        {cast.Lea, HoldPage(about(t, NewHoldTyped(today), nil))},
		"evaluation":      {cast.Lea, EvaluationPage(about(t, url.Values{}, nil))},
		"departure":       {cast.Lea, DeparturePage(about(t, DepartureTyped(s.Stays[0], today), nil))},
		"address":         {cast.Lea, AddressPage(shown)},
		"address_unknown": {cast.Lea, AddressPage(ofDossier)},
		"brief":           {cast.Lea, Brief([]housing.Residence{{PlaceName: "Tilleul", Kind: housing.Shelter, BeginsOn: in(-100), PlannedEndOn: on(10)}}, today)},
		"brief_none":      {cast.Lea, Brief(nil, today)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), lang), ui.Request{
					Nonce: "NONCE", CSRF: "TOKEN", Path: "/housing", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
				})
				var html bytes.Buffer
				if err := test.component.Render(ctx, &html); err != nil {
					t.Fatal(err)
				}
				got := html.String()
				if _, main, ok := strings.Cut(got, "<main"); ok {
					main, _, _ = strings.Cut(main, "</main>")
					got = "<main" + main + "</main>"
				}
				got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
				if strings.Contains(got, hostile) {
					t.Error("a text that somebody typed became a script")
				}
				golden := filepath.Join("testdata", name+"_"+string(lang)+".html")
				if *update {
					if err := os.MkdirAll("testdata", 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s differs; read the difference, then run with -update\n%s", golden, got)
				}
			})
		}
	}
}
