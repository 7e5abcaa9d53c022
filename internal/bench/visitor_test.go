package bench

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestVisitor holds that an error cannot be measured as a quick page.
func TestVisitor(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/dossiers" || r.Header.Get("Cookie") != "pas=secret" {
			http.Error(w, "Bofadu", http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte("<td>Bofadu</td>"))
	}))
	defer server.Close()
	v := newVisitor(strings.TrimPrefix(server.URL, "http://"), 1)
	defer v.close()

	right := visit{path: "/dossiers", cookie: "pas=secret", expected: []string{"Bofadu"}}
	if err := v.open(right); err != nil || v.size() != len("<td>Bofadu</td>") {
		t.Errorf("the right page is refused: %v, %d bytes", err, v.size())
	}
	for name, change := range map[string]func(*visit){
		"an error page":            func(w *visit) { w.path = "/elsewhere" },
		"somebody not signed in":   func(w *visit) { w.cookie = "" },
		"a page without its lines": func(w *visit) { w.expected = []string{"Bofadu", "Tinero"} },
	} {
		wrong := right
		change(&wrong)
		if v.open(wrong) == nil {
			t.Errorf("%s passes for the page", name)
		}
	}
}
