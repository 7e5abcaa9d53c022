// Package interviews is what the staff and a person talked about and where they went together: interviews and
// accompaniments, written down quickly, corrected without anything being lost, and counted as they are written.
package interviews

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
)

// ID identifies an interview.
type ID = ids.ID[Interview]

// Kind is what sort of encounter it was.
type Kind string

// Kinds lists them in the order of forms: an interview with the person alone, an accompaniment to an office, a call, a crisis,
// a meeting of the network.
var Kinds = []Kind{"individual", "office", "phone", "crisis", "network"}

// Line is an interview as lists show it: nothing of what was said, and whose it is by the code name alone.
type Line struct {
	InterviewID ID
	DossierID   dossiers.ID
	CodeName    dossiers.CodeName
	Kind        Kind
	HeldAt      time.Time
	Minutes     int
	// MemberID is who held it.
	MemberID tenantdb.PersonID
	// Hard says that its writer marked it as difficult to read; Noted, that there is a note at all.
	Hard, Noted bool
}

// Interview is one with what was said, sealed under the keyset of its dossier.
type Interview struct {
	Line
	Account keys.Sealed[Account] `bun:"account"`
	// Version counts what was written; WrittenAt and WrittenBy are of the version that stands.
	Version   int
	WrittenAt time.Time
	WrittenBy tenantdb.PersonID
}

// Place says where the sealed account stands.
func (i *Interview) Place() keys.Place {
	return keys.Place{Table: "interviews", Row: i.InterviewID.String()}
}

// Account is what only those read who open the dossier.
type Account struct {
	// Where is the place, Participants who else was there, Interpreter who interpreted.
	Where, Participants, Interpreter string
	Note                             string
}

// Contents are what somebody writes about an interview.
type Contents struct {
	Kind    Kind
	HeldAt  *time.Time
	Minutes *int
	Hard    bool
	Account Account
}

// contents are those of an interview that was opened.
func (i Interview) contents() Contents {
	return Contents{Kind: i.Kind, HeldAt: &i.HeldAt, Minutes: &i.Minutes, Hard: i.Hard, Account: i.Account.Get()}
}

// same says whether two contents read the same.
func (c Contents) same(other Contents) bool {
	return c.Kind == other.Kind && c.HeldAt.Equal(*other.HeldAt) && *c.Minutes == *other.Minutes && c.Hard == other.Hard && c.Account == other.Account
}

// LongestMinutes is the longest that an interview lasts: a day.
const LongestMinutes = 24 * 60

// At is the moment of an hour (as forms.Hour gives it) on a day, in Zurich; nil where one of them is missing.
func At(day *time.Time, hour string) *time.Time {
	if day == nil || hour == "" {
		return nil
	}
	clock, err := time.Parse("15:04", hour)
	if err != nil {
		return nil
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, i18n.Zone)
	return &at
}

// furthest is how many years back an interview may be written down, such as from a paper file.
const furthest = 20

// Check says what has to be corrected. What has not begun is no interview yet, but an appointment.
func (c Contents) Check(now time.Time) fault.Problems {
	var problems fault.Problems
	if c.Kind == "" {
		problems.Add("kind", "interviews.kind.missing")
	}
	switch {
	case c.HeldAt == nil:
		problems.Add("held_on", "interviews.held_at.missing")
	case c.HeldAt.After(now):
		problems.Add("held_on", "interviews.held_at.future")
	case c.HeldAt.Before(now.AddDate(-furthest, 0, 0)):
		problems.Add("held_on", "interviews.held_at.far_away")
	}
	switch {
	case c.Minutes == nil:
		problems.Add("minutes", "interviews.minutes.missing")
	case *c.Minutes < 1 || *c.Minutes > LongestMinutes:
		problems.Add("minutes", "interviews.minutes.out_of_range", "Max", LongestMinutes)
	}
	if c.Hard && c.Account.Note == "" {
		problems.Add("hard", "interviews.hard.nothing")
	}
	return problems
}

// Steps is how many next steps a form takes.
const Steps = 3

// Step is what is to be done after an interview; it becomes a task of whoever writes.
type Step struct {
	Text  string
	DueOn *time.Time
}

// usualDays is by when a step is done where nobody says: within the week.
const usualDays = 7

// tasks makes tasks of the steps of an interview; an empty one is none.
func tasksOf(steps []Step, by tenantdb.PersonID, today time.Time) (made []tasks.Contents) {
	for _, step := range steps {
		if step.Text == "" {
			continue
		}
		due := step.DueOn
		if due == nil {
			soon := today.AddDate(0, 0, usualDays)
			due = &soon
		}
		made = append(made, tasks.Contents{Kind: tasks.FollowUp, Text: step.Text, DueOn: due, AssigneeID: by})
	}
	return made
}
