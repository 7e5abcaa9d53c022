package connections

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Service is what administrators can do with the connections of their tenant.
type Service struct {
	db       *tenantdb.DB
	keys     *keys.Ring
	door     *signin.Service
	loopback bool
	now      func() time.Time
	told     bool
	effect   *Door
	checks   limiter
}

// New makes the service; now is the clock. told says whether e-mails are sent, loopback whether a provider on this machine
// may be spoken to without https.
func New(db *tenantdb.DB, ring *keys.Ring, door *signin.Service, effect *Door, now func() time.Time, told, loopback bool) *Service {
	return &Service{db: db, keys: ring, door: door, loopback: loopback, now: now, told: told, effect: effect, checks: limiter{seen: map[tenantdb.TenantID][]time.Time{}}}
}

// List gives the tenant's connections with what is being made of each.
func (s *Service) List(ctx context.Context) (Overview, error) {
	if _, err := access.Require(ctx, access.ConnectionList); err != nil {
		return Overview{}, err
	}
	overview := Overview{Now: s.now()}
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		connections, err := listConnections(ctx, tx)
		if err != nil {
			return err
		}
		open, err := listOpen(ctx, tx)
		if err != nil {
			return err
		}
		administrators, err := listAdministrators(ctx, tx)
		if err != nil {
			return err
		}
		for _, connection := range connections {
			people, err := countPeople(ctx, tx, connection.ConnectionID)
			if err != nil {
				return err
			}
			overview.Files = append(overview.Files, File{Connection: connection, Change: open[connection.ConnectionID], People: people})
		}
		overview.Administrators = len(administrators)
		overview.Settings, err = findSettings(ctx, tx)
		return err
	})
	if err != nil {
		return Overview{}, fmt.Errorf("list connections: %w", err)
	}
	return overview, nil
}

// Find gives one connection with what is being made of it.
func (s *Service) Find(ctx context.Context, id ID) (File, error) {
	by, err := access.Require(ctx, access.ConnectionList)
	if err != nil {
		return File{}, err
	}
	file := File{Reader: by.Person}
	var trial *trialRow
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if file.Connection, err = findConnection(ctx, tx, id); err != nil {
			return err
		}
		open, err := listOpen(ctx, tx)
		if err != nil {
			return err
		}
		file.Change = open[id]
		if file.History, err = listHistory(ctx, tx, id); err != nil {
			return err
		}
		if file.Names, err = namesOf(ctx, tx, file.mentioned()); err != nil {
			return err
		}
		if file.People, err = countPeople(ctx, tx, id); err != nil {
			return err
		}
		administrators, err := listAdministrators(ctx, tx)
		if err != nil {
			return err
		}
		file.Administrators = len(administrators)
		if file.Settings, err = findSettings(ctx, tx); err != nil || file.Change == nil {
			return err
		}
		trials, err := listTrials(ctx, tx, file.Change.ChangeID)
		for _, row := range trials {
			// What the provider said of a colleague is the colleague's.
			if row.MemberID == by.Person {
				trial = &row
			}
		}
		return err
	})
	if err != nil {
		return File{}, fmt.Errorf("find connection %s: %w", id, err)
	}
	if trial != nil {
		if file.Trial, err = s.effect.open(ctx, by.Tenant, *trial); err != nil {
			return File{}, err
		}
	}
	return file, nil
}

// mentioned are those whose names the page shows.
func (f File) mentioned() (people []tenantdb.PersonID) {
	changes := f.History
	if f.Change != nil {
		changes = append([]Change{*f.Change}, changes...)
	}
	for _, c := range changes {
		for _, person := range []tenantdb.PersonID{c.WrittenBy, c.ProposedBy, c.ApprovedBy, c.WithdrawnBy} {
			if !person.Zero() && !slices.Contains(people, person) {
				people = append(people, person)
			}
		}
	}
	return people
}

// RedirectURI is what has to be entered at the provider.
func (s *Service) RedirectURI(slug string) string { return s.door.RedirectURI(slug) }

// Check looks at a provider as somebody types its address. It sends requests to wherever that leads, and so does it no more
// often than somebody types.
func (s *Service) Check(ctx context.Context, id ID, issuer string, scopes []string) ([]signin.Finding, error) {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return nil, err
	}
	if !s.checks.admit(by.Tenant, s.now()) {
		return nil, fault.Refused("connections.check.too_often")
	}
	return s.door.Inspect(ctx, issuer, SlugOf(id), scopes), nil
}

// Now is the time by which delays run.
func (s *Service) Now() time.Time { return s.now() }
