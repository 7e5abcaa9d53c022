package bench

import (
	"fmt"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/appointments"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/keys"
	"passerelle/internal/stays"
	"passerelle/internal/tasks"
	"passerelle/internal/timeline"
)

// What an accompaniment consists of, besides referrals.
const (
	interviewsOfDossier = 10
	interviewsOfLong    = 100
	tasksOfDossier      = 3
	meetingsOfDossier   = 2
	// eventsOfLong is how many things have happened where the timeline is long.
	eventsOfLong = 500

	// longOfHouse are the oldest dossiers of a house, with a long timeline.
	longOfHouse = 5
	// atWorkOfHouse are the newest ones, for which there is something to do. Staff and places stay as many when a house has
	// had ten times as many dossiers, and so does what they do at one time: the rest is over.
	atWorkOfHouse = 200
	// housedOfHouse are those of them who live in a place of the house.
	housedOfHouse = 100
)

// standing says how far a dossier has come: at work, housed by its house, with a long timeline.
type standing struct{ atWork, housed, long bool }

// standing is that of the nth dossier of a house.
func (s Size) standing(nth int) standing {
	newer := s.Dossiers/s.Tenants - nth
	long := nth < longOfHouse
	return standing{atWork: long || newer <= atWorkOfHouse, housed: newer <= housedOfHouse, long: long}
}

// life is what is done with people and for them, on its way into tables.
type life struct {
	interviews, permits, housing, tasks, taskTexts, appointments, meetingPlaces, agendas, facts, deadlines, reminders table
}

func newLife() life {
	return life{
		interviews: table{name: "interviews", columns: []string{"tenant_id", "interview_id", "dossier_id", "kind", "held_at", "minutes", "member_id", "hard", "noted",
			"account", "recorded_at", "written_at", "written_by"}},
		permits: table{name: "stays", columns: []string{"tenant_id", "stay_id", "dossier_id", "kind", "canton", "legal_ground", "valid_from", "valid_until", "opinion", "approval",
			"ended_on", "particulars", "version", "recorded_at", "changed_at", "changed_by", "changed_by_name"}},
		housing: table{name: "housing_stays", columns: []string{"tenant_id", "stay_id", "dossier_id", "place_id", "kind", "beds", "begins_on", "planned_end_on", "ended_on",
			"went_to", "particulars"}},
		tasks: table{name: "tasks", columns: []string{"tenant_id", "task_id", "dossier_id", "assignee_id", "kind", "due_on", "anchor_on", "made_at", "made_by", "changed_by",
			"ended_at", "ended_by", "outcome"}},
		taskTexts: table{name: "task_texts", columns: []string{"tenant_id", "task_id", "dossier_id", "body"}},
		appointments: table{name: "appointments", columns: []string{"tenant_id", "appointment_id", "dossier_id", "member_id", "kind", "starts_at", "minutes", "reminder",
			"outcome", "series_id", "changed_by", "changed_at"}},
		meetingPlaces: table{name: "meeting_places", columns: []string{"tenant_id", "appointment_id", "dossier_id", "place"}},
		agendas:       table{name: "agendas", columns: []string{"tenant_id", "dossier_id", "rules", "responsible_id"}},
		facts:         table{name: "facts", columns: []string{"tenant_id", "dossier_id", "source", "facts"}},
		deadlines:     table{name: "deadlines", columns: []string{"tenant_id", "dossier_id", "rule", "about", "due_on", "to_the_month", "presses", "settled_on", "warn_on"}},
		reminders:     table{name: "reminders", columns: []string{"tenant_id", "reminder_id", "dossier_id", "rule", "about", "due_on", "warn_on", "acknowledged_at", "acknowledged_by"}},
	}
}

// accompany invents what happens besides referrals: titles of stay, housing and the dates that follow from both,
// interviews, tasks, appointments.
func (c *chunk) accompany(d opened, who dossiers.Beneficiary) error {
	permits, err := c.addPermits(d)
	if err != nil {
		return err
	}
	lived, err := c.addHousing(d)
	if err != nil {
		return err
	}
	reported := []agenda.Reported{
		{Source: housing.Source, Facts: keys.Of(housing.Facts(lived, nil))},
		{Source: dossiers.Source, Facts: keys.Of(who.Facts())},
		{Source: stays.Source, Facts: keys.Of(stays.Facts(permits, stays.Circumstances{}))},
	}
	if err := c.addDates(d, reported); err != nil {
		return err
	}
	many := interviewsOfDossier
	if d.standing.long {
		many = interviewsOfLong
	}
	for range many {
		if err := c.addInterview(d); err != nil {
			return err
		}
	}
	for nth := range tasksOfDossier {
		if err := c.addTask(d, d.standing.atWork && nth == 0); err != nil {
			return err
		}
	}
	for nth := range meetingsOfDossier {
		if err := c.addMeeting(d, d.standing.atWork && nth == 0); err != nil {
			return err
		}
	}
	return nil
}

