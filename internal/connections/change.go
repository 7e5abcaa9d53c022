package connections

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// ChangeID identifies a change.
type ChangeID = ids.ID[signin.Change]

// What a change does to a connection.
const (
	Set = "set"
	End = "end"
)

// Change is what a connection is to become. One administrator writes and tries it and proposes it, another approves it, and once
// the tenant's delay is over it takes effect.
type Change struct {
	ChangeID     ChangeID
	ConnectionID ID
	// Kind is Set or End.
	Kind  string
	Terms Terms
	// Version counts what was written; Tried is the one of the last trial that went well.
	Version int
	Tried   *int

	WrittenBy, ProposedBy, ApprovedBy, WithdrawnBy tenantdb.PersonID
	WrittenAt                                      time.Time
	ProposedAt, ApprovedAt, WithdrawnAt            *time.Time
	TakesEffectAt, TookEffectAt                    *time.Time
}

// State is how far a change has come.
type State string

// The states, in order; a change ends in one of the last two.
const (
	Draft     State = "draft"
	Tried     State = "tried"
	Proposed  State = "proposed"
	Approved  State = "approved"
	Effective State = "effective"
	Withdrawn State = "withdrawn"
)

// State says how far it has come.
func (c Change) State() State {
	switch {
	case c.WithdrawnAt != nil:
		return Withdrawn
	case c.TookEffectAt != nil:
		return Effective
	case c.ApprovedAt != nil:
		return Approved
	case c.ProposedAt != nil:
		return Proposed
	case c.Kind == Set && c.WasTried():
		return Tried
	default:
		return Draft
	}
}

// WasTried says whether what it is to become has been tried, as it is written now.
func (c Change) WasTried() bool { return c.Tried != nil && *c.Tried == c.Version }

// Open says whether something can still be done about it.
func (c Change) Open() bool { return c.WithdrawnAt == nil && c.TookEffectAt == nil }

// Due says whether its time has come.
func (c Change) Due(now time.Time) bool {
	return c.Open() && c.TakesEffectAt != nil && !now.Before(*c.TakesEffectAt)
}

// Rewrite puts other terms in the place of those that are written. What was tried has to be tried again; what was proposed
// stays, so that what one has read and the other approves is the same.
func (c *Change) Rewrite(terms Terms, by tenantdb.PersonID, now time.Time) error {
	switch {
	case !c.Open():
		return fault.Refused("connections.change.over")
	case c.ProposedAt != nil:
		return fault.Refused("connections.change.proposed")
	case c.Kind != Set:
		return fault.Refused("connections.change.ends")
	}
	c.Terms, c.Version, c.WrittenBy, c.WrittenAt = terms, c.Version+1, by, now
	return nil
}

// Propose asks the other administrators for their approval. Nothing is proposed that was not tried as it is written: a
// mistake would lock everybody out.
func (c *Change) Propose(by tenantdb.PersonID, now time.Time) error {
	switch {
	case !c.Open():
		return fault.Refused("connections.change.over")
	case c.ProposedAt != nil:
		return fault.Refused("connections.change.proposed")
	case c.Kind == Set && !c.WasTried():
		return fault.Refused("connections.change.untried")
	}
	c.ProposedBy, c.ProposedAt = by, &now
	return nil
}

// Approve lets it take effect after the delay. Whoever has written or proposed it cannot: one stolen session of an
// administrator must not suffice to let other people in.
func (c *Change) Approve(by tenantdb.PersonID, now time.Time, delay time.Duration) error {
	switch {
	case !c.Open():
		return fault.Refused("connections.change.over")
	case c.ProposedAt == nil:
		return fault.Refused("connections.change.not_proposed")
	case c.ApprovedAt != nil:
		return fault.Refused("connections.change.approved")
	case by == c.ProposedBy || by == c.WrittenBy:
		return fault.Refused("connections.change.own")
	}
	effect := now.Add(delay)
	c.ApprovedBy, c.ApprovedAt, c.TakesEffectAt = by, &now, &effect
	return nil
}

