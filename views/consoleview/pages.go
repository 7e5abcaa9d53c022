// Package consoleview is the pages of the console, in which those who run the installation look after tenants.
package consoleview

import (
	"context"
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/operators"
	"passerelle/internal/platform"
	"passerelle/views/ui"
)

// SignInPage is where one signs in.
type SignInPage struct{ Provider, Return string }

// CodePage is where a code is entered by whoever the provider vouches for.
type CodePage struct {
	Name, Typed string
	Problems    fault.Problems
}

// PasskeyPage asks for a passkey, or for a new one.
type PasskeyPage struct {
	operators.Ceremony
	Return   string
	Problems fault.Problems
}

// OperatorsPage is who runs the installation.
type OperatorsPage struct {
	Operators []operators.Operator
	Own       operators.ID
	Now       time.Time
	Problems  fault.Problems
}

// OperatorForm adds one.
type OperatorForm struct {
	ID          operators.ID
	Name, Email string
	Problems    fault.Problems
}

// TenantPage is one tenant.
type TenantPage struct {
	platform.File
	Acts     []operators.Act
	Problems fault.Problems
}

// RemovalForm plans that everything of a tenant is deleted.
type RemovalForm struct {
	platform.Tenant
	Reason   platform.Reason
	Slug     string
	Problems fault.Problems
}

// SuspensionForm suspends one.
type SuspensionForm struct {
	platform.Tenant
	Reason   platform.Reason
	Problems fault.Problems
}

// ActsPage is what was done.
type ActsPage struct {
	Acts   []operators.Act
	Before ids.ID[operators.Act]
}

// SessionsPage is one's own sessions.
type SessionsPage struct {
	Sessions []operators.Session
	Here     operators.SessionID
}

func tone(state platform.State) ui.Tone {
	switch state {
	case platform.Live:
		return ui.Good
	case platform.Suspended:
		return ui.Bad
	default:
		return ui.Waiting
	}
}

func languages(langs []i18n.Lang) string {
	names := make([]string, len(langs))
	for i, lang := range langs {
		names[i] = lang.Name()
	}
	return strings.Join(names, ", ")
}

// said is what was done, and to whom or what.
func said(ctx context.Context, act operators.Act) string {
	if act.Action == operators.Action(journal.TenantSetUp) {
		return i18n.T(ctx, "console.act.tenant_set_up", "Step", i18n.T(ctx, "onboarding."+act.Reason+".title"))
	}
	if act.Action == operators.Action(journal.MandateUsed) {
		return i18n.T(ctx, "console.act.mandate_used", "Act", i18n.T(ctx, "mandates.act."+act.Reason))
	}
	words := i18n.T(ctx, "console.act."+string(act.Action))
	if act.Reason != "" {
		words += " (" + i18n.T(ctx, "console.reason."+act.Reason) + ")"
	}
	return words
}

func by(ctx context.Context, act operators.Act) string {
	if act.By == "" {
		return i18n.T(ctx, "console.acts.command")
	}
	return act.By
}
