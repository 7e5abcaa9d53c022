package reminders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/jobs"
	"passerelle/internal/mail"
	"passerelle/internal/tenantdb"
)

// Clock does by itself what is due when a day has come. It has a scope of its own, in which nothing exists that is sealed.
type Clock struct {
	db     *tenantdb.DB
	now    func() time.Time
	post   mail.Post
	origin string
}

// NewClock makes it. Without a post nothing is sent; origin is where the link of an e-mail leads.
func NewClock(db *tenantdb.DB, now func() time.Time, post mail.Post, origin string) *Clock {
	return &Clock{db, now, post, origin}
}

// Handle has the queue give it its jobs.
func (c *Clock) Handle(queue *jobs.Queue) {
	jobs.Handle(queue, c.Remind)
	jobs.Handle(queue, c.Summarise)
	jobs.Handle(queue, c.Send)
	jobs.Handle(queue, c.Turn)
	queue.Regularly(nextDay, c.today)
	queue.Regularly(nextDay, c.turns)
}

// Remind leaves the reminders of a day for a dossier: of each date that is open still, presses, and names that day as one to
// remind on. Where a fact has changed meanwhile, none does, and nothing happens. Doing it twice leaves them once.
func (c *Clock) Remind(ctx context.Context, job agenda.Warning) error {
	day, err := job.Day()
	if err != nil {
		return errors.New("remind: the job names no day")
	}
	return c.db.Write(tenantdb.WithScope(ctx, tenantdb.Clock(job.Tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
		due, err := listWarnings(ctx, tx, job.Dossier, day)
		if err != nil {
			return err
		}
		return insertReminders(ctx, tx, job.Tenant, job.Dossier, due, day)
	})
}

// Summary is the job of a morning: whoever something waits for is told.
type Summary struct {
	// On is the day, as 2026-11-30.
	On string `json:"on"`
}

// Kind names the job.
func (Summary) Kind() string { return "summary" }

// Letter is the job of one e-mail.
type Letter struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	Digest DigestID          `json:"digest"`
}

// Kind names the job.
func (Letter) Kind() string { return "letter" }

// after is by how much summaries come after the reminders that they count.
const after = 10 * time.Minute

// today is the summary of the day that it is.
func (c *Clock) today() jobs.Planned {
	day := forms.Today(c.now())
	return jobs.Planned{Job: Summary{day.Format(time.DateOnly)}, At: agenda.Morning(day).Add(after)}
}

// Turns is the job of a night: phases that turn on the day that has begun.
type Turns struct {
	// On is the day, as 2026-11-30.
	On string `json:"on"`
}

// Kind names the job.
func (Turns) Kind() string { return "turns" }

// turns is that of the day that it is, done as soon as it has begun.
func (c *Clock) turns() jobs.Planned {
	return jobs.Planned{Job: Turns{forms.Today(c.now()).Format(time.DateOnly)}}
}

// Turn turns the phases of which the day has come, tenant by tenant; also those of days on which nothing ran. What goes wrong with
// one tenant keeps nobody from turning the others.
func (c *Clock) Turn(ctx context.Context, job Turns) error {
	day, err := time.Parse(time.DateOnly, job.On)
	if err != nil {
		return errors.New("turn: the job names no day")
	}
	tenants, err := listTenants(ctx, c.db)
	for _, tenant := range tenants {
		if failed := c.turn(ctx, tenant, day); failed != nil {
			err = errors.Join(err, fmt.Errorf("turn phases of tenant %s: %w", tenant, failed))
		}
	}
	return err
}

func (c *Clock) turn(ctx context.Context, tenant tenantdb.TenantID, day time.Time) error {
	for more := true; more; {
		err := c.db.Write(tenantdb.WithScope(ctx, tenantdb.Clock(tenant)), func(ctx context.Context, tx tenantdb.Tx) (err error) {
			more, err = dossiers.TurnDue(ctx, tx, tenant, day)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// nextDay is when the next day has begun in Zurich, in which its summary is planned.
func nextDay(now time.Time) time.Time {
	year, month, day := now.In(i18n.Zone).Date()
	return time.Date(year, month, day+1, 0, 5, 0, 0, i18n.Zone)
}

// Summarise writes down, tenant by tenant, for whom something waits, and plans the e-mails that say so. What goes wrong with one
// tenant keeps nobody from telling the others; whoever was told is not told again when it is tried anew.
func (c *Clock) Summarise(ctx context.Context, job Summary) error {
	day, err := time.Parse(time.DateOnly, job.On)
	if err != nil {
		return errors.New("summarise: the job names no day")
	}
	tenants, err := listTenants(ctx, c.db)
	for _, tenant := range tenants {
		err = errors.Join(err, c.summarise(ctx, tenant, day))
	}
	return err
}

func (c *Clock) summarise(ctx context.Context, tenant tenantdb.TenantID, day time.Time) error {
	err := c.db.Write(tenantdb.WithScope(ctx, tenantdb.Clock(tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
		members, err := listWaiting(ctx, tx, day)
		if err != nil {
			return err
		}
		var letters []jobs.Planned
		for _, member := range members {
			for _, digest := range member.digests(day) {
				fresh, err := insertDigest(ctx, tx, tenant, digest)
				if err != nil {
					return err
				}
				if fresh && c.post != nil {
					letters = append(letters, jobs.Planned{Job: Letter{tenant, digest.DigestID}})
				}
			}
		}
		return jobs.Plan(ctx, tx, letters...)
	})
	if err != nil {
		return fmt.Errorf("summarise tenant %s: %w", tenant, err)
	}
	return nil
}

// Send sends an e-mail that says that something waits. That it begins is written down first: what was begun by a process that
// was killed may have gone, and is not sent again. Where it certainly has not gone, it is tried later.
func (c *Clock) Send(ctx context.Context, job Letter) error {
	if c.post == nil {
		return nil // it was planned by an installation that sent e-mails
	}
	scoped := tenantdb.WithScope(ctx, tenantdb.Clock(job.Tenant))
	var to addressee
	err := c.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		to, err = beginDigest(ctx, tx, job.Digest, c.now())
		return err
	})
	switch {
	case errors.Is(err, fault.NotFound()): // it has begun before, or the person has left
		return nil
	case err != nil:
		return err
	}
	reader := i18n.With(ctx, to.Language)
	err = c.post.Send(ctx, mail.Message{
		ID: job.Digest.String(), To: to.Email, Subject: i18n.T(reader, "reminders.mail.subject"),
		Text: i18n.T(reader, "reminders.mail.text", "Link", c.origin+"/work"),
	})
	if err != nil && !errors.Is(err, mail.ErrUncertain) {
		unsent := c.db.Write(tenantdb.WithScope(context.WithoutCancel(ctx), tenantdb.Clock(job.Tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
			return unbeginDigest(ctx, tx, job.Digest)
		})
		return errors.Join(err, unsent)
	}
	if err != nil {
		return nil // it may have gone: once too few is better than twice
	}
	return c.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		return finishDigest(ctx, tx, job.Digest, c.now())
	})
}
