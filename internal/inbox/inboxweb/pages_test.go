package inboxweb_test

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/disclosure"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// hostile is a text that must be shown as a text, whatever it looks like.
const hostile = `<script>window.pwn=1</script><img src=x onerror=alert(1) hx-get="/steal">'"; drop table referrals; --`

// codeName is what no office may ever learn.
const codeName = "Lomidak"

// olga works with Noé.
var olga = cast.Person{
	ID: ids.MustParse[tenantdb.Person]("9e050000-0000-4000-8000-0000000000f1"), Name: "Olga Meier", Email: "olga@csr.example",
	Tenant: cast.Vaud, Role: access.OfficeMember, Office: cast.CSR, Connection: cast.Offices,
}

// sent puts a referral to the CSR into the database, and says where the office finds it and which dossier it is about.
func sent(t *testing.T, site *webtest.Site) (page, dossier string) {
	t.Helper()
	db, id := site.Database, ids.New[timeline.Referral]()
	dossier = uuid.NewString()
	consent := uuid.New()
	db.Exec(t, `insert into office_members (tenant_id, office_member_id, office_id, name, email, connection_id, expected_subject) values ($1, $2, $3, $4, $5, $6, $5) on conflict do nothing`,
		cast.Vaud.ID, olga.ID, cast.CSR.ID, olga.Name, olga.Email, cast.Offices.ID)
	db.Exec(t, `insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ($1, $2, $3, $4)`, cast.Vaud.ID, dossier, codeName, cast.Lea.ID)
	db.Exec(t, `insert into consents (tenant_id, consent_id, dossier_id, office_id, purpose, data_classes, valid_from, valid_until, given_how, recorded_by)
		values ($1, $2, $3, $4, 'income_support', '{identity}', current_date, current_date + 90, 'orally', $5)`, cast.Vaud.ID, consent, dossier, cast.CSR.ID, cast.Lea.ID)
	ngo := cast.Lea.Context(t.Context())
	ring := db.Ring(t)
	if err := ring.Create(ngo, referrals.HolderOf(id)); err != nil {
		t.Fatal(err)
	}
	box, err := ring.Box(ngo, referrals.HolderOf(id))
	if err != nil {
		t.Fatal(err)
	}
	request, slice, err := referrals.SealContents(box, id, hostile, disclosure.Slice{Sections: []disclosure.Section{{
		Class: access.Identity, Facts: []disclosure.Fact{{Label: "dossiers.family_name.label", Kind: disclosure.Text, Values: []string{"Okafor"}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	db.Exec(t, `insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, urgency, answer_by, request, data_classes, state, slice, created_by, sent_at, sent_by_name, visible_until)
		values ($1, $2, 'K7M2QX', $3, $4, $5, 'income_support', 'urgent', current_date - 2, $6, '{identity}', 'sent', $7, $8, now(), $9, now() + interval '90 days')`,
		cast.Vaud.ID, id, dossier, cast.CSR.ID, consent, request, slice, cast.Lea.ID, cast.Lea.Name)
	return "/inbox/" + id.String(), dossier
}

func says(t *testing.T, page *webtest.Page, status int, words ...string) *webtest.Page {
	t.Helper()
	if page.Status != status {
		t.Fatalf("%s: %d, want %d\n%s", page.URL, page.Status, status, page.Text())
	}
	for _, word := range words {
		if !strings.Contains(page.Text(), word) {
			t.Errorf("%s does not say %q:\n%s", page.URL, word, page.Text())
		}
	}
	if page.Has("script:not([src])") || page.Has("[onerror]") {
		t.Errorf("%s: what was typed became markup", page.URL)
	}
	return page
}

func TestJourney(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	noe := site.SignIn(t, cast.Noe)
	says(t, noe.Get("/"), http.StatusOK, "Demandes reçues", "Aucune nouvelle demande", "CSR de Lausanne", "Passerelle Vaud (VD)")
	referral, dossier := sent(t, site)

	list := says(t, noe.Get("/inbox"), http.StatusOK, "K7M2QX", "En retard", "Urgent")
	if strings.Contains(list.Text(), "Okafor") {
		t.Error("a name stands in a list")
	}
	page := says(t, noe.Get(referral), http.StatusOK, "Demande K7M2QX", "Okafor", hostile, "confidentielles", "Léa Morel")
	for _, secret := range []string{codeName, dossier, cast.Lea.ID.String()} {
		if strings.Contains(page.Body, secret) {
			t.Errorf("the office learns %s", secret)
		}
	}
	page = says(t, page.Submit("form[action$='/taking']", nil), http.StatusOK, "Vous avez pris cette demande en charge", "Noé Rochat")

	page = says(t, page.Submit("form[action$='/messages']", url.Values{"kind": {"question"}, "body": {""}}), http.StatusUnprocessableEntity, "Écrivez votre message.")
	if !page.Has("input[name=kind][value=question][checked]") {
		t.Error("what was chosen is forgotten")
	}
	page = says(t, page.Submit("form[action$='/messages']", url.Values{"kind": {"question"}, "body": {"Dans quelle commune ?"}}), http.StatusOK, "Votre texte est envoyé", "Dans quelle commune ?", "Question posée")
	says(t, page.Submit("form[action$='/acceptance']", nil), http.StatusOK, "La demande est acceptée", "Indiquer le résultat")

	page = says(t, noe.Get(referral+"/outcome"), http.StatusOK, "Qu’est-ce que la personne a obtenu ?")
	page = says(t, page.Submit("form[action$='/outcome']", url.Values{"body": {hostile}}), http.StatusUnprocessableEntity, "Choisissez ce que la personne a obtenu.")
	if got := page.Values("form[action$='/outcome']").Get("body"); strings.TrimSpace(got) != hostile {
		t.Errorf("what was typed became %q", got)
	}
	says(t, page.Submit("form[action$='/outcome']", url.Values{"outcome": {"partly"}}), http.StatusOK, "La demande est clôturée", hostile)
	says(t, noe.Get("/inbox?tab=answered"), http.StatusOK, "K7M2QX", "Clôturée")
	if landed := noe.Get(referral + "/decline"); landed.URL.Path != referral {
		t.Errorf("declining what is closed is still asked at %s", landed.URL)
	}
	if logged := site.Log.String(); strings.Contains(logged, "Okafor") || strings.Contains(logged, "commune") {
		t.Error("the log holds what belongs to the person")
	}
}

// TestNews: the NGO writes, the list points it out, and the office puts it away; what comes in while the page is open stays.
func TestNews(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	noe := site.SignIn(t, cast.Noe)
	referral, _ := sent(t, site)
	id := ids.MustParse[timeline.Referral](strings.TrimPrefix(referral, "/inbox/"))
	write := func() {
		t.Helper()
		reply := referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: "Elle a déménagé."}
		if err := site.App.Referrals.Reply(cast.Lea.Context(t.Context()), id, reply); err != nil {
			t.Fatal(err)
		}
	}
	const mark = "form[action$='/acknowledgement']"
	pointsOut := func(want bool) {
		t.Helper()
		if list := noe.Get("/inbox"); strings.Contains(list.Text(), "Nouveau message") != want {
			t.Errorf("the list points it out: %t\n%s", !want, list.Text())
		}
	}
	pointsOut(false)
	if noe.Get(referral).Has(mark) {
		t.Error("there is something to acknowledge where nobody wrote")
	}
	write()
	pointsOut(true)
	page := says(t, noe.Get(referral), http.StatusOK, "L’ONG vous a écrit.", "Elle a déménagé.")
	pointsOut(true)
	write()
	page = says(t, page.Submit(mark, nil), http.StatusOK, "L’ONG vous a écrit.")
	if page = page.Submit(mark, nil); page.Has(mark) {
		t.Error("acknowledged, and still news")
	}
	pointsOut(false)
	write()
	says(t, noe.Get(referral).Submit("form[action$='/messages']", url.Values{"body": {"Merci."}}), http.StatusOK, "Votre texte est envoyé")
	pointsOut(false)
}

func TestDecline(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	noe := site.SignIn(t, cast.Noe)
	referral, _ := sent(t, site)
	page := noe.Get(referral + "/decline")
	says(t, page.Submit("form[action$='/decline']", url.Values{"reason": {"other"}}), http.StatusUnprocessableEntity, "Expliquez en quelques mots l’autre motif.")
	says(t, page.Submit("form[action$='/decline']", url.Values{"reason": {"bored"}}), http.StatusUnprocessableEntity, "Choisissez un motif.")
	says(t, page.Submit("form[action$='/decline']", url.Values{"reason": {"other"}, "body": {strings.Repeat("é", messages.MaxBody+1)}}), http.StatusUnprocessableEntity, "au plus")
	form := url.Values{"reason": {"not_competent"}, "body": {"Voyez avec la commune."}}
	says(t, page.Submit("form[action$='/decline']", form), http.StatusOK, "La demande est refusée", "Voyez avec la commune.")
	says(t, page.Submit("form[action$='/decline']", form), http.StatusOK)
	var n int
	if err := site.Database.Owner.QueryRow(t.Context(), `select count(*) from messages`).Scan(&n); err != nil || n != 1 {
		t.Errorf("the same form twice made %d messages, %v", n, err)
	}
}

func TestAColleagueWasQuicker(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	noe := site.SignIn(t, cast.Noe)
	referral, _ := sent(t, site)
	id := ids.MustParse[timeline.Referral](strings.TrimPrefix(referral, "/inbox/"))
	page := noe.Get(referral)
	if err := site.App.Inbox.Take(olga.Context(t.Context()), id, tenantdb.PersonID{}); err != nil {
		t.Fatal(err)
	}
	says(t, page.Submit("form[action$='/acceptance']", nil), http.StatusConflict, "Olga Meier s’occupe de cette demande")
	page = says(t, page.Submit("form[action$='/taking']", nil), http.StatusConflict, "Olga Meier a pris cette demande en charge entre-temps", "Reprendre la demande")
	page = says(t, page.Submit("form[action$='/taking']", nil), http.StatusOK, "Vous avez pris cette demande en charge")
	says(t, page.Submit("form[action$='/acceptance']", nil), http.StatusOK, "La demande est acceptée")
}

// TestNothingForOthers asks for everything as people for whom it does not exist, with what somebody may have overheard.
func TestNothingForOthers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	referral, _ := sent(t, site)
	gets := []string{"", "/decline", "/outcome"}
	posts := []string{"/taking", "/acceptance", "/decline", "/outcome", "/messages", "/acknowledgement"}
	form := func(b *webtest.Browser) url.Values {
		values := b.Get("/").Values("form[action='/language']")
		for name, value := range map[string]string{"id": uuid.NewString(), "reason": "other", "outcome": "got", "kind": "message", "body": "Bonjour"} {
			values.Set(name, value)
		}
		return values
	}
	check := func(b *webtest.Browser, who string, status int) {
		t.Helper()
		values, nowhere := form(b), "/inbox/"+uuid.NewString()
		for _, part := range gets {
			if page := b.Get(referral + part); page.Status != status || page.Text() != b.Get(nowhere+part).Text() {
				t.Errorf("%s: GET %s is %d, or differs from what is not there:\n%s", who, part, page.Status, page.Text())
			}
		}
		for _, part := range posts {
			if page := b.Post(referral+part, values); page.Status != status {
				t.Errorf("%s: POST %s is %d", who, part, page.Status)
			}
		}
	}
	check(site.SignIn(t, cast.Ines), "Inès", http.StatusNotFound)
	check(site.SignIn(t, cast.Eva), "Eva", http.StatusNotFound)
	lea := site.SignIn(t, cast.Lea)
	check(lea, "Léa", http.StatusForbidden)
	if page := lea.Get("/inbox"); page.Status != http.StatusForbidden {
		t.Errorf("Léa's inbox is %d", page.Status)
	}
	noe := site.SignIn(t, cast.Noe)
	for _, nonsense := range []string{"/inbox/1", "/inbox/%2e%2e", "/inbox/" + strings.Repeat("a", 36), "/inbox/" + uuid.NewString() + "/outcome"} {
		if page := noe.Get(nonsense); page.Status != http.StatusNotFound {
			t.Errorf("%s is %d", nonsense, page.Status)
		}
	}
	for _, nonsense := range []string{"?tab=x", "?after=x", "?before=0.2026-11-24.1.", "?after=0.infinity.1." + uuid.NewString() + "&before=y"} {
		if page := noe.Get("/inbox" + nonsense); page.Status != http.StatusOK {
			t.Errorf("%s is %d", nonsense, page.Status)
		}
	}

	// Noé has the page open; the NGO revokes; whatever he does next finds nothing.
	page := says(t, noe.Get(referral), http.StatusOK)
	site.Database.Exec(t, `update referrals set state = 'revoked', revoked_at = now(), visible_until = now()`)
	for _, selector := range []string{"form[action$='/taking']", "form[action$='/acceptance']"} {
		if answer := page.Submit(selector, nil); answer.Status != http.StatusNotFound {
			t.Errorf("%s after revocation is %d", selector, answer.Status)
		}
	}
	check(noe, "Noé, after revocation", http.StatusNotFound)
	says(t, noe.Get("/inbox"), http.StatusOK, "Aucune nouvelle demande")
	var n int
	if err := site.Database.Owner.QueryRow(t.Context(), `select (select count(*) from messages) + (select count(*) from events)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d things were written all the same, %v", n, err)
	}
}

// TestLive lets two offices listen: one hears that its referral changed, the other hears nothing.
func TestLive(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	referral, _ := sent(t, site)
	id := ids.MustParse[timeline.Referral](strings.TrimPrefix(referral, "/inbox/"))
	listen := func(person cast.Person, path string) <-chan string {
		heard := make(chan string, 16)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, cookie := range site.SignIn(t, person).Cookies() {
			request.AddCookie(cookie)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		go func() {
			for lines := bufio.NewScanner(response.Body); lines.Scan(); {
				if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
					heard <- event
				}
			}
		}()
		if event := <-heard; event != "ready" {
			t.Fatalf("%s begins with %s", path, event)
		}
		return heard
	}
	noe, list, ines := listen(cast.Noe, referral+"/live"), listen(cast.Noe, "/inbox/live"), []<-chan string{listen(cast.Ines, referral+"/live"), listen(cast.Ines, "/inbox/live")}
	if err := site.App.Inbox.Accept(olga.Context(t.Context()), id); err != nil {
		t.Fatal(err)
	}
	for _, own := range []<-chan string{noe, list} {
		select {
		case event := <-own:
			if event != "changed" {
				t.Errorf("heard %s", event)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("Noé hears nothing")
		}
	}
	for _, other := range ines {
		select {
		case event := <-other:
			t.Errorf("Inès hears %s", event)
		case <-time.After(300 * time.Millisecond):
		}
	}
}
