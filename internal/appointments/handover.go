package appointments

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// HandOver gives what a member has before her or him for dossiers to a colleague, within the transaction of a handover, and says how
// many it was. What was, and what is the member's own, stays. Whoever takes over may be elsewhere at that time: the week shows it.
func HandOver(ctx context.Context, tx tenantdb.Tx, by access.Principal, from, to tenantdb.PersonID, now time.Time) (int, error) {
	handed, err := updateMember(ctx, tx, by.Person, from, to, now)
	if err != nil {
		return 0, err
	}
	for _, appointment := range handed {
		if err := record(ctx, tx, by, timeline.AppointmentChanged, appointment.DossierID, string(appointment.Kind)); err != nil {
			return 0, err
		}
	}
	return len(handed), nil
}
