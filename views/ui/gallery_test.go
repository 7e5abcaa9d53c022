package ui

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	vaud = Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers?phase=open", Version: "1.0",
		Person: &Person{Name: "Léa Favre", TenantName: "ASTRA Vaud", RoleKey: "access.role.caseworker"},
		Nav: []NavItem{
			{Key: "ui.nav.work", URL: "/work", Count: 3},
			{Key: "ui.nav.dossiers", URL: "/dossiers", Current: true},
		},
	}
	alerted = Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Version: "1.0", Alerts: 2, Live: "/alerts/live",
		Person: &Person{Name: "Karim Benali", TenantName: "ASTRA Vaud", RoleKey: "access.role.coordinator"},
		Nav: []NavItem{
			{Key: "ui.nav.dossiers", URL: "/dossiers", Current: true},
			{Key: "alerts.nav", URL: "/alerts", Count: 2, CountURL: "/alerts/count"},
		},
	}
	without = Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Version: "1.0", Outages: []string{"keys", "mail"},
		Person: &Person{Name: "Léa Favre", TenantName: "ASTRA Vaud", RoleKey: "access.role.caseworker"},
	}
	office = Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/inbox", Version: "1.0", Notice: "ui.restored",
		Person: &Person{Name: "Jo Rochat", TenantName: "ASTRA Vaud", OfficeName: "Permanence juridique", RoleKey: "access.role.office_member", CanSwitch: true, Workplaces: []Workplace{
			{ID: "VAUD", Name: "Permanence juridique", Of: "ASTRA Vaud", New: 3, Current: true},
			{ID: "GENEVE", Name: "Permanence <b>genevoise</b>", Of: "ASTRA Genève", New: 51},
			{ID: "STAFF", Name: "ASTRA Vaud", Of: "access.role.auditor"},
		}},
		Nav: []NavItem{{Key: "ui.nav.inbox", URL: "/inbox", Current: true, Count: 120}},
	}
	at    = time.Date(2026, 11, 23, 13, 10, 0, 0, time.UTC)
	wrong = fault.Problems{
		{Field: "code_name", Key: "ui.error.invalid.title"},
		{Key: "ui.error.conflict.title"},
	}
	choices = []Option{{Value: "female", Label: "Femme"}, {Value: "male", Label: "Homme", Hint: "Avec une explication."}, {Value: "other", Label: "Autre", Disabled: true}}
)

