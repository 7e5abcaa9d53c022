package connections_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"passerelle/internal/connections"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

var noon = time.Date(2026, time.November, 27, 12, 0, 0, 0, time.UTC)

// One writes, tries and proposes; another approves; it waits; anybody withdraws it until its time has come.
func TestAChangeTakesTwo(t *testing.T) {
	anna, boris := ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	tried := 1
	fresh := func() connections.Change {
		return connections.Change{Kind: connections.Set, Version: 1, Tried: &tried, WrittenBy: anna, WrittenAt: noon}
	}
	untried := fresh()
	untried.Tried = nil
	rewritten := fresh()
	if err := rewritten.Rewrite(connections.Terms{Name: "other"}, anna, noon); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]connections.Change{"untried": untried, "rewritten since": rewritten} {
		if err := change.Propose(anna, noon); !errors.Is(err, fault.Refused("")) || change.State() != connections.Draft {
			t.Errorf("%s: %v, %s", name, err, change.State())
		}
	}
	change := fresh()
	if err := change.Approve(boris, noon, 0); !errors.Is(err, fault.Refused("")) {
		t.Errorf("approved before it was proposed: %v", err)
	}
	if err := change.Propose(boris, noon); err != nil || change.State() != connections.Proposed {
		t.Fatalf("%v, %s", err, change.State())
	}
	for name, by := range map[string]tenantdb.PersonID{"who wrote it": anna, "who proposed it": boris} {
		if err := change.Approve(by, noon, 0); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s approves it: %v", name, err)
		}
	}
	if err := change.Rewrite(connections.Terms{}, anna, noon); !errors.Is(err, fault.Refused("")) {
		t.Errorf("rewritten once proposed: %v", err)
	}
	change = fresh()
	if err := errors.Join(change.Propose(anna, noon), change.Approve(boris, noon, 24*time.Hour)); err != nil || change.State() != connections.Approved {
		t.Fatalf("%v, %s", err, change.State())
	}
	if change.Due(noon.Add(24*time.Hour-time.Second)) || !change.Due(noon.Add(24*time.Hour)) {
		t.Error("it waits for another time than the delay")
	}
	if err := change.Approve(ids.New[tenantdb.Person](), noon, 0); !errors.Is(err, fault.Refused("")) {
		t.Errorf("approved twice, and so sooner: %v", err)
	}
	late := change
	if err := late.Withdraw(anna, noon.Add(24*time.Hour)); !errors.Is(err, fault.Refused("")) {
		t.Errorf("withdrawn when its time had come: %v", err)
	}
	if err := change.Withdraw(boris, noon.Add(23*time.Hour)); err != nil || change.State() != connections.Withdrawn || change.Due(noon.Add(48*time.Hour)) {
		t.Errorf("%v, %s", err, change.State())
	}
	if err := change.Propose(anna, noon); !errors.Is(err, fault.Refused("")) {
		t.Errorf("proposed once withdrawn: %v", err)
	}
}

// A shorter delay waits for the longer one.
func TestAShorterDelayObeysTheOldOne(t *testing.T) {
	s := connections.Settings{DelayHours: connections.DefaultDelay}
	if err := s.Choose(72, noon); err != nil || s.Hours(noon) != 72 {
		t.Errorf("a longer one holds at once: %v, %d", err, s.Hours(noon))
	}
	if err := s.Choose(0, noon); err != nil || s.Hours(noon.Add(72*time.Hour-time.Second)) != 72 || s.Hours(noon.Add(72*time.Hour)) != 0 {
		t.Errorf("%v, %d, %d", err, s.Hours(noon), s.Hours(noon.Add(72*time.Hour)))
	}
	// Choosing a shorter one twice is not quicker, and a longer one takes the shorter back.
	if err := s.Choose(1, noon.Add(time.Hour)); err != nil || s.Hours(noon.Add(72*time.Hour)) != 72 || s.Hours(noon.Add(73*time.Hour)) != 1 {
		t.Errorf("%v: %d", err, s.Hours(noon.Add(72*time.Hour)))
	}
	if err := s.Choose(168, noon.Add(2*time.Hour)); err != nil || s.Hours(noon.Add(1000*time.Hour)) != 168 {
		t.Errorf("%v: %d", err, s.Hours(noon.Add(1000*time.Hour)))
	}
	for _, hours := range []int{-1, 5, 337, 100000} {
		if err := s.Choose(hours, noon); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("%d hours: %v", hours, err)
		}
	}
}

func TestTerms(t *testing.T) {
	good := connections.Terms{
		Name: "Vaud", Issuer: "https://id.example.ch/realms/vaud", ClientID: "passerelle", Scopes: []string{"openid", "email"}, NameClaim: "name",
		EmailClaim: "https://example.ch/email", EmailDomains: []string{"example.ch", "sub.example-2.ch"},
	}
	if problems := good.Check(false); len(problems) > 0 {
		t.Fatal(problems)
	}
	for field, spoil := range map[string]func(*connections.Terms){
		"name":          func(t *connections.Terms) { t.Name = "" },
		"issuer":        func(t *connections.Terms) { t.Issuer = "http://id.example.ch" },
		"client_id":     func(t *connections.Terms) { t.ClientID = "" },
		"scopes":        func(t *connections.Terms) { t.Scopes = []string{"email"} },
		"name_claim":    func(t *connections.Terms) { t.NameClaim = "a name" },
		"email_claim":   func(t *connections.Terms) { t.EmailClaim = "" },
		"email_domains": func(t *connections.Terms) { t.EmailDomains = []string{"ch"} },
	} {
		wrong := good
		spoil(&wrong)
		if problems := wrong.Check(false); len(problems) != 1 || problems[0].Field != field {
			t.Errorf("%s: %v", field, problems)
		}
	}
	for _, domain := range []string{"a b.ch", "-a.ch", "a..ch", "é.ch", "example.ch\n", "*.ch", "a_b.ch"} {
		wrong := good
		wrong.EmailDomains = []string{domain}
		if len(wrong.Check(false)) == 0 {
			t.Errorf("%q is a domain", domain)
		}
	}
	if got := connections.Domains(" @Example.CH, autre.ch;\n example.ch"); !slices.Equal(got, []string{"example.ch", "autre.ch"}) {
		t.Error(got)
	}
	other := good
	other.Issuer, other.EmailDomains = "https://other.example", nil
	if got := fmt.Sprint(other.Differences(good)); got != "[issuer email_domains]" {
		t.Error(got)
	}
}
