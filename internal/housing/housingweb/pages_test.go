package housingweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const canary = "Canaryaddress 7"

// house is Vaud, with a shelter that Karim opened on its page, and Amina's dossier.
type house struct {
	*webtest.Site
	lea, karim *webtest.Browser
	place      string
	dossier    dossiers.ID
}

func day(ahead int) string {
	return forms.Today(time.Now()).AddDate(0, 0, ahead).Format("02.01.2006")
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{Site: webtest.Start(t), dossier: ids.New[dossiers.Dossier]()}
	h.lea, h.karim = h.SignIn(t, cast.Lea), h.SignIn(t, cast.Karim)
	if err := h.App.Dossiers.Open(cast.Lea.Context(t.Context()), h.dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	page := h.karim.Get("/housing/places/new").Submit("form.pas-form", url.Values{
		"code_name": {"Tilleul"}, "beds": {"2"}, "genders": {"female"}, "welcome": {"children"}, "address": {canary}, "opens_on": {day(-30)},
	})
	if page.Status != http.StatusOK || !strings.HasPrefix(page.URL.Path, "/housing/places/") {
		t.Fatalf("%d %s\n%s", page.Status, page.URL, page.Text())
	}
	h.place = strings.TrimPrefix(page.URL.Path, "/housing/places/")
	return h
}

func (h *house) of(path string) string { return "/dossiers/" + h.dossier.String() + "/housing" + path }

// movedIn is Amina in the shelter, by the form.
func (h *house) movedIn(t *testing.T) {
	t.Helper()
	page := h.lea.Get(h.of("/new")).Submit("form.pas-form", url.Values{"place": {h.place}, "begins_on": {day(-10)}, "note": {"<b>Calme</b>"}})
	if page.Status != http.StatusOK || page.URL.Path != h.of("") {
		t.Fatalf("%d %s\n%s", page.Status, page.URL, page.Text())
	}
	if strings.Contains(page.Body, "<b>Calme") || !strings.Contains(page.Text(), "<b>Calme</b>") {
		t.Error("a note became markup, or is not there")
	}
}

func TestAStayFromFormToForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	wrong := h.lea.Get(h.of("/new")).Submit("form.pas-form", url.Values{"place": {"own_flat"}, "begins_on": {day(0)}, "note": {"Avec sa fille"}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#flat_reason-error") || wrong.Document.Find("#note").Text() != "\nAvec sa fille" && wrong.Document.Find("#note").Text() != "Avec sa fille" {
		t.Errorf("%d, and what was typed is %q", wrong.Status, wrong.Document.Find("#note").Text())
	}
	if !wrong.Has("input[name=place][value=own_flat][checked]") {
		t.Error("what was chosen is gone")
	}
	h.movedIn(t)

	edit := h.lea.Get(h.of("")).Document.Find("a[href$='/edit']").AttrOr("href", "")
	first, second := h.lea.Get(edit), h.karim.Get(edit)
	if page := first.Submit("form.pas-form", url.Values{"leaves_on": {day(20)}}); page.Status != http.StatusOK {
		t.Fatalf("%d\n%s", page.Status, page.Text())
	}
	conflict := second.Submit("form.pas-form", url.Values{"note": {"Karim"}})
	if conflict.Status != http.StatusConflict || !conflict.Has("#theirs") || !strings.Contains(conflict.Document.Find("#note").Text(), "Karim") {
		t.Errorf("%d\n%s", conflict.Status, conflict.Text())
	}
	if page := conflict.Submit("form.pas-form", url.Values{"leaves_on": {day(20)}}); page.Status != http.StatusOK {
		t.Errorf("having seen it, Karim cannot save: %d", page.Status)
	}
	board := h.lea.Get("/housing?wish=children&gender=female")
	if cells := board.Document.Find("#places tbody tr td.pas-number").Map(text); strings.Join(cells, " ") != "2 1 0 1 1" {
		t.Errorf("beds, taken, held, free, coming: %v", cells)
	}
	if none := h.lea.Get("/housing?gender=male"); none.Has("#places") {
		t.Error("a place for women is offered to a man")
	}

	evaluation := strings.TrimSuffix(edit, "/edit") + "/evaluation"
	looked := h.lea.Get(evaluation).Submit("form.pas-form", url.Values{"considered": {"own_flat"}, "decision": {"prolonged"}, "reasons": {"En danger ailleurs"}})
	if looked.Status != http.StatusUnprocessableEntity || !looked.Has("#prolonged_until-error") || !looked.Has("input[value=own_flat][checked]") {
		t.Errorf("%d\n%s", looked.Status, looked.Text())
	}
	if page := looked.Submit("form.pas-form", url.Values{"prolonged_until": {day(300)}}); page.Status != http.StatusOK || !page.Has("#evaluations") {
		t.Errorf("%d\n%s", page.Status, page.Text())
	}
	if page := h.lea.Get(strings.TrimSuffix(edit, "/edit")+"/departure").Submit("form.pas-form", url.Values{"went_to": {"family_friends"}}); page.Status != http.StatusOK || !page.Has("#past") {
		t.Errorf("%d\n%s", page.Status, page.Text())
	}
}

func text(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }

func TestHolds(t *testing.T) {
	t.Parallel()
	h := open(t)
	page := h.lea.Get(h.of("/holds/new")).Submit("form.pas-form", url.Values{"place": {h.place}, "beds": {"2"}, "until_on": {day(3)}})
	if page.Status != http.StatusOK || !page.Has("#holds") {
		t.Fatalf("%d\n%s", page.Status, page.Text())
	}
	full := h.lea.Get(h.of("/holds/new")).Submit("form.pas-form", url.Values{"place": {h.place}, "beds": {"1"}, "until_on": {day(3)}})
	if full.Status != http.StatusUnprocessableEntity || !full.Has("#place-error") {
		t.Errorf("the last bed twice: %d", full.Status)
	}
	if page := h.lea.Get(h.of("")).Submit("#holds form", nil); page.Status != http.StatusOK || page.Has("#holds") {
		t.Errorf("it is still held: %d", page.Status)
	}
}

// TestTheAddressStandsOnOnePage looks for it everywhere else.
func TestTheAddressStandsOnOnePage(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.movedIn(t)
	edit := h.lea.Get(h.of("")).Document.Find("a[href$='/edit']").AttrOr("href", "")
	stay := strings.TrimSuffix(edit, "/edit")
	for _, path := range []string{
		"/housing", "/housing/nights", "/housing/places/" + h.place, "/housing/places/" + h.place + "/edit", "/housing/places/" + h.place + "/forgetting",
		h.of(""), h.of("/new"), h.of("/holds/new"), edit, stay + "/evaluation", stay + "/departure", "/dossiers", "/dossiers/" + h.dossier.String(),
		"/dossiers/" + h.dossier.String() + "/journal", "/dossiers/" + h.dossier.String() + "/journal/sheet", "/work",
	} {
		page := h.karim.Get(path)
		if page.Status != http.StatusOK || strings.Contains(page.Body, "Canary") {
			t.Errorf("%s: %d, with the address: %t", path, page.Status, strings.Contains(page.Body, "Canary"))
		}
	}
	for _, ask := range []string{h.of(""), "/housing/places/" + h.place} {
		unasked := h.lea.Get(ask).Submit("form[action$='/address']", url.Values{"address_reason": {""}})
		if unasked.Status != http.StatusUnprocessableEntity || !unasked.Has("#address_reason-error") || strings.Contains(unasked.Body, "Canary") {
			t.Errorf("%s without a reason: %d", ask, unasked.Status)
		}
		shown := h.lea.Get(ask).Submit("form[action$='/address']", url.Values{"address_reason": {"visit"}})
		if shown.Status != http.StatusOK || !strings.Contains(shown.Text(), canary) || shown.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s with a reason: %d\n%s", ask, shown.Status, shown.Text())
		}
		if again := h.lea.Get(shown.URL.Path); strings.Contains(again.Body, "Canary") {
			t.Errorf("%s shows it again", shown.URL.Path)
		}
	}
	if page := h.karim.Get("/housing/places/" + h.place); page.Document.Find("#showings-table tbody tr").Length() != 2 {
		t.Error("who saw it is not told")
	}
	if page := h.karim.Get("/dossiers/" + h.dossier.String() + "/journal"); strings.Count(page.Text(), "s’est fait montrer une adresse") != 1 {
		t.Errorf("the journal tells:\n%s", page.Text())
	}
	if page := h.SignIn(t, cast.Ruth).Get(h.of("")); page.Has("form[action$='/address']") || page.Status != http.StatusOK {
		t.Error("an auditor is offered the address")
	}
}

func TestNobodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	claire := h.SignIn(t, cast.Claire)
	for _, path := range []string{h.of(""), h.of("/new"), "/housing/places/" + h.place, "/housing/stays/" + ids.New[housing.Stay]().String() + "/edit"} {
		if page := claire.Get(path); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
	if page := h.SignIn(t, cast.Noe).Get("/housing"); page.Status != http.StatusForbidden {
		t.Errorf("an office sees the board: %d", page.Status)
	}
}