// holding gives a component its children.
func holding(parent templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return parent.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// TestGallery keeps each component as a page that can be opened in a browser, and compared.
func TestGallery(t *testing.T) {
	t.Parallel()
	hostile := `<script>alert("ici")</script> & "guillemets"`
	for name, component := range map[string]templ.Component{
		"heading": holding(Heading("Amarante", "Dossiers"), LinkButton("Nouvelle demande", "/referrals/new", Primary)),
		"banner":  templ.Join(Banner(Success, "ui.restored"), Banner(Notice, "ui.restored"), holding(Banner(Problem, "ui.error.conflict.title"), Paragraph("ui.error.conflict.text"))),
		"tags":    templ.Join(Tag("Brouillon", Neutral), Tag("Envoyée", Active), Tag("Acceptée", Good), Tag("En attente", Waiting), Tag("En retard", Bad)),
		"form": holding(Form(FormProps{Action: "/dossiers", ID: "new", New: "ID", Version: "3", InPlace: true}),
			ErrorSummary(wrong),
			Text(Field{Name: "code_name", Label: "Nom de code", Hint: "Un mot neutre.", Value: hostile, Max: 40, Width: Chars20, Problems: wrong}),
			row(),
		),
		"text": templ.Join(
			Text(Field{Name: "plain", Label: "Sans précision"}),
			Text(Field{Name: "code_name", Label: "Nom de code", Hint: "Un mot neutre.", Value: "Amarante", Problems: wrong}),
		),
		"date":     Date(Field{Name: "birth_date", Label: "Date de naissance", Value: "24.11.1998"}),
		"textarea": templ.Join(Textarea(Field{Name: "notes", Label: "Remarques", Value: hostile}), Textarea(Field{Name: "request", Label: "Demande", Max: 2000, Rows: 6})),
		"select":   Select(Field{Name: "gender", Label: "Genre", Value: "male"}, choices),
		"select-grouped": Select(Field{Name: "office", Label: "Service", Value: "csr"}, []Option{
			{Label: "Choisir un service"}, {Value: "csr", Label: hostile, Group: "Revenu"}, {Value: "yverdon", Label: "CSR d’Yverdon", Group: "Revenu"}, {Value: "orp", Label: "ORP", Group: "Placement"}, {Value: "other", Label: "Aucun d’eux"},
		}),
		"select-many": SelectMany(Field{Name: "nationalities", Label: "Nationalités", Values: []string{"NG"}}, []Option{{Value: "ER", Label: "Érythrée"}, {Value: "NG", Label: "Nigéria"}}),
		"radios":      templ.Join(Radios(Field{Name: "gender", Label: "Genre", Hint: "Tel que la personne le dit.", Value: "female"}, choices), Radios(Field{Name: "code_name", Label: "Genre", Inline: true, Problems: wrong}, choices)),
		"meanwhile": templ.Join(
			Radios(Field{Name: "gender", Label: "Genre", Value: "female"}.Beside(url.Values{"gender": {"male"}}), choices),
			Date(Field{Name: "from", Label: "Début", Value: "01.05.2026"}.Beside(url.Values{})),
			Textarea(Field{Name: "note", Label: "Note", Value: "deux\nlignes"}.Beside(url.Values{"note": {"deux\r\nlignes "}})),
			Checkboxes(Field{Name: "forms", Label: "Formes", Values: []string{"male"}}.Beside(url.Values{"forms": {"other", "male"}}), choices),
		),
		"checkboxes": Checkboxes(Field{Name: "forms", Label: "Formes d’exploitation", Values: []string{"male"}, Inline: true}, choices),
		"checkbox":   Checkbox(Field{Name: "interpreter", Label: "Un interprétariat est nécessaire", Value: "yes", Hint: "Pour les entretiens."}, true),
		"summary":    holding(SummaryList(), Fact("Nationalité", "Érythrée"), Fact("Langues", ""), holding(SummaryRow("Contact"), Prose("Lundi\n<b>14 h</b>"))),
		"table": templ.Join(holding(Table("dossiers", "ui.nav.dossiers", []Column{{Label: "Nom de code", SortURL: "/dossiers?sort=code_name", Sorted: "ascending"}, {Label: "Phase", SortURL: "/dossiers?sort=phase"}, {Label: "Jours", Number: true, Extra: true}}),
			templ.Raw(`<tr><th scope="row"><a href="/dossiers/1">Amarante</a></th><td>Accueil</td><td class="pas-number pas-extra">12</td></tr>`)),
			Shown(1, 0), Shown(500, 500), Pagination("/dossiers?before=x", "/dossiers?after=y")),
		"empty":      holding(EmptyState("Aucun dossier", "Ouvrez le premier dossier dès le premier contact."), LinkButton("Ouvrir un dossier", "/dossiers/new", Primary)),
		"timeline":   Timeline([]TimelineItem{{Title: "Demande envoyée", By: "Léa Favre", Said: "Au CSR.", At: at}, {Title: "Dossier ouvert", At: at}}),
		"messages":   holding(Messages(), MessageItem(false, "CSR Lausanne", "Quel est le permis ?", at), MessageItem(true, "Léa Favre", hostile, at)),
		"navigation": templ.Join(Breadcrumbs([]Crumb{{"ui.nav.dossiers", "/dossiers"}}), SubNav("ui.nav.inbox", []NavItem{{Key: "Nouvelles", URL: "/inbox", Current: true, Count: 2}, {Key: "En cours", URL: "/inbox?state=taken"}})),
		"folded":     templ.Join(Folded(hostile), Folded(strings.Repeat(hostile+". ", 12))),
		"disclosure": templ.Join(holding(Details("Pourquoi cette question ?"), Paragraph("ui.ended.text")), holding(Inset(), Paragraph("ui.ended.text")), Caution("ui.exit.hint")),
		"confirm":    holding(Confirm(ConfirmProps{Title: "Révoquer la demande", Text: "Le service ne verra plus rien.", Action: "/referrals/1/revocation", Label: "Révoquer", Kind: Warning, Cancel: "/referrals/1"}), Textarea(Field{Name: "reason", Label: "Motif"})),
		"steps":      Steps([]Step{{Label: "Identification", Said: "Depuis le 3 mai 2026", Reached: true}, {Label: hostile, Reached: true, Current: true}, {Label: "Retour"}}),
		"figures":    templ.Join(Figure("Sans réponse", 4, "/work?show=unanswered"), Figure("En retard", 0, "/work?show=overdue")),
		"filter":     holding(FilterForm("/dossiers"), Select(Field{Name: "phase", Label: "Phase"}, choices), Submit("Filtrer", Secondary)),
		"refreshed": templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return templ.RenderAttributes(ctx, w, Refreshed(ctx, "/dossiers/1/timeline"))
		}),
	} {
		ctx := WithRequest(i18n.With(context.Background(), i18n.FR), vaud)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := render(t, ctx, component)
			if strings.Contains(body, "<script>") || strings.Contains(body, "<b>") {
				t.Error("what somebody typed became HTML")
			}
			check(t, body)
			compare(t, name, `<!doctype html><html lang="fr" class="govuk-template"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>`+name+
				`</title><link rel="stylesheet" href="/static/vendor.000000000000.css"><link rel="stylesheet" href="/static/app.000000000000.css"></head><body class="govuk-template__body"><div class="govuk-width-container pas-body">`+body+`</div></body></html>`)
		})
	}
}

