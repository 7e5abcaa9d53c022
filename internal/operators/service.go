package operators

import (
	"context"
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
	// parking holds what was typed when sessions ran out.
	parking parking
}

// New makes it, and refuses a role that may do more than it needs, or less. Without a gate nobody signs in: for commands.
func New(ctx context.Context, db *tenantdb.DB, gate *signin.Gate, factor passkeys.Factor, now func() time.Time) (*Service, error) {
	if err := db.CheckPlatform(ctx); err != nil {
		return nil, err
	}
	return &Service{db: db, gate: gate, factor: factor, now: now}, nil
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
		there, err := lockOperators(ctx, tx)
		if err != nil {
			return err
		}
		if by == id {
			return errSelf
		}
		if there <= fewest {
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
