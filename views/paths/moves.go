package paths

import (
	"passerelle/internal/dossiers"
	"passerelle/internal/moves"
)

// Moves is where a dossier came from and where it is to go, and where a move is proposed.
func Moves(id dossiers.ID) string { return Dossier(id) + "/moves" }

// NewMove is the form of a proposal.
func NewMove(id dossiers.ID) string { return Moves(id) + "/new" }

// MoveWithdrawal is where a move is taken back.
func MoveWithdrawal(dossier dossiers.ID, id moves.ID) string {
	return Moves(dossier) + "/" + id.String() + "/withdrawal"
}

// MoveSending is where a move is read before it goes, and sent.
func MoveSending(dossier dossiers.ID, id moves.ID) string {
	return Moves(dossier) + "/" + id.String() + "/sending"
}

// Arrivals is what other organisations ask to be taken over.
const Arrivals = "/moves"

// Arrival is one of them.
func Arrival(id moves.ID) string { return Arrivals + "/" + id.String() }

// ArrivalAcceptance is where it is accepted, ArrivalRefusal where it is declined, ArrivalOpening where what was sent is opened.
func ArrivalAcceptance(id moves.ID) string { return Arrival(id) + "/acceptance" }

// ArrivalRefusal is where it is declined.
func ArrivalRefusal(id moves.ID) string { return Arrival(id) + "/refusal" }

// ArrivalOpening is where what was sent is opened.
func ArrivalOpening(id moves.ID) string { return Arrival(id) + "/opening" }
