package platform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"passerelle/internal/blueprints"
	"passerelle/internal/i18n"
	"passerelle/internal/retention"
)

// Plan is a tenant that is to be made, as a file says it.
type Plan struct {
	Tenant     PlannedTenant `yaml:"tenant"`
	Connection struct {
		Slug         string   `yaml:"slug"`
		Name         string   `yaml:"name"`
		Issuer       string   `yaml:"issuer"`
		ClientID     string   `yaml:"client_id"`
		SecretEnv    string   `yaml:"client_secret_env"`
		SecretFile   string   `yaml:"client_secret_file"`
		EmailDomains []string `yaml:"email_domains"`

		scopes []string
	} `yaml:"connection"`
	Administrators []Administrator `yaml:"administrators"`
}

// PlannedTenant is what the tenant itself is to be.
type PlannedTenant struct {
	Slug      string            `yaml:"slug"`
	Name      string            `yaml:"name"`
	Canton    string            `yaml:"canton"`
	Languages []i18n.Lang       `yaml:"languages"`
	Regime    blueprints.Regime `yaml:"regime"`
	// Retention is how many months dossiers are kept, by the reason of their closing, where it is not what is usual.
	Retention map[retention.Reason]int `yaml:"retention_months"`
	// Outcomes is what becomes of them then, where it is not what is usual.
	Outcomes map[retention.Reason]retention.Outcome `yaml:"retention_outcomes"`
}

// kept is what is usual, but for what the plan says.
func (t PlannedTenant) kept() retention.Schedule {
	schedule := retention.Usual()
	for reason, rule := range schedule {
		if months, ok := t.Retention[reason]; ok {
			rule.Months = months
		}
		if outcome, ok := t.Outcomes[reason]; ok {
			rule.Outcome = outcome
		}
		schedule[reason] = rule
	}
	return schedule
}

// Administrator is one of the first: expected by the subject that the provider knows, or by a code.
type Administrator struct {
	Name    string `yaml:"name"`
	Email   string `yaml:"email"`
	Subject string `yaml:"subject"`
}

// ReadPlan reads a file. A word that it does not know is an error.
func ReadPlan(text []byte) (plan Plan, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&plan); err != nil {
		if errors.Is(err, io.EOF) {
			return Plan{}, errors.New("the file is empty: tenants/example.yaml shows what it says")
		}
		// The library's own words quote what stands in the file, and name no secret, since none stands there.
		return Plan{}, fmt.Errorf("the file cannot be read: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Plan{}, errors.New("the file holds more than one document: each tenant has its own")
	}
	plan.fill()
	return plan, nil
}

// fill sets what follows from the rest.
func (p *Plan) fill() {
	if p.Connection.Slug == "" {
		p.Connection.Slug = p.Tenant.Slug
	}
	if p.Connection.Name == "" {
		p.Connection.Name = p.Tenant.Name
	}
	if len(p.Tenant.Languages) == 0 {
		if blueprint, err := blueprints.For(p.Tenant.Canton); err == nil {
			p.Tenant.Languages = blueprint.Spoken()
		}
	}
}

var (
	slugs   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	domains = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
)

// Check gives everything that is wrong with the plan, in one error with a line for each. loopback lets the provider be on this
// machine without https, as the demo's is.
func (p Plan) Check(loopback bool) error {
	var problems []error
	say := func(wrong bool, sentence string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(sentence, args...))
		}
	}
	t, c := p.Tenant, p.Connection
	say(!slugs.MatchString(t.Slug), "tenant.slug is %q: use 2 to 31 small letters, digits and hyphens, such as fribourg", t.Slug)
	say(t.Name == "" || len(t.Name) > 100, "tenant.name is empty or too long")
	_, err := blueprints.For(t.Canton)
	say(err != nil, "tenant.canton: %v", err)
	for _, language := range t.Languages {
		say(!language.Known(), "tenant.languages: the pages are not written in %q", language)
	}
	say(len(t.Languages) != len(slices.Compact(slices.Sorted(slices.Values(t.Languages)))), "tenant.languages: one is named twice")
	say(!t.Regime.Known(), "tenant.regime is %q: cantonal for whoever carries out a task of the canton, federal for everybody else", t.Regime)
	for reason, months := range t.Retention {
		say(!slices.Contains(retention.Reasons(), reason), "tenant.retention_months: %q is none of the reasons %v", reason, retention.Reasons())
		say(months < retention.Shortest || months > retention.Longest, "tenant.retention_months: %s is kept for %d months, and has to be for %d to %d", reason, months, retention.Shortest, retention.Longest)
	}
	for reason, outcome := range t.Outcomes {
		say(!slices.Contains(retention.Reasons(), reason), "tenant.retention_outcomes: %q is none of the reasons %v", reason, retention.Reasons())
		say(!slices.Contains(retention.Outcomes, outcome), "tenant.retention_outcomes: %q is none of the outcomes %v", outcome, retention.Outcomes)
	}
	say(!slugs.MatchString(c.Slug), "connection.slug is %q: it is part of an address, such as fribourg", c.Slug)
	say(!reachable(c.Issuer, loopback), "connection.issuer is %q: it has to be an address with https, without a question or a fragment", c.Issuer)
	say(c.ClientID == "", "connection.client_id is missing")
	say((c.SecretEnv == "") == (c.SecretFile == ""), "connection: name client_secret_env or client_secret_file, one of them")
	for _, domain := range c.EmailDomains {
		say(!domains.MatchString(domain), "connection.email_domains: %q is no domain such as ngo.example", domain)
	}
	say(len(p.Administrators) < 2, "administrators: there are %d, and two are needed: neither can change how people sign in alone", len(p.Administrators))
	for i, a := range p.Administrators {
		address, err := mail.ParseAddress(a.Email)
		say(a.Name == "", "administrators: the name of number %d is missing", i+1)
		say(err != nil || address.Address != a.Email || len(a.Email) > 254, "administrators: the e-mail of number %d is none", i+1)
		say(len(a.Subject) > 255, "administrators: the subject of number %d is too long", i+1)
		for _, other := range p.Administrators[:i] {
			say(strings.EqualFold(other.Email, a.Email) || a.Subject != "" && other.Subject == a.Subject, "administrators: number %d is somebody who is there already", i+1)
		}
	}
	return errors.Join(problems...)
}

// reachable says whether an issuer is one that the door would speak with.
func reachable(issuer string, loopback bool) bool {
	address, err := url.Parse(issuer)
	if err != nil || address.Host == "" || address.RawQuery != "" || address.Fragment != "" || address.User != nil {
		return false
	}
	if address.Scheme == "https" {
		return true
	}
	ip, err := netip.ParseAddr(address.Hostname())
	return loopback && address.Scheme == "http" && err == nil && ip.IsLoopback()
}
