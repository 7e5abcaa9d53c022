package signin

import (
	"errors"
	"time"
)

const (
	idleLimit     = 15 * time.Minute
	absoluteLimit = 8 * time.Hour
	seenEvery     = time.Minute
	// rememberedFor is how long an ended session is still known: long enough to keep a form that was posted late.
	rememberedFor = 24 * time.Hour
)

// ErrNoSession says that nobody is signed in with this cookie; ErrExpired that somebody was.
var (
	ErrNoSession = errors.New("no session")
	ErrExpired   = errors.New("the session has expired")
)

// Session is somebody signed in, at one of their workplaces, or at none yet.
type Session struct {
	Identity   Identity
	Membership Membership
	Workplaces int    // how many the person has
	CSRF       string // what every unsafe request of this session must carry
	CreatedAt  time.Time
	SeenAt     time.Time
	ExpiresAt  time.Time
	RevokedAt  time.Time

	hash []byte
}

// judge says whether the session still holds.
func (s Session) judge(now time.Time) error {
	switch {
	case !s.RevokedAt.IsZero():
		return ErrNoSession
	case !s.Membership.None() && !s.Membership.EndedAt.IsZero() && !now.Before(s.Membership.EndedAt):
		return ErrNoSession
	case !now.Before(s.ExpiresAt.Add(rememberedFor)):
		return ErrNoSession
	case !now.Before(s.ExpiresAt), now.Sub(s.SeenAt) >= idleLimit:
		return ErrExpired
	}
	return nil
}
