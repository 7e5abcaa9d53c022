package referralsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/pgtest"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// hostile is a text that must be shown as a text, whatever it looks like.
const hostile = `<script>window.pwn=1</script><img src=x onerror=alert(1) hx-get="/steal">'"; drop table referrals; --`

// draft is the form of a draft, for a button in it.
func draft(id string) string { return "form.pas-form[action='/referrals/" + id + "']" }

func amina(t *testing.T, site *webtest.Site) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina " + hostile[:40], Languages: []string{"bin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// begun is a draft to an office, on its edit page, and the draft's identifier.
func begun(t *testing.T, b *webtest.Browser, dossier dossiers.ID, office *cast.Office) (*webtest.Page, string) {
	t.Helper()
	page := b.Get("/dossiers/"+dossier.String()+"/referrals/new").Submit("form.pas-form", url.Values{"office": {office.ID.String()}})
	id, ok := strings.CutSuffix(strings.TrimPrefix(page.URL.Path, "/referrals/"), "/edit")
	if !ok || page.Status != http.StatusOK {
		t.Fatalf("begun on %d %s\n%s", page.Status, page.URL, page.Text())
	}
	return page, id
}

// consented records a consent with the form that the page has led to.
func consented(t *testing.T, page *webtest.Page, classes ...string) *webtest.Page {
	t.Helper()
	answer := page.Submit("form.pas-form:has([name=given_how])", url.Values{"data_classes": classes, "given_how": {"orally"}})
	if answer.Status != http.StatusOK {
		t.Fatalf("consent: %d\n%s", answer.Status, answer.Text())
	}
	return answer
}

// press submits a form as one of its buttons does.
func press(page *webtest.Page, form, next string, fill url.Values) *webtest.Page {
	fill.Set("next", next)
	return page.Submit(form, fill)
}