// Of ten interviews with a person whose dossier is at work one has no note yet; one in twenty is hard to read.
const (
	noted = 10
	hard  = 20
)

func (c *chunk) addInterview(d opened) error {
	by := one(c.source, d.members)
	held := interviews.Interview{Line: interviews.Line{
		InterviewID: ids.From[interviews.Interview](c.id()), Kind: one(c.source, interviews.Kinds), HeldAt: c.between(d.at, c.now), Minutes: 15 * (1 + c.IntN(8)),
		Noted: !d.standing.atWork || c.IntN(noted) > 0,
	}}
	account := interviews.Account{Where: "Bureau"}
	if held.Noted {
		account.Note, held.Hard = c.text(6), c.IntN(hard) == 0
	}
	held.Account = keys.Of(account)
	if err := d.box.Seal(&held); err != nil {
		return fmt.Errorf("seal an interview: %w", err)
	}
	c.interviews.add(d.tenant, held.InterviewID.UUID(), d.id, string(held.Kind), held.HeldAt, held.Minutes, by.id, held.Hard, held.Noted, held.Account, held.HeldAt, held.HeldAt, by.id)
	c.told(d, timeline.InterviewRecorded, held.HeldAt, by, string(held.Kind))
	return nil
}

// titles are those that dates follow from.
var titles = []stays.Kind{"n", "f", "l", "b", "b", "s"}

// yearOfTitle is how long a title lasts, in days.
const yearOfTitle = 365

// addPermits gives one title, and another after it where somebody is accompanied for longer. At work, the last one stands.
func (c *chunk) addPermits(d opened) ([]stays.Stay, error) {
	var all []stays.Stay
	today := forms.Today(c.now)
	kind, next := one(c.source, titles), forms.Today(d.at)
	for {
		from, until := next, next.AddDate(0, 0, yearOfTitle)
		s := stays.Stay{StayID: ids.From[stays.Stay](c.id()), DossierID: ids.From[dossiers.Dossier](d.id), Terms: stays.Terms{
			Kind: kind, Canton: d.canton, LegalGround: one(c.source, stays.LegalGrounds), ValidFrom: &from, ValidUntil: &until,
			Opinion: "favourable", OpinionOn: &from, Approval: "approved", ApprovalOn: &from, Work: "authorised", Number: c.name(),
		}}
		last := until.After(today)
		switch {
		case !last:
			s.EndedOn, s.End = &until, stays.Replaced
		case !d.standing.atWork:
			s.EndedOn, s.End = &today, "left"
		}
		sealed, err := stays.SealTerms(d.box, s.StayID, s.Terms)
		if err != nil {
			return nil, err
		}
		at := c.between(d.at, c.now)
		c.permits.add(d.tenant, s.StayID.UUID(), d.id, string(s.Kind), s.Canton, string(s.LegalGround), s.ValidFrom, s.ValidUntil, string(s.Opinion), string(s.Approval),
			s.EndedOn, sealed, 1, at, at, d.responsible.id, d.responsible.name)
		c.told(d, timeline.StayRecorded, at, d.responsible, string(s.Kind))
		all = append(all, s)
		if last {
			return all, nil
		}
		next = until
	}
}

const (
	// monthsHoused is how long a stay in a place is planned for.
	monthsHoused = 6
	// longestHoused is how many days ago the longest running stay began: for a few the months are over.
	longestHoused = 190
)

// addHousing lets the housed live in one of the places, others of those at work in a flat of their own, and everybody else
// have lived somewhere.
func (c *chunk) addHousing(d opened) ([]housing.Stay, error) {
	today := forms.Today(c.now)
	at := one(c.source, d.places)
	began := d.at
	if recently := c.now.AddDate(0, 0, -longestHoused); d.standing.atWork && began.Before(recently) {
		began = recently
	}
	s := housing.Stay{StayID: ids.From[housing.Stay](c.id()), DossierID: ids.From[dossiers.Dossier](d.id), PlaceID: ids.From[housing.Place](at.id),
		Kind: at.kind, Beds: 1, BeginsOn: forms.Today(c.between(began, c.now)), Particulars: keys.Of(housing.Particulars{Note: c.text(2)})}
	planned := s.BeginsOn.AddDate(0, monthsHoused, 0)
	s.PlannedEndOn = &planned
	switch {
	case d.standing.housed:
	case d.standing.atWork:
		s.Kind, s.PlaceID, s.PlannedEndOn = housing.OwnFlat, housing.PlaceID{}, nil
	default:
		ended := s.BeginsOn.AddDate(0, 0, 20+c.IntN(longestHoused))
		if ended.After(today) {
			ended = today
		}
		s.EndedOn, s.WentTo = &ended, one(c.source, housing.Destinations)
	}
	if err := d.box.Seal(&s); err != nil {
		return nil, fmt.Errorf("seal a stay: %w", err)
	}
	var placed any
	if !s.PlaceID.Zero() {
		placed = s.PlaceID.UUID()
	}
	c.life.housing.add(d.tenant, s.StayID.UUID(), d.id, placed, string(s.Kind), s.Beds, s.BeginsOn, s.PlannedEndOn, s.EndedOn, string(s.WentTo), s.Particulars)
	c.told(d, timeline.HousingBegun, s.BeginsOn, d.responsible, string(s.Kind))
	return []housing.Stay{s}, nil
}

