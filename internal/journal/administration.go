package journal

// What a directory does by itself, in the name of its connection. The memberships that it ends have entries of their own.
const (
	DirectoryAnnounced Action = "directory_announced"
	DirectoryChanged   Action = "directory_changed"
	DirectoryEnded     Action = "directory_ended"
	DirectoryReturned  Action = "directory_returned"
	DirectoryRemoved   Action = "directory_removed"
	DirectoryGroup     Action = "directory_group"
	DirectoryRefused   Action = "directory_refused"
)

// What administrators do about how people sign in. It is about no dossier.
const (
	ConnectionWritten   Action = "connection_written"
	ConnectionTried     Action = "connection_tried"
	ConnectionProposed  Action = "connection_proposed"
	ConnectionApproved  Action = "connection_approved"
	ConnectionWithdrawn Action = "connection_withdrawn"
	// ConnectionDelaySet: how long a change waits was chosen.
	ConnectionDelaySet Action = "connection_delay_set"
	// What administrators decide about a directory; the last: whom it has announced was said to be somebody who is known.
	ProvisioningSet          Action = "provisioning_set"
	ProvisioningTokenMade    Action = "provisioning_token_made"
	ProvisioningTokenRevoked Action = "provisioning_token_revoked"
	ProvisioningMatched      Action = "provisioning_matched"
)
