package operators

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Service is the door of the console, and what operators do about each other.
type Service struct {
	db     *tenantdb.DB
	gate   *signin.Gate
	factor passkeys.Factor
	now    func() time.Time
}

// New makes it, and refuses a role that may do more than it needs, or less. Without a gate nobody signs in: for commands.
func New(ctx context.Context, db *tenantdb.DB, gate *signin.Gate, factor passkeys.Factor, now func() time.Time) (*Service, error) {
	if err := db.CheckPlatform(ctx); err != nil {
		return nil, err
	}
	return &Service{db, gate, factor, now}, nil
}

// Origin is where passkeys work, if anywhere.
func (s *Service) Origin() string { return s.factor.Origin() }

// Now is the time by the console's clock.
func (s *Service) Now() time.Time { return s.now() }

func scoped(ctx context.Context) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Platform(tenantdb.TenantID{}))
}

func (s *Service) write(ctx context.Context, do func(ctx context.Context, tx tenantdb.Tx) error) error {
	return s.db.Write(scoped(ctx), do)
}

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
	case errors.Is(err, fault.NotFound()), err == nil && session.over(s.now()):
		return Session{}, ErrNoSession
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

// Redeem binds an operator to whoever signed in and enters the code that was handed to her or him. Every refusal is the same to
// whoever tries.
func (s *Service) Redeem(ctx context.Context, session Session, typed string) (Arrival, error) {
	prefix, hash, ok := signin.ReadCode(typed)
	if !ok || prefix != codePrefix {
		return Arrival{}, errCode
	}
	now := s.now()
	var arrival Arrival
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		operator, err := takeCode(ctx, tx, hash, session.Issuer, session.Subject, now)
		if err != nil {
			return err
		}
		if err := insertAct(ctx, tx, entry{Operator: operator.OperatorID, Action: Bound}); err != nil {
			return err
		}
		bound := session
		bound.Operator, bound.BoundAt, bound.ConfirmedAt = &operator, now, time.Time{}
		arrival, err = s.goOn(ctx, tx, session, bound)
		return err
	})
	if errors.Is(err, fault.NotFound()) || tenantdb.Violates(err, "operators_are_one_person_each") {
		return Arrival{}, errCode
	}
	return arrival, err
}

// goOn replaces a session by one with a new secret.
func (s *Service) goOn(ctx context.Context, tx tenantdb.Tx, from, to Session) (arrival Arrival, err error) {
	if err := replaceSession(ctx, tx, from.hash, s.now()); err != nil {
		return Arrival{}, err
	}
	arrival.Token, err = s.start(ctx, tx, &to)
	arrival.Session = to
	return arrival, err
}

// Ask asks the browser to register a passkey, or to sign with one.
func (s *Service) Ask(ctx context.Context, session Session, register bool) (Ceremony, error) {
	asked := Ceremony{ChallengeID: ids.New[Ceremony](), Register: register}
	if session.Operator == nil || register && !session.MayRegister(s.now()) {
		return Ceremony{}, errRegister
	}
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		keys, err := listKeys(ctx, tx, session.Operator.OperatorID)
		if err != nil {
			return err
		}
		ask := s.factor.AskToConfirm
		if register {
			ask = s.factor.AskToRegister
		}
		var ceremony []byte
		if asked.Options, ceremony, err = ask(session.holder(kept(keys))); err != nil {
			return err
		}
		return insertChallenge(ctx, tx, asked, session.SessionID, ceremony, s.now())
	})
	return asked, err
}

// Confirm takes a browser's answer, be it a new passkey or a signature, and goes on in a session in which both factors were shown.
func (s *Service) Confirm(ctx context.Context, session Session, answer Answer) (Arrival, error) {
	if session.Operator == nil {
		return Arrival{}, errRegister
	}
	who, now := session.Operator.OperatorID, s.now()
	var register bool
	var ceremony []byte
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		register, ceremony, err = deleteChallenge(ctx, tx, answer.ChallengeID, session.SessionID, now)
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return Arrival{}, passkeys.Late()
	}
	if err != nil {
		return Arrival{}, err
	}
	var arrival Arrival
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		// Looked at anew: somebody may have been removed, or another may have registered, meanwhile.
		current, err := lockOperator(ctx, tx, who)
		if err != nil {
			return err
		}
		keys, err := listKeys(ctx, tx, who)
		if err != nil {
			return err
		}
		checked := session
		checked.Operator = &current
		if register {
			err = s.register(ctx, tx, checked, kept(keys), ceremony, answer.Response)
		} else {
			err = s.sign(ctx, tx, checked, keys, ceremony, answer.Response)
		}
		if passkeys.Doubted(err) {
			return errors.Join(insertAct(ctx, tx, entry{Operator: who, Action: KeyDenied}), tenantdb.AndCommit(err))
		}
		if err != nil {
			return err
		}
		if err := noteArrival(ctx, tx, who, now); err != nil {
			return err
		}
		if err := insertAct(ctx, tx, entry{Operator: who, Action: SignedIn}); err != nil {
			return err
		}
		checked.ConfirmedAt, checked.BoundAt = now, time.Time{}
		arrival, err = s.goOn(ctx, tx, session, checked)
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return Arrival{}, ErrNoSession
	}
	return arrival, err
}

