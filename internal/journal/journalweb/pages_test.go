package journalweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// opened is a dossier of Léa's, from which the CSR was sent identity and permit, and has opened that twice.
func opened(t *testing.T, site *webtest.Site) (dossier, referral string) {
	t.Helper()
	ctx := cast.Lea.Context(t.Context())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id, today := ids.New[dossiers.Dossier](), forms.Today(time.Now())
	until, classes := today.AddDate(0, 1, 0), []access.DataClass{access.Identity, access.Permit}
	must(site.App.Dossiers.Open(ctx, id, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina"},
	}))
	_, err := site.App.Consents.Give(ctx, id, ids.New[consents.Consent](), consents.Terms{
		OfficeID: cast.CSR.ID, Purpose: access.IncomeSupport, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally",
	})
	must(err)
	draft, err := site.App.Referrals.Draft(ctx, id, ids.New[timeline.Referral](), cast.CSR.ID)
	must(err)
	draft, err = site.App.Referrals.Write(ctx, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: access.IncomeSupport, Urgency: referrals.Normal, Request: "Un budget.", DataClasses: classes,
	}})
	must(err)
	preview, err := site.App.Referrals.Preview(ctx, draft.ReferralID)
	must(err)
	_, err = site.App.Referrals.Send(ctx, draft.ReferralID, preview.Seal())
	must(err)
	for range 2 {
		_, err = site.App.Inbox.Open(cast.Noe.Context(t.Context()), draft.ReferralID)
		must(err)
	}
	return id.String(), draft.ReferralID.String()
}

func says(t *testing.T, page *webtest.Page, sentences ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(page.Text()), " ")
	if page.Status != http.StatusOK {
		t.Errorf("%s: %d", page.URL, page.Status)
	}
	for _, sentence := range sentences {
		if !strings.Contains(text, sentence) {
			t.Errorf("%s does not say %q:\n%s", page.URL, sentence, text)
		}
	}
}

func silent(t *testing.T, page *webtest.Page, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(page.Document.Find("main").Text(), word) {
			t.Errorf("%s says %q", page.URL, word)
		}
	}
}

// TestT15: whoever opens a colleague's dossier is told of on its page, and counted in the report of the week.
func TestT15(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier, _ := opened(t, site)
	lea, karim, ruth := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim), site.SignIn(t, cast.Ruth)
	silent(t, lea.Get("/dossiers/"+dossier+"/journal"), "Karim")
	karim.Get("/dossiers/" + dossier)
	says(t, lea.Get("/dossiers/"+dossier+"/journal"), "Karim Benali a ouvert le dossier.", "Léa Morel a créé le dossier.",
		"CSR de Lausanne (Noé Rochat) a ouvert l’orientation ", " : Identité, Titre de séjour (2 fois depuis ", " à CSR de Lausanne : Identité, Titre de séjour.")
	// The page itself is a look, and the auditor's as well.
	says(t, ruth.Get("/dossiers/"+dossier+"/journal"), "Léa Morel a consulté cette page")
	silent(t, ruth.Get("/dossiers/"+dossier+"/journal"), "Okafor", "Amina", "budget")

	for _, browser := range []*webtest.Browser{karim, ruth} {
		row := func(who string) string {
			for _, tr := range browser.Get("/access-report").Document.Find("#readers tbody tr").EachIter() {
				var cells []string
				for _, cell := range tr.Children().EachIter() {
					cells = append(cells, strings.TrimSpace(cell.Text()))
				}
				if strings.HasPrefix(cells[0], who) {
					return strings.Join(cells, " ")
				}
			}
			return ""
		}
		for who, want := range map[string]string{"Karim": "Karim Benali Coordination 1 1 0 0.0", "Léa": "Léa Morel Accompagnement 1 0 0 0.0", "Noé": "Noé Rochat CSR de Lausanne 0 0 1 0.0"} {
			if got := row(who); got != want {
				t.Errorf("the report says %q, want %q", got, want)
			}
		}
	}
	says(t, karim.Get("/access-report?week=2020-01-06"), "Personne n’a ouvert de dossier", "Du 06.01.2020 au 12.01.2020")
	if page := lea.Get("/access-report"); page.Status != http.StatusForbidden {
		t.Errorf("a caseworker gets the report: %d", page.Status)
	}
}

