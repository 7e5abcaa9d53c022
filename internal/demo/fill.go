package demo

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// invention is an invented person's dossier, as a caseworker of the cast would have written it.
type invention struct {
	by       cast.Person
	codeName dossiers.CodeName
	phase    dossiers.Phase
	// since is how many days ago the accompaniment began, on paper; of one that begins today, nothing.
	since     int
	reached   dossiers.ReachedThrough
	person    dossiers.Beneficiary
	situation dossiers.Situation
	referrals []invitation
}

// invitation is a referral of an invented dossier, and what happened about it once it was sent.
type invitation struct {
	to      *cast.Office
	classes []access.DataClass
	urgency referrals.Urgency
	inDays  int
	request string
	draft   bool
	then    func(ctx context.Context, a *app.App, id referrals.ID) error
}

// madeBy is an invented dossier, and the context in which whoever is responsible asks.
type madeBy struct {
	id  dossiers.ID
	ctx context.Context
}

// stories tell what happened in the invented dossiers, one capability after the other, in files named after them. Days are
// counted from today, so that the demo stays alive.
var stories = []func(a *app.App, dossiers map[dossiers.CodeName]madeBy) error{
	tellFindings,
	rights,
	housed,
	tellInterviews,
	fillProtection,
	tellProjects,
	tellClaims,
	tellReturns,
	fillAppointments,
	fillDocuments,
	fillInquiries,
	fillConfidences,
	fillOffices,
	endPaths, // the last one: what is closed takes no more
}

// fill writes the invented dossiers through the same doors as people do, unless there are dossiers already.
func fill(ctx context.Context, a *app.App, say func(string)) error {
	for _, person := range []cast.Person{cast.Lea, cast.Claire} {
		page, err := a.Dossiers.List(person.Context(ctx), dossiers.Filter{})
		if err != nil {
			return err
		}
		if len(page.Rows) > 0 {
			return nil
		}
	}
	say("Filling in the invented dossiers of two cantons.")
	made := map[dossiers.CodeName]madeBy{}
	for _, i := range inventions() {
		id := ids.New[dossiers.Dossier]()
		if err := i.write(ctx, a, id); err != nil {
			return fmt.Errorf("%s: %w", i.codeName, err)
		}
		made[i.codeName] = madeBy{id, i.by.Context(ctx)}
	}
	for _, tell := range stories {
		if err := tell(a, made); err != nil {
			return err
		}
	}
	return remindOfTheWeek(ctx, a, made)
}

func (i invention) write(ctx context.Context, a *app.App, id dossiers.ID) error {
	asked := i.by.Context(ctx)
	particulars := dossiers.Particulars{CodeName: i.codeName, Phase: i.phase, ResponsibleID: i.by.ID, ReachedThrough: i.reached, Beneficiary: i.person}
	open := func() error { return a.Dossiers.Open(asked, id, particulars) }
	if i.since > 0 {
		open = func() error { return a.Dossiers.TakeOver(asked, id, particulars, nil, daysAgo(i.since)) }
	}
	if err := open(); err != nil {
		return err
	}
	if len(i.situation) > 0 {
		if _, err := a.Dossiers.Describe(asked, id, 1, i.situation); err != nil {
			return err
		}
	}
	for _, r := range i.referrals {
		if err := r.write(ctx, a, i.by, id); err != nil {
			return fmt.Errorf("referral to %s: %w", r.to.Name, err)
		}
	}
	return nil
}

func (r invitation) write(ctx context.Context, a *app.App, by cast.Person, dossier dossiers.ID) error {
	asked := by.Context(ctx)
	today := forms.Today(time.Now())
	until := today.AddDate(0, consents.Usual, 0)
	if _, err := a.Consents.Give(asked, dossier, ids.New[consents.Consent](), consents.Terms{
		OfficeID: r.to.ID, Purpose: r.to.Kind, DataClasses: r.classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally", Interpreter: "Interprète professionnelle, par téléphone",
	}); err != nil {
		return err
	}
	referral, err := a.Referrals.Draft(asked, dossier, ids.New[timeline.Referral](), r.to.ID)
	if err != nil {
		return err
	}
	answerBy := today.AddDate(0, 0, r.inDays)
	if _, err := a.Referrals.Write(asked, referral.ReferralID, referrals.Revision{Version: referral.Version, Contents: referrals.Contents{
		Service: r.to.Kind, Urgency: r.urgency, AnswerBy: &answerBy, Request: r.request, DataClasses: r.classes,
	}}); err != nil {
		return err
	}
	if r.draft {
		return nil
	}
	preview, err := a.Referrals.Preview(asked, referral.ReferralID)
	if err != nil {
		return err
	}
	if len(preview.Problems) > 0 {
		return &fault.Fault{Kind: fault.KindRefused, Problems: preview.Problems}
	}
	if _, err := a.Referrals.Send(asked, referral.ReferralID, preview.Seal()); err != nil {
		return err
	}
	if r.then != nil {
		return r.then(ctx, a, referral.ReferralID)
	}
	return nil
}

func words(text string) inbox.Words {
	return inbox.Words{ID: ids.New[messages.Message](), Body: text}
}

func accepted(by cast.Person, text string) func(context.Context, *app.App, referrals.ID) error {
	return func(ctx context.Context, a *app.App, id referrals.ID) error {
		if err := a.Inbox.Accept(by.Context(ctx), id); err != nil {
			return err
		}
		return a.Inbox.Write(by.Context(ctx), id, messages.Plain, words(text))
	}
}

func asked(by cast.Person, text string) func(context.Context, *app.App, referrals.ID) error {
	return func(ctx context.Context, a *app.App, id referrals.ID) error {
		if err := a.Inbox.Take(by.Context(ctx), id, tenantdb.PersonID{}); err != nil {
			return err
		}
		return a.Inbox.Write(by.Context(ctx), id, messages.Question, words(text))
	}
}

func declined(by cast.Person, why referrals.DeclineReason, text string) func(context.Context, *app.App, referrals.ID) error {
	return func(ctx context.Context, a *app.App, id referrals.ID) error {
		return a.Inbox.Decline(by.Context(ctx), id, why, words(text))
	}
}

// came is what an office did until the end, and how it ended.
func came(by cast.Person, outcome referrals.Outcome, text string) func(context.Context, *app.App, referrals.ID) error {
	return func(ctx context.Context, a *app.App, id referrals.ID) error {
		if err := a.Inbox.Accept(by.Context(ctx), id); err != nil {
			return err
		}
		return a.Inbox.Close(by.Context(ctx), id, outcome, words(text))
	}
}

func added(by cast.Person, text string) func(context.Context, *app.App, referrals.ID) error {
	return func(ctx context.Context, a *app.App, id referrals.ID) error {
		return a.Referrals.Reply(by.Context(ctx), id, referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: text})
	}
}

func day(year int, month time.Month, d int) *time.Time {
	t := time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
	return &t
}

// daysAgo is a day, counted from today.
func daysAgo(n int) *time.Time {
	day := forms.Today(time.Now()).AddDate(0, 0, -n)
	return &day
}

func age(years int) *int { return &years }
