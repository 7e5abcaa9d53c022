package signin

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// admit makes the session of somebody whom a provider vouches for. Memberships that wait for exactly this subject of
// this connection become theirs; with a single one they are straight in.
func (s *Service) admit(ctx context.Context, connection Connection, who vouched, previous string) (Arrival, error) {
	now := s.clock()
	var arrival Arrival
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		identity, err := upsertIdentity(ctx, tx, Identity{
			ID: ids.New[Identity](), ConnectionID: connection.ID, Issuer: connection.Issuer,
			Subject: who.subject, Name: who.name, Email: who.email,
		}, now)
		if err != nil {
			return err
		}
		memberships, err := claimMemberships(ctx, tx, identity)
		if err != nil {
			return err
		}
		var at Membership
		switch len(memberships) {
		case 0:
			if err := apply(ctx, tx, connection, identity, who.groups, now); err != nil {
				return err
			}
		case 1:
			at = memberships[0]
		}
		if err := deleteSessionsBefore(ctx, tx, now.Add(-rememberedFor)); err != nil {
			return err
		}
		if wellFormed(previous) {
			if err := s.end(ctx, tx, hashOf(previous)); err != nil {
				return err
			}
		}
		arrival, err = s.start(ctx, tx, identity, at, now.Add(absoluteLimit))
		return err
	})
	if err == nil && wellFormed(previous) {
		s.forget(hashOf(previous))
	}
	return arrival, err
}

// claimMemberships binds what waits for the identity and lists what is theirs.
func claimMemberships(ctx context.Context, tx tenantdb.Tx, identity Identity) ([]Membership, error) {
	if err := bindMemberships(ctx, tx, identity); err != nil {
		return nil, err
	}
	return listMemberships(ctx, tx, identity.ID)
}

// start makes a session with a secret that no browser has seen before, so that none can be fixed in advance.
func (s *Service) start(ctx context.Context, tx tenantdb.Tx, identity Identity, at Membership, until time.Time) (Arrival, error) {
	token, now := newSecret(), s.clock()
	session := Session{
		Identity: identity, Membership: at, CSRF: newSecret(),
		CreatedAt: now, SeenAt: now, ExpiresAt: until,
		hash: hashOf(token),
	}
	if !at.None() {
		if err := touchMembership(ctx, tx, at, now); err != nil {
			return Arrival{}, err
		}
	}
	return Arrival{Token: token, Session: session}, insertSession(ctx, tx, session)
}

// Find gives the session of a cookie. An expired one is given together with ErrExpired, for what can still be kept.
// Attentive is false for requests that a page makes by itself: they do not keep a session alive.
func (s *Service) Find(ctx context.Context, token string, attentive bool) (Session, error) {
	if !wellFormed(token) {
		return Session{}, ErrNoSession
	}
	hash, now := hashOf(token), s.clock()
	session, ok := s.cache.get(hash, now)
	if !ok {
		generation := s.cache.reading()
		var err error
		session, err = findSession(door(ctx), s.db, hash)
		if errors.Is(err, fault.NotFound()) {
			return Session{}, ErrNoSession
		}
		if err != nil {
			return Session{}, fmt.Errorf("find session: %w", err)
		}
		defer func() { s.cache.put(session, now, generation) }()
	}
	if err := session.judge(now); err != nil {
		return session, err
	}
	if attentive && now.Sub(session.SeenAt) >= seenEvery {
		if err := s.seen(ctx, &session); err != nil {
			return Session{}, err
		}
	}
	return session, nil
}

// seen notes that the person is there.
func (s *Service) seen(ctx context.Context, session *Session) error {
	now := s.clock()
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		return touchSession(ctx, tx, session.hash, now, now.Add(-seenEvery))
	})
	if err != nil {
		return fmt.Errorf("note session: %w", err)
	}
	s.forget(session.hash)
	session.SeenAt = now
	return nil
}

// Memberships are the workplaces of the person signed in. One that was granted since sign-in is there as well.
func (s *Service) Memberships(ctx context.Context, session Session) ([]Membership, error) {
	var memberships []Membership
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		memberships, err = claimMemberships(ctx, tx, session.Identity)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	return memberships, nil
}

// Choose goes on at one of the person's workplaces, in a new session; the old one ends.
func (s *Service) Choose(ctx context.Context, session Session, id tenantdb.PersonID) (Arrival, error) {
	var arrival Arrival
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		memberships, err := claimMemberships(ctx, tx, session.Identity)
		if err != nil {
			return err
		}
		for _, membership := range memberships {
			if membership.Person == id {
				if err := s.end(ctx, tx, session.hash); err != nil {
					return err
				}
				// Changing the workplace does not buy more time than signing in did.
				arrival, err = s.start(ctx, tx, session.Identity, membership, session.ExpiresAt)
				return err
			}
		}
		return fault.NotFound()
	})
	if err != nil {
		return Arrival{}, fmt.Errorf("choose membership: %w", err)
	}
	s.forget(session.hash)
	return arrival, nil
}

// End ends the session of a cookie; one that is unknown has ended already.
func (s *Service) End(ctx context.Context, token string) error {
	if !wellFormed(token) {
		return nil
	}
	hash := hashOf(token)
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error { return s.end(ctx, tx, hash) })
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	s.forget(hash)
	return nil
}

// EndAll ends every session of a person, on all devices.
func (s *Service) EndAll(ctx context.Context, identity IdentityID) error {
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		hashes, err := revokeSessionsOf(ctx, tx, identity, s.clock())
		if err != nil {
			return err
		}
		for _, hash := range hashes {
			if err := announceEnd(ctx, tx, hash); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end sessions of identity %s: %w", identity, err)
	}
	s.cache.forget(func(kept Session) bool { return kept.Identity.ID == identity })
	return nil
}

func (s *Service) end(ctx context.Context, tx tenantdb.Tx, hash []byte) error {
	if err := revokeSession(ctx, tx, hash, s.clock()); err != nil {
		return err
	}
	return announceEnd(ctx, tx, hash)
}

// announceEnd tells every process, this one included, once the transaction commits.
func announceEnd(ctx context.Context, tx tenantdb.Tx, hash []byte) error {
	return live.Announce(ctx, tx, live.Change{Session: hex.EncodeToString(hash)})
}

func (s *Service) forget(hash []byte) {
	s.cache.forget(func(kept Session) bool { return bytes.Equal(kept.hash, hash) })
}

// Forget drops from memory a session that ended, by its hash as live.Hub.OnSessionEnd tells it; the empty hash drops
// them all.
func (s *Service) Forget(hash string) {
	s.cache.forget(func(kept Session) bool { return hash == "" || hex.EncodeToString(kept.hash) == hash })
}
