package signin

import (
	"testing"

	"passerelle/internal/fault"
)

const entra = "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0"

func TestCheckIssuer(t *testing.T) {
	for _, good := range []string{entra, "https://accounts.google.com", "https://login.infomaniak.com", "https://id.example.ch/realms/vaud", "https://sts.windows.net/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/"} {
		if err := CheckIssuer(good, false); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, key := range map[string]string{
		"":                                "missing",
		"id.example.ch":                   "no_address",
		"http://id.example.ch":            "no_https",
		"http://127.0.0.1:80":             "no_https",
		"https://10.1.2.3":                "private",
		"https://[::1]":                   "private",
		"https://169.254.169.254/latest":  "private",
		"https://u:p@id.example.ch":       "no_address",
		"https://id.example.ch/?tenant=1": "no_address",
		"https://id.example.ch/#x":        "no_address",
		"https://id.example.ch/ x":        "no_address",
		"ftp://id.example.ch":             "no_https",
		"https://id.example.ch/.well-known/openid-configuration":                      "discovery",
		"https://login.microsoftonline.com/common/v2.0":                               "many_tenants",
		"https://login.microsoftonline.com/organizations/v2.0":                        "many_tenants",
		"https://login.microsoftonline.com/consumers/v2.0":                            "many_tenants",
		"https://LOGIN.microsoftonline.com/{tenantid}/v2.0":                           "many_tenants",
		"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0": "many_tenants",
		"https://sts.windows.net/common/":                                             "many_tenants",
		"https://login.microsoftonline.com":                                           "many_tenants",
	} {
		problems, ok := fault.Correctable(CheckIssuer(bad, false))
		if !ok || problems[0].Key != "connections.issuer."+key || problems[0].Field != "issuer" {
			t.Errorf("%s: %v, want %s", bad, problems, key)
		}
	}
}

// Who vouches for many says of which organisation somebody is.
func TestBelongs(t *testing.T) {
	single := Connection{Issuer: entra}
	google := Connection{Issuer: googleIssuer, EmailDomains: []string{"vaud.example"}}
	for name, c := range map[string]struct {
		of     Connection
		claims map[string]any
		want   Reason
	}{
		"the tenant itself":         {single, map[string]any{"tid": "8EAEF023-2b34-4da1-9baa-8bc8c9d6a490"}, ""},
		"another tenant":            {single, map[string]any{"tid": "9188040d-6c67-4c5b-b112-36a304b66dad"}, ReasonOtherTenant},
		"no tenant":                 {single, nil, ReasonOtherTenant},
		"a tenant that is no text":  {single, map[string]any{"tid": 7}, ReasonOtherTenant},
		"the domain":                {google, map[string]any{"hd": "Vaud.example"}, ""},
		"another domain":            {google, map[string]any{"hd": "evil.example"}, ReasonOtherTenant},
		"a private account":         {google, map[string]any{"email": "a@vaud.example", "email_verified": true}, ReasonOtherTenant},
		"a provider of its own":     {Connection{Issuer: "https://id.example.ch", EmailDomains: []string{"x.ch"}}, nil, ""},
		"no domain to compare with": {Connection{Issuer: googleIssuer}, nil, ""},
	} {
		if got := c.of.belongs(c.claims); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
