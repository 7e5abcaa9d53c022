package interpreters

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with the directory and with exclusions.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// holder is what the directory of whoever asks is sealed under.
func holder(ctx context.Context) keys.Holder {
	by, _ := access.From(ctx)
	return keys.Holder{Kind: keys.Directory, ID: by.Tenant.UUID()}
}

// Open opens a directory that was read, and puts it in the order of names. One that nobody ever wrote into has no keys.
func Open(ctx context.Context, ring *keys.Ring, directory []Interpreter) error {
	if len(directory) == 0 {
		return nil
	}
	box, err := ring.Box(ctx, holder(ctx))
	if err != nil {
		return fmt.Errorf("open the directory: %w", err)
	}
	for i := range directory {
		if err := box.Open(&directory[i]); err != nil {
			return fmt.Errorf("open interpreter %s: %w", directory[i].InterpreterID, err)
		}
	}
	slices.SortStableFunc(directory, func(a, b Interpreter) int {
		return strings.Compare(strings.ToLower(a.Particulars.Get().Name), strings.ToLower(b.Particulars.Get().Name))
	})
	return nil
}

// Load gives an interpreter, opened, within a transaction of another capability.
func Load(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (Interpreter, error) {
	found, err := findInterpreter(ctx, tx.Select(), id)
	if err != nil {
		return Interpreter{}, err
	}
	one := []Interpreter{found}
	err = Open(ctx, ring, one)
	return one[0], err
}

// List gives the directory by name.
func (s *Service) List(ctx context.Context) ([]Interpreter, error) {
	if _, err := access.Require(ctx, access.InterpreterList); err != nil {
		return nil, err
	}
	var directory []Interpreter
	if err := s.db.Read(ctx, All(&directory)); err != nil {
		return nil, fmt.Errorf("list interpreters: %w", err)
	}
	return directory, Open(ctx, s.keys, directory)
}

// Find gives one entry.
func (s *Service) Find(ctx context.Context, id ID) (Interpreter, error) {
	if _, err := access.Require(ctx, access.InterpreterList); err != nil {
		return Interpreter{}, err
	}
	one := make([]Interpreter, 1)
	if err := s.db.Read(ctx, ofID(id, &one[0])); err != nil {
		return Interpreter{}, fmt.Errorf("find interpreter %s: %w", id, err)
	}
	err := Open(ctx, s.keys, one)
	return one[0], err
}

// Add puts somebody into the directory. The same form sent twice adds one entry.
func (s *Service) Add(ctx context.Context, id ID, p Particulars) error {
	by, err := access.Require(ctx, access.InterpreterWrite)
	if err != nil {
		return err
	}
	if err := p.Check(); err != nil {
		return err
	}
	// The keys first: a keyset without a row does no harm.
	if err := s.keys.Create(ctx, holder(ctx)); err != nil {
		return fmt.Errorf("add interpreter: %w", err)
	}
	box, err := s.keys.Box(ctx, holder(ctx))
	if err != nil {
		return fmt.Errorf("add interpreter: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return insertInterpreter(ctx, tx, box, by, id, p, s.now())
	})
}

// Change writes an entry anew that somebody saw in a version. When it was changed meanwhile it is a fault.Conflict, and the
// entry is what it is now; when the same was written, it is done.
func (s *Service) Change(ctx context.Context, id ID, version int, p Particulars) (Interpreter, error) {
	if _, err := access.Require(ctx, access.InterpreterWrite); err != nil {
		return Interpreter{}, err
	}
	one := make([]Interpreter, 1)
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if one[0], err = findInterpreter(ctx, tx.Select().For("no key update"), id); err != nil {
			return err
		}
		if err := Open(ctx, s.keys, one); err != nil {
			return err
		}
		if err := p.Check(); err != nil {
			return err
		}
		current := one[0].Particulars.Get()
		current.ActiveUntil = one[0].ActiveUntil
		if reflect.DeepEqual(current, p) {
			return nil
		}
		if one[0].Version != version {
			return fault.Conflict("interpreters.conflict")
		}
		box, err := s.keys.Box(ctx, holder(ctx))
		if err != nil {
			return err
		}
		return updateInterpreter(ctx, tx, box, Interpreter{id, keys.Of(p), p.ActiveUntil, version + 1})
	})
	return one[0], err
}

// Exclude records who must not interpret for a person, or rather should not.
func (s *Service) Exclude(ctx context.Context, dossier dossiers.ID, id ExclusionID, terms Terms) error {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if err := terms.Check(); err != nil {
			return err
		}
		if terms.Against == Named {
			if _, err := findInterpreter(ctx, tx.Select(), terms.InterpreterID); err != nil {
				return err
			}
		}
		fresh, err := insertExclusion(ctx, tx, box, by, Exclusion{ExclusionID: id, DossierID: dossier, Terms: keys.Of(terms.only()), RecordedAt: s.now()})
		if err != nil {
			return err
		}
		if !fresh {
			return ofThis(ctx, tx, id, dossier)
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.ExclusionRecorded, Dossier: dossiers.TimelineID(dossier), Detail: string(terms.Against)})
	})
}

// ofThis keeps an identifier that is taken by another dossier's exclusion from being taken for this one's.
func ofThis(ctx context.Context, tx tenantdb.Tx, id ExclusionID, dossier dossiers.ID) error {
	there, err := findExclusion(ctx, tx, id)
	if err == nil && there.DossierID != dossier {
		return fault.NotFound()
	}
	return err
}

// Lift ends an exclusion, and gives the dossier that it was of. Lifting twice is lifting once.
func (s *Service) Lift(ctx context.Context, id ExclusionID) (dossiers.ID, error) {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return dossiers.ID{}, err
	}
	var exclusion Exclusion
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if exclusion, err = findExclusion(ctx, tx, id); err != nil {
			return err
		}
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, exclusion.DossierID); err != nil {
			return err
		}
		// Read again: now nobody else can be lifting it.
		if exclusion, err = findExclusion(ctx, tx, id); err != nil || exclusion.LiftedAt != nil {
			return err
		}
		exclusion.Lift(s.now())
		if err := updateLifting(ctx, tx, by, exclusion); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.ExclusionLifted, Dossier: dossiers.TimelineID(exclusion.DossierID)})
	})
	return exclusion.DossierID, err
}

// Listed gives the directory, opened, within a transaction of another capability.
func Listed(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring) ([]Interpreter, error) {
	directory, err := listInterpreters(ctx, tx)
	if err != nil {
		return nil, err
	}
	return directory, Open(ctx, ring, directory)
}
