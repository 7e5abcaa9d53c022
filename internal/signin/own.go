package signin

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// OwnSession is one of a person's own sessions, as the person is shown it.
type OwnSession struct {
	ID             SessionID
	Device         Device
	Workplace, For string // the office and for which NGO, or the NGO; empty where none was chosen yet
	CreatedAt      time.Time
	SeenAt         time.Time
	Here           bool // the one in which the list is read
}

// OwnSessions lists where the person of a session is signed in at present, the one that was used last first. A person is
// whom one connection vouches for: at all workplaces, on all devices.
func (s *Service) OwnSessions(ctx context.Context, session Session) ([]OwnSession, error) {
	var own []OwnSession
	now := s.clock()
	err := s.db.View(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		own, err = listOwnSessions(ctx, tx, session.Identity.ID, now, now.Add(-idleLimit))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	for i := range own {
		own[i].Here = own[i].ID == session.ID
	}
	return own, nil
}

// EndOwn ends one of the person's own sessions; anybody else's is not there.
func (s *Service) EndOwn(ctx context.Context, session Session, id SessionID) error {
	hashes, err := s.endThrough(ctx, func(ctx context.Context, tx tenantdb.Tx) ([][]byte, error) {
		return revoked(ctx, revoking(tx, s.clock()).Where("identity_id = ?", session.Identity.ID).Where("session_id = ?", id))
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	if len(hashes) == 0 {
		return fault.NotFound()
	}
	return nil
}

// EndOthers ends all of the person's own sessions but this one.
func (s *Service) EndOthers(ctx context.Context, session Session) error {
	_, err := s.endThrough(ctx, func(ctx context.Context, tx tenantdb.Tx) ([][]byte, error) {
		return revoked(ctx, revoking(tx, s.clock()).Where("identity_id = ?", session.Identity.ID).Where("session_id <> ?", session.ID))
	})
	if err != nil {
		return fmt.Errorf("end other sessions: %w", err)
	}
	return nil
}

// EndAll ends every session of a person, on all devices.
func (s *Service) EndAll(ctx context.Context, identity IdentityID) error {
	_, err := s.endThrough(ctx, func(ctx context.Context, tx tenantdb.Tx) ([][]byte, error) {
		return revoked(ctx, revoking(tx, s.clock()).Where("identity_id = ?", identity))
	})
	if err != nil {
		return fmt.Errorf("end sessions of identity %s: %w", identity, err)
	}
	return nil
}

// endThrough ends sessions in a transaction of the door, in all processes: in this one before it returns.
func (s *Service) endThrough(ctx context.Context, revoke func(context.Context, tenantdb.Tx) ([][]byte, error)) (hashes [][]byte, err error) {
	err = s.db.Write(door(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if hashes, err = revoke(ctx, tx); err != nil {
			return err
		}
		return announceEnds(ctx, tx, hashes)
	})
	if err != nil {
		return nil, err
	}
	for _, hash := range hashes {
		s.forget(hash)
	}
	return hashes, nil
}

// EndSessionsOf ends every session in which somebody acts as one of these persons, members or people of offices, within the
// transaction of whoever decides that: the moment it commits, every process is told. In the scope of an administration it
// reaches the people of that tenant and nobody else. When a membership ends, its sessions end by themselves.
func EndSessionsOf(ctx context.Context, tx tenantdb.Tx, now time.Time, persons ...tenantdb.PersonID) error {
	for _, person := range persons {
		hashes, err := revoked(ctx, revoking(tx, now).Where("(member_id = ? or office_member_id = ?)", person, person))
		if err != nil {
			return err
		}
		if err := announceEnds(ctx, tx, hashes); err != nil {
			return err
		}
	}
	return nil
}

func announceEnds(ctx context.Context, tx tenantdb.Tx, hashes [][]byte) error {
	for _, hash := range hashes {
		if err := announceEnd(ctx, tx, hash); err != nil {
			return err
		}
	}
	return nil
}
