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

// BodyList is all bodies, and the day that it is.
type BodyList struct {
	Bodies Bodies
	Today  time.Time
}

// ListBodies gives the organisations, regions and authorities.
func (s *Service) ListBodies(ctx context.Context) (BodyList, error) {
	if _, err := access.Require(ctx, access.OfficeList); err != nil {
		return BodyList{}, err
	}
	list := BodyList{Today: forms.Today(s.now())}
	if err := s.db.Read(ctx, listedBodies(&list.Bodies)); err != nil {
		return BodyList{}, fmt.Errorf("list bodies: %w", err)
	}
	return list, nil
}

// AddBody adds an organisation, a region or an authority. The same form sent twice adds one.
func (s *Service) AddBody(ctx context.Context, id BodyID, p BodyParticulars) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		known, err := lockBodies(ctx, tx)
		if err != nil {
			return err
		}
		return s.addBody(ctx, tx, by, known, id, p)
	})
}

func (s *Service) addBody(ctx context.Context, tx tenantdb.Tx, by access.Principal, known Bodies, id BodyID, p BodyParticulars) error {
	if err := p.Check(id, known); err != nil {
		return err
	}
	fresh, err := insertBody(ctx, tx, by, Body{id, p.Kind, p.Name, p.Website, p.AuthorityID, p.Validity, 1}, s.now())
	if err != nil || !fresh {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.BodyAdded, Reason: string(p.Kind)})
}

// ChangeBody writes a body anew that somebody saw in a version. When it was changed meanwhile it is a fault.Conflict.
func (s *Service) ChangeBody(ctx context.Context, id BodyID, version int, p BodyParticulars) (Body, error) {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return Body{}, err
	}
	var body Body
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		known, err := lockBodies(ctx, tx)
		if err != nil {
			return err
		}
		if body = known.Among(id); body.BodyID.Zero() {
			return fault.NotFound()
		}
		p.Kind = body.Kind
		if err := p.Check(id, known); err != nil {
			return err
		}
		if body.Particulars().same(p) {
			return nil
		}
		if body.Version != version {
			return fault.Conflict("offices.conflict")
		}
		if err := updateBody(ctx, tx, by, Body{id, p.Kind, p.Name, p.Website, p.AuthorityID, p.Validity, version + 1}, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.BodyChanged, Reason: string(p.Kind)})
	})
	return body, err
}

// RemoveBody takes a body out that was entered by mistake and that nothing names.
func (s *Service) RemoveBody(ctx context.Context, id BodyID) error {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		known, err := lockBodies(ctx, tx)
		if err != nil {
			return err
		}
		if err := deleteBody(ctx, tx, id); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.BodyRemoved, Reason: string(known.Among(id).Kind)})
	})
}

// FindAgreement gives an agreement, with the office's entry.
func (s *Service) FindAgreement(ctx context.Context, id AgreementID) (Agreement, Entry, error) {
	if _, err := access.Require(ctx, access.OfficeShow); err != nil {
		return Agreement{}, Entry{}, err
	}
	var found []Agreement
	if err := s.db.Read(ctx, agreementOf(id, &found)); err != nil {
		return Agreement{}, Entry{}, fmt.Errorf("find agreement %s: %w", id, err)
	}
	if len(found) == 0 {
		return Agreement{}, Entry{}, fault.NotFound()
	}
	sheet, err := s.Find(ctx, found[0].OfficeID)
	return found[0], sheet.Entry, err
}

// Agree writes down an agreement with an office. The same form sent twice does it once.
func (s *Service) Agree(ctx context.Context, office ID, id AgreementID, terms Terms) error {
	by, err := access.Require(ctx, access.AgreementManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, office)
		if err != nil {
			return err
		}
		if err := terms.Check(); err != nil {
			return err
		}
		fresh, err := insertAgreement(ctx, tx, by, Agreement{id, office, terms, 1}, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			there, err := findAgreement(ctx, tx.Select(), id)
			if err == nil && there.OfficeID != office {
				return fault.NotFound()
			}
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AgreementAdded, Reason: string(entry.Kind)})
	})
}

// ChangeAgreement writes an agreement anew that somebody saw in a version. When it was changed meanwhile it is a fault.Conflict.
func (s *Service) ChangeAgreement(ctx context.Context, id AgreementID, version int, terms Terms) (Agreement, error) {
	by, err := access.Require(ctx, access.AgreementManage)
	if err != nil {
		return Agreement{}, err
	}
	var agreement Agreement
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if agreement, err = findAgreement(ctx, tx.Select().For("no key update"), id); err != nil {
			return err
		}
		entry, err := lockEntry(ctx, tx, agreement.OfficeID)
		if err != nil {
			return err
		}
		if err := terms.Check(); err != nil {
			return err
		}
		if agreement.Terms.same(terms) {
			return nil
		}
		if agreement.Version != version {
			return fault.Conflict("offices.conflict")
		}
		agreement.Terms, agreement.Version = terms, version+1
		if err := updateAgreement(ctx, tx, by, agreement, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AgreementChanged, Reason: string(entry.Kind)})
	})
	return agreement, err
}

// RemoveAgreement takes an agreement out that was entered by mistake, and gives the office that it was with.
func (s *Service) RemoveAgreement(ctx context.Context, id AgreementID) (ID, error) {
	if _, err := access.Require(ctx, access.AgreementManage); err != nil {
		return ID{}, err
	}
	var agreement Agreement
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if agreement, err = findAgreement(ctx, tx.Select(), id); err != nil {
			return err
		}
		if err := deleteAgreement(ctx, tx, id); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AgreementRemoved})
	})
	return agreement.OfficeID, err
}

// newID is the identifier of what an import adds.
func newID() ID { return ids.New[tenantdb.Office]() }
