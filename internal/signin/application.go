package signin

import (
	"context"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// ApplicationID identifies an application.
type ApplicationID = ids.ID[Application]

// Application is that somebody signed in through the connection of a tenant and has no place there. It waits for somebody who
// administers; what the provider says of the person, her groups among it, is shown and decides nothing.
type Application struct{}

const (
	mostGroups   = 20
	longestGroup = 100
)

// shownGroups are the groups that a provider asserts, as many and as long as a page can show.
func shownGroups(said []string) []string {
	groups := make([]string, 0, min(len(said), mostGroups))
	for _, group := range said {
		if len(groups) == mostGroups {
			break
		}
		if runes := []rune(shortened(group)); len(runes) > 0 {
			groups = append(groups, string(runes[:min(len(runes), longestGroup)]))
		}
	}
	return groups
}

// apply leaves, or renews, the application of somebody who has no place at the tenant of the connection. A connection that several
// tenants share belongs to none who could answer it.
func apply(ctx context.Context, tx tenantdb.Tx, connection Connection, identity Identity, groups []string, now time.Time) error {
	if connection.Shared() {
		return nil
	}
	return upsertApplication(ctx, tx, connection.TenantID, identity, groups, now)
}
