package platform

import (
	"errors"
	"fmt"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/i18n"
	"passerelle/internal/tenantdb"
)

// Tenant is one as those see it who run the installation: how far it is, and nothing of what it does.
type Tenant struct {
	TenantID           tenantdb.TenantID
	Slug, Name, Canton string
	Languages          []i18n.Lang `bun:",array"`
	Regime             blueprints.Regime
	CreatedAt          time.Time
	LiveAt             *time.Time
	SuspendedAt        *time.Time
	SuspendedFor       Reason
	// RemovalDueAt is from when on everything of it may be deleted, where that is planned, and RemovalReason why.
	RemovalDueAt  *time.Time
	RemovalReason Reason
	// ConfirmedSteps are those that somebody has looked at; BlueprintHash is the digest of the blueprint that was accepted, and when.
	ConfirmedSteps []Step `bun:",array"`
	BlueprintHash  string
	BlueprintAt    *time.Time
	// Connections are its own ways to sign in; Administrators those who are expected or in, Arrived those who have been in.
	Connections, Administrators, Arrived int
}

// State is how far a tenant is.
type State string

// The states.
const (
	Preparing State = "preparing" // nobody but those who administer it comes in
	Live      State = "live"
	Suspended State = "suspended" // nobody comes in
)

// State says how far it is.
func (t Tenant) State() State {
	switch {
	case t.SuspendedAt != nil:
		return Suspended
	case t.LiveAt == nil:
		return Preparing
	default:
		return Live
	}
}

// Reason is why a tenant is suspended: a code, since an installation's operators keep no files on its tenants here.
type Reason string

// Reasons lists them: the tenant asked for it; its agreement has ended; something has happened that must not go on.
var Reasons = []Reason{"asked", "agreement", "incident"}

// ErrState is an act that the state of the tenant does not allow; it says which state and what to do.
var ErrState = errors.New("this cannot be done with the tenant as it is")

// suspend refuses to suspend what is suspended, for another reason perhaps: the first one stands.
func (t Tenant) suspend() error {
	if t.State() == Suspended {
		return fmt.Errorf("%w: %s is suspended already (%s), since %s", ErrState, t.Slug, t.SuspendedFor, t.SuspendedAt.In(i18n.Zone).Format(time.DateTime))
	}
	return nil
}

func (t Tenant) resume() error {
	if t.State() != Suspended {
		return fmt.Errorf("%w: %s is not suspended", ErrState, t.Slug)
	}
	return nil
}

func (t Tenant) goLive() error {
	missing := t.Missing()
	switch {
	case t.State() == Suspended:
		return fmt.Errorf("%w: %s is suspended: resume it first", ErrState, t.Slug)
	case t.State() == Live:
		return fmt.Errorf("%w: %s is live already", ErrState, t.Slug)
	case len(missing) > 0:
		return fmt.Errorf("%w: %s cannot go live yet: %s", ErrState, t.Slug, InWords(missing))
	}
	return nil
}
