package signin

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"passerelle/internal/fault"
)

const (
	googleIssuer = "https://accounts.google.com"
	// entraConsumers is the tenant of Microsoft's private accounts: of nobody's organisation.
	entraConsumers = "9188040d-6c67-4c5b-b112-36a304b66dad"
)

// entraHosts are where Microsoft's Entra ID issues tokens, for everybody or for one country.
var entraHosts = []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "sts.windows.net", "login.windows.net"}

// entraTenant is the organisation in an issuer of Entra ID, as it is written there.
func entraTenant(issuer string) (tenant string, ok bool) {
	u, err := url.Parse(issuer)
	if err != nil || !slices.Contains(entraHosts, strings.ToLower(u.Hostname())) {
		return "", false
	}
	tenant, _, _ = strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return tenant, true
}

// CheckIssuer refuses an address that cannot be an issuer's (OpenID Connect Discovery 3), and one that vouches for the people
// of every organisation that is a customer of the same provider.
func CheckIssuer(issuer string, allowLoopbackHTTP bool) error {
	const field = "issuer"
	if issuer == "" {
		return fault.Invalid(field, "connections.issuer.missing")
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.ContainsAny(issuer, " \t\r\n\\#") {
		return fault.Invalid(field, "connections.issuer.no_address")
	}
	if spoken(u, allowLoopbackHTTP) != nil {
		return fault.Invalid(field, "connections.issuer.no_https")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && outward(netip.AddrPortFrom(ip, 443).String(), allowLoopbackHTTP) != nil {
		return fault.Invalid(field, "connections.issuer.private")
	}
	if strings.HasSuffix(u.Path, "/.well-known/openid-configuration") {
		return fault.Invalid(field, "connections.issuer.discovery")
	}
	if tenant, entra := entraTenant(issuer); entra {
		if _, err := uuid.Parse(tenant); err != nil || strings.EqualFold(tenant, entraConsumers) {
			return fault.Invalid(field, "connections.issuer.many_tenants")
		}
	}
	return nil
}

// belongs says whether an ID token is of the organisation of the connection, where its provider serves many under one
// address: Entra ID says which by tid, Google Workspace by hd. Somebody from outside is nobody here, whoever vouches.
func (c Connection) belongs(claims map[string]any) Reason {
	if tenant, entra := entraTenant(c.Issuer); entra {
		if said, _ := claims["tid"].(string); said == "" || !strings.EqualFold(said, tenant) {
			return ReasonOtherTenant
		}
	}
	if c.Issuer == googleIssuer && len(c.EmailDomains) > 0 {
		if said, _ := claims["hd"].(string); said == "" || !c.Serves(said) {
			return ReasonOtherTenant
		}
	}
	return ""
}
