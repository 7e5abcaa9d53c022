package signin

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// admit makes the session of somebody whom a provider vouches for. Memberships that wait for exactly this subject of
// this connection become theirs; with a single one they are straight in.
func (s *Service) admit(ctx context.Context, connection Connection, who vouched, fresh bool, answer Answer) (Arrival, error) {
	now, previous := s.clock(), answer.Previous
	opened := Session{CreatedAt: now, ExpiresAt: now.Add(absoluteLimit), Device: DeviceOf(answer.UserAgent), providerSession: hashOfProviderSession(who.session)}
	if fresh {
		opened.FreshAt = now
	}
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
		opened.Identity = identity
		switch {
		case len(memberships) == 0:
			if err := apply(ctx, tx, connection, identity, who.groups, now); err != nil {
				return err
			}
		case len(memberships) == 1:
			opened.Membership = memberships[0]
		case fresh:
			// Who had to sign in anew goes on where she or he was.
			if opened.Membership, err = heldBefore(ctx, tx, identity, memberships, previous); err != nil {
				return err
			}
		}
		if err := deleteSessionsBefore(ctx, tx, now.Add(-rememberedFor)); err != nil {
			return err
		}
		if wellFormed(previous) {
			if err := s.end(ctx, tx, hashOf(previous)); err != nil {
				return err
			}
		}
		arrival, err = s.start(ctx, tx, opened)
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

// heldBefore is the workplace of the session that a browser still holds, where it is the same identity's.
func heldBefore(ctx context.Context, tx tenantdb.Tx, identity Identity, memberships []Membership, previous string) (Membership, error) {
	if !wellFormed(previous) {
		return Membership{}, nil
	}
	person, err := findWorkplace(ctx, tx, hashOf(previous), identity.ID)
	if errors.Is(err, fault.NotFound()) {
		return Membership{}, nil
	}
	if err != nil {
		return Membership{}, err
	}
	for _, membership := range memberships {
		if membership.Person == person {
			return membership, nil
		}
	}
	return Membership{}, nil
}

// start makes a session with a secret that no browser has seen before, so that none can be fixed in advance. What the pages of
// the session carry (CSRF) is new as well, unless it goes on from one that they belong to.
func (s *Service) start(ctx context.Context, tx tenantdb.Tx, session Session) (Arrival, error) {
	token := newSecret()
	session.ID, session.SeenAt, session.hash = ids.New[Session](), s.clock(), hashOf(token)
	if session.CSRF == "" {
		session.CSRF = newSecret()
	}
	if !session.Membership.None() {
		if err := touchMembership(ctx, tx, session.Membership, session.SeenAt); err != nil {
			return Arrival{}, err
		}
	}
	return Arrival{Token: token, Session: session}, insertSession(ctx, tx, session)
}

// Confirm goes on, in a session whose secret is new, as somebody who has just confirmed with a passkey; the old one ends, so that
// whoever had copied it has nothing of it. Pages that are open elsewhere stay good. Others also ends all other sessions of the
// person, for when what had been confirmed with until now may be in other hands.
func (s *Service) Confirm(ctx context.Context, session Session, others bool) (Arrival, error) {
	var arrival Arrival
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		confirmed := session
		confirmed.CreatedAt, confirmed.ConfirmedAt = s.clock(), s.clock()
		// One that was ended meanwhile is not brought back to life.
		if err := replaceSession(ctx, tx, session.hash, s.clock()); err != nil {
			return err
		}
		ended := [][]byte{session.hash}
		if others {
			more, err := revoked(ctx, revoking(tx, s.clock()).Where("identity_id = ?", session.Identity.ID))
			if err != nil {
				return err
			}
			ended = append(ended, more...)
		}
		if err := announceEnds(ctx, tx, ended); err != nil {
			return err
		}
		var err error
		arrival, err = s.start(ctx, tx, confirmed)
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return Arrival{}, ErrNoSession
	}
	if err != nil {
		return Arrival{}, fmt.Errorf("confirm session: %w", err)
	}
	s.cache.forget(func(kept Session) bool {
		return bytes.Equal(kept.hash, session.hash) || others && kept.Identity.ID == session.Identity.ID
	})
	return arrival, nil
}

// Confirmed says whether somebody has confirmed with a passkey in a session, within the time for which that counts.
func (s *Service) Confirmed(session Session) bool { return session.Confirmed(s.clock()) }

// Administrators gives the people, other than the person of the session, who administer its tenant and have signed in.
func (s *Service) Administrators(ctx context.Context, session Session) (people []tenantdb.PersonID, err error) {
	err = s.db.View(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		people, err = listAdministrators(ctx, tx, session.Membership.Tenant, session.Identity.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list administrators: %w", err)
	}
	return people, nil
}

// Address is where an e-mail reaches somebody of a tenant or of its offices; whoever has left is not found.
func (s *Service) Address(ctx context.Context, tenant tenantdb.TenantID, person tenantdb.PersonID) (email string, err error) {
	err = s.db.View(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		email, err = findAddress(ctx, tx, tenant, person)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("find address: %w", err)
	}
	return email, nil
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
				arrival, err = s.start(ctx, tx, session.at(membership, s.clock()))
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
