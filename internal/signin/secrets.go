package signin

import (
	"context"
	"errors"
	"fmt"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SecretID identifies a secret that this installation shows to a provider.
type SecretID = ids.ID[Secret]

// Secret marks its identifiers. What it is, is sealed under the keyset of its connection, and opened where a code is redeemed.
type Secret struct{}

// handedIn is a secret that those have written who set the installation up, and who have no key.
type handedIn struct {
	of     Connection
	secret string
}

// doorOf is the scope in which the keys of a connection are found.
func doorOf(ctx context.Context, keeper tenantdb.TenantID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.SignInOf(keeper))
}

// BoxOf gives what seals and opens for a connection; the first time, its keyset is made.
func BoxOf(ctx context.Context, ring *keys.Ring, keeper tenantdb.TenantID, id ConnectionID) (*keys.Box, error) {
	ctx, holder := doorOf(ctx, keeper), keys.Holder{Kind: keys.Connection, ID: id.UUID()}
	box, err := ring.Box(ctx, holder)
	if !errors.Is(err, keys.ErrDestroyed) {
		return box, err
	}
	if err := ring.Create(ctx, holder); err != nil {
		return nil, err
	}
	return ring.Box(ctx, holder)
}

// KeepSecret seals what a connection is to show to its provider. Until something names it, it is shown to nobody.
func (s *Service) KeepSecret(ctx context.Context, connection Connection, secret string) (SecretID, error) {
	box, err := BoxOf(ctx, s.keys, connection.keeper(), connection.ID)
	if err != nil {
		return SecretID{}, fmt.Errorf("keep the secret of %s: %w", connection.Slug, err)
	}
	id := ids.New[Secret]()
	err = s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		return insertSecret(ctx, tx, box, connection.ID, id, secret, s.clock())
	})
	return id, err
}

// openSecret gives what is shown to the provider of a connection; nothing where there is no secret.
func (s *Service) openSecret(ctx context.Context, connection Connection) (string, error) {
	if connection.SecretID.Zero() {
		return "", nil
	}
	box, err := s.keys.Box(doorOf(ctx, connection.keeper()), keys.Holder{Kind: keys.Connection, ID: connection.ID.UUID()})
	if err != nil {
		return s.shown.or(connection, "", fmt.Errorf("open the secret of %s: %w", connection.Slug, err))
	}
	var secret string
	err = s.db.View(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		secret, err = findSecret(ctx, tx, box, connection.ID, connection.SecretID)
		return err
	})
	return s.shown.or(connection, secret, err)
}

// sealAll seals what was handed in and empties where it lay. Another process may have been quicker.
func (s *Service) sealAll(ctx context.Context, all []handedIn) error {
	for _, one := range all {
		box, err := BoxOf(ctx, s.keys, one.of.keeper(), one.of.ID)
		if err != nil {
			return fmt.Errorf("seal the secret of %s: %w", one.of.Slug, err)
		}
		err = s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
			id := ids.New[Secret]()
			if err := takeHandedIn(ctx, tx, one.of.ID, one.secret, id); err != nil {
				return err
			}
			if err := insertSecret(ctx, tx, box, one.of.ID, id, one.secret, s.clock()); err != nil {
				return err
			}
			return forgetSecret(ctx, tx, one.of.ID, one.of.SecretID)
		})
		if err != nil && !errors.Is(err, fault.NotFound()) {
			return fmt.Errorf("seal the secret of %s: %w", one.of.Slug, err)
		}
	}
	return nil
}

// SealSecrets seals whatever was handed in: at start, before anybody is let in.
func (s *Service) SealSecrets(ctx context.Context) error {
	_, err := s.all(ctx)
	return err
}
