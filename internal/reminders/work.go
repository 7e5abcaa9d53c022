package reminders

import (
	"slices"
	"time"

	"passerelle/internal/appointments"
	"passerelle/internal/confidences"
	"passerelle/internal/deadlines"
	"passerelle/internal/erasures"
	"passerelle/internal/exports"
	"passerelle/internal/interviews"
	"passerelle/internal/moves"
	"passerelle/internal/referrals"
	"passerelle/internal/restrictions"
	"passerelle/internal/tasks"
)

// Work is what waits for one person of the staff: dates of the dossiers that she or he is responsible for, and referrals.
type Work struct {
	// Overdue, Today and Week are open dates that press, soonest first; Reminders are later ones, or those of the week, of which
	// the person was reminded and has not said that it is seen. Each stands in one list only, the one that asks most.
	Overdue, Today, Week []Due
	Reminders            []Reminder
	// Tasks are the person's open ones that are due within the week or were before; Unwritten are appointments that are over and
	// of which nobody has said what came of them; Noteless are interviews that the person held and wrote nothing about.
	Tasks     []tasks.Task
	Unwritten []appointments.Line
	Noteless  []interviews.Line
	// Referrals is what offices did, and what they still owe.
	Referrals referrals.Work
	// Emergencies are those that the person has to look at.
	Emergencies []restrictions.Emergency
	// Confidences are notes of a profession that were handed on to the person, or wait to be handed on.
	Confidences []confidences.Waiting
	// Exports are those that wait for the person's answer, and those of the person's own that were granted.
	Exports []exports.Export
	// Moves between cantons wait for the person, or were answered by the other side.
	Moves []moves.Waiting
	// Removals are dossiers that the person is responsible for and that are about to be removed.
	Removals []erasures.Ahead
	// More says that there is more than is shown.
	More bool
	// Day is today, in Zurich.
	Day time.Time
	// Rules name what is due.
	Rules *deadlines.Rules
}

// Empty says that nothing waits.
func (w Work) Empty() bool {
	return len(w.Overdue)+len(w.Today)+len(w.Week)+len(w.Reminders)+len(w.Tasks)+len(w.Unwritten)+len(w.Noteless)+len(w.Emergencies)+len(w.Confidences)+len(w.Exports)+len(w.Moves)+len(w.Removals) == 0 && w.Referrals.Empty()
}

const (
	// week is how many days ahead my work looks.
	week = 7
	// most is how many lines one list of a page holds: somebody with more has to look through the dossiers.
	most = 100
)

// arrange puts each deadline into one list. Both are what was asked for, soonest first, one more of each than is shown.
func arrange(due []Due, reminded []Reminder, today time.Time) Work {
	w := Work{Day: today, More: len(due) > most || len(reminded) > most}
	due, reminded = due[:min(len(due), most)], reminded[:min(len(reminded), most)]
	for _, line := range due {
		isReminded := slices.ContainsFunc(reminded, func(r Reminder) bool { return r.same(line) })
		switch left := line.Left(today); {
		case left < 0:
			w.Overdue = append(w.Overdue, line)
		case left == 0:
			w.Today = append(w.Today, line)
		case !isReminded:
			w.Week = append(w.Week, line)
		}
	}
	for _, reminder := range reminded {
		if reminder.Left(today) > 0 {
			w.Reminders = append(w.Reminders, reminder)
		}
	}
	return w
}
