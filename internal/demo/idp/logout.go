package idp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

const (
	logoutLifetime = 2 * time.Minute
	tellWithin     = 3 * time.Second
)

// cookie is the name under which a browser is known here. It is the issuer's own: all of them, and the application, are one
// host to a browser.
func (i *issuer) cookie() string { return "idp-" + path.Base(i.url) }

// remember lets the browser sign out here later.
func (i *issuer) remember(w http.ResponseWriter, sid string) {
	// #nosec G124 -- the demo has no https
	http.SetCookie(w, &http.Cookie{Name: i.cookie(), Value: sid, Path: "/" + path.Base(i.url), HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// signOut ends the browser's session here, tells the application, and sends the browser back to it (OpenID Connect RP-Initiated
// and Back-Channel Logout 1.0).
func (i *issuer) signOut(w http.ResponseWriter, r *http.Request) {
	query, client := r.URL.Query(), i.storage.client
	if query.Get("client_id") != client.id || query.Get("post_logout_redirect_uri") != client.signedOutURI {
		http.Error(w, "This application is not known here.", http.StatusBadRequest)
		return
	}
	if cookie, err := r.Cookie(i.cookie()); err == nil {
		if subject, ok := i.storage.leave(cookie.Value); ok && i.tell != "" {
			if err := i.tellOf(r.Context(), subject, cookie.Value); err != nil {
				slog.Warn("the application was not told that somebody signed out", "error", err)
			}
		}
	}
	// #nosec G124 -- the demo has no https
	http.SetCookie(w, &http.Cookie{Name: i.cookie(), Path: "/" + path.Base(i.url), MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, client.signedOutURI, http.StatusSeeOther)
}

// tellOf sends the application a logout token.
func (i *issuer) tellOf(ctx context.Context, subject, sid string) error {
	claims := oidc.NewLogoutTokenClaims(i.url, subject, oidc.Audience{i.storage.client.id}, time.Now().Add(logoutLifetime), rand.Text(), sid, 0)
	payload, err := json.Marshal(claims)
	if err != nil {
		return fmt.Errorf("write logout token: %w", err)
	}
	key := jose.SigningKey{Algorithm: i.storage.key.SignatureAlgorithm(), Key: jose.JSONWebKey{Key: i.storage.key.Key(), KeyID: i.storage.key.ID()}}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("logout+jwt"))
	if err != nil {
		return fmt.Errorf("sign logout token: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return fmt.Errorf("sign logout token: %w", err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return fmt.Errorf("sign logout token: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, i.tell, strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
	if err != nil {
		return fmt.Errorf("send logout token: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("send logout token: %w", err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("send logout token: answered %d", response.StatusCode)
	}
	return nil
}
