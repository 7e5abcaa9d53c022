package connections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
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

// Wanted is what somebody has written of what a connection is to become.
type Wanted struct {
	Kind  signin.Kind
	Terms Terms
	// Secret is a new one; NoSecret takes away the one that there is.
	Secret   string
	NoSecret bool
	// Seen is the version of the open change that the form showed; 0 where there was none.
	Seen int
}

// Write writes what a connection is to become; one that is not there yet is added, and lets nobody in. Where somebody else
// has written meanwhile, it is a fault.Conflict.
func (s *Service) Write(ctx context.Context, id ID, draft Wanted) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	problems := draft.Terms.Check(s.loopback)
	if draft.Kind != signin.KindStaff && draft.Kind != signin.KindOffice {
		problems.Add("kind", "connections.kind.missing")
	}
	if len(draft.Secret) > longestSecret {
		problems.Add("secret", "connections.secret.long")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if err := s.free(ctx, by.Tenant, draft.Terms.EmailDomains); err != nil {
		return err
	}
	var connection Connection
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if err := insertConnection(ctx, tx, by.Tenant, id, draft.Kind, draft.Terms.Name); err != nil {
			return err
		}
		if connection, err = findConnection(ctx, tx, id); err != nil {
			return err
		}
		if connection.Ended() {
			return fault.Refused("connections.change.over")
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write connection: %w", err)
	}
	var fresh signin.SecretID
	if draft.Secret != "" {
		if fresh, err = s.door.KeepSecret(ctx, signin.Connection{ID: id, TenantID: by.Tenant, Slug: connection.Slug}, draft.Secret); err != nil {
			return err
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		now := s.now()
		change, err := lockOpen(ctx, tx, id)
		if err != nil {
			return err
		}
		terms := draft.Terms
		switch {
		case draft.NoSecret:
		case draft.Secret != "":
			terms.SecretID = fresh
		case change != nil:
			terms.SecretID = change.Terms.SecretID
		default:
			terms.SecretID = connection.Terms.SecretID
		}
		switch {
		case change == nil && draft.Seen != 0, change != nil && change.Version != draft.Seen:
			return fault.Conflict("connections.change.conflict")
		case change == nil:
			made := Change{ChangeID: ids.New[signin.Change](), ConnectionID: id, Kind: Set, Terms: terms, Version: 1, WrittenBy: by.Person, WrittenAt: now}
			err = insertChange(ctx, tx, by.Tenant, made)
		default:
			if err := change.Rewrite(terms, by.Person, now); err != nil {
				return err
			}
			err = updateChange(ctx, tx, by.Tenant, *change)
		}
		if err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionWritten, Reason: Set})
	})
	if err != nil {
		return fmt.Errorf("write connection %s: %w", id, err)
	}
	return nil
}

// free refuses e-mail domains by which people of another organisation find their own provider: whoever took one over would be
// asked for their passwords.
func (s *Service) free(ctx context.Context, tenant tenantdb.TenantID, domains []string) error {
	connections, err := s.door.Connections(ctx)
	if err != nil {
		return err
	}
	for _, other := range connections {
		for _, domain := range domains {
			if other.TenantID != tenant && slices.Contains(other.EmailDomains, domain) {
				return fault.Invalid("email_domains", "connections.email_domains.taken", "Domain", domain)
			}
		}
	}
	return nil
}

// BeginTrial leads to the provider as a change says, for a sign-in that opens no session.
func (s *Service) BeginTrial(ctx context.Context, id ID, departure signin.Departure) (target, browser string, err error) {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return "", "", err
	}
	var connection Connection
	var change *Change
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if connection, err = findConnection(ctx, tx, id); err != nil {
			return err
		}
		if change, err = lockOpen(ctx, tx, id); err != nil {
			return err
		}
		if change == nil || change.Kind != Set {
			return fault.NotFound()
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionTried})
	})
	if err != nil {
		return "", "", fmt.Errorf("try connection %s: %w", id, err)
	}
	return s.door.BeginTrial(ctx, become(by.Tenant, connection, *change), signin.Trial{Change: change.ChangeID, Version: change.Version, By: by.Person}, departure)
}

