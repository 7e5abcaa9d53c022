package connections

import (
	"context"
	"fmt"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Wanted is what somebody has written of what a connection is to become.
type Wanted struct {
	Kind  signin.Kind
	Terms Terms
	// Secret is a new one; NoSecret takes away the one that there is.
	Secret   string
	NoSecret bool
	// Seen is the version of the open change that the form showed; 0 where there was none.
	Seen int
}

// Write writes what a connection is to become; one that is not there yet is added, and lets nobody in. Where somebody else
// has written meanwhile, it is a fault.Conflict.
func (s *Service) Write(ctx context.Context, id ID, draft Wanted) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	problems := draft.Terms.Check(s.loopback)
	if draft.Kind != signin.KindStaff && draft.Kind != signin.KindOffice {
		problems.Add("kind", "connections.kind.missing")
	}
	if len(draft.Secret) > longestSecret {
		problems.Add("secret", "connections.secret.long")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if err := s.free(ctx, by.Tenant, draft.Terms.EmailDomains); err != nil {
		return err
	}
	var connection Connection
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if err := insertConnection(ctx, tx, by.Tenant, id, draft.Kind, draft.Terms.Name); err != nil {
			return err
		}
		if connection, err = findConnection(ctx, tx, id); err != nil {
			return err
		}
		if connection.Ended() {
			return fault.Refused("connections.change.over")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write connection: %w", err)
	}
	var fresh signin.SecretID
	if draft.Secret != "" {
		if fresh, err = s.door.KeepSecret(ctx, signin.Connection{ID: id, TenantID: by.Tenant, Slug: connection.Slug}, draft.Secret); err != nil {
			return err
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		now := s.now()
		change, err := lockOpen(ctx, tx, id)
		if err != nil {
			return err
		}
		terms := draft.Terms
		before := connection.Terms
		if change != nil {
			before = change.Terms
		}
		// One administrator's trial would show the old provider's secret to whoever answers at the new address.
		elsewhere := !draft.NoSecret && draft.Secret == "" && !before.SecretID.Zero() && terms.Issuer != before.Issuer
		switch {
		case draft.NoSecret:
		case draft.Secret != "":
			terms.SecretID = fresh
		default:
			terms.SecretID = before.SecretID
		}
		switch {
		case change == nil && draft.Seen != 0, change != nil && change.Version != draft.Seen:
			return fault.Conflict("connections.change.conflict")
		case change == nil && elsewhere:
			return fault.Invalid("secret", "connections.secret.elsewhere")
		case change == nil:
			made := Change{ChangeID: ids.New[signin.Change](), ConnectionID: id, Kind: Set, Terms: terms, Version: 1, WrittenBy: by.Person, WrittenAt: now}
			err = insertChange(ctx, tx, by.Tenant, made)
		default:
			if err := change.Rewrite(terms, by.Person, now); err != nil {
				return err
			}
			if elsewhere {
				return fault.Invalid("secret", "connections.secret.elsewhere")
			}
			err = updateChange(ctx, tx, by.Tenant, *change)
		}
		if err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionWritten, Reason: Set})
	})
	if err != nil {
		return fmt.Errorf("write connection %s: %w", id, err)
	}
	return nil
}

// free refuses e-mail domains by which people of another organisation find their own provider: whoever took one over would be
// asked for their passwords.
func (s *Service) free(ctx context.Context, tenant tenantdb.TenantID, domains []string) error {
	connections, err := s.door.Connections(ctx)
	if err != nil {
		return err
	}
	for _, other := range connections {
		for _, domain := range domains {
			if other.TenantID != tenant && slices.Contains(other.EmailDomains, domain) {
				return fault.Invalid("email_domains", "connections.email_domains.taken", "Domain", domain)
			}
		}
	}
	return nil
}
