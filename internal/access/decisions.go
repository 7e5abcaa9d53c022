package access

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"passerelle/policies"
)

// maxRules keeps the policies readable by a person, and every decision quick.
const maxRules = 150

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
	rules, links, err := parseRules(rulesText, known)
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
	if len(links) > 0 {
		if _, err := enforcer.AddGroupingPolicies(links); err != nil {
			return nil, fmt.Errorf("load who may do all that another may: %w", err)
		}
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

// parseRules reads who may do what (p), and who may do all that another may (g).
func parseRules(text string, known map[decision]bool) (rules, links [][]string, err error) {
	subjects := map[string]bool{}
	for question := range known {
		subjects[question.subject] = true
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comment = '#'
	reader.TrimLeadingSpace = true
	reader.FieldsPerRecord = -1
	for {
		record, err := reader.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read a rule: %w", err)
		}
		line, _ := reader.FieldPos(0)
		switch {
		case record[0] == "g" && len(record) == 3:
			if !subjects[record[1]] || !subjects[record[2]] || record[1] == record[2] {
				return nil, nil, fmt.Errorf("line %d: %s and %s are not two roles", line, record[1], record[2])
			}
			links = append(links, record[1:])
			continue
		case record[0] != "p" || len(record) != 5:
			return nil, nil, fmt.Errorf("line %d: a rule is p with five parts, or g with three", line)
		case record[4] != "allow" && record[4] != "deny":
			return nil, nil, fmt.Errorf("line %d: the effect is allow or deny, not %q", line, record[4])
		case !known[decision{record[1], record[2], record[3]}]:
			return nil, nil, fmt.Errorf("line %d: nobody ever asks %s, %s, %s", line, record[1], record[2], record[3])
		}
		rules = append(rules, record[1:])
	}
	if len(rules) == 0 || len(rules) >= maxRules {
		return nil, nil, fmt.Errorf("%d rules: there have to be some, and fewer than %d", len(rules), maxRules)
	}
	for _, link := range links {
		if slices.ContainsFunc(links, func(other []string) bool { return other[0] == link[1] }) {
			return nil, nil, fmt.Errorf("%s may do all that %s may, who may do all that another may: one step is enough", link[0], link[1])
		}
	}
	return rules, links, nil
}
