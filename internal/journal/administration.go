package journal

// What administrators do about how people sign in. It is about no dossier.
const (
	ConnectionWritten   Action = "connection_written"
	ConnectionTried     Action = "connection_tried"
	ConnectionProposed  Action = "connection_proposed"
	ConnectionApproved  Action = "connection_approved"
	ConnectionWithdrawn Action = "connection_withdrawn"
	// ConnectionDelaySet: how long a change waits was chosen.
	ConnectionDelaySet Action = "connection_delay_set"
)
