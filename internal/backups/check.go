package backups

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Reach says how an installation is reached that is looked at, each as the role of that name, and what opens its keys.
type Reach struct {
	App, Sequencer, Keys string
	// Counting are addresses as a role that sees every row, of which all tables are counted.
	Counting []string
	Master   keys.Master
	// Checkpoints are those that somebody holds outside of the installation.
	Checkpoints []journal.Held
	Now         func() time.Time
}

// Found is what a restored installation comes to when everything fits.
type Found struct {
	Counts []Count
	// Journals are proven up to the checkpoints that they name.
	Journals []journal.Verdict
	// Opened is how many tenants' keys the master key opens, Dossiers how many dossiers have theirs.
	Opened, Dossiers int
	// Brought is how many dossiers an old backup has brought back that were erased: rows that nobody can read.
	Brought int
	// Destroyed is how many keysets came back, and were destroyed again.
	Destroyed int
}

// Check looks at an installation without writing anything: whether the fences are whole, every journal is as it was signed, the
// master key opens the keys, and every dossier has its own. Its error names all that does not fit.
func Check(ctx context.Context, reach Reach) (found Found, err error) {
	err = within(ctx, reach, func(data, sequencing *tenantdb.DB, ring *keys.Ring, sequencer *journal.Sequencer) error {
		return found.check(ctx, reach, data, ring, sequencer)
	})
	return found, err
}

// within connects as everybody who is needed, each of whom is refused where the fences have a hole.
func within(ctx context.Context, reach Reach, do func(data, sequencing *tenantdb.DB, ring *keys.Ring, sequencer *journal.Sequencer) error) error {
	var pools [3]*tenantdb.DB
	for i, address := range []string{reach.App, reach.Sequencer, reach.Keys} {
		pool, err := tenantdb.Open(ctx, address, tenantdb.Options{MaxConns: 2})
		if err != nil {
			return err
		}
		defer pool.Close()
		pools[i] = pool
	}
	if err := pools[0].Check(ctx); err != nil {
		return err
	}
	ring, err := keys.New(ctx, pools[2], reach.Master)
	if err != nil {
		return err
	}
	sequencer, err := journal.NewSequencer(ctx, pools[1], ring, slog.New(slog.DiscardHandler), reach.Now)
	if err != nil {
		return err
	}
	return do(pools[0], pools[1], ring, sequencer)
}

func (f *Found) check(ctx context.Context, reach Reach, data *tenantdb.DB, ring *keys.Ring, sequencer *journal.Sequencer) error {
	for _, address := range reach.Counting {
		counts, err := countRows(ctx, address)
		if err != nil {
			return err
		}
		f.Counts = append(f.Counts, counts...)
	}
	tenants, err := sequencer.Tenants(ctx)
	if err != nil {
		return err
	}
	elsewhere := map[tenantdb.TenantID][]journal.Held{}
	for _, held := range reach.Checkpoints {
		of, err := journal.HeldBy(held.File)
		if err != nil {
			return fmt.Errorf("the file %s: %w", held.Name, err)
		}
		elsewhere[of] = append(elsewhere[of], held)
	}
	var wrong []error
	for _, tenant := range tenants {
		verdict, err := sequencer.Prove(ctx, tenant, elsewhere[tenant.TenantID])
		if err == nil {
			f.Journals = append(f.Journals, verdict)
		}
		wrong = append(wrong, err, f.fit(ctx, tenant, data, ring))
		delete(elsewhere, tenant.TenantID)
	}
	for _, held := range elsewhere {
		wrong = append(wrong, fmt.Errorf("the checkpoint %s is of a tenant that is not there", held[0].Name))
	}
	return errors.Join(wrong...)
}

// asStaff is the scope of somebody of the staff whom nobody knows.
func asStaff(ctx context.Context, tenant journal.Tenant) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Staff(tenant.TenantID, ids.New[tenantdb.Person]()).Throughout())
}

// fit says whether the keys are those of the dossiers.
func (f *Found) fit(ctx context.Context, tenant journal.Tenant, data *tenantdb.DB, ring *keys.Ring) error {
	ctx = asStaff(ctx, tenant)
	standing, err := ring.Standing(ctx, keys.Dossier)
	if err != nil {
		return err
	}
	dossiers, err := listDossiers(ctx, data)
	if err != nil {
		return err
	}
	missing, opens := 0, false
	for _, dossier := range dossiers {
		switch {
		case standing.Kept[dossier]:
			f.Dossiers++
			if opens {
				continue
			}
			if _, err := ring.Box(ctx, keys.Holder{Kind: keys.Dossier, ID: dossier}); err != nil {
				return fmt.Errorf("the master key does not open the keys of %s: it is not the one with which they were wrapped: %w", tenant.Slug, err)
			}
			opens = true
			f.Opened++
		case standing.Destroyed[dossier]:
			f.Brought++
		default:
			missing++
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d dossiers of %s have no keys, and nobody has erased them: the keys are older than the data. Restore a newer backup of the keys, or the data to an earlier moment", missing, tenant.Slug)
	}
	return nil
}

// EraseAgain destroys what an older backup of the keys has brought back: the keysets of which the journal of the data says that they
// were destroyed. It gives how many there were. Until it has run, nothing may be served with those keys.
func EraseAgain(ctx context.Context, reach Reach) (destroyed int, err error) {
	err = within(ctx, reach, func(_, _ *tenantdb.DB, ring *keys.Ring, sequencer *journal.Sequencer) error {
		tenants, err := sequencer.Tenants(ctx)
		if err != nil {
			return err
		}
		for _, tenant := range tenants {
			dossiers, referrals, err := sequencer.Erased(ctx, tenant)
			if err != nil {
				return err
			}
			for kind, gone := range map[keys.Kind][]uuid.UUID{keys.Dossier: dossiers, keys.Referral: referrals} {
				standing, err := ring.Standing(asStaff(ctx, tenant), kind)
				if err != nil {
					return err
				}
				for _, holder := range gone {
					if !standing.Kept[holder] {
						continue
					}
					if err := ring.Destroy(asStaff(ctx, tenant), keys.Holder{Kind: kind, ID: holder}); err != nil {
						return err
					}
					destroyed++
				}
			}
		}
		return nil
	})
	return destroyed, err
}
