package timeline

// What can happen on the way to an independent life. The detail of a step is its kind, of a claim and of a payer its code,
// and of a return what was reached.
const (
	ProjectWritten   Kind = "project_written"
	StepPlanned      Kind = "step_planned"
	StepChanged      Kind = "step_changed"
	ReturnConsidered Kind = "return_considered"
	ReturnPrepared   Kind = "return_prepared"
	ReturnDecided    Kind = "return_decided"
	ReturnAbandoned  Kind = "return_abandoned"
	ReturnDeparted   Kind = "return_departed"
	ReturnConcluded  Kind = "return_concluded"
	ReturnFollowed   Kind = "return_followed"
	OffenceDated     Kind = "offence_dated"
	ClaimRecorded    Kind = "claim_recorded"
	ClaimChanged     Kind = "claim_changed"
	PayerRecorded    Kind = "payer_recorded"
	PayerChanged     Kind = "payer_changed"
	PayerRemoved     Kind = "payer_removed"
)
