// Package proceedings keeps the criminal proceedings about what was done to a person: whether a complaint was filed, how far
// they have come and since when, the hearings and how the person is protected at them, the decisions and the time in which
// they can be contested, the rights that were asked for, and penalties against the person herself, who is to go unpunished
// for what she was made to do.
package proceedings

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// ID identifies proceedings.
type ID = ids.ID[Proceeding]

// Proceeding is one of a dossier's criminal proceedings.
type Proceeding struct {
	ProceedingID ID
	DossierID    dossiers.ID
	Particulars
	// Version counts changes; ChangedByName is who made the last one.
	Version       int
	ChangedByName string
}

// Particulars are all that is known of proceedings.
type Particulars struct {
	Terms
	Steps     []Step
	Hearings  []Hearing
	Rulings   []Ruling
	Penalties []Penalty
}

// Complaint is whether the person has filed a complaint. Trafficking is prosecuted without one (CP 182).
type Complaint string

// The answers; none is that nobody knows yet.
const (
	Filed    Complaint = "filed"
	NotFiled Complaint = "not_filed"
)

// Complaints lists them in the order of forms.
var Complaints = []Complaint{Filed, NotFiled}

// LegalAid is whether the person has a lawyer whom the state pays.
type LegalAid string

// LegalAids lists the answers in the order of forms.
var LegalAids = []LegalAid{"requested", "granted", "refused"}

// Claim is as what a plaintiff takes part: for the penalty, for damages, or for both (CPP 119).
type Claim string

// Claims lists them in the order of forms.
var Claims = []Claim{"penal", "civil"}

// Right is a right of victims (CPP 116, 117) that was asked for.
type Right string

// Rights lists them in the order of the law; the last are those of minors.
var Rights = []Right{"person_of_trust", "personality", "protection", "silence", "information", "court_composition", "copy", "minor_confrontation", "minor_hearings"}

// Terms are what the form of proceedings asks. Days are those of Zurich, and nil where they are not known.
type Terms struct {
	Canton string
	// Authority leads the proceedings, Contact is its person, FileNumber its number.
	Authority, Contact, FileNumber string
	// OffenderKnownOn begins the time for a complaint where an offence is prosecuted on complaint alone (CP 31).
	OffenderKnownOn     *time.Time
	Complaint           Complaint
	ComplaintFiledOn    *time.Time
	PlaintiffDeclaredOn *time.Time
	PlaintiffClaims     []Claim
	// CivilClaimsFinalOn is when the decision on civil claims became final (LAVI 25(3) counts from it).
	CivilClaimsFinalOn *time.Time
	Counsel            string
	LegalAid           LegalAid
	RightsAsked        []Right
	Note               string
}

// Check refuses what cannot be.
func (t Terms) Check(today time.Time) error {
	var problems fault.Problems
	switch {
	case t.Complaint == Filed && t.ComplaintFiledOn == nil:
		problems.Add("complaint_filed_on", "proceedings.complaint_filed_on.missing")
	case t.Complaint != Filed && t.ComplaintFiledOn != nil:
		problems.Add("complaint", "proceedings.complaint.not_filed_on")
	}
	if len(t.PlaintiffClaims) > 0 && t.PlaintiffDeclaredOn == nil {
		problems.Add("plaintiff_declared_on", "proceedings.plaintiff_declared_on.missing")
	}
	for _, happened := range []struct {
		field string
		on    *time.Time
	}{
		{"offender_known_on", t.OffenderKnownOn}, {"complaint_filed_on", t.ComplaintFiledOn}, {"plaintiff_declared_on", t.PlaintiffDeclaredOn},
		{"civil_claims_final_on", t.CivilClaimsFinalOn},
	} {
		if happened.on != nil && happened.on.After(today) {
			problems.Add(happened.field, "proceedings.date.future")
		}
	}
	return problems.Err()
}

// Stage is how far proceedings have come.
type Stage string

// The stages that rules ask for by name.
const (
	Report        Stage = "report"
	ClosingNotice Stage = "closing_notice"
	Suspended     Stage = "suspended"
	Final         Stage = "final"
)

// Stages lists them in the order in which proceedings mostly go through them; suspended is what can come anywhere between.
var Stages = []Stage{Report, "police_inquiry", "investigation", ClosingNotice, "penal_order", "dismissal", "indictment", "first_instance", "appeal", "federal_court", Final, Suspended}

// Stage is the one that was reached last; none before the first step.
func (p Particulars) Stage() Stage {
	if n := len(p.Steps); n > 0 {
		return p.Steps[n-1].Stage
	}
	return ""
}

// OpenedOn is when they began: the first step but for a report, on which nothing need follow.
func (p Particulars) OpenedOn() *time.Time {
	return p.first(func(s Step) bool { return s.Stage != Report })
}

// ClosedOn is when they became final; nil as long as anything can still come.
func (p Particulars) ClosedOn() *time.Time {
	if p.Stage() != Final {
		return nil
	}
	return &p.Steps[len(p.Steps)-1].On
}

func (p Particulars) first(is func(Step) bool) *time.Time {
	if i := slices.IndexFunc(p.Steps, is); i >= 0 {
		return &p.Steps[i].On
	}
	return nil
}
