package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// codeAlphabet has neither zero nor one, which people mistake for letters.
var codeAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewCode is a code that somebody joins a tenant by, used once, and the hash that is kept of it: the short
// name of the tenant, which says where to look, and 256 random bits.
func NewCode(slug string) (code string, hash []byte) {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // it never fails: it ends the program instead
	secret := strings.ToLower(codeAlphabet.EncodeToString(bits[:]))
	return slug + "." + secret, hashOfCode(secret)
}

func hashOfCode(secret string) []byte {
	hash := sha256.Sum256([]byte(secret))
	return hash[:]
}

// ReadCode takes a code apart, however it was typed: in groups, in capitals, over several lines.
func ReadCode(typed string) (slug string, hash []byte, ok bool) {
	slug, secret, _ := strings.Cut(strings.ToLower(strings.Join(strings.Fields(typed), "")), ".")
	secret = strings.ReplaceAll(secret, "-", "")
	bits, err := codeAlphabet.DecodeString(strings.ToUpper(secret))
	return slug, hashOfCode(secret), err == nil && len(bits) == 32 && slug != ""
}

// Redeem binds a first administrator to whoever signed in through the tenant's own connection and enters the code, and goes on
// there in a new session. Every refusal is the same to whoever tries.
func (s *Service) Redeem(ctx context.Context, session Session, typed string) (Arrival, error) {
	invalid := fault.Invalid("code", "members.join.invalid")
	slug, hash, ok := ReadCode(typed)
	if !ok {
		return Arrival{}, invalid
	}
	var arrival Arrival
	err := s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		tenant, member, err := takeCode(ctx, tx, slug, hash, session.Identity, s.clock())
		if err != nil {
			return err
		}
		if err := bindMember(ctx, tx, tenant, member, session.Identity); err != nil {
			return err
		}
		memberships, err := claimMemberships(ctx, tx, session.Identity)
		if err != nil {
			return err
		}
		for _, membership := range memberships {
			if membership.Person == member {
				if err := s.end(ctx, tx, session.hash); err != nil {
					return err
				}
				arrival, err = s.start(ctx, tx, session.at(membership, s.clock()))
				return err
			}
		}
		return fault.NotFound() // the tenant has just been suspended
	})
	if errors.Is(err, fault.NotFound()) {
		return Arrival{}, invalid
	}
	if err != nil {
		return Arrival{}, fmt.Errorf("redeem a code: %w", err)
	}
	s.forget(session.hash)
	return arrival, nil
}

// Paused names the organisations at which somebody works and whose access is suspended.
func (s *Service) Paused(ctx context.Context, session Session) ([]string, error) {
	var names []string
	err := s.db.View(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		names, err = listPaused(ctx, tx, session.Identity.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what is paused: %w", err)
	}
	return names, nil
}
