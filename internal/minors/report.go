package minors

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// ReportID identifies a report.
type ReportID = ids.ID[Report]

// ReportDetails are to whom what was reported, and what came of it.
type ReportDetails struct {
	Authority, Contents, Answer string
}

// Report is what was reported to the child protection authority: whoever works with children regularly, or has an official
// function, has to (CC 314c, 314d).
type Report struct {
	ProtectionReportID ReportID
	DossierID          dossiers.ID
	ReportedOn         time.Time
	AnsweredOn         *time.Time
	Particulars        keys.Sealed[ReportDetails] `bun:"particulars"`
	Version            int
	WrittenBy          tenantdb.PersonID
	WrittenAt          time.Time
}

// Notice is a report as a form has it.
type Notice struct {
	ReportedOn, AnsweredOn *time.Time
	ReportDetails
}

// Check refuses a report of which nobody could later say when what was said to whom, and half an answer.
func (n Notice) Check(today time.Time) error {
	var problems fault.Problems
	if n.Authority == "" {
		problems.Add("authority", "minors.authority.missing")
	}
	checkPast(&problems, "reported_on", n.ReportedOn, today)
	if n.Contents == "" {
		problems.Add("contents", "minors.contents.missing")
	}
	switch {
	case n.AnsweredOn == nil && n.Answer != "":
		problems.Add("answered_on", "minors.date.missing")
	case n.AnsweredOn == nil:
	case n.AnsweredOn.After(today):
		problems.Add("answered_on", "minors.date.in_the_future")
	case n.ReportedOn != nil && n.AnsweredOn.Before(*n.ReportedOn):
		problems.Add("answered_on", "minors.answered_on.before_report")
	}
	return problems.Err()
}
