package members

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/jobs"
	"passerelle/internal/mail"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Letter is the job of an e-mail that invites somebody. The code is made when it is sent, so that the queue holds none.
type Letter struct {
	Tenant     tenantdb.TenantID `json:"tenant"`
	Invitation InvitationID      `json:"invitation"`
	// Number tells a renewed invitation's e-mail from the one before.
	Number int `json:"number"`
}

// Kind names the job.
func (Letter) Kind() string { return "invitation" }

// PostRoom sends invitations. What it says names neither an organisation nor a person, nor what the program is for.
type PostRoom struct {
	db     *tenantdb.DB
	now    func() time.Time
	post   mail.Post
	origin string
}

// NewPostRoom makes it; origin is where the link of an e-mail leads.
func NewPostRoom(db *tenantdb.DB, now func() time.Time, post mail.Post, origin string) *PostRoom {
	return &PostRoom{db, now, post, origin}
}

// Handle has the queue give it its jobs.
func (p *PostRoom) Handle(queue *jobs.Queue) { jobs.Handle(queue, p.Send) }

// Send sends one. That it begins is written down first, with the code: what was begun by a process that was killed may have gone, and is
// not sent again; whoever invited can renew it. Where it certainly has not gone, it is tried later, with another code.
func (p *PostRoom) Send(ctx context.Context, job Letter) error {
	if p.post == nil {
		return nil // it was planned by an installation that sent e-mails
	}
	scoped := tenantdb.WithScope(ctx, tenantdb.Administration(job.Tenant, tenantdb.PersonID{}))
	var to letterOf
	var code string
	err := p.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if to, err = beginLetter(ctx, tx, job.Invitation, job.Number, p.now()); err != nil {
			return err
		}
		slug, err := findSlug(ctx, tx, job.Tenant)
		if err != nil {
			return err
		}
		var hash []byte
		code, hash = signin.NewCode(slug)
		return updateCode(ctx, tx, job.Invitation, hash, p.now().Add(lifetime))
	})
	switch {
	case errors.Is(err, fault.NotFound()): // it has begun before, or nobody waits for it any more
		return nil
	case err != nil:
		return err
	}
	reader := i18n.With(ctx, to.Language)
	err = p.post.Send(ctx, mail.Message{
		ID: fmt.Sprintf("%s-%d", job.Invitation, job.Number), To: to.Email, Subject: i18n.T(reader, "members.mail.subject"),
		Text: i18n.T(reader, "members.mail.text", "Link", p.origin+"/join#"+code, "Page", p.origin+"/join", "Code", code, "Days", int(lifetime.Hours()/24)),
	})
	if err != nil && !errors.Is(err, mail.ErrUncertain) {
		unsent := p.db.Write(tenantdb.WithScope(context.WithoutCancel(ctx), tenantdb.Administration(job.Tenant, tenantdb.PersonID{})), func(ctx context.Context, tx tenantdb.Tx) error {
			return unbeginLetter(ctx, tx, job.Invitation, job.Number)
		})
		return errors.Join(err, unsent)
	}
	return p.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		return finishLetter(ctx, tx, job.Invitation, job.Number, p.now())
	})
}
