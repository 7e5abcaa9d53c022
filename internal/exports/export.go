// Package exports writes what may be told of the people who are accompanied, without naming them, into files that leave the house: for
// statistics, and as a list for a meeting. Who asks says why; of many people, somebody else has to grant it. A file is made when it is
// taken, once, and is kept nowhere.
package exports

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// ID names an export.
type ID = ids.ID[Export]

// Alone is of how many people somebody may have a file without anybody else granting it.
const Alone = 50

// valid is for how long an export can be granted and taken.
const valid = 24 * time.Hour

// Subject is what a file tells of; "exports.subject." + Subject is its message key.
type Subject string

// The subjects.
const (
	// HTCDS is IOM's Human Trafficking Case Data Standard, for statistics.
	HTCDS Subject = "htcds"
	// List is the dossiers by their code names, for a meeting.
	List Subject = "list"
)

// Subjects lists them in the order of the form.
var Subjects = []Subject{List, HTCDS}

// Format is how a file is written.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
	PDF  Format = "pdf"
)

// Formats lists them in the order of the form.
var Formats = []Format{PDF, XLSX, CSV}

// Reason is why somebody exports; the journal of each dossier keeps it.
type Reason string

// Reasons lists them in the order of the form.
var Reasons = []Reason{"national_statistics", "international_statistics", "research", "handover", "own_use"}

// Order is what somebody asks for.
type Order struct {
	Subject Subject
	Format  Format
	Reason  Reason
}

// Check says what has to be corrected.
func (o Order) Check() error {
	var problems fault.Problems
	if !slices.Contains(Subjects, o.Subject) {
		problems.Add("subject", "exports.subject.missing")
	}
	if !slices.Contains(Formats, o.Format) {
		problems.Add("format", "exports.format.missing")
	}
	if !slices.Contains(Reasons, o.Reason) {
		problems.Add("reason", "exports.reason.missing")
	}
	return problems.Err()
}

// Export is a file that somebody asked for.
type Export struct {
	ExportID ID
	Order
	// People is of how many people it would tell.
	People     int
	AskedBy    tenantdb.PersonID
	AskedAt    time.Time
	ExpiresAt  time.Time
	AnsweredBy tenantdb.PersonID
	AnsweredAt *time.Time
	Granted    bool
	TakenAt    *time.Time
}

// State is where an export stands; "exports.state." + State is its message key.
type State string

// The states.
const (
	// Waiting is for somebody else to grant it.
	Waiting State = "waiting"
	// Ready can be taken by whoever asked.
	Ready   State = "ready"
	Refused State = "refused"
	Taken   State = "taken"
	// Expired was not taken in time.
	Expired State = "expired"
)

// StateAt says where it stands at a moment.
func (e Export) StateAt(at time.Time) State {
	switch {
	case e.TakenAt != nil:
		return Taken
	case e.AnsweredAt != nil && !e.Granted:
		return Refused
	case !at.Before(e.ExpiresAt):
		return Expired
	case e.People > Alone && !e.Granted:
		return Waiting
	default:
		return Ready
	}
}

// Answer grants it or not, in the name of somebody else than who asked.
func (e *Export) Answer(by tenantdb.PersonID, grant bool, at time.Time) error {
	if by == e.AskedBy {
		return fault.Invalid("answer", "exports.answer.own")
	}
	if e.AnsweredBy == by && e.Granted == grant {
		return nil // answered already, perhaps by the same form
	}
	if state := e.StateAt(at); state != Waiting {
		return fault.Invalid("answer", "exports.answer."+string(state))
	}
	e.AnsweredBy, e.AnsweredAt, e.Granted = by, &at, grant
	return nil
}

// mayBeTaken says why it is not given out to somebody at a moment.
func (e Export) mayBeTaken(by tenantdb.PersonID, at time.Time) error {
	if e.AskedBy != by {
		return fault.Invalid("file", "exports.take.others")
	}
	if state := e.StateAt(at); state != Ready {
		return fault.Invalid("file", "exports.take."+string(state))
	}
	return nil
}

// bound is how many people the file may tell of, should there be others by now.
func (e Export) bound() int { return max(e.People, Alone) }

// answerers are those who can grant an export that somebody asked for.
func answerers(staff []members.Member, asked tenantdb.PersonID) (names []string) {
	for _, member := range staff {
		if member.EndedAt == nil && member.MemberID != asked && access.May(member.Role, access.ExportAnswer) {
			names = append(names, member.Name)
		}
	}
	return names
}
