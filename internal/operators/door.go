package operators

import (
	"context"
	"errors"
	"fmt"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Begin sends somebody to the provider.
func (s *Service) Begin(ctx context.Context, departure signin.Departure) (target, browser string, err error) {
	target, browser, left, err := s.gate.Begin(ctx, departure)
	if err != nil {
		return "", "", err
	}
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := deleteAttemptsBefore(ctx, tx, s.now()); err != nil {
			return err
		}
		return insertAttempt(ctx, tx, left)
	})
	if err != nil {
		return "", "", fmt.Errorf("begin sign-in to the console: %w", err)
	}
	return target, browser, nil
}

// Arrival is somebody whom the provider vouches for, in a new session.
type Arrival struct {
	Token    string
	Session  Session
	ReturnTo string
}

// Finish checks the provider's answer and makes a session, in which nothing can be done before a passkey was shown.
func (s *Service) Finish(ctx context.Context, answer signin.Answer) (Arrival, error) {
	var left signin.Left
	hash, _ := signin.HashToken(answer.State)
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		left, err = deleteAttempt(ctx, tx, hash)
		return err
	})
	if err != nil && !errors.Is(err, fault.NotFound()) {
		return Arrival{}, err
	}
	who, err := s.gate.Finish(ctx, left, answer)
	if err != nil {
		return Arrival{}, err
	}
	now := s.now()
	device := signin.DeviceOf(answer.UserAgent)
	opened := Session{
		Issuer: who.Issuer, Subject: who.Subject, Name: who.Name, Browser: device.Browser, System: device.System, CreatedAt: now, ExpiresAt: now.Add(absoluteLimit),
	}
	var token string
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if opened.Operator, err = findOperatorBySubject(ctx, tx, who.Issuer, who.Subject); err != nil && !errors.Is(err, fault.NotFound()) {
			return err
		}
		if err := deleteSessionsBefore(ctx, tx, now); err != nil {
			return err
		}
		if previous, ok := signin.HashToken(answer.Previous); ok {
			if err := revokeSession(ctx, tx, previous, now); err != nil {
				return err
			}
		}
		token, err = s.start(ctx, tx, &opened)
		return err
	})
	if err != nil {
		return Arrival{}, fmt.Errorf("finish sign-in to the console: %w", err)
	}
	return Arrival{token, opened, left.ReturnTo}, nil
}

// start makes a session with a secret that no browser has seen before.
func (s *Service) start(ctx context.Context, tx tenantdb.Tx, session *Session) (string, error) {
	token, hash := signin.NewToken()
	session.SessionID, session.SeenAt, session.hash = ids.New[Session](), s.now(), hash
	if session.CSRF == "" {
		session.CSRF, _ = signin.NewToken()
	}
	return token, insertSession(ctx, tx, *session)
}

// Find gives the session of a cookie.
func (s *Service) Find(ctx context.Context, token string, attentive bool) (Session, error) {
	hash, ok := signin.HashToken(token)
	if !ok {
		return Session{}, ErrNoSession
	}
	var session Session
	err := s.db.View(scoped(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		session, err = findSession(ctx, tx, hash)
		return err
	})
	switch {
	case errors.Is(err, fault.NotFound()):
		return Session{}, ErrNoSession
	case err == nil && session.over(s.now()):
		return session, ErrExpired
	case err != nil:
		return Session{}, fmt.Errorf("find session of the console: %w", err)
	}
	if attentive && s.now().Sub(session.SeenAt) >= seenEvery {
		session.SeenAt = s.now()
		err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return touchSession(ctx, tx, hash, session.SeenAt) })
	}
	return session, err
}

// End ends the session of a cookie.
func (s *Service) End(ctx context.Context, token string) error {
	hash, ok := signin.HashToken(token)
	if !ok {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return revokeSession(ctx, tx, hash, s.now()) })
}
