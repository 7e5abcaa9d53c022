package idp_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/demo/idp"
)

const redirectURI = "http://127.0.0.1:8080/oidc/vaud/callback"

var people = []idp.Person{
	{Email: "lea@vaud.example", Name: "Léa", Role: "caseworker"},
	{Email: "karim@vaud.example", Name: "Karim <b>", Role: "coordinator"},
}

func start(t *testing.T, file string) (*idp.Provider, *idp.Identities) {
	t.Helper()
	identities, err := idp.Remember(file)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := idp.Start(t.Context(), idp.Options{Listen: "127.0.0.1:0", Identities: identities, Issuers: []idp.Issuer{
		{Path: "vaud", Name: "Vaud", ClientID: "passerelle", RedirectURIs: []string{redirectURI}, People: people},
		{Path: "geneve", Name: "Genève", ClientID: "passerelle", RedirectURIs: []string{"http://127.0.0.1:8080/oidc/geneve/callback"}, People: people},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := provider.Stop(); err != nil {
			t.Error(err)
		}
	})
	return provider, identities
}

// browser follows redirects as long as they stay at the provider.
func browser() *http.Client {
	return &http.Client{CheckRedirect: func(to *http.Request, via []*http.Request) error {
		if to.URL.Host != via[0].URL.Host {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

func read(t *testing.T, response *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return string(body)
}

func authorize(issuer string, change func(url.Values)) string {
	challenge := sha256.Sum256([]byte("verifier-verifier-verifier-verifier-verifier"))
	query := url.Values{
		"client_id": {"passerelle"}, "response_type": {"code"}, "scope": {"openid profile email"}, "state": {"the state"},
		"nonce": {"the nonce"}, "redirect_uri": {redirectURI}, "login_hint": {"karim@vaud.example"}, "ui_locales": {"de"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	if change != nil {
		change(query)
	}
	return issuer + "/authorize?" + query.Encode()
}

var requestField = regexp.MustCompile(`name="request" value="([^"]+)"`)

// pick signs in as somebody and gives the address to which the provider sends the browser.
func pick(t *testing.T, issuer, email string) *url.URL {
	t.Helper()
	response, err := browser().Get(authorize(issuer, nil))
	page := read(t, response, err)
	found := requestField.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no request on the page:\n%s", page)
	}
	response, err = browser().PostForm(issuer+"/login", url.Values{"request": {html.UnescapeString(found[1])}, "person": {email}})
	read(t, response, err)
	target, err := response.Location()
	if err != nil {
		t.Fatalf("status %d, %v", response.StatusCode, err)
	}
	return target
}

func redeem(t *testing.T, issuer, secret, verifier, code string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, issuer+"/oauth/token", strings.NewReader(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI}, "code_verifier": {verifier},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("passerelle", secret)
	response, err := http.DefaultClient.Do(request)
	return response.StatusCode, read(t, response, err)
}

const verifier = "verifier-verifier-verifier-verifier-verifier"

func TestSignIn(t *testing.T) {
	provider, identities := start(t, filepath.Join(t.TempDir(), "identities.json"))
	issuer := provider.Issuer("vaud")

	var document struct {
		Issuer      string `json:"issuer"`
		Keys        string `json:"jwks_uri"`
		NamesIssuer bool   `json:"authorization_response_iss_parameter_supported"`
	}
	response, err := http.Get(issuer + "/.well-known/openid-configuration")
	if err := json.Unmarshal([]byte(read(t, response, err)), &document); err != nil {
		t.Fatal(err)
	}
	if document.Issuer != issuer || !document.NamesIssuer {
		t.Errorf("the provider describes itself as %+v", document)
	}

	target := pick(t, issuer, "lea@vaud.example")
	if !strings.HasPrefix(target.String(), redirectURI) || target.Query().Get("state") != "the state" || target.Query().Get("iss") != issuer {
		t.Errorf("sent to %s", target)
	}
	code := target.Query().Get("code")
	if status, _ := redeem(t, issuer, identities.ClientSecret("vaud"), "another verifier another verifier another ver", code); status == http.StatusOK {
		t.Error("the code was redeemed with another verifier")
	}
	if status, _ := redeem(t, issuer, "no secret", verifier, code); status == http.StatusOK {
		t.Error("the code was redeemed without the client's secret")
	}
	if status, _ := redeem(t, provider.Issuer("geneve"), identities.ClientSecret("geneve"), verifier, code); status == http.StatusOK {
		t.Error("another issuer redeemed the code")
	}
	status, body := redeem(t, issuer, identities.ClientSecret("vaud"), verifier, code)
	if status != http.StatusOK {
		t.Fatalf("redeeming the code: %d %s", status, body)
	}
	var tokens struct {
		ID string `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(body), &tokens); err != nil {
		t.Fatal(err)
	}
	signed, err := jose.ParseSignedCompact(tokens.ID, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	var keys jose.JSONWebKeySet
	response, err = http.Get(document.Keys)
	if err := json.Unmarshal([]byte(read(t, response, err)), &keys); err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(keys)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
		Nonce   string `json:"nonce"`
		Name    string `json:"name"`
		Email   string `json:"email"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Issuer != issuer || claims.Nonce != "the nonce" || claims.Name != "Léa" || claims.Email != "lea@vaud.example" {
		t.Errorf("the token says %+v", claims)
	}
	if claims.Subject != identities.Subject("vaud", "lea@vaud.example") || strings.Contains(claims.Subject, "lea") {
		t.Errorf("the subject is %q", claims.Subject)
	}
	if status, _ := redeem(t, issuer, identities.ClientSecret("vaud"), verifier, code); status == http.StatusOK {
		t.Error("a code was redeemed twice")
	}
}

func TestPage(t *testing.T) {
	provider, _ := start(t, filepath.Join(t.TempDir(), "identities.json"))
	response, err := browser().Get(authorize(provider.Issuer("vaud"), nil))
	page := read(t, response, err)
	if strings.Index(page, "karim@") > strings.Index(page, "lea@") {
		t.Error("the hinted person is not on top")
	}
	if !strings.Contains(page, `<html lang="de">`) || !strings.Contains(page, "Wer sind Sie?") {
		t.Error("the page does not speak the language asked for")
	}
	if strings.Contains(page, "Karim <b>") {
		t.Error("a name became markup")
	}
	policy := response.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self' http://127.0.0.1:8080") {
		t.Errorf("policy %q", policy)
	}
	response, err = browser().Get(provider.Issuer("vaud") + "/login?request=nonsense")
	if page := read(t, response, err); response.StatusCode != http.StatusBadRequest || strings.Contains(page, "lea@") {
		t.Errorf("an unknown request: %d", response.StatusCode)
	}
}

func TestRefusals(t *testing.T) {
	provider, _ := start(t, filepath.Join(t.TempDir(), "identities.json"))
	for name, change := range map[string]func(url.Values){
		"another redirect":    func(q url.Values) { q.Set("redirect_uri", redirectURI+"/x") },
		"another client":      func(q url.Values) { q.Set("client_id", "other") },
		"no PKCE":             func(q url.Values) { q.Del("code_challenge"); q.Del("code_challenge_method") },
		"plain PKCE":          func(q url.Values) { q.Set("code_challenge_method", "plain") },
		"an implicit request": func(q url.Values) { q.Set("response_type", "id_token") },
	} {
		response, err := browser().Get(authorize(provider.Issuer("vaud"), change))
		if page := read(t, response, err); strings.Contains(page, "lea@") {
			t.Errorf("%s: the page was shown", name)
		}
	}
	for _, path := range []string{"/oauth/introspect", "/revoke", "/end_session", "/device_authorization"} {
		response, err := browser().Get(provider.Issuer("vaud") + path)
		if read(t, response, err); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, response.StatusCode)
		}
	}
}

func TestRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sub", "identities.json")
	_, before := start(t, file)
	_, after := start(t, file)
	if before.Subject("vaud", "lea@vaud.example") != after.Subject("vaud", "lea@vaud.example") {
		t.Error("Léa is somebody else after a restart")
	}
	if before.Subject("vaud", "lea@vaud.example") == before.Subject("geneve", "lea@vaud.example") {
		t.Error("two issuers name a person alike")
	}
	if before.ClientSecret("vaud") != after.ClientSecret("vaud") || before.ClientSecret("vaud") == before.ClientSecret("geneve") {
		t.Error("the client's secret changed, or is shared")
	}
}

func TestStartRefuses(t *testing.T) {
	provider, identities := start(t, filepath.Join(t.TempDir(), "identities.json"))
	taken := strings.TrimSuffix(strings.TrimPrefix(provider.Issuer(""), "http://"), "/")
	for _, listen := range []string{taken, "0.0.0.0:0"} {
		if other, err := idp.Start(context.Background(), idp.Options{Listen: listen, Identities: identities}); err == nil {
			_ = other.Stop()
			t.Errorf("started on %s", listen)
		}
	}
}