func TestAccountIsNarrowed(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier, _ := opened(t, site)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get("/dossiers/" + dossier + "/journal?side=office")
	says(t, page, "CSR de Lausanne (Noé Rochat) a ouvert")
	silent(t, page, "Léa Morel a")
	page = lea.Get("/dossiers/" + dossier + "/journal?side=ngo&sort=acts")
	says(t, page, "Léa Morel a envoyé l’orientation", "Léa Morel a enregistré un consentement")
	silent(t, page, "Noé", "a ouvert le dossier")
	says(t, lea.Get("/dossiers/"+dossier+"/journal?until=01.01.2020"), "Aucune inscription")
	says(t, lea.Get("/dossiers/"+dossier+"/journal?from=02.01.2020&until=01.01.2020"), "La fin ne peut pas précéder le début.", "Noé Rochat")
	page = lea.Get("/dossiers/" + dossier + "/journal?from=hier")
	says(t, page, "Noé Rochat")
	if page.Document.Find("[name=from]").AttrOr("value", "") != "hier" || !page.Has(".govuk-error-summary") {
		t.Error("a day that cannot be read is lost, or goes unsaid")
	}
	for _, nonsense := range []string{"side=them", "before=1.2", "before=99999999999999999999.x", "sort=%00"} {
		says(t, lea.Get("/dossiers/"+dossier+"/journal?"+nonsense), "Noé Rochat")
	}
}

// A long account is read page by page, without a gap and without a repetition.
func TestAccountIsPaged(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier, _ := opened(t, site)
	site.Database.Exec(t, `insert into journal_entries (tenant_id, entry_id, at, person_id, role, action, dossier_id)
		select $1, gen_random_uuid(), now() - make_interval(days => n), $2, 'coordinator', 'dossier_changed', $3 from generate_series(1, 250) n`, cast.Vaud.ID, cast.Karim.ID, dossier)
	lea := site.SignIn(t, cast.Lea)
	page, seen, pages := lea.Get("/dossiers/"+dossier+"/journal?sort=acts"), map[string]bool{}, 0
	for {
		pages++
		for _, li := range page.Document.Find(".pas-journal__line").EachIter() {
			if text := li.Text(); strings.Contains(text, "Karim") {
				if seen[text] {
					t.Errorf("twice: %s", text)
				}
				seen[text] = true
			}
		}
		next := page.Document.Find(`a[href*="before="]`).Last().AttrOr("href", "")
		if next == "" || pages > 10 {
			break
		}
		if query, err := url.Parse(next); err != nil || query.Query().Get("sort") != "acts" {
			t.Fatalf("the filter is lost: %s", next)
		}
		page = lea.Get(next)
	}
	if len(seen) != 250 || pages != 3 {
		t.Errorf("%d entries on %d pages", len(seen), pages)
	}
}

// The sheet is for the person herself: it names functions and offices, and no colleague.
func TestSheet(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier, _ := opened(t, site)
	page := site.SignIn(t, cast.Lea).Get("/dossiers/" + dossier + "/journal/sheet")
	says(t, page, "Une personne qui vous accompagne a transmis des données à : CSR de Lausanne : Identité, Titre de séjour.",
		"CSR de Lausanne a consulté ce qui lui a été transmis : Identité, Titre de séjour.", "Une personne qui vous accompagne a noté votre accord.")
	silent(t, page, "Léa", "Morel", "Noé", "Rochat", "Okafor", "Amina")
}

// Another canton's dossier is as absent as one that never was; an office has no journal.
func TestOthers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier, _ := opened(t, site)
	claire, noe := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Noe)
	for _, path := range []string{"/journal", "/journal/sheet"} {
		if page := claire.Get("/dossiers/" + dossier + path); page.Status != http.StatusNotFound {
			t.Errorf("Claire gets %d of %s", page.Status, path)
		}
		if page := noe.Get("/dossiers/" + dossier + path); page.Status != http.StatusForbidden {
			t.Errorf("Noé gets %d of %s", page.Status, path)
		}
	}
	marc := site.SignIn(t, cast.Marc)
	silent(t, marc.Get("/access-report"), "Léa", "Noé")
}
