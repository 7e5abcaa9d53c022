package signinweb

import (
	"context"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

const (
	// keptFor is how old what the frame says of other workplaces may be.
	keptFor  = 15 * time.Second
	keptMost = 1000
)

// count asks at each office among the workplaces how many new referrals wait there: as the principal that the person is at that
// one, in its own scope and in a transaction of its own, so that nothing of one canton is ever looked at from another.
func (w *Web) count(ctx context.Context, memberships []signin.Membership) (map[tenantdb.PersonID]int, error) {
	waiting := map[tenantdb.PersonID]int{}
	for _, membership := range memberships {
		there := access.WithPrincipal(ctx, membership.Principal)
		if w.waiting == nil || !access.Can(there, access.InboxList) {
			continue
		}
		n, err := w.waiting(there)
		if err != nil {
			return nil, err
		}
		waiting[membership.Person] = n
	}
	return waiting, nil
}

// workplaces is what the frame of a page shows to somebody who has several.
func (w *Web) workplaces(ctx context.Context, session signin.Session) ([]ui.Workplace, error) {
	if found, ok := w.kept.get(session.ID, w.door.Now()); ok {
		return found, nil
	}
	memberships, err := w.door.Memberships(ctx, session)
	if err != nil {
		return nil, err
	}
	waiting, err := w.count(ctx, memberships)
	if err != nil {
		return nil, err
	}
	workplaces := make([]ui.Workplace, 0, len(memberships))
	for _, membership := range memberships {
		workplace := ui.Workplace{
			ID: membership.Person.String(), Name: membership.TenantName, Of: "access.role." + string(membership.Role),
			New: waiting[membership.Person], Current: membership.Person == session.Membership.Person,
		}
		if membership.AtOffice() {
			workplace.Name, workplace.Of = membership.OfficeName, membership.TenantName
		}
		workplaces = append(workplaces, workplace)
	}
	w.kept.put(session.ID, workplaces, w.door.Now())
	return workplaces, nil
}

// kept remembers, for seconds, what was counted for a session: a page costs no question at the other workplaces.
type kept struct {
	mu sync.Mutex
	of map[signin.SessionID]keptWorkplaces
}

type keptWorkplaces struct {
	workplaces []ui.Workplace
	until      time.Time
}

func (k *kept) get(id signin.SessionID, now time.Time) ([]ui.Workplace, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	found, ok := k.of[id]
	return found.workplaces, ok && now.Before(found.until)
}

func (k *kept) put(id signin.SessionID, workplaces []ui.Workplace, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.of) >= keptMost {
		clear(k.of)
	}
	k.of[id] = keptWorkplaces{workplaces, now.Add(keptFor)}
}
