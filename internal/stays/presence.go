package stays

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
)

// Presence is what the law of foreigners asks of a person whatever the title. A dossier has one; version 0 is none yet.
type Presence struct {
	DossierID dossiers.ID
	Circumstances
	Version       int
	ChangedByName string
}

// AsylumDecision is the kind of a decision on an asylum request; it sets the time for an appeal (LAsi 108).
type AsylumDecision string

// AsylumDecisions lists them in the order of forms.
var AsylumDecisions = []AsylumDecision{"accelerated", "inadmissible", "extended"}

// Circumstances are what is known of it.
type Circumstances struct {
	EnteredOn *time.Time
	// OffenceCanton is where the offence was committed, InquiryCantons where police or prosecution inquire, LastCanton where the
	// person last stayed.
	OffenceCanton     string
	InquiryCantons    []string
	LastCanton        string
	AsylumAppliedOn   *time.Time
	AsylumDecision    AsylumDecision
	AsylumNotifiedOn  *time.Time
	AsylumAppealedOn  *time.Time
	HardshipRequested *time.Time
	Note              string
}

// Check refuses what cannot be.
func (c Circumstances) Check(today time.Time) error {
	var problems fault.Problems
	checkDecision(c, &problems)
	if c.AsylumAppealedOn != nil && (c.AsylumNotifiedOn == nil || c.AsylumAppealedOn.Before(*c.AsylumNotifiedOn)) {
		problems.Add("asylum_appealed_on", "stays.asylum_appealed_on.before_decision")
	}
	checkPast([]dated{
		{"entered_on", c.EnteredOn}, {"asylum_applied_on", c.AsylumAppliedOn}, {"asylum_notified_on", c.AsylumNotifiedOn},
		{"asylum_appealed_on", c.AsylumAppealedOn}, {"hardship_requested", c.HardshipRequested},
	}, today, &problems)
	return problems.Err()
}

func checkDecision(c Circumstances, problems *fault.Problems) {
	switch {
	case c.AsylumDecision == "" && c.AsylumNotifiedOn != nil:
		problems.Add("asylum_decision", "stays.asylum_decision.missing")
	case c.AsylumDecision != "" && c.AsylumNotifiedOn == nil:
		problems.Add("asylum_notified_on", "stays.asylum_notified_on.missing")
	}
}

// Why is why a canton is competent, or why that cannot be said yet.
type Why string

// The reasons of OASA 36(2).
const (
	PlaceOfOffence   Why = "offence"
	LastStay         Why = "last_stay"
	OffenceUnknown   Why = "offence_unknown"
	LastStayUnknown  Why = "last_stay_unknown"
	severalInquiries     = 2
)

// Competence is which canton gives the permit during proceedings, and why; no canton where that is not known.
type Competence struct {
	Canton string
	Why    Why
}

// Competent is the canton that gives the short-stay permit for the time of proceedings: the one in which the offence was
// committed; where inquiries run in several cantons, the one in which the person last stayed (OASA 36(2)).
func (c Circumstances) Competent() Competence {
	inquiring := slices.Compact(slices.Sorted(slices.Values(c.InquiryCantons)))
	switch {
	case len(inquiring) >= severalInquiries && c.LastCanton != "":
		return Competence{c.LastCanton, LastStay}
	case len(inquiring) >= severalInquiries:
		return Competence{Why: LastStayUnknown}
	case c.OffenceCanton != "":
		return Competence{c.OffenceCanton, PlaceOfOffence}
	default:
		return Competence{Why: OffenceUnknown}
	}
}
