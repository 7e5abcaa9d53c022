package reminders

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/appointments"
	"passerelle/internal/confidences"
	"passerelle/internal/erasures"
	"passerelle/internal/exports"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/interviews"
	"passerelle/internal/moves"
	"passerelle/internal/offices"
	"passerelle/internal/referrals"
	"passerelle/internal/restrictions"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
)

// Service is the way to reminders.
type Service struct {
	db        *tenantdb.DB
	referrals *referrals.Service
	now       func() time.Time
	mails     bool
}

// New makes it; mails says whether this installation sends e-mails.
func New(db *tenantdb.DB, referrals *referrals.Service, now func() time.Time, mails bool) *Service {
	return &Service{db, referrals, now, mails}
}

// Work gives what waits for the person who asks, in one round trip.
func (s *Service) Work(ctx context.Context) (Work, error) {
	by, err := access.Require(ctx, access.WorkShow)
	if err != nil {
		return Work{}, err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Work{}, err
	}
	var (
		due      []Due
		reminded []Reminder
		mine     []tasks.Task
		over     []appointments.Line
		noteless []interviews.Line
		opened   []restrictions.Emergency
		confided []confidences.Waiting
		leaving  []exports.Export
		arriving []moves.Waiting
		replied  []moves.Waiting
		going    []erasures.Ahead
		now      = s.now()
		today    = forms.Today(now)
	)
	referred, err := s.referrals.Work(ctx, dueOf(by.Person, today, &due), remindersOf(by.Person, &reminded),
		tasks.Mine(ctx, today.AddDate(0, 0, week), &mine), appointments.Unwritten(by.Person, now, &over),
		interviews.WithoutNote(ctx, &noteless), restrictions.AskWaiting(by, &opened), confidences.AskWaiting(by, &confided), exports.AskWaiting(by, &leaving),
		moves.AskArriving(by, &arriving), moves.AskAnswered(by, &replied), erasures.AskAhead(by, &going))
	if err != nil {
		return Work{}, err
	}
	work := arrange(due, reminded, today)
	work.Tasks, work.Unwritten, work.Noteless, work.Emergencies, work.Confidences, work.Exports, work.Removals = mine, over, noteless, opened, confided, leaving, going
	work.Moves = append(arriving, replied...)
	work.Referrals, work.Rules, work.More = referred, rules, work.More || referred.More
	return work, nil
}

// Acknowledge says that a reminder is seen, and with it the earlier ones of the same date. Saying it twice is the same.
func (s *Service) Acknowledge(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.ReminderAcknowledge)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return acknowledgeReminder(ctx, tx, id, by.Person, s.now())
	})
}

// Team gives the coordinator how much everybody carries, and what nobody seems to look at.
func (s *Service) Team(ctx context.Context) (Team, error) {
	if _, err := access.Require(ctx, access.TeamShow); err != nil {
		return Team{}, err
	}
	applied, err := agenda.AppliedTo(ctx, s.db)
	if err != nil {
		return Team{}, err
	}
	now := s.now()
	team := Team{Mails: s.mails, Day: forms.Today(now), Rules: applied.Rules}
	if err := s.db.Read(ctx,
		loads(team.Day, &team.Loads), quietSince(now.AddDate(0, 0, -quiet), &team.Quiet),
		ending(leaving, team.Day, &team.Leaving), ending(expiring, team.Day, &team.Expiring), undated(&team.Undated), offices.Ended(team.Day, &team.Agreements), agenda.Outdated(applied.Digest, &team.Age),
	); err != nil {
		return Team{}, err
	}
	team.cut()
	return team, nil
}

// Speak keeps which language the person has chosen, for the e-mails that say that something waits.
func (s *Service) Speak(ctx context.Context, lang i18n.Lang) error {
	by, err := access.Require(ctx, access.WorkShow)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return upsertLanguage(ctx, tx, by.Tenant, by.Person, lang)
	})
}