func (s *Service) register(ctx context.Context, tx tenantdb.Tx, session Session, keys []passkeys.Kept, ceremony []byte, response string) error {
	if !session.MayRegister(s.now()) {
		return errRegister
	}
	made, err := s.factor.Registered(session.holder(keys), ceremony, response)
	if err != nil {
		return err
	}
	if err := insertKey(ctx, tx, session.Operator.OperatorID, made, s.now()); err != nil {
		return err
	}
	return insertAct(ctx, tx, entry{Operator: session.Operator.OperatorID, Action: KeyAdded})
}

func (s *Service) sign(ctx context.Context, tx tenantdb.Tx, session Session, keys []keyRow, ceremony []byte, response string) error {
	signed, err := s.factor.Confirmed(session.holder(kept(keys)), ceremony, response)
	if err != nil {
		return err
	}
	return updateKey(ctx, tx, signed, s.now())
}

// List gives the operators.
func (s *Service) List(ctx context.Context) (operators []Operator, err error) {
	if _, err := access.Require(ctx, access.OperatorManage); err != nil {
		return nil, err
	}
	return s.listed(ctx)
}

// Listed gives the operators to a command, which has the database's own password.
func (s *Service) listed(ctx context.Context) (operators []Operator, err error) {
	err = s.db.View(scoped(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		operators, err = listOperators(ctx, tx)
		return err
	})
	return operators, err
}

// Add makes room for one more, who is bound by a code that is handed over outside.
func (s *Service) Add(ctx context.Context, id ID, draft Draft) (Handed, error) {
	by, err := access.Require(ctx, access.OperatorManage)
	if err != nil {
		return Handed{}, err
	}
	return s.add(ctx, ids.From[Operator](by.Person.UUID()), id, draft, "", "")
}

func (s *Service) add(ctx context.Context, by, id ID, draft Draft, issuer, subject string) (Handed, error) {
	draft.Name, draft.Email = strings.TrimSpace(draft.Name), strings.TrimSpace(draft.Email)
	if err := draft.Check(); err != nil {
		return Handed{}, err
	}
	handed := Handed{Operator: Operator{OperatorID: id, Name: draft.Name, Email: draft.Email}}
	var hash []byte
	if subject == "" {
		handed.Code, hash = signin.NewCode(codePrefix)
		handed.Operator.CodeExpiresAt = s.now().Add(codeLifetime)
	}
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		added, err := insertOperator(ctx, tx, handed.Operator, hash, issuer, subject)
		if err != nil {
			return err
		}
		if !added {
			return fault.Conflict("operators.refused.twice")
		}
		return insertAct(ctx, tx, entry{Operator: by, About: id, Action: Added})
	})
	return handed, err
}

// Remove takes somebody's place away, at once: her or his sessions end.
func (s *Service) Remove(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.OperatorManage)
	if err != nil {
		return err
	}
	return s.remove(ctx, ids.From[Operator](by.Person.UUID()), id)
}

func (s *Service) remove(ctx context.Context, by, id ID) error {
	return s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		all, err := lockOperators(ctx, tx)
		if err != nil {
			return err
		}
		if by == id {
			return errSelf
		}
		if len(all) <= fewest {
			return errFew
		}
		if err := removeOperator(ctx, tx, id, s.now()); err != nil {
			return err
		}
		if err := deleteKeys(ctx, tx, id); err != nil {
			return err
		}
		if err := revokeSessions(ctx, tx, id, s.now()); err != nil {
			return err
		}
		return insertAct(ctx, tx, entry{Operator: by, About: id, Action: Removed})
	})
}

// Reset takes somebody's lost passkeys away and gives a new code, which is handed over outside. Nobody does it for herself: it takes
// the one who lost them, who has to sign in and enter it, and another.
func (s *Service) Reset(ctx context.Context, id ID) (Handed, error) {
	by, err := access.Require(ctx, access.OperatorManage)
	if err != nil {
		return Handed{}, err
	}
	if by.Person.UUID() == id.UUID() {
		return Handed{}, errSelf
	}
	code, hash := signin.NewCode(codePrefix)
	until := s.now().Add(codeLifetime)
	var handed Handed
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		operator, err := lockOperator(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := deleteKeys(ctx, tx, id); err != nil {
			return err
		}
		if err := revokeSessions(ctx, tx, id, s.now()); err != nil {
			return err
		}
		if err := updateCode(ctx, tx, id, hash, until); err != nil {
			return err
		}
		operator.CodeExpiresAt, handed = until, Handed{Operator: operator, Code: code}
		return insertAct(ctx, tx, entry{Operator: ids.From[Operator](by.Person.UUID()), About: id, Action: Reset})
	})
	return handed, err
}

// ActsShown is how many acts a page holds.
const ActsShown = 50

// Acts are what was done, the newest first, before one of them, of one tenant or of all.
func (s *Service) Acts(ctx context.Context, tenant tenantdb.TenantID, before ids.ID[Act]) (acts []Act, err error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return nil, err
	}
	err = s.db.View(scoped(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		acts, err = listActs(ctx, tx, tenant, before)
		return err
	})
	return acts, err
}

// OwnSessions are those of whoever asks.
func (s *Service) OwnSessions(ctx context.Context, session Session) (sessions []Session, err error) {
	err = s.db.View(scoped(ctx), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		sessions, err = listSessions(ctx, tx, session.Operator.OperatorID, s.now())
		return err
	})
	return sessions, err
}

// EndOwn ends one of them.
func (s *Service) EndOwn(ctx context.Context, session Session, id SessionID) error {
	return s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return revokeOwn(ctx, tx, session.Operator.OperatorID, id, s.now())
	})
}
