package paths

import "passerelle/internal/connections"

// Connections is the list of how people sign in; NewConnection is where one is added, ConnectionChecks where what is typed is
// looked at, ConnectionDelay where the delay is chosen.
const (
	Connections      = "/connections"
	NewConnection    = Connections + "/new"
	ConnectionChecks = Connections + "/checks"
	ConnectionDelay  = Connections + "/delay"
)

// Connection is one of them; EditConnection the form for what it is to become.
func Connection(id connections.ID) string { return Connections + "/" + id.String() }

// EditConnection is the form for what a connection is to become.
func EditConnection(id connections.ID) string { return Connection(id) + "/edit" }

// ConnectionTrial is where a change is tried, and where one reads how that went.
func ConnectionTrial(id connections.ID) string { return Connection(id) + "/trial" }

// ConnectionProvisioning is what the directory of a connection says of its people; below it a token is made, tokens are revoked, and it
// is said who somebody is.
func ConnectionProvisioning(id connections.ID) string { return Connection(id) + "/provisioning" }

// ConnectionProposal is where a change is proposed, ConnectionApproval approved, ConnectionWithdrawal withdrawn.
func ConnectionProposal(id connections.ID) string { return Connection(id) + "/proposal" }

// ConnectionApproval is where a change is approved.
func ConnectionApproval(id connections.ID) string { return Connection(id) + "/approval" }

// ConnectionWithdrawal is where a change is withdrawn.
func ConnectionWithdrawal(id connections.ID) string { return Connection(id) + "/withdrawal" }

// ConnectionEnding is where it is proposed to end a connection.
func ConnectionEnding(id connections.ID) string { return Connection(id) + "/ending" }
