package signin

import (
	"errors"
	"time"

	"passerelle/internal/ids"
)

const (
	idleLimit     = 15 * time.Minute
	absoluteLimit = 8 * time.Hour
	seenEvery     = time.Minute
	// rememberedFor is how long an ended session is still known: long enough to keep a form that was posted late.
	rememberedFor = 24 * time.Hour
	// mostOwnSessions is how many are shown: nobody has as many devices.
	mostOwnSessions = 50
)

// ErrNoSession says that nobody is signed in with this cookie; ErrExpired that somebody was.
var (
	ErrNoSession = errors.New("no session")
	ErrExpired   = errors.New("the session has expired")
)

// SessionID identifies a session to the person whose it is; it opens nothing.
type SessionID = ids.ID[Session]

// Session is somebody signed in, at one of their workplaces, or at none yet.
type Session struct {
	ID         SessionID
	Identity   Identity
	Membership Membership
	Workplaces int    // how many the person has
	CSRF       string // what every unsafe request of this session must carry
	CreatedAt  time.Time
	SeenAt     time.Time
	ExpiresAt  time.Time
	RevokedAt  time.Time
	Device     Device

	hash []byte
	// providerSession is the hash of what the provider calls the session; nil where it does not say.
	providerSession []byte
}

// judge says whether the session still holds.
func (s Session) judge(now time.Time) error {
	switch {
	case !s.RevokedAt.IsZero():
		return ErrNoSession
	case !s.Membership.None() && !s.Membership.EndedAt.IsZero():
		return ErrNoSession
	case !now.Before(s.ExpiresAt.Add(rememberedFor)):
		return ErrNoSession
	case !now.Before(s.ExpiresAt), now.Sub(s.SeenAt) >= idleLimit:
		return ErrExpired
	}
	return nil
}
