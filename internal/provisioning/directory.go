package provisioning

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/connections"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/members"
	"passerelle/internal/pace"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// A directory may ask so often, and a quarter of it at once when it begins; who shows no good token no oftener, from one address.
const askedAMinute = 600

// Directory does what a tenant's directory asks for, which shows a token and is no person. Each act is in the journal, in the name
// of the connection.
type Directory struct {
	db     *tenantdb.DB
	door   *signin.Service
	now    func() time.Time
	told   bool
	allows *pace.Bounds
}

// NewDirectory makes it; told says whether e-mails are sent.
func NewDirectory(db *tenantdb.DB, door *signin.Service, now func() time.Time, told bool) *Directory {
	return &Directory{db, door, now, told, pace.New(askedAMinute, askedAMinute/4, now)}
}

// The ways in which somebody who shows a token is not let in. Whatever is wrong with a token, the answer is the same.
var (
	ErrUnknown  = errors.New("no directory has this token")
	ErrTooOften = errors.New("a directory asks too often")
)

type knownKey struct{}

// Enter finds whose token it is, and binds what exists to what came through that connection. From is the address that sent it.
func (d *Directory) Enter(ctx context.Context, token, from string) (context.Context, error) {
	slug, hash, ok := signin.ReadCode(token)
	if !ok || len(token) > longestToken {
		return ctx, d.stranger(from)
	}
	var known Known
	door := tenantdb.WithScope(ctx, tenantdb.SignIn())
	err := d.db.Read(door, tokenOf(slug, hash, d.now(), &known))
	if errors.Is(err, fault.NotFound()) || err == nil && subtle.ConstantTimeCompare(known.TokenHash, hash) != 1 {
		return ctx, d.stranger(from)
	}
	if err != nil {
		return ctx, fmt.Errorf("find a token: %w", err)
	}
	if !d.allows.Take(known.TokenID.String()) {
		return ctx, ErrTooOften
	}
	if known.UsedAt == nil || d.now().Sub(*known.UsedAt) > time.Minute {
		if err := d.db.Write(door, func(ctx context.Context, tx tenantdb.Tx) error { return touchToken(ctx, tx, known, d.now()) }); err != nil {
			return ctx, err
		}
	}
	by := access.Principal{Role: access.Directory, Tenant: known.TenantID, Person: ids.From[tenantdb.Person](known.ConnectionID.UUID()), Name: known.Name}
	return context.WithValue(access.WithPrincipal(ctx, by), knownKey{}, known), nil
}

const longestToken = 200

func (d *Directory) stranger(from string) error {
	if !d.allows.Take("from " + from) {
		return ErrTooOften
	}
	return ErrUnknown
}

// known is who has entered; without, nothing exists.
func known(ctx context.Context) (Known, access.Principal, error) {
	directory, ok := ctx.Value(knownKey{}).(Known)
	by, _ := access.From(ctx)
	if !ok || by.Role != access.Directory {
		return Known{}, access.Principal{}, ErrUnknown
	}
	return directory, by, nil
}

// People gives those whom the directory has announced, and how many there are.
func (d *Directory) People(ctx context.Context, which Which, window Window) (found []Person, total int64, err error) {
	directory, _, err := known(ctx)
	if err != nil {
		return nil, 0, err
	}
	err = d.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if total, err = countPeople(ctx, tx, directory.ConnectionID, which); err != nil || window.Bounded().Count == 0 {
			return err
		}
		if found, err = listPeople(ctx, tx, directory.ConnectionID, which, window.Bounded()); err != nil {
			return err
		}
		return join(ctx, tx, directory.ConnectionID, found)
	})
	return found, total, err
}

// join adds to people the groups that they are in.
func join(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, people []Person) error {
	var all []PersonID
	for _, person := range people {
		all = append(all, person.PersonID)
	}
	memberships, err := listMemberships(ctx, tx, connection, all, nil)
	for i := range people {
		for _, membership := range memberships {
			if membership.PersonID == people[i].PersonID {
				people[i].Groups = append(people[i].Groups, membership)
			}
		}
	}
	return err
}

// Person gives one.
func (d *Directory) Person(ctx context.Context, id PersonID) (Person, error) {
	directory, _, err := known(ctx)
	if err != nil {
		return Person{}, err
	}
	found := make([]Person, 1)
	err = d.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if found[0], err = findPerson(ctx, tx, id); err != nil {
			return err
		}
		return join(ctx, tx, directory.ConnectionID, found)
	})
	return found[0], err
}

// change does something by which somebody may be shut out, who is unknown here before the answer.
func (d *Directory) change(ctx context.Context, do func(context.Context, tenantdb.Tx) error) error {
	err := d.db.Write(ctx, do)
	d.door.Forget("")
	return err
}

// Announce adds somebody, who waits for whoever administers.
func (d *Directory) Announce(ctx context.Context, words Words) (Person, error) {
	directory, by, err := known(ctx)
	if err != nil {
		return Person{}, err
	}
	if err := words.check(); err != nil {
		return Person{}, err
	}
	now := d.now()
	person := Person{PersonID: ids.New[Person](), Words: words, Subject: directory.SubjectFrom.subject(words), MadeAt: now, ChangedAt: now}
	err = d.change(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		n, err := countPeople(ctx, tx, directory.ConnectionID, Which{})
		if err != nil {
			return err
		}
		if n >= mostPeople {
			return Refusal{Reason: TooMany}
		}
		fresh, err := insertPerson(ctx, tx, directory, person)
		if err != nil {
			return err
		}
		if !fresh {
			return Refusal{Reason: Taken}
		}
		if err := d.follow(ctx, tx, directory, by, person); err != nil {
			return err
		}
		return d.note(ctx, tx, directory, Announced, person.PersonID.UUID())
	})
	return person, err
}

