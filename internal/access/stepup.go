package access

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"passerelle/internal/fault"
	"passerelle/policies"
)

// stepUps are the actions that need a second factor of our own, from policies/step_up.csv.
var stepUps = mustStepUp()

// NeedsFactor says whether an action is done only by somebody who has confirmed with a passkey just before, whatever the role.
func NeedsFactor(action Action) bool { return stepUps[action] }

func mustStepUp() map[Action]bool {
	actions, err := parseStepUp(policies.StepUp)
	if err != nil {
		panic("policies/step_up.csv: " + err.Error())
	}
	return actions
}

// parseStepUp refuses a line that names no action, because a misspelt one protects nothing and nobody notices.
func parseStepUp(text string) (map[Action]bool, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comment = '#'
	reader.TrimLeadingSpace = true
	reader.FieldsPerRecord = 2
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read a line: %w", err)
	}
	known := make(map[Action]bool, len(Actions))
	for _, action := range Actions {
		known[action] = true
	}
	actions := make(map[Action]bool, len(records))
	for _, record := range records {
		action := Action{record[0], record[1]}
		switch {
		case !known[action]:
			return nil, fmt.Errorf("there is no action %s", action)
		case actions[action]:
			return nil, fmt.Errorf("%s stands there twice", action)
		}
		actions[action] = true
	}
	if len(actions) == 0 {
		return nil, fmt.Errorf("nothing needs a second factor: the table is empty")
	}
	return actions, nil
}

type confirmedKey struct{}

// WithConfirmation says that whoever asks has confirmed with a passkey in this session, within the time for which that counts.
func WithConfirmation(ctx context.Context) context.Context {
	return context.WithValue(ctx, confirmedKey{}, true)
}

// Confirmed says whether whoever asks has.
func Confirmed(ctx context.Context) bool {
	confirmed, _ := ctx.Value(confirmedKey{}).(bool)
	return confirmed
}

// errUnconfirmed is what Require answers for an act that needs a second factor when none was shown: pages ask for it before.
var errUnconfirmed = fault.Refused("ui.refused.unconfirmed")
