package idp

import (
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"passerelle/internal/i18n"
)

//go:embed style.css
var stylesheet []byte

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(stylesheet)
}

// issuer is one running issuer: the certified library behind it, and the page on which one picks a person.
type issuer struct {
	name     string
	url      string
	provider *op.Provider
	storage  *storage
	tell     string // who is told when somebody signs out
}

func (i Issuer) handler(address string, identities *Identities) (http.Handler, error) {
	store := &storage{
		client:   client{id: i.ClientID, redirectURIs: i.RedirectURIs, login: address + "/login", signedOutURI: i.SignedOutURI},
		secret:   identities.ClientSecret(i.Path),
		key:      signingKey{id: identities.keyID(), key: identities.key},
		people:   i.People,
		subject:  func(email string) string { return identities.Subject(i.Path, email) },
		requests: map[string]*request{},
		sessions: map[string]string{},
	}
	config := &op.Config{CodeMethodS256: true, BackChannelLogoutSupported: i.BackChannelLogoutURI != "", BackChannelLogoutSessionSupported: i.BackChannelLogoutURI != "", SupportedScopes: []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail}}
	copy(config.CryptoKey[:], identities.derive("tokens", i.Path))
	provider, err := op.NewProvider(config, store, op.StaticIssuer(address), op.WithAllowInsecure(), op.WithCORSOptions(nil))
	if err != nil {
		return nil, err
	}
	running := &issuer{name: i.Name, url: address, provider: provider, storage: store, tell: i.BackChannelLogoutURI}

	mux := http.NewServeMux()
	mux.HandleFunc("GET "+oidc.DiscoveryEndpoint, running.discovery)
	mux.HandleFunc("GET /login", running.pick)
	mux.HandleFunc("POST /login", running.picked)
	if i.SignedOutURI != "" {
		mux.HandleFunc("GET "+provider.EndSessionEndpoint().Relative(), running.signOut)
	}
	// The library offers more than this; only what the demo needs is reachable.
	for _, endpoint := range []*op.Endpoint{provider.AuthorizationEndpoint(), provider.TokenEndpoint(), provider.KeysEndpoint(), provider.UserinfoEndpoint()} {
		mux.Handle(endpoint.Relative(), provider)
	}
	return mux, nil
}

// discovery is the library's document, and that responses name their issuer (RFC 9207).
func (i *issuer) discovery(w http.ResponseWriter, r *http.Request) {
	document := struct {
		*oidc.DiscoveryConfiguration
		NamesIssuer bool `json:"authorization_response_iss_parameter_supported"`
	}{op.CreateDiscoveryConfig(op.ContextWithIssuer(r.Context(), i.url), i.provider, i.storage), true}
	if i.storage.client.signedOutURI == "" {
		document.EndSessionEndpoint = ""
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(document); err != nil {
		slog.Warn("write discovery document", "error", err)
	}
}

func (i *issuer) pick(w http.ResponseWriter, r *http.Request) {
	i.show(w, r, r.URL.Query().Get("request"))
}

func (i *issuer) show(w http.ResponseWriter, r *http.Request, id string) {
	asked, err := i.storage.find(func(r *request) bool { return r.id == id && !r.Done() })
	ctx := i18n.With(r.Context(), i18n.Match(r.Header.Get("Accept-Language")))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		page := pickPage{Organisation: i.name}
		setPolicy(w, "")
		w.WriteHeader(http.StatusBadRequest)
		_ = page.document().Render(ctx, w)
		return
	}
	if wanted := asked.languages(); len(wanted) > 0 {
		ctx = i18n.With(r.Context(), i18n.Match(wanted[0].String()))
	}
	setPolicy(w, asked.GetRedirectURI())
	page := pickPage{Organisation: i.name, Request: asked.id, People: hintedFirst(i.storage.people, asked.asked.LoginHint)}
	_ = page.document().Render(ctx, w)
}

// setPolicy lets the form lead to this provider and on to the application: browsers apply form-action to the
// redirect that answers a form as well.
func setPolicy(w http.ResponseWriter, redirectURI string) {
	target := "'self'"
	if to, err := url.Parse(redirectURI); err == nil && to.Host != "" {
		target += " " + to.Scheme + "://" + to.Host
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action "+target)
}

// hintedFirst puts the person whom the application expects on top.
func hintedFirst(people []Person, hint string) []Person {
	var first, rest []Person
	for _, person := range people {
		if strings.EqualFold(person.Email, hint) {
			first = append(first, person)
		} else {
			rest = append(rest, person)
		}
	}
	return append(first, rest...)
}

func (i *issuer) picked(w http.ResponseWriter, r *http.Request) {
	id, email := r.PostFormValue("request"), r.PostFormValue("person")
	known := false
	for _, person := range i.storage.people {
		known = known || person.Email == email
	}
	sid := rand.Text()
	if !known || i.storage.complete(id, i.storage.subject(email), sid) != nil {
		i.show(w, r, id)
		return
	}
	i.remember(w, sid)
	ctx := op.ContextWithIssuer(r.Context(), i.url)
	request, err := i.storage.AuthRequestByID(ctx, id)
	if err != nil {
		i.show(w, r, id)
		return
	}
	callback, err := op.BuildAuthResponseCallbackURL(ctx, request, i.provider)
	if err != nil {
		op.AuthRequestError(w, r, request, err, i.provider)
		return
	}
	http.Redirect(w, r, callback+"&iss="+url.QueryEscape(i.url), http.StatusSeeOther)
}