// follow does what follows from what a directory says of somebody now: who is active and has no place waits for one; who is not has
// none any more.
func (d *Directory) follow(ctx context.Context, tx tenantdb.Tx, directory Known, by access.Principal, person Person) error {
	now := d.now()
	switch {
	case person.Subject == "":
		if person.Active {
			return nil
		}
		// Nobody knows who it is, and so nobody is shut out: somebody has to look.
		return d.notify(ctx, tx, directory, person.PersonID.String()+" unknown "+now.Format(time.RFC3339))
	case !person.Active:
		if _, err := members.EndKnownAs(ctx, tx, by, directory.ConnectionID, person.Subject, now); err != nil {
			if errors.Is(err, members.ErrLastAdmins) {
				return Refusal{Reason: LastAdmins}
			}
			return err
		}
		return signin.Unannounce(ctx, tx, directory.ConnectionID, person.Subject)
	}
	here, err := members.WorksHere(ctx, tx, directory.ConnectionID, person.Subject, now)
	if err != nil || here {
		return err
	}
	err = signin.Announce(ctx, tx, directory.TenantID, signin.Identity{
		ConnectionID: directory.ConnectionID, Issuer: directory.Issuer, Subject: person.Subject, Name: person.Name(), Email: person.Email,
	}, now)
	if err != nil {
		return err
	}
	return regroupApplications(ctx, tx, directory.ConnectionID)
}

// Change changes what is said of somebody, as change says.
func (d *Directory) Change(ctx context.Context, id PersonID, change func(*Words) error) (Person, error) {
	directory, by, err := known(ctx)
	if err != nil {
		return Person{}, err
	}
	var person Person
	err = d.change(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		before, err := lockPerson(ctx, tx, id)
		if err != nil {
			return err
		}
		person = before
		if err := change(&person.Words); err != nil {
			return err
		}
		if err := person.Words.check(); err != nil {
			return err
		}
		if subject := directory.SubjectFrom.subject(person.Words); subject != "" {
			person.Subject = subject
		} else if directory.SubjectFrom != ByHand {
			person.Subject = before.Subject
		}
		// Who somebody is to the provider is what a membership ends by.
		if before.Subject != "" && person.Subject != before.Subject {
			return Refusal{Reason: Fixed}
		}
		// Who is gone is gone, however often that is said.
		if same(person, before) {
			if person.Active {
				return nil
			}
			return d.follow(ctx, tx, directory, by, person)
		}
		taken, err := isTaken(ctx, tx, directory.ConnectionID, person)
		if err != nil {
			return err
		}
		if taken {
			return Refusal{Reason: Taken}
		}
		person.ChangedAt = d.now()
		if err := updatePerson(ctx, tx, person); err != nil {
			return err
		}
		if err := d.follow(ctx, tx, directory, by, person); err != nil {
			return err
		}
		return d.note(ctx, tx, directory, deedOf(before, person), id.UUID())
	})
	if err == nil {
		return d.Person(ctx, id)
	}
	return Person{}, err
}

func same(a, b Person) bool { return a.Words == b.Words && a.Subject == b.Subject }

func deedOf(before, now Person) Deed {
	switch {
	case before.Active && !now.Active:
		return Ended
	case !before.Active && now.Active:
		return Returned
	}
	return Changed
}

// Remove forgets somebody, whose memberships end.
func (d *Directory) Remove(ctx context.Context, id PersonID) error {
	directory, by, err := known(ctx)
	if err != nil {
		return err
	}
	return d.change(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		person, err := lockPerson(ctx, tx, id)
		if err != nil {
			return err
		}
		person.Active = false
		if err := d.follow(ctx, tx, directory, by, person); err != nil {
			return err
		}
		if err := deletePerson(ctx, tx, id); err != nil {
			return err
		}
		return d.note(ctx, tx, directory, Removed, id.UUID())
	})
}

// actions are what the journal calls the deeds.
var actions = map[Deed]journal.Action{
	Announced: journal.DirectoryAnnounced, Changed: journal.DirectoryChanged, Ended: journal.DirectoryEnded, Returned: journal.DirectoryReturned,
	Removed: journal.DirectoryRemoved, GroupSaid: journal.DirectoryGroup, Refused: journal.DirectoryRefused,
}

func (d *Directory) note(ctx context.Context, tx tenantdb.Tx, directory Known, deed Deed, about uuid.UUID) error {
	row := actRow{TenantID: directory.TenantID, ConnectionID: directory.ConnectionID, At: d.now(), Deed: deed, AboutID: &about}
	if err := insertAct(ctx, tx, row); err != nil {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: actions[deed]})
}

// Refuse writes down that something was refused, for whoever looks at the directory's page; that it would have shut out one of the last
// two who administer is in the journal as well, and told to all of them.
func (d *Directory) Refuse(ctx context.Context, refusal Refusal) error {
	directory, _, err := known(ctx)
	if err != nil {
		return err
	}
	return d.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		now := d.now()
		if err := insertAct(ctx, tx, actRow{TenantID: directory.TenantID, ConnectionID: directory.ConnectionID, At: now, Deed: Refused, Reason: refusal.Reason}); err != nil {
			return err
		}
		if refusal.Reason != LastAdmins {
			return nil
		}
		if err := d.notify(ctx, tx, directory, "last admins "+now.Format(time.DateOnly)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DirectoryRefused, Reason: string(refusal.Reason)})
	})
}

func (d *Directory) notify(ctx context.Context, tx tenantdb.Tx, directory Known, about string) error {
	if !d.told {
		return nil
	}
	return connections.Notify(ctx, tx, directory.TenantID, directory.ConnectionID.String()+" "+about)
}