func TestJourney(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, noe := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Noe)
	dossier := amina(t, site)

	if page := lea.Get("/work"); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Rien ne vous attend") {
		t.Fatalf("my work: %d %s", page.Status, page.Text())
	}
	page, id := begun(t, lea, dossier, cast.CSR)
	if page.Has("input[name=data_classes]") {
		t.Errorf("what may go along without consent:\n%s", page.Text())
	}
	if text := page.Text(); !strings.Contains(text, "n’a pas donné son consentement") || !strings.Contains(text, "ne reçoit jamais : Santé, Procédures.") {
		t.Errorf("the page does not say what cannot go along, and why:\n%s", text)
	}

	// On the way to the consent that is missing, nothing of the draft is lost; and back.
	page = press(page, draft(id), "consent", url.Values{"request": {hostile}, "urgency": {"urgent"}, "answer_by": {"1.12.2099"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("#answer_by-error") || page.Values(draft(id)).Get("request") != hostile {
		t.Fatalf("a day in a hundred years: %d\n%s", page.Status, page.Text())
	}
	page = press(page, draft(id), "consent", url.Values{"answer_by": {""}})
	if page.URL.Path != "/dossiers/"+dossier.String()+"/consents/new" {
		t.Fatalf("led to %s", page.URL)
	}
	if wrong := page.Submit("form.pas-form:has([name=given_how])", url.Values{"valid_until": {"31.2.2027"}, "interpreter": {hostile}}); wrong.Status != http.StatusUnprocessableEntity ||
		!wrong.Has("#data_classes-error, #valid_until-error") || wrong.Values("form.pas-form:has([name=given_how])").Get("interpreter") != hostile {
		t.Errorf("a consent to nothing: %d\n%s", wrong.Status, wrong.Text())
	}
	page = consented(t, page, "identity", "income")
	if page.Document.Find("input[name=data_classes]").Length() != 2 {
		t.Errorf("what may go along with consent:\n%s", page.Text())
	}
	if page.URL.Path != "/referrals/"+id+"/edit" || page.Values(draft(id)).Get("request") != hostile {
		t.Fatalf("back on %s with %v", page.URL, page.Values(draft(id)))
	}

	preview := press(page, draft(id), "preview", url.Values{"data_classes": {"identity"}})
	if preview.URL.Path != "/referrals/"+id+"/preview" || !preview.Has("[data-exit]") {
		t.Fatalf("%d %s\n%s", preview.Status, preview.URL, preview.Text())
	}
	sending := "form[action='/referrals/" + id + "/sending']"
	sealed := preview.Values(sending)
	sent := preview.Submit(sending, nil)
	if sent.Status != http.StatusOK || sent.URL.Path != "/referrals/"+id {
		t.Fatalf("sent: %d %s\n%s", sent.Status, sent.URL, sent.Text())
	}
	if again := lea.Post("/referrals/"+id+"/sending", sealed); again.URL.Path != "/referrals/"+id || again.Status != http.StatusOK {
		t.Errorf("the same form again: %d %s", again.Status, again.URL)
	}

	// The office reads what the preview showed, line by line.
	inbox := noe.Get("/inbox/" + id)
	if inbox.Status != http.StatusOK {
		t.Fatalf("inbox: %d\n%s", inbox.Status, inbox.Text())
	}
	slice := func(p *webtest.Page) string {
		return strings.Join(strings.Fields(p.Document.Find(".pas-slice").First().Text()), " ")
	}
	if slice(preview) == "" || slice(preview) != slice(inbox) || slice(preview) != slice(sent) {
		t.Errorf("preview:\n%s\ninbox:\n%s\nsent:\n%s", slice(preview), slice(inbox), slice(sent))
	}
	for _, p := range []*webtest.Page{preview, sent, inbox} {
		if !strings.Contains(p.Text(), hostile) || p.Has("img[onerror], script:not([src])") {
			t.Errorf("%s does not show a text as a text", p.URL)
		}
	}

	// The office writes; it is news, until it is acknowledged.
	if err := site.App.Inbox.Accept(cast.Noe.Context(t.Context()), ids.MustParse[timeline.Referral](id)); err != nil {
		t.Fatal(err)
	}
	if page := lea.Get("/work"); !page.Has("#work-news a[href='/referrals/" + id + "']") {
		t.Errorf("no news at work:\n%s", page.Text())
	}
	page = lea.Get("/referrals/"+id).Submit("form[action='/referrals/"+id+"/acknowledgement']", nil)
	if page.Has("form[action='/referrals/"+id+"/acknowledgement']") || lea.Get("/work").Has("#work-news") {
		t.Error("acknowledged, and still news")
	}
	page = page.Submit("form[action='/referrals/"+id+"/messages']", url.Values{"body": {hostile}})
	if page.Status != http.StatusOK || !strings.Contains(page.Document.Find(".pas-message--own").Text(), hostile) {
		t.Errorf("a message: %d\n%s", page.Status, page.Text())
	}
	empty := page.Submit("form[action='/referrals/"+id+"/messages']", url.Values{"body": {" "}})
	if empty.Status != http.StatusUnprocessableEntity || !empty.Has("#body-error") {
		t.Errorf("an empty message: %d\n%s", empty.Status, empty.Text())
	}

	// Withdrawing the consent says what ends, and ends it.
	page = lea.Get("/dossiers/" + dossier.String())
	withdrawal := page.Document.Find("#consents a[href$='/withdrawal']").AttrOr("href", "")
	page = lea.Get(withdrawal)
	if page.Status != http.StatusOK || !page.Has("a[href='/referrals/"+id+"']") {
		t.Fatalf("what would end: %d\n%s", page.Status, page.Text())
	}
	page.Submit("form[action='"+withdrawal+"']", nil)
	if page := noe.Get("/inbox/" + id); page.Status != http.StatusNotFound {
		t.Errorf("after the withdrawal the office gets %d", page.Status)
	}
	if page := noe.Get("/inbox"); strings.Contains(page.Body, id) {
		t.Error("after the withdrawal it is still in the office's list")
	}
	page = lea.Get("/referrals/" + id)
	if !strings.Contains(page.Document.Find("#state").Text(), "Révoquée") || page.Has("form[action='/referrals/"+id+"/messages']") {
		t.Errorf("after the withdrawal:\n%s", page.Text())
	}
	if log := site.Log.String(); strings.Contains(log, "Okafor") || strings.Contains(log, "pwn") || strings.Contains(log, "level=ERROR") {
		t.Errorf("logged:\n%s", log)
	}
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, noe := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Noe)
	page, id := begun(t, lea, amina(t, site), cast.CSR)
	page = consented(t, press(page, draft(id), "consent", url.Values{"request": {"Une demande."}}), "identity")
	page = press(page, draft(id), "preview", url.Values{}).Submit("form[action='/referrals/"+id+"/sending']", nil)
	if !page.Has("a[href='/referrals/" + id + "/revocation']") {
		t.Fatalf("nothing to revoke it with:\n%s", page.Text())
	}
	if page := noe.Get("/inbox/" + id); page.Status != http.StatusOK {
		t.Fatalf("the office gets %d", page.Status)
	}
	page = lea.Get("/referrals/"+id+"/revocation").Submit("form[action='/referrals/"+id+"/revocation']", nil)
	if page.Status != http.StatusOK || page.Has("a[href='/referrals/"+id+"/revocation']") {
		t.Errorf("revoked: %d\n%s", page.Status, page.Text())
	}
	if page := noe.Get("/inbox/" + id); page.Status != http.StatusNotFound {
		t.Errorf("the office's next request gets %d", page.Status)
	}
}

// TestConflict: the second of two editors sees both texts, and decides.
func TestConflict(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	leas, id := begun(t, lea, amina(t, site), cast.CSR)
	karims := karim.Get("/referrals/" + id + "/edit")
	press(leas, draft(id), "edit", url.Values{"request": {"Ce que Léa écrit."}})
	answer := press(karims, draft(id), "edit", url.Values{"request": {"Ce que Karim écrit."}})
	if text := answer.Document.Find("#differences").Text(); answer.Status != http.StatusConflict ||
		!strings.Contains(text, "Ce que Léa écrit.") || !strings.Contains(text, "Ce que Karim écrit.") || strings.Contains(text, "Urgence") {
		t.Fatalf("%d\n%s", answer.Status, answer.Text())
	}
	if got := answer.Values(draft(id)).Get("request"); got != "Ce que Karim écrit." {
		t.Errorf("Karim's form holds %q", got)
	}
	// A mistake in a form that is stale does not make it fresh.
	stale := press(leas, draft(id), "edit", url.Values{"request": {"Encore Léa."}, "answer_by": {"hier"}})
	if stale = press(stale, draft(id), "edit", url.Values{"answer_by": {""}}); stale.Status != http.StatusConflict {
		t.Errorf("a stale form was saved after a mistake: %d", stale.Status)
	}
	both := press(answer, draft(id), "edit", url.Values{"request": {"Ce que Léa et Karim écrivent."}})
	if both.Status != http.StatusOK || both.Values(draft(id)).Get("request") != "Ce que Léa et Karim écrivent." {
		t.Errorf("%d\n%s", both.Status, both.Text())
	}
	discarded := both.Submit("form[action='/referrals/"+id+"/destroy']", nil)
	if discarded.Status != http.StatusOK || lea.Get("/referrals/"+id).Status != http.StatusNotFound {
		t.Errorf("discarded: %d %s", discarded.Status, discarded.URL)
	}
}

// TestChangedSincePreview: what is sent is what was on the page.
func TestChangedSincePreview(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := site.SignIn(t, cast.Lea)
	dossier := amina(t, site)
	page, id := begun(t, lea, dossier, cast.CSR)
	page = consented(t, press(page, draft(id), "consent", url.Values{"request": {"Une demande."}}), "identity")
	preview := press(page, draft(id), "preview", url.Values{"data_classes": {"identity"}})

	asLea := cast.Lea.Context(t.Context())
	file, err := site.App.Dossiers.Find(asLea, dossier)
	if err != nil {
		t.Fatal(err)
	}
	changed := file.Particulars()
	changed.Beneficiary.FamilyName = "Okafor-Benson"
	if _, err := site.App.Dossiers.Edit(asLea, dossier, file.Version, changed); err != nil {
		t.Fatal(err)
	}
	again := preview.Submit("form[action='/referrals/"+id+"/sending']", nil)
	if again.Status != http.StatusConflict || !strings.Contains(again.Document.Find(".pas-slice").Text(), "Okafor-Benson") {
		t.Fatalf("%d\n%s", again.Status, again.Text())
	}
	if sent := again.Submit("form[action='/referrals/"+id+"/sending']", nil); sent.Status != http.StatusOK || sent.URL.Path != "/referrals/"+id {
		t.Errorf("%d %s", sent.Status, sent.URL)
	}
}

// TestOthers asks for every page and posts every form as people whom it does not concern.
func TestOthers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := site.SignIn(t, cast.Lea)
	dossier := amina(t, site)
	page, id := begun(t, lea, dossier, cast.CSR)
	consented(t, press(page, draft(id), "consent", url.Values{"request": {"Une demande."}}), "identity")
	var consent string
	if err := site.Database.Owner.QueryRow(t.Context(), "select consent_id::text from consents").Scan(&consent); err != nil {
		t.Fatal(err)
	}
	pages := []string{
		"/dossiers/" + dossier.String() + "/consents/new", "/dossiers/" + dossier.String() + "/referrals/new", "/consents/" + consent + "/withdrawal",
		"/referrals/" + id, "/referrals/" + id + "/edit", "/referrals/" + id + "/preview", "/referrals/" + id + "/revocation", "/referrals/" + id + "/live",
	}
	acts := []string{
		"/dossiers/" + dossier.String() + "/consents", "/dossiers/" + dossier.String() + "/referrals", "/consents/" + consent + "/withdrawal",
		"/referrals/" + id, "/referrals/" + id + "/sending", "/referrals/" + id + "/destroy", "/referrals/" + id + "/revocation",
		"/referrals/" + id + "/messages", "/referrals/" + id + "/acknowledgement",
	}
	for _, c := range []struct {
		who  cast.Person
		want int
	}{{cast.Claire, http.StatusNotFound}, {cast.Noe, http.StatusForbidden}, {cast.Ines, http.StatusForbidden}} {
		b := site.SignIn(t, c.who)
		for _, path := range pages {
			if page := b.Get(path); page.Status != c.want || strings.Contains(page.Body, "Lomidak") {
				t.Errorf("%s gets %d for %s, want %d", c.who.Name, page.Status, path, c.want)
			}
		}
		home := b.Get("/")
		token := home.Document.Find("input[name=_csrf]").AttrOr("value", "")
		for _, path := range acts {
			values := url.Values{
				"_csrf": {token}, "id": {ids.New[messages.Message]().String()}, "office": {cast.CSR.ID.String()}, "service": {"income_support"},
				"urgency": {"normal"}, "purpose": {"income_support"}, "data_classes": {"identity"}, "valid_from": {"24.11.2026"},
				"valid_until": {"24.12.2026"}, "given_how": {"orally"}, "body": {"x"}, "kind": {"message"}, "version": {"1"},
			}
			if page := b.Post(path, values); page.Status != c.want {
				t.Errorf("%s gets %d for posting to %s, want %d\n%s", c.who.Name, page.Status, path, c.want, page.Text())
			}
		}
	}
	ruth := site.SignIn(t, cast.Ruth)
	if page := ruth.Get("/referrals/" + id); page.Status != http.StatusOK || page.URL.Path != "/referrals/"+id+"/preview" || page.Has("#main form") {
		t.Errorf("the auditor reads a draft: %d %s", page.Status, page.URL)
	}
	if page := ruth.Get("/referrals/" + id + "/edit"); page.Status != http.StatusForbidden {
		t.Errorf("the auditor edits a draft: %d", page.Status)
	}
	for _, nonsense := range []string{"/referrals/1", "/referrals/" + strings.ToUpper(id) + "x", "/consents/x/withdrawal", "/referrals/%27%3B--/edit", "/dossiers/x/referrals/new"} {
		if page := lea.Get(nonsense); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", nonsense, page.Status)
		}
	}
}