// become is a connection as the door would know it once a change has taken effect.
func become(tenant tenantdb.TenantID, connection Connection, change Change) signin.Connection {
	return signin.Connection{
		ID: connection.ConnectionID, TenantID: tenant, Slug: connection.Slug, Name: change.Terms.Name, Kind: connection.Kind, Issuer: change.Terms.Issuer,
		ClientID: change.Terms.ClientID, SecretID: change.Terms.SecretID, Scopes: change.Terms.Scopes, NameClaim: change.Terms.NameClaim,
		EmailClaim: change.Terms.EmailClaim, EmailDomains: change.Terms.EmailDomains,
	}
}

// Propose asks the other administrators to approve a change.
func (s *Service) Propose(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	return s.act(ctx, id, by, func(ctx context.Context, tx tenantdb.Tx, _ Connection, change *Change) error {
		if err := s.free(ctx, by.Tenant, change.Terms.EmailDomains); err != nil {
			return err
		}
		if err := change.Propose(by.Person, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, *change, journal.ConnectionProposed)
	})
}

// ProposeEnd asks them to approve that a connection ends. The last way in for administrators does not.
func (s *Service) ProposeEnd(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		connection, err := findConnection(ctx, tx, id)
		if err != nil {
			return err
		}
		if !connection.Live() {
			return fault.Refused("connections.change.not_live")
		}
		if err := lastWayIn(ctx, tx, id); err != nil {
			return err
		}
		now := s.now()
		change := Change{ChangeID: ids.New[signin.Change](), ConnectionID: id, Kind: End, Terms: connection.Terms, Version: 1, WrittenBy: by.Person, WrittenAt: now}
		if err := insertChange(ctx, tx, by.Tenant, change); err != nil {
			return err
		}
		if err := change.Propose(by.Person, now); err != nil {
			return err
		}
		if err := updateChange(ctx, tx, by.Tenant, change); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, change, journal.ConnectionProposed)
	})
	if err != nil {
		return fmt.Errorf("propose to end connection %s: %w", id, err)
	}
	return nil
}

// lastWayIn refuses to end what fewer than two administrators could come in without: two are needed to open another.
func lastWayIn(ctx context.Context, tx tenantdb.Tx, id ID) error {
	n, err := countWaysIn(ctx, tx, id)
	if err == nil && n < 2 {
		return fault.Refused("connections.change.last")
	}
	return err
}

// Approve lets a change take effect: where people come in already after the tenant's delay, otherwise at once.
func (s *Service) Approve(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionApprove)
	if err != nil {
		return err
	}
	var approved Change
	err = s.act(ctx, id, by, func(ctx context.Context, tx tenantdb.Tx, connection Connection, change *Change) error {
		settings, err := findSettings(ctx, tx)
		if err != nil {
			return err
		}
		if change.Kind == End {
			if err := lastWayIn(ctx, tx, id); err != nil {
				return err
			}
		}
		now, delay := s.now(), time.Duration(0)
		if connection.Live() {
			delay = settings.Delay(now)
		}
		if err := s.free(ctx, by.Tenant, change.Terms.EmailDomains); err != nil {
			return err
		}
		if err := change.Approve(by.Person, now, delay); err != nil {
			return err
		}
		if err := jobs.Plan(ctx, tx, jobs.Planned{Job: Effect{by.Tenant, change.ChangeID}, At: *change.TakesEffectAt}); err != nil {
			return err
		}
		approved = *change
		return s.tell(ctx, tx, by, *change, journal.ConnectionApproved)
	})
	if err != nil {
		return err
	}
	if approved.Due(s.now()) {
		return s.effect.Take(ctx, Effect{by.Tenant, approved.ChangeID})
	}
	return nil
}