// Withdraw lets it be. Any administrator may, until it takes effect.
func (c *Change) Withdraw(by tenantdb.PersonID, now time.Time) error {
	if !c.Open() || c.Due(now) {
		return fault.Refused("connections.change.over")
	}
	c.WithdrawnBy, c.WithdrawnAt = by, &now
	return nil
}

// Terms are how a provider is reached and what is read of its answer.
type Terms struct {
	Name, Issuer, ClientID string
	SecretID               signin.SecretID
	Scopes                 []string
	NameClaim, EmailClaim  string
	EmailDomains           []string
	// KeepsSubjects says, where another issuer takes over, that it names people as the old one did.
	KeepsSubjects bool
}

const (
	// LongestAddress is how long an address or an identifier may be.
	LongestAddress = 300
	longestSecret  = 500
	mostDomains    = 20
	mostScopes     = 10
)

var (
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)
	scopeForm  = regexp.MustCompile(`^[\x21\x23-\x5b\x5d-\x7e]{1,100}$`) // RFC 6749 3.3
	claimForm  = regexp.MustCompile(`^[A-Za-z0-9_.:/-]{1,100}$`)
)

// Check says what has to be corrected in them.
func (t *Terms) Check(allowLoopbackHTTP bool) (problems fault.Problems) {
	if t.Name == "" {
		problems.Add("name", "connections.name.missing")
	}
	if found, wrong := fault.Correctable(signin.CheckIssuer(t.Issuer, allowLoopbackHTTP)); wrong {
		problems = append(problems, found...)
	}
	if t.ClientID == "" {
		problems.Add("client_id", "connections.client_id.missing")
	}
	if !slices.Contains(t.Scopes, "openid") {
		problems.Add("scopes", "connections.scopes.openid")
	} else if len(t.Scopes) > mostScopes || slices.ContainsFunc(t.Scopes, func(s string) bool { return !scopeForm.MatchString(s) }) {
		problems.Add("scopes", "connections.scopes.wrong")
	}
	for field, claim := range map[string]string{"name_claim": t.NameClaim, "email_claim": t.EmailClaim} {
		if !claimForm.MatchString(claim) {
			problems.Add(field, "connections.claim.wrong")
		}
	}
	switch {
	case len(t.EmailDomains) == 0:
		problems.Add("email_domains", "connections.email_domains.missing")
	case len(t.EmailDomains) > mostDomains:
		problems.Add("email_domains", "connections.email_domains.many", "Max", mostDomains)
	}
	for _, domain := range t.EmailDomains {
		if len(domain) > 253 || !domainForm.MatchString(domain) {
			problems.Add("email_domains", "connections.email_domains.wrong")
			break
		}
	}
	return problems
}

// List reads words that were written one after the other, each once.
func List(text string) (words []string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// Domains reads e-mail domains; an @ before one is what many write.
func Domains(text string) (domains []string) {
	for _, word := range List(strings.ToLower(text)) {
		if word = strings.TrimPrefix(word, "@"); !slices.Contains(domains, word) {
			domains = append(domains, word)
		}
	}
	return domains
}

// Differences are the fields in which they differ from others, for whoever approves them.
func (t Terms) Differences(other Terms) (fields []string) {
	for _, field := range []struct {
		name   string
		differ bool
	}{
		{"name", t.Name != other.Name}, {"issuer", t.Issuer != other.Issuer}, {"client_id", t.ClientID != other.ClientID},
		{"secret", t.SecretID != other.SecretID}, {"scopes", !slices.Equal(t.Scopes, other.Scopes)}, {"name_claim", t.NameClaim != other.NameClaim},
		{"email_claim", t.EmailClaim != other.EmailClaim}, {"email_domains", !slices.Equal(t.EmailDomains, other.EmailDomains)},
	} {
		if field.differ {
			fields = append(fields, field.name)
		}
	}
	return fields
}
