package timeline

// What happens for the protection of the person.
const (
	AgeRecorded        Kind = "age_recorded"
	GuardianNamed      Kind = "guardian_named"
	GuardianChanged    Kind = "guardian_changed"
	ProtectionReported Kind = "protection_reported"
	ProtectionChanged  Kind = "protection_changed"
	RiskAssessed       Kind = "risk_assessed"
	SafetyPlanned      Kind = "safety_planned"
	Identified         Kind = "identification_assessed"
	SecondRead         Kind = "identification_second_read"
	// Of who sees the dossier. The detail of the last is why it was opened.
	DossierRestricted  Kind = "dossier_restricted"
	RestrictionChanged Kind = "restriction_changed"
	RestrictionLifted  Kind = "restriction_lifted"
	OpenedInEmergency  Kind = "opened_in_emergency"
)
