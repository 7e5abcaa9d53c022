package offices

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Service is what can be done with the directory.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Directory is the offices of a tenant, and where they stand.
type Directory struct {
	Entries []Entry
	Bodies  Bodies
	Today   time.Time

	stays map[ID][]Stay
}

// Standing is where an office stands today.
func (d Directory) Standing(e Entry) Standing {
	return e.StandingOn(d.Today, d.stays[e.OfficeID], d.Bodies)
}

// Fresh says whether one may still count on what was said of an office's capacity.
func (d Directory) Fresh(e Entry) bool { return e.Capacity.Fresh(d.Today) }

// Filter is which offices somebody looks for.
type Filter struct {
	Kind     access.OfficeKind
	Language string
	Region   BodyID
	// Words stand in the name, the place or what is offered.
	Words string
	// Closed shows closed ones, and no others.
	Closed bool
}

// Shown are the entries that a filter leaves, by kind and name.
func (d Directory) Shown(f Filter) []Entry {
	words := strings.ToLower(f.Words)
	shown := slices.DeleteFunc(slices.Clone(d.Entries), func(e Entry) bool {
		text := strings.ToLower(strings.Join(append([]string{e.Name, e.Place}, e.Services...), "\n"))
		return e.Closed() != f.Closed || f.Kind != "" && e.Kind != f.Kind || f.Language != "" && !slices.Contains(e.Languages, f.Language) ||
			!f.Region.Zero() && d.Standing(e).Region.BodyID != f.Region || !strings.Contains(text, words)
	})
	slices.SortStableFunc(shown, byKindAndName)
	return shown
}

// List gives the directory.
func (s *Service) List(ctx context.Context) (Directory, error) {
	if _, err := access.Require(ctx, access.OfficeList); err != nil {
		return Directory{}, err
	}
	return s.directory(ctx)
}

func (s *Service) directory(ctx context.Context) (Directory, error) {
	found := Directory{Today: forms.Today(s.now())}
	var stays []Stay
	if err := s.db.Read(ctx, Listed(&found.Entries), listedBodies(&found.Bodies), listedStays(&stays)); err != nil {
		return Directory{}, fmt.Errorf("list offices: %w", err)
	}
	found.stays = byOffice(stays)
	return found, nil
}

func byOffice(stays []Stay) map[ID][]Stay {
	of := map[ID][]Stay{}
	for _, stay := range stays {
		of[stay.OfficeID] = append(of[stay.OfficeID], stay)
	}
	return of
}

// Sheet is an office with all that hangs on it.
type Sheet struct {
	Entry      Entry
	Bodies     Bodies
	Stays      []Stay
	Agreements []Agreement
	// Offices are those of the tenant, to name what came after and what was before.
	Offices []Office
	Today   time.Time
}

// Predecessors are the offices that this one came after.
func (s Sheet) Predecessors() []Office {
	return slices.DeleteFunc(slices.Clone(s.Offices), func(o Office) bool { return o.SuccessorID != s.Entry.OfficeID })
}

// Find gives an office.
func (s *Service) Find(ctx context.Context, id ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.OfficeShow); err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Today: forms.Today(s.now())}
	var found []Entry
	if err := s.db.Read(ctx, ofID(id, &found), listedBodies(&sheet.Bodies), staysOf(id, &sheet.Stays), agreementsOf(id, &sheet.Agreements), Recent(&sheet.Offices)); err != nil {
		return Sheet{}, fmt.Errorf("find office %s: %w", id, err)
	}
	if len(found) == 0 {
		return Sheet{}, fault.NotFound()
	}
	sheet.Entry = found[0]
	return sheet, nil
}

// Add puts an office into the directory. The same form sent twice adds one.
func (s *Service) Add(ctx context.Context, id ID, p Particulars) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	defer s.db.Forget(all)
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return s.add(ctx, tx, by, id, p) })
}

func (s *Service) add(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, p Particulars) error {
	p.Hours = sorted(p.Hours)
	if err := p.Check(forms.Today(s.now())); err != nil {
		return err
	}
	fresh, err := insertEntry(ctx, tx, by, entryOf(Entry{Office: Office{OfficeID: id, Kind: p.Kind}, Version: 1}, p), s.now())
	if err != nil || !fresh {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.OfficeAdded, Reason: string(p.Kind)})
}

