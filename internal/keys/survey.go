package keys

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"passerelle/internal/tenantdb"
)

func surveyTenant(tenant tenantEntry) (map[stage]int, error) {
	outline, err := outlineOf(tenant.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("tenant %s: %w", tenant.TenantID, err)
	}
	return map[stage]int{stageOf(outline.info): 1}, nil
}

func (r *Rotation) surveyHolders(ctx context.Context, tenant tenantEntry, kind Kind) (map[stage]int, error) {
	found := map[stage]int{}
	return found, r.pages(ctx, tenant.TenantID, kind, 0, func(entries []holderEntry) error {
		for _, entry := range entries {
			if outline, err := outlineOf(entry.Wrapped); err == nil {
				found[stageOf(outline.info)]++
			}
		}
		return nil
	})
}

// pages visits the keysets of a kind, some hundreds at a time.
func (r *Rotation) pages(ctx context.Context, tenant tenantdb.TenantID, kind Kind, rested time.Duration, visit func([]holderEntry) error) error {
	for after := uuid.Nil; ; {
		entries, err := listHolders(ctx, r.keys, tenant, kind, after, rested)
		if err != nil || len(entries) == 0 {
			return err
		}
		if err := visit(entries); err != nil {
			return err
		}
		after = entries[len(entries)-1].HolderID
	}
}

// workers is how many holders are worked at together.
const workers = 4

// everyHolder does something for each holder of a kind whose keyset has not been changed for some time.
func (r *Rotation) everyHolder(ctx context.Context, what string, tenants []tenantEntry, kind Kind, rested time.Duration, do func(context.Context, opened, holderEntry) error) error {
	total := 0
	for _, tenant := range tenants {
		n, err := countHolders(ctx, r.keys, tenant.TenantID, kind)
		if err != nil {
			return err
		}
		total += n
	}
	done := r.options.Begin(what, total)
	for _, tenant := range tenants {
		of, err := r.open(ctx, tenant.TenantID)
		if err != nil {
			return err
		}
		if err := r.pages(ctx, tenant.TenantID, kind, rested, func(entries []holderEntry) error {
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(workers)
			for _, entry := range entries {
				group.Go(func() error {
					defer done(1)
					if rested > 0 && !entry.Rested {
						return nil
					}
					return r.note(Holder{kind, entry.HolderID}, do(ctx, of, entry))
				})
			}
			return group.Wait()
		}); err != nil {
			return err
		}
	}
	return nil
}
