package signin_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"passerelle/internal/signin"
)

// What is wrong with a provider is said line by line, before anybody signs in.
func TestInspect(t *testing.T) {
	h := newHouse(t)
	problem := func(findings []signin.Finding) (keys []string) {
		for _, f := range findings {
			if f.Verdict == signin.Problem {
				keys = append(keys, strings.TrimPrefix(f.Key, "connections.check."))
			}
		}
		return keys
	}
	if findings := h.door.Inspect(t.Context(), h.provider.Issuer("vaud"), "vaud", []string{"openid", "profile", "email"}); !signin.Passed(findings) || len(findings) != 10 {
		t.Errorf("the demo's provider: %+v", findings)
	}
	for want, spoil := range map[string]func(i *hostile){
		"issuer.problem":     func(i *hostile) { i.metadata["issuer"] = "https://another.example" },
		"endpoints.problem":  func(i *hostile) { i.metadata["token_endpoint"] = "http://192.0.2.1/token" },
		"endpoints.foreign":  func(i *hostile) { i.metadata["token_endpoint"] = h.provider.Issuer("geneve") + "/token" },
		"algorithms.problem": func(i *hostile) { i.metadata["id_token_signing_alg_values_supported"] = []string{"HS256", "none"} },
		"pkce.problem":       func(i *hostile) { i.metadata["code_challenge_methods_supported"] = []string{"plain"} },
		"flow.problem":       func(i *hostile) { i.metadata["response_types_supported"] = []string{"id_token"} },
		"keys.problem":       func(i *hostile) { i.metadata["jwks_uri"] = i.URL + "/nowhere" },
		"":                   func(*hostile) {},
	} {
		i := newHostile(t)
		spoil(i)
		if got := strings.Join(problem(h.door.Inspect(t.Context(), i.URL, "evil", nil)), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, handle := range map[string]http.HandlerFunc{
		"reached.no_document": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"reached.redirected": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		},
		"reached.too_long": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(strings.Repeat(" ", 1<<20)))
		},
	} {
		server := httptest.NewServer(handle)
		if got := strings.Join(problem(h.door.Inspect(t.Context(), server.URL, "evil", nil)), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		server.Close()
		if got := strings.Join(problem(h.door.Inspect(t.Context(), server.URL, "evil", nil)), " "); got != "reached.problem" {
			t.Errorf("nobody there: %q", got)
		}
	}
}

// What was handed in is sealed before it is used, by whichever process is quicker, and for a connection that nobody owns as well.
func TestHandedInSecretsAreSealed(t *testing.T) {
	h := newHouse(t)
	other := h.newDoor(t)
	done := make(chan error, 2)
	for _, door := range []*signin.Service{h.door, other} {
		go func() { done <- door.SealSecrets(t.Context()) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := h.count(t, "select count(*) from connections where client_secret <> '' or secret_id is null"); n != 0 {
		t.Errorf("%d were not sealed", n)
	}
	if n := h.count(t, "select count(*) from connection_secrets"); n != 3 {
		t.Errorf("%d secrets for three connections", n)
	}
	h.signIn(t, "vaud", "lea@vaud.example")
	h.signIn(t, "offices", "noe@csr.example")
	// A ciphertext that is moved to another connection opens nothing there.
	h.db.Exec(t, "update connection_secrets set secret = (select secret from connection_secrets s join connections c on c.secret_id = s.secret_id where c.slug = 'vaud') where secret_id = (select secret_id from connections where slug = 'geneve')")
	if _, err := h.door.Finish(t.Context(), h.answer(t, "geneve", "claire@geneve.example", "/")); err == nil {
		t.Error("the secret of Vaud was shown for Genève")
	}
}