// addDates writes down what the capabilities reported, and which dates follow by the rules of the canton. Of those that
// were to be reminded of by now, half of the reminders are seen.
func (c *chunk) addDates(d opened, reported []agenda.Reported) error {
	c.agendas.add(d.tenant, d.id, d.rules.Digest, d.responsible.id)
	var facts []deadlines.Fact
	for i := range reported {
		known := reported[i].Facts.Get()
		if len(known) == 0 {
			continue
		}
		facts = append(facts, known...)
		reported[i].DossierID = ids.From[timeline.Dossier](d.id)
		if err := d.box.Seal(&reported[i]); err != nil {
			return fmt.Errorf("seal facts: %w", err)
		}
		c.facts.add(d.tenant, d.id, string(reported[i].Source), reported[i].Facts)
	}
	today := forms.Today(c.now)
	for _, line := range agenda.Lines(d.rules.Rules, ids.From[timeline.Dossier](d.id), facts) {
		// A column of dates takes an empty list and no null.
		warnings := append([]time.Time{}, line.WarnOn...)
		c.deadlines.add(d.tenant, d.id, string(line.Rule), line.About, line.DueOn, line.ToTheMonth, line.Presses, line.SettledOn, warnings)
		for _, day := range warnings {
			if day.After(today) {
				continue
			}
			var seenAt, seenBy any
			if c.IntN(2) == 0 {
				seenAt, seenBy = c.now, d.responsible.id
			}
			c.reminders.add(d.tenant, c.id(), d.id, string(line.Rule), line.About, line.DueOn, day, seenAt, seenBy)
		}
	}
	return nil
}

// soon is within how many days what is to be done has to be done; some of it is late.
const (
	soon = 25
	late = 5
)

func (c *chunk) addTask(d opened, open bool) error {
	task := tasks.Written{Task: tasks.Task{TaskID: ids.From[tasks.Task](c.id()), DossierID: ids.From[dossiers.Dossier](d.id), Kind: one(c.source, tasks.Kinds)}, Body: keys.Of(c.text(1))}
	if err := d.box.Seal(&task); err != nil {
		return fmt.Errorf("seal a task: %w", err)
	}
	by := one(c.source, d.members)
	made := c.between(d.at, c.now)
	due := forms.Today(c.now).AddDate(0, 0, c.IntN(soon)-late)
	var endedAt, endedBy, outcome any
	if !open {
		ended := c.between(made, c.until(made.AddDate(0, 0, soon)))
		due, endedAt, endedBy, outcome = forms.Today(ended), ended, by.id, string(tasks.Done)
		c.told(d, timeline.TaskDone, ended, by, string(task.Kind))
	}
	c.tasks.add(d.tenant, task.TaskID.UUID(), d.id, by.id, string(task.Kind), due, due, made, by.id, by.id, endedAt, endedBy, outcome)
	c.taskTexts.add(d.tenant, task.TaskID.UUID(), d.id, task.Body)
	return nil
}

// concluded is of how many appointments at work one still lacks a word on what came of it.
const concluded = 10

func (c *chunk) addMeeting(d opened, toCome bool) error {
	met := appointments.Appointment{AppointmentID: ids.From[appointments.Appointment](c.id()), Kind: one(c.source, appointments.Kinds), Where: keys.Of("Rue de la Gare 1")}
	if err := d.box.Seal(&met); err != nil {
		return fmt.Errorf("seal an appointment: %w", err)
	}
	by := one(c.source, d.members)
	made := c.between(d.at, c.now)
	begins := made
	var outcome any
	switch {
	case toCome:
		begins = c.between(c.now, c.now.AddDate(0, 0, soon))
	case !d.standing.atWork || c.IntN(concluded) > 0:
		outcome = string(appointments.Held)
	}
	begins = begins.Truncate(15 * time.Minute)
	c.appointments.add(d.tenant, met.AppointmentID.UUID(), d.id, by.id, string(met.Kind), begins, 60, string(appointments.None), outcome, met.AppointmentID.UUID(), by.id, made)
	c.meetingPlaces.add(d.tenant, met.AppointmentID.UUID(), d.id, met.Where)
	c.told(d, timeline.AppointmentMade, made, by, string(met.Kind))
	return nil
}
