package alerts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// Watch looks through the journal of each tenant for what the coordinator has to hear of. It goes by the database's clock,
// which is the one that dates entries.
type Watch struct {
	db *tenantdb.DB

	mu     sync.Mutex
	habits map[tenantdb.PersonID]habit
}

// NewWatch makes it.
func NewWatch(db *tenantdb.DB) *Watch {
	return &Watch{db: db, habits: map[tenantdb.PersonID]habit{}}
}

// watching is where those meet who watch: one of all processes does at a time.
const watching = 0x70617373616c6572

// Look watches every tenant once, from where the last look ended. Where another process is at it, there is nothing to do. What
// goes wrong with one tenant keeps nobody from looking at the others.
func (w *Watch) Look(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.db.Alone(ctx, watching, func(ctx context.Context) error {
		tenants, err := listTenants(ctx, w.db)
		for _, tenant := range tenants {
			err = errors.Join(err, w.lookAt(ctx, tenant))
		}
		return err
	})
	if errors.Is(err, tenantdb.ErrNotAlone) {
		return nil
	}
	return err
}

// lookAt watches one tenant: what it raises, and how far it has looked, is written together or not at all.
func (w *Watch) lookAt(ctx context.Context, tenant tenantdb.TenantID) error {
	err := w.db.Write(tenantdb.WithScope(ctx, tenantdb.Watch(tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
		span, err := findSpan(ctx, tx)
		if err != nil {
			return err
		}
		former, err := listFormer(ctx, tx, span.From.Add(-beyondQuiet-overlap))
		if err != nil {
			return err
		}
		raised, err := sightings(ctx, tx, span)
		if err != nil {
			return err
		}
		for _, step := range span.steps() {
			far, err := w.excesses(ctx, tx, step, append(former, raised...))
			if err != nil {
				return err
			}
			raised = append(raised, far...)
		}
		news := false
		for _, alert := range fresh(raised, former) {
			alert.AlertID, alert.At = ids.New[Alert](), span.Until
			inserted, err := insertAlert(ctx, tx, tenant, alert)
			if err != nil {
				return err
			}
			news = news || inserted
		}
		if news {
			if err := live.Announce(ctx, tx, live.Change{Tenant: tenant, Alerts: true}); err != nil {
				return err
			}
		}
		return upsertWatch(ctx, tx, tenant, span.Until)
	})
	if err != nil {
		return fmt.Errorf("watch tenant %s: %w", tenant, err)
	}
	return nil
}

// span is the part of the journal that a look is about.
type span struct{ From, Until time.Time }

const (
	// overlap is how far a look goes back behind where the last one ended. An entry is dated when it is written and can be
	// read once its transaction commits; no request takes as long.
	overlap = time.Minute
	// stride is how much is looked at in one go, where nobody has watched for a while.
	stride = 10 * time.Minute
)

// steps are the spans of a stride each that make up the whole, and reach back behind it by the overlap.
func (s span) steps() (steps []span) {
	for from := s.From; from.Before(s.Until); from = from.Add(stride) {
		until := from.Add(stride)
		if until.After(s.Until) {
			until = s.Until
		}
		steps = append(steps, span{from.Add(-overlap), until})
	}
	return steps
}

// reading is how much one person was shown, up to the end of a step.
type reading struct {
	PersonID tenantdb.PersonID
	Role     access.Role
	OfficeID tenantdb.OfficeID
	// InHour is how many different dossiers and referrals within the last hour, since HourSince; InDay within a day, since
	// DaySince. Until is when the last was opened.
	InHour, InDay       int
	HourSince, DaySince time.Time
	Until               time.Time
}

// excesses are the alerts about how much was read in one step.
func (w *Watch) excesses(ctx context.Context, tx tenantdb.Tx, step span, former []Alert) (raised []Alert, err error) {
	readings, err := listReadings(ctx, tx, step)
	if err != nil {
		return nil, err
	}
	var doubtful []tenantdb.PersonID
	for _, r := range readings {
		if alert, far := r.rate(access.ReadingOf(r.Role)); far {
			raised = append(raised, alert)
		}
		if r.InDay >= journal.InADay.AtLeast && !known(former, r.beyond(habit{})) {
			doubtful = append(doubtful, r.PersonID)
		}
	}
	if err := w.learn(ctx, tx, doubtful, step.Until); err != nil {
		return nil, err
	}
	for _, r := range readings {
		if slices.Contains(doubtful, r.PersonID) && w.habits[r.PersonID].exceededBy(r.InDay) {
			raised = append(raised, r.beyond(w.habits[r.PersonID]))
		}
	}
	return raised, nil
}

// What is usual changes slowly, and is the one thing that it takes thousands of entries to know: it is remembered for an hour,
// of so many people at most.
const (
	habitKept = time.Hour
	mostKept  = 10_000
)

// learn asks what is usual for people of whom that is not remembered.
func (w *Watch) learn(ctx context.Context, tx tenantdb.Tx, people []tenantdb.PersonID, until time.Time) error {
	unknown := slices.DeleteFunc(slices.Clone(people), func(person tenantdb.PersonID) bool {
		h, ok := w.habits[person]
		return ok && until.Sub(h.At).Abs() < habitKept
	})
	if len(unknown) == 0 {
		return nil
	}
	found, err := listHabits(ctx, tx, unknown, until)
	if err != nil {
		return err
	}
	if len(w.habits) > mostKept {
		clear(w.habits)
	}
	for _, person := range unknown {
		w.habits[person] = habit{At: until} // of whom there is nothing, that is known as well
	}
	for _, h := range found {
		h.At = until
		w.habits[h.PersonID] = h
	}
	return nil
}

// rate is the alert about an hour in which somebody read as much as the policy names.
func (r reading) rate(limit access.Reading) (Alert, bool) {
	return Alert{Kind: Rate, PersonID: r.PersonID, Role: r.Role, OfficeID: r.OfficeID, Opened: r.InHour, Since: r.HourSince, Until: r.Until},
		limit.AlertAt > 0 && r.InHour >= limit.AlertAt
}

// beyond is the alert about a day that is far beyond a habit.
func (r reading) beyond(h habit) Alert {
	return Alert{
		Kind: BeyondUsual, PersonID: r.PersonID, Role: r.Role, OfficeID: r.OfficeID,
		Opened: r.InDay, Usual: int(math.Round(h.PerDay)), Since: r.DaySince, Until: r.Until,
	}
}

// habit is what somebody opens on a day on which she or he opens anything, on the average of eight weeks.
type habit struct {
	PersonID tenantdb.PersonID
	Days     int
	PerDay   float64
	// At is when that was asked.
	At time.Time
}

// settled is from how many days on there is a habit: the first days of a new colleague resemble nothing.
const settled = 10

func (h habit) exceededBy(opened int) bool {
	return h.Days >= settled && journal.InADay.Far(opened, h.PerDay)
}

// What is the same goes on for a while and is told once: what is beyond the usual day, for that day.
const (
	quiet       = time.Hour
	beyondQuiet = 24 * time.Hour
)

// known says whether an alert tells what an earlier one told a while ago.
func known(earlier []Alert, alert Alert) bool {
	silence := quiet
	if alert.Kind == BeyondUsual {
		silence = beyondQuiet
	}
	return slices.ContainsFunc(earlier, func(e Alert) bool {
		return e.PersonID == alert.PersonID && e.Kind == alert.Kind && !e.Until.Before(alert.Until.Add(-silence))
	})
}

// fresh leaves out what is told already, by one that was raised before or by another of the same look.
func fresh(raised, former []Alert) (kept []Alert) {
	for _, alert := range raised {
		if !known(former, alert) && !known(kept, alert) {
			kept = append(kept, alert)
		}
	}
	return kept
}
