package transfers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Removed is what is left of a tenant.
type Removed struct {
	// Note is the certificate, signed, and Key what verifies it: with a tenant that was deleted before, none.
	Note, Key string
	Rows      int
}

// Remove deletes everything of a tenant whose waiting period is over, and destroys its keys first. keep is given the certificate
// before anything is done that cannot be taken back. Where it was interrupted it is run again: the keys are gone then, and what is
// left of the rows goes.
func (t *Transfers) Remove(ctx context.Context, slug string, keep func(note string) error) (done Removed, err error) {
	tenant, err := t.find(ctx, slug)
	if err != nil {
		return Removed{}, err
	}
	if err := tenant.removable(t.now()); err != nil {
		return Removed{}, err
	}
	before, err := t.ring.RemovalOf(ctx, tenant.TenantID)
	again := err == nil
	if err != nil && !errors.Is(err, fault.NotFound()) {
		return Removed{}, err
	}
	// An entry that somebody hashes while it goes would leave its leaf behind.
	err = journal.Still(ctx, t.db, func(ctx context.Context) error {
		return t.db.Write(t.in(ctx, tenant.TenantID), func(ctx context.Context, tx tenantdb.Tx) error {
			counts, err := t.deleteAll(ctx, tx, tenant.TenantID)
			if err != nil {
				return err
			}
			for _, one := range counts {
				done.Rows += one.rows
			}
			if again {
				done.Note = before.Note
				if err := keep(done.Note); err != nil {
					return err
				}
			} else if err := t.certify(ctx, tenant, counts, keep, &done); err != nil {
				return err
			}
			return journal.RecordRunning(ctx, tx, tenant.TenantID, journal.TenantRemoved, "")
		})
	})
	if err != nil {
		return Removed{}, fmt.Errorf("delete tenant %s: %w", slug, err)
	}
	if err := t.clearFiles(ctx, tenant.TenantID); err != nil {
		return Removed{}, fmt.Errorf("everything of %s is deleted but the files of its documents, which nobody can open any more: %w", slug, err)
	}
	return done, nil
}

// removable says what keeps a tenant from being deleted.
func (l leaving) removable(now time.Time) error {
	switch {
	case l.DueAt == nil:
		return fmt.Errorf("nobody has planned that %s is deleted: passerelle tenant delete %s --reason … does", l.Slug, l.Slug)
	case now.Before(*l.DueAt):
		return fmt.Errorf("%s may be deleted from %s on, and not before: until then it can be taken back", l.Slug, l.DueAt.In(i18n.Zone).Format("02.01.2006 15:04"))
	case l.SuspendedAt == nil:
		return fmt.Errorf("people of %s still come in: passerelle tenant suspend %s keeps them out first", l.Slug, l.Slug)
	}
	return nil
}

type counted struct {
	table string
	rows  int
}

// deleteAll deletes what a tenant has, table by table, and looks whether anything that is left leads to what is gone.
func (t *Transfers) deleteAll(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (counts []counted, err error) {
	tables, err := listTables(ctx, tx)
	if err != nil {
		return nil, err
	}
	tables, step := removing(tables), t.begin("Deleting tables", len(tables))
	for _, table := range tables {
		n, err := deleteRows(ctx, tx, tenant, table)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts = append(counts, counted{table, n})
		}
		step(1)
	}
	if n, err := deleteJobs(ctx, tx, tenant); err != nil {
		return nil, err
	} else if n > 0 {
		counts = append(counts, counted{"planned", n})
	}
	broken, err := listBroken(ctx, tx, tenant)
	if err != nil {
		return nil, err
	}
	if len(broken) > 0 {
		return nil, fmt.Errorf("something else leads to it, and nothing was deleted: %s", strings.Join(broken, ", "))
	}
	return counts, nil
}

// removing is the order in which tables are emptied: accounts while it can be seen who knows them; what belongs to connections before
// those; that it was planned, after the journal, which asks for it.
func removing(tables []string) []string {
	rank := func(table string) int {
		return map[string]int{"identities": -3, "sessions": -2, "connection_secrets": -1, "signin_attempts": -1, "logout_tokens": -1, "connections": 1, "tenant_removals": 2, "tenants": 3}[table]
	}
	tables = slices.Clone(tables)
	slices.SortStableFunc(tables, func(a, b string) int { return rank(a) - rank(b) })
	return tables
}

// certify signs what was deleted, gives it to keep, and destroys the keys, the one that signed last.
func (t *Transfers) certify(ctx context.Context, tenant leaving, counts []counted, keep func(string) error, done *Removed) error {
	keysets, err := t.ring.CountAll(ctx, tenant.TenantID)
	if err != nil {
		return err
	}
	now := t.now()
	complete := forms.Today(now).AddDate(0, 0, t.kept+1)
	var text strings.Builder
	fmt.Fprintf(&text, "passerelle/removal/%s\n%s (%s)\ndeleted %s\n", tenant.TenantID, tenant.Name, tenant.Slug, now.UTC().Format(time.RFC3339))
	fmt.Fprintf(&text, "keysets destroyed %d\nno backup of the keys knows them from %s on\nrows deleted %d\n", keysets, complete.Format(time.DateOnly), done.Rows)
	for _, one := range counts {
		fmt.Fprintf(&text, "  %s %d\n", one.table, one.rows)
	}
	signed, err := journal.Sign(ctx, t.ring, tenant.TenantID, text.String())
	if err != nil {
		return err
	}
	done.Note, done.Key = signed.Note, signed.Key
	if err := keep(signed.Note); err != nil {
		return err
	}
	return t.ring.Remove(ctx, tenant.TenantID, keys.Removal{Slug: tenant.Slug, CompleteOn: complete, Note: signed.Note})
}
