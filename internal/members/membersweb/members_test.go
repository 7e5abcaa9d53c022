package membersweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// arrive signs somebody in who has no place yet.
func arrive(t *testing.T, site *webtest.Site, who cast.Person) (*webtest.Browser, *webtest.Page) {
	t.Helper()
	b := site.Open(t)
	page := b.Get("/signin").Submit("form[action='/signin']:has([name=email])", url.Values{"email": {who.Email}})
	if _, target, ok := strings.Cut(page.Header.Get("Refresh"), "url="); ok {
		page = b.Get(target)
	}
	return b, page.SubmitButton("button:contains('" + who.Email + "')")
}

// A new caseworker's way in, and out: she knocks, is seen waiting, joins by a code, and is shut out at once.
func TestThroughTheDoor(t *testing.T) {
	site := webtest.Start(t)
	site.Database.Exec(t, "delete from members where member_id = $1", cast.Ruth.ID)
	ruth, page := arrive(t, site, cast.Ruth)
	if page.URL.Path != "/memberships" || !page.Has("a[href='/join']") {
		t.Fatalf("%s %s", page.URL, page.Text())
	}
	if page := ruth.Get("/dossiers"); page.URL.Path != "/memberships" {
		t.Errorf("without a role she is at %s", page.URL)
	}
	anna := site.SignIn(t, cast.Anna)
	page = anna.Get("/members")
	if page.Status != http.StatusOK || !strings.Contains(page.Document.Find("#applications").Text(), cast.Ruth.Email) {
		t.Fatalf("Anna does not see her waiting: %d %s", page.Status, page.Text())
	}
	page = anna.Get("/invitations/new").Submit("form[action='/invitations']", url.Values{"name": {""}, "email": {"ruth"}, "role": {"caseworker"}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("[name=email]").AttrOr("value", "") != "ruth" || !page.Has("#name-error") || !page.Has("#email-error") || !page.Has("[value=caseworker][checked]") {
		t.Errorf("what was typed is gone: %d %s", page.Status, page.Text())
	}
	page = page.Submit("form[action='/invitations']", url.Values{"name": {"Ruth Keller"}, "email": {cast.Ruth.Email}})
	code := page.Document.Find("#code").Text()
	if page.Status != http.StatusOK || !strings.HasPrefix(code, "vaud.") {
		t.Fatalf("%d %s", page.Status, page.Text())
	}
	if page := ruth.Get("/join").Submit("form[action='/join']", url.Values{"code": {"vaud.nothing"}}); page.Status != http.StatusUnprocessableEntity || page.Document.Find("[name=code]").AttrOr("value", "") != "vaud.nothing" {
		t.Errorf("a wrong code: %d %s", page.Status, page.Text())
	}
	claire := site.SignIn(t, cast.Claire)
	if page := claire.Get("/join").Submit("form[action='/join']", url.Values{"code": {code}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("another canton's: %d", page.Status)
	}
	if page = ruth.Get("/join").Submit("form[action='/join']", url.Values{"code": {strings.ToUpper(code)}}); page.Status != http.StatusOK || page.URL.Path == "/join" {
		t.Fatalf("%d %s %s", page.Status, page.URL, page.Text())
	}
	if page := ruth.Get("/dossiers"); page.Status != http.StatusOK || page.URL.Path != "/dossiers" {
		t.Errorf("she sees %d %s", page.Status, page.URL)
	}
	page = anna.Get("/members?role=caseworker")
	link, ok := page.Document.Find("#staff a:contains('Ruth Keller')").Attr("href")
	if !ok || strings.Contains(page.Document.Find("#staff").Text(), cast.Karim.Name) {
		t.Fatalf("the filter does not filter: %s", page.Text())
	}
	page = anna.Get(link).Submit("form[action$='/role']", url.Values{"role": {"nonsense"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("#role-error") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	page = anna.Get(link).Submit("form[action$='/ending']:has([name=on])", url.Values{"on": {"1.1.2020"}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("[name=on]").AttrOr("value", "") != "1.1.2020" || !page.Has("#on-error") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if page = anna.Get(link).SubmitButton("form:has([value=disabled]) button"); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Accès bloqué") {
		t.Fatalf("%d %s", page.Status, page.Text())
	}
	if page := ruth.Get("/dossiers"); page.URL.Path != "/signin" {
		t.Errorf("shut out, she is at %s", page.URL)
	}
	if page := anna.Get("/members/log"); !strings.Contains(page.Text(), "Anna Rossier a bloqué tout de suite l’accès de Ruth Keller") || !strings.Contains(page.Text(), "Ruth Keller a rejoint l’équipe") {
		t.Errorf("the log says %s", page.Text())
	}
}

// Whoever comes through the connection that several cantons share waits for nobody: the page says what to do instead, and the code of
// an invitation does it.
func TestSharedConnection(t *testing.T) {
	site := webtest.Start(t)
	site.Database.Exec(t, "delete from office_members where office_member_id = $1", cast.Noe.ID)
	noe, page := arrive(t, site, cast.Noe)
	if page.URL.Path != "/memberships" || !page.Has("a.govuk-button[href='/join']") || !strings.Contains(page.Text(), "sert plusieurs cantons") {
		t.Fatalf("%s %s", page.URL, page.Text())
	}
	anna := site.SignIn(t, cast.Anna)
	if page := anna.Get("/members"); page.Has("#applications") {
		t.Errorf("he waits where nobody can answer: %s", page.Text())
	}
	page = anna.Get("/invitations/new?office=yes").Submit("form[action='/invitations']", url.Values{
		"name": {cast.Noe.Name}, "email": {cast.Noe.Email}, "role": {"office_member"}, "office": {cast.CSR.ID.String()},
	})
	code := page.Document.Find("#code").Text()
	if page := noe.Get("/join").Submit("form[action='/join']", url.Values{"code": {code}}); page.Status != http.StatusOK || page.URL.Path != "/inbox" {
		t.Fatalf("%d %s %s", page.Status, page.URL, page.Text())
	}
	if page := site.SignIn(t, cast.Diane).Get("/members"); strings.Contains(page.Text(), cast.Noe.Name) {
		t.Error("another canton sees him")
	}
}

// An application is answered, and a group proposes what is answered.
func TestAnswer(t *testing.T) {
	site := webtest.Start(t)
	site.Database.Exec(t, "delete from members where member_id = $1", cast.Ruth.ID)
	ruth, _ := arrive(t, site, cast.Ruth)
	site.Database.Exec(t, "update applications set groups = '{team}'")
	anna := site.SignIn(t, cast.Anna)
	if page := anna.Get("/members/groups").Submit("form[action='/members/groups']", url.Values{"group": {"team"}, "role": {"auditor"}}); page.Status != http.StatusOK || !page.Has("#groups") {
		t.Fatalf("%d %s", page.Status, page.Text())
	}
	link, _ := anna.Get("/members").Document.Find("#applications a").Attr("href")
	page := anna.Get(link)
	if !page.Has("[name=role][value=auditor][checked]") {
		t.Errorf("nothing is proposed: %s", page.Text())
	}
	if page := page.Submit("form[action$='/acceptance']", url.Values{"name": {""}}); page.Status != http.StatusUnprocessableEntity || !page.Has("#name-error") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if page := site.SignIn(t, cast.Diane).Get(link); page.Status != http.StatusNotFound {
		t.Errorf("another canton: %d", page.Status)
	}
	if page := page.Submit("form[action$='/acceptance']", nil); page.Status != http.StatusOK {
		t.Fatalf("%d %s", page.Status, page.Text())
	}
	if page := ruth.Get("/memberships"); !strings.Contains(page.Text(), cast.Vaud.Name) {
		t.Errorf("she has no place: %s", page.Text())
	}
}

// The lead of an office and who hands over.
func TestColleaguesAndHandovers(t *testing.T) {
	site := webtest.Start(t)
	olga := site.SignIn(t, cast.Olga)
	page := olga.Get("/office/people").Submit("form[action='/office/invitations']", url.Values{"name": {"Nina"}, "email": {"x"}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("[name=name]").AttrOr("value", "") != "Nina" {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if page = page.Submit("form[action='/office/invitations']", url.Values{"email": {"nina@csr.example"}}); !strings.HasPrefix(page.Document.Find("#code").Text(), "vaud.") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	noe := site.SignIn(t, cast.Noe)
	if page = olga.Get("/office/people").SubmitButton("form[action*='" + cast.Noe.ID.String() + "'] button"); page.Status != http.StatusOK {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if page := noe.Get("/inbox"); page.URL.Path != "/signin" {
		t.Errorf("Noé is at %s", page.URL)
	}
	karim := site.SignIn(t, cast.Karim)
	if page := karim.Get("/handovers/"+cast.Lea.ID.String()).Submit("form[action^='/handovers/']", url.Values{"to": {""}}); page.Status != http.StatusUnprocessableEntity || !page.Has("#to-error") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if page := karim.Get("/handovers/"+cast.Lea.ID.String()).Submit("form[action^='/handovers/']", url.Values{"to": {cast.Karim.ID.String()}}); page.Status != http.StatusOK || page.URL.Path != "/handovers" {
		t.Errorf("%d %s", page.Status, page.Text())
	}
}

func TestWhoSees(t *testing.T) {
	site := webtest.Start(t)
	for _, c := range []struct {
		who  cast.Person
		open string
	}{
		{cast.Anna, "/members /members/log /members/groups /invitations/new /invitations/new?office=yes /join /members/" + cast.Lea.ID.String() + " /members/" + cast.Noe.ID.String()},
		{cast.Ruth, "/members/log /join"}, {cast.Karim, "/handovers /join"}, {cast.Lea, "/join"}, {cast.Sami, "/join"}, {cast.Noe, "/join"}, {cast.Olga, "/office/people /join"},
		{cast.Diane, "/members /members/log /members/groups /invitations/new /invitations/new?office=yes /join"},
	} {
		browser := site.SignIn(t, c.who)
		for _, path := range []string{"/members", "/members/log", "/members/groups", "/invitations/new", "/invitations/new?office=yes", "/handovers", "/office/people", "/join", "/members/" + cast.Lea.ID.String(), "/members/" + cast.Noe.ID.String()} {
			page := browser.Get(path)
			if open := strings.Contains(c.open+" ", path+" "); open != (page.Status == http.StatusOK) {
				t.Errorf("%s: %s is %d", c.who.Name, path, page.Status)
			}
		}
	}
	if page := site.Open(t).Get("/join"); page.Status != http.StatusOK || page.Has("[name=code]") {
		t.Errorf("a stranger: %d %s", page.Status, page.Text())
	}
}
