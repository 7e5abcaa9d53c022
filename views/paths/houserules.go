package paths

import (
	"net/url"

	"passerelle/internal/deadlines"
)

// HouseRules are the rules that apply to a house, and where a decision is posted.
const HouseRules = "/house-rules"

// NewHouseRule is the form for deciding on a rule.
func NewHouseRule(rule deadlines.RuleID) string {
	return HouseRules + "/new?" + url.Values{"rule": {string(rule)}}.Encode()
}

// Recomputation is where dossiers are brought up to date with the rules.
const Recomputation = HouseRules + "/recomputation"
