// Package minors keeps what protects a child: whether somebody is one, then and now, who acts for her or him, and what was
// reported to the child protection authority. Whose age nobody knows for certain is a child (Council of Europe Convention
// art. 10(3)).
package minors

import (
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// AgeID identifies a record of an age.
type AgeID = ids.ID[AgeRecord]

// Finding is what is recorded of an age.
type Finding string

// The findings. Disputed: somebody doubts it, and nobody has decided; Unclear: somebody has looked, and could not tell.
const (
	Disputed Finding = "disputed"
	OfAge    Finding = "of_age"
	Child    Finding = "minor"
	Unclear  Finding = "unclear"
)

// Findings lists them in the order of forms.
var Findings = []Finding{Disputed, OfAge, Child, Unclear}

// AgeDetails are what only the dossier's people may know of a finding.
type AgeDetails struct {
	// By is who disputes the age or has assessed it: an authority, a doctor, the person.
	By string
	// Basis is what it rests on: a document, an examination, what the person says.
	Basis string
}

// AgeRecord is that an age is disputed, or what an assessment of it found.
type AgeRecord struct {
	AgeRecordID AgeID
	DossierID   dossiers.ID
	Finding     Finding
	FoundOn     time.Time
	Particulars keys.Sealed[AgeDetails] `bun:"particulars"`
	WrittenBy   tenantdb.PersonID
	WrittenAt   time.Time
}

// AgeFinding is a finding as a form has it.
type AgeFinding struct {
	Finding Finding
	FoundOn *time.Time
	AgeDetails
}

// Check refuses a finding of which nobody could later say who made it, when, and on what.
func (f AgeFinding) Check(today time.Time) error {
	var problems fault.Problems
	if f.Finding == "" {
		problems.Add("finding", "minors.finding.missing")
	}
	checkPast(&problems, "found_on", f.FoundOn, today)
	if f.By == "" {
		problems.Add("by", "minors.by.missing")
	}
	if f.Basis == "" && f.Finding != Disputed {
		problems.Add("basis", "minors.basis.missing")
	}
	return problems.Err()
}

func checkPast(problems *fault.Problems, field string, day *time.Time, today time.Time) {
	switch {
	case day == nil:
		problems.Add(field, "minors.date.missing")
	case day.After(today):
		problems.Add(field, "minors.date.in_the_future")
	}
}

// Age is what is known of somebody's age: the birth date of the dossier, and the last finding about it.
type Age struct {
	Born    *time.Time
	Finding Finding
	FoundOn time.Time
}

// Ground is why somebody counts as a child or as of age on a day.
type Ground string

// The grounds.
const (
	ByBirthDate Ground = "by_birth_date"
	ByFinding   Ground = "by_finding"
	// InDoubt: the age is unknown, disputed, or an assessment could not tell.
	InDoubt Ground = "in_doubt"
)

// On says whether somebody is a child on a day, and why. Of age is who certainly is (Council of Europe Convention art.
// 10(3)): a finding of age holds from its day on and not for what was before, and where birth date and finding
// contradict each other, the one that says child counts. The length of childhood is that of the rules (CC 14).
func (a Age) On(day time.Time, rules *deadlines.Rules) (child bool, why Ground) {
	switch {
	case a.Finding == Disputed || a.Finding == Unclear:
		return true, InDoubt
	case a.Finding == Child && !day.After(a.FoundOn):
		return true, ByFinding
	case a.Born != nil:
		byBirth := rules.Minor(a.Born, day)
		if !byBirth && a.Finding == Child && !rules.Minor(a.Born, a.FoundOn) {
			return true, InDoubt
		}
		return byBirth, ByBirthDate
	case a.Finding == OfAge && !day.Before(a.FoundOn):
		return false, ByFinding
	default:
		return true, InDoubt
	}
}

// Years is the age on a day, where a birth date is known that nobody disputes.
func (a Age) Years(day time.Time) (years int, known bool) {
	if a.Born == nil || a.Finding == Disputed || a.Finding == Unclear || day.Before(*a.Born) {
		return 0, false
	}
	return deadlines.Age(*a.Born, day), true
}

// facts are what the agenda has to know: as long as the age is disputed, nothing counts from the birth date.
func (a Age) facts() []deadlines.Fact {
	if a.Finding != Disputed && a.Finding != Unclear {
		return nil
	}
	return []deadlines.Fact{{Trigger: deadlines.AgeDisputed, On: a.FoundOn}}
}

// AgeOf puts together what the dossier and the last finding say; records are newest first.
func AgeOf(born *time.Time, records []AgeRecord) Age {
	age := Age{Born: born}
	if len(records) > 0 {
		age.Finding, age.FoundOn = records[0].Finding, records[0].FoundOn
	}
	return age
}
