package dossiers

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with dossiers.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
	line *line
	owed []Owed
}

// New makes the service; now is the clock, and owed are those who know what keeps a dossier from being closed.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, owed ...Owed) *Service {
	return &Service{db, ring, now, newLine(), owed}
}

// List gives a page of dossiers in one round trip.
func (s *Service) List(ctx context.Context, filter Filter) (Page, error) {
	if _, err := access.Require(ctx, access.DossierList); err != nil {
		return Page{}, err
	}
	if filter.Sort != ByCodeName {
		filter.Sort = Recent
	}
	var rows []counted
	var staff []members.Member
	if err := s.db.Read(ctx, askRows(filter, &rows), members.Recent(&staff)); err != nil {
		return Page{}, fmt.Errorf("list dossiers: %w", err)
	}
	page := pageOf(filter, rows)
	page.Staff = staff
	return page, nil
}

// Find opens a dossier, with whatever else its page shows, in one round trip.
func (s *Service) Find(ctx context.Context, id ID, alongside ...tenantdb.Question) (File, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return File{}, err
	}
	var sealed sealedFile
	if err := s.db.Read(ctx, append(append(sealed.ask(id), journal.Seen(ctx, TimelineID(id))), alongside...)...); err != nil {
		return File{}, fmt.Errorf("find dossier %s: %w", id, err)
	}
	file, err := sealed.open(ctx, s.keys)
	if err != nil {
		return File{}, fmt.Errorf("open dossier %s: %w", id, err)
	}
	return file, nil
}

// ListMembers gives the staff, of whom one is responsible for a dossier.
func (s *Service) ListMembers(ctx context.Context) ([]members.Member, error) {
	if _, err := access.Require(ctx, access.DossierUpdate); err != nil {
		return nil, err
	}
	var staff []members.Member
	if err := s.db.Read(ctx, members.All(&staff)); err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return staff, nil
}

// Open begins an accompaniment. The form brings the identifier along, so that sending it twice opens one dossier.
func (s *Service) Open(ctx context.Context, id ID, p Particulars) error {
	principal, err := access.Require(ctx, access.DossierCreate)
	if err != nil {
		return err
	}
	return s.open(ctx, principal, id, p, nil, s.now(), timeline.DossierOpened)
}

// TakeOver opens a dossier for an accompaniment that began elsewhere, on paper or in another system, with what is known of
// the situation; nil is that nobody knows since when.
func (s *Service) TakeOver(ctx context.Context, id ID, p Particulars, situation Situation, since *time.Time) error {
	principal, err := access.Require(ctx, access.DossierCreate)
	if err != nil {
		return err
	}
	opened := s.now()
	if since != nil && since.Before(opened) {
		opened = *since
	}
	return s.open(ctx, principal, id, p, situation, opened, timeline.DossierTakenOver)
}

func (s *Service) open(ctx context.Context, principal access.Principal, id ID, p Particulars, situation Situation, opened time.Time, as timeline.Kind) error {
	now := s.now()
	if err := p.Check(forms.Today(now)).Err(); err != nil {
		return err
	}
	// The keys first: a keyset without a dossier does no harm.
	if err := s.keys.Create(ctx, HolderOf(id)); err != nil {
		return fmt.Errorf("open dossier %s: %w", id, err)
	}
	box, err := s.keys.Box(ctx, HolderOf(id))
	if err != nil {
		return fmt.Errorf("open dossier %s: %w", id, err)
	}
	return s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := s.checkResponsible(ctx, tx, p.ResponsibleID, tenantdb.PersonID{}); err != nil {
			return err
		}
		dossier := Dossier{DossierID: id, Phase: FirstContact, OpenedAt: opened, Version: 1, SituationVersion: 1}.with(p, now)
		begun := p.Phase != "" && p.Phase != FirstContact
		if begun {
			dossier.Phase, dossier.PhaseSet = p.Phase, true
		}
		fresh, err := insertDossier(ctx, tx, principal.Tenant, box, dossier, p.Beneficiary.estimatedOn(forms.Today(now), Beneficiary{}).complete())
		if err != nil || !fresh {
			return err
		}
		if err := replaceTexts(ctx, tx, principal.Tenant, box, id, nil, situation, now); err != nil {
			return err
		}
		if begun {
			if err := setPhase(ctx, tx, box, principal, Setting{SettingID: ids.New[Setting](), DossierID: id, Phase: p.Phase, Words: keys.Of(""), SetAt: now}); err != nil {
				return err
			}
		}
		if err := Report(ctx, tx, box, id, Source, p.Beneficiary.Facts(), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, principal, timeline.Event{Kind: as, Dossier: TimelineID(id)})
	})
}

