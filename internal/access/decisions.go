package access

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"passerelle/policies"
)

// maxRules keeps the policies readable by a person, and every decision quick.
const maxRules = 100

type decision struct{ subject, object, verb string }

// decisions is the whole of both tables, decided once by casbin when the program starts: the policies are compiled
// in and small, and a look-up cannot fail in the middle of a request.
var decisions = mustDecide()

type tables struct{ roles, disclosure map[decision]bool }

func mustDecide() tables {
	var questions, disclosures []decision
	for _, role := range Roles {
		for _, action := range Actions {
			questions = append(questions, decision{"role:" + string(role), action.object, action.verb})
		}
	}
	for _, kind := range OfficeKinds {
		for _, class := range DataClasses {
			disclosures = append(disclosures, decision{"office:" + string(kind), string(class), "receive"})
		}
	}
	roles, err := decide(policies.Model, policies.Roles, questions)
	if err != nil {
		panic("policies/roles.csv: " + err.Error())
	}
	disclosure, err := decide(policies.Model, policies.Disclosure, disclosures)
	if err != nil {
		panic("policies/disclosure.csv: " + err.Error())
	}
	return tables{roles, disclosure}
}

// decide asks casbin every question under one table of rules. It refuses rules that answer no question, because a
// misspelt rule grants nothing and nobody notices, and everything that would make casbin fail open.
func decide(modelText, rulesText string, questions []decision) (map[decision]bool, error) {
	known := make(map[decision]bool, len(questions))
	for _, question := range questions {
		known[question] = true
	}
	rules, err := parseRules(rulesText, known)
	if err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("start casbin: %w", err)
	}
	if _, err := enforcer.AddPolicies(rules); err != nil {
		return nil, fmt.Errorf("load the rules: %w", err)
	}
	decided := make(map[decision]bool, len(questions))
	for _, question := range questions {
		allowed, err := enforcer.Enforce(question.subject, question.object, question.verb)
		if err != nil {
			return nil, fmt.Errorf("decide %v: %w", question, err)
		}
		decided[question] = allowed
	}
	return decided, nil
}

func parseRules(text string, known map[decision]bool) ([][]string, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comment = '#'
	reader.TrimLeadingSpace = true
	reader.FieldsPerRecord = 5
	var rules [][]string
	for {
		record, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read a rule: %w", err)
		}
		line, _ := reader.FieldPos(0)
		if record[0] != "p" {
			return nil, fmt.Errorf("line %d: a rule begins with p", line)
		}
		if record[4] != "allow" && record[4] != "deny" {
			return nil, fmt.Errorf("line %d: the effect is allow or deny, not %q", line, record[4])
		}
		if !known[decision{record[1], record[2], record[3]}] {
			return nil, fmt.Errorf("line %d: nobody ever asks %s, %s, %s", line, record[1], record[2], record[3])
		}
		rules = append(rules, record[1:])
	}
	if len(rules) == 0 || len(rules) >= maxRules {
		return nil, fmt.Errorf("%d rules: there have to be some, and fewer than %d", len(rules), maxRules)
	}
	return rules, nil
}