// row is a row of buttons as forms have it.
func row() templ.Component {
	return holding(Buttons(), Submit("Enregistrer", Primary), SubmitAs("Garder comme brouillon", Secondary, "draft", "yes"), Link("ui.cancel", "/dossiers"))
}

func TestPage(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]struct {
		lang      i18n.Lang
		request   Request
		component templ.Component
	}{
		"page-staff":    {i18n.FR, vaud, holding(Page(PageProps{Title: "ui.nav.dossiers", Wide: true, Live: "/events", Breadcrumbs: []Crumb{{"ui.nav.work", "/work"}}}), Heading("ui.nav.dossiers", ""))},
		"page-alerted":  {i18n.FR, alerted, holding(Page(PageProps{Title: "ui.nav.dossiers", Wide: true}), Heading("ui.nav.dossiers", ""))},
		"page-outages":  {i18n.DE, without, holding(Page(PageProps{Title: "ui.nav.dossiers", Wide: true}), Heading("ui.nav.dossiers", ""))},
		"page-away":     {i18n.FR, vaud, ErrorPage(Away, fault.Problems{{Key: "ui.error.keys"}}, "REFERENCE")},
		"page-office":   {i18n.DE, office, holding(Page(PageProps{Title: "ui.nav.inbox", QuickExit: true}), Heading("ui.nav.inbox", ""))},
		"page-stranger": {i18n.IT, Request{Nonce: "NONCE", Path: "/signin", Version: "1.0"}, holding(Page(PageProps{Title: "ui.sign_out"}), Heading("ui.sign_out", ""))},
		"page-failed":   {i18n.EN, vaud, ErrorPage("500", nil, "REFERENCE")},
		"page-refused":  {i18n.FR, vaud, ErrorPage("403", fault.Problems{{Key: "ui.refused.role"}}, "REFERENCE")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := render(t, WithRequest(i18n.With(context.Background(), page.lang), page.request), page.component)
			check(t, body)
			if n := strings.Count(body, "<h1"); n != 1 {
				t.Errorf("the page has %d headings of the first level", n)
			}
			compare(t, name, body)
		})
	}
}

// A part of a page that failed must not bring a second page, with a second header, into the first.
func TestAPartThatFailedIsAPart(t *testing.T) {
	t.Parallel()
	partial := vaud
	partial.Partial = true
	body := render(t, WithRequest(i18n.With(context.Background(), i18n.FR), partial), ErrorPage("404", nil, "REFERENCE"))
	if strings.Contains(body, "<html") || !strings.Contains(body, "pas-banner--problem") {
		t.Errorf("a part became %s", body)
	}
}

