package keys

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"passerelle/internal/tenantdb"
)

// Status is how the keys stand, counted without opening anything.
type Status struct {
	// Masters says how many tenants' keysets each master key wraps.
	Masters map[string]int `json:"masters"`
	Tenants []TenantStatus `json:"tenants"`
}

// TenantStatus is how those of a tenant stand.
type TenantStatus struct {
	ID      tenantdb.TenantID `json:"id"`
	Name    string            `json:"name"`
	Master  string            `json:"master"`
	Created time.Time         `json:"created_at"`
	Changed time.Time         `json:"changed_at"`
	Keys    []KeyStatus       `json:"keys"`
	// Lost are keysets that no key of the tenant's wraps.
	Lost    int            `json:"lost_keysets"`
	Holders []HolderStatus `json:"holders"`
}

// KeyStatus is one key of a tenant's keyset, and how many keysets it wraps.
type KeyStatus struct {
	Key   string `json:"key"`
	State string `json:"state"`
	Wraps int    `json:"wraps"`
}

// HolderStatus counts the keysets of one kind by how far they have come, and the values by the key that sealed each.
type HolderStatus struct {
	Kind    Kind `json:"kind"`
	Keysets int  `json:"keysets"`
	// Several have more than one key: of those, Added wait for their new key to be promoted, Promoted for the old one to
	// be let go of, and the others have keys that are disabled.
	Several  int `json:"with_several_keys"`
	Added    int `json:"added"`
	Promoted int `json:"promoted"`
	// Primary to Lost are values under the key that seals, one that is still in use, one that is disabled, and none.
	Primary  int `json:"values_under_primary"`
	Enabled  int `json:"values_under_enabled"`
	Disabled int `json:"values_under_disabled"`
	Lost     int `json:"values_lost"`
}

// Status counts. It needs no master key.
func (r *Rotation) Status(ctx context.Context) (Status, error) {
	tenants, err := r.tenants(ctx, 0)
	if err != nil {
		return Status{}, err
	}
	status := Status{Masters: map[string]int{}}
	for _, entry := range tenants {
		tenant, err := r.tenantStatus(ctx, entry)
		if err != nil {
			return Status{}, err
		}
		status.Masters[tenant.Master]++
		status.Tenants = append(status.Tenants, tenant)
	}
	return status, nil
}

func (r *Rotation) tenantStatus(ctx context.Context, entry tenantEntry) (TenantStatus, error) {
	called, err := findSlug(ctx, r.data, entry.TenantID)
	if err != nil {
		return TenantStatus{}, err
	}
	status := TenantStatus{ID: entry.TenantID, Name: called, Master: "unknown", Created: entry.CreatedAt, Changed: entry.ChangedAt}
	at := map[uint32]int{}
	if outline, err := outlineOf(entry.Wrapped); err == nil {
		status.Master = masterOf(outline.ciphertext)
		for i, key := range outline.info.GetKeyInfo() {
			at[key.GetKeyId()] = i
			status.Keys = append(status.Keys, KeyStatus{Key: name(key.GetKeyId()), State: stateOf(outline.info, key)})
		}
	}
	for _, kind := range wrappedKinds {
		holders, err := r.holderStatus(ctx, entry.TenantID, kind, func(wrapped []byte) {
			key, ok := wrapper(wrapped)
			switch i, known := at[key]; {
			case ok && known:
				status.Keys[i].Wraps++
			case ok && len(status.Keys) == 0: // the one key of a keyset that is not labelled
				at[key] = 0
				status.Keys = []KeyStatus{{name(key), "primary", 1}}
			default:
				status.Lost++
			}
		})
		if err != nil {
			return TenantStatus{}, err
		}
		if slices.Contains(Kinds, kind) {
			status.Holders = append(status.Holders, holders)
		}
	}
	return status, nil
}

func stateOf(info *tinkpb.KeysetInfo, key *tinkpb.KeysetInfo_KeyInfo) string {
	if key.GetKeyId() == info.GetPrimaryKeyId() {
		return "primary"
	}
	return strings.ToLower(key.GetStatus().String())
}

