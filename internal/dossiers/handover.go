package dossiers

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// HandOver makes one member responsible for every dossier that goes on and is another's, within the transaction of whoever hands them
// over, and says how many they were. Each leaves its event. Nothing that is sealed is opened.
func HandOver(ctx context.Context, tx tenantdb.Tx, by access.Principal, from, to tenantdb.PersonID, at time.Time) (int, error) {
	staff, err := members.List(ctx, tx)
	if err != nil {
		return 0, err
	}
	if err := mayBecomeResponsible(staff, to, tenantdb.PersonID{}); err != nil {
		return 0, err
	}
	handed, err := updateResponsible(ctx, tx, from, to, at)
	if err != nil {
		return 0, err
	}
	for _, id := range handed {
		if err := timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.DossierHandedOver, Dossier: TimelineID(id)}); err != nil {
			return 0, err
		}
	}
	return len(handed), nil
}
