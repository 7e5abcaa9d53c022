package passkeys

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/mail"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Notice is the job of one e-mail, which says that something about signing in waits or has changed, and not what.
type Notice struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	Person tenantdb.PersonID `json:"person"`
	// Number tells it from another one to the same person.
	Number ids.ID[Notice] `json:"number"`
}

// Kind names the job.
func (Notice) Kind() string { return "passkey_notice" }

// tell plans an e-mail to each of the people, with the change of which it tells.
func (s *Service) tell(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, people ...tenantdb.PersonID) error {
	if !s.mails {
		return nil
	}
	var planned []jobs.Planned
	for i, person := range people {
		if !person.Zero() && !slices.Contains(people[:i], person) {
			planned = append(planned, jobs.Planned{Job: Notice{tenant, person, ids.New[Notice]()}})
		}
	}
	return jobs.Plan(ctx, tx, planned...)
}

// Courier sends the notices.
type Courier struct {
	door   *signin.Service
	post   mail.Post
	origin string
}

// NewCourier makes it. Without a post nothing is sent; origin is where the link of an e-mail leads.
func NewCourier(door *signin.Service, post mail.Post, origin string) *Courier {
	return &Courier{door, post, origin}
}

// Handle has the queue give it its jobs.
func (c *Courier) Handle(queue *jobs.Queue) { jobs.Handle(queue, c.Send) }

// Send sends one. It says the same in each of our languages: which one the person reads is not known at the door.
func (c *Courier) Send(ctx context.Context, job Notice) error {
	if c.post == nil {
		return nil // it was planned by an installation that sent e-mails
	}
	to, err := c.door.Address(ctx, job.Tenant, job.Person)
	if errors.Is(err, fault.NotFound()) {
		return nil // the person has left
	}
	if err != nil {
		return err
	}
	text := ""
	for i, lang := range i18n.Langs {
		if i > 0 {
			text += "\n\n— — —\n\n"
		}
		text += i18n.T(i18n.With(ctx, lang), "passkeys.mail.text", "Link", c.origin+"/passkeys")
	}
	err = c.post.Send(ctx, mail.Message{ID: job.Number.String(), To: to, Subject: i18n.T(i18n.With(ctx, i18n.Langs[0]), "reminders.mail.subject"), Text: text})
	if err != nil && !errors.Is(err, mail.ErrUncertain) {
		return fmt.Errorf("send a notice: %w", err)
	}
	return nil
}