// holderStatus looks at the keysets of a kind, some hundreds at a time, and at what they have sealed.
func (r *Rotation) holderStatus(ctx context.Context, tenant tenantdb.TenantID, kind Kind, met func(wrapped []byte)) (HolderStatus, error) {
	status := HolderStatus{Kind: kind}
	total, err := countHolders(ctx, r.keys, tenant, kind)
	if err != nil {
		return status, err
	}
	done := r.options.Begin("Counting what each "+string(kind)+" has sealed", total)
	return status, r.pages(ctx, tenant, kind, 0, func(entries []holderEntry) error {
		infos := map[uuid.UUID]*tinkpb.KeysetInfo{}
		for _, entry := range entries {
			met(entry.Wrapped)
			status.Keysets++
			outline, err := outlineOf(entry.Wrapped)
			if err != nil {
				continue
			}
			infos[entry.HolderID] = outline.info
			status.add(outline.info)
		}
		defer done(len(entries))
		return r.countValues(ctx, tenant, kind, entries, func(tally tally) { status.count(infos[tally.Holder], tally) })
	})
}

func (s *HolderStatus) add(info *tinkpb.KeysetInfo) {
	if len(info.GetKeyInfo()) > 1 {
		s.Several++
	}
	switch stageOf(info) {
	case added:
		s.Added++
	case promoted:
		s.Promoted++
	case settled:
	}
}

func (s *HolderStatus) count(info *tinkpb.KeysetInfo, tally tally) {
	if info != nil && len(info.GetKeyInfo()) == 0 {
		s.Primary += tally.Values // the one key that it has
		return
	}
	sealed, ok := keyOf(tally.Prefix)
	for _, key := range info.GetKeyInfo() {
		if !ok || key.GetKeyId() != sealed {
			continue
		}
		switch stateOf(info, key) {
		case "primary":
			s.Primary += tally.Values
		case "enabled":
			s.Enabled += tally.Values
		default:
			s.Disabled += tally.Values
		}
		return
	}
	s.Lost += tally.Values
}

// countValues counts what some holders have sealed; that of people by one at a time, since nobody else's exists for one.
func (r *Rotation) countValues(ctx context.Context, tenant tenantdb.TenantID, kind Kind, entries []holderEntry, met func(tally)) error {
	groups := [][]uuid.UUID{nil}
	for _, entry := range entries {
		if kind == Person {
			groups = append(groups, []uuid.UUID{entry.HolderID})
		} else {
			groups[0] = append(groups[0], entry.HolderID)
		}
	}
	for _, group := range groups {
		if len(group) == 0 {
			continue
		}
		ctx := asHolder(ctx, tenant, Holder{kind, group[0]})
		for _, rows := range r.rowsOf(kind) {
			for _, column := range rows.Columns {
				tallies, err := rows.count(ctx, r.data, group, column)
				if err != nil {
					return err
				}
				for _, tally := range tallies {
					met(tally)
				}
			}
		}
	}
	return nil
}

// Write writes the status for people.
func (s Status) Write(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MASTER KEY\tTENANTS")
	for _, master := range slices.Sorted(maps.Keys(s.Masters)) {
		fmt.Fprintf(table, "%s\t%d\n", master, s.Masters[master])
	}
	for _, tenant := range s.Tenants {
		fmt.Fprintf(table, "\nTENANT %s\tunder master key %s, made %s, changed %s\n", tenant.Name, tenant.Master, day(tenant.Created), day(tenant.Changed))
		fmt.Fprintln(table, "  KEY\tSTATE\tKEYSETS WRAPPED")
		for _, key := range tenant.Keys {
			fmt.Fprintf(table, "  %s\t%s\t%d\n", key.Key, key.State, key.Wraps)
		}
		if tenant.Lost > 0 {
			fmt.Fprintf(table, "  none\tLOST\t%d\n", tenant.Lost)
		}
		fmt.Fprintln(table, "  OF EACH\tKEYSETS\tSEVERAL KEYS\tKEY ADDED\tPROMOTED\tVALUES UNDER PRIMARY\tOTHER\tDISABLED\tLOST")
		for _, h := range tenant.Holders {
			fmt.Fprintf(table, "  %s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", h.Kind, h.Keysets, h.Several, h.Added, h.Promoted, h.Primary, h.Enabled, h.Disabled, h.Lost)
		}
	}
	return table.Flush()
}

func day(moment time.Time) string { return moment.UTC().Format(time.DateOnly) }
