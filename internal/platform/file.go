package platform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/blueprints"
	"passerelle/internal/fault"
	"passerelle/internal/retention"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// File is a tenant while it is set up, with its way to sign in and those who are to administer it.
type File struct {
	Tenant
	// Way is nil as long as there is none.
	Way *Way
	// Kept is how long dossiers are kept after they were closed.
	Kept retention.Schedule
	// First are the first administrators who come by a code.
	First []First
}

// Seen tells one state of what is set up from another, for the lost-update check: two operators may have one step before them.
func (f File) Seen() string {
	sum := sha256.New()
	fmt.Fprintln(sum, f.Name, f.Canton, f.Languages, f.Regime, f.ConfirmedSteps, f.Kept.Seen(), f.Way != nil)
	if f.Way != nil {
		fmt.Fprintln(sum, *f.Way)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Way is how people of a tenant sign in, as those see it who set it up. What is shown to the provider is not among it.
type Way struct {
	ConnectionID         signin.ConnectionID
	Slug, Name           string
	Issuer, ClientID     string
	Scopes, EmailDomains []string `bun:",array"`
	HasSecret            bool
}

// First is one of the first administrators. The name is the one that was written down for handing the code over.
type First struct {
	MemberID  tenantdb.PersonID
	Name      string
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// Naming is the step that makes a tenant.
type Naming struct{ Slug, Name, Canton string }

// Check says what has to be corrected.
func (n Naming) Check() (problems fault.Problems) {
	if !slugs.MatchString(n.Slug) {
		problems.Add("slug", "onboarding.slug.wrong")
	}
	if strings.TrimSpace(n.Name) == "" || utf8.RuneCountInString(n.Name) > 100 {
		problems.Add("name", "onboarding.name.missing")
	}
	if _, err := blueprints.For(n.Canton); err != nil {
		problems.Add("canton", "onboarding.canton.missing")
	}
	return problems
}

// Provider is how people are to sign in. An empty secret leaves the one that is kept.
type Provider struct {
	Issuer, ClientID, Secret string
	Scopes, EmailDomains     []string
}

// Check says what has to be corrected; kept says that there is a secret already.
func (p Provider) Check(loopback, kept bool) (problems fault.Problems) {
	if found, wrong := fault.Correctable(signin.CheckIssuer(p.Issuer, loopback)); wrong {
		problems = append(problems, found...)
	}
	if p.ClientID == "" || len(p.ClientID) > 255 {
		problems.Add("client_id", "connections.client_id.missing")
	}
	if p.Secret == "" && !kept {
		problems.Add("secret", "onboarding.secret.missing")
	}
	if len(p.Secret) > 4096 {
		problems.Add("secret", "connections.secret.long")
	}
	if !slices.Contains(p.Scopes, "openid") {
		problems.Add("scopes", "connections.scopes.openid")
	}
	if len(p.EmailDomains) == 0 {
		problems.Add("email_domains", "connections.email_domains.missing")
	}
	for _, domain := range p.EmailDomains {
		if !domains.MatchString(domain) {
			problems.Add("email_domains", "connections.email_domains.wrong")
			break
		}
	}
	return problems
}

// Check says what has to be corrected in who is to administer.
func (a Administrator) Check() (problems fault.Problems) {
	if strings.TrimSpace(a.Name) == "" || utf8.RuneCountInString(a.Name) > 100 {
		problems.Add("name", "onboarding.person.name.missing")
	}
	if address, err := mail.ParseAddress(a.Email); err != nil || address.Address != a.Email || len(a.Email) > 254 {
		problems.Add("email", "onboarding.person.email.wrong")
	}
	return problems
}
