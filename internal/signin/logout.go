package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

const (
	// logoutAge is how old a word that somebody has signed out may be, or how far ahead of our clock.
	logoutAge = 2 * time.Minute
	// logoutRemembered is how long such a word is known again: for longer than it could be repeated.
	logoutRemembered   = 5 * logoutAge
	longestLogoutToken = 16 << 10
	longestSID         = 1 << 10
)

// ErrTooOften says that the same address knocks too often.
var ErrTooOften = errors.New("one address brings too many words of a provider")

// The addresses of a connection, which its provider has to be told.

// BackChannelLogoutURI is where the provider itself says that somebody has signed out.
func (s *Service) BackChannelLogoutURI(slug string) string {
	return s.addressOf(slug, "backchannel-logout")
}

// FrontChannelLogoutURI is what the provider's page shows in a frame when somebody signs out there.
func (s *Service) FrontChannelLogoutURI(slug string) string {
	return s.addressOf(slug, "frontchannel-logout")
}

// SignedOutURI is where the provider sends people after they have signed out there.
func (s *Service) SignedOutURI() string { return s.origin + "/signin" }

func (s *Service) addressOf(slug, what string) string {
	return s.origin + "/oidc/" + url.PathEscape(slug) + "/" + what
}

// Notice is what came to the address at which a provider says that somebody has signed out.
type Notice struct {
	Connection string // slug of the address at which it arrived
	Token      string
	From       string // the network address that sent it
}

// SignedOutByProvider ends the sessions of which a provider says that they are over (OpenID Connect Back-Channel Logout 1.0), and
// says how many those were. Any doubt is a Refusal.
func (s *Service) SignedOutByProvider(ctx context.Context, notice Notice) (ended int, err error) {
	if !s.knocks.Take(notice.Connection + " " + notice.From) {
		return 0, ErrTooOften
	}
	connection, others, err := s.find(ctx, notice.Connection)
	if err != nil {
		return 0, err
	}
	refuse := func(reason Reason) (int, error) { return 0, &Refusal{Reason: reason, Connection: connection.Slug} }
	// Before a provider is asked for keys, so that nonsense costs nobody anything.
	if len(notice.Token) > longestLogoutToken || !typedAsLogout(notice.Token) {
		return refuse(ReasonLogoutType)
	}
	provider, err := s.providers.of(ctx, connection, others)
	if err != nil {
		return 0, err
	}
	token, err := provider.logout.VerifyLogout(ctx, notice.Token)
	if err != nil {
		return refuse(ReasonLogoutToken)
	}
	now := s.clock()
	if age := now.Sub(token.IssuedAt); age > logoutAge || age < -logoutAge {
		return refuse(ReasonIssuedAt)
	}
	replayed := false
	hashes, err := s.endThrough(ctx, func(ctx context.Context, tx tenantdb.Tx) ([][]byte, error) {
		if err := deleteLogoutTokensBefore(ctx, tx, now); err != nil {
			return nil, err
		}
		fresh, err := insertLogoutToken(ctx, tx, connection.ID, hashOf(token.TokenID), now.Add(logoutRemembered))
		if replayed = !fresh; err != nil || replayed {
			return nil, err
		}
		return revokeSessionsSignedOut(ctx, tx, connection, token, now)
	})
	if err != nil {
		return 0, fmt.Errorf("end sessions that %s has ended: %w", connection.Slug, err)
	}
	if replayed {
		return refuse(ReasonReplayed)
	}
	return len(hashes), nil
}