// entryOf is an entry with other particulars; its kind stays.
func entryOf(e Entry, p Particulars) Entry {
	e.Name, e.Place, e.OrganisationID, e.AuthorityID, e.ValidFrom = p.Name, p.Place, p.OrganisationID, p.AuthorityID, p.ValidFrom
	e.Services, e.Languages, e.Hours, e.Capacity, e.Reach = p.Services, p.Languages, p.Hours, p.Capacity, p.Reach
	return e
}

// Change writes an entry anew that somebody saw in a version. When it was changed meanwhile it is a fault.Conflict, and the entry is
// what it is now; when the same was written, it is done.
func (s *Service) Change(ctx context.Context, id ID, version int, p Particulars) (Entry, error) {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	defer s.db.Forget(all)
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		entry, err = s.change(ctx, tx, by, id, version, p)
		return err
	})
	return entry, err
}

func (s *Service) change(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, version int, p Particulars) (Entry, error) {
	entry, err := lockEntry(ctx, tx, id)
	if err != nil {
		return Entry{}, err
	}
	p.Kind, p.Hours = entry.Kind, sorted(p.Hours)
	if err := p.Check(forms.Today(s.now())); err != nil {
		return entry, err
	}
	if entry.Particulars().same(p) {
		return entry, nil
	}
	if entry.Version != version {
		return entry, fault.Conflict("offices.conflict")
	}
	entry = entryOf(entry, p)
	entry.Version++
	if err := updateEntry(ctx, tx, by, entry, s.now()); err != nil {
		return entry, err
	}
	return entry, journal.Record(ctx, tx, journal.Entry{Action: journal.OfficeChanged, Reason: string(entry.Kind)})
}

// SayCapacity writes down how much an office can take, as somebody there has just said. Who says it last is right.
func (s *Service) SayCapacity(ctx context.Context, id ID, said Capacity) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := said.Check(forms.Today(s.now())); err != nil {
			return err
		}
		p := entry.Particulars()
		p.Capacity = said
		_, err = s.change(ctx, tx, by, id, entry.Version, p)
		return err
	})
}

// Close closes an office from now on; successor is where one goes instead, or zero.
func (s *Service) Close(ctx context.Context, id, successor ID) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	return s.turn(ctx, by, id, journal.OfficeClosed, func(ctx context.Context, tx tenantdb.Tx, entry *Entry) error {
		if successor.Zero() {
			return entry.Close(s.now(), nil)
		}
		next, err := lockEntry(ctx, tx, successor)
		if err != nil {
			return err
		}
		return entry.Close(s.now(), &next)
	})
}

// Reopen lets a closed office take referrals again.
func (s *Service) Reopen(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	return s.turn(ctx, by, id, journal.OfficeReopened, func(_ context.Context, _ tenantdb.Tx, entry *Entry) error { return entry.Reopen() })
}

func (s *Service) turn(ctx context.Context, by access.Principal, id ID, action journal.Action, rule func(context.Context, tenantdb.Tx, *Entry) error) error {
	defer s.db.Forget(all)
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := rule(ctx, tx, &entry); err != nil {
			return err
		}
		entry.Version++
		if err := updateClosing(ctx, tx, by, entry, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: action, Reason: string(entry.Kind)})
	})
}

// Remove takes an office out that was entered by mistake: nothing was ever sent to it, nobody consented to it, works there, or has an
// agreement with it.
func (s *Service) Remove(ctx context.Context, id ID) error {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return err
	}
	defer s.db.Forget(all)
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := deleteEntry(ctx, tx, id); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.OfficeRemoved, Reason: string(entry.Kind)})
	})
}

// Assign says to which region an office belongs from a day on.
func (s *Service) Assign(ctx context.Context, id ID, region BodyID, from *time.Time) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	var problems fault.Problems
	if region.Zero() {
		problems.Add("region", "offices.region.missing")
	}
	if from == nil {
		problems.Add("region_from", "offices.region_from.missing")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := upsertStay(ctx, tx, by, Stay{id, region, *from}, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.OfficeChanged, Reason: string(entry.Kind)})
	})
}

// Unassign takes back what was said by mistake of the region from a day on.
func (s *Service) Unassign(ctx context.Context, id ID, from time.Time) error {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := deleteStay(ctx, tx, id, from); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.OfficeChanged, Reason: string(entry.Kind)})
	})
}

// newID is the identifier of what an import adds.
func newID() ID { return ids.New[tenantdb.Office]() }
