package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
)

// overheard keeps what a test would have failed with.
type overheard struct {
	testing.TB
	errors []string
}

func (o *overheard) Helper() {}

func (o *overheard) Errorf(format string, args ...any) {
	o.errors = append(o.errors, fmt.Sprintf(format, args...))
}

// TestLookOverBites shows faulty pages to what looks over every page.
func TestLookOverBites(t *testing.T) {
	t.Parallel()
	const good = `<!DOCTYPE html><html lang="fr"><head><meta name="viewport" content="width=device-width"><title>Bien – Passerelle</title></head>` +
		`<body><main><h1>Bien</h1><p>Un texte.</p></main></body></html>`
	faults := map[string]struct{ old, new, want string }{
		"nothing":             {"", "", ""},
		"no heading":          {"<h1>Bien</h1>", "", "0 h1"},
		"two headings":        {"<h1>Bien</h1>", "<h1>Bien</h1><h1>Trop</h1>", "2 h1"},
		"another language":    {`lang="fr"`, `lang="de"`, `the page is in "de"`},
		"a name as title":     {"<title>Bien", "<title>Amina", `say "Amina"`},
		"a foreign title":     {" – Passerelle", "", "the title is"},
		"an untranslated key": {"Un texte.", "dossiers.new.title", "words are missing"},
		"a wide element":      {"Un texte.", `<img alt="" width="900" height="1" src="/wide.svg">`, "scrolls sideways"},
		"a field unlabelled":  {"Un texte.", "<input>", "axe: label"},
		"pale text":           {"<p>", `<p class="pale">`, "axe: color-contrast"},
		"a missing file":      {"Un texte.", `<img alt="" src="/missing.png">`, "status 404"},
		"an inline script":    {"Un texte.", "<script>1</script>", "Content Security Policy"},
		"a failing script":    {"Un texte.", `<script src="/fails.js"></script>`, "exception"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		switch r.URL.Path {
		case "/style.css":
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, ".pale { color: #ccc }")
		case "/wide.svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprint(w, `<svg xmlns="http://www.w3.org/2000/svg"/>`)
		case "/fails.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, "nowhere()")
		case "/page":
			fault := faults[r.URL.Query().Get("fault")]
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			page := strings.Replace(good, "</title>", `</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="/wide.svg">`, 1)
			fmt.Fprint(w, strings.Replace(page, fault.old, fault.new, 1))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	p := sit(t, &webtest.Site{URL: server.URL}, style{lang: i18n.FR, width: wide})
	p.secrets = []string{"Amina"}
	for name, fault := range faults {
		heard := &overheard{TB: t}
		p.t = heard
		p.visit("/page?fault=" + strings.ReplaceAll(name, " ", "+"))
		p.until("the page", func() bool { s := p.state(); return s.Ready && !s.Left })
		p.lookOver(name)
		if said := strings.Join(heard.errors, "\n"); fault.want == "" && said != "" || !strings.Contains(said, fault.want) {
			t.Errorf("%s: says %q, want %q", name, said, fault.want)
		}
	}
}
