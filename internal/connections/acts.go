package connections

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// BeginTrial leads to the provider as a change says, for a sign-in that opens no session.
func (s *Service) BeginTrial(ctx context.Context, id ID, departure signin.Departure) (target, browser string, err error) {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return "", "", err
	}
	var connection Connection
	var change *Change
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if connection, err = findConnection(ctx, tx, id); err != nil {
			return err
		}
		if change, err = lockOpen(ctx, tx, id); err != nil {
			return err
		}
		if change == nil || change.Kind != Set {
			return fault.NotFound()
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionTried})
	})
	if err != nil {
		return "", "", fmt.Errorf("try connection %s: %w", id, err)
	}
	return s.door.BeginTrial(ctx, become(by.Tenant, connection, *change), signin.Trial{Change: change.ChangeID, Version: change.Version, By: by.Person}, departure)
}

// become is a connection as the door would know it once a change has taken effect.
func become(tenant tenantdb.TenantID, connection Connection, change Change) signin.Connection {
	return signin.Connection{
		ID: connection.ConnectionID, TenantID: tenant, Slug: connection.Slug, Name: change.Terms.Name, Kind: connection.Kind, Issuer: change.Terms.Issuer,
		ClientID: change.Terms.ClientID, SecretID: change.Terms.SecretID, Scopes: change.Terms.Scopes, NameClaim: change.Terms.NameClaim,
		EmailClaim: change.Terms.EmailClaim, EmailDomains: change.Terms.EmailDomains,
	}
}

// Propose asks the other administrators to approve a change.
func (s *Service) Propose(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	return s.act(ctx, id, by, func(ctx context.Context, tx tenantdb.Tx, _ Connection, change *Change) error {
		if err := s.free(ctx, by.Tenant, change.Terms.EmailDomains); err != nil {
			return err
		}
		if err := change.Propose(by.Person, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, *change, journal.ConnectionProposed)
	})
}

// ProposeEnd asks them to approve that a connection ends. The last way in for administrators does not.
func (s *Service) ProposeEnd(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		connection, err := findConnection(ctx, tx, id)
		if err != nil {
			return err
		}
		if !connection.Live() {
			return fault.Refused("connections.change.not_live")
		}
		if err := lastWayIn(ctx, tx, id); err != nil {
			return err
		}
		now := s.now()
		change := Change{ChangeID: ids.New[signin.Change](), ConnectionID: id, Kind: End, Terms: connection.Terms, Version: 1, WrittenBy: by.Person, WrittenAt: now}
		if err := insertChange(ctx, tx, by.Tenant, change); err != nil {
			return err
		}
		if err := change.Propose(by.Person, now); err != nil {
			return err
		}
		if err := updateChange(ctx, tx, by.Tenant, change); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, change, journal.ConnectionProposed)
	})
	if err != nil {
		return fmt.Errorf("propose to end connection %s: %w", id, err)
	}
	return nil
}

// lastWayIn refuses to end what fewer than two administrators could come in without: two are needed to open another.
func lastWayIn(ctx context.Context, tx tenantdb.Tx, id ID) error {
	n, err := countWaysIn(ctx, tx, id)
	if err == nil && n < 2 {
		return fault.Refused("connections.change.last")
	}
	return err
}

// Approve lets a change take effect: where people come in already after the tenant's delay, otherwise at once.
func (s *Service) Approve(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionApprove)
	if err != nil {
		return err
	}
	var approved Change
	err = s.act(ctx, id, by, func(ctx context.Context, tx tenantdb.Tx, connection Connection, change *Change) error {
		settings, err := findSettings(ctx, tx)
		if err != nil {
			return err
		}
		if change.Kind == End {
			if err := lastWayIn(ctx, tx, id); err != nil {
				return err
			}
		}
		now, delay := s.now(), time.Duration(0)
		if connection.Live() {
			delay = settings.Delay(now)
		}
		if err := s.free(ctx, by.Tenant, change.Terms.EmailDomains); err != nil {
			return err
		}
		if err := change.Approve(by.Person, now, delay); err != nil {
			return err
		}
		if err := jobs.Plan(ctx, tx, jobs.Planned{Job: Effect{by.Tenant, change.ChangeID}, At: *change.TakesEffectAt}); err != nil {
			return err
		}
		approved = *change
		return s.tell(ctx, tx, by, *change, journal.ConnectionApproved)
	})
	if err != nil {
		return err
	}
	if approved.Due(s.now()) {
		return s.effect.Take(ctx, Effect{by.Tenant, approved.ChangeID})
	}
	return nil
}

// Withdraw lets a change be, until it takes effect.
func (s *Service) Withdraw(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	var live signin.SecretID
	err = s.act(ctx, id, by, func(ctx context.Context, tx tenantdb.Tx, connection Connection, change *Change) error {
		was := change.State()
		if err := change.Withdraw(by.Person, s.now()); err != nil {
			return err
		}
		if err := deleteTrials(ctx, tx, change.ChangeID); err != nil {
			return err
		}
		live = connection.Terms.SecretID
		if was != Proposed && was != Approved {
			return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionWithdrawn, Reason: change.Kind})
		}
		return s.tell(ctx, tx, by, *change, journal.ConnectionWithdrawn)
	})
	if err != nil {
		return err
	}
	return s.effect.forgetSecrets(ctx, by.Tenant, id, live)
}

// act does something with the open change of a connection, which others cannot change meanwhile.
func (s *Service) act(ctx context.Context, id ID, by access.Principal, do func(ctx context.Context, tx tenantdb.Tx, connection Connection, change *Change) error) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		connection, err := findConnection(ctx, tx, id)
		if err != nil {
			return err
		}
		change, err := lockOpen(ctx, tx, id)
		if err != nil {
			return err
		}
		if change == nil {
			return fault.Refused("connections.change.over")
		}
		if err := do(ctx, tx, connection, change); err != nil {
			return err
		}
		return updateChange(ctx, tx, by.Tenant, *change)
	})
	if err != nil {
		return fmt.Errorf("act on connection %s: %w", id, err)
	}
	return nil
}

// tell leaves the entry, and has all administrators of the tenant told, whoever did it included: a stolen session is noticed
// by its owner.
func (s *Service) tell(ctx context.Context, tx tenantdb.Tx, by access.Principal, change Change, action journal.Action) error {
	if err := s.notify(ctx, tx, by.Tenant, change.ChangeID.String()+" "+string(action)); err != nil {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: action, Reason: change.Kind})
}

func (s *Service) notify(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, about string) error {
	if !s.told {
		return nil
	}
	return Notify(ctx, tx, tenant, about)
}
