package timeline

// What happens on the path of an accompaniment. The detail of the first three is a phase, of findings what was found, of dates
// the rule, of a closing its reason.
const (
	PhaseSet         Kind = "phase_set"
	PhaseReleased    Kind = "phase_released"
	PhaseTurned      Kind = "phase_turned"
	FindingRecorded  Kind = "finding_recorded"
	FindingCorrected Kind = "finding_corrected"
	FindingWithdrawn Kind = "finding_withdrawn"
	DeadlineWaived   Kind = "deadline_waived"
	WaiverTakenBack  Kind = "waiver_taken_back"
	DossierClosed    Kind = "dossier_closed"
	DossierReopened  Kind = "dossier_reopened"
	AftercareBegun   Kind = "aftercare_begun"
)
