package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

// another sends one more referral of Amina's to the CSR, and says where the office reads it.
func another(t *testing.T, site *webtest.Site, dossier string) string {
	t.Helper()
	ctx := cast.Lea.Context(t.Context())
	referral, err := site.App.Referrals.Draft(ctx, ids.MustParse[dossiers.Dossier](dossier), ids.New[timeline.Referral](), cast.CSR.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = site.App.Referrals.Write(ctx, referral.ReferralID, referrals.Revision{Version: referral.Version, Contents: referrals.Contents{
		Service: access.IncomeSupport, Urgency: referrals.Normal, Request: "Canaryrequest", DataClasses: []access.DataClass{access.Identity},
	}}); err != nil {
		t.Fatal(err)
	}
	preview, err := site.App.Referrals.Preview(ctx, referral.ReferralID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.App.Referrals.Send(ctx, referral.ReferralID, preview.Seal()); err != nil {
		t.Fatal(err)
	}
	return "/inbox/" + referral.ReferralID.String()
}

// turned is a clock that can be turned on, and a watch that looks often.
func turned(ahead *atomic.Int64) func(*app.Options) {
	return func(options *app.Options) {
		options.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		options.WatchEvery = 50 * time.Millisecond
	}
}

// says fails unless the page has the status and the words; what belongs to Amina never stands on one that is refused.
func says(t *testing.T, page *webtest.Page, status int, words ...string) *webtest.Page {
	t.Helper()
	if page.Status != status || status >= 400 && strings.Contains(page.Body, "Canary") {
		t.Errorf("%s: %d, want %d\n%s", page.URL, page.Status, status, page.Text())
	}
	for _, word := range words {
		if !strings.Contains(page.Text(), word) {
			t.Errorf("%s does not say %q:\n%s", page.URL, word, page.Text())
		}
	}
	return page
}

// soon waits for what the watch has to find.
func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

const paused = "La lecture est en pause"

// TestT13: somebody of an office opens sixteen referrals within an hour. The sixteenth is refused, the person is paused, in
// every process and every session, and the NGO is told; it lifts the pause, and nothing of what was typed is lost.
func TestT13(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	site := webtest.Start(t, turned(&ahead))
	other := site.Another(t)
	noe, again, ines := site.SignIn(t, cast.Noe), site.SignIn(t, cast.Noe), site.SignIn(t, cast.Ines)
	karim, ruth, lea, marc := site.SignIn(t, cast.Karim), site.SignIn(t, cast.Ruth), site.SignIn(t, cast.Lea), site.SignIn(t, cast.Marc)
	about := amina(t, site)
	site.Database.Exec(t, "delete from pauses")
	site.Database.Exec(t, "delete from alerts")
	ceiling := access.ReadingOf(access.OfficeMember).Ceiling
	var pages []string
	for range 2*ceiling + 1 {
		pages = append(pages, another(t, site, about.dossier))
	}
	var open *webtest.Page
	for i, page := range pages[:ceiling] {
		open = says(t, []*webtest.Browser{noe, again, noe.At(other)}[i%3].Get(page), http.StatusOK, "Canaryrequest")
	}
	says(t, noe.Get(pages[0]), http.StatusOK, "Canaryrequest")
	before := entries(t, site, cast.Noe, about)
	says(t, noe.Get(pages[ceiling]), http.StatusForbidden, paused, "Passerelle Vaud", "Les autres personnes de votre service")
	if after := entries(t, site, cast.Noe, about); after != before {
		t.Errorf("the sixteenth left %d entries of a look", after-before)
	}
	for _, browser := range []*webtest.Browser{noe, again, noe.At(other), again.At(other)} {
		for _, page := range []string{"/inbox", "/inbox?tab=answered", pages[0], pages[0] + "/decline", pages[0] + "/outcome", pages[ceiling+1]} {
			says(t, browser.Get(page), http.StatusForbidden, paused)
		}
		for _, stream := range []string{"/inbox/live", pages[0] + "/live"} {
			if page := browser.Get(stream); !strings.Contains(page.Body, "event: changed") || strings.Contains(page.Body, "ready") {
				t.Errorf("%s goes on: %s", stream, page.Body)
			}
		}
	}
	// A part of an open page has the browser load it whole.
	noe.Header.Set("HX-Request", "true")
	if part := noe.Get(pages[0]); part.Status != http.StatusForbidden || part.Header.Get("HX-Redirect") != pages[0] {
		t.Errorf("a part is %d %v", part.Status, part.Header)
	}
	noe.Header.Del("HX-Request")

	// Acts are refused, and what was typed waits, however often somebody tries.
	for _, act := range []string{"taking", "acceptance"} {
		says(t, open.Submit("form[action$='/"+act+"']", nil), http.StatusForbidden, paused)
	}
	refused := says(t, open.Submit("form[action$='/messages']", url.Values{"body": {"Canaryanswer"}}), http.StatusForbidden, paused, "gardé pendant 24 heures")
	refused = says(t, noe.Get(refused.Document.Find("main a[href*='parked=']").AttrOr("href", "")), http.StatusForbidden, "gardé pendant 24 heures")
	if strings.Contains(refused.Text(), "de nouveau là") {
		t.Error("the page says that what was typed is back, where it is not")
	}
	kept := refused.Document.Find("main a[href*='parked=']").AttrOr("href", "")
	var n int
	if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from messages").Scan(&n); err != nil || n > 0 {
		t.Errorf("%d messages were sent by somebody who is paused, %v", n, err)
	}
	noe.Language = "de-CH"
	says(t, noe.Get("/inbox"), http.StatusForbidden, "Das Lesen ist unterbrochen", "Rufen Sie Passerelle Vaud an")
	noe.Language = "fr-CH"

	// The NGO hears of it; nobody else does.
	list := says(t, karim.Get("/alerts"), http.StatusOK, "Noé Rochat (CSR de Lausanne) a ouvert 15 orientations", "en a demandé une de plus", "La lecture est en pause pour cette personne")
	says(t, karim.Get("/work"), http.StatusOK, "Alertes à traiter")
	if count := strings.TrimSpace(karim.Get("/alerts/count").Text()); count == "" || karim.Get("/dossiers").Document.Find(".pas-nav a[href='/alerts'] .pas-count").Text() != count {
		t.Errorf("the navigation counts %q", count)
	}
	if page := says(t, ruth.Get("/alerts"), http.StatusOK, "Noé Rochat"); page.Has("#alerts form") || page.Has("#decoys") {
		t.Error("the auditor may do something")
	}
	says(t, lea.Get("/alerts"), http.StatusForbidden)
	if page := lea.Get("/work"); page.Has("#alerts-waiting") || page.Has("a[href='/alerts']") {
		t.Error("a caseworker sees alerts")
	}
	for _, page := range []string{"/alerts", "/alerts?show=all", "/work"} {
		if strings.Contains(marc.Get(page).Text(), "Noé") {
			t.Error("the other canton hears of it")
		}
	}
	says(t, marc.Get("/alerts"), http.StatusOK, "Rien à traiter")
	says(t, ines.Get("/inbox"), http.StatusOK)

	// An act that does not fit is said above the list; the one that does lifts the pause everywhere.
	form := list.Document.Find("form[action$='/lifting']").AttrOr("action", "")
	says(t, karim.Post(strings.Replace(form, "lifting", "acknowledgement", 1), url.Values{"_csrf": {karim.Token()}}), http.StatusUnprocessableEntity, "Levez d’abord la pause")
	says(t, noe.Get(pages[0]), http.StatusForbidden)
	says(t, list.SubmitButton("form[action$='/lifting'] button[value=discussed]"), http.StatusOK, "La pause est levée")
	says(t, karim.Get("/alerts?show=all"), http.StatusOK, "Pause levée par Karim Benali", "Clarifié avec la personne")
	back := says(t, noe.Get(kept), http.StatusOK, "Canaryrequest")
	if typed := back.Values("form[action$='/messages']").Get("body"); strings.TrimSpace(typed) != "Canaryanswer" {
		t.Errorf("what was typed became %q", typed)
	}
	says(t, back.Submit("form[action$='/messages']", nil), http.StatusOK, "Votre texte est envoyé")
	says(t, noe.At(other).Get(pages[ceiling]), http.StatusOK, "Canaryrequest")

	// An hour later all of it counts anew.
	for range 5 {
		ahead.Add(int64(13 * time.Minute))
		says(t, noe.Get("/inbox"), http.StatusOK) // who does nothing for a quarter of an hour is signed out
	}
	for _, page := range pages[ceiling+1:] {
		says(t, noe.Get(page), http.StatusOK, "Canaryrequest")
	}
}

// TestHoneyReferral is the other half of T13: a decoy among the referrals, and among the dossiers.
func TestHoneyReferral(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	site := webtest.Start(t, turned(&ahead))
	honest, decoy := amina(t, site), amina(t, site)
	site.Database.Exec(t, "delete from pauses")
	site.Database.Exec(t, "delete from alerts")
	lea, karim, noe, marc := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim), site.SignIn(t, cast.Noe), site.SignIn(t, cast.Marc)
	bait := "/inbox/" + decoy.sent
	dossier, seenBefore, inboxBefore, listBefore := "/dossiers/"+decoy.dossier, lea.Get("/dossiers/"+decoy.dossier), noe.Get("/inbox"), lea.Get("/dossiers")

	page := says(t, karim.Get(dossier), http.StatusOK, "Utiliser comme leurre")
	marked := says(t, page.Submit("form[action$='/decoy']", nil), http.StatusOK, "Le dossier est un leurre", "marqué par Karim Benali")
	if marked.URL.Path != "/alerts" {
		t.Errorf("marking leads to %s, where it may raise an alert itself", marked.URL)
	}
	says(t, page.Submit("form[action$='/decoy']", nil), http.StatusOK)
	if same(lea.Get(dossier)) != same(seenBefore) || same(noe.Get("/inbox")) != same(inboxBefore) || same(lea.Get("/dossiers")) != same(listBefore) {
		t.Error("a decoy can be told from other dossiers")
	}
	if page := lea.Get(dossier + "/journal"); strings.Contains(page.Text(), "leurre") {
		t.Error("the account of the dossier tells a caseworker that it is a decoy")
	}
	says(t, karim.Get(dossier+"/journal"), http.StatusOK, "a fait de ce dossier un leurre")
	soon(t, "Léa looked at the decoy, and Karim did", func() bool {
		text := karim.Get("/alerts").Text()
		return strings.Contains(text, "Léa Morel a ouvert le leurre") && strings.Contains(text, "Karim Benali a ouvert le leurre")
	})
	says(t, lea.Get(dossier), http.StatusOK, "Canaryname")

	says(t, noe.Get("/inbox/"+honest.sent), http.StatusOK, "Canaryrequest")
	says(t, noe.Get(bait), http.StatusOK, "Canaryrequest")
	says(t, noe.Get("/inbox/"+honest.sent), http.StatusForbidden, paused)
	says(t, noe.Get(bait), http.StatusForbidden, paused)
	list := says(t, karim.Get("/alerts"), http.StatusOK, "Noé Rochat (CSR de Lausanne) a ouvert l’orientation")
	if strings.Contains(marc.Get("/alerts?show=all").Text(), "Noé") || strings.Contains(noe.Get("/inbox").Text(), "leurre") {
		t.Error("somebody hears of the decoy who should not")
	}
	says(t, list.SubmitButton("form[action$='/lifting'] button[value='']"), http.StatusOK, "La pause est levée")
	says(t, karim.Get("/alerts").SubmitButton("form[action$='/acknowledgement'] button[value=expected]"), http.StatusOK, "L’alerte est classée")
	says(t, noe.Get("/inbox/"+honest.sent), http.StatusOK, "Canaryrequest")
	says(t, karim.Get("/alerts").Submit("form[action$='/decoy/destroy']", nil), http.StatusOK, "n’est plus un leurre")
	says(t, noe.Get(bait), http.StatusOK, "Canaryrequest")
	says(t, noe.Get("/inbox/"+honest.sent), http.StatusOK, "Canaryrequest")

	// Another office, and the other canton, never knew of it.
	says(t, site.SignIn(t, cast.Ines).Get(bait), http.StatusNotFound)
	says(t, site.SignIn(t, cast.Claire).Get(dossier), http.StatusNotFound)
	says(t, marc.Post(dossier+"/decoy", url.Values{"_csrf": {marc.Token()}}), http.StatusNotFound)
}

// TestAnUnreadableOneIsAnAlert: what was moved or changed in the database is told to the coordinator, by whoever meets it.
func TestAnUnreadableOneIsAnAlert(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	site := webtest.Start(t, turned(&ahead))
	one, two := amina(t, site), amina(t, site)
	site.Database.Exec(t, "update beneficiaries b set particulars = o.particulars from beneficiaries o where b.dossier_id = $1 and o.dossier_id = $2", one.dossier, two.dossier)
	if page := site.SignIn(t, cast.Lea).Get("/dossiers/" + one.dossier); page.Status != http.StatusInternalServerError {
		t.Fatalf("got %d", page.Status)
	}
	karim := site.SignIn(t, cast.Karim)
	soon(t, string(journal.Unreadable), func() bool {
		return strings.Contains(karim.Get("/alerts").Text(), "Léa Morel n’a pas pu lire une donnée")
	})
}