// typedAsLogout says whether the header of a token lets it be a logout token. Many providers leave the type out, and Keycloak
// before version 25 writes JWT, which says nothing; a token of another type was made for something else (RFC 8725 3.11).
func typedAsLogout(token string) bool {
	first, _, ok := strings.Cut(token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(first)
	var header struct {
		Type string `json:"typ"`
	}
	if !ok || err != nil || json.Unmarshal(decoded, &header) != nil {
		return false
	}
	switch strings.TrimPrefix(strings.ToLower(header.Type), "application/") {
	case "", "jwt", "logout+jwt":
		return true
	}
	return false
}

// revokeSessionsSignedOut ends the session that the token names, or all of its subject when it names none. Where the provider
// did not name sessions when they began, and does now, the subject's unnamed ones end: one of them is meant.
func revokeSessionsSignedOut(ctx context.Context, tx tenantdb.Tx, connection Connection, token *oidc.LogoutToken, now time.Time) ([][]byte, error) {
	if token.SessionID == "" {
		return revokeSessionsOfSubject(ctx, tx, connection, token.Subject, now)
	}
	hashes, err := revokeProviderSession(ctx, tx, connection, hashOfProviderSession(token.SessionID), token.Subject, now)
	if err != nil || token.Subject == "" {
		return hashes, err
	}
	unnamed, err := revokeUnnamedSessions(ctx, tx, connection, token.Subject, now)
	return append(hashes, unnamed...), err
}

// Frame is a provider's page that shows us in a frame, so that somebody who signs out there is signed out here.
type Frame struct {
	Connection  string // slug
	Issuer, SID string // as the address says
	From        string // the network address that asked
}

// SignedOutInFrame ends the session that a frame names (OpenID Connect Front-Channel Logout 1.0). Browsers do not send a
// session's cookie into a frame, so that what the provider calls the session is all there is to go by; that name is the provider's secret.
// Whether there was such a session is for the log.
func (s *Service) SignedOutInFrame(ctx context.Context, frame Frame) (ended int, err error) {
	if !s.knocks.Take(frame.Connection + " " + frame.From) {
		return 0, ErrTooOften
	}
	connection, _, err := s.find(ctx, frame.Connection)
	if err != nil {
		return 0, err
	}
	if frame.Issuer != connection.Issuer {
		return 0, &Refusal{Reason: ReasonOtherIssuer, Connection: connection.Slug}
	}
	if frame.SID == "" || len(frame.SID) > longestSID {
		return 0, &Refusal{Reason: ReasonNoSID, Connection: connection.Slug}
	}
	hashes, err := s.endThrough(ctx, func(ctx context.Context, tx tenantdb.Tx) ([][]byte, error) {
		return revokeProviderSession(ctx, tx, connection, hashOfProviderSession(frame.SID), "", s.clock())
	})
	if err != nil {
		return 0, fmt.Errorf("end a session that %s has ended: %w", connection.Slug, err)
	}
	return len(hashes), nil
}

// FramedBy is the origin that may show a connection's frame: that of its issuer, and of nobody else.
func (s *Service) FramedBy(ctx context.Context, slug string) (string, error) {
	connection, _, err := s.find(ctx, slug)
	if err != nil {
		return "", err
	}
	issuer, err := url.Parse(connection.Issuer)
	if err != nil || spoken(issuer, s.providers.allowLoopbackHTTP) != nil || strings.ContainsAny(issuer.Host, " ;,'\"*") {
		return "", fault.NotFound()
	}
	return issuer.Scheme + "://" + issuer.Host, nil
}

// SignOutAt is where the person of a connection signs out of the provider itself (OpenID Connect RP-Initiated Logout 1.0), or
// nothing where the provider does not say. Who signs out is not told along: the provider knows by its own cookie.
func (s *Service) SignOutAt(ctx context.Context, slug string) (organisation, target string, err error) {
	connection, others, err := s.find(ctx, slug)
	if err != nil {
		return "", "", err
	}
	provider, err := s.providers.of(ctx, connection, others)
	if err != nil || provider.signOut == nil {
		return "", "", err
	}
	address := *provider.signOut
	query := address.Query()
	query.Set("client_id", connection.ClientID)
	query.Set("post_logout_redirect_uri", s.SignedOutURI())
	address.RawQuery = query.Encode()
	return connection.Name, address.String(), nil
}

// SlugOf is the connection through which somebody came.
func (s *Service) SlugOf(ctx context.Context, session Session) (string, error) {
	connections, err := s.Connections(ctx)
	if err != nil {
		return "", err
	}
	for _, connection := range connections {
		if connection.ID == session.Identity.ConnectionID {
			return connection.Slug, nil
		}
	}
	return "", fault.NotFound()
}

// hashOfProviderSession is what is kept of the provider's name for a session, so that a stolen row ends nobody's.
func hashOfProviderSession(sid string) []byte {
	if sid == "" {
		return nil
	}
	return hashOf(sid)
}
