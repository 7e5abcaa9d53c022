package signin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/fault"
)

// Verdict is how a check of a provider came out.
type Verdict string

// The verdicts: it is as it should be, it could be better, nobody could sign in safely.
const (
	Fine    Verdict = "fine"
	Advice  Verdict = "advice"
	Problem Verdict = "problem"
)

// Finding is what one check of a provider found. "connections.check." and Check is what was looked at, Key what was found.
type Finding struct {
	Check   string
	Verdict Verdict
	Key     string
	Args    []any
}

// Passed says whether nothing stands in the way of a trial.
func Passed(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return f.Verdict == Problem })
}

// metadata is what a provider says of itself (OpenID Connect Discovery 3, RFC 8414, RFC 9207).
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	KeySet                string   `json:"jwks_uri"`
	Algorithms            []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
	NamesIssuer           bool     `json:"authorization_response_iss_parameter_supported"`
	Scopes                []string `json:"scopes_supported"`
}

// inspection collects findings, and stops where nothing more can be looked at.
type inspection struct {
	findings []Finding
}

func (i *inspection) found(check string, verdict Verdict, word string, args ...any) {
	i.findings = append(i.findings, Finding{check, verdict, "connections.check." + check + "." + word, args})
}

// Inspect looks at the provider of an issuer as it would be talked to, and says in order what it finds. slug is the connection
// that is set up, which is nobody's neighbour of itself. It reads two documents and sends nothing.
func (s *Service) Inspect(ctx context.Context, issuer, slug string, scopes []string) []Finding {
	var others []string
	for _, neighbour := range s.neighbours(ctx, slug) {
		others = append(others, neighbour.Issuer)
	}
	return (&Inspector{s.providers}).Inspect(ctx, issuer, scopes, others)
}

// Inspector looks at providers for those who have no door: with the same client, and within the same bounds.
type Inspector struct{ providers *providers }

// NewInspector makes one; loopback lets a provider be on this machine, without https.
func NewInspector(loopback bool) *Inspector {
	return &Inspector{&providers{client: hardenedClient(loopback), allowLoopbackHTTP: loopback}}
}

// Inspect is as the door's; others are the issuers of all other connections.
func (s *Inspector) Inspect(ctx context.Context, issuer string, scopes, others []string) []Finding {
	i := &inspection{}
	if problems, wrong := fault.Correctable(CheckIssuer(issuer, s.providers.allowLoopbackHTTP)); wrong {
		i.findings = append(i.findings, Finding{"address", Problem, problems[0].Key, nil})
		return i.findings
	}
	i.found("address", Fine, "fine")
	text, word := s.providers.fetch(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	var said metadata
	if word == "" && json.Unmarshal(text, &said) != nil {
		word = "no_document"
	}
	if word != "" {
		i.found("reached", Problem, word)
		return i.findings
	}
	i.found("reached", Fine, "fine")
	switch {
	case said.Issuer == issuer:
		i.found("issuer", Fine, "fine")
	default:
		i.found("issuer", Problem, "problem", "Issuer", shortened(said.Issuer))
	}
	i.endpoints(s.providers, said, issuer, others)
	i.abilities(said, scopes)
	i.keys(ctx, s.providers, said)
	return i.findings
}

// neighbours are the connections whose providers must not be led to; none where they cannot be asked for.
func (s *Service) neighbours(ctx context.Context, slug string) []Connection {
	connections, err := s.Connections(ctx)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(connections, func(c Connection) bool { return c.Slug == slug })
}

func (i *inspection) endpoints(p *providers, said metadata, issuer string, others []string) {
	for _, endpoint := range []string{said.AuthorizationEndpoint, said.TokenEndpoint, said.KeySet} {
		address, err := url.Parse(endpoint)
		if err != nil || endpoint == "" || spoken(address, p.allowLoopbackHTTP) != nil {
			i.found("endpoints", Problem, "problem")
			return
		}
		for _, other := range others {
			if other != issuer && below(endpoint, other) && !below(endpoint, issuer) {
				i.found("endpoints", Problem, "foreign")
				return
			}
		}
	}
	i.found("endpoints", Fine, "fine")
}

func (i *inspection) abilities(said metadata, scopes []string) {
	if len(said.ResponseTypes) > 0 && !slices.Contains(said.ResponseTypes, "code") {
		i.found("flow", Problem, "problem")
	} else {
		i.found("flow", Fine, "fine")
	}
	switch {
	case len(said.Algorithms) == 0:
		i.found("algorithms", Advice, "silent")
	case !slices.ContainsFunc(said.Algorithms, func(a string) bool { return slices.Contains(acceptedAlgorithms, a) }):
		i.found("algorithms", Problem, "problem")
	default:
		i.found("algorithms", Fine, "fine")
	}
	switch {
	case slices.Contains(said.ChallengeMethods, "S256"):
		i.found("pkce", Fine, "fine")
	case len(said.ChallengeMethods) == 0:
		i.found("pkce", Advice, "silent")
	default:
		i.found("pkce", Problem, "problem")
	}
	if said.NamesIssuer {
		i.found("names_issuer", Fine, "fine")
	} else {
		i.found("names_issuer", Advice, "advice")
	}
	for _, scope := range scopes {
		if len(said.Scopes) > 0 && !slices.Contains(said.Scopes, scope) {
			i.found("scopes", Advice, "advice", "Scope", shortened(scope))
			return
		}
	}
	i.found("scopes", Fine, "fine")
}

// keys counts those by which a token could be verified.
func (i *inspection) keys(ctx context.Context, p *providers, said metadata) {
	text, word := p.fetch(ctx, said.KeySet)
	var set jose.JSONWebKeySet
	if word != "" || json.Unmarshal(text, &set) != nil {
		i.found("keys", Problem, "problem")
		return
	}
	usable := slices.ContainsFunc(set.Keys, func(key jose.JSONWebKey) bool {
		return key.Valid() && key.IsPublic() && key.Use != "enc" && (key.Algorithm == "" || slices.Contains(acceptedAlgorithms, key.Algorithm))
	})
	if usable {
		i.found("keys", Fine, "fine")
	} else {
		i.found("keys", Problem, "none")
	}
}

// fetch reads a document of a provider, within the bounds of the client; otherwise it says in a word what came in between.
func (p *providers) fetch(ctx context.Context, address string) (text []byte, word string) {
	ctx, cancel := context.WithTimeout(ctx, providerTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "problem"
	}
	request.Header.Set("Accept", "application/json")
	response, err := p.client.Do(request)
	if err == nil {
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, "no_document"
		}
		if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" && kind != "application/jwk-set+json" {
			return nil, "no_document"
		}
		text, err = io.ReadAll(response.Body)
	}
	switch {
	case err == nil:
		return text, ""
	case errors.Is(err, errPrivate):
		return nil, "private"
	case errors.Is(err, errRedirected):
		return nil, "redirected"
	case errors.Is(err, errTooLong):
		return nil, "too_long"
	case errors.Is(err, context.DeadlineExceeded):
		return nil, "slow"
	default:
		return nil, "problem"
	}
}