// Edit changes the particulars that somebody saw in a version. When they changed meanwhile it is a fault.Conflict,
// and the file is what they are now; when somebody else wrote just the same, or the form was sent twice, it is done.
func (s *Service) Edit(ctx context.Context, id ID, version int, p Particulars) (File, error) {
	principal, err := access.Require(ctx, access.DossierUpdate)
	if err != nil {
		return File{}, err
	}
	now := s.now()
	if err := p.Check(forms.Today(now)).Err(); err != nil {
		return File{}, err
	}
	var current File
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, err := lockDossier(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := dossier.takesContacts(); err != nil {
			return err
		}
		if current, err = loadFile(ctx, tx, s.keys, id); err != nil {
			return err
		}
		p.Phase = current.Phase
		p.Beneficiary = p.Beneficiary.estimatedOn(forms.Today(now), current.Beneficiary).complete()
		if reflect.DeepEqual(p, current.Particulars()) {
			return nil
		}
		if dossier.Version != version {
			return tenantdb.AndCommit(fault.Conflict("dossiers.conflict.changed_meanwhile"))
		}
		if err := s.checkResponsible(ctx, tx, p.ResponsibleID, dossier.ResponsibleID); err != nil {
			return tenantdb.AndCommit(err)
		}
		if p.ResponsibleID != dossier.ResponsibleID {
			// Whoever becomes responsible is named for good, and an emergency lasts three hours.
			if unnamed, err := unnamed(ctx, tx, id, principal.Person); err != nil || unnamed {
				return tenantdb.AndCommit(cmp.Or(err, fault.Invalid("responsible", "dossiers.restricted.emergency")))
			}
		}
		changed := dossier.with(p, now)
		changed.Version++
		if err := updateDossier(ctx, tx, changed); err != nil {
			return err
		}
		if err := updateBeneficiary(ctx, tx, current.box, id, p.Beneficiary); err != nil {
			return err
		}
		if err := Report(ctx, tx, current.box, id, Source, p.Beneficiary.Facts(), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, principal, timeline.Event{Kind: timeline.DossierChanged, Dossier: TimelineID(id)})
	})
	return current, err
}

// Describe changes the texts of the situation that somebody saw in a version; the rest is as in Edit.
func (s *Service) Describe(ctx context.Context, id ID, version int, situation Situation) (File, error) {
	principal, err := access.Require(ctx, access.DossierUpdate)
	if err != nil {
		return File{}, err
	}
	now := s.now()
	var current File
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, err := lockDossier(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := dossier.takesContacts(); err != nil {
			return err
		}
		if current, err = loadFile(ctx, tx, s.keys, id); err != nil {
			return err
		}
		if situation.same(current.Situation) {
			return nil
		}
		if dossier.SituationVersion != version {
			return tenantdb.AndCommit(fault.Conflict("dossiers.conflict.changed_meanwhile"))
		}
		if err := replaceTexts(ctx, tx, principal.Tenant, current.box, id, current.Situation, situation, now); err != nil {
			return err
		}
		dossier.UpdatedAt, dossier.SituationVersion = now, dossier.SituationVersion+1
		if err := updateDossier(ctx, tx, dossier); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, principal, timeline.Event{Kind: timeline.SituationChanged, Dossier: TimelineID(id)})
	})
	return current, err
}

// write is a transaction in which a code name may turn out to be somebody else's.
func (s *Service) write(ctx context.Context, change func(context.Context, tenantdb.Tx) error) error {
	return Unique(s.db.Write(ctx, change))
}

func (s *Service) checkResponsible(ctx context.Context, tx tenantdb.Tx, chosen, before tenantdb.PersonID) error {
	staff, err := members.List(ctx, tx)
	if err != nil {
		return err
	}
	return mayBecomeResponsible(staff, chosen, before)
}

// with is the dossier with its own part of the particulars.
func (d Dossier) with(p Particulars, at time.Time) Dossier {
	d.CodeName, d.ResponsibleID, d.ReachedThrough, d.UpdatedAt = p.CodeName, p.ResponsibleID, p.ReachedThrough, at
	return d
}

// Load gives a file within a transaction of another capability, which sees to it that the caller may read it. The
// dossier stays as it is until that transaction ends; a closed one is refused, since nothing leaves it any more.
func Load(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (File, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return File{}, err
	}
	dossier, err := lockDossier(ctx, tx, id)
	if err != nil {
		return File{}, err
	}
	if err := dossier.takesChanges(); err != nil {
		return File{}, err
	}
	return loadFile(ctx, tx, ring, id)
}