// Withdraw lets a change be, until it takes effect.
func (s *Service) Withdraw(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ConnectionWrite)
	if err != nil {
		return err
	}
	var live signin.SecretID
	err = s.act(ctx, id, by, func(ctx context.Context, tx tenantdb.Tx, connection Connection, change *Change) error {
		was := change.State()
		if err := change.Withdraw(by.Person, s.now()); err != nil {
			return err
		}
		if err := deleteTrials(ctx, tx, change.ChangeID); err != nil {
			return err
		}
		live = connection.Terms.SecretID
		if was != Proposed && was != Approved {
			return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionWithdrawn, Reason: change.Kind})
		}
		return s.tell(ctx, tx, by, *change, journal.ConnectionWithdrawn)
	})
	if err != nil {
		return err
	}
	return s.effect.forgetSecrets(ctx, by.Tenant, id, live)
}

// act does something with the open change of a connection, which others cannot change meanwhile.
func (s *Service) act(ctx context.Context, id ID, by access.Principal, do func(ctx context.Context, tx tenantdb.Tx, connection Connection, change *Change) error) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		connection, err := findConnection(ctx, tx, id)
		if err != nil {
			return err
		}
		change, err := lockOpen(ctx, tx, id)
		if err != nil {
			return err
		}
		if change == nil {
			return fault.Refused("connections.change.over")
		}
		if err := do(ctx, tx, connection, change); err != nil {
			return err
		}
		return updateChange(ctx, tx, by.Tenant, *change)
	})
	if err != nil {
		return fmt.Errorf("act on connection %s: %w", id, err)
	}
	return nil
}

// tell leaves the entry, and has all administrators of the tenant told, whoever did it included: a stolen session is noticed
// by its owner.
func (s *Service) tell(ctx context.Context, tx tenantdb.Tx, by access.Principal, change Change, action journal.Action) error {
	if err := s.notify(ctx, tx, by.Tenant, change.ChangeID.String()+" "+string(action)); err != nil {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: action, Reason: change.Kind})
}

func (s *Service) notify(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, about string) error {
	if !s.told {
		return nil
	}
	administrators, err := listAdministrators(ctx, tx)
	if err != nil {
		return err
	}
	var notices []jobs.Planned
	for _, administrator := range administrators {
		notices = append(notices, jobs.Planned{Job: Notice{tenant, administrator.MemberID, about}})
	}
	return jobs.Plan(ctx, tx, notices...)
}

// SetDelay chooses how long approved changes wait, in hours.
func (s *Service) SetDelay(ctx context.Context, hours, seen int) error {
	by, err := access.Require(ctx, access.ConnectionApprove)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		settings, err := findSettings(ctx, tx)
		if err != nil {
			return err
		}
		if settings.Version != seen {
			return fault.Conflict("connections.delay.conflict")
		}
		now := s.now()
		if err := settings.Choose(hours, now); err != nil {
			return err
		}
		if err := upsertSettings(ctx, tx, by, settings, now); err != nil {
			return err
		}
		if err := s.notify(ctx, tx, by.Tenant, fmt.Sprintf("delay %d", settings.Version)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionDelaySet})
	})
	if err != nil && !errors.Is(err, fault.Conflict("")) {
		return fmt.Errorf("set the delay: %w", err)
	}
	return err
}

// checksEvery and mostChecks bound how often providers are looked at for one tenant.
const (
	checksEvery = time.Minute
	mostChecks  = 30
)

// limiter counts what was done lately, tenant by tenant.
type limiter struct {
	mu   sync.Mutex
	seen map[tenantdb.TenantID][]time.Time
}

func (l *limiter) admit(tenant tenantdb.TenantID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	recent := slices.DeleteFunc(l.seen[tenant], func(at time.Time) bool { return now.Sub(at) >= checksEvery })
	if len(recent) >= mostChecks {
		l.seen[tenant] = recent
		return false
	}
	l.seen[tenant] = append(recent, now)
	return true
}

// Now is the time by which delays run.
func (s *Service) Now() time.Time { return s.now() }
