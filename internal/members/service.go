package members

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
)

// Service is what can be done about who works here.
type Service struct {
	db   *tenantdb.DB
	door *signin.Service
	now  func() time.Time
	// posts says that e-mails are sent; without them whoever invites hands the code over.
	posts bool
}

// New makes the service; now is the clock, and posts says that e-mails are sent.
func New(db *tenantdb.DB, door *signin.Service, now func() time.Time, posts bool) *Service {
	return &Service{db, door, now, posts}
}

// Directory is everybody who works here, or wants to.
type Directory struct {
	People       []Person
	Invitations  []Invitation
	Applications []Application
	Proposals    []Proposal
	Places       []Place
	Connections  []signin.Connection
	At           time.Time
	// Posts says that e-mails are sent.
	Posts bool
	// Near are limits of the tenant that it has nearly reached.
	Near []usage.Warning
}

// Filter narrows the people of a directory.
type Filter struct {
	State  State
	Role   access.Role
	Office tenantdb.OfficeID
}

// Narrows says that the filter leaves somebody out.
func (f Filter) Narrows() bool { return f != Filter{} }

func (f Filter) takes(p Person, now time.Time) bool {
	return (f.State == "" || f.State == p.StateAt(now)) && (f.Role == "" || f.Role == p.Role) && (f.Office.Zero() || f.Office == p.OfficeID)
}

// Staff are the people of the NGO, and Guests those of offices.
func (d Directory) Staff() []Person { return d.side(false) }

// Guests are the people of offices.
func (d Directory) Guests() []Person { return d.side(true) }

func (d Directory) side(atOffice bool) (people []Person) {
	for _, person := range d.People {
		if person.AtOffice() == atOffice {
			people = append(people, person)
		}
	}
	return people
}

// List shows everybody, narrowed by a filter.
func (s *Service) List(ctx context.Context, filter Filter) (Directory, error) {
	by, err := access.Require(ctx, access.MemberList)
	if err != nil {
		return Directory{}, err
	}
	directory := Directory{At: s.now(), Posts: s.posts}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		people, err := listPeople(ctx, tx)
		if err != nil {
			return err
		}
		for _, person := range people {
			if filter.takes(person, directory.At) {
				directory.People = append(directory.People, person)
			}
		}
		if directory.Invitations, err = listInvitations(ctx, tx, tenantdb.OfficeID{}); err != nil {
			return err
		}
		if directory.Applications, err = listApplications(ctx, tx); err != nil {
			return err
		}
		if directory.Proposals, err = listProposals(ctx, tx); err != nil {
			return err
		}
		if directory.Places, err = listPlaces(ctx, tx); err != nil {
			return err
		}
		directory.Near, err = usage.Near(ctx, tx, directory.At)
		return err
	})
	if err != nil {
		return Directory{}, err
	}
	directory.Connections, err = s.connections(ctx, by.Tenant)
	return directory, err
}

// connections are those through which people of the tenant or of its offices can come.
func (s *Service) connections(ctx context.Context, tenant tenantdb.TenantID) (fit []signin.Connection, err error) {
	all, err := s.door.Connections(ctx)
	for _, connection := range all {
		if connection.TenantID == tenant || connection.TenantID.Zero() && connection.Kind == signin.KindOffice {
			fit = append(fit, connection)
		}
	}
	return fit, err
}

// Sheet is what is known of one person.
type Sheet struct {
	Person
	// Same are other memberships of the same human being.
	Same []Person
	Acts []Act
	// Professions are those whose secret binds the person.
	Professions []Profession
	// Own says that it is whoever looks.
	Own bool
	At  time.Time
}

// Roles are those that the person does not have yet.
func (s Sheet) Roles() (free []access.Role) {
	all := StaffRoles
	if s.AtOffice() {
		all = OfficeRoles
	}
	for _, role := range all {
		taken := role == s.Role
		for _, other := range s.Same {
			taken = taken || !s.AtOffice() && other.Role == role && !other.GoneAt(s.At)
		}
		if !taken {
			free = append(free, role)
		}
	}
	return free
}

// Find shows one person.
func (s *Service) Find(ctx context.Context, id tenantdb.PersonID) (Sheet, error) {
	by, err := access.Require(ctx, access.MemberList)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{At: s.now()}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if sheet.Person, err = findPerson(ctx, tx, id); err != nil {
			return err
		}
		self, err := findPerson(ctx, tx, by.Person)
		if err != nil {
			return err
		}
		sheet.Own = self.same(sheet.Person)
		if sheet.Same, err = listSame(ctx, tx, sheet.Person); err != nil {
			return err
		}
		if sheet.Professions, err = listProfessions(ctx, tx, id); err != nil {
			return err
		}
		sheet.Acts, err = listActs(ctx, tx, id, ids.ID[Act]{})
		return err
	})
	return sheet, err
}

// record writes down what was done: for whoever reads who did what to whom, and in the journal.
func (s *Service) record(ctx context.Context, tx tenantdb.Tx, by access.Principal, a about) error {
	if err := insertAct(ctx, tx, by, a, s.now()); err != nil {
		return err
	}
	return journal.Record(ctx, tx, a.entry())
}

func aboutPerson(deed Deed, p Person) about {
	return about{deed: deed, id: p.PersonID.UUID(), name: p.Name, role: p.Role, office: p.OfficeID}
}

// inAdministration is the context in which somebody does by the scope of administration what her or his own does not reach.
func inAdministration(ctx context.Context, by access.Principal) context.Context {
	by.Office, by.OfficeName, by.OfficeKind = tenantdb.OfficeID{}, "", ""
	return tenantdb.WithScope(access.WithPrincipal(ctx, by), tenantdb.Administration(by.Tenant, by.Person))
}
