// Package transfers takes a whole tenant out of an installation, brings it into another one, and deletes it: by command, as a role
// of the database that steps over the fences and changes nothing. What goes out is everything of the tenant, opened, and encrypted
// for the one key that the tenant itself has given (decision 48; docs/tenants.md has the format).
package transfers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/files"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Transfers is what can be done with a whole tenant.
type Transfers struct {
	db     *tenantdb.DB
	ring   *keys.Ring
	sealed []keys.Rows
	now    func() time.Time
	// kept is for how many days the operator keeps backups of the keys.
	kept  int
	begin func(what string, total int) (done func(int))
	files files.Store
}

// Options are what a caller has besides.
type Options struct {
	// Sealed says where stores have sealed what.
	Sealed []keys.Rows
	// Now is the clock.
	Now func() time.Time
	// KeysBackupDays is for how many days backups of the keys are kept: until then a deletion is not complete.
	KeysBackupDays int
	// Begin is told that so many things are about to be done, and gives what is told of each; nil tells nobody.
	Begin func(what string, total int) (done func(int))
	// Files is where documents lie; a tenant that has documents does not move without.
	Files files.Store
}

// New refuses a role that could do more than this, or less.
func New(ctx context.Context, db *tenantdb.DB, ring *keys.Ring, options Options) (*Transfers, error) {
	if err := db.CheckTransfer(ctx); err != nil {
		return nil, err
	}
	if options.Begin == nil {
		options.Begin = func(string, int) func(int) { return func(int) {} }
	}
	return &Transfers{db, ring, options.Sealed, options.Now, options.KeysBackupDays, options.Begin, options.Files}, nil
}

// Refusals, in sentences that say what to do.
var (
	// ErrUnknown is told of a name that no tenant has.
	ErrUnknown = errors.New("there is no tenant of that name: passerelle tenant list names them")
	// ErrNoKey is told where nobody could open the archive.
	ErrNoKey = errors.New("the tenant has not said for which key: one who administers it enters it on the page \"Leaving Passerelle\", and another one confirms it")
)

// staying are the tables that do not go along, and why. Everything else of a tenant does, also what comes into the schema later.
var staying = map[string]string{ // #nosec G101 -- names of tables
	"sessions":            "Who is signed in, is signed in here.",
	"signin_attempts":     "The same, on the way.",
	"logout_tokens":       "What a provider told this installation.",
	"signin_refusals":     "Counted here.",
	"uploads":             "A file on its way to a document, sent by somebody's browser to this address.",
	"upload_parts":        "The same, as far as it has come.",
	"download_tickets":    "Leave to take a document here, within a minute.",
	"enclosure_tickets":   "The same, for somebody at an office.",
	"parked_forms":        "What waits for somebody to sign in again here.",
	"passkeys":            "A passkey is made for one address, and of no use at another.",
	"passkey_challenges":  "The same, under way.",
	"passkey_recoveries":  "The same, lost.",
	"admin_codes":         "Handed out by those who run this installation.",
	"provisioning_tokens": "A directory shows them at one address.",
	"connection_trials":   "What a provider answered to this installation, once.",
	"mandates":            "What the tenant lets those do who run this installation.",
	"mandate_acts":        "What they did; the journal, which goes along, has an entry of each.",
	"tenant_limits":       "Agreed with those who run this installation.",
	"usage_reports":       "Taken by it.",
	"announcements":       "Made by them.",
	"tenant_removals":     "That it is deleted here.",
	"handover_keys":       "For the archive that it leaves with.",
}

// order puts tables in the order in which they go: the doors first, since whom one knows is looked up by them; checkpoints of the
// journal after the leaves that they hold; whatever else by name.
func order(tables []string) []string {
	rank := func(table string) int {
		return map[string]int{"tenants": -3, "connections": -2, "identities": -1, "journal_checkpoints": 1}[table]
	}
	slices.SortFunc(tables, func(a, b string) int {
		if by := rank(a) - rank(b); by != 0 {
			return by
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	return tables
}

// moving are the tables of which something goes along.
func (t *Transfers) moving(ctx context.Context, tx tenantdb.Tx) ([]string, error) {
	tables, err := listTables(ctx, tx)
	if err != nil {
		return nil, err
	}
	return order(slices.DeleteFunc(tables, func(table string) bool { return staying[table] != "" })), nil
}

// sealedIn says what is sealed in a table. A table can hold what lies under keysets of several kinds, in columns that differ.
func (t *Transfers) sealedIn(table string) (found []keys.Rows) {
	for _, rows := range t.sealed {
		if rows.Table == table {
			found = append(found, rows)
		}
	}
	return found
}

func (t *Transfers) in(ctx context.Context, tenant tenantdb.TenantID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Transfer(tenant))
}

// find gives the tenant of a short name.
func (t *Transfers) find(ctx context.Context, slug string) (found leaving, err error) {
	err = t.db.View(t.in(ctx, tenantdb.TenantID{}), func(ctx context.Context, tx tenantdb.Tx) error {
		found, err = findLeaving(ctx, tx, slug)
		return err
	})
	if err != nil {
		return leaving{}, fmt.Errorf("tenant %s: %w", slug, err)
	}
	return found, nil
}
