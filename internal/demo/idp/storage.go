package idp

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"
)

const (
	requestLifetime = 10 * time.Minute
	requestsAtOnce  = 1000
)

var (
	errUnknown      = errors.New("unknown or expired request")
	errNotOffered   = errors.New("not offered by this provider")
	errTooManyTries = errors.New("too many sign-ins under way")
)

// storage is what one issuer keeps: requests under way, in memory, and its people.
type storage struct {
	client  client
	secret  string
	key     signingKey
	people  []Person
	subject func(email string) string

	mu       sync.Mutex
	requests map[string]*request
	sessions map[string]string // subjects, by what their sessions here are called
}

// request is a sign-in under way at the provider, from the redirect there to the redemption of its code.
type request struct {
	id, subject, code string
	sid               string
	at                time.Time
	asked             oidc.AuthRequest
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetACR() string                     { return "" }
func (r *request) GetAMR() []string                   { return nil }
func (r *request) GetAudience() []string              { return []string{r.asked.ClientID} }
func (r *request) GetAuthTime() time.Time             { return r.at }
func (r *request) GetClientID() string                { return r.asked.ClientID }
func (r *request) GetNonce() string                   { return r.asked.Nonce }
func (r *request) GetRedirectURI() string             { return r.asked.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.asked.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.asked.ResponseMode }
func (r *request) GetScopes() []string                { return r.asked.Scopes }
func (r *request) GetState() string                   { return r.asked.State }
func (r *request) GetSubject() string                 { return r.subject }
func (r *request) Done() bool                         { return r.subject != "" }
func (r *request) languages() []language.Tag          { return r.asked.UILocales }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}

func (s *storage) CreateAuthRequest(_ context.Context, asked *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required")
	}
	created := &request{id: rand.Text(), at: time.Now(), asked: *asked}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, old := range s.requests {
		if time.Since(old.at) > requestLifetime {
			delete(s.requests, id)
		}
	}
	if len(s.requests) >= requestsAtOnce {
		return nil, errTooManyTries
	}
	s.requests[created.id] = created
	return created, nil
}

func (s *storage) find(matches func(*request) bool) (*request, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.requests {
		if matches(r) && time.Since(r.at) <= requestLifetime {
			found := *r
			return &found, nil
		}
	}
	return nil, errUnknown
}

func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	return s.find(func(r *request) bool { return r.id == id })
}

func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	return s.find(func(r *request) bool { return code != "" && r.code == code })
}

func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	return s.change(id, func(r *request) { r.code = code })
}

// complete records who signed in.
func (s *storage) complete(id, subject, sid string) error {
	return s.change(id, func(r *request) {
		r.subject, r.sid, r.at = subject, sid, time.Now()
		if len(s.sessions) >= requestsAtOnce {
			clear(s.sessions)
		}
		s.sessions[sid] = subject
	})
}

// leave ends a session here, and says whose it was.
func (s *storage) leave(sid string) (subject string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	subject, ok = s.sessions[sid]
	delete(s.sessions, sid)
	return subject, ok
}

func (s *storage) change(id string, apply func(*request)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.requests[id]
	if !ok {
		return errUnknown
	}
	apply(found)
	return nil
}

func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	return nil
}

func (s *storage) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return rand.Text(), time.Now().Add(5 * time.Minute), nil
}

func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.client.id {
		return nil, errUnknown
	}
	return s.client, nil
}

func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != s.client.id || subtle.ConstantTimeCompare([]byte(secret), []byte(s.secret)) != 1 {
		return errUnknown
	}
	return nil
}

func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

// SetUserinfoFromRequest puts name and e-mail into the ID token, as most providers do.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, asked op.IDTokenRequest, _ []string) error {
	if known, ok := asRequest(asked); ok {
		info.AppendClaims("sid", known.sid)
	}
	return s.describe(info, asked.GetSubject())
}

func asRequest(asked op.IDTokenRequest) (*request, bool) {
	known, ok := asked.(*request)
	return known, ok && known.sid != ""
}

func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, _, subject, _ string) error {
	return s.describe(info, subject)
}

func (s *storage) describe(info *oidc.UserInfo, subject string) error {
	for _, person := range s.people {
		if s.subject(person.Email) == subject {
			info.Subject, info.Name, info.Email = subject, person.Name, person.Email
			info.EmailVerified = true
			return nil
		}
	}
	return errUnknown
}

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }
func (s *storage) KeySet(context.Context) ([]op.Key, error)          { return []op.Key{publicKey(s.key)}, nil }
func (s *storage) Health(context.Context) error                      { return nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{s.key.SignatureAlgorithm()}, nil
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

// What follows the library asks for and this provider does not offer.

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNotOffered
}

func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errNotOffered
}

func (s *storage) TerminateSession(context.Context, string, string) error { return errNotOffered }

func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return oidc.ErrInvalidRequest().WithDescription("%s", errNotOffered)
}

func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotOffered
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errNotOffered
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotOffered
}

type signingKey struct {
	id  string
	key *ecdsa.PrivateKey
}

func (k signingKey) ID() string                                  { return k.id }
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k signingKey) Key() any                                    { return k.key }

type publicKey signingKey

func (k publicKey) ID() string                         { return k.id }
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return k.key.Public() }