// Every title and text that a status can ask for is in the catalogues.
func TestEveryErrorHasWords(t *testing.T) {
	t.Parallel()
	ctx := WithRequest(i18n.With(context.Background(), i18n.EN), vaud)
	for _, status := range []string{"400", "403", "404", "405", "408", "409", "410", "413", "415", "421", "422", "429", "431", "500", "502", "503", Unrecorded} {
		if body := render(t, ctx, ErrorPage(status, nil, "REFERENCE")); strings.Contains(body, "ui.error.") {
			t.Errorf("%s has no words", status)
		}
	}
}

func render(t *testing.T, ctx context.Context, component templ.Component) string {
	t.Helper()
	var out bytes.Buffer
	if err := component.Render(ctx, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	address  = regexp.MustCompile(`/static/([a-z0-9.-]+)\.[0-9a-f]{12}\.(css|js|svg)`)
	vendored = regexp.MustCompile(`^(vendor|govuk|htmx|hx-)`)
)

// compare holds a page against its golden file. Files are named as they lie in the repository, so that the golden
// opens from disk and does not change with every style sheet.
func compare(t *testing.T, name, page string) {
	t.Helper()
	page = address.ReplaceAllStringFunc(page, func(match string) string {
		parts := address.FindStringSubmatch(match)
		file, folder := parts[1]+"."+parts[2], map[string]string{"css": "", "js": "js/", "svg": "img/"}[parts[2]]
		if vendored.MatchString(file) {
			folder = "vendor/"
		}
		return "../../../static/" + folder + file
	})
	page = strings.ReplaceAll(page, "><", ">\n<") + "\n"
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if page != string(want) {
		t.Errorf("%s differs; go test ./views/ui -update writes it anew, to be reviewed as a diff", path)
	}
}

// check finds what a browser forgives and a screen reader, or our Content-Security-Policy, does not.
func check(t *testing.T, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, labelled := map[string]bool{}, map[string]bool{}
	var fields, referring []*html.Node
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		if id := attr(node, "id"); id != "" {
			if ids[id] {
				t.Errorf("two elements have the id %s", id)
			}
			ids[id] = true
		}
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
				t.Errorf("<%s> has an inline %s", node.Data, a.Key)
			}
			if strings.HasPrefix(a.Key, "hx-") && a.Key != "hx-ignore" && attr(node, "hx-nonce") == "" {
				t.Errorf("<%s> has %s without a nonce", node.Data, a.Key)
			}
		}
		switch node.Data {
		case "label":
			labelled[attr(node, "for")] = true
		case "input", "select", "textarea":
			if attr(node, "type") != "hidden" {
				fields = append(fields, node)
			}
		case "form":
			if attr(node, "method") == "post" && !strings.Contains(fieldNames(node), "_csrf") {
				t.Error("a form carries no token")
			}
		case "script":
			if attr(node, "nonce") == "" {
				t.Error("a script has no nonce")
			}
		}
		referring = append(referring, node)
	}
	for _, field := range fields {
		if !labelled[attr(field, "id")] && attr(field, "aria-label") == "" {
			t.Errorf("the field %s has no label", attr(field, "name"))
		}
		if attr(field, "type") != "radio" && attr(field, "type") != "checkbox" && attr(field, "autocomplete") == "" {
			t.Errorf("the field %s lets the browser remember", attr(field, "name"))
		}
	}
	for _, node := range referring {
		for _, key := range []string{"aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(attr(node, key)) {
				if !ids[id] {
					t.Errorf("<%s> points at %s, which is not there", node.Data, id)
				}
			}
		}
	}
}

func attr(node *html.Node, key string) string {
	for _, a := range node.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// fieldNames are the names of a form's fields.
func fieldNames(form *html.Node) string {
	var names strings.Builder
	for node := range form.Descendants() {
		if node.Data == "input" {
			names.WriteString(attr(node, "name") + " ")
		}
	}
	return names.String()
}
