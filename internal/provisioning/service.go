package provisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/connections"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Service is what administrators do about the directory of a connection.
type Service struct {
	db          *tenantdb.DB
	connections *connections.Service
	origin      string
	now         func() time.Time
	told        bool
}

// New makes the service; now is the clock, origin where the application is reached, and told says whether e-mails are sent.
func New(db *tenantdb.DB, connections *connections.Service, origin string, now func() time.Time, told bool) *Service {
	return &Service{db, connections, origin, now, told}
}

// Sheet is what is known of the directory of a connection.
type Sheet struct {
	Connection connections.Connection
	// Source is empty where nobody has chosen it: then no token is made.
	Source Source
	Tokens []Token
	Acts   []Act
	// People are those whom the directory has announced, and Total how many there are.
	People []Person
	Total  int64
	// Candidates are those who have signed in and could be somebody whom nobody knows yet.
	Candidates []Candidate
	// Address is what has to be entered at the directory.
	Address string
	Now     time.Time
}

// Unknown are those of whom nobody knows what the provider calls them.
func (s Sheet) Unknown() (people []Person) {
	for _, person := range s.People {
		if person.Subject == "" {
			people = append(people, person)
		}
	}
	return people
}

// Find shows it.
func (s *Service) Find(ctx context.Context, id signin.ConnectionID) (Sheet, error) {
	if _, err := access.Require(ctx, access.ConnectionWrite); err != nil {
		return Sheet{}, err
	}
	file, err := s.connections.Find(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Connection: file.Connection, Address: s.origin + "/scim/v2", Now: s.now()}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if sheet.Source, err = sourceOr(ctx, tx, id, ""); err != nil {
			return err
		}
		if sheet.Tokens, err = listTokens(ctx, tx, id, sheet.Now); err != nil {
			return err
		}
		if sheet.Acts, err = listActs(ctx, tx, id); err != nil {
			return err
		}
		if sheet.Total, err = countPeople(ctx, tx, id, Which{}); err != nil {
			return err
		}
		if sheet.People, err = listPeople(ctx, tx, id, Which{}, Window{1, mostPeople}); err != nil || len(sheet.Unknown()) == 0 {
			return err
		}
		candidates, err := listCandidates(ctx, tx, id)
		for _, candidate := range candidates {
			taken := slices.ContainsFunc(sheet.People, func(p Person) bool { return p.Subject == candidate.Subject })
			if !taken && candidate.Subject != "" && !slices.ContainsFunc(sheet.Candidates, func(c Candidate) bool { return c.Subject == candidate.Subject }) {
				sheet.Candidates = append(sheet.Candidates, candidate)
			}
		}
		return err
	})
	if err != nil {
		return Sheet{}, fmt.Errorf("find the directory of connection %s: %w", id, err)
	}
	return sheet, nil
}

func sourceOr(ctx context.Context, tx tenantdb.Tx, id signin.ConnectionID, other Source) (Source, error) {
	source, err := findSource(ctx, tx, id)
	if errors.Is(err, fault.NotFound()) {
		return other, nil
	}
	return source, err
}

// Choose says by which attribute the directory calls people what the provider calls them. Who is known already stays so.
func (s *Service) Choose(ctx context.Context, id signin.ConnectionID, source Source) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	if !slices.Contains(Sources, source) {
		return fault.Invalid("source", "provisioning.source.missing")
	}
	if _, err := s.live(ctx, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		before, err := sourceOr(ctx, tx, id, "")
		if err != nil || before == source {
			return err
		}
		if err := upsertSource(ctx, tx, provisioningRow{TenantID: by.Tenant, ConnectionID: id, SubjectFrom: source, SetBy: by.Person, SetAt: s.now()}); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, id, journal.ProvisioningSet, string(source))
	})
}

// live gives a connection of the tenant through which people come in.
func (s *Service) live(ctx context.Context, id signin.ConnectionID) (connections.File, error) {
	file, err := s.connections.Find(ctx, id)
	if err == nil && !file.Connection.Live() {
		err = fault.Refused("provisioning.not_live")
	}
	return file, err
}

// MakeToken makes what the directory shows. It is given once, here; the one before goes on for a day. The same form sent twice makes
// one, and the second time none is given.
func (s *Service) MakeToken(ctx context.Context, id signin.ConnectionID, token TokenID) (code string, err error) {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return "", err
	}
	if _, err := s.live(ctx, id); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := findSource(ctx, tx, id); err != nil {
			if errors.Is(err, fault.NotFound()) {
				return fault.Invalid("source", "provisioning.source.missing")
			}
			return err
		}
		if made, err := existsToken(ctx, tx, token); err != nil || made {
			return err
		}
		slug, err := members.Slug(ctx, tx, by.Tenant)
		if err != nil {
			return err
		}
		now := s.now()
		if err := ageTokens(ctx, tx, id, now, now.Add(overlap)); err != nil {
			return err
		}
		secret, hash := signin.NewCode(slug)
		fresh, err := insertToken(ctx, tx, tokenRow{TenantID: by.Tenant, TokenID: token, ConnectionID: id, TokenHash: hash, MadeBy: by.Person, MadeAt: now})
		if err != nil || !fresh {
			return err
		}
		code = secret
		return s.tell(ctx, tx, by, id, journal.ProvisioningTokenMade, "")
	})
	if tenantdb.Violates(err, "provisioning_tokens_stay_one_at_a_time") {
		err = fault.Conflict("provisioning.token.conflict")
	}
	if err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return code, nil
}

// Revoke ends all tokens at once.
func (s *Service) Revoke(ctx context.Context, id signin.ConnectionID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	if _, err := s.connections.Find(ctx, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		n, err := endTokens(ctx, tx, id, s.now())
		if err != nil || n == 0 {
			return err
		}
		return s.tell(ctx, tx, by, id, journal.ProvisioningTokenRevoked, "")
	})
}

// Match says who somebody is whom the directory has announced: one of those who have signed in through the connection. Whom the
// directory has said to be gone meanwhile has no place any more.
func (s *Service) Match(ctx context.Context, id signin.ConnectionID, person PersonID, subject string) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	sheet, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(sheet.People, func(p Person) bool { return p.PersonID == person }) {
		return fault.NotFound()
	}
	if !slices.ContainsFunc(sheet.Candidates, func(c Candidate) bool { return c.Subject == subject }) {
		return fault.Invalid("subject", "provisioning.match.missing")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		announced, err := lockPerson(ctx, tx, person)
		if err != nil {
			return err
		}
		if announced.Subject != "" {
			return fault.Conflict("provisioning.match.already")
		}
		if err := updateSubject(ctx, tx, person, subject); err != nil {
			return err
		}
		if !announced.Active {
			if _, err := members.EndKnownAs(ctx, tx, by, id, subject, s.now()); err != nil {
				return refusedToMatch(err)
			}
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ProvisioningMatched})
	})
}

func refusedToMatch(err error) error {
	if errors.Is(err, members.ErrLastAdmins) {
		return fault.Refused("provisioning.match.last_admins")
	}
	return err
}

// tell leaves the entry, and has all administrators told, whoever did it included: a stolen session is noticed by its owner.
func (s *Service) tell(ctx context.Context, tx tenantdb.Tx, by access.Principal, id signin.ConnectionID, action journal.Action, reason string) error {
	if s.told {
		if err := connections.Notify(ctx, tx, by.Tenant, id.String()+" "+string(action)+" "+s.now().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return journal.Record(ctx, tx, journal.Entry{Action: action, Reason: reason})
}
