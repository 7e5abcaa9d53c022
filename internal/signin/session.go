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
	// countsFor is how long signing in anew, or having confirmed with a passkey, counts.
	countsFor = 10 * time.Minute
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
	// FreshAt is when the person, asked to, signed in to the provider anew for this session; ConfirmedAt is when she or he last
	// confirmed with a passkey in it. Zero is never.
	FreshAt     time.Time
	ConfirmedAt time.Time

	hash []byte
	// providerSession is the hash of what the provider calls the session; nil where it does not say.
	providerSession []byte
}

// at is a session that goes on from this one at another workplace. That does not buy more time than signing in did, and the
// provider can still end it. What was confirmed for one workplace is not for the other.
func (s Session) at(membership Membership, now time.Time) Session {
	return Session{
		Identity: s.Identity, Membership: membership, CreatedAt: now, ExpiresAt: s.ExpiresAt, FreshAt: s.FreshAt,
		Device: s.Device, providerSession: s.providerSession,
	}
}

// Fresh says whether the person has signed in to the provider anew just before.
func (s Session) Fresh(now time.Time) bool { return recent(s.FreshAt, now) }

// Confirmed says whether she or he has confirmed with a passkey just before.
func (s Session) Confirmed(now time.Time) bool { return recent(s.ConfirmedAt, now) }

// Binding tells this session from every other, and opens none.
func (s Session) Binding() []byte { return s.hash }

func recent(at, now time.Time) bool {
	return !at.IsZero() && !now.Before(at) && now.Sub(at) < countsFor
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
