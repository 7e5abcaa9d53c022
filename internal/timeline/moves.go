package timeline

// What happens when somebody goes to another canton, or comes from one.
const (
	MoveProposed  Kind = "move_proposed"
	MoveWithdrawn Kind = "move_withdrawn"
	MoveSent      Kind = "move_sent"
	MoveReceived  Kind = "move_received"
)
