package dossiers

import (
	"context"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Closed says whether the accompaniment is closed, followed up or not.
func (d Dossier) Closed() bool { return d.ClosedAt != nil }

// InAftercare says whether somebody looks after the person again, the dossier staying closed.
func (d Dossier) InAftercare() bool { return d.Closed() && d.AftercareAt != nil }

// takesChanges refuses what a closed dossier does not take.
func (d Dossier) takesChanges() error {
	if d.Closed() {
		return fault.Refused("dossiers.closure.refused")
	}
	return nil
}

// takesContacts refuses what is written down in an open dossier, or in aftercare.
func (d Dossier) takesContacts() error {
	if d.Closed() && !d.InAftercare() {
		return fault.Refused("dossiers.closure.refused_contact")
	}
	return nil
}

// ClosureID identifies a closure.
type ClosureID = ids.ID[Closure]

// Closure is the end of an accompaniment, and what came after it. Those that were followed by a reopening stay.
type Closure struct {
	ClosureID ClosureID
	DossierID ID
	Reason    ClosureReason
	// Words are sealed under the keyset of the dossier.
	Words       keys.Sealed[ClosureWords] `bun:"words"`
	ClosedAt    time.Time
	AftercareAt *time.Time
	ReopenedAt  *time.Time
	// By, AftercareBy and ReopenedBy are the names of the members who did it.
	By          string `bun:",scanonly"`
	AftercareBy string `bun:",scanonly"`
	ReopenedBy  string `bun:",scanonly"`
}

// ClosureWords are what was written when closing, when beginning aftercare, and when reopening.
type ClosureWords struct{ Note, Aftercare, Reopening string }

// Place says where the sealed words stand.
func (c *Closure) Place() keys.Place {
	return keys.Place{Table: "closures", Row: c.ClosureID.String()}
}

// Holds says that the dossier has not been reopened since.
func (c Closure) Holds() bool { return c.ReopenedAt == nil }

// ClosureReason is why an accompaniment ends.
type ClosureReason string

// ClosureReasons lists them in the order of forms.
var ClosureReasons = []ClosureReason{
	"independent", "return", "other_service", "contact_lost", "not_trafficking", "own_wish", "death", "moved", "other",
}

// Ending is what the form for closing says.
type Ending struct {
	ID     ClosureID
	Reason ClosureReason
	Note   string
}

// Check says what has to be corrected: another reason is said in words.
func (e Ending) Check() fault.Problems {
	var problems fault.Problems
	if e.Reason == "" {
		problems.Add("reason", "dossiers.closure.reason_missing")
	}
	if e.Reason == "other" && e.Note == "" {
		problems.Add("note", "dossiers.closure.note_missing")
	}
	return problems
}

// Obligation is something that keeps a dossier from being closed, in words of whoever knows of it.
type Obligation struct {
	// Key is the message that says what is owed, Args its arguments.
	Key  string
	Args []any
	// Part is the page of the dossier on which it is settled; empty is its first one.
	Part string
}

// Owed tells what a capability knows to be owed in a dossier, within the transaction that would close it. Those capabilities
// lie above dossiers, so they are handed in.
type Owed func(ctx context.Context, tx tenantdb.Tx, id ID) ([]Obligation, error)

// Checklist is what has to be settled before a dossier is closed.
type Checklist struct {
	// Dates are those that press, are open and not over: somebody acts, or does without with a reason.
	Dates deadlines.List
	// Missed are dates that pressed and are over: they hold nothing up, and whoever closes has to know of them.
	Missed deadlines.List
	Others []Obligation
}

// checklist sorts the dates of a dossier for whoever closes it.
func checklist(list deadlines.List, others []Obligation, today time.Time) Checklist {
	owed := Checklist{Others: others}
	for _, d := range list.Next() {
		if d.Missed(today) {
			owed.Missed = append(owed.Missed, d)
		} else {
			owed.Dates = append(owed.Dates, d)
		}
	}
	return owed
}

// Clear says that nothing is owed any more.
func (c Checklist) Clear() bool { return len(c.Dates)+len(c.Others) == 0 }

// Check refuses a closing while something is owed.
func (c Checklist) Check() error {
	if !c.Clear() {
		return fault.Refused("dossiers.closure.owed", "Count", len(c.Dates)+len(c.Others))
	}
	return nil
}

// closing is the source of what closings tell the agenda.
const closing agenda.Source = "closure"

// facts are those of a closing that holds.
func (c Closure) facts() []deadlines.Fact {
	if !c.Holds() {
		return nil
	}
	told := []deadlines.Fact{{Trigger: deadlines.DossierClosed, On: forms.Today(c.ClosedAt)}}
	if c.AftercareAt != nil {
		told = append(told, deadlines.Fact{Trigger: deadlines.AftercareBegun, On: forms.Today(*c.AftercareAt)})
	}
	return told
}
