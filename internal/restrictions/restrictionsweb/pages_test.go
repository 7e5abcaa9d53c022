package restrictionsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const form = "form.pas-form"

// Two decide at once who sees a dossier: the second is shown what the first has said, and keeps her own ticks.
func TestTwoDecideAtOnce(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	address := "/dossiers/" + id.String() + "/admission"
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	hers, his := lea.Get(address), karim.Get(address)
	if named := his.Values(form)["named"]; len(named) != 1 || named[0] != cast.Karim.ID.String() {
		t.Errorf("Karim is proposed %v: himself, and Léa, whose tick cannot be taken away", named)
	}
	if saved := his.Submit(form, url.Values{"named": {cast.Karim.ID.String(), cast.Ruth.ID.String()}}); saved.Status != http.StatusOK || !strings.Contains(saved.Text(), cast.Ruth.Name) {
		t.Fatalf("Karim: %d %s", saved.Status, saved.Text())
	}
	late := hers.Submit(form, url.Values{"named": {cast.Lea.ID.String()}})
	if late.Status != http.StatusConflict || !strings.Contains(late.Document.Find("dd").Text(), cast.Ruth.Name) || len(late.Values(form)["named"]) != 0 {
		t.Errorf("Léa: %d, named %v", late.Status, late.Values(form)["named"])
	}
	if again := late.Submit(form, nil); again.Status != http.StatusOK {
		t.Errorf("Léa, having seen: %d", again.Status)
	}
	for _, path := range []string{"", "/admission", "/person", "/live", "/journal"} {
		if page := karim.Get("/dossiers/" + id.String() + path); page.Status != http.StatusNotFound || strings.Contains(page.Body, "Lomidak") {
			t.Errorf("Karim still gets %s: %d", path, page.Status)
		}
	}
	if page := site.SignIn(t, cast.Claire).Get(address); page.Status != http.StatusNotFound {
		t.Errorf("Claire: %d", page.Status)
	}
	// Whoever lifts it has it seen by all again; the same form twice does it once.
	lifting := lea.Get(address)
	for range 2 {
		if page := lifting.Submit("form[action$='/lifting']", nil); page.Status != http.StatusOK {
			t.Errorf("lifting: %d", page.Status)
		}
	}
	if page := karim.Get("/dossiers/" + id.String()); page.Status != http.StatusOK {
		t.Errorf("once it is lifted, Karim: %d", page.Status)
	}
}

// A bed that somebody lies in whom one may not know of is taken, and has no name.
func TestABedStaysTaken(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	place := ids.New[dossiers.Dossier]().String()
	site.Database.Exec(t, `insert into places (tenant_id, place_id, kind, code_name, beds, minors, children, couples, accessible, opens_on) values ($1, $2, 'shelter', 'Tilia', 1, true, true, true, true, current_date)`, cast.Vaud.ID, place)
	site.Database.Exec(t, `insert into bed_holds (tenant_id, hold_id, dossier_id, place_id, beds, from_on, until_on, held_by) values ($1, gen_random_uuid(), $2, $3, 1, current_date, current_date + 1, $4)`, cast.Vaud.ID, id, place, cast.Lea.ID)
	if err := site.App.Restrictions.Restrict(cast.Lea.Context(t.Context()), id, 0, nil); err != nil {
		t.Fatal(err)
	}
	for who, named := range map[*cast.Person]bool{&cast.Lea: true, &cast.Karim: false} {
		page := site.SignIn(t, *who).Get("/housing/places/" + place)
		guests := page.Document.Find("#guests").Text()
		if page.Status != http.StatusOK || strings.Contains(page.Body, "Lomidak") != named || strings.Contains(guests, "Dossier protégé") == named || strings.Contains(page.Body, id.String()) != named {
			t.Errorf("%s: %d %s", who.Name, page.Status, guests)
		}
	}
}
